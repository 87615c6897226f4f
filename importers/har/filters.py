"""Which recorded exchanges belong into a load test, and why the others do not."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import urlsplit

from importers.findings import ImportOptions
from importers.har.entry import Entry

_NOISE_NAMES = """
*.google-analytics.com *.googletagmanager.com *.googlesyndication.com *.doubleclick.net
*.googleadservices.com *.gstatic.com update.googleapis.com safebrowsing.googleapis.com
safebrowsing-cache.google.com clients?.google.com clientservices.googleapis.com
optimizationguide-pa.googleapis.com content-autofill.googleapis.com accounts.google.com
detectportal.firefox.com *.services.mozilla.com *.cdn.mozilla.net push.services.mozilla.com
ocsp.*.* *.hotjar.com *.hotjar.io *.segment.io *.segment.com *.mixpanel.com *.amplitude.com
*.fullstory.com *.clarity.ms bat.bing.com *.newrelic.com *.nr-data.net *.sentry.io
*.browser-intake-datadoghq.com connect.facebook.net px.ads.linkedin.com *.criteo.com
*.scorecardresearch.com *.quantserve.com *.intercom.io *.optimizely.com *.launchdarkly.com
"""
NOISE = tuple(_NOISE_NAMES.split())
"""Browsers' own traffic, analytics and advertising."""

_KEPT_TYPES = frozenset(("xhr", "fetch", "document", "eventsource", "other", ""))
_STATIC_TYPES = frozenset(
    ("image", "font", "stylesheet", "script", "media", "manifest", "texttrack", "imageset")
)
_BEACONS = frozenset(("ping", "beacon", "csp-violation-report", "cspviolationreport"))
_STATIC_MIME = re.compile(
    r"(?:image|font|video|audio)/|text/css|(?:text|application)/(?:x-)?javascript"
    r"|application/(?:ecmascript|wasm|x-font|font|vnd\.ms-fontobject|x-shockwave-flash"
    r"|manifest\+json)",
    re.IGNORECASE,
)
_STATIC_ENDINGS = re.compile(
    r"\.(?:png|jpe?g|gif|webp|avif|svg|ico|bmp|css|m?js|map|woff2?|ttf|otf|eot|mp[34]|webm|ogg"
    r"|wasm|webmanifest)$",
    re.IGNORECASE,
)
_UNKNOWN_MIME = ("", "x-unknown", "application/octet-stream", "application/x-unknown-content-type")


def why_dropped(entry: Entry, options: ImportOptions) -> tuple[str, str]:
    """(code, reason) when the entry is left out; both empty when it stays."""
    return (
        _not_http(entry)
        or _not_sent(entry)
        or _wrong_host(entry, options)
        or (("", "") if options.include_static else _static(entry))
    )


_Verdict = tuple[str, str]
_STAYS: tuple[()] = ()


def _not_http(entry: Entry) -> _Verdict | tuple[()]:
    if entry.socket_messages is not None:
        return "websocket", "WebSockets are not load tested"
    # Not from a browser: another tool wrote its variables into the address.
    is_template = entry.url.startswith("{{")
    is_http = entry.url.lower().startswith(("http://", "https://"))
    if not is_template and not (is_http and host_of(entry.url)):
        return "not-http", "its URL is not http or https"
    if entry.method.upper() == "CONNECT":
        return "proxy-tunnel", "it opens a tunnel of the recording proxy"
    return _STAYS


def _not_sent(entry: Entry) -> _Verdict | tuple[()]:
    if entry.has_response and entry.status == 0:
        return "aborted", "the browser gave it up: there is no answer"
    if entry.status == 307 and entry.status_text.lower() == "internal redirect":
        return "internal-redirect", "the browser redirected it by itself; nothing was sent"
    preflight = entry.header("access-control-request-method") is not None
    if entry.method.upper() == "OPTIONS" and (preflight or entry.resource_type == "preflight"):
        return "preflight", "browsers send CORS preflights by themselves"
    if entry.resource_type in _BEACONS:
        return "beacon", "it reports to analytics"
    return _STAYS


def _wrong_host(entry: Entry, options: ImportOptions) -> _Verdict | tuple[()]:
    host = host_of(entry.url)
    if options.hosts:
        if matches_any(host, options.hosts):
            return _STAYS
        return "other-host", "its host is not among those asked for"
    if matches_any(host, NOISE):
        return "noise-host", "its host serves browsers, analytics or advertising"
    return _STAYS


@lru_cache(maxsize=4096)
def matches_any(host: str, patterns: tuple[str, ...]) -> bool:
    """True when a host fits one of the patterns."""
    return any(matches(host, pattern) for pattern in patterns)


def matches(host: str, pattern: str) -> bool:
    """True when a host fits a pattern with `*`; `*.a.b` also means `a.b`."""
    pattern = pattern.lower().strip()
    bare = host.rsplit(":", 1)[0] if re.search(r":\d+$", host) else host
    return any(
        fnmatchcase(name, pattern) or (pattern.startswith("*.") and name == pattern[2:])
        for name in (host, bare)
    )


def _static(entry: Entry) -> _Verdict:
    if entry.method.upper() not in ("GET", "HEAD"):
        return "", ""
    if entry.resource_type in _STATIC_TYPES:
        return "static", f"static file ({entry.resource_type})"
    if entry.resource_type not in _KEPT_TYPES or entry.resource_type in ("xhr", "fetch"):
        return "", ""
    mime = entry.mime_type.split(";", 1)[0].strip().lower()
    if _STATIC_MIME.match(mime):
        return "static", f"static file ({mime})"
    if mime in _UNKNOWN_MIME and _STATIC_ENDINGS.search(_path(entry.url)):
        return "static", "static file (by its name)"
    return "", ""


def host_of(url: str) -> str:
    """Host and port of a URL in lower case; empty when there is none."""
    try:
        authority = urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
    return authority


_OWN_NETWORK = re.compile(
    r"localhost|.*\.(?:localhost|test|local|internal|lan)|127\.\d+\.\d+\.\d+|\[::1\]"
    r"|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+"
)
"""Loopback, private addresses (RFC 1918) and names that the public DNS never holds."""


def is_public(host: str) -> bool:
    """False for hosts of this machine and of private networks."""
    return _OWN_NETWORK.fullmatch(re.sub(r":\d+$", "", host)) is None


def _path(url: str) -> str:
    return url.split("?", 1)[0].split("#", 1)[0]
