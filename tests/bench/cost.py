"""CPU per request of the engine next to other load generators, in one interleaved run.

The target runs on the last core, each generator alone on the first (taskset where there is one),
20 connections, as fast as it can. Cost is user and system time of the generator's process over the
requests that it completed. Generators that are not installed are skipped by name.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.internal.decoder import _DecodeVarint32  # type: ignore[attr-defined]

from hazard_tui.plan.model import Plan, Stage, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Assertion, Extractor, Source, Target
from hazard_tui.rpc.convert import plan_message
from hazard_tui.rpc.engine_check import with_length
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = ROOT / "go_worker" / "bin"
CONNECTIONS = 20
ENGINE = "hazard engine"
TURNS = 6
TURN_S = 5


@dataclass
class Generator:
    """One load generator: a turn returns (requests, CPU seconds)."""

    name: str
    turn: Callable[[str], tuple[int, float]]
    path: str = "/static"
    costs_us: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)


def pinned(core: int) -> list[str]:
    """Prefix of a command that keeps it on one core."""
    taskset = shutil.which("taskset")
    return [taskset, "-c", str(core)] if taskset else []


@contextlib.contextmanager
def running_target() -> Iterator[str]:
    """The lab's target on the last core; its URL."""
    core = max(0, (os.cpu_count() or 1) - 1)
    command = [*pinned(core), str(BIN / "hazard-lab"), "target", "--listen", "127.0.0.1:0"]
    with subprocess.Popen([*command, "--exit-with-stdin"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as target:  # fmt: skip
        assert target.stdout is not None
        try:
            yield json.loads(target.stdout.readline())["url"]
        finally:
            target.terminate()


def timed(command: list[str], **options: object) -> tuple[str, float]:
    """Output of a command on the first core, and the CPU seconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*pinned(0), *command], capture_output=True, text=True, check=False,
                          timeout=TURN_S * 4 + 60, **options)  # type: ignore[call-overload] # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return str(done.stdout) + str(done.stderr), cpu


def number(pattern: str, text: str) -> int:
    """The number that a pattern finds in the output of a generator."""
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"{pattern!r} is not in: {text[-400:]}")
    return int(float(found[1]))


def wrk(url: str) -> tuple[int, float]:
    """wrk, one thread."""
    text, cpu = timed(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{TURN_S}s", url])
    return number(r"(\d+) requests in", text), cpu


def hey(url: str) -> tuple[int, float]:
    """hey."""
    text, cpu = timed(["hey", "-z", f"{TURN_S}s", "-c", str(CONNECTIONS), "-cpus", "1", url])
    counts = [int(one) for one in re.findall(r"\[\d+\]\s+(\d+) responses", text)]
    return sum(counts), cpu


def vegeta(url: str) -> tuple[int, float]:
    """vegeta without a rate; its report is made outside the cost."""
    with tempfile.TemporaryDirectory() as folder:
        targets, results = Path(folder) / "targets", Path(folder) / "results"
        targets.write_text(f"GET {url}\n")
        load = ["-rate=0", f"-max-workers={CONNECTIONS}", f"-duration={TURN_S}s"]
        _, cpu = timed(["vegeta", "attack", *load, f"-targets={targets}", f"-output={results}"],
                       env={**os.environ, "GOMAXPROCS": "1"})  # fmt: skip
        report, _ = timed(["vegeta", "report", "-type=json", str(results)])
    return number(r'"requests":(\d+)', report), cpu


def k6(url: str) -> tuple[int, float]:
    """k6 with a status check."""
    script = (
        "import http from 'k6/http'; import {check} from 'k6';"
        f"export const options = {{vus: {CONNECTIONS}, duration: '{TURN_S}s'}};"
        f"export default () => {{ check(http.get('{url}'), {{ok: r => r.status === 200}}) }}"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".js") as file:
        file.write(script)
        file.flush()
        text, cpu = timed(["k6", "run", "--quiet", file.name])
    return number(r"http_reqs[^:]*:\s+(\d+)", text), cpu


def locust(url: str) -> tuple[int, float]:
    """Locust's FastHttpUser, headless, one process."""
    host, _, path = url.rpartition("/")
    code = (
        "from locust import FastHttpUser, task\n"
        "class Bench(FastHttpUser):\n"
        f"    @task\n    def get(self):\n        self.client.get('/{path}')\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(code)
        file.flush()
        load = ["-u", str(CONNECTIONS), "-r", str(CONNECTIONS), "-t", f"{TURN_S}s", "--host", host]
        quiet = ["--headless", "--json", "--loglevel", "ERROR"]
        text, cpu = timed([sys.executable, "-m", "locust", "-f", file.name, *load, *quiet])
    entries = json.loads(text[text.index("[") : text.rindex("]") + 1])
    return sum(entry["num_requests"] for entry in entries), cpu


def bare_boomer(program: Path) -> Callable[[str], tuple[int, float]]:
    """boomer and fasthttp.Client with nothing around them."""

    def turn(url: str) -> tuple[int, float]:
        text, cpu = timed(
            [str(program), "-url", url, "-users", str(CONNECTIONS), "-duration", f"{TURN_S}s"],
            env={**os.environ, "GOMAXPROCS": "1"},
        )
        return number(r"(\d+)\s*$", text.strip()), cpu

    return turn


def simple_plan(url: str) -> Plan:
    """GET with two headers and a status assertion."""
    request = Request.model_validate({
        "url": url,
        "headers": [{"name": "Accept", "value": "*/*"}, {"name": "X-Bench", "value": "1"}],
        "assertions": [Assertion(target=Target.STATUS, expected="200")],
    })  # fmt: skip
    return _plan(request)


def chain_plan(url: str) -> Plan:
    """Three variables, one extraction, two body assertions on a 1 KiB JSON answer."""
    request = Request.model_validate({
        "url": url + "?a={{a}}&b={{b}}",
        "headers": [{"name": "X-Value", "value": "{{c}}"}],
        "extractors": [Extractor(variable="saved", jmespath="id", source=Source.BODY)],
        "assertions": [
            Assertion(target=Target.BODY, operator="contains", expected="{"),  # type: ignore[arg-type]
            Assertion(target=Target.STATUS, expected="200"),
        ],
    })  # fmt: skip
    plan = _plan(request)
    names = [{"name": name, "value": f"value-{name}"} for name in "abc"]
    return Plan.model_validate({**plan.model_dump(by_alias=True), "variables": names})


def _plan(request: Request) -> Plan:
    task = Task(id="t", name="bench", steps=(Step(id="s", name="bench", request=request),))
    return Plan(tasks=(task,), stages=(Stage(to=CONNECTIONS, duration_ms=TURN_S * 1000),))


def engine(make: Callable[[str], Plan]) -> Callable[[str], tuple[int, float]]:
    """The engine child as an agent starts it, without Locust's link."""

    def turn(url: str) -> tuple[int, float]:
        return run_engine(make(url))

    return turn


def run_engine(plan: Plan) -> tuple[int, float]:
    """Requests and CPU seconds of one run of the engine child."""
    prepare = worker_pb2.PrepareRequest(
        run_id="bench", epoch=1, plan=plan_message(plan),
        share=worker_pb2.Share(index=0, count=1),
    )  # fmt: skip
    first = worker_pb2.EngineCommand(
        prepare=worker_pb2.EnginePrepare(request=prepare, allowed_targets=["127.0.0.0/8"])
    )
    start_at = time.time_ns() // 1000 + 700_000
    start = worker_pb2.EngineCommand(start=worker_pb2.Start(start_at_unix_us=start_at))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    requests = 0
    with subprocess.Popen([*pinned(0), str(BIN / "hazard-worker"), "engine"],
                          env={**os.environ, "GOMAXPROCS": "1"}, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:  # fmt: skip
        assert child.stdin is not None
        for command in (first, start):
            child.stdin.write(with_length(command.SerializeToString()))
            child.stdin.flush()
        for event in _events(child):
            kind = event.WhichOneof("kind")
            if kind == "prepared" and not event.prepared.ready:
                raise RuntimeError(f"the engine refused: {event.prepared.findings}")
            if kind == "frame":
                requests += sum(one.ok + one.failed for one in event.frame.steps if one.entry == 0)
                if event.frame.last:
                    break
        child.stdin.close()
        child.kill()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return requests, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _events(child: subprocess.Popen[bytes]) -> Iterator[worker_pb2.EngineEvent]:
    assert child.stdout is not None
    while True:
        head = b""
        while not head or head[-1] >= 0x80:
            byte = child.stdout.read(1)
            if not byte:
                return
            head += byte
        size, _ = _DecodeVarint32(head, 0)
        yield worker_pb2.EngineEvent.FromString(child.stdout.read(size))


def generators(folder: Path) -> list[Generator]:
    """Everything that is installed, the engine and its controls first."""
    found = [
        Generator(ENGINE, engine(simple_plan)),
        Generator("hazard, 3 vars, save, 2 asserts", engine(chain_plan), "/json"),
    ]
    program = folder / "bareboomer"
    go = (ROOT / ".setup" / "go.path").read_text()
    source = "./internal/engine/testdata/bareboomer"
    subprocess.run([go, "build", "-o", str(program), source], cwd=ROOT / "go_worker", check=True)
    found.append(Generator("bare boomer + fasthttp", bare_boomer(program)))
    for name, turn in (("wrk", wrk), ("hey", hey), ("vegeta", vegeta), ("k6", k6)):
        if shutil.which(name):
            found.append(Generator(name, turn))
        else:
            print(f"{name} is not installed: skipped")
    found.append(Generator("locust FastHttpUser", locust))
    return found


def main() -> None:
    """Interleaved turns of every generator, then the table."""
    with tempfile.TemporaryDirectory() as folder, running_target() as target:
        taking_part = generators(Path(folder))
        for turn in range(TURNS):
            print(f"turn {turn + 1} of {TURNS}", flush=True)
            for one in taking_part:
                requests, cpu = one.turn(target + one.path)
                one.costs_us.append(cpu / max(1, requests) * 1e6)
                one.rates.append(requests / TURN_S)
    print_table(taking_part)


def print_table(taking_part: list[Generator]) -> None:
    """min, median and max of the cost, the median rate, and ratios to the controls."""
    medians = {one.name: statistics.median(one.costs_us) for one in taking_part}
    head = "us/request min..median..max"
    columns = f"{'/ wrk':>7} {'/ bare':>7} {'engine /':>9}"
    print(f"{'generator':34} {head:>30} {'req/s':>9} {columns}")
    for one in taking_part:
        costs = sorted(one.costs_us)
        median = medians[one.name]
        spread = f"{costs[0]:.2f} .. {median:.2f} .. {costs[-1]:.2f}"
        ratios = [
            f"{median / medians[control]:.2f}" if control in medians else "-"
            for control in ("wrk", "bare boomer + fasthttp")
        ]
        rate = statistics.median(one.rates)
        engine_part = medians[ENGINE] / median
        shown = f"{ratios[0]:>7} {ratios[1]:>7} {engine_part:9.2f}"
        print(f"{one.name:34} {spread:>30} {rate:9.0f} {shown}")
