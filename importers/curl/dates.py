"""Dates of `-z`: the subset of `curl_getdate` that people write.

Words (weekday, month, zone), `HH:MM[:SS]`, `YYYYMMDD`, a day and a year; anything else is no date,
and curl then takes the text for a file name.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {
    "gmt": 0, "utc": 0, "z": 0, "wet": 0, "bst": -60, "est": 300, "edt": 240, "cst": 360,
    "cdt": 300, "mst": 420, "mdt": 360, "pst": 480, "pdt": 420, "cet": -60, "cest": -120,
    "met": -60, "eet": -120, "eest": -180, "jst": -540,
}  # fmt: skip
"""Minutes west of Greenwich."""
_TOKEN = re.compile(r"[A-Za-z]+|\d+(?::\d+){1,2}|[+-]?\d+|[^A-Za-z\d]")


def http_date(text: str) -> str | None:
    """The date as an HTTP date; None when it is none."""
    day = month = year = None
    clock = (0, 0, 0)
    zone = 0
    for token in _TOKEN.findall(text):
        word = token.lower()
        if word.isalpha():
            if word in _WEEKDAYS or word in _FULL_WEEKDAYS or word == "t":
                continue
            if word in _MONTHS and month is None:
                month = _MONTHS.index(word) + 1
            elif word in _ZONES:
                zone = _ZONES[word]
            else:
                return None
        elif re.fullmatch(r"\d+(?::\d+)+", token):
            hours, minutes, *seconds = (int(part) for part in token.split(":"))
            clock = (hours, minutes, seconds[0] if seconds else 0)
        elif re.fullmatch(r"[+-]\d{4}", token):
            zone = -(1 if token[0] == "+" else -1) * (int(token[1:3]) * 60 + int(token[3:]))
        elif re.fullmatch(r"\d{8}", token) and year is None and month is None and day is None:
            year, month, day = int(token[:4]), int(token[4:6]), int(token[6:])
        elif digits := re.fullmatch(r"[+-]?(\d+)", token):
            number = int(digits[1])
            if day is None and 0 < number < 32 and (year is None or month is not None):
                day = number
            elif year is None:
                year = number + (1900 if 70 <= number < 100 else 2000 if number < 70 else 0)
            else:
                return None
    if day is None or month is None or year is None:
        return None
    try:
        moment = datetime(year, month, day, *clock, tzinfo=UTC) + timedelta(minutes=zone)
    except (ValueError, OverflowError):
        return None
    return format_datetime(moment, usegmt=True)
