"""`protocolProfileBehavior` and what Postman's runtime does by itself, as policies."""

from __future__ import annotations

from typing import Any

from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.request import Policies, UrlEncoding
from importers.findings import Ledger
from importers.postman.document import Node

RUNTIME_DEFAULTS = Policies(
    follow_redirects=True,
    max_redirects=10,
    cookies=True,
    verify_tls=True,
    url_encoding=UrlEncoding.POSTMAN,
    drop_referer_on_redirect=False,
    send_body_with_get=False,
)
"""Newman 6.2 without options. Certificates are verified, unlike in the Postman app."""

_SWITCHES: dict[str, tuple[str, bool]] = {
    "strictSSL": ("verify_tls", False),
    "followRedirects": ("follow_redirects", False),
    "followOriginalHttpMethod": ("keep_method_on_redirect", False),
    "followAuthorizationHeader": ("keep_auth_on_redirect", False),
    "removeRefererHeaderOnRedirect": ("drop_referer_on_redirect", False),
    "disableCookies": ("cookies", True),
    "disableBodyPruning": ("send_body_with_get", False),
}
"""Key -> policy, and whether its sense is turned round."""

_VERSIONS = {"http1": "1.1", "http2": "2", "auto": "auto"}
_TLS = ("TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3")
_TLS_NAMES = {"TLSv1": "1.0", "TLSv1_1": "1.1", "TLSv1_2": "1.2", "TLSv1_3": "1.3"}
_NOT_ADDED = ("cache-control", "postman-token")
"""Headers of Postman that the engine does not add, so that switching them off changes nothing."""

_REFUSED = {
    "insecureHTTPParser": "the engine has one parser, which takes what HTTP/1.1 allows",
    "tlsPreferServerCiphers": "the engine leaves the choice of the cipher to TLS",
    "tlsCipherSelection": "the engine does not choose single ciphers",
}


def read_behaviour(node: Node, ledger: Ledger) -> dict[str, Any]:
    """Policies that the owner of the behaviour sets, by field; every key is recorded."""
    fields: dict[str, Any] = {}
    for key, value in node.fields():
        found = _policies(key, value)
        if found is None:
            reason = _REFUSED.get(key, "Postman's runtime knows no such key or value")
            severity = FindingSeverity.WARNING if key in _REFUSED else FindingSeverity.INFO
            ledger.drop(value.pointer, "behaviour", reason, name=key, severity=severity)
        else:
            fields |= found
            ledger.keep(value.pointer, "behaviour", key)
    return fields


def _policies(key: str, node: Node) -> dict[str, Any] | None:
    value = node.value
    if key in _SWITCHES and isinstance(value, bool):
        field, inverted = _SWITCHES[key]
        return {field: value is not inverted}
    if key == "maxRedirects" and isinstance(value, int) and not isinstance(value, bool):
        return {"max_redirects": value} if 0 <= value < 2**31 else None
    if key == "disableUrlEncoding" and isinstance(value, bool):
        return {"url_encoding": UrlEncoding.POSTMAN_RAW if value else UrlEncoding.POSTMAN}
    if key == "protocolVersion" and isinstance(value, str) and value in _VERSIONS:
        return {"http_version": _VERSIONS[value]}
    if key == "disabledSystemHeaders" and isinstance(value, dict):
        names = [name for name, off in value.items() if off is True and name not in _NOT_ADDED]
        return {"omit_headers": tuple(names)}
    if key == "tlsDisabledProtocols" and isinstance(value, list):
        return _tls_range(value)
    return None


def _tls_range(disabled: list[Any]) -> dict[str, Any] | None:
    left = [name for name in _TLS if name not in disabled]
    first = [_TLS.index(name) for name in left]
    if not left or first != list(range(first[0], first[-1] + 1)):
        return None
    return {"tls_min": _TLS_NAMES[left[0]], "tls_max": _TLS_NAMES[left[-1]]}
