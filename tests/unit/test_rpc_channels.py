"""Whom a channel may be opened to, and where the programs are."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
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
