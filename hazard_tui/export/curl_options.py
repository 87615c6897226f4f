"""Policies and auth of a request as options of curl."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hazard_tui.export.losses import Losses
from hazard_tui.export.shell import Shell
from hazard_tui.export.static_auth import with_static_auth
from hazard_tui.export.wire import Sent, with_header
from hazard_tui.plan.auth import Auth, AuthPlace, AwsAuth, DigestAuth
from hazard_tui.plan.base import Pair
from hazard_tui.plan.request import Policies
from hazard_tui.plan.variables import Path

COOKIE_FILE = "hazard-cookies.txt"
DEFAULT_REDIRECTS = 10
CURL_REDIRECTS = 50
"""curl's own limit of followed redirects."""
UNLIMITED_REDIRECTS = 1000

_HTTP_VERSIONS = {
    "1.0": "--http1.0",
    "1.1": "--http1.1",
    "2": "--http2",
    "auto": "--http2",
    "2-prior-knowledge": "--http2-prior-knowledge",
}
_TLS_MINIMUM = {"1.0": "--tlsv1.0", "1.1": "--tlsv1.1", "1.2": "--tlsv1.2", "1.3": "--tlsv1.3"}
_OF_THE_CHALLENGE = (
    "realm", "nonce", "opaque", "qop", "algorithm", "nonce_count", "client_nonce"
)  # fmt: skip


@dataclass(slots=True)
class Options:
    """Collects the words of one command."""

    shell: Shell
    path: Path
    """Place of the request in the plan."""
    losses: Losses
    lines: list[str]

    def add(self, option: str, value: str | None = None, *field: str | int) -> None:
        """An option, and its value as a template."""
        if value is None:
            self.lines.append(option)
        else:
            self.lines.append(f"{option} {self.shell.word(value, (*self.path, *field))}")

    def lost(self, field: str, code: str, what: str, *, why: str = "", fix: str = "") -> None:
        """A finding about a field of the request."""
        self.losses.lost((*self.path, *field.split(".")), code, what, why=why, fix=fix)


def add_policies(options: Options, message: Sent) -> None:
    """Options for how the request is sent."""
    policies = message.policies
    _add_redirects(options, message)
    if policies.cookies is not False:
        options.add("--cookie", COOKIE_FILE)
        options.add("--cookie-jar", COOKIE_FILE)
    if policies.verify_tls is False:
        options.add("--insecure")
    for option, limit_ms in (
        ("--connect-timeout", policies.connect_timeout_ms),
        ("--max-time", policies.timeout_ms),
    ):
        if limit_ms is not None:
            options.add(option, f"{limit_ms / 1000:.3f}".rstrip("0").rstrip("."))
    version = policies.http_version
    if version is not None and version in _HTTP_VERSIONS:
        options.add(_HTTP_VERSIONS[version])
    elif version:
        what = f"HTTP {version} is not asked for"
        options.lost("policies.http_version", "http-version", what, why="curl has no such option")
    _add_network(options, policies)
    _add_tls(options, policies)
    if policies.max_body_bytes is not None:
        options.add("--max-filesize", str(policies.max_body_bytes))
    headers = {pair.name.lower() for pair in message.headers}
    if policies.decompress is not False and "accept-encoding" in headers:
        options.add("--compressed")


def _add_redirects(options: Options, message: Sent) -> None:
    policies = message.policies
    if not policies.follow_redirects:
        return
    options.add("--location-trusted" if policies.keep_auth_on_redirect else "--location")
    limit = DEFAULT_REDIRECTS if policies.max_redirects is None else policies.max_redirects
    if limit != CURL_REDIRECTS:
        options.add("--max-redirs", "-1" if limit >= UNLIMITED_REDIRECTS else str(limit))
    if policies.drop_referer_on_redirect is False:
        if not any(pair.name.lower() == "referer" for pair in message.headers):
            options.add("--referer", ";auto")
        else:
            what = "a redirect does not change the Referer header"
            options.lost("policies.drop_referer_on_redirect", "referer-kept", what)
    if policies.drop_referer_on_redirect:
        options.lost(
            "policies.drop_referer_on_redirect",
            "referer-kept",
            "a redirect keeps the Referer header",
            why="curl cannot drop it",
        )


def _add_network(options: Options, policies: Policies) -> None:
    if policies.proxy:
        options.add("--proxy", policies.proxy, "policies", "proxy")
    for one in policies.resolve:
        options.add("--resolve", one, "policies", "resolve")
    for one in policies.connect_to:
        options.add("--connect-to", one, "policies", "connect_to")
    if policies.unix_socket:
        abstract = policies.unix_socket.startswith("@")
        option = "--abstract-unix-socket" if abstract else "--unix-socket"
        options.add(option, policies.unix_socket.removeprefix("@"), "policies", "unix_socket")


def _add_tls(options: Options, policies: Policies) -> None:
    if policies.ca_file:
        options.add("--cacert", policies.ca_file, "policies", "ca_file")
    if policies.cert_file:
        options.add("--cert", policies.cert_file, "policies", "cert_file")
    if policies.key_file:
        options.add("--key", policies.key_file, "policies", "key_file")
    if policies.tls_min in _TLS_MINIMUM:
        options.add(_TLS_MINIMUM[policies.tls_min or ""])
    elif policies.tls_min:
        what = f"the least TLS version {policies.tls_min!r} is not asked for"
        options.lost("policies.tls_min", "tls-version", what, why="curl has no such option")
    if policies.tls_max:
        options.add("--tls-max", policies.tls_max, "policies", "tls_max")
    if policies.server_name:
        options.lost(
            "policies.server_name",
            "server-name",
            f"the TLS server name {policies.server_name!r} is not sent",
            why="curl takes it from the URL",
            fix="put the name into the URL and add --connect-to",
        )


def add_auth(options: Options, message: Sent, auth: Auth | None) -> Sent:
    """Options for the auth; gives the message with what has to be written into it instead."""
    if auth is None or auth.none is not None or not auth.choice:
        return message
    if auth.basic is not None:
        options.add("--basic --user", f"{auth.basic.username}:{auth.basic.password}", "auth")
    elif auth.digest is not None:
        _add_digest(options, auth.digest)
    elif auth.ntlm is not None:
        user = auth.ntlm.username
        user = f"{auth.ntlm.domain}\\{user}" if auth.ntlm.domain else user
        if auth.ntlm.workstation:
            what = f"the workstation {auth.ntlm.workstation!r} is not named"
            options.lost(
                "auth.ntlm.workstation", "ntlm-workstation", what, why="curl names its own"
            )
        options.add("--ntlm --user", f"{user}:{auth.ntlm.password}", "auth", "ntlm")
    elif auth.aws is not None:
        return _aws(options, message, auth.aws)
    elif auth.bearer is not None and auth.bearer.prefix in ("", "Bearer"):
        options.add("--oauth2-bearer", auth.bearer.token, "auth", "bearer", "token")
    else:
        return with_static_auth(message, auth, options.shell.names, options.losses, options.path)
    # The engine's auth takes the place of a header; curl would send the header instead.
    kept = [pair for pair in message.headers if pair.name.lower() != "authorization"]
    return replace(message, headers=tuple(kept))


def _add_digest(options: Options, digest: DigestAuth) -> None:
    options.add("--digest --user", f"{digest.username}:{digest.password}", "auth", "digest")
    fixed = [name for name in _OF_THE_CHALLENGE if getattr(digest, name)]
    if digest.no_retry:
        what = "the request is sent again with the proof"
        options.lost("auth.digest.no_retry", "digest-retried", what, why="curl always does")
    if fixed:
        options.lost(
            "auth.digest",
            "digest-fields",
            f"given digest fields are left out: {', '.join(fixed)}",
            why="curl takes them from the challenge",
        )


def _aws(options: Options, message: Sent, aws: AwsAuth) -> Sent:
    options.add("--aws-sigv4", f"aws:amz:{aws.region}:{aws.service}", "auth", "aws")
    options.add("--user", f"{aws.access_key}:{aws.secret_key}", "auth", "aws")
    if aws.place is AuthPlace.QUERY:
        options.lost("auth.aws.place", "aws-in-query", "the signature is sent in a header")
    if aws.session_token:
        return with_header(message, "X-Amz-Security-Token", aws.session_token)
    return message


def header_words(message: Sent, losses: Losses, path: Path) -> list[Pair]:
    """Headers that can stand behind -H, in order; an empty value means `Name;`."""
    kept: list[Pair] = []
    for index, pair in enumerate(message.headers):
        place = (*path, "headers", index)
        odd = set(pair.name) & set(":;\r\n") or pair.name.startswith("@") or not pair.name.strip()
        if odd or set(pair.value) & set("\r\n\0"):
            losses.lost(
                place,
                "header-left-out",
                f"the header {pair.name!r} is left out",
                why="curl cannot send such a name or value",
            )
            continue
        kept.append(pair)
    return kept
