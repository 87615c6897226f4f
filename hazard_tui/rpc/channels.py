"""gRPC channels: unix sockets on this machine, loopback in the clear, mutual TLS off loopback."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Any

# Set before grpc is imported: its C core writes to standard error, where Textual paints.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

import grpc
import grpc.aio

from hazard_tui.errors import RemoteError, SetupError
from hazard_tui.settings import TlsPaths

LARGEST_MESSAGE = 512 * 1024 * 1024
"""Bytes; a plan carries its uploads."""

OPTIONS: list[tuple[str, Any]] = [
    ("grpc.max_send_message_length", LARGEST_MESSAGE),
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    ("grpc.enable_http_proxy", 0),
]

ATTEMPT_MS = 2_000
"""How long one attempt to connect may take, which is what gRPC makes of this option: several round
trips of a distant worker, and the time until a busy machine lets the other side answer."""

_UNIX_OPTIONS: list[tuple[str, Any]] = [
    *OPTIONS,
    # Who is being started here answers soon: the default of a second that grows to two minutes
    # would find it only at the next try.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", ATTEMPT_MS),
    ("grpc.max_reconnect_backoff_ms", 200),
]

_WORKER_OPTIONS: list[tuple[str, Any]] = [
    *OPTIONS,
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 3_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", ATTEMPT_MS),
    # Well below the time after which a worker that does not answer is given up.
    ("grpc.max_reconnect_backoff_ms", 500),
    # Each worker has connections of its own, else one dead address would slow its neighbours.
    ("grpc.use_local_subchannel_pool", 1),
]


def unix_channel(path: Path) -> grpc.aio.Channel:
    """Channel to a unix socket."""
    return grpc.aio.insecure_channel(f"unix:{path}", options=_UNIX_OPTIONS)


def worker_channel(address: str, tls: TlsPaths | None = None) -> grpc.aio.Channel:
    """Channel to an agent at `host:port`.

    Loopback is dialled in the clear, everything else with mutual TLS. Raises `SetupError` when the
    certificates for that are not set or cannot be read.
    """
    if is_loopback(address):
        return grpc.aio.insecure_channel(address, options=_WORKER_OPTIONS)
    if tls is None:
        raise SetupError(
            f"worker {address} is not on this machine and no certificates are set",
            hint="set tls_ca, tls_cert and tls_key; `hazard-worker certs` makes them",
        )
    try:
        credentials = grpc.ssl_channel_credentials(
            root_certificates=tls.ca.read_bytes(),
            private_key=tls.key.read_bytes(),
            certificate_chain=tls.cert.read_bytes(),
        )
    except OSError as exc:
        raise SetupError(f"the certificate {exc.filename} cannot be read: {exc.strerror}") from exc
    return grpc.aio.secure_channel(address, credentials, options=_WORKER_OPTIONS)


def is_loopback(address: str) -> bool:
    """True for `host:port` on this machine."""
    host = address.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def remote_error(exc: grpc.aio.AioRpcError, what: str, hint: str = "") -> RemoteError:
    """A sentence for a failed call to `what`."""
    code = exc.code()
    if code is grpc.StatusCode.UNAVAILABLE:
        return RemoteError(f"{what} cannot be reached: {exc.details()}", hint=hint)
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return RemoteError(f"{what} did not answer in time", hint=hint)
    if code is grpc.StatusCode.CANCELLED:
        return RemoteError(f"the call to {what} was cancelled", hint=hint)
    return RemoteError(f"{what} refused: {exc.details()}", hint=hint)
