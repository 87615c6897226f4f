"""What another controller needs to take a run over."""

from __future__ import annotations

import contextlib
from typing import Any

from hazard_tui.controller.load_log import LoadLog
from hazard_tui.controller.run import Run
from hazard_tui.stats.recording import RecordingError


async def keep_context(run: Run) -> None:
    """Stores the context as it is now; the journal itself says when nothing can be written."""
    journal = run.parts.journal
    with contextlib.suppress(RecordingError):
        await journal.call(journal.recording.set_context, run.run_id, run.epoch, context_of(run))


def take_context(run: Run, context: dict[str, Any]) -> None:
    """Takes over what an earlier controller stored, except workers and Locust."""
    run.not_after_ms = int(context.get("not_after_ms", 0))
    run.load_log = LoadLog.from_json(context.get("load", {}))
    run.load_changed = run.load_log.has_new_stages
    run.base_dir = str(context.get("base_dir", ""))
    run.input_digests = dict(context.get("inputs", {}))
    run.join_names = tuple(context.get("join_names", ()))


def context_of(run: Run) -> dict[str, Any]:
    """What another controller needs to take the run over."""
    return {
        "not_after_ms": run.not_after_ms,
        "load": run.load_log.to_json(),
        "base_dir": run.base_dir,
        "inputs": run.input_digests,
        "feed_shares": run.handover.begun_shares(),
        "join_names": list(run.join_names),
        "locust": run.locust.context() if run.locust is not None else None,
        "workers": {
            link.worker_id: {
                "address": link.address,
                "hostname": link.hostname,
                "cpus": link.cpus,
                "boot_id": link.boot_id,
                "clock_offset_us": link.clock_offset_us,
                "seq_before": link.seq_before,
                "share": [link.own_share.index, link.own_share.count],
            }
            for link in run.links.values()
        },
    }
