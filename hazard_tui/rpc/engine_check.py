"""`hazard-worker check`: one iteration of every task through the real engine, without a worker.

The child reads one `CheckRequest` and writes `CheckEvent`s, each preceded by its length as a
protobuf varint.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from google.protobuf.message import DecodeError

from hazard_tui.errors import RemoteError
from hazard_tui.rpc.binaries import find_binary
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

LARGEST_EVENT = 256 * 1024 * 1024
STDERR_TAIL = 2000


def with_length(payload: bytes) -> bytes:
    """A message preceded by its length as a varint."""
    length, out = len(payload), bytearray()
    while length > 0x7F:
        out.append(length & 0x7F | 0x80)
        length >>= 7
    out.append(length)
    return bytes(out) + payload


async def check(
    request: worker_pb2.CheckRequest, *, timeout_s: float = 600.0
) -> AsyncIterator[worker_pb2.CheckEvent]:
    """Events of a check as they happen. Closing the iterator ends the child.

    Raises `SetupError` without the program, `RemoteError` when the child fails or takes too long.
    """
    child = await asyncio.create_subprocess_exec(
        str(find_binary("hazard-worker")),
        "check",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    complaints = asyncio.create_task(_tail(child.stderr))
    try:
        async with asyncio.timeout(timeout_s):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                child.stdin.write(with_length(request.SerializeToString()))
                await child.stdin.drain()
            refused = False
            while (event := await _read_event(child.stdout)) is not None:
                refused |= event.finding.severity == worker_pb2.FINDING_SEVERITY_ERROR
                yield event
            code = await child.wait()
        # 1: a step failed; 2: the plan is refused. The events have told it already.
        if code not in (0, 1) and not (code == 2 and refused):
            raise RemoteError(f"the check ended with code {code}: {await complaints}".strip())
    except TimeoutError as exc:
        raise RemoteError(
            f"the check took longer than {timeout_s:g} s", hint="check one task, or raise the limit"
        ) from exc
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        complaints.cancel()
        child.stdin.close()


async def _tail(stream: asyncio.StreamReader) -> str:
    kept = b""
    while chunk := await stream.read(65536):
        kept = (kept + chunk)[-STDERR_TAIL:]
    return kept.decode("utf-8", "replace").strip()


async def _read_event(stream: asyncio.StreamReader) -> worker_pb2.CheckEvent | None:
    length, shift = 0, 0
    while True:
        byte = await stream.read(1)
        if not byte:
            return None
        length |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            break
        shift += 7
    if length > LARGEST_EVENT:
        raise RemoteError("the check sent something that is not an event")
    try:
        return worker_pb2.CheckEvent.FromString(await stream.readexactly(length))
    except (asyncio.IncompleteReadError, DecodeError) as exc:
        raise RemoteError("the check ended in the middle of an event") from exc
