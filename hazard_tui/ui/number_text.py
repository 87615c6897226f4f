"""Numbers as they are shown: at most 3 to 4 digits, so that noise does not repaint a line."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """`0:07`, `12:40`, `1:02:03`."""
    whole = int(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"


def time_text(microseconds: float) -> str:
    """A latency with 3 significant digits: `82us`, `4.31ms`, `1.2s`."""
    if microseconds <= 0:
        return "-"
    if microseconds < 999.5:
        return f"{microseconds:.0f}us"
    milliseconds = microseconds / 1000
    if milliseconds < 999.5:
        return f"{milliseconds:.3g}ms" if milliseconds < 99.95 else f"{milliseconds:.0f}ms"
    return f"{milliseconds / 1000:.3g}s"


def count_text(value: float) -> str:
    """A number with 3 to 4 significant digits: `950`, `12.3k`, `4.56M`."""
    if value < 9.995:
        return f"{value:.3g}"
    if value < 9_999.5:
        return f"{value:.0f}"
    if value < 999_950:
        return f"{value / 1000:.1f}k"
    return f"{value / 1_000_000:.2f}M"


def share_text(share: float) -> str:
    """A share of failures; never 0 when there are some."""
    if not share:
        return "0"
    return f"{share:.1%}" if share >= 0.0005 else "<0.1%"


def change_text(change: float | None) -> str:
    """A relative change: `+12%`, `-3%`, `=`; empty when there is nothing to compare with."""
    if change is None:
        return ""
    if abs(change) < 0.005:
        return "="
    return f"{change:+.0%}" if abs(change) < 10 else f"x{change + 1:.0f}"


def counted(number: int, word: str) -> str:
    """`1 error`, `3 errors`; words that end in s, such as `process`, are not for it."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
