"""A raw HTTP/1.1 server on loopback that keeps every request as it came over the wire.

No HTTP library stands between: order, case and repetition of headers, the target and the body's
bytes are the client's.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

ANSWER = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'
)


@dataclass(slots=True)
class Captured:
    """One request; text is Latin-1, so that every byte is a character."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def values(self, name: str) -> list[str]:
        """All values of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name]


def same_answer(request: Captured) -> bytes:
    """The same small JSON document for every request."""
    return ANSWER


@dataclass
class Capture:
    """Context manager: serves while it is open and collects `requests`.

    `answer` makes the bytes of an answer; it is called on the server's thread.
    """

    answer: Callable[[Captured], bytes] = same_answer
    requests: list[Captured] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Capture:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()

        def serve() -> None:
            asyncio.set_event_loop(self._loop)
            server = self._loop.run_until_complete(
                asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 24)
            )
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            self._loop.run_forever()
            server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()

        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        assert started.wait(10), "the capture server does not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def taken(self) -> list[Captured]:
        """The requests since the last call."""
        taken, self.requests = self.requests, []
        return taken

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read_head(reader):
                if "100-continue" in [v.lower() for v in request.values("expect")]:
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                request.body = await _read_body(reader, request)
                self.requests.append(request)
                head, _, body = self.answer(request).partition(b"\r\n\r\n")
                writer.write(head + b"\r\n\r\n" + (b"" if request.method == "HEAD" else body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()


async def _read_head(reader: asyncio.StreamReader) -> Captured | None:
    line = (await reader.readline()).decode("latin-1").rstrip("\r\n")
    if not line:
        return None
    method, _, rest = line.partition(" ")
    headers: list[tuple[str, str]] = []
    while text := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
        name, _, value = text.partition(":")
        headers.append((name, value.strip()))
    return Captured(method, rest.rpartition(" ")[0], headers)


async def _read_body(reader: asyncio.StreamReader, request: Captured) -> bytes:
    if request.values("transfer-encoding") == ["chunked"]:
        body = b""
        while size := int((await reader.readline()).split(b";")[0].strip() or b"0", 16):
            body += await reader.readexactly(size)
            await reader.readline()
        while (await reader.readline()).strip():
            pass
        return body
    return await reader.readexactly(int((request.values("content-length") or ["0"])[0]))
