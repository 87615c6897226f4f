"""Which recorded cookies the user's jar sends by itself, and which have to stand in the request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie of a request."""

    name: str
    text: str
    """`name=value` as sent."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a cookie is sent to (RFC 6265, 5.1.3 and 5.1.4)."""

    domain: str
    """With a dot in front: subdomains too."""
    path: str
    secure: bool

    def covers(self, host: str, path: str, secure: bool) -> bool:
        wide = self.domain.startswith(".") and f".{host}".endswith(self.domain)
        inside = wide or host == self.domain
        below = f"{path}/".startswith(f"{self.path.rstrip('/')}/")
        return inside and below and (secure or not self.secure)


@dataclass(slots=True)
class RecordedJar:
    """Names of the cookies that earlier recorded answers set, with where they are sent to."""

    _set: dict[str, set[_Scope]] = field(default_factory=dict)

    def learn(self, url: str, lines: list[str]) -> None:
        """Takes in the Set-Cookie lines of an answer."""
        if not lines:
            return
        host, path, _ = _origin(url)
        for line in lines:
            pair, *attributes = line.split(";")
            name = pair.partition("=")[0].strip()
            said = {}
            for attribute in attributes:
                key, _, value = attribute.partition("=")
                said[key.strip().lower()] = value.strip()
            domain = "." + said["domain"].lstrip(".").lower() if said.get("domain") else host
            given = said.get("path", "")
            folder = given if given.startswith("/") else path.rpartition("/")[0] or "/"
            scopes = self._set.setdefault(name, set())
            for secure in (False, True):
                scopes.discard(_Scope(domain, folder, secure))
            if name and not _is_over(said):
                scopes.add(_Scope(domain, folder, "secure" in said))

    def sends(self, url: str, name: str) -> bool:
        """True when the jar holds a cookie of this name for the URL."""
        origin = _origin(url)
        return any(scope.covers(*origin) for scope in self._set.get(name, ()))

    def sends_any(self, url: str) -> bool:
        """True when the jar holds a cookie for the URL."""
        origin = _origin(url)
        return any(scope.covers(*origin) for scopes in self._set.values() for scope in scopes)


def _origin(url: str) -> tuple[str, str, bool]:
    """Host, path, and whether cookies for TLS are sent there: browsers trust their own machine."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return host, parts.path or "/", parts.scheme == "https" or host in _TRUSTED


_TRUSTED = ("localhost", "127.0.0.1", "::1")


def _is_over(said: dict[str, str]) -> bool:
    """True when the answer takes the cookie away."""
    age = said.get("max-age", "")
    if age.lstrip("-").isdigit():
        return int(age) <= 0
    return bool(_PAST.search(said.get("expires", "")))


_PAST = re.compile(r"[ -](?:19\d\d|200\d)[ ,]")
"""Years in the dates with which servers delete cookies."""


def split_cookies(header: str) -> list[Cookie]:
    """Cookies of a Cookie header, in order."""
    cookies = []
    for piece in header.split(";"):
        text = piece.strip()
        if text:
            cookies.append(Cookie(text.partition("=")[0].strip(), text))
    return cookies
