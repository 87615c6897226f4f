"""Which recorded cookies the user's jar sends by itself, and which have to stand in the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie of a request."""

    name: str
    text: str
    """`name=value` as sent."""


@dataclass(slots=True)
class RecordedJar:
    """Names of the cookies that earlier recorded answers set, with their domains."""

    _set: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, url: str, lines: list[str]) -> None:
        """Takes in the Set-Cookie lines of an answer."""
        host = urlsplit(url).hostname or ""
        for line in lines:
            pair, *attributes = line.split(";")
            name = pair.partition("=")[0].strip()
            domain = host
            for attribute in attributes:
                key, _, value = attribute.partition("=")
                if key.strip().lower() == "domain" and value.strip():
                    domain = "." + value.strip().lstrip(".").lower()
            if name:
                self._set.setdefault(name, set()).add(domain)

    def sends(self, url: str, name: str) -> bool:
        """True when the jar holds a cookie of this name for the host of the URL."""
        host = (urlsplit(url).hostname or "").lower()
        return any(
            domain == host
            or (domain.startswith(".") and (host + "").endswith(domain))
            or domain == "." + host
            for domain in self._set.get(name, ())
        )


def split_cookies(header: str) -> list[Cookie]:
    """Cookies of a Cookie header, in order."""
    cookies = []
    for piece in header.split(";"):
        text = piece.strip()
        if text:
            cookies.append(Cookie(text.partition("=")[0].strip(), text))
    return cookies
