"""Executed by Locust (`locust -f locust_plugin.py --master …`), imported by nobody.

Serves `hazard.v1.LocustMaster` on the unix socket `HAZARD_LOCUST_SOCKET`, through which the
controller drives an otherwise unmodified master. Load that a person starts in Locust's own web page
is stopped, and a user count changed there is set back: the controller owns the load. A stop there
is respected; the controller sees the state and stops the run.

The process ends by itself when nobody asked for its state for `HAZARD_ORPHAN_GRACE` seconds
(default 30) and no test runs, or after ten times as long in any case.
"""

# mypy: ignore-errors
# ruff: noqa: E402
from __future__ import annotations

import os

os.environ.setdefault("GRPC_VERBOSITY", "NONE")

# Before any channel or server: without it grpc's threads starve under gevent.
import grpc.experimental.gevent

grpc.experimental.gevent.init_gevent()

import contextlib
import logging
import signal
import time
from concurrent import futures

import gevent
import gevent.lock
import grpc
from locust import User, constant, events, task
from locust.runners import STATE_RUNNING, STATE_SPAWNING, MasterRunner

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, control_pb2_grpc

log = logging.getLogger("hazard")

ORPHAN_GRACE_S = float(os.environ.get("HAZARD_ORPHAN_GRACE") or 30)
WATCH_INTERVAL_S = 1.0
STOP_PATIENCE_S = 4.0
STOPPED_BY_PERSON = "stopped by a person"
"""Told as the state instead of Locust's own."""
LISTENERS = ("client_listener", "heartbeat_worker")


class HazardUser(User):
    """Stands for the one task that every boomer runs; never started in this process."""

    wait_time = constant(1)

    @task
    def iteration(self) -> None:
        """Runs in boomer."""


class Master(control_pb2_grpc.LocustMasterServicer):
    """The master runner as a service. Calls that change the test run one after the other."""

    def __init__(self, runner: MasterRunner) -> None:
        self.runner = runner
        self.wanted_users = 0
        """0: no test wanted."""
        self.stopped_by_person = False
        self.server = None
        """Kept here: a gRPC server ends when nothing refers to it."""
        self.last_asked = time.monotonic()
        self._changes = gevent.lock.RLock()
        self._start: gevent.Greenlet | None = None
        self._ending = False
        self._listeners = {
            name: greenlet
            for greenlet in runner.greenlet
            for name in LISTENERS
            if getattr(getattr(greenlet, "_run", None), "__name__", "") == name
        }

    def State(self, request, context):
        self.last_asked = time.monotonic()
        runner, total = self.runner, self.runner.stats.total
        totals = control_pb2.LocustTotals(
            known=True,
            requests=total.num_requests,
            failures=total.num_failures,
            state=STOPPED_BY_PERSON if self.stopped_by_person else runner.state,
            users=runner.user_count,
            workers=self._connected(),
        )
        if request.with_entries:
            for entry in list(runner.stats.entries.values()):
                totals.entries.add(
                    name=entry.name,
                    method=entry.method or "",
                    requests=entry.num_requests,
                    failures=entry.num_failures,
                )
        return totals

    def SetUsers(self, request, context):
        with self._changes:
            if not self._connected():
                return control_pb2.SetUsersResponse(error="no worker is connected to Locust")
            self.wanted_users = request.users
            self._apply()
        return control_pb2.SetUsersResponse()

    def StopTest(self, request, context):
        with self._changes:
            self.wanted_users = 0
            self._end_start()
            # Locust waits up to a minute for workers that will never answer; its totals do not.
            stopping = gevent.spawn(self.runner.stop)
            stopping.join(timeout=STOP_PATIENCE_S)
            stopping.kill(block=False)
        return control_pb2.StopTestResponse()

    def Quit(self, request, context):
        gevent.spawn_later(0.05, self.end)
        return control_pb2.QuitResponse()

    def end(self) -> None:
        """Ends the process the way Locust wants it."""
        self._ending = True
        os.kill(os.getpid(), signal.SIGTERM)

    def _connected(self) -> int:
        clients = self.runner.clients
        return len(clients.ready) + len(clients.running) + len(clients.spawning)

    def _apply(self) -> None:
        """One dispatch step, in a greenlet of its own: lowering a count blocks for seconds."""
        self._end_start()
        users = self.wanted_users
        self._start = gevent.spawn(self.runner.start, users, spawn_rate=max(users, 1))

    def _end_start(self) -> None:
        # A dispatcher that still iterates would go on sending spawn messages.
        if self._start is not None:
            self._start.kill(block=True)
            self._start = None

    def refuse_foreign_start(self, **_) -> None:
        """Stops a test that a person started in Locust's web page."""
        if self.wanted_users == 0:
            log.warning("a test was started in the web page; hazard owns the load, stopping it")
            gevent.spawn(self.runner.stop)

    def note_foreign_stop(self, **_) -> None:
        """Remembers a stop in the web page. Locust also stops when its last worker is gone."""
        self.stopped_by_person = bool(self.wanted_users and self._connected())

    def watch(self) -> None:
        """Sets foreign changes back, revives dead listeners, ends an orphan."""
        while True:
            gevent.sleep(WATCH_INTERVAL_S)
            if self._ending:
                return
            try:
                self._watch_once()
            except Exception:  # a watchdog outlives what it watches
                log.exception("watchdog")

    def _watch_once(self) -> None:
        for name, greenlet in list(self._listeners.items()):
            if greenlet.dead:
                log.error("Locust's %s had died; starting it again", name)
                self._listeners[name] = self.runner.greenlet.spawn(getattr(self.runner, name))
        running = self.runner.state in (STATE_RUNNING, STATE_SPAWNING)
        with self._changes:
            idle = self._start is None or self._start.dead
            foreign = self.runner.target_user_count != self.wanted_users
            if running and idle and self.wanted_users and foreign and self._connected():
                log.warning("the user count was changed in the web page; setting it back")
                self._apply()
        silent = time.monotonic() - self.last_asked
        active = running and self._connected()
        if silent > ORPHAN_GRACE_S * (10 if active else 1):
            log.warning("nobody asked for %.0f s; ending", silent)
            self.end()


@events.init.add_listener
def serve(environment, runner, **_) -> None:
    """Serves the plugin as soon as the runner exists. An error here ends the process."""
    if not isinstance(runner, MasterRunner):
        raise SystemExit("locust_plugin.py works only with --master")
    path = os.environ["HAZARD_LOCUST_SOCKET"]
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    master = Master(runner)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    control_pb2_grpc.add_LocustMasterServicer_to_server(master, server)
    previous = os.umask(0o177)
    try:
        if not server.add_insecure_port(f"unix:{path}"):
            raise SystemExit(f"cannot listen on {path}")
        server.start()
    finally:
        os.umask(previous)
    master.server = server
    events.test_start.add_listener(master.refuse_foreign_start)
    events.test_stopping.add_listener(master.note_foreign_stop)
    gevent.spawn(master.watch)

    @environment.events.quit.add_listener
    def _remove_socket(**_) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
