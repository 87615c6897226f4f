"""Collections of Postman in a few words, for comparing what they do with what newman does."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.importers.wire.application import Application
from tests.support.capture import Capture, Captured

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


@dataclass(frozen=True, slots=True)
class Chained:
    """A collection with the files that belong to it; `{{base}}` is the capture server."""

    name: str
    items: tuple[dict[str, Any], ...]
    variables: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    globals: dict[str, str] = field(default_factory=dict)
    data: tuple[dict[str, str], ...] = ()
    data_file: tuple[str, bytes] | None = None
    """Name and content, instead of `data`."""
    root: dict[str, Any] = field(default_factory=dict)
    """More members of the collection: `event`, `auth`."""
    random: tuple[str, ...] = ()
    """Patterns of what is made anew in each run."""
    refused: tuple[str, ...] = ()
    """Libraries that the import refuses by name."""
    application: Callable[[], Callable[[Captured], bytes]] = Application

    signed: tuple[str, ...] = ()
    """Patterns of signatures over the time or random numbers: recorded as they are, verified."""
    base: str = ""
    """Address instead of the capture server's, which gets the requests all the same."""
    file: Path | None = None
    """A collection of others instead of `items`; its variables are set in the environment."""

    @contextmanager
    def server(self) -> Iterator[Capture]:
        """A capture server with a fresh application behind it."""
        application = self.application()
        try:
            with Capture(application) as capture:
                yield capture
        finally:
            getattr(application, "close", lambda: None)()

    def collection(self, base: str) -> dict[str, Any]:
        """The collection as Postman exports it."""
        if self.file is not None:
            read: dict[str, Any] = json.loads(self.file.read_text("utf-8"))
            return read
        variables = {"base": base, **self.variables}
        return {
            "info": {"name": self.name, "schema": SCHEMA},
            "item": list(self.items),
            "variable": [{"key": key, "value": value} for key, value in variables.items()],
            **self.root,
        }

    def files(self, base: str) -> list[tuple[str, str, Any]]:
        """(option of newman, file name, JSON or bytes); the collection has no option."""
        made: list[tuple[str, str, Any]] = [("", "collection.json", self.collection(base))]
        environment = {key: text.format(base=base) for key, text in self.environment.items()}
        if environment:
            made.append(("-e", "environment.json", values_file("environment", environment)))
        if self.globals:
            made.append(("-g", "globals.json", values_file("globals", self.globals)))
        if self.data:
            made.append(("-d", "data.json", list(self.data)))
        if self.data_file:
            made.append(("-d", *self.data_file))
        return made


def content_of(content: Any) -> bytes:
    """Bytes of a file."""
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def values_file(scope: str, values: dict[str, str]) -> dict[str, Any]:
    """An environment, or the globals."""
    listed = [{"key": key, "value": value, "enabled": True} for key, value in values.items()]
    return {"name": scope, "values": listed, "_postman_variable_scope": scope}


def events(before: str = "", after: str = "") -> list[dict[str, Any]]:
    """Scripts as a collection holds them."""
    return [
        {
            "listen": listen,
            "script": {
                "type": "text/javascript",
                "exec": textwrap.dedent(source).strip().split("\n"),
            },
        }
        for listen, source in (("prerequest", before), ("test", after))
        if source
    ]


def item(
    name: str,
    path: str = "/echo",
    after: str = "",
    *,
    method: str = "GET",
    before: str = "",
    headers: dict[str, str] | None = None,
    body: Any = None,
    **more: Any,
) -> dict[str, Any]:
    """A request. `body`: text, an object for JSON, a list of pairs for a form, or a whole body."""
    request: dict[str, Any] = {
        "method": method,
        "url": path if "://" in path or path.startswith("{{") else "{{base}}" + path,
        "header": [{"key": key, "value": value} for key, value in (headers or {}).items()],
        **more,
    }
    if isinstance(body, dict) and "mode" in body:
        request["body"] = body
    elif isinstance(body, dict):
        options = {"raw": {"language": "json"}}
        request["body"] = {"mode": "raw", "raw": json.dumps(body), "options": options}
    elif isinstance(body, list):
        fields = [{"key": key, "value": value} for key, value in body]
        request["body"] = {"mode": "urlencoded", "urlencoded": fields}
    elif body is not None:
        request["body"] = {"mode": "raw", "raw": body}
    return {"name": name, "request": request, "event": events(before, after)}


def folder(name: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A folder."""
    return {"name": name, "item": list(items), **more}
