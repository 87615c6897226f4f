"""Whether the numbers of a run can be trusted: what the generator itself suffered.

`valid`: nothing disturbed the load. `degraded`: something did, in the named seconds. `invalid`: the
load was not what the plan says for a good part of the run; while a run is live, also as long as a
disturbance lasts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2

SETUP_FAILED = "setup-failed"
"""Code of the reason that a setup step was answered and its answer did not hold."""
VALID, DEGRADED, INVALID = "valid", "degraded", "invalid"

SCHEDULE_LAG_US = 100_000
RUN_QUEUE_DELAY_US = 50_000
GC_PAUSE_US = 50_000
CPU_SHARE = 0.9
STEAL_PERCENT = 10.0
CLOCK_OFFSET_US = 250_000
CONTENTION_SHARE = 0.42
"""Share of its working time that the engine waited for a processor: about 0.6 beside a program that
runs all the time on its only core, 0.1 to 0.35 on a machine without other work."""
CONTENTION_WAIT_US = 50_000
SLICE_US = 3000
"""How long Linux lets another program run before the engine's turn (`base_slice_ns`)."""
ADDED_SHARE = 0.1
"""Waiting counts when it adds this much to the mean time of what was measured."""
LASTING_S = 3
"""A disturbance of a shared machine counts when it was seen in this many seconds."""
INVALID_SHARE = 0.34
"""Share of a worker's seconds from which a disturbance makes the run invalid."""
INVALID_S = 10
NOW_S = 3
"""A disturbance lasts when it was seen in two of a worker's last seconds, so many."""
DROPPED_SHARE = 0.05
"""Share of planned arrivals from which dropped ones make the run invalid."""


@dataclass(slots=True)
class _Trouble:
    seconds: int = 0
    first: int = 0
    last: int = 0
    worst: float = 0.0
    before_last: int = 0

    def seen(self, second: int, value: float) -> None:
        if not self.seconds:
            self.first = second
        self.seconds += 1
        self.before_last = self.last
        self.last = max(self.last, second)
        self.worst = max(self.worst, value)

    def lasts(self, now: int) -> bool:
        """Whether it was seen in two of the seconds up to `now`."""
        return self.seconds > 1 and self.before_last > now - NOW_S


@dataclass(slots=True)
class _Worker:
    cpus: int = 1
    seconds: int = 0
    latest: int = 0
    troubles: dict[str, _Trouble] = field(default_factory=dict)


_TEXTS = {
    "schedule-lag": "iterations started up to {ms:.0f} ms late",
    "cpu": "the engine used up to {worst:.0f} % of a core on {cpus} cores",
    "run-queue": "the engine waited up to {ms:.0f} ms for a processor",
    "contention": "other programs had the engine's processor for up to {worst:.0f} % of its time",
    "gc": "garbage collection paused the engine up to {ms:.0f} ms in a second",
    "steal": "the hypervisor took up to {worst:.0f} % of the processor time",
    "fds": "no file descriptor was left",
    "ports": "no local port was left",
    "clock": "the clock is {ms:.0f} ms off the controller's",
}
_AT_ONCE = frozenset({"fds", "ports", "clock"})
_FATAL = frozenset({"fds", "ports"})


def disturbances(frame: worker_pb2.Frame, cpus: int) -> list[tuple[str, float]]:
    """What disturbed the generator in the second of a worker's frame: codes and values."""
    health = frame.generator
    seen = (
        ("schedule-lag", health.schedule_lag_max_us, SCHEDULE_LAG_US),
        ("cpu", health.cpu_percent, CPU_SHARE * 100 * cpus),
        ("run-queue", health.run_queue_delay_us, RUN_QUEUE_DELAY_US),
        ("gc", health.gc_pause_us, GC_PAUSE_US),
        ("steal", health.steal_percent, STEAL_PERCENT),
        ("fds", float(health.fds_exhausted), 0),
        ("ports", float(health.ports_exhausted), 0),
        ("clock", abs(frame.clock_offset_us), CLOCK_OFFSET_US),
    )
    return [(code, value) for code, value, limit in seen if value > limit]


def disturbance_text(code: str, worst: float, cpus: int) -> str:
    """A disturbance as a sentence."""
    return _TEXTS[code].format(ms=worst / 1000, worst=worst, cpus=cpus)


class VerdictWatch:
    """Collects what disturbed a run, frame by frame."""

    def __init__(self) -> None:
        self._workers: dict[str, _Worker] = {}
        self._started = 0
        self._dropped = 0
        self._dropped_seconds = _Trouble()
        self._notes: list[tuple[str, control_pb2.VerdictReason]] = []

    def add_worker(self, worker_id: str, cpus: int) -> None:
        """Names a worker and the processors its engine may use."""
        self._workers.setdefault(worker_id, _Worker()).cpus = max(cpus, 1)

    def add(self, frame: worker_pb2.Frame) -> bool:
        """Looks at the generator's health in one frame; whether something disturbed it."""
        worker = self._workers.setdefault(frame.worker_id, _Worker())
        worker.seconds += 1
        worker.latest = max(worker.latest, frame.second)
        second = frame.second
        # Contention shifts times by a few milliseconds and leaves the rate as planned: it says
        # something about the numbers of a run, and does not make a single second useless.
        contention = _contention(frame)
        disturbed = disturbances(frame, worker.cpus)
        if contention > 100 * CONTENTION_SHARE:
            disturbed.append(("contention", contention))
        for code, value in disturbed:
            worker.troubles.setdefault(code, _Trouble()).seen(second, value)
        self._started += frame.iterations_started
        if frame.arrivals_dropped:
            self._dropped += frame.arrivals_dropped
            self._dropped_seconds.seen(second, frame.arrivals_dropped)
        return bool(disturbed) or frame.arrivals_dropped > 0

    def note(
        self,
        code: str,
        text: str,
        *,
        status: str = DEGRADED,
        worker_id: str = "",
        from_second: int = 0,
        to_second: int = 0,
    ) -> None:
        """Adds a reason that no frame shows: a lost worker, lost frames, Locust's totals.

        `status` VALID: something to know that takes nothing from the numbers.
        """
        reason = control_pb2.VerdictReason(
            code=code,
            text=text,
            worker_id=worker_id,
            from_second=from_second,
            to_second=to_second or from_second,
        )
        self._notes.append((status, reason))

    def verdict(self, *, live: bool = False) -> control_pb2.Verdict:
        """The verdict so far; `live`: the run goes on, and what disturbs it now is decisive."""
        judged = list(self._notes)
        for worker_id, worker in self._workers.items():
            for code, trouble in worker.troubles.items():
                now = live and trouble.lasts(worker.latest)
                if now or code in _AT_ONCE or trouble.seconds >= LASTING_S:
                    judged.append(_reason(worker_id, worker, code, trouble, now=now))
        if self._dropped:
            judged.append(self._dropped_reason())
        statuses = {status for status, _ in judged}
        status = next((one for one in (INVALID, DEGRADED) if one in statuses), VALID)
        return control_pb2.Verdict(status=status, reasons=[reason for _, reason in judged])

    def _dropped_reason(self) -> tuple[str, control_pb2.VerdictReason]:
        planned = self._started + self._dropped
        status = INVALID if self._dropped > DROPPED_SHARE * planned else DEGRADED
        text = f"{self._dropped} of {planned} planned starts found no free user; raise max_users"
        trouble = self._dropped_seconds
        return status, control_pb2.VerdictReason(
            code="arrivals-dropped", text=text, from_second=trouble.first, to_second=trouble.last
        )


def _contention(frame: worker_pb2.Frame) -> float:
    """Percent of its working time that the engine waited for a processor; 0 where that is harmless.

    A thread that waits holds up everything in flight by half a slice on average. For answers that
    take much longer that changes nothing.
    """
    waited_us = frame.generator.run_queue_wait_us
    if waited_us < CONTENTION_WAIT_US:
        return 0.0
    times = [step.service for step in frame.steps]
    count = sum(sum(one.count) for one in times)
    added_us = min(waited_us / 1e6, 1.0) * SLICE_US / 2
    if count and added_us < ADDED_SHARE * sum(one.sum_us for one in times) / count:
        return 0.0
    worked_us = frame.generator.cpu_percent * 1e4
    return 100.0 * waited_us / (waited_us + worked_us)


def _reason(
    worker_id: str, worker: _Worker, code: str, trouble: _Trouble, *, now: bool
) -> tuple[str, control_pb2.VerdictReason]:
    much = now or trouble.seconds >= max(INVALID_S, INVALID_SHARE * worker.seconds)
    status = INVALID if code in _FATAL or (much and code not in _AT_ONCE) else DEGRADED
    text = disturbance_text(code, trouble.worst, worker.cpus)
    if code not in _AT_ONCE:
        text += f", in {trouble.seconds} of {worker.seconds} s"
    return status, control_pb2.VerdictReason(
        code=code,
        text=text,
        worker_id=worker_id,
        from_second=trouble.first,
        to_second=trouble.last,
    )
