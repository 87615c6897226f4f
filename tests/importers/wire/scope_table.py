"""Collections that put a variable of each scope into each place of a request."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.importers.wire.chained import Chained, item
from tests.importers.wire.newman import comparable
from tests.support.capture import Captured

RECORDING = "scope-table"
ADDRESS = "http://shop.test"
"""Every host is the capture server, so that a host may hold a variable."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the names of a text have their values."""

    text: str
    """What stands in the place."""
    files: dict[str, Any] = field(default_factory=dict)
    before: str = ""
    """A script before the request."""


_VALUE = "x y&z=1/2+3%25"
SCOPES = {
    "collection": Scope("{{v}}", {"variables": {"v": _VALUE}}),
    "environment": Scope("{{v}}", {"environment": {"v": _VALUE}}),
    "global": Scope("{{v}}", {"globals": {"v": _VALUE}}),
    "data": Scope("{{v}}", {"data": ({"v": _VALUE},)}),
    "local": Scope("{{v}}", before=f"pm.variables.set('v', '{_VALUE}');"),
    "nested": Scope(
        "{{outer}}-{{row}}",
        {
            "variables": {"outer": "<{{inner}}>"},
            "environment": {"inner": "in {{{{deep}}}}"},
            "globals": {"deep": "{{v}}", "v": _VALUE},
            "data": ({"row": "[{{v}}]"},),
        },
    ),
    "stronger": Scope(
        "{{gc}}.{{ce}}.{{ed}}.{{dl}}",
        {
            "globals": {"gc": "globals"},
            "variables": {"gc": "collection-gc", "ce": "collection"},
            "environment": {"ce": "environment-ce", "ed": "environment"},
            "data": ({"ed": "data-ed", "dl": "data"},),
        },
        before="pm.variables.set('dl', 'local-dl');",
    ),
    "unresolved": Scope("{{nobody}}.{{outer}}", {"variables": {"outer": "<{{deep}}>"}}),
}

_HOSTS = {
    "collection": Scope("{{v}}.shop.test", {"variables": {"v": "sub"}}),
    "environment": Scope("{{v}}.shop.test", {"environment": {"v": "sub"}}),
    "global": Scope("{{v}}.shop.test", {"globals": {"v": "sub"}}),
    "data": Scope("{{v}}.shop.test", {"data": ({"v": "sub"},)}),
    "local": Scope("{{v}}.shop.test", before="pm.variables.set('v', 'sub');"),
    "nested": Scope(
        "{{outer}}.test",
        {"variables": {"outer": "a.{{inner}}"}, "environment": {"inner": "shop"}},
    ),
    "stronger": SCOPES["stronger"],
}
"""An address with a name that nothing defines is sent by nobody."""


def _host(text: str, before: str) -> dict[str, Any]:
    return item("host", f"http://{text}/echo", before=before)


def _path(text: str, before: str) -> dict[str, Any]:
    return item("path", f"/echo/{text}/end", before=before)


def _query(text: str, before: str) -> dict[str, Any]:
    return item("query", f"/echo?v={text}&end=1", before=before)


def _path_variable(text: str, before: str) -> dict[str, Any]:
    url = {
        "raw": "{{base}}/echo/:id/end",
        "host": ["{{base}}"],
        "path": ["echo", ":id", "end"],
        "variable": [{"key": "id", "value": text}],
    }
    return item("path variable", url=url, before=before)


def _header(text: str, before: str) -> dict[str, Any]:
    return item("header", headers={"X-Place": text}, before=before)


def _raw(text: str, before: str) -> dict[str, Any]:
    return item("raw", method="POST", body={"place": text}, before=before)


def _urlencoded(text: str, before: str) -> dict[str, Any]:
    return item("urlencoded", method="POST", body=[("place", text), (text, "1")], before=before)


def _form(text: str, before: str) -> dict[str, Any]:
    fields = [{"key": "place", "value": text, "type": "text"}]
    return item("form", method="POST", body={"mode": "formdata", "formdata": fields}, before=before)


def _auth(text: str, before: str) -> dict[str, Any]:
    pairs = [{"key": "username", "value": "ann"}, {"key": "password", "value": text}]
    return item("auth", auth={"type": "basic", "basic": pairs}, before=before)


def _script(text: str, before: str) -> dict[str, Any]:
    made = f"""
    const made = pm.variables.replaceIn("{text}");
    pm.request.headers.add({{ key: "X-Place", value: encodeURIComponent(made) }});
    """
    return item("script", before=f"{before}\n{made}")


PLACES: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "host": _host,
    "path": _path,
    "query": _query,
    "path variable": _path_variable,
    "header": _header,
    "raw": _raw,
    "urlencoded": _urlencoded,
    "form": _form,
    "auth": _auth,
    "script": _script,
}


def _cell(scope: str, place: str) -> Chained:
    of = (_HOSTS if place == "host" else SCOPES)[scope]
    made = PLACES[place](of.text, of.before)
    return Chained(f"{scope} in {place}", (made,), base=ADDRESS, **of.files)


CELLS = {
    case.name: case
    for case in (
        _cell(scope, place)
        for scope in SCOPES
        for place in PLACES
        if place != "host" or scope in _HOSTS
    )
}
"""Name -> collection, every scope in every place."""


def sent(request: Captured, case: Chained) -> dict[str, Any]:
    """What is compared: the host too."""
    return {"host": request.values("host"), **comparable(request, case, 0)}


def sent_names(requests: list[dict[str, Any]]) -> set[str]:
    """Names that stand in requests with their braces."""
    found: set[str] = set()
    for request in requests:
        headers = dict(request["headers"])
        basic = headers.get("authorization", "Basic ").removeprefix("Basic ")
        texts = [*request["host"], request["target"], request["body"], *headers.values()]
        texts.append(b64decode(basic).decode())
        for text in texts:
            found |= set(re.findall(r"\{\{([^{}]*)\}\}", unquote(text.replace("+", " "))))
    return found
