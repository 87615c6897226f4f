"""Printing a run as it goes: labelled lines, or JSON lines; then its summary."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hazard_tui.errors import UsageError
from hazard_tui.report.summary import state_word, summary_table, summary_value
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.totals import figures_of, request_entries

ENDED = frozenset({"finished", "stopped", "failed", "aborted"})


class Follower:
    """Takes the updates of one run and prints them. No escape sequence is ever printed."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.record: Any = None
        self.totals = FrameSum()
        self.next_second = 0
        """Where a stream that broke goes on."""
        self._first_second = 0
        self._frames: list[Any] = []
        self._events: list[Any] = []
        self._seen_events: set[tuple[int, str, str]] = set()

    @property
    def ended(self) -> bool:
        """True once the run has ended."""
        return self.record is not None and state_word(self.record) in ENDED

    def take(self, update: Any) -> None:
        """Takes one `RunUpdate`."""
        kind = update.WhichOneof("kind")
        if kind == "record":
            self._take_record(update.record)
        elif kind == "frame" and not update.frame.worker_id:
            self._take_frame(update.frame)
        elif kind == "event":
            self._take_event(update.event)

    def _say(self, line: dict[str, Any], text: str) -> None:
        print(json.dumps(line) if self.as_json else printable(text), flush=True)

    def _take_record(self, record: Any) -> None:
        first = self.record is None
        self.record = record
        if first:
            line = {
                "type": "start",
                "run_id": record.run_id,
                "plan": record.plan_name,
                "workers": [worker.worker_id for worker in record.workers],
                "planned_ms": record.planned_ms,
                "locust_url": record.locust_url,
            }
            self._say(line, f"run {record.run_id} plan {record.plan_name}")

    def _take_frame(self, frame: Any) -> None:
        if frame.second < self.next_second:
            return
        self.next_second = frame.second + 1
        self._first_second = self._first_second or frame.second
        self.totals.add(frame)
        self._frames.append(frame)
        one = FrameSum(len(self.record.entries))
        one.add(frame)
        now = figures_of(one, request_entries(self.record.entries), 1.0)
        elapsed = frame.second - self._first_second + 1
        times = {name: getattr(now.service, f"{name}_us") for name in ("p50", "p95", "p99")}
        line: dict[str, Any] = {
            "type": "second",
            "second": frame.second,
            "elapsed_s": elapsed,
            "users": frame.users,
            "ok": now.ok,
            "failed": now.failed,
            "aborted": now.aborted,
            **{f"{name}_us": round(value) for name, value in times.items()},
            "target_users": frame.target_users,
            "target_rate": frame.target_rate,
            "arrivals_dropped": frame.arrivals_dropped,
            "arrivals_late": frame.arrivals_late,
            "plan_version": frame.plan_version,
        }
        text = f"time={elapsed}s users={frame.users:g} rps={now.requests} failed={now.failed} "
        text += " ".join(f"{name}={value / 1000:.1f}ms" for name, value in times.items())
        if frame.target_rate:
            # Beside the service time: what a person would have waited since the planned start.
            line["scheduled_p99_us"] = round(now.scheduled.p99_us)
            text += f" p99_since_plan={now.scheduled.p99_us / 1000:.1f}ms"
            text += f" planned={round(frame.target_rate, 1):g}/s late={frame.arrivals_late}"
            text += f" dropped={frame.arrivals_dropped}"
        self._say(line, text)

    def _take_event(self, event: Any) -> None:
        key = (event.at_unix_ms, event.kind, event.text)
        if key in self._seen_events:
            return
        self._seen_events.add(key)
        self._events.append(event)
        line = {
            "type": "event",
            "at_unix_ms": event.at_unix_ms,
            "kind": event.kind,
            "level": event.level,
            "text": event.text,
            "worker_id": event.worker_id,
        }
        first, *rest = event.text.splitlines() or [""]
        more = f" (+{len(rest)} lines, see hazard show)" if rest else ""
        self._say(line, f"event {event.kind}: {first}{more}")

    def finish(self) -> None:
        """Prints the summary; the last line of JSON output."""
        if self.as_json:
            print(json.dumps(summary_value(self.record, self.totals)), flush=True)
            return
        word = state_word(self.record)
        reason = f": {self.record.reason}" if self.record.reason else ""
        print(printable(f"\nrun {self.record.run_id} {word}{reason}"))
        sys.stdout.write(summary_table(self.record, self.totals))
        locust = self.record.locust
        if locust.known:
            print(f"locust counts {locust.requests} requests, {locust.failures} failures")
        sys.stdout.flush()

    def write_reports(self, folder: Path) -> None:
        """Writes every report of the run into a folder. Raises `UsageError`."""
        from hazard_tui.report import render_report

        try:
            folder.mkdir(parents=True, exist_ok=True)
            for kind, suffix in (
                ("html", "html"),
                ("json", "json"),
                ("csv", "csv"),
                ("junit", "xml"),
            ):
                text = render_report(self.record, self._frames, self._events, kind)
                (folder / f"report.{suffix}").write_text(text, "utf-8")
        except OSError as exc:
            raise UsageError(
                f"reports cannot be written to {folder}: {exc.strerror}",
                hint=f"the run is recorded: `hazard report {self.record.run_id} -o FILE`",
            ) from exc
        print(f"reports are in {folder}", file=sys.stderr)


def printable(text: str) -> str:
    """The text without control characters but line breaks: names come from foreign files."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
