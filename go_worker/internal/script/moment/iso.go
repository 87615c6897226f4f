package moment

import (
	"regexp"
	"slices"
	"strings"
)

var (
	isoLong = regexp.MustCompile(`^\s*((?:[+-]\d{6}|\d{4})-(?:\d\d-\d\d|W\d\d-\d|W\d\d|\d\d\d|\d\d))` +
		`(?:(T| )(\d\d(?::\d\d(?::\d\d(?:[.,]\d+)?)?)?)([+-]\d\d(?::?\d\d)?|\s*Z)?)?$`)
	isoShort = regexp.MustCompile(`^\s*((?:[+-]\d{6}|\d{4})(?:\d\d\d\d|W\d\d\d|W\d\d|\d\d\d|\d\d|))` +
		`(?:(T| )(\d\d(?:\d\d(?:\d\d(?:[.,]\d+)?)?)?)([+-]\d\d(?::?\d\d)?|\s*Z)?)?$`)
)

// layout is a form of a date or a time; timed: a time may follow the date.
type layout struct {
	name  string
	form  *regexp.Regexp
	timed bool
}

func layouts(timed bool, pairs ...string) []layout {
	var made []layout
	for i := 0; i < len(pairs); i += 2 {
		made = append(made, layout{pairs[i], regexp.MustCompile(`^(?:` + pairs[i+1] + `)$`), timed})
	}
	return made
}

var (
	isoDates = append(layouts(true, "YYYYYY-MM-DD", `[+-]\d{6}-\d\d-\d\d`, "YYYY-MM-DD", `\d{4}-\d\d-\d\d`,
		"GGGG-[W]WW-E", `\d{4}-W\d\d-\d`, "YYYY-DDD", `\d{4}-\d{3}`, "YYYYYYMMDD", `[+-]\d{10}`, "YYYYMMDD", `\d{8}`,
		"GGGG[W]WWE", `\d{4}W\d{3}`, "YYYYDDD", `\d{7}`),
		layouts(false, "GGGG-[W]WW", `\d{4}-W\d\d`, "YYYY-MM", `\d{4}-\d\d`, "GGGG[W]WW", `\d{4}W\d\d`,
			"YYYYMM", `\d{6}`, "YYYY", `\d{4}`)...)
	isoTimes = layouts(true, "HH:mm:ss.SSSS", `\d\d:\d\d:\d\d\.\d+`, "HH:mm:ss,SSSS", `\d\d:\d\d:\d\d,\d+`,
		"HH:mm:ss", `\d\d:\d\d:\d\d`, "HH:mm", `\d\d:\d\d`, "HHmmss.SSSS", `\d{6}\.\d+`, "HHmmss,SSSS", `\d{6},\d+`,
		"HHmmss", `\d{6}`, "HHmm", `\d{4}`, "HH", `\d\d`)
)

func layoutOf(list []layout, text string) (layout, bool) {
	at := slices.IndexFunc(list, func(one layout) bool { return one.form.MatchString(text) })
	if at < 0 {
		return layout{}, false
	}
	return list[at], true
}

// isoLayout is the format of a text of ISO 8601; empty for any other.
func isoLayout(text string) string {
	parts := isoLong.FindStringSubmatch(text)
	if parts == nil {
		parts = isoShort.FindStringSubmatch(text)
	}
	if parts == nil {
		return ""
	}
	date, known := layoutOf(isoDates, parts[1])
	if !known {
		return ""
	}
	format := date.name
	if parts[3] != "" {
		clock, known := layoutOf(isoTimes, parts[3])
		if !known || !date.timed {
			return ""
		}
		format += parts[2] + clock.name
	}
	if parts[4] != "" {
		format += "Z"
	}
	return format
}

var (
	mail = regexp.MustCompile(`^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s)?(\d{1,2})\s` +
		`(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s(\d{2,4})\s(\d\d):(\d\d)(?::(\d\d))?\s` +
		`(?:(UT|GMT|[ECMP][SD]T)|([Zz])|([+-]\d{4}))$`)
	mailComment = regexp.MustCompile(`\([^()]*\)|[\n\t]`)
	mailSpace   = regexp.MustCompile(`\s\s+`)
	// mailZones are the names of time zones in hours.
	mailZones = map[string]int{"EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8}
)

// parseRFC2822 reads a date as mails and HTTP headers have it.
func parseRFC2822(text string) (p Parsed, fits bool) {
	p = Parsed{At: Invalid, Overflow: -1}
	text = strings.TrimSpace(mailSpace.ReplaceAllString(mailComment.ReplaceAllString(text, " "), " "))
	parts := mail.FindStringSubmatch(text)
	if parts == nil {
		return p, false
	}
	year := integer(parts[4])
	switch {
	case year <= 49:
		year += 2000
	case year <= 999:
		year += 1900
	}
	r := reading{parts: [7]int{year, slices.Index(shortMonths, parts[3]), integer(parts[2]), integer(parts[5]),
		integer(parts[6]), integer(parts[7])}}
	v := r.parts
	c := clock{v[0], v[1], v[2], v[3], v[4], v[5], 0}
	p.Named = true
	switch {
	case parts[8] != "":
		p.Offset = 60 * mailZones[parts[8]]
	case parts[10] != "":
		p.Offset, _ = OffsetIn(parts[10])
	}
	p.Overflow = r.overflow()
	if p.Overflow >= 0 || (parts[1] != "" && shortDays[weekdayOf(c)] != parts[1]) {
		return p, true
	}
	p.At, p.valid = bounded(Zone(0).at(c)-float64(p.Offset)*minute), true
	return p, true
}
