"""Words and marks around the tables of a run: load, verdict, thresholds, events on charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from hazard_tui.errors import PlanError
from hazard_tui.stats.thresholds import judge_all, parse_rule
from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.number_text import clock, count_text, share_text, time_text
from hazard_tui.ui.run_numbers import Point, Span
from hazard_tui.ui.run_view import RunView

T = TypeVar("T")
AT_RISK = 0.1
"""A threshold is at risk when less than this share of its limit is left."""
MARKED_KINDS = frozenset(
    {
        "stage",
        "worker-lost",
        "worker-joined",
        "load-changed",
        "plan-replaced",
        "marker",
        "threshold",
        "engine-exit",
    }
)
"""Events that the charts show."""


def after(choice: T, choices: Sequence[T]) -> T:
    """The choice behind this one; the first behind the last."""
    return choices[(choices.index(choice) + 1) % len(choices)]


def first_line(text: str) -> str:
    """The first line of a text."""
    return str(text).strip().partition("\n")[0]


def head_text(run: RunView, frozen_at: int, glyphs: Glyphs) -> list[str]:
    """State, load and totals of a run as of a second; 0: as it is."""
    now = run.point_at(frozen_at)
    parts = [run.state_text_at(frozen_at)]
    if frozen_at and run.points:
        behind = run.points[-1].second - frozen_at
        parts.insert(0, f"{glyphs.warn} FROZEN -{behind} s")
    if now is not None:
        total = run.total_row(frozen_at)
        parts += [load_text(now), f"{count_text(now.rps)} rps"]
        parts.append(f"{share_text(total.fail_share)} failed")
        parts.append(f"{count_text(total.requests)} requests")
    if run.record.reason and not run.is_active and not frozen_at:
        parts.append(first_line(run.record.reason))
    parts.append(run.plan_name)
    return parts


def numbers_text(run: RunView, until: int) -> list[str]:
    """Both latencies of an arrival run, and what was answered."""
    parts = []
    now = run.point_at(until)
    if run.has_arrivals and now is not None:
        planned = time_text(now.scheduled_p99)
        parts.append(f"p99 {time_text(now.p99)} raw, {planned} from planned start")
    statuses = run.statuses(until)
    if statuses:
        parts.append("  ".join(f"{status}: {count_text(count)}" for status, count in statuses))
    return parts


def change_parts(run: RunView, until: int, glyphs: Glyphs) -> list[str]:
    """When numbers jumped last, and what moved most."""
    change = run.changes.last(until)
    if change is None:
        return []
    since = clock(change.second - run.first_second)
    most = f": {change.movers[0].name} most" if change.movers else ""
    return [f"{glyphs.warn} {since} {change.text}{most}"]


def second_of(run: RunView, column: int, width: int, span: Span) -> int:
    """The second that a column of a chart of `width` cells ends with."""
    first, last, fold = run.bounds(width, span)
    return max(first, min(last, (first // fold + column) * fold + fold - 1))


def marked_columns(run: RunView, width: int, span: Any) -> set[int]:
    """Columns of a chart of `width` in which an event happened that belongs on the charts."""
    if not run.points:
        return set()
    first, last, fold = run.bounds(width, span)
    seconds = (event.at_unix_ms // 1000 for event in run.events if event.kind in MARKED_KINDS)
    return {second // fold - first // fold for second in seconds if first <= second <= last}


def threshold_texts(run: RunView, until: int, glyphs: Glyphs) -> list[str]:
    """`ok`, `at risk` or `broken` for every threshold, with its value."""
    if run.record.thresholds and not until and run.replay is None:
        results: Iterable[Any] = run.record.thresholds
    else:
        total = run.total_until(until)
        try:
            results = judge_all(
                run.thresholds, total, run.record.entries, max(1.0, run.elapsed_s(until))
            )
        except PlanError as exc:
            return [f"{glyphs.warn} {exc}"]
    return [_threshold_text(one, glyphs) for one in results]


def _threshold_text(result: Any, glyphs: Glyphs) -> str:
    value = str(result.text).rpartition("(")[2].rstrip(")")
    rule = parse_rule(result.rule)
    if not result.ok:
        glyph, word = glyphs.bad, "broken"
    elif _room(rule.sign, rule.limit, result.actual) < AT_RISK:
        glyph, word = glyphs.warn, "at risk"
    else:
        glyph, word = glyphs.good, "ok"
    return f"{glyph} {result.rule} {word} ({value})"


def _room(sign: str, limit: float, actual: float) -> float:
    """Share of the limit that is left."""
    if not limit:
        return 1.0
    return (limit - actual) / limit if sign.startswith("<") else (actual - limit) / limit


def verdict_text(run: RunView, until: int, glyphs: Glyphs) -> str:
    """The verdict about the generator with its reasons, as far as they were known."""
    verdict = run.record.verdict
    reasons = [one for one in verdict.reasons if not until or 0 < one.from_second <= until]
    status = verdict.status
    if until and verdict.reasons and not reasons:
        status = "valid"
    glyph = {"valid": glyphs.good, "degraded": glyphs.warn, "invalid": glyphs.bad}.get(status, "")
    texts = [f"verdict {glyph} {status or 'none yet'}".replace("  ", " ")]
    return "   ".join([*texts, *(one.text for one in reasons[:2])])


def load_text(now: Point) -> str:
    """Users of a second, or its planned arrivals."""
    if now.target_rate:
        return f"{count_text(now.target_rate)}/s planned, {now.dropped} dropped"
    target = f" of {now.target_users:g}" if now.target_users > now.users else ""
    return f"{now.users:g}{target} users"
