"""How many bytes may be on their way to the terminal, learned from when it answers.

A slow line takes what is written into its buffers long before it shows it, and a key waits behind
all of that. So each piece ends with a question that every terminal answers when it gets there, and
no more is written than the line carries in a tenth of a second. A terminal that answers nothing is
paced by how long writing takes.
"""

from __future__ import annotations

WIDEST = 65_536
NARROWEST = 400
QUEUE_S = 0.1
"""Seconds that what is on its way may take: a key waits no longer for older pictures."""
TELLING_BYTES = 1_000
"""Bytes on their way from which a late answer says something about the line."""
AGAIN_S = 0.12
"""Least seconds before an unanswered question is asked again."""
MOST_UNANSWERED = 4
"""Questions without any answer after which the terminal counts as one that gives none."""
MOST_AGAIN_S = 2.0
"""Most seconds before an unanswered question is asked again."""


class LineWindow:
    """One per terminal. Times are seconds of one clock."""

    def __init__(self) -> None:
        self.size = WIDEST
        """Bytes that may be on their way."""
        self.unheard = 0
        """Bytes that were written and not answered for."""
        self.answers = True
        """False for a terminal that does not answer."""
        self.round_trip_s = float("inf")
        """The shortest time to an answer."""
        self._asked_at: float | None = None
        self._asked_again_at = 0.0
        self._covered = 0
        self._unanswered = 0
        self._not_before = 0.0

    @property
    def is_asking(self) -> bool:
        """True while a question is on its way."""
        return self._asked_at is not None

    @property
    def bytes_per_s(self) -> float:
        """What the line was found to carry; infinite while nothing held it up."""
        return self.size / QUEUE_S if self.size < WIDEST else float("inf")

    def room(self, now: float) -> int:
        """Bytes that may be written now; 0: wait for the answer, or until `wakes_at`."""
        if not self.answers:
            return self.size if now >= self._not_before else 0
        return max(0, self.size - self.unheard)

    def needs_question(self, now: float) -> bool:
        """True when nothing that is on its way would say that there is room again.

        So it is when the window became narrower than what was written since the last question.
        """
        return self.answers and not self.is_asking and self.room(now) <= 0

    def wakes_at(self, now: float) -> float:
        """When to look again if no answer comes before."""
        if not self.answers:
            return self._not_before
        if self._asked_at is None:
            return now
        expected = 0.0 if self.size >= WIDEST else self._covered / self.bytes_per_s
        trip = 0.0 if self.round_trip_s == float("inf") else self.round_trip_s
        wait_s = max(AGAIN_S, 1.5 * (expected + trip)) * (1 << self._unanswered)
        return self._asked_again_at + min(MOST_AGAIN_S, wait_s)

    def wrote(self, count: int, now: float) -> None:
        """Bytes were given to the terminal."""
        if self.answers:
            self.unheard += count
        elif self.size < WIDEST:
            self._not_before = max(now, self._not_before) + count / (0.8 * self.bytes_per_s)

    def asked(self, now: float) -> None:
        """A question was written behind everything else."""
        if self._asked_at is None:
            self._asked_at, self._covered = now, self.unheard
        else:
            self._unanswered += 1
            never = self.round_trip_s == float("inf")
            if never and self._unanswered >= MOST_UNANSWERED:
                self.answers = False
                self.unheard, self._asked_at = 0, None
        self._asked_again_at = now

    def heard(self, now: float) -> None:
        """The terminal answered a question: everything before it is on the screen."""
        self.answers, self._unanswered = True, 0
        if self._asked_at is None:
            return
        took, self._asked_at = now - self._asked_at, None
        self.round_trip_s = min(self.round_trip_s, took)
        late = took - self.round_trip_s
        if late > QUEUE_S and self._covered >= TELLING_BYTES:
            self._narrow(self._covered / late * QUEUE_S)
        elif late <= QUEUE_S / 2 and self._covered >= self.size / 2:
            self.size = min(WIDEST, self.size * 2)
        self.unheard = max(0, self.unheard - self._covered)

    def write_took(self, count: int, seconds: float) -> None:
        """One write waited so long: all that is known of a terminal that does not answer."""
        if self.answers or not count:
            return
        if seconds > QUEUE_S:
            self._narrow(count / seconds * QUEUE_S)
        elif self.size < WIDEST:
            self.size = min(WIDEST, self.size * 11 // 10 + 1)

    def _narrow(self, size: float) -> None:
        # One answer that got lost looks like a line of half the speed, so steps are bounded.
        least = self.size / 4 if self.size < WIDEST else 0
        self.size = int(min(WIDEST, max(NARROWEST, size, least)))
