"""Whom a channel may be opened to, and where the programs are."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import grpc.aio
import pytest

from hazard_tui.errors import SetupError
from hazard_tui.rpc.binaries import find_binary
from hazard_tui.rpc.channels import is_loopback, unix_channel, worker_channel
from hazard_tui.rpc.engine_check import with_length
from hazard_tui.settings import TlsPaths


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:5", True),
        ("127.9.9.9:5", True),
        ("[::1]:5", True),
        ("localhost:5", True),
        ("192.0.2.1:5", False),
        ("worker.example:5", False),
        ("localhost.example:5", False),
    ],
)
def test_loopback_is_told_apart(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected


async def test_off_loopback_nothing_is_sent_in_the_clear() -> None:
    with pytest.raises(SetupError, match="no certificates are set"):
        worker_channel("192.0.2.1:5")


async def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    tls = TlsPaths(tmp_path / "ca.pem", tmp_path / "cert.pem", tmp_path / "key.pem")
    with pytest.raises(SetupError, match=r"ca\.pem"):
        worker_channel("192.0.2.1:5", tls)


def test_a_program_is_found_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "worker"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    monkeypatch.setenv("HAZARD_WORKER_BIN", str(program))
    assert find_binary("hazard-worker") == program
    program.chmod(0o600)
    with pytest.raises(SetupError, match="not a program"):
        find_binary("hazard-worker")


def test_a_program_that_is_nowhere_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SetupError) as caught:
        find_binary("hazard-nothing")
    assert "make setup" in caught.value.hint


@pytest.mark.parametrize(
    ("size", "prefix"), [(0, b"\x00"), (127, b"\x7f"), (128, b"\x80\x01"), (300, b"\xac\x02")]
)
def test_a_message_is_preceded_by_its_length(size: int, prefix: bytes) -> None:
    assert with_length(b"x" * size) == prefix + b"x" * size


async def test_who_begins_to_listen_on_a_unix_socket_is_found_at_once() -> None:
    folder = Path(tempfile.mkdtemp(prefix="hz", dir="/tmp"))
    address = f"unix:{folder}/late.sock"
    server = grpc.aio.server()
    try:
        async with (
            grpc.aio.insecure_channel(address) as plain,
            unix_channel(folder / "late.sock") as ours,
        ):
            # The third pause of gRPC's own lasts from second 2.1 .. 3.1 to 4.1 .. 6.2.
            await try_for(3.5, plain, ours)
            server.add_insecure_port(address)
            await server.start()
            while not await reaches(ours):  # noqa: ASYNC110  a channel does not tell
                await asyncio.sleep(0.02)
            assert not await reaches(plain), "the control: gRPC's own pauses are longer"
    finally:
        await server.stop(None)
        shutil.rmtree(folder)


@asynccontextmanager
async def distant(port: int, delay_s: float) -> AsyncIterator[str]:
    """The address of a server as it looks from far away: its answers take so long to arrive."""

    async def carry(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                await asyncio.sleep(wait)  # the distance is what is tested
                writer.write(data)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.TaskGroup() as group:
            group.create_task(carry(reader, back, 0))
            group.create_task(carry(there, writer, delay_s))

    async with await asyncio.start_server(connect, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_worker_whose_answers_take_most_of_a_second_is_reached() -> None:
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    short = [
        ("grpc.min_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 500),
        ("grpc.use_local_subchannel_pool", 1),
    ]
    try:
        async with (
            distant(port, 0.8) as address,
            worker_channel(address) as ours,
            grpc.aio.insecure_channel(address, options=short) as control,
        ):
            assert await reaches(ours)
            assert not await reaches(control), "the control: attempts of less than the way takes"
    finally:
        await server.stop(None)


async def try_for(seconds: float, *channels: grpc.aio.Channel) -> None:
    """Tries channels on which nobody listens, again and again."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        for channel in channels:
            assert not await reaches(channel)
        await asyncio.sleep(0.05)


async def reaches(channel: grpc.aio.Channel) -> bool:
    """True when somebody answers a call, be it that he does not know it."""
    try:
        await channel.unary_unary("/nothing/Nothing")(b"", timeout=5)
    except grpc.aio.AioRpcError as exc:
        return exc.code() is grpc.StatusCode.UNIMPLEMENTED
    return True
