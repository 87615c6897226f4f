"""Serves figures of live runs to Prometheus: `GET /metrics`, nothing else.

An endpoint without a host listens on loopback. There is no authentication: whoever names another
host shows names and figures of runs to everybody who reaches it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable

from hazard_tui.errors import SetupError
from hazard_tui.report.prometheus import exposition_of
from hazard_tui.stats.totals import LiveRun

log = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REQUEST_TIMEOUT_S = 5.0
MOST_CONNECTIONS = 16


@contextlib.asynccontextmanager
async def serve_metrics(
    address: tuple[str, int], live_runs: Callable[[], Iterable[LiveRun]]
) -> AsyncIterator[str]:
    """Serves until the block ends; gives the URL. Raises `SetupError` for a port that is taken."""
    slots = asyncio.Semaphore(MOST_CONNECTIONS)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with slots, asyncio.timeout(REQUEST_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await _answer(head, live_runs))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.debug("a request for metrics was not finished")
        finally:
            writer.close()

    host, port = address
    try:
        server = await asyncio.start_server(answer, host, port, limit=16384)
    except OSError as exc:
        raise SetupError(
            f"metrics cannot be served on {host}:{port}: {exc.strerror or exc}",
            hint="name another port with --metrics or HAZARD_METRICS",
        ) from exc
    async with server:
        port = server.sockets[0].getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{port}/metrics"


async def _answer(head: bytes, live_runs: Callable[[], Iterable[LiveRun]]) -> bytes:
    method, _, rest = head.split(b"\r\n", 1)[0].partition(b" ")
    path = rest.split(b" ", 1)[0].partition(b"?")[0]
    if method not in (b"GET", b"HEAD"):
        return _response("405 Method Not Allowed", "only GET is answered\n")
    if path != b"/metrics":
        return _response("404 Not Found", "the figures are under /metrics\n")
    pieces = []
    for piece in exposition_of(live_runs()):
        pieces.append(piece)
        # Runs are looked after by the same loop, and a plan of many steps has thousands of lines.
        await asyncio.sleep(0)
    return _response("200 OK", "".join(pieces), with_body=method == b"GET")


def _response(status: str, text: str, *, with_body: bool = True) -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (body if with_body else b"")
