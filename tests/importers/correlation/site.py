"""An application on loopback that is put together from modules, each with its own routes."""

from __future__ import annotations

import json
import random
import threading
import uuid
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(slots=True)
class Call:
    """A request as an application sees it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as form fields."""
        return dict(parse_qsl(self.body))


@dataclass(slots=True)
class Page:
    """An answer."""

    text: str = ""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: Any, **headers: str) -> Page:
    """A JSON answer; `_` in header names is `-`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Page(json.dumps(value), "application/json", 200, named)


REFUSED = Page("refused", "text/plain", 403)
Route = Callable[[Call, list[str]], Page]


@dataclass(slots=True)
class Site:
    """Routes, and the values that are valid now. Every session gets new ones."""

    seed: int
    routes: dict[str, Route] = field(default_factory=dict)
    """`METHOD /path` with `*` for a segment."""
    valid: set[str] = field(default_factory=set)
    port: int = 0
    random: random.Random = field(init=False)
    _server: ThreadingHTTPServer = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def issue(self, style: str = "") -> str:
        """A new valid value: hex, mixed, base64, uuid, short or number."""
        make = self.random
        style = style or make.choice(["hex", "mixed", "uuid"])
        if style == "hex":
            text = f"{make.getrandbits(128):032x}"
        elif style == "uuid":
            text = str(uuid.UUID(int=make.getrandbits(128), version=4))
        elif style == "base64":
            # These bytes hold characters that have to be encoded in URLs.
            text = b64encode(b"\xfb\xef" + make.randbytes(20)).decode()
        elif style == "short":
            text = f"{make.getrandbits(24):06x}a1"
        elif style == "number":
            text = str(make.randint(20, 99999))
        else:
            letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
            text = "".join(make.choice(letters) for _ in range(24)) + "Z9a"
        self.valid.add(text)
        return text

    def forget(self) -> None:
        """Makes every value that was issued invalid."""
        self.valid.clear()

    def knows(self, *texts: str) -> bool:
        """True when all of these are valid."""
        return all(text in self.valid for text in texts)

    def answer(self, call: Call) -> Page:
        """The answer of the first route that fits."""
        have = call.path.strip("/").split("/")
        for key, route in self.routes.items():
            method, _, pattern = key.partition(" ")
            want = pattern.strip("/").split("/")
            if method != call.method or len(want) != len(have):
                continue
            if all(part in ("*", given) for part, given in zip(want, have, strict=True)):
                stars = [unquote(g) for part, g in zip(want, have, strict=True) if part == "*"]
                return route(call, stars)
        return Page("no such page", "text/plain", 404)

    def __enter__(self) -> Site:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length).decode()
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = dict(parse_qsl(parts.query))
                call = Call(self.command, parts.path, query, headers, body)
                try:
                    page = site.answer(call)
                except (KeyError, ValueError, IndexError, TypeError) as exc:
                    page = Page(f"not understood: {exc!r}", "text/plain", 400)
                data = page.text.encode()
                self.send_response(page.status)
                self.send_header("Content-Type", page.kind)
                self.send_header("Content-Length", str(len(data)))
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = handle_any

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
