"""Collections of format version 1 (`requests`, `order`, `folders`) in the shape of version 2.1.

The mapping follows Postman's own converter. Every made object keeps the pointer of what it came
from, so that reports point into the file as it is.
"""

from __future__ import annotations

import json
import re
from typing import Any

from importers.postman.document import Node, Placed

_HEADER_LINE = re.compile(r"^((?://\s*)?[^\s:]+)\s*:(.*)$")

_AUTH_TYPES = {
    "apikeyAuth": "apikey",
    "basicAuth": "basic",
    "bearerAuth": "bearer",
    "digestAuth": "digest",
    "hawkAuth": "hawk",
    "oAuth1": "oauth1",
    "oAuth2": "oauth2",
    "ntlmAuth": "ntlm",
    "awsSigV4": "awsv4",
    "edgegridAuth": "edgegrid",
    "jwtAuth": "jwt",
    "asapAuth": "asap",
}

_AUTH_NAMES: dict[str, dict[str, str]] = {
    "oauth1": {
        "header": "addParamsToHeader",
        "includeEmpty": "addEmptyParamsToSign",
        "auto": "autoAddParam",
    },
    "hawk": {
        "hawk_id": "authId",
        "hawk_key": "authKey",
        "ext": "extraData",
        "app": "app",
        "dlg": "delegation",
    },
}

_BODY_MODES = {
    "binary": "file",
    "graphql": "graphql",
    "params": "formdata",
    "raw": "raw",
    "urlencoded": "urlencoded",
}


def is_version1(value: Any) -> bool:
    """True for a collection of version 1."""
    return (
        isinstance(value, dict) and "info" not in value and isinstance(value.get("requests"), list)
    )


def as_version2(root: Node) -> Node:
    """The collection in the shape of version 2.1."""
    requests = {_id(node): node for node in root.get("requests").items() if node.is_object}
    folders = {_id(node): node for node in root.get("folders").items() if node.is_object}
    builder = _Builder(requests, folders)
    items = builder.children(root, 0)
    items += builder.left_over()
    made = {
        "info": Placed(root.pointer, {"name": root.get("name").text(), "version": 1}),
        "item": items,
        **_common(root),
    }
    description = root.get("description")
    if description.is_text:
        made["info"]["description"] = description.value
    return Node(Placed(root.pointer, made), root.pointer)


def _id(node: Node) -> str:
    return node.get("id").text() or node.pointer


def _common(node: Node) -> dict[str, Any]:
    """What collections, folders and requests have alike: variables, events, auth, behaviour."""
    made: dict[str, Any] = {}
    variables = node.get("variables", "variable")
    if variables.is_list:
        made["variable"] = [_variable(one) for one in variables.items()]
    events = _events(node)
    if events:
        made["event"] = events
    auth = _auth(node)
    if auth is not None:
        made["auth"] = auth
    behaviour = node.get("protocolProfileBehavior")
    if behaviour.is_object:
        made["protocolProfileBehavior"] = Placed(behaviour.pointer, behaviour.value)
    return made


def _variable(node: Node) -> Placed:
    made = _plain(node)
    made["key"] = made.get("key") or made.get("id")
    return Placed(node.pointer, made)


def _plain(node: Node) -> dict[str, Any]:
    return dict(node.value) if node.is_object else {"key": None, "value": node.value}


def _switched(node: Node) -> Placed:
    """A copy in which `enabled: false` is `disabled: true`."""
    made = _plain(node)
    if made.pop("enabled", None) is False:
        made["disabled"] = True
    return Placed(node.pointer, made)


class _Builder:
    def __init__(self, requests: dict[str, Node], folders: dict[str, Node]) -> None:
        self.requests = requests
        self.folders = folders
        self.used: set[str] = set()
        self.inner = {
            item.text()
            for folder in folders.values()
            for item in folder.get("folders_order").items()
        }

    def children(self, owner: Node, depth: int) -> list[Any]:
        """Folders first, then requests, each in the order that the owner gives."""
        made = [
            self.folder(self.folders[name], depth)
            for name in self._order(owner, depth)
            if name in self.folders and self._take(name)
        ]
        for item in owner.get("order").items():
            name = item.text()
            if name in self.requests and self._take(name):
                made.append(self.request(self.requests[name]))
        return made

    def _order(self, owner: Node, depth: int) -> list[str]:
        named = [item.text() for item in owner.get("folders_order").items()]
        if depth == 0 and not named:
            named = [name for name in self.folders if name not in self.inner]
        return named

    def _take(self, name: str) -> bool:
        if name in self.used:
            return False
        self.used.add(name)
        return True

    def left_over(self) -> list[Any]:
        """Folders and requests that no order names, which Postman does not run."""
        made: list[Any] = []
        for name, folder in self.folders.items():
            if self._take(name):
                made.append(self.folder(folder, 1) | {"unordered": True})
        for name, request in self.requests.items():
            if self._take(name):
                made.append(self.request(request) | {"unordered": True})
        return [Placed(item["at"], item) for item in made]

    def folder(self, node: Node, depth: int) -> dict[str, Any]:
        made = {
            "at": node.pointer,
            "id": node.get("id").value,
            "name": node.get("name").text(),
            "description": node.get("description").value,
            "item": self.children(node, depth + 1),
            **_common(node),
        }
        return Placed(node.pointer, made)

    def request(self, node: Node) -> dict[str, Any]:
        common = _common(node)
        request = {
            "url": _url(node),
            "method": node.get("method").value,
            "header": _headers(node),
            "body": _body(node),
            "auth": common.pop("auth", None),
            "description": node.get("description").value,
        }
        made = {
            "at": node.pointer,
            "id": node.get("id").value,
            "name": node.get("name").text(),
            "request": Placed(node.pointer, request),
            "response": _examples(node),
            **common,
        }
        return Placed(node.pointer, made)


def _examples(node: Node) -> list[Any]:
    examples = node.get("responses").items()
    return [Placed(one.pointer, one.value if one.is_object else {}) for one in examples]


def _url(node: Node) -> Any:
    text = node.get("url").text()
    query = node.get("queryParams")
    listed = list(node.get("pathVariableData").items())
    named = [(key, one) for key, one in node.get("pathVariables").fields()]
    variables = [Placed(one.pointer, _plain(one)) for one in listed]
    known = {one.get("key") for one in variables}
    variables += [
        Placed(one.pointer, {"key": key, "value": one.value})
        for key, one in named
        if key not in known
    ]
    if not variables and not (query.is_list and query.value):
        return text
    made: dict[str, Any] = {"raw": text, "variable": variables}
    if query.is_list and query.value:
        made["query"] = [_query_item(one) for one in query.items()]
    return Placed(node.get("url").pointer, made)


def _query_item(node: Node) -> Placed:
    made = _switched(node)
    equals = made.pop("equals", None)
    if equals is True and made.get("value") is None:
        made["value"] = ""
    if equals is False:
        made["value"] = made.get("value") or None
    return made


def _headers(node: Node) -> list[Any]:
    headers = node.get("headers")
    if headers.is_list:
        return [_switched(one) for one in headers.items()]
    made = [_commented(_switched(one)) for one in node.get("headerData").items()]
    known = {one.get("key") for one in made}
    for number, line in enumerate(headers.text().splitlines()):
        match = _HEADER_LINE.match(line.strip())
        if match is None:
            continue
        pair = {"key": match.group(1), "value": match.group(2).strip()}
        header = _commented(Placed(f"{headers.pointer}#{number}", pair))
        if header["key"] not in known:
            made.append(header)
    return made


def _commented(header: Placed) -> Placed:
    """`// Name: value` is a header that is switched off."""
    key = header.get("key")
    if isinstance(key, str) and key.startswith("//"):
        header["key"] = key.replace("//", "", 1).strip()
        header["disabled"] = True
    return header


def _body(node: Node) -> Any:
    data, raw, graphql = node.get("data"), node.get("rawModeData"), node.get("graphqlModeData")
    mode = _BODY_MODES.get(node.get("dataMode").text())
    empty = not (data.value or raw.value or graphql.value)
    if (mode is None and empty) or (node.has("dataMode") and node.value["dataMode"] is None):
        return None
    raw_text = raw.value
    if isinstance(raw_text, list) and len(raw_text) == 1 and isinstance(raw_text[0], str):
        raw_text = raw_text[0]
    raw_text = raw_text if isinstance(raw_text, str) else None
    if mode is None:
        listed = not raw_text and (data.is_list or raw.is_list)
        mode = "formdata" if listed else "graphql" if graphql.value and not raw_text else "raw"
    content: Any
    pointer = data.pointer
    if mode == "raw":
        content = raw_text or (data.value if data.is_text else "")
        pointer = raw.pointer if raw_text else pointer
    elif mode == "graphql":
        content, pointer = graphql.value or data.value, graphql.pointer
    elif mode == "file":
        content, pointer = {"src": raw_text}, raw.pointer
    else:
        fields = data if data.value else raw
        content, pointer = [_form_field(one) for one in fields.items()], fields.pointer
    made: dict[str, Any] = {"mode": mode, mode: content}
    options = node.get("dataOptions")
    if options.is_object:
        made["options"] = {_BODY_MODES.get(name, name): one.value for name, one in options.fields()}
    if node.flag("dataDisabled"):
        made["disabled"] = True
    return Placed(pointer, made)


def _form_field(node: Node) -> Placed:
    made = _switched(node)
    if made.get("type") == "file" and not made.get("src") and made.get("value"):
        value = made.pop("value")
        made["src"] = value if isinstance(value, (str, list)) else None
    return made


def _events(node: Node) -> list[Any]:
    listed = node.get("events")
    legacy = [("test", node.get("tests")), ("prerequest", node.get("preRequestScript"))]
    if listed.is_list and listed.value and not any(one.value for _, one in legacy):
        return [Placed(one.pointer, _plain(one)) for one in listed.items()]
    return [
        Placed(one.pointer, {"listen": listen, "script": {"exec": one.value}})
        for listen, one in legacy
        if one.value
    ]


def _auth(node: Node) -> Any:
    auth = node.get("auth")
    helper = node.get("currentHelper")
    if auth.is_object and not (node.has("currentHelper") or node.get("helperAttributes").value):
        return Placed(auth.pointer, auth.value)
    if not helper.is_text or helper.value in ("", "normal"):
        return None
    kind = _AUTH_TYPES.get(helper.value, helper.value)
    attributes = node.get("helperAttributes")
    values = attributes.value
    if isinstance(values, str):
        try:
            values = json.loads(values)
        except (ValueError, RecursionError):
            values = {}
    names = _AUTH_NAMES.get(kind, {})
    parameters = {
        names.get(name, name): value
        for name, value in (values if isinstance(values, dict) else {}).items()
        if name not in ("id", "time", "saveToRequest")
        and not (kind in ("basic", "digest", "ntlm") and name == "timestamp")
    }
    return Placed(helper.pointer, {"type": kind, kind: parameters})
