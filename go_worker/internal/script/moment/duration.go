package moment

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Duration is a length of time: months and days, which differ in length, and milliseconds.
type Duration struct{ Months, Days, Milliseconds float64 }

func (d Duration) invalid() bool {
	return math.IsNaN(d.Months) || math.IsNaN(d.Days) || math.IsNaN(d.Milliseconds)
}

// lengths of one of a unit.
var lengths = map[string]Duration{
	"year": {Months: 12}, "quarter": {Months: 3}, "month": {Months: 1}, "week": {Days: 7}, "isoWeek": {Days: 7},
	"day": {Days: 1}, "hour": {Milliseconds: hour}, "minute": {Milliseconds: minute},
	"second": {Milliseconds: second}, "millisecond": {Milliseconds: 1},
}

// Of is so many of a unit; of an unknown one it is invalid.
func Of(n float64, unit string) Duration {
	length, found := lengths[unit]
	if !found {
		return Duration{Invalid, Invalid, Invalid}
	}
	times := func(one float64) float64 {
		if one == 0 {
			return 0 // also where n is infinite
		}
		return one * n
	}
	return Duration{times(length.Months), times(length.Days), times(length.Milliseconds)}
}

// Plus is the sum.
func (d Duration) Plus(other Duration) Duration {
	return Duration{d.Months + other.Months, d.Days + other.Days, d.Milliseconds + other.Milliseconds}
}

// 400 years are 4800 months and 146097 days.
func monthsOfDays(days float64) float64 { return days * 4800 / 146097 }
func daysOfMonths(n float64) float64    { return n * 146097 / 4800 }

// up rounds away from zero.
func up(n float64) float64 {
	if n < 0 {
		return math.Floor(n)
	}
	return math.Ceil(n)
}

// Parts are years, months, days, hours, minutes, seconds and milliseconds as people count them.
func (d Duration) Parts() [7]float64 {
	ms, days, months := d.Milliseconds, d.Days, d.Months
	if !(ms >= 0 && days >= 0 && months >= 0) && !(ms <= 0 && days <= 0 && months <= 0) {
		ms += up(daysOfMonths(months)+days) * day
		days, months = 0, 0
	}
	seconds := math.Trunc(ms / second)
	minutes := math.Trunc(seconds / 60)
	hours := math.Trunc(minutes / 60)
	days += math.Trunc(hours / 24)
	fromDays := math.Trunc(monthsOfDays(days))
	months += fromDays
	days -= up(daysOfMonths(fromDays))
	return [7]float64{math.Trunc(months / 12), math.Mod(months, 12), days, math.Mod(hours, 24),
		math.Mod(minutes, 60), math.Mod(seconds, 60), math.Mod(ms, second)}
}

// As is the whole length in a unit; NaN for one that is none.
func (d Duration) As(unit string) float64 {
	if unit == "month" || unit == "quarter" || unit == "year" {
		n := d.Months + monthsOfDays(d.Days+d.Milliseconds/day)
		return n / lengths[unit].Months
	}
	days := d.Days + math.Floor(daysOfMonths(d.Months)+0.5)
	switch unit {
	case "week":
		return days/7 + d.Milliseconds/week
	case "day":
		return days + d.Milliseconds/day
	case "hour":
		return days*24 + d.Milliseconds/hour
	case "minute":
		return days*1440 + d.Milliseconds/minute
	case "second":
		return days*86400 + d.Milliseconds/second
	case "millisecond":
		return math.Floor(days*day) + d.Milliseconds
	}
	return Invalid
}

// ISO writes the duration as ISO 8601 does, each part with its own sign where they differ.
func (d Duration) ISO() string {
	total := d.As("second")
	if total == 0 {
		return "P0D"
	}
	if d.invalid() {
		return InvalidDate
	}
	part := func(n, of float64, letter string) string {
		if n = math.Abs(n); n == 0 {
			return ""
		}
		digits := strconv.FormatFloat(n, 'f', -1, 64)
		if letter == "S" {
			digits = strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(n, 'f', 3, 64), "0"), ".")
		}
		if (of < 0) != (total < 0) {
			digits = "-" + digits
		}
		return digits + letter
	}
	seconds := math.Abs(d.Milliseconds) / 1000
	minutes := math.Trunc(seconds / 60)
	text := "P"
	if total < 0 {
		text = "-P"
	}
	text += part(math.Trunc(d.Months/12), d.Months, "Y") + part(math.Mod(d.Months, 12), d.Months, "M") +
		part(d.Days, d.Days, "D")
	clock := part(math.Trunc(minutes/60), d.Milliseconds, "H") + part(math.Mod(minutes, 60), d.Milliseconds, "M") +
		part(math.Mod(seconds, 60), d.Milliseconds, "S")
	if clock != "" {
		text += "T" + clock
	}
	return text
}

// unitLimits are the numbers from which a duration is told in the next unit.
var unitLimits = []struct {
	unit, one, many string
	most            float64
}{
	{"second", "a few seconds", "%d seconds", 45}, {"minute", "a minute", "%d minutes", 45},
	{"hour", "an hour", "%d hours", 22}, {"day", "a day", "%d days", 26},
	{"month", "a month", "%d months", 11}, {"year", "a year", "%d years", math.Inf(1)},
}

// Humanize tells the length roughly in words; with direction also whether it lies ahead.
func (d Duration) Humanize(direction bool) string {
	if d.invalid() {
		return InvalidDate
	}
	length := Duration{math.Abs(d.Months), math.Abs(d.Days), math.Abs(d.Milliseconds)}
	text := ""
	for _, limit := range unitLimits {
		n := math.Floor(length.As(limit.unit) + 0.5)
		switch {
		case limit.unit == "second" && n < limit.most, n <= 1 && limit.unit != "second":
			text = limit.one
		case n < limit.most && limit.unit != "second":
			text = strings.Replace(limit.many, "%d", strconv.FormatFloat(n, 'f', 0, 64), 1)
		default:
			continue
		}
		break
	}
	switch {
	case !direction:
		return text
	case d.As("millisecond") > 0:
		return "in " + text
	}
	return text + " ago"
}

var (
	isoDuration = regexp.MustCompile(`^(-|\+)?P(?:([-+]?[0-9,.]*)Y)?(?:([-+]?[0-9,.]*)M)?(?:([-+]?[0-9,.]*)W)?` +
		`(?:([-+]?[0-9,.]*)D)?(?:T(?:([-+]?[0-9,.]*)H)?(?:([-+]?[0-9,.]*)M)?(?:([-+]?[0-9,.]*)S)?)?$`)
	clockDuration = regexp.MustCompile(`^(-|\+)?(?:(\d*)[. ])?(\d+):(\d+)(?::(\d+)(\.\d*)?)?$`)
)

// ParseDuration reads `P1DT2H` and `1.02:03:04.5`; anything else is no length at all.
func ParseDuration(text string) Duration {
	var d Duration
	if parts := clockDuration.FindStringSubmatch(text); parts != nil {
		sign := signOf(parts[1])
		for i, unit := range []string{"day", "hour", "minute", "second"} {
			d = d.Plus(Of(sign*number(parts[i+2]), unit))
		}
		return d.Plus(Of(sign*roundedAway(number("0"+parts[6])*1000), "millisecond"))
	}
	parts := isoDuration.FindStringSubmatch(text)
	if parts == nil {
		return d
	}
	sign := signOf(parts[1])
	for i, unit := range []string{"year", "month", "week", "day", "hour", "minute", "second"} {
		d = d.Plus(Of(sign*number(strings.Replace(parts[i+2], ",", ".", 1)), unit))
	}
	return d
}

func signOf(text string) float64 {
	if text == "-" {
		return -1
	}
	return 1
}

// number is that of a text; 0 for none.
func number(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return n
}
