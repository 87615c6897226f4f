"""URLs of requests in parts, as texts: they may hold templates, and the scheme may be missing.
Fields of forms as they stand in a body or a query."""

from __future__ import annotations

import re
from urllib.parse import quote

from hazard_tui.plan.request import FormEncoding

_SCHEME = re.compile(r"((?:\{\{[^{}]*\}\}|[^\s/?#:{}])+)://")
_AUTHORITY = re.compile(r"(?:\{\{[^{}]*\}\}|[^/\\?#])*")


def split_scheme(url: str) -> tuple[str, str]:
    """The scheme and what follows its `://`; without a scheme the empty text and the URL.

    An address further behind is no scheme: `h/login?next=http://other` has none.
    """
    found = _SCHEME.match(url)
    return (found[1], url[found.end() :]) if found else ("", url)


def split_authority(rest: str) -> tuple[str, str]:
    """What follows a scheme, as user, host and port, and from the path on."""
    found = _AUTHORITY.match(rest)
    end = found.end() if found else 0
    return rest[:end], rest[end:]


def without_dots(path: str) -> str:
    """Removes `.` and `..` segments (RFC 3986, 5.2.4); escaped dots stay."""
    if "/." not in path:
        return path
    output: list[str] = []
    segments = path.split("/")
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == ".":
            if last:
                output.append("")
        elif segment == "..":
            if len(output) > 1:
                output.pop()
            if last:
                output.append("")
        else:
            output.append(segment)
    return "/".join(output)


def form_encoded(text: str, encoding: FormEncoding) -> str:
    """A name or value of an urlencoded form: as browsers write it (WHATWG URL, urlencoded
    serializer), as the Postman runtime does, or as it stands."""
    if encoding is FormEncoding.NONE:
        return text
    if encoding is FormEncoding.PLUS:
        return quote(text, safe="*-._ ").replace("~", "%7E").replace(" ", "+")
    return quote(text, safe="-._~")
