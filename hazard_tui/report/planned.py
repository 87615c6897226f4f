"""The account of planned starts: begun, dropped, given up at a stop, or lost with their worker."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.stats.merge import FrameSum


def planned_value(record: control_pb2.RunRecord, totals: FrameSum) -> dict[str, Any] | None:
    """The account as plain values; None for a run without arrival stages.

    Of a run that finished `planned` is what its schedule had, by the engines that saw its end, so
    `unaccounted` is what is missing in the account: starts of a worker that was lost when nobody
    was left to list them. A run that was stopped planned what had come due.
    """
    figures = totals.figures
    if not figures.arrivals_due:
        return None
    lost = sum(totals.lost_starts.values())
    known = figures.arrivals_started + figures.arrivals_dropped + figures.arrivals_given_up + lost
    finished = record.state == control_pb2.RUN_STATE_FINISHED
    planned = figures.arrivals_reached if finished else known
    return {
        "planned": planned,
        "started": figures.arrivals_started,
        "dropped": figures.arrivals_dropped,
        "given_up": figures.arrivals_given_up,
        "lost": lost,
        "unaccounted": planned - known,
        "lost_by_second": [
            {"second": second, "worker_id": worker_id, "starts": count}
            for (second, worker_id), count in sorted(totals.lost_starts.items())
            if count
        ],
    }


def planned_text(record: control_pb2.RunRecord, totals: FrameSum) -> str:
    """The account as lines of text, where starts were lost; else empty."""
    value = planned_value(record, totals)
    if value is None or not (value["lost"] or value["unaccounted"]):
        return ""
    began = record.started_unix_ms // 1000
    by_second: Counter[int] = Counter()
    for line in value["lost_by_second"]:
        by_second[line["second"] - began] += line["starts"]
    text = (
        f"{value['planned']} planned starts: {value['started']} started, "
        f"{value['dropped']} dropped, {value['given_up']} given up at the stop, "
        f"{value['lost']} lost with their worker"
    )
    if value["unaccounted"]:
        text += f", {value['unaccounted']} not accounted for"
    if by_second:
        seconds = ", ".join(f"{count} in second {one}" for one, count in sorted(by_second.items()))
        text += f"\n  lost: {seconds}"
    return text
