package moment

import (
	"math"
	"strconv"
	"strings"
)

// ISO formats of what moment writes by itself.
const (
	defaultFormat    = "YYYY-MM-DDTHH:mm:ssZ"
	defaultFormatUTC = "YYYY-MM-DDTHH:mm:ss[Z]"
)

// InvalidDate is what an invalid point in time is written as.
const InvalidDate = "Invalid date"

// Format writes a point in time; without a layout as ISO 8601. utc: the zone is UTC itself and not an
// offset of zero.
func Format(at float64, zone Zone, utc bool, layout string) string {
	if math.IsNaN(at) {
		return InvalidDate
	}
	if layout == "" {
		layout = defaultFormat
		if utc && zone == 0 {
			layout = defaultFormatUTC
		}
	}
	c := zone.read(at)
	var out strings.Builder
	for _, t := range tokensOf(layout) {
		if t.plain {
			out.WriteString(t.text)
		} else {
			out.WriteString(written(t.text, at, c, zone, utc))
		}
	}
	return out.String()
}

// filled is a number with zeros before it.
func filled(n, width int) string {
	digits := strconv.Itoa(max(n, -n))
	if missing := width - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	if n < 0 {
		return "-" + digits
	}
	return digits
}

// numbered writes tokens that are one number: doubled with a zero before it, with o its ordinal.
func numbered(token string, n int) string {
	if strings.HasSuffix(token, "o") {
		return Ordinal(n)
	}
	return filled(n, len(token))
}

func written(token string, at float64, c clock, zone Zone, utc bool) string {
	switch token[0] {
	case 'Y', 'y', 'g', 'G', 'N':
		return writtenYear(token, c)
	case 'M', 'Q', 'D', 'd', 'e', 'E', 'w', 'W':
		return writtenDay(token, c)
	case 'H', 'h', 'k', 'm', 's', 'a', 'A':
		return writtenTime(token, c)
	case 'S':
		return (filled(c.millisecond, 3) + "000000")[:len(token)]
	case 'x':
		return strconv.FormatFloat(at, 'f', 0, 64)
	case 'X':
		return strconv.FormatFloat(math.Floor(at/1000), 'f', 0, 64)
	case 'Z':
		return writtenOffset(zone.Offset(at), map[bool]string{true: ":", false: ""}[token == "Z"])
	}
	switch {
	case !utc:
		return ""
	case token == "zz":
		return "Coordinated Universal Time"
	}
	return "UTC"
}

func writtenYear(token string, c clock) string {
	switch token[0] {
	case 'N':
		if token == "NNNN" {
			return map[bool]string{true: "Anno Domini", false: "Before Christ"}[c.year > 0]
		}
		return map[bool]string{true: "AD", false: "BC"}[c.year > 0]
	case 'y':
		year := c.year
		if year <= 0 {
			year = 1 - year
		}
		return numbered(token, year)
	case 'g', 'G':
		_, year := map[bool]weeks{true: localWeeks, false: isoWeeks}[token[0] == 'g'].of(c)
		if len(token) == 2 {
			year %= 100
		}
		return filled(year, len(token))
	}
	switch {
	case token == "YY":
		return filled(c.year%100, 2)
	case token == "YYYYYY" && c.year >= 0:
		return "+" + filled(c.year, 6)
	case token == "Y" && c.year > 9999:
		return "+" + strconv.Itoa(c.year)
	case token == "Y":
		return filled(c.year, 4)
	}
	return filled(c.year, len(token))
}

func writtenDay(token string, c clock) string {
	weekday := weekdayOf(c)
	switch token {
	case "MMM":
		return shortMonths[c.month]
	case "MMMM":
		return months[c.month]
	case "d", "e":
		return strconv.Itoa(weekday)
	case "do":
		return Ordinal(weekday)
	case "dd":
		return shortestDays[weekday]
	case "ddd":
		return shortDays[weekday]
	case "dddd":
		return weekdays[weekday]
	case "E":
		return strconv.Itoa(isoWeekday(c))
	case "DDD":
		return strconv.Itoa(dayOfYear(c))
	case "DDDo":
		return Ordinal(dayOfYear(c))
	case "DDDD":
		return filled(dayOfYear(c), 3)
	}
	switch token[0] {
	case 'M':
		return numbered(token, c.month+1)
	case 'Q':
		return numbered(token, c.month/3+1)
	case 'w':
		number, _ := localWeeks.of(c)
		return numbered(token, number)
	case 'W':
		number, _ := isoWeeks.of(c)
		return numbered(token, number)
	}
	return numbered(token, c.date)
}

func writtenTime(token string, c clock) string {
	twelve := (c.hour+11)%12 + 1
	switch token {
	case "Hmm", "hmm":
		return strconv.Itoa(map[bool]int{true: c.hour, false: twelve}[token[0] == 'H']) + filled(c.minute, 2)
	case "Hmmss":
		return strconv.Itoa(c.hour) + filled(c.minute, 2) + filled(c.second, 2)
	case "hmmss":
		return strconv.Itoa(twelve) + filled(c.minute, 2) + filled(c.second, 2)
	case "a":
		return map[bool]string{true: "am", false: "pm"}[c.hour < 12]
	case "A":
		return map[bool]string{true: "AM", false: "PM"}[c.hour < 12]
	}
	switch token[0] {
	case 'H':
		return filled(c.hour, len(token))
	case 'h':
		return filled(twelve, len(token))
	case 'k':
		return filled((c.hour+23)%24+1, len(token))
	case 'm':
		return filled(c.minute, len(token))
	}
	return filled(c.second, len(token))
}

func writtenOffset(minutes int, between string) string {
	sign := "+"
	if minutes < 0 {
		sign, minutes = "-", -minutes
	}
	return sign + filled(minutes/60, 2) + between + filled(minutes%60, 2)
}
