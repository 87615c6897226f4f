"""One run: its state, its workers' links, its numbers. The life of a run is in `run_life`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from hazard_tui.controller.broadcast import Broadcast
from hazard_tui.controller.handover import Handover
from hazard_tui.controller.lease import Lease
from hazard_tui.controller.load_log import LoadLog
from hazard_tui.controller.locust_child import LocustChild
from hazard_tui.controller.lost_starts import LostStarts
from hazard_tui.controller.parts import Parts, now_ms
from hazard_tui.controller.recall import Recall
from hazard_tui.controller.resharing import reshare
from hazard_tui.controller.seconds import SecondMerger
from hazard_tui.controller.tunnel import Tunnel
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.plan.model import Plan, TaskOrder
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, plan_pb2, worker_pb2
from hazard_tui.stats.merge import FAILED, OK
from hazard_tui.stats.recording import ACTIVE_STATES
from hazard_tui.stats.totals import request_entries
from hazard_tui.stats.verdict import INVALID, VerdictWatch

log = logging.getLogger(__name__)

MOST_EVENTS = 5000
STDERR_SHOWN = 2000


class Run:
    """State and numbers of one run; hears the workers."""

    def __init__(self, parts: Parts, record: control_pb2.RunRecord, plan: Plan, epoch: int) -> None:
        self.parts = parts
        self.record = record
        self.plan = plan
        self.epoch = epoch
        self.links: dict[str, WorkerLink] = {}
        self.joining: dict[str, WorkerLink] = {}
        """Workers that are prepared to join; they carry nothing yet."""
        self.last_seqs: dict[str, int] = {}
        """Worker -> number of its last frame that came."""
        self.join_tasks: set[asyncio.Task[Any]] = set()
        self.changing = asyncio.Lock()
        """Held by whatever changes load, plan or shares on all workers, also by joining ones."""
        self.handover = Handover(plan)
        self.lost_starts = LostStarts()
        self.handing_over = 0
        """Lost workers whose load is being given to others."""
        self.recall: Recall | None = None
        """Set while rows are called back and dealt anew."""
        self.row_tasks: set[asyncio.Task[Any]] = set()
        """Answers to workers that asked for rows, on their way."""
        self.locust: LocustChild | None = None
        self.tunnels: list[Tunnel] = []
        self.was_adopted = False
        self.merger = SecondMerger(record.run_id, len(record.entries))
        self.latest: worker_pb2.Frame | None = None
        """The newest merged second."""
        self.verdict = VerdictWatch()
        self.broadcast = Broadcast()
        self.lease = Lease()
        self.events: list[control_pb2.RunEventRecord] = []
        self.stop_asked = asyncio.Event()
        self.force_asked = asyncio.Event()
        self.final_state = control_pb2.RUN_STATE_FINISHED
        self.paused_since_ms = 0
        self.paused_ms = 0
        self.load_changed = False
        self.load_log = LoadLog()
        self.locust_users = 0
        """What Locust was told last."""
        self.base_dir = ""
        """Folder of the plan's files."""
        self.join_names: tuple[str, ...] = ()
        """Workers that may join by themselves; empty: all."""
        self.spacing: plan_pb2.ArrivalSpacing | None = None
        """Of a rate that was asked for during the run; None: the plan's."""
        self.not_after_ms = 0
        self.input_digests: dict[str, str] = {}
        """What the plan's files held when the run got them, by a name such as `data feed users`."""
        self._tasks: set[asyncio.Task[Any]] = set()

    # what it is

    @property
    def run_id(self) -> str:
        """Id of the run."""
        return self.record.run_id

    @property
    def is_active(self) -> bool:
        """False once the run ended."""
        return self.record.state in ACTIVE_STATES

    @property
    def live_links(self) -> list[WorkerLink]:
        """Workers that carry a share."""
        return [link for link in self.links.values() if link.is_live]

    @property
    def elapsed_ms(self) -> int:
        """Since the common start; 0 before it."""
        started = self.record.started_unix_ms
        return max(0, now_ms() - started) if started else 0

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Runs something for the run's life; an error of its own is a logged event."""
        task = asyncio.create_task(work, name=f"{name} {self.run_id}")
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)
        return task

    def _task_ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)
            self.event("log", f"a bug: {task.get_name()}: {error!r}", level="error")

    async def cancel_tasks(self) -> None:
        """Ends everything that `spawn` began, except the caller."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def add_link(self, link: WorkerLink) -> None:
        """Takes a worker into the run."""
        self.links[link.worker_id] = link
        if link.is_live:
            self.handover.add_worker(link.worker_id, link.own_share)
        self.verdict.add_worker(link.worker_id, link.cpus)

    def open_links(self) -> None:
        """Opens the streams of every worker: commands and events, and Locust's link."""
        for link in self.live_links:
            self.open_link(link)

    def open_link(self, link: WorkerLink) -> None:
        """Opens the streams of one worker."""
        link.tasks.append(self.spawn(link.run(), f"link {link.address}"))
        if self.locust is not None:
            tunnel = Tunnel(link.client, self.run_id, self.epoch, self.locust.port)
            link.tunnel = tunnel
            self.tunnels.append(tunnel)
            link.tasks.append(self.spawn(tunnel.run(), f"tunnel {link.address}"))

    async def tell_locust(self, users: int) -> str:
        """Tells Locust a user count, at least one per worker; why it refused, or the empty text."""
        if self.locust is None:
            return ""
        self.locust_users = max(users, len(self.live_links) + len(self.joining), 1)
        return await self.locust.client.set_users(self.locust_users)

    # telling

    def leave_watchers(self) -> None:
        """Nothing more will be told, and nobody holds the run any more."""
        self.broadcast.close()
        self.lease.close()

    def event(self, kind: str, text: str, *, worker_id: str = "", level: str = "info") -> None:
        """Writes a line into the run's events."""
        event = control_pb2.RunEventRecord(
            at_unix_ms=now_ms(), kind=kind, text=text, worker_id=worker_id, level=level
        )
        if len(self.events) < MOST_EVENTS:
            self.events.append(event)
            self.parts.journal.add_event(self.run_id, event)
        self.broadcast.publish(control_pb2.RunUpdate(event=event))

    def set_state(self, state: control_pb2.RunState, reason: str = "") -> None:
        """Changes the state, and tells it."""
        self.record.state = state
        if reason:
            self.record.reason = reason
        word = control_pb2.RunState.Name(state).removeprefix("RUN_STATE_").lower()
        self.event("state", f"{word}: {reason}" if reason else word)
        self.publish_record()

    def refresh_record(self) -> control_pb2.RunRecord:
        """The record with the present numbers."""
        record, total = self.record, self.merger.total
        del record.workers[:]
        record.workers.extend(one.record() for one in {**self.links, **self.joining}.values())
        chosen = [one for one in request_entries(record.entries) if one < total.entries]
        record.requests = int(total.counts[chosen][:, [OK, FAILED]].sum())
        record.failed = int(total.counts[chosen][:, FAILED].sum())
        record.verdict.CopyFrom(self.verdict.verdict(live=self.is_active))
        return record

    def publish_record(self) -> None:
        """Stores the record and shows it to every watcher."""
        record = self.refresh_record()
        self.parts.journal.put_record(record)
        copy = control_pb2.RunRecord()
        copy.CopyFrom(record)
        self.broadcast.publish(control_pb2.RunUpdate(record=copy))

    def note_no_load(self) -> None:
        """Says of a run that ends before its start that its numbers are none."""
        if not self.record.started_unix_ms:
            self.verdict.note("no-load", "the run ended before its load began", status=INVALID)

    def give_seconds(self, *, all_left: bool = False) -> None:
        """Stores and shows the merged seconds that are complete."""
        live = [link.worker_id for link in self.live_links]
        given = self.merger.give_all() if all_left else self.merger.give(live, now_ms() / 1000)
        for frame in given:
            self.latest = frame
            self.parts.journal.add_second(frame)
            self.broadcast.publish(control_pb2.RunUpdate(frame=frame))

    # hearing the workers

    def frame_came(self, link: WorkerLink, frame: worker_pb2.Frame) -> None:
        """Counts a frame at once; it is acknowledged when it is committed."""
        self.last_seqs[link.worker_id] = frame.seq
        self.merger.take(frame)
        self.handover.note_frame(frame, self._whole_iterations())
        self._tell_lost_starts(frame)
        if self.verdict.add(frame):
            # Whoever watches is told at once, not with the next record.
            status = self.verdict.verdict(live=True).status
            if status != self.record.verdict.status:
                self.publish_record()
        self.parts.journal.add_frame(frame, lambda: link.frame_is_safe(frame.seq))
        self.broadcast.publish(control_pb2.RunUpdate(frame=frame), of_worker=True)

    def _tell_lost_starts(self, frame: worker_pb2.Frame) -> None:
        """Says of planned starts that nobody sent whose they were, and in which seconds."""
        for worker_id in {lost.worker_id for lost in frame.lost_starts if lost.count}:
            lost = [one for one in frame.lost_starts if one.worker_id == worker_id]
            began = self.record.started_unix_ms // 1000
            first, last = (edge(one.second for one in lost) - began for edge in (min, max))
            count = sum(one.count for one in lost)
            text = (
                f"{count} planned starts were lost with it, in seconds {first} to {last} of the run"
            )
            self.event("load-changed", text, worker_id=worker_id, level="warn")

    def state_came(self, link: WorkerLink, state: worker_pb2.EngineState) -> None:
        """Follows the engine."""
        if state.status == worker_pb2.ENGINE_STATUS_FAILED:
            reason = state.reason or "the engine failed"
            if not self._left_before_joining(link, reason):
                self._worker_gone(link, "failed", reason)
        elif state.status == worker_pb2.ENGINE_STATUS_RUNNING and link.state != "running":
            link.state = "running"
            self.publish_record()
        elif state.status == worker_pb2.ENGINE_STATUS_CONNECTED and link.state == "preparing":
            link.state = "ready"
            self.publish_record()

    def _whole_iterations(self) -> list[int]:
        """Entries of which one sample is one iteration."""
        kind = worker_pb2.ENTRY_KIND_ITERATION
        whole = [one for one in self.record.entries if one.kind == kind]
        if self.plan.task_order is TaskOrder.SEQUENTIAL or not self.plan.stages:
            whole = [one for one in whole if not one.plan_version_to][-1:]
        return [one.entry for one in whole]

    def rows_asked(self, link: WorkerLink, asked: worker_pb2.RowsAsked) -> None:
        """Allows rows, unless others have them already."""
        if self.recall is not None:
            self.recall.hear(link, asked, self.handover)
            return
        # An agent tells the last that it heard again after a reconnect.
        known = link.is_live and not asked.given_back
        allowed = self.handover.allow(link.worker_id, asked) if known else None
        if allowed is not None:
            task = self.spawn(link.command(allow_rows=allowed), f"rows {link.address}")
            self.row_tasks.add(task)
            task.add_done_callback(self.row_tasks.discard)

    def exit_came(self, link: WorkerLink, ended: worker_pb2.EngineExit) -> None:
        """An engine that ends unexpectedly takes its share with it."""
        if self._left_before_joining(link, f"the engine ended with code {ended.code}"):
            return
        if ended.expected or link.engine == worker_pb2.ENGINE_STATUS_FINISHED:
            if link.engine != worker_pb2.ENGINE_STATUS_FINISHED:
                link.engine = worker_pb2.ENGINE_STATUS_FINISHED
            return
        tail = ended.stderr_tail.strip()[-STDERR_SHOWN:]
        reason = f"the engine ended with code {ended.code}" + (f": {tail}" if tail else "")
        self.event("engine-exit", reason, worker_id=link.worker_id, level="error")
        self._worker_gone(link, "failed", reason)

    def log_came(self, link: WorkerLink, line: worker_pb2.LogLine) -> None:
        """Passes a line of the engine on."""
        self.event("log", line.text, worker_id=link.worker_id, level=line.level or "info")

    def worker_lost(self, link: WorkerLink, reason: str) -> None:
        """The others take over what a lost worker carried."""
        if self._left_before_joining(link, reason):
            return
        self.event(
            "worker-lost",
            f"worker {link.address} was lost: {reason}",
            worker_id=link.worker_id,
            level="error",
        )
        self._worker_gone(link, "lost", reason)

    def _left_before_joining(self, link: WorkerLink, reason: str) -> bool:
        """True for a worker that is lost before it carries anything: the run stays as it was."""
        if self.joining.get(link.worker_id) is not link:
            return False
        link.state, link.reason = "failed", link.reason or reason
        link.tell_changed()
        return True

    def _worker_gone(self, link: WorkerLink, state: str, reason: str) -> None:
        if link.has_ended and link.state != state:
            return
        link.state, link.reason = state, reason
        link.tell_changed()
        second = now_ms() // 1000
        last = link.last_frame.second + 1 if link.last_frame is not None else second
        self.verdict.note(
            "worker-lost",
            f"worker {link.address}: {reason.splitlines()[0]}",
            worker_id=link.worker_id,
            from_second=last,
            to_second=second,
        )
        self.publish_record()
        if self.record.state == control_pb2.RUN_STATE_RUNNING and self.live_links:
            self.handing_over += 1
            self.spawn(self._hand_over(), "hand over")

    async def _hand_over(self) -> None:
        try:
            async with self.changing:
                await reshare(self)
        finally:
            self.handing_over -= 1

    async def command_all(
        self, links: list[WorkerLink], command: Callable[[WorkerLink], dict[str, Any]]
    ) -> list[str]:
        """Sends a command to several workers at once; what went wrong."""
        answers = await asyncio.gather(*(link.command(**command(link)) for link in links))
        return [answer for answer in answers if answer]

    # commands of a person

    def ask_stop(
        self,
        reason: str,
        *,
        force: bool = False,
        final: control_pb2.RunState = control_pb2.RUN_STATE_STOPPED,
    ) -> None:
        """Begins to stop. Asking again with `force` cuts off what is in flight."""
        if not self.stop_asked.is_set():
            self.final_state = final
            self.record.reason = reason
        if force:
            self.force_asked.set()
        self.stop_asked.set()
