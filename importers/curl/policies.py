"""Options that rule how a request is sent, as policies of the plan; the rest is listed."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from importers.curl.marks import Marks
from importers.curl.operation import Operation, Refused, Use

UNLIMITED_REDIRECTS = 1000
DEFAULT_REDIRECTS = 50
"""curl's own limit, when `-L` is given without `--max-redirs`."""


def apply_switch(operation: Operation, name: str, on: bool, use: Use) -> None:
    """An option without a value that concerns the connection."""
    policies = operation.policies
    if name in ("location", "location-trusted", "follow"):
        policies["follow_redirects"] = on
        if name == "location-trusted":
            policies["keep_auth_on_redirect"] = on
    elif name == "insecure":
        policies["verify_tls"] = not on
    elif name in ("fail", "fail-with-body"):
        if on and operation.fail not in ("", name):
            raise Refused(f"option --{name}: is badly used here")
        operation.fail = name if on else ""
        use.change("a status of 400 or more breaks an assertion", "fail-as-assertion")
    elif name in _HTTP_VERSIONS:
        _http_version(operation, name, use)
    elif name in _TLS_MINIMUM:
        policies["tls_min"] = _TLS_MINIMUM[name]
    elif name in ("post301", "post302", "post303"):
        policies["keep_method_on_redirect"] = on
        use.change("kept for 301, 302 and 303 alike", "method-kept-on-redirect")
    elif name == "keepalive":
        use.drop("TCP keep-alive probes are the engine's own", "no-effect", warns=False)
    else:
        use.drop(_why_dropped(name), "not-supported", warns=name not in _QUIET)


def apply_value(operation: Operation, name: str, marks: Marks, value: str, use: Use) -> None:
    """An option with a value that concerns the connection."""
    handler = _VALUES.get(name)
    if handler is None:
        use.drop(_why_dropped(name), "not-supported", warns=name not in _QUIET)
    else:
        handler(operation, name, marks.template(value), use)


def finished(operation: Operation, scheme: str, host: str) -> dict[str, object]:
    """The policies of a request to a host, once all options are known."""
    policies = dict(operation.policies)
    if scheme == "http" and not policies.get("follow_redirects"):
        unused = [policies.pop(name) for name in _TLS_POLICIES if name in policies]
        if unused:
            what = "curl reads no TLS option for http://; they are not in the plan"
            operation.notes.append((operation.targets[0].pointer, "tls-unused", what))
    if policies.get("follow_redirects"):
        policies.setdefault("max_redirects", DEFAULT_REDIRECTS)
        _note_redirected(operation)
        if any(one.lower().startswith("referer:") for one in operation.headers):
            # curl sends the header that is given, whatever --referer says.
            policies.pop("drop_referer_on_redirect", None)
        if operation.method not in (None, "GET", "HEAD"):
            policies.setdefault("keep_method_on_redirect", True)
    else:
        policies.pop("follow_redirects", None)
        policies.pop("max_redirects", None)
        policies.pop("keep_auth_on_redirect", None)
        policies.pop("drop_referer_on_redirect", None)
    if policies.get("proxy") and _exempt(host, operation.noproxy):
        del policies["proxy"]
    user = policies.pop("proxy_user", None)
    if user and policies.get("proxy"):
        scheme, separator, rest = str(policies["proxy"]).partition("://")
        if "@" not in rest:
            policies["proxy"] = f"{scheme}{separator}{user}@{rest}"
    return policies


_TLS_POLICIES = ("ca_file", "cert_file", "key_file", "tls_min", "tls_max")


def _note_redirected(operation: Operation) -> None:
    """What a followed redirect does otherwise than curl."""
    if operation.method in (None, "GET", "HEAD"):
        return
    if operation.data is not None or operation.form:
        what = "after 301, 302 and 303 curl sends the method without the body, the plan with it"
        operation.notes.append((operation.targets[0].pointer, "body-kept-on-redirect", what))


def _exempt(host: str, noproxy: str) -> bool:
    names = [name.strip().lstrip(".").lower() for name in re.split(r"[,\s]+", noproxy) if name]
    bare = re.sub(r":\d+$", "", host).lower()
    return any(name == "*" or bare == name or bare.endswith("." + name) for name in names)


_HTTP_VERSIONS = {
    "http1.0": "1.0",
    "http1.1": "1.1",
    "http2": "auto",
    "http2-prior-knowledge": "2-prior-knowledge",
    "http3": "auto",
    "http3-only": "auto",
}
_TLS_MINIMUM = {
    "tlsv1": "1.0",
    "tlsv1.0": "1.0",
    "tlsv1.1": "1.1",
    "tlsv1.2": "1.2",
    "tlsv1.3": "1.3",
}


def _http_version(operation: Operation, name: str, use: Use) -> None:
    operation.policies["http_version"] = _HTTP_VERSIONS[name]
    if name.startswith("http3"):
        use.change("HTTP/3 is not supported; HTTP/2 or 1.1 is sent", "http3", warns=True)
    elif name == "http2":
        use.change("HTTP/2 where TLS negotiates it; no upgrade of plain HTTP", "http2")


def _seconds(name: str, value: str) -> int:
    try:
        return max(int(float(value) * 1000), 0)
    except (ValueError, OverflowError):
        raise Refused(f"option --{name}: expected a proper numerical parameter") from None


def _timeout(operation: Operation, name: str, value: str, use: Use) -> None:
    if "{{" in value:
        use.drop("the time is a variable", "not-supported")
        return
    field = "timeout_ms" if name == "max-time" else "connect_timeout_ms"
    operation.policies[field] = min(_seconds(name, value), 2**32 - 1) or None


def _max_redirects(operation: Operation, name: str, value: str, use: Use) -> None:
    if not re.fullmatch(r"-?\d{1,9}", value):
        raise Refused(f"option --{name}: expected a proper numerical parameter")
    number = int(value)
    if number < -1:
        raise Refused(f"option --{name}: expected a positive numerical parameter")
    operation.policies["max_redirects"] = UNLIMITED_REDIRECTS if number < 0 else number
    if number == 0:
        operation.policies["follow_redirects"] = False


def _proxy(operation: Operation, name: str, value: str, use: Use) -> None:
    scheme, separator, rest = value.partition("://")
    if not separator:
        scheme, rest = _PROXY_SCHEMES.get(name, "http"), value
    scheme = {"socks": "socks4"}.get(scheme.lower(), scheme.lower())
    if not rest:
        operation.policies.pop("proxy", None)
        return
    rest = rest.rstrip("/")
    if not re.search(r":\d+$", rest) and "{{" not in rest:
        rest += ":443" if scheme == "https" else ":1080"
    operation.policies["proxy"] = f"{scheme}://{rest}"
    if scheme.startswith("socks4"):
        use.change(
            "workers speak SOCKS5 and HTTP to proxies, not SOCKS4",
            "socks4",
            warns=True,
            fix="use socks5://",
        )


_PROXY_SCHEMES = {
    "socks4": "socks4",
    "socks4a": "socks4a",
    "socks5": "socks5",
    "socks5-hostname": "socks5h",
}


def _proxy_user(operation: Operation, name: str, value: str, use: Use) -> None:
    user, colon, password = value.partition(":")
    if "{{" not in value:
        user, password = quote(user, safe=""), quote(password, safe="")
    operation.policies["proxy_user"] = user + colon + password


def _resolve(operation: Operation, name: str, value: str, use: Use) -> None:
    operation.policies["resolve"] = (*operation.policies.get("resolve", ()), value.lstrip("+"))


def _connect_to(operation: Operation, name: str, value: str, use: Use) -> None:
    operation.policies["connect_to"] = (*operation.policies.get("connect_to", ()), value)


def _certificate(operation: Operation, name: str, value: str, use: Use) -> None:
    path, colon, _ = value.partition(":")
    operation.policies["cert_file"] = path
    if colon and not re.match(r"[\\/]", value[len(path) + 1 :]):
        use.change(
            "a password of a key is not kept",
            "key-password",
            warns=True,
            fix="use a key file without one",
        )
    else:
        operation.policies["cert_file"] = value
        use.change("the file is read when a run is prepared", "file-reference")


def _file(field: str) -> Callable[[Operation, str, str, Use], None]:
    def set_file(operation: Operation, name: str, value: str, use: Use) -> None:
        operation.policies[field] = value
        use.change("the file is read when a run is prepared", "file-reference")

    return set_file


def _tls_max(operation: Operation, name: str, value: str, use: Use) -> None:
    if value not in ("default", "1.0", "1.1", "1.2", "1.3"):
        raise Refused("option --tls-max: is badly used here")
    if value != "default":
        operation.policies["tls_max"] = value


def _unix_socket(operation: Operation, name: str, value: str, use: Use) -> None:
    operation.policies["unix_socket"] = "@" + value if name.startswith("abstract") else value


def _noproxy(operation: Operation, name: str, value: str, use: Use) -> None:
    operation.noproxy = value


def _cookie_jar(operation: Operation, name: str, value: str, use: Use) -> None:
    operation.cookie_engine = True
    use.change("cookies live in each user's own jar; no file is written", "cookie-jar")


_VALUES: dict[str, Callable[[Operation, str, str, Use], None]] = {
    "max-time": _timeout,
    "connect-timeout": _timeout,
    "max-redirs": _max_redirects,
    "proxy": _proxy,
    "proxy1.0": _proxy,
    "socks4": _proxy,
    "socks4a": _proxy,
    "socks5": _proxy,
    "socks5-hostname": _proxy,
    "proxy-user": _proxy_user,
    "noproxy": _noproxy,
    "resolve": _resolve,
    "connect-to": _connect_to,
    "unix-socket": _unix_socket,
    "abstract-unix-socket": _unix_socket,
    "cacert": _file("ca_file"),
    "key": _file("key_file"),
    "cert": _certificate,
    "tls-max": _tls_max,
    "cookie-jar": _cookie_jar,
}

_QUIET_NAMES = """
alpn npn http0.9 ipv4 ipv6 tcp-nodelay tcp-fastopen raw parallel parallel-immediate
parallel-max parallel-max-host junk-session-cookies proxy-anyauth proxy-basic sessionid
expect100-timeout happy-eyeballs-timeout-ms keepalive-time keepalive-cnt proxytunnel
ignore-content-length retry-delay retry-max-time proto proto-redir use-ascii
"""
_QUIET = frozenset(_QUIET_NAMES.split())
"""Options whose loss changes no request that HTTP load sends."""


def _why_dropped(name: str) -> str:
    if name.startswith("retry"):
        return "a load test counts failures instead of repeating them"
    if name.startswith("parallel"):
        return "how many requests run at once is set by the load"
    if name in ("limit-rate", "rate", "speed-limit", "speed-time"):
        return "rates are set by the load of the plan"
    if name.startswith("netrc"):
        return "files with passwords are not opened at import"
    return "the engine has no such setting"
