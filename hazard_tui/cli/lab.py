"""`hazard up`, `down`, `serve`, `workers`, `doctor`: what runs beside the console."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from dataclasses import replace
from typing import Any

from hazard_tui import __version__
from hazard_tui.cli import options
from hazard_tui.errors import EXIT_FAILED, EXIT_OK, HazardError, RemoteError, UsageError

HEALTH = ("unknown", "ready", "busy", "lost", "incompatible", "unreachable")
FIRST_LIST_S = 6.0
"""How long `hazard workers` waits for the first complete list."""


def add_verbs(verbs: Any) -> None:
    """Adds the verbs of this module."""
    up = verbs.add_parser("up", help="start a lab on this machine: etcd, workers, sample target")
    up.add_argument("--workers", dest="count", type=int, default=2, metavar="N")
    up.add_argument("--print-target", action="store_true", help="print only the target's URL")
    up.set_defaults(handle=up_command)
    down = verbs.add_parser("down", help="end the lab and the controller")
    down.add_argument("--force", action="store_true", help="also when a run is going on")
    down.set_defaults(handle=down_command)
    serve = verbs.add_parser("serve", help="the controller in the foreground")
    serve.add_argument(
        "--metrics",
        metavar="HOST:PORT",
        help="serve figures of live runs to Prometheus under /metrics; a port alone: on loopback",
    )
    serve.set_defaults(handle=serve_command)
    workers = verbs.add_parser("workers", help="workers that etcd announces, with their health")
    workers.add_argument("--json", action="store_true", help="one JSON line per worker")
    workers.add_argument(
        "--calibrate",
        action="store_true",
        help="let every ready worker measure its floor, one after the other, 2 s each: what the "
        "generator itself costs at a target on its own loopback that does nothing",
    )
    workers.set_defaults(handle=workers_command)
    doctor = verbs.add_parser("doctor", help="check this machine and what hazard talks to")
    doctor.set_defaults(handle=doctor_command)


def up_command(args: argparse.Namespace) -> int:
    """Starts the lab; what is up already stays."""
    from hazard_tui.controller.lab import lab_status, lab_up

    settings = options.settings_of(args)
    if args.print_target:
        lab = lab_status(settings)
        if not lab.is_up:
            raise UsageError("the lab is not up", hint="`hazard up` starts it")
        print(lab.target_url)
        return EXIT_OK
    if args.count < 1:
        raise UsageError("--workers must be at least 1")
    lab = options.run_async(
        lab_up(settings, args.count, lambda text: print(f"  {text}", flush=True))
    )
    print(f"target  {lab.target_url}    RealWorld API under {lab.target_url}/api")
    print(f"etcd    {lab.endpoints[0]}    workers {len(lab.alive('worker'))}")
    print("next    hazard import FILE, then hazard; `hazard down` ends the lab")
    return EXIT_OK


def down_command(args: argparse.Namespace) -> int:
    """Ends the lab and the controller; leaves no process and no file behind."""
    return options.run_async(_down(args))


async def _down(args: argparse.Namespace) -> int:
    from hazard_tui.controller.lab import lab_down
    from hazard_tui.rpc.clients import ControllerClient

    settings = options.settings_of(args)
    if settings.socket_path.exists() and not args.force:
        try:
            async with ControllerClient(settings.socket_path) as client:
                active = list((await client.info(timeout_s=3)).active_runs)
        except HazardError:
            active = []
        if active:
            raise UsageError(
                f"a run is going on: {', '.join(active)}",
                hint="`hazard stop` ends it; `hazard down --force` ends everything",
            )
    await lab_down(settings)
    print("the lab is down")
    return EXIT_OK


def serve_command(args: argparse.Namespace) -> int:
    """Runs the controller until it is told to end."""
    from hazard_tui.controller.server import serve

    settings = options.settings_of(args)
    if args.metrics:
        settings = replace(settings, metrics=args.metrics)
    from hazard_tui.report.metrics import serve_metrics

    return options.run_async(serve(settings, publish=serve_metrics)) or EXIT_OK


def workers_command(args: argparse.Namespace) -> int:
    """Lists workers with their health; exit 3 when none can be listed."""
    return options.run_async(_workers(args))


async def _workers(args: argparse.Namespace) -> int:
    from hazard_tui.controller.launch import ensure_controller
    from hazard_tui.rpc.clients import ControllerClient
    from hazard_tui.stats.floor import floor_text

    settings = options.settings_of(args)
    async with ControllerClient(await ensure_controller(settings)) as client:
        listing = await _first_list(client)
    if args.calibrate:
        await _calibrate(listing.workers, settings)
    if args.json:
        for record in listing.workers:
            print(json.dumps(worker_line(record)))
    else:
        print(f"{'worker':22} {'state':13} {'host':16} {'cpus':>4} {'version':8} reason")
        for record in listing.workers:
            info = record.info
            reason = record.reason.splitlines()[0] if record.reason else ""
            state = HEALTH[record.health]
            print(
                f"{info.address:22} {state:13} {info.hostname:16} {info.cpus:4} "
                f"{info.version:8} {reason}"
            )
            if info.HasField("floor"):
                print(f"{'':22} {floor_text([info.floor])}")
    if not listing.workers:
        if listing.etcd_connected:
            raise UsageError("etcd announces no workers", hint="start one, or `hazard up`")
        raise RemoteError(
            f"no workers: {listing.etcd_message}",
            hint="`hazard up` starts a lab; --etcd names another",
        )
    return EXIT_OK


async def _calibrate(records: Any, settings: Any) -> None:
    """Lets ready workers measure their floor, one at a time: two on one machine would disturb."""
    from hazard_tui.rpc.clients import WorkerClient

    for record in records:
        address = record.info.address
        if HEALTH[record.health] != "ready":
            print(f"hazard: {address} is not calibrated: it is not ready", file=sys.stderr)
            continue
        async with WorkerClient(address, settings.tls) as worker:
            try:
                record.info.floor.CopyFrom(await worker.calibrate())
            except HazardError as exc:
                print(f"hazard: {address} is not calibrated: {exc}", file=sys.stderr)


async def _first_list(client: Any) -> Any:
    """The first list whose workers all have been asked, or the newest after `FIRST_LIST_S`."""
    import asyncio

    latest = None
    try:
        async with asyncio.timeout(FIRST_LIST_S):
            async for listing in client.watch_workers():
                latest = listing
                asked = all(one.health for one in listing.workers)
                if listing.workers and asked and listing.etcd_connected:
                    break
    except TimeoutError:
        pass
    if latest is None:
        raise RemoteError("the controller told no list of workers")
    return latest


def worker_line(record: Any) -> dict[str, Any]:
    """One worker as plain values."""
    from hazard_tui.stats.floor import floor_value

    info = record.info
    return {
        "type": "worker",
        "worker_id": info.worker_id,
        "address": info.address,
        "state": HEALTH[record.health],
        "reason": record.reason,
        "hostname": info.hostname,
        "os": info.os,
        "arch": info.arch,
        "cpus": info.cpus,
        "memory_bytes": info.memory_bytes,
        "version": info.version,
        "cpu_percent": info.cpu_percent,
        "rss_bytes": info.rss_bytes,
        "open_fds": info.open_fds,
        "goroutines": info.goroutines,
        "clock_offset_us": record.clock_offset_us,
        "round_trip_us": record.round_trip_us,
        "run_id": record.run_id,
        "labels": dict(info.labels),
        "allowed_targets": list(info.allowed_targets),
        "floor": floor_value(info.floor) if info.HasField("floor") else None,
    }


def doctor_command(args: argparse.Namespace) -> int:
    """Checks one thing after the other; exit 1 when something is wrong."""
    from hazard_tui.rpc.binaries import find_binary

    settings = options.settings_of(args)
    wrong = 0

    def tell(fine: bool, what: str, text: str) -> None:
        nonlocal wrong
        wrong += not fine
        print(f"{'ok  ' if fine else 'FAIL'} {what:12} {text}")

    tell(True, "hazard", f"{__version__}, python {platform.python_version()}, {sys.platform}")
    for name in ("hazard-worker", "hazard-lab"):
        try:
            tell(True, name, str(find_binary(name)))
        except HazardError as exc:
            tell(False, name, f"{exc} {exc.hint}")
    limit = _file_limit()
    tell(limit >= 4096, "open files", f"limit {limit}" + ("" if limit >= 4096 else "; ulimit -n"))
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    tell(free > 200 * 1024 * 1024, "disk", f"{free // 1048576} MiB free for {settings.data_dir}")
    tell(
        os.access(folder, os.W_OK),
        "history",
        f"{settings.data_dir} from {settings.origin.get('data_dir', 'default')}",
    )
    there = "" if settings.secrets_path.exists() else ", not there yet"
    tell(True, "secrets", f"{settings.secrets_path}{there}")
    tell(True, "etcd", ", ".join(settings.etcd) or "the lab's, when it is up")
    code = options.run_async(_doctor_remote(args, tell))
    return EXIT_FAILED if wrong or code else EXIT_OK


def _file_limit() -> int:
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 1 << 30


async def _doctor_remote(args: argparse.Namespace, tell: Any) -> int:
    from hazard_tui.controller.launch import ensure_controller
    from hazard_tui.rpc.clients import ControllerClient

    try:
        socket_path = await ensure_controller(options.settings_of(args))
        async with ControllerClient(socket_path) as client:
            info = await client.info()
            tell(True, "controller", f"pid {info.pid}, {socket_path}")
            listing = await _first_list(client)
    except HazardError as exc:
        tell(False, "controller", f"{exc} {exc.hint}")
        return 1
    tell(
        bool(listing.workers) or listing.etcd_connected,
        "workers",
        f"{len(listing.workers)} listed; {listing.etcd_message or 'etcd answers'}",
    )
    for record in listing.workers:
        state = HEALTH[record.health]
        offset = record.clock_offset_us / 1000
        tell(
            state in ("ready", "busy") and abs(offset) < 250,
            "worker",
            f"{record.info.address} {state}, clock {offset:+.1f} ms {record.reason}".rstrip(),
        )
    return 0
