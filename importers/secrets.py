"""Secrets in foreign files: found by place and by format, taken out of the plan at import.

A literal becomes a variable that refers to a secret; its value goes into `ImportResult.secrets` and
from there into the file of secrets. A template is never a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from hazard_tui.plan.model import SecretRef, Variable

_FORMATS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("jwt", re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}")),
    ("aws_access_key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    (
        "private_key",
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[\s\S]{16,}?"
            r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----"
        ),
    ),
    ("github_token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})")),
    ("gitlab_token", re.compile(r"\bglpat-[\w-]{20,}")),
    ("slack_token", re.compile(r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}")),
    ("stripe_key", re.compile(r"\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}")),
    ("google_key", re.compile(r"\bAIza[\w-]{35}\b")),
    ("postman_key", re.compile(r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b")),
    ("sendgrid_key", re.compile(r"\bSG\.[\w-]{16,}\.[\w-]{16,}")),
    ("npm_token", re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
)
"""What a secret is called -> how it looks wherever it stands."""

TAKEN_OUT = "taken out of the file at import"
"""Description of the variables that stand for literals of the source."""

_MARK = re.compile(
    r"eyJ|AKIA|ASIA|-----BEGIN|gh[pousr]_|github_pat_|glpat-|xox|k_(?:live|test)_|AIza|PMAK-|SG\.|npm_"
)
"""What every format holds, for a quick no."""

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|passphrase|secret|client_?secret|secret_?key|api_?key|"
    r"access_?token|refresh_?token|auth_?token|bearer_?token|id_?token|private_?key|"
    r"session_?token|subscription_?key|access_?key)$"
)
_TOKEN_NAME = re.compile(r"(?:^|_)(?:token|jwt|bearer|credential|credentials|key)$")
_SECRET_HEADERS = frozenset(
    [
        "authorization",
        "proxy-authorization",
        "x-api-key",
        "api-key",
        "apikey",
        "x-auth-token",
        "x-access-token",
        "x-functions-key",
        "ocp-apim-subscription-key",
        "private-token",
        "x-vault-token",
        "x-amz-security-token",
        "x-goog-api-key",
        "x-shopify-access-token",
        "x-csrf-token",
        "x-xsrf-token",
        "cf-access-client-secret",
        "dd-api-key",
        "x-api-token",
    ]
)
_SESSION_COOKIE = re.compile(
    r"(?i)sess|auth|token|jwt|(?:^|[._-])sid$|^sid|credential|password|secret|remember|identity"
)
_TRACKING_COOKIE = re.compile(
    r"(?i)^(?:_ga|_gid|_gat|_gcl|_fb|_hj|__utm|_pk_|ajs_|amplitude|optimizely)"
)
_SCHEME = re.compile(r"(?i)^(basic|bearer|token|apikey|digest|key|jwt)\s+(\S.*)$")
_PLACEHOLDER = re.compile(
    r"(?i)^(<.*>|\[.*\]|\$\{.*\}|\$\w+|:\w+|\*+|x+|\.+|-+|your[\s_-].*|my[\s_-].*|.*_here|"
    r"string|text|password|passwd|secret|token|api[\s_-]?key|key|value|test|example|changeme|"
    r"none|null|undefined|true|false|todo|tbd|redacted|n/a)$"
)
_JSON_FIELD = re.compile(r'("([\w.$ -]{2,60})"\s*:\s*")((?:[^"\\\n]|\\.){4,8192})(")')
_JSON_NUMBER = re.compile(r'("([\w.$ -]{2,60})"\s*:\s*)(\d{4,30})(?=\s*[,}\]])')
_XML_FIELD = re.compile(r"(<(?:[\w.-]+:)?([\w.-]{2,60})(?:\s[^<>]*)?>)([^<>]{4,8192})(</)")
_ARGUMENT = re.compile(r'(\b(\w{2,60})\s*:\s*")((?:[^"\\\n]|\\.){4,8192})(")')
_FORM_FIELD = re.compile(r"((?:^|[?&;])([^=&;?#\s]{2,60})=)([^&;#\s]{4,8192})()")
_URL_PASSWORD = re.compile(r"(://[^/@:\s{}]*:)([^/@\s{}]+)@")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)
def snake(name: str) -> str:
    """`accessToken`, `access-token`, `Access Token` as `access_token`."""
    return re.sub(r"[^a-z0-9]+", "_", _CAMEL.sub("_", name).lower()).strip("_")


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """True for names of form fields, query parameters and variables that hold secrets."""
    return bool(_SECRET_NAME.search(snake(name)))


def is_secret_header(name: str) -> bool:
    """True for headers that hold nothing but a secret, and for cookies."""
    lower = name.strip().lower()
    return lower in _SECRET_HEADERS or lower == "cookie"


def is_literal_secret(value: str) -> bool:
    """True for a value that can be one: no template, no placeholder, not tiny."""
    text = value.strip()
    return len(text) >= 4 and "{{" not in text and not _PLACEHOLDER.match(text)


def is_named_secret(name: str, value: str) -> bool:
    """The name says that the value is a secret; a bare `token` or `key` only with a long value that
    looks random."""
    if is_secret_name(name):
        return is_literal_secret(value)
    return _is_token_name(name) and is_literal_secret(value) and _looks_random(value)


@lru_cache(maxsize=4096)
def _is_token_name(name: str) -> bool:
    return bool(_TOKEN_NAME.search(snake(name)))


def _looks_random(value: str) -> bool:
    if len(value) < 20 or re.search(r"\s|://|/.*/|\.[a-z]{2,5}$", value):
        return False
    kinds = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return kinds >= 2 and len(set(value)) >= 10


class SecretKeeper:
    """Takes secrets out of one plan. Equal values share one variable."""

    def __init__(self, plan_name: str, taken: Callable[[], Iterable[str]] = frozenset) -> None:
        """`taken` gives the names of variables that are in use; asked only when one is made."""
        self.prefix = (snake(plan_name) or "plan").upper()[:40]
        if not self.prefix[0].isalpha():
            self.prefix = f"PLAN_{self.prefix}"
        self._asked = taken
        self._taken: set[str] | None = None
        self.values: dict[str, str] = {}
        """Key -> value."""
        self.variables: list[Variable] = []
        self._names: dict[str, str] = {}

    def know(self, variables: Iterable[Variable]) -> None:
        """Takes variables that refer to secrets of `values`, so that they are used again."""
        for variable in variables:
            if variable.secret is not None and variable.secret.key in self.values:
                self._names.setdefault(self.values[variable.secret.key], variable.name)

    def reference(self, name: str, value: str) -> SecretRef:
        """A reference for the value of a variable that is called `name`."""
        base = f"{self.prefix}_{(snake(name) or 'secret').upper()}"
        key, number = base, 2
        while self.values.get(key, value) != value:
            key, number = f"{base}_{number}", number + 1
        self.values[key] = value
        return SecretRef(key=key)

    def unset_reference(self, name: str) -> SecretRef:
        """A reference to a secret whose value the file does not hold."""
        return SecretRef(key=f"{self.prefix}_{(snake(name) or 'secret').upper()}")

    def template(self, hint: str, value: str) -> str:
        """`{{name}}` of a new variable that stands for the value."""
        if value not in self._names:
            base = snake(hint) or "secret"
            name, number = base, 2
            if self._taken is None:
                self._taken = set(self._asked())
            while name in self._taken:
                name, number = f"{base}_{number}", number + 1
            self._taken.add(name)
            self._names[value] = name
            reference = self.reference(name, value)
            self.variables.append(Variable(name=name, secret=reference, description=TAKEN_OUT))
        return "{{" + self._names[value] + "}}"

    def in_text(self, text: str) -> str:
        """The text with everything that has the format of a secret replaced."""
        if len(text) < 16 or not _MARK.search(text):
            return text
        for hint, pattern in _FORMATS:
            text = pattern.sub(partial(self._taken_out, hint), text)
        return text

    def _taken_out(self, hint: str, match: re.Match[str]) -> str:
        return self.template(hint, match.group())

    def in_body(self, text: str) -> str:
        """A body: also texts and numbers of JSON fields, XML elements and form fields that are
        named like secrets."""
        start = text.lstrip()[:1]
        if start in ("{", "["):
            text = _JSON_NUMBER.sub(self._named, _JSON_FIELD.sub(self._named, text))
        elif start == "<":
            text = _XML_FIELD.sub(self._named, text)
        elif "=" in text:
            text = _FORM_FIELD.sub(self._named, text)
        return self.in_text(text)

    def in_arguments(self, text: str) -> str:
        """A GraphQL query: also literals of arguments that are named like secrets."""
        return self.in_text(_ARGUMENT.sub(self._named, text))

    def _named(self, match: re.Match[str]) -> str:
        start, name, value, *end = match.groups()
        if not is_named_secret(name, value):
            return match.group()
        return start + self.template(name, value) + "".join(end)

    def in_url(self, text: str) -> str:
        """A URL: also the password before the host, and parameters of the query."""
        if "@" in text:
            text = _URL_PASSWORD.sub(self._url_password, text)
        address, question, query = text.partition("?")
        if question:
            text = address + question + _FORM_FIELD.sub(self._named, query)
        return self.in_text(text)

    def _url_password(self, match: re.Match[str]) -> str:
        return match.group(1) + self.in_auth("url_password", match.group(2)) + "@"

    def in_field(self, name: str, value: str) -> str:
        """Value of a form field or query parameter."""
        if is_named_secret(name, value):
            return self.template(name, value)
        return self.in_text(value)

    def in_header(self, name: str, value: str) -> str:
        """Value of a header; the scheme of Authorization stays readable."""
        lower = name.strip().lower()
        if lower in _SECRET_HEADERS and "{{" not in value:
            match = _SCHEME.match(value.strip())
            scheme, rest = (match.group(1) + " ", match.group(2)) if match else ("", value.strip())
            if is_literal_secret(rest):
                return scheme + self.template(f"{name}", rest)
        if lower == "cookie":
            return re.sub(r"[^;]+", lambda found: self._cookie(found[0]), value)
        if lower != "idempotency-key" and is_named_secret(name, value):
            return self.template(name, value)
        return self.in_text(value)

    def _cookie(self, pair: str) -> str:
        """One `name=value` of a Cookie header."""
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals or not is_literal_secret(value) or _TRACKING_COOKIE.match(name):
            return self.in_text(pair)
        named = bool(_SESSION_COOKIE.search(name)) and len(value) >= 8
        if named or is_secret_name(name) or _looks_random(value):
            return f"{pair.partition('=')[0]}={self.template(f'cookie_{name}', value)}"
        return self.in_text(pair)

    def in_auth(self, name: str, value: str) -> str:
        """Value of an auth parameter that holds a secret by its place."""
        if not value or "{{" in value or re.fullmatch(r"<.*>", value):
            return value
        return self.template(name, value)


def has_format_of_secret(text: str) -> str:
    """What kind of secret the text holds; empty for none."""
    if not _MARK.search(text):
        return ""
    return next((hint for hint, pattern in _FORMATS if pattern.search(text)), "")
