package moment

import "math"

// Add moves a point in time by a duration; months and days are those of the calendar, so the clock shows
// the same time after them. An invalid duration moves nothing. sign is 1 or -1.
func Add(at float64, zone Zone, by Duration, sign float64) float64 {
	if math.IsNaN(at) || by.invalid() {
		return at
	}
	months, days := roundedAway(by.Months), roundedAway(by.Days)
	if months != 0 {
		at = withMonth(at, zone, float64(zone.read(at).month)+months*sign)
	}
	if days != 0 && !math.IsNaN(at) {
		c := zone.read(at)
		c.date += whole(days * sign)
		at = zone.at(c)
	}
	return bounded(at + by.Milliseconds*sign)
}

// roundedAway rounds half away from zero.
func roundedAway(n float64) float64 { return math.Copysign(math.Floor(math.Abs(n)+0.5), n) }

// whole is a part of a clock; far beyond what any clock shows it stays so.
func whole(n float64) int {
	const most = 1e12
	return int(math.Max(-most, math.Min(most, n)))
}

// withMonth keeps the day of the month, or takes the last there is.
func withMonth(at float64, zone Zone, month float64) float64 {
	const most = 1e8
	if math.Abs(month) > most {
		return Invalid
	}
	c := zone.read(at)
	c.month = int(month)
	c.date = min(c.date, daysInMonth(c.year, c.month))
	return zone.at(c)
}

// begin is the clock at the beginning of the unit, and how many of which part make one unit.
func begin(c clock, unit string) (clock, bool) {
	start := clock{year: c.year, month: c.month, date: c.date}
	switch unit {
	case "year":
		start.month, start.date = 0, 1
	case "quarter":
		start.month, start.date = c.month-c.month%3, 1
	case "month":
		start.date = 1
	case "week":
		start.date -= weekdayOf(c)
	case "isoWeek":
		start.date -= isoWeekday(c) - 1
	case "day", "date":
	default:
		return clock{}, false
	}
	return start, true
}

// afterUnit is the clock one unit later.
func afterUnit(c clock, unit string) clock {
	switch unit {
	case "year":
		c.year++
	case "quarter":
		c.month += 3
	case "month":
		c.month++
	case "week", "isoWeek":
		c.date += 7
	default:
		c.date++
	}
	return c
}

// shortUnits have the same length always.
var shortUnits = map[string]float64{"hour": hour, "minute": minute, "second": second}

// intoShort is how much of an hour, minute or second has gone by.
func intoShort(at float64, zone Zone, unit string) float64 {
	length := shortUnits[unit]
	shown := at
	if unit == "hour" || zone != Local {
		shown += float64(zone.Offset(at)) * minute
	}
	return shown - math.Floor(shown/length)*length
}

// StartOf is the beginning of the year, quarter, month, week, isoWeek, day, hour, minute or second. Any
// other unit changes nothing.
func StartOf(at float64, zone Zone, unit string) float64 {
	if math.IsNaN(at) {
		return at
	}
	if shortUnits[unit] > 0 {
		return bounded(at - intoShort(at, zone, unit))
	}
	if start, known := begin(zone.read(at), unit); known {
		return zone.at(start)
	}
	return at
}

// EndOf is the last millisecond of the unit.
func EndOf(at float64, zone Zone, unit string) float64 {
	if math.IsNaN(at) {
		return at
	}
	if length := shortUnits[unit]; length > 0 {
		return bounded(at + length - intoShort(at, zone, unit) - 1)
	}
	if start, known := begin(zone.read(at), unit); known {
		return bounded(zone.at(afterUnit(start, unit)) - 1)
	}
	return at
}

// Get reads a part of the clock or the calendar; NaN for a unit that is none. month counts from 0.
func Get(at float64, zone Zone, unit string) float64 {
	if math.IsNaN(at) {
		return at
	}
	c := zone.read(at)
	number := 0
	switch unit {
	case "year":
		number = c.year
	case "quarter":
		number = c.month/3 + 1
	case "month":
		number = c.month
	case "date":
		number = c.date
	case "hour":
		number = c.hour
	case "minute":
		number = c.minute
	case "second":
		number = c.second
	case "millisecond":
		number = c.millisecond
	case "day", "weekday":
		number = weekdayOf(c)
	case "isoWeekday":
		number = isoWeekday(c)
	case "dayOfYear":
		number = dayOfYear(c)
	case "week":
		number, _ = localWeeks.of(c)
	case "isoWeek":
		number, _ = isoWeeks.of(c)
	case "weekYear":
		_, number = localWeeks.of(c)
	case "isoWeekYear":
		_, number = isoWeeks.of(c)
	case "daysInMonth":
		number = daysInMonth(c.year, c.month)
	case "weeksInYear":
		number = localWeeks.inYear(c.year)
	case "isoWeeksInYear":
		number = isoWeeks.inYear(c.year)
	default:
		return Invalid
	}
	return float64(number)
}

// Set changes a part and leaves the others; what is beyond its range carries over. A unit that is none
// changes nothing.
func Set(at float64, zone Zone, unit string, to float64) float64 {
	if math.IsNaN(at) || math.IsNaN(to) {
		return at
	}
	c := zone.read(at)
	value := whole(to)
	switch unit {
	case "year":
		if c.month == 1 && c.date == 29 && !isLeap(value) {
			c.date = 28
		}
		c.year = value
	case "month":
		return withMonth(at, zone, to)
	case "quarter":
		return withMonth(at, zone, (to-1)*3+float64(c.month%3))
	case "date":
		c.date = value
	case "hour":
		c.hour = value
	case "minute":
		c.minute = value
	case "second":
		c.second = value
	case "millisecond":
		c.millisecond = value
	case "day", "weekday":
		c.date += value - weekdayOf(c)
	case "isoWeekday":
		c.date += value - isoWeekday(c)
	case "dayOfYear":
		c.date += value - dayOfYear(c)
	case "week":
		number, _ := localWeeks.of(c)
		c.date += 7 * (value - number)
	case "isoWeek":
		number, _ := isoWeeks.of(c)
		c.date += 7 * (value - number)
	default:
		return at
	}
	return zone.at(c)
}

// Diff is how far a is after b, in a unit; zone is that of a, and zoneB that of b. Days have 24 hours,
// whatever the clock did meanwhile. Not exact: cut to a whole number.
func Diff(a, b float64, zone, zoneB Zone, unit string, exact bool) float64 {
	if math.IsNaN(a) || math.IsNaN(b) {
		return Invalid
	}
	shift := float64(zoneB.Offset(b)-zone.Offset(a)) * minute
	diff := a - b
	switch unit {
	case "year":
		diff = monthsBetween(a, b, zone, zoneB) / 12
	case "quarter":
		diff = monthsBetween(a, b, zone, zoneB) / 3
	case "month":
		diff = monthsBetween(a, b, zone, zoneB)
	case "week":
		diff = (diff - shift) / week
	case "day":
		diff = (diff - shift) / day
	case "hour":
		diff /= hour
	case "minute":
		diff /= minute
	case "second":
		diff /= second
	}
	if !exact {
		diff = math.Trunc(diff)
	}
	return diff + 0 // no negative zero
}

func monthsBetween(a, b float64, zone, zoneB Zone) float64 {
	from, to := zone.read(a), zoneB.read(b)
	if from.date < to.date {
		return -monthsBetween(b, a, zoneB, zone)
	}
	months := float64((to.year-from.year)*12 + to.month - from.month)
	anchor := withMonth(a, zone, float64(from.month)+months)
	step := 1.0
	if b < anchor {
		step = -1
	}
	next := withMonth(a, zone, float64(from.month)+months+step)
	return -(months + step*(b-anchor)/(next-anchor))
}

// At is when the clock of the zone shows year, month (from 0), date, hour, minute, second and
// millisecond; parts that are missing are the least.
func At(zone Zone, parts []float64) float64 {
	all := [7]int{0, 0, 1}
	for i := range min(len(parts), len(all)) {
		all[i] = whole(parts[i])
	}
	return zone.at(clock{all[0], all[1], all[2], all[3], all[4], all[5], all[6]})
}
