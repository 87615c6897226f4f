// Package moment computes what the moment library of JavaScript computes: it reads, writes and moves
// points in time, and describes durations. Points in time are milliseconds since 1970; what cannot be a
// point in time is Invalid. It knows English only, as Postman does.
package moment

import (
	"math"
	"time"
)

// Invalid is what no text, number or step leads out of.
var Invalid = math.NaN()

// farthest is the last millisecond that JavaScript can say.
const farthest = 8.64e15

// Zone is the clock that a point in time is shown by: minutes east of UTC, or Local.
type Zone int

// Local is the clock of this machine.
const Local Zone = 1 << 20

// Lengths in milliseconds.
const (
	second = 1000
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
)

// clock is what a clock and a calendar show. month counts from 0.
type clock struct {
	year, month, date                 int
	hour, minute, second, millisecond int
}

// bounded is the point in time, or Invalid beyond what JavaScript can say.
func bounded(at float64) float64 {
	if math.IsNaN(at) || math.Abs(at) > farthest {
		return Invalid
	}
	return math.Trunc(at)
}

// Offset is how many minutes the zone is east of UTC then.
func (z Zone) Offset(at float64) int {
	if z != Local {
		return int(z)
	}
	_, seconds := time.UnixMilli(int64(at)).In(time.Local).Zone()
	return int(math.Round(float64(seconds) / 60))
}

// read is what the clock shows.
func (z Zone) read(at float64) clock {
	t := time.UnixMilli(int64(at))
	if z == Local {
		t = t.In(time.Local)
	} else {
		t = t.UTC().Add(time.Duration(z) * time.Minute)
	}
	return clock{t.Year(), int(t.Month()) - 1, t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond() / 1e6}
}

// at is when the clock shows this; parts beyond their range carry over. What it shows twice means the
// first time, what it leaves out the time after that, as in JavaScript.
func (z Zone) at(c clock) float64 {
	const most = 400_000_000 // years and other parts beyond this overflow
	for _, part := range []int{c.year, c.month, c.date, c.hour, c.minute, c.second, c.millisecond} {
		if part > most || part < -most {
			return Invalid
		}
	}
	t := time.Date(c.year, time.Month(c.month+1), c.date, 0, 0, 0, 0, time.UTC)
	shown := float64(t.UnixMilli()) + float64(c.hour)*hour + float64(c.minute)*minute +
		float64(c.second)*second + float64(c.millisecond)
	if math.Abs(shown) > farthest+day {
		return Invalid
	}
	if z != Local {
		return bounded(shown - float64(z)*minute)
	}
	before, after := offsetMilliseconds(shown-day), offsetMilliseconds(shown+day)
	if at := shown - before; offsetMilliseconds(at) == before {
		return bounded(at)
	}
	if at := shown - after; offsetMilliseconds(at) == after {
		return bounded(at)
	}
	return bounded(shown - before)
}

func offsetMilliseconds(at float64) float64 {
	_, seconds := time.UnixMilli(int64(at)).In(time.Local).Zone()
	return float64(seconds) * second
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysInYear(year int) int {
	if isLeap(year) {
		return 366
	}
	return 365
}

// daysInMonth takes months beyond the year too.
func daysInMonth(year, month int) int {
	return time.Date(year, time.Month(month+2), 0, 0, 0, 0, 0, time.UTC).Day()
}

func weekdayOf(c clock) int {
	return int(time.Date(c.year, time.Month(c.month+1), c.date, 0, 0, 0, 0, time.UTC).Weekday())
}

func dayOfYear(c clock) int {
	return time.Date(c.year, time.Month(c.month+1), c.date, 0, 0, 0, 0, time.UTC).YearDay()
}

// weeks is how weeks are counted: the day they begin with, and the day of January that is always in the
// first one, counted as moment does.
type weeks struct{ first, fixed int }

var (
	localWeeks = weeks{0, 6}
	isoWeeks   = weeks{1, 4}
)

// offset is by how many days the first week begins after the first of January.
func (w weeks) offset(year int) int {
	forward := 7 + w.first - w.fixed
	weekday := int(time.Date(year, 1, forward, 0, 0, 0, 0, time.UTC).Weekday())
	return -((7 + weekday - w.first) % 7) + forward - 1
}

// inYear is how many weeks a year has.
func (w weeks) inYear(year int) int {
	return (daysInYear(year) - w.offset(year) + w.offset(year+1)) / 7
}

// of is the week of a day, and the year that the week counts to.
func (w weeks) of(c clock) (number, year int) {
	number = int(math.Floor(float64(dayOfYear(c)-w.offset(c.year)-1)/7)) + 1
	switch {
	case number < 1:
		year = c.year - 1
		return number + w.inYear(year), year
	case number > w.inYear(c.year):
		return number - w.inYear(c.year), c.year + 1
	}
	return number, c.year
}

// day is the date of a day in a week; weekday counts from 0, Sunday.
func (w weeks) day(year, number, weekday int) clock {
	local := (7 + weekday - w.first) % 7
	t := time.Date(year, 1, 1+7*(number-1)+local+w.offset(year), 0, 0, 0, 0, time.UTC)
	return clock{year: t.Year(), month: int(t.Month()) - 1, date: t.Day()}
}

// isoWeekday counts from Monday, 1, to Sunday, 7.
func isoWeekday(c clock) int { return (weekdayOf(c)+6)%7 + 1 }
