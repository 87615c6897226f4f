"""A small application whose answers depend on nothing but the requests that it got."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import struct
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.support.capture import Captured

_USER = {
    "id": 7,
    "name": "ada",
    "active": True,
    "none": None,
    "tags": ["math", "engines"],
    "address": {"city": "London", "geo": [{"lat": 51.5}, {"lat": -0.1}]},
    "score": 9.5,
}
_XML = '<?xml version="1.0"?><book id="b1"><title>Notes</title><tag>a</tag><tag>b</tag></book>'
_ORDERS = '<orders><order n="1"><total>12.50</total></order></orders>'
DIGEST_NONCE = "dcd98b7102dd2f0e8b11d0f600bfb0c093"
NTLM_CHALLENGE = base64.b64encode(
    b"NTLMSSP\0"
    + struct.pack("<IHHII", 2, 6, 6, 48, 0xA2898205)
    + b"\x01\x23\x45\x67\x89\xab\xcd\xef"
    + b"\0" * 8
    + struct.pack("<HHI", 26, 26, 54)
    + "DOM".encode("utf-16-le")
    + struct.pack("<HH", 2, 6)
    + "DOM".encode("utf-16-le")
    + struct.pack("<HH", 1, 8)
    + "HOST".encode("utf-16-le")
    + struct.pack("<HH", 0, 0)
).decode()
"""The second message of NTLM: flags, challenge, names of the server (MS-NLMP 2.2.1.2)."""


class Application:
    """Keeps items and counts; one for each run."""

    def __init__(self) -> None:
        self.items: dict[int, dict[str, Any]] = {}
        self.polls = 0
        self.tokens = 0

    def __call__(self, request: Captured) -> bytes:
        parts = urlsplit(request.target)
        first = parts.path.split("/")[1]
        handle: Callable[[Captured, str, str], bytes] | None = getattr(self, f"_{first}", None)
        if handle is None:
            return _answer(404, {"error": "not found"})
        return handle(request, parts.path, parts.query)

    def _echo(self, request: Captured, path: str, query: str) -> bytes:
        shown = ("authorization", "content-type", "cookie")
        headers = {
            name.lower(): value
            for name, value in request.headers
            if name.lower() in shown or name.lower().startswith("x-")
        }
        return _answer(
            200,
            {
                "method": request.method,
                "path": path,
                "query": query,
                "args": dict(parse_qsl(query, keep_blank_values=True)),
                "headers": headers,
                "body": request.body.decode("utf-8", "replace"),
            },
        )

    def _items(self, request: Captured, path: str, query: str) -> bytes:
        number = path.removeprefix("/items").strip("/")
        if not number and request.method == "POST":
            made = {"id": 100 + len(self.items), **json.loads(request.body or b"{}")}
            self.items[made["id"]] = made
            return _answer(201, made, [("Location", f"/items/{made['id']}")])
        if not number:
            return _answer(200, {"items": list(self.items.values()), "count": len(self.items)})
        item = self.items.get(int(number)) if number.isdigit() else None
        if item is None:
            return _answer(404, {"error": f"no item {number}"})
        if request.method == "DELETE":
            del self.items[item["id"]]
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        return _answer(200, item, [("ETag", f'"{number}"')])

    def _login(self, request: Captured, path: str, query: str) -> bytes:
        try:
            name = json.loads(request.body)["user"]
        except (ValueError, KeyError, TypeError):
            return _answer(400, {"error": "who?"})
        return _answer(200, {"token": f"t-{name}", "expires": 3600})

    def _private(self, request: Captured, path: str, query: str) -> bytes:
        if request.values("authorization") == ["Bearer t-ann"]:
            return _answer(200, {"secret": 42})
        return _answer(401, {"error": "log in"})

    def _status(self, request: Captured, path: str, query: str) -> bytes:
        return _answer(int(path.split("/")[2]), {"status": int(path.split("/")[2])})

    def _user(self, request: Captured, path: str, query: str) -> bytes:
        return _answer(200, _USER, [("X-Trace", "abc"), ("X-Numbers", "1, 2")])

    def _xml(self, request: Captured, path: str, query: str) -> bytes:
        return _text(_ORDERS if path.endswith("orders") else _XML, "application/xml")

    def _text(self, request: Captured, path: str, query: str) -> bytes:
        return _text("plain text: größe 5", "text/plain; charset=utf-8")

    def _html(self, request: Captured, path: str, query: str) -> bytes:
        return _text("<html><body><h1>Hello</h1></body></html>", "text/html")

    def _empty(self, request: Captured, path: str, query: str) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    def _cookies(self, request: Captured, path: str, query: str) -> bytes:
        sent = dict(
            part.split("=", 1)
            for part in "; ".join(request.values("cookie")).split("; ")
            if "=" in part
        )
        given = parse_qsl(query) if path.endswith("/set") else []
        return _answer(
            200,
            {"sent": sent},
            [("Set-Cookie", f"{name}={value}; Path=/") for name, value in given],
        )

    def _redirect(self, request: Captured, path: str, query: str) -> bytes:
        code = int(path.split("/")[2])
        return _answer(code, {}, [("Location", f"/echo/landed?{query}")])

    def _job(self, request: Captured, path: str, query: str) -> bytes:
        self.polls += 1
        return _answer(200, {"state": "done" if self.polls % 3 == 0 else "pending"})

    def _token(self, request: Captured, path: str, query: str) -> bytes:
        if path.endswith("/broken"):
            return _answer(500, {"error": "no tokens today"})
        self.tokens += 1
        grant = dict(parse_qsl(request.body.decode())).get("grant_type", "none")
        lifetime = 0.001 if path.endswith("/short") else 3600
        return _answer(
            200,
            {
                "access_token": f"{grant}-{self.tokens}",
                "refresh_token": f"refresh-{self.tokens}",
                "token_type": "Bearer",
                "expires_in": lifetime,
            },
        )

    def _digest(self, request: Captured, path: str, query: str) -> bytes:
        algorithm = path.split("/")[2]
        named = "" if algorithm == "none" else f", algorithm={algorithm}"
        if any(value.startswith("Digest ") for value in request.values("authorization")):
            return _answer(200, {"in": True})
        challenge = f'Digest realm="lab", qop="auth", nonce="{DIGEST_NONCE}", opaque="5ccc"{named}'
        return _answer(401, {"error": "prove it"}, [("WWW-Authenticate", challenge)])

    def _ntlm(self, request: Captured, path: str, query: str) -> bytes:
        proof = next(iter(request.values("authorization")), "")
        kind = base64.b64decode(proof.removeprefix("NTLM "))[8:9] if proof else b""
        if kind == b"\x03":
            return _answer(200, {"in": True})
        asked = "NTLM " + NTLM_CHALLENGE if kind == b"\x01" else "NTLM"
        return _answer(401, {"error": "prove it"}, [("WWW-Authenticate", asked)])

    def _hash(self, request: Captured, path: str, query: str) -> bytes:
        return _answer(200, {"sha256": hashlib.sha256(unquote(query).encode()).hexdigest()})


def forwarding(port: int) -> Callable[[Captured], bytes]:
    """Answers of another server on loopback, as a proxy gives them."""

    def answer(request: Captured) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {
            name: value
            for name, value in request.headers
            if name.lower() not in ("host", "connection", "accept-encoding")
        }
        connection.request(request.method, request.target, request.body or None, headers)
        got = connection.getresponse()
        body = got.read()
        kept = [
            pair
            for pair in got.getheaders()
            if not re.match(
                "content-length|connection|date|transfer-encoding|keep-alive", pair[0], re.I
            )
        ]
        connection.close()
        return _message(got.status, got.reason, kept, body)

    return answer


def _answer(code: int, value: Any, headers: list[tuple[str, str]] | None = None) -> bytes:
    body = json.dumps(value, ensure_ascii=False).encode()
    kind = ("Content-Type", "application/json; charset=utf-8")
    return _message(code, http.client.responses[code], [kind, *(headers or [])], body)


def _text(text: str, kind: str) -> bytes:
    return _message(200, "OK", [("Content-Type", kind)], text.encode())


def _message(code: int, reason: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {code} {reason}", *(f"{name}: {value}" for name, value in headers)]
    if code not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
