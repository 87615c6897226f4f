package moment

import (
	"math"
	"strings"
)

// Special formats, which scripts name as moment.ISO_8601 and moment.RFC_2822.
const (
	ISO8601 = "\x00iso8601"
	RFC2822 = "\x00rfc2822"
)

// Parsed is what a text was read as.
type Parsed struct {
	// At is the point in time; Invalid for a text that is none.
	At float64
	// Offset is the one that the text names, in minutes; Named: it names one.
	Offset int
	Named  bool
	// Overflow is the place of the part beyond its range among year, month, date, hour, minute, second and
	// millisecond; -1: none is, -2: none was read.
	Overflow int
	// Unknown: no format was given, and the text has none of those that are tried then.
	Unknown bool
	// score is how much of the text and the format was not used; whole: nothing more was needed.
	score int
	valid bool
}

// Parse reads a text by the formats; the one that fits best counts. Without a format the text is one of
// ISO 8601 or RFC 2822. now gives the date where the text has only a time.
func Parse(text string, formats []string, strict bool, zone Zone, now float64) Parsed {
	if len(formats) == 0 {
		for _, format := range []string{ISO8601, RFC2822} {
			if p, fits := parseSpecial(text, format, strict, zone, now); fits {
				return p
			}
		}
		return Parsed{At: Invalid, Overflow: -2, Unknown: true}
	}
	best := Parsed{At: Invalid, Overflow: -2, score: math.MaxInt}
	for _, format := range formats {
		p, fits := parseSpecial(text, format, strict, zone, now)
		if special := format == ISO8601 || format == RFC2822; !fits && !special {
			p = parseFormat(text, format, strict, zone, now)
		}
		if p.valid && !best.valid || p.score < best.score {
			best = p
		}
	}
	return best
}

func parseSpecial(text, format string, strict bool, zone Zone, now float64) (p Parsed, fits bool) {
	switch format {
	case ISO8601:
		if layout := isoLayout(text); layout != "" {
			return parseFormat(text, layout, strict, zone, now), true
		}
	case RFC2822:
		return parseRFC2822(text)
	}
	return Parsed{At: Invalid, Overflow: -2}, false
}

// reading is a text on its way to a point in time. Parts that the text did not name are missing.
type reading struct {
	parts [7]int // year, month, date, hour, minute, second, millisecond
	named [7]bool

	afternoon, meridiem, twelve bool
	offset                      int
	hasOffset, invalid, strict  bool
	instant                     float64 // of X and x
	days                        int     // of the year; 0 too when hasDays
	hasDays                     bool
	week                        weekParts
	unused, left, hits          int
}

// weekParts are a week and a day of it, of either kind; missing ones are nil.
type weekParts struct {
	weekday, localDay, isoDay        *int
	year, isoYear, number, isoNumber *int
	any                              bool
}

const (
	yearPart = iota
	monthPart
	datePart
	hourPart
	minutePart
	secondPart
	millisecondPart
)

func (r *reading) set(part, value int) { r.parts[part], r.named[part] = value, true }

// parseFormat reads a text token by token. What stands before a token is left out, unless strict.
func parseFormat(text, format string, strict bool, zone Zone, now float64) Parsed {
	r := &reading{strict: strict, instant: Invalid}
	length, used := len([]rune(text)), 0
	for _, t := range tokensOf(format) {
		from, to := -1, 0
		if t.plain {
			from = strings.Index(strings.ToLower(text), strings.ToLower(t.text))
			if to = from + len(t.text); !strict && from < 0 {
				continue
			}
		} else {
			from, to = find(t.text, text, strict)
		}
		if from < 0 || to == from {
			r.unused++
			continue
		}
		found := text[from:to]
		text = text[to:]
		used += len([]rune(found))
		if !t.plain {
			r.hits++
			r.read(t.text, found)
		}
	}
	r.left = length - used
	if r.twelve && r.named[hourPart] && r.parts[hourPart] <= 12 && r.parts[hourPart] > 0 {
		r.twelve = false
	}
	if r.meridiem {
		switch h := r.parts[hourPart]; {
		case r.afternoon && h < 12:
			r.parts[hourPart] += 12
		case !r.afternoon && h == 12:
			r.parts[hourPart] = 0
		}
	}
	return r.settle(zone, now)
}

// settle fills in what is missing and makes the point in time.
func (r *reading) settle(zone Zone, now float64) Parsed {
	p := Parsed{At: Invalid, Offset: r.offset, Named: r.hasOffset, Overflow: -1, score: r.left + 10*r.unused}
	fine := r.hits > 0 && !r.invalid && (!r.strict || r.left == 0 && r.unused == 0 && !r.twelve)
	if !math.IsNaN(r.instant) {
		if p.valid = fine; fine {
			p.At = bounded(r.instant)
		}
		return p
	}
	if r.hasOffset {
		zone = 0
	}
	c, weekday, overflow := r.fill(zone.read(now))
	p.Overflow = overflow
	if overflow >= 0 || !fine {
		return p
	}
	if weekday >= 0 && weekday != weekdayOf(c) {
		return p
	}
	at := zone.at(c) - float64(r.offset)*minute
	p.At, p.valid = bounded(at), true
	return p
}

// fill takes from today what comes before the first part that the text names, and the least for what
// comes after it. weekday is the one that the text names; -1: none.
func (r *reading) fill(today clock) (c clock, weekday, overflow int) {
	weekday = -1
	defaults := [7]int{today.year, today.month, today.date}
	overflow = r.fillFromDay(defaults[yearPart])
	if r.week.any {
		if !r.named[datePart] && !r.named[monthPart] && !r.hasDays {
			if !r.fillFromWeek(today) {
				overflow = 7
			}
		}
		if r.week.weekday != nil {
			weekday = *r.week.weekday
		}
	}
	i := 0
	for ; i < 3 && !r.named[i]; i++ {
		r.parts[i] = defaults[i]
	}
	for ; i < 7; i++ {
		if !r.named[i] && i == datePart {
			r.parts[i] = 1
		}
	}
	if overflow < 0 {
		overflow = r.overflow()
	}
	v := r.parts
	return clock{v[0], v[1], v[2], v[3], v[4], v[5], v[6]}, weekday, overflow
}

// fillFromDay makes a date of a day of the year.
func (r *reading) fillFromDay(year int) (overflow int) {
	if !r.hasDays {
		return -1
	}
	if r.named[yearPart] {
		year = r.parts[yearPart]
	}
	if r.days < 1 || r.days > daysInYear(year) {
		return datePart
	}
	c := Zone(0).read(Zone(0).at(clock{year: year, date: r.days}))
	r.set(monthPart, c.month)
	r.set(datePart, c.date)
	return -1
}

// fillFromWeek makes a date of a week and a day of it.
func (r *reading) fillFromWeek(today clock) (fits bool) {
	w := &r.week
	pick := func(first *int, others ...int) int {
		if first != nil {
			return *first
		}
		return others[0]
	}
	given := today.year
	hasYear := r.named[yearPart]
	if hasYear {
		given = r.parts[yearPart]
	}
	kind, year, number, weekday := localWeeks, 0, 0, 0
	if w.isoYear != nil || w.isoNumber != nil || w.isoDay != nil {
		kind = isoWeeks
		year = pick(w.isoYear, given)
		if !hasYear && w.isoYear == nil {
			_, year = isoWeeks.of(today)
		}
		number, weekday = pick(w.isoNumber, 1), pick(w.isoDay, 1)
		if weekday < 1 || weekday > 7 {
			return false
		}
		weekday %= 7
	} else {
		current, currentYear := localWeeks.of(today)
		year = currentYear
		if hasYear {
			year = given
		}
		year, number = pick(w.year, year), pick(w.number, current)
		switch {
		case w.weekday != nil:
			weekday = *w.weekday
		case w.localDay != nil:
			weekday = *w.localDay
		}
		if weekday < 0 || weekday > 6 {
			return false
		}
	}
	if number < 1 || number > kind.inYear(year) {
		return false
	}
	c := kind.day(year, number, weekday)
	r.set(yearPart, c.year)
	r.set(monthPart, c.month)
	r.set(datePart, c.date)
	return true
}

// overflow is the first part beyond its range.
func (r *reading) overflow() int {
	v := r.parts
	switch {
	case v[monthPart] < 0 || v[monthPart] > 11:
		return monthPart
	case v[datePart] < 1 || v[datePart] > daysInMonth(v[yearPart], v[monthPart]):
		return datePart
	case v[hourPart] < 0 || v[hourPart] > 24 || v[hourPart] == 24 && v[minutePart]+v[secondPart]+v[millisecondPart] != 0:
		return hourPart
	case v[minutePart] > 59:
		return minutePart
	case v[secondPart] > 59:
		return secondPart
	case v[millisecondPart] > 999:
		return millisecondPart
	}
	return -1
}
