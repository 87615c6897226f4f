"""A tiny browser that records what it does as a HAR."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

START = datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC)


@dataclass(slots=True)
class Reply:
    """The last answer of a redirect chain."""

    status: int
    headers: list[tuple[str, str]]
    text: str
    url: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    def header(self, name: str) -> str:
        """The first header of that name."""
        return next(value for key, value in self.headers if key.lower() == name.lower())


@dataclass(slots=True)
class Browser:
    """Sends requests to one host, holds cookies, follows redirects and records.

    `sent` tells of each value that a server made and that had to go back: (index of the entry, the
    text as it stands in the request).
    """

    port: int
    person: int = 0
    """Who records; pages of theirs send other texts and make other values."""
    entries: list[dict[str, Any]] = field(default_factory=list)
    sent: list[tuple[int, str, str]] = field(default_factory=list)
    own: list[tuple[int, str, str]] = field(default_factory=list)
    """The same of what the person typed or the page made."""
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """When the next request is sent."""
        return START + timedelta(days=self.person, milliseconds=20 * len(self.entries))

    def note_own(self, **texts: str) -> None:
        """Notes what the next request holds of the person or the page itself, by kind."""
        self.own += [(len(self.entries), text, kind) for kind, text in texts.items()]

    @property
    def origin(self) -> str:
        """Scheme and authority of the server."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, target: str, *, plants: dict[str, str] | None = None, **headers: str) -> Reply:
        """A GET; `plants` are the server-made texts in it by kind; `_` in header names is `-`."""
        return self._send("GET", target, "", "", headers, plants or {})

    def post_json(
        self, target: str, value: Any, *, plants: dict[str, str] | None = None, **headers: str
    ) -> Reply:
        """A POST of JSON."""
        text = json.dumps(value)
        return self._send("POST", target, text, "application/json", headers, plants or {})

    def post_form(
        self,
        target: str,
        fields: dict[str, str],
        *,
        plants: dict[str, str] | None = None,
        **headers: str,
    ) -> Reply:
        """A POST of form fields."""
        kind = "application/x-www-form-urlencoded"
        return self._send("POST", target, urlencode(fields), kind, headers, plants or {})

    def post_text(
        self,
        target: str,
        text: str,
        kind: str,
        *,
        plants: dict[str, str] | None = None,
        **headers: str,
    ) -> Reply:
        """A POST of any text."""
        return self._send("POST", target, text, kind, headers, plants or {})

    def _send(
        self,
        method: str,
        target: str,
        body: str,
        kind: str,
        headers: dict[str, str],
        plants: dict[str, str],
    ) -> Reply:
        for what, text in plants.items():
            self.sent.append((len(self.entries), text, what))
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if kind:
            sent["Content-Type"] = kind
        url = urljoin(self.origin, target)
        for _ in range(5):
            reply = self._exchange(method, url, body, sent)
            if reply.status not in (301, 302, 303):
                return reply
            method, body, url = "GET", "", urljoin(url, reply.header("location"))
            sent.pop("Content-Type", None)
        raise AssertionError(f"{url} redirects without an end")

    def _exchange(self, method: str, url: str, body: str, headers: dict[str, str]) -> Reply:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = dict(headers)
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, target, body.encode() or None, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        reply = Reply(answer.status, answer.getheaders(), text, url)
        for name, value in reply.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";", 1)[0]
        self.entries.append(self._entry(method, url, body, sent, reply))
        assert reply.status < 400, f"{method} {url}: {reply.status} {text}"
        return reply

    def _entry(
        self, method: str, url: str, body: str, sent: dict[str, str], reply: Reply
    ) -> dict[str, Any]:
        moment = self.moment
        request: dict[str, Any] = {
            "method": method,
            "url": url,
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": name, "value": value} for name, value in sent.items()],
            "queryString": [],
            "cookies": [],
        }
        if body:
            request["postData"] = {"mimeType": sent.get("Content-Type", ""), "text": body}
        mime = next((v for k, v in reply.headers if k.lower() == "content-type"), "")
        location = next((v for k, v in reply.headers if k.lower() == "location"), "")
        return {
            "startedDateTime": moment.isoformat(timespec="milliseconds"),
            "time": 5,
            "request": request,
            "response": {
                "status": reply.status,
                "statusText": "",
                "headers": [{"name": k, "value": v} for k, v in reply.headers],
                "content": {"mimeType": mime, "size": len(reply.text), "text": reply.text},
                "redirectURL": location,
            },
        }

    def recording(self) -> dict[str, Any]:
        """The HAR."""
        return {
            "log": {
                "version": "1.2",
                "creator": {"name": "test browser", "version": "1"},
                "pages": [],
                "entries": self.entries,
            }
        }
