"""The stock pair as control: a Locust master and boomer workers as their projects give them out.

Nothing of hazard runs here. The master is the locked Locust with its default settings and a user
class that does nothing, as boomer's documentation tells; it is led through its web page, as a
person does. The worker is `testdata/stockboomer`: boomer and `fasthttp.Client` as they come.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from hazard_tui.controller.processes import free_port
from tests.support.engine import ROOT

DUMMY = """
from locust import User, task
class Dummy(User):
    @task
    def nothing(self): pass
"""
STAGES = """
from locust import LoadTestShape
class Stages(LoadTestShape):
    stages = {stages}
    def tick(self):
        for until_s, users, spawn_rate in self.stages:
            if self.get_run_time() < until_s:
                return users, spawn_rate
        return None
"""
"""As in Locust's own example of a shape with stages."""
PATIENCE_S = 30.0


def build(program: Path, package: str) -> None:
    """Builds a control program with the flags of the set-up, so that its cache serves."""
    go = (ROOT / ".setup" / "go.path").read_text().strip()
    command = [go, "build", "-trimpath", "-buildvcs=false", "-o", str(program), package]
    environ = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    subprocess.run(command, cwd=ROOT / "go_worker", env=environ, check=True, timeout=280)


class Stock:
    """A Locust master and its boomer workers, all ended with the block."""

    def __init__(self, boomer: Path, folder: Path, *options: str,
                 stages: tuple[tuple[float, int, float], ...] = ()) -> None:  # fmt: skip
        """`stages`: (end in seconds, users, spawn rate), the steps of a `LoadTestShape`."""
        self.workers: list[subprocess.Popen[bytes]] = []
        self._boomer, self._port, web = boomer, free_port(), free_port()
        self._url = f"http://127.0.0.1:{web}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "locustfile.py").write_text(
            DUMMY + (STAGES.format(stages=stages) if stages else "")
        )
        self.log = folder / "locust.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
        with self.log.open("wb") as log:
            self.master = psutil.Popen(
                [sys.executable, "-m", "locust", "-f", "locustfile.py", "--master",
                 "--master-bind-host", "127.0.0.1", "--master-bind-port", str(self._port),
                 "--web-host", "127.0.0.1", "--web-port", str(web), *options],
                cwd=folder, env=kept, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def __enter__(self) -> Stock:
        try:
            self.until(lambda state: True)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for child in (*self.workers, self.master):
            child.kill()
        for child in (*self.workers, self.master):
            child.wait(10)
        for worker in self.workers:
            assert worker.stdout is not None
            worker.stdout.close()

    def asked(self) -> int:
        """Ends the workers; how many requests their users asked of fasthttp."""
        for worker in self.workers:
            worker.terminate()
        return sum(int(worker.communicate(timeout=10)[0]) for worker in self.workers)

    def join(self, url: str, *options: str) -> subprocess.Popen[bytes]:
        """Starts one more worker, which sends to `url`, and waits until the master knows it."""
        self.workers.append(subprocess.Popen(
            [str(self._boomer), "-master-host", "127.0.0.1", "-master-port", str(self._port),
             "-url", url, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ))  # fmt: skip
        self.until(lambda state: state["worker_count"] == len(self.workers))
        return self.workers[-1]

    def swarm(self, users: int, spawn_rate: float) -> None:
        """Starts a test or changes it; returns before the users run."""
        self._begin({"user_count": users, "spawn_rate": spawn_rate})

    def swarm_by_stages(self) -> None:
        """Starts a test with the shape that was given."""
        self._begin({})

    def _begin(self, form: dict[str, Any]) -> None:
        answer = json.loads(self._ask("/swarm", form))
        assert answer["success"], answer

    def stop(self) -> None:
        """Stops the test; returns when the master's `runner.stop()` does."""
        self._ask("/stop", {})

    def stats(self) -> dict[str, Any]:
        """What the master's web page shows: statistics, errors, workers, state."""
        found: dict[str, Any] = json.loads(self._ask("/stats/requests"))
        return found

    def total(self) -> dict[str, Any]:
        """The line `Aggregated`."""
        found: dict[str, Any] = self.stats()["stats"][-1]
        return found

    def rows(self) -> int:
        """Lines of the table of statistics that a person downloads, without the aggregated one."""
        return len(self._ask("/stats/requests/csv").splitlines()) - 2

    def until(self, holds: Callable[[dict[str, Any]], bool],
              patience_s: float = PATIENCE_S) -> dict[str, Any]:  # fmt: skip
        """Waits until something holds of `stats`."""
        deadline = time.monotonic() + patience_s
        state: dict[str, Any] = {}
        while self.master.poll() is None and time.monotonic() < deadline:
            try:
                state = self.stats()
            except urllib.error.URLError:
                time.sleep(0.1)  # not up yet
                continue
            if holds(state):
                return state
            time.sleep(0.05)
        raise AssertionError(f"{self.log.read_text()[-2000:]}\n{str(state)[-2000:]}")

    def _ask(self, path: str, form: dict[str, Any] | None = None) -> bytes:
        data = None if form is None else urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(self._url + path, data=data, timeout=90) as answer:
            found: bytes = answer.read()
            return found
