package script

import (
	"strings"
	"time"

	"github.com/grafana/sobek"

	"hazard/internal/script/moment"
)

// dateFunctions are what the module moment calls. Points in time are milliseconds, zones are minutes east
// of UTC or moment.Local.
func (r *Runtime) dateFunctions() map[string]any {
	return map[string]any{
		"unit": moment.Unit, "ordinal": moment.Ordinal, "format": moment.Format,
		"startOf": moment.StartOf, "endOf": moment.EndOf, "get": moment.Get, "set": moment.Set,
		"diff": moment.Diff, "at": moment.At, "lenient": r.lenientDate, "named": moment.Named,
		"longFormat": moment.LongFormat,
		"names":      func(kind string) sobek.Value { return r.list(moment.Names(kind)) },
		"offset":     func(zone moment.Zone, at float64) int { return zone.Offset(at) },
		"offsetIn":   func(text string) sobek.Value { return r.optionalNumber(moment.OffsetIn(text)) },
		"fullOffsetIn": func(text string) sobek.Value {
			return r.optionalNumber(moment.FullOffsetIn(text))
		},
		"add": func(at float64, zone moment.Zone, months, days, milliseconds, sign float64) float64 {
			return moment.Add(at, zone, moment.Duration{Months: months, Days: days, Milliseconds: milliseconds}, sign)
		},
		"parse": func(text string, formats []string, strict bool, zone moment.Zone) sobek.Value {
			p := moment.Parse(text, formats, strict, zone, float64(r.host.Now().UnixMilli()))
			return r.vm.NewArray(p.At, r.optionalNumber(p.Offset, p.Named), p.Overflow, p.Unknown)
		},
	}
}

// lengthFunctions are what moment.duration calls.
func (r *Runtime) lengthFunctions() map[string]any {
	three := func(d moment.Duration) sobek.Value { return r.vm.NewArray(d.Months, d.Days, d.Milliseconds) }
	return map[string]any{
		"of":    func(n float64, unit string) sobek.Value { return three(moment.Of(n, unit)) },
		"parse": func(text string) sobek.Value { return three(moment.ParseDuration(text)) },
		"as": func(m, d, ms float64, unit string) float64 {
			return moment.Duration{Months: m, Days: d, Milliseconds: ms}.As(unit)
		},
		"iso": func(m, d, ms float64) string { return moment.Duration{Months: m, Days: d, Milliseconds: ms}.ISO() },
		"humanize": func(m, d, ms float64, direction bool) string {
			return moment.Duration{Months: m, Days: d, Milliseconds: ms}.Humanize(direction)
		},
		"parts": func(m, d, ms float64) sobek.Value {
			values := make([]any, 0, 7)
			for _, part := range (moment.Duration{Months: m, Days: d, Milliseconds: ms}).Parts() {
				values = append(values, part)
			}
			return r.vm.NewArray(values...)
		},
	}
}

func (r *Runtime) optionalNumber(n int, known bool) sobek.Value {
	if !known {
		return sobek.Null()
	}
	return r.vm.ToValue(n)
}

// looseLayouts are the forms that Date of JavaScript reads beside ISO 8601 and RFC 2822.
var looseLayouts = []string{"1/2/2006", "1-2-2006", "2006/1/2", "2006-1-2", "Jan 2, 2006", "January 2, 2006", "Jan 2 2006",
	"January 2 2006", "2 Jan 2006", "2 January 2006", "Mon Jan 2 2006", "Mon, 2 Jan 2006", "Mon, Jan 2, 2006"}

var looseClocks = []string{"", " 15:04", " 15:04:05", " 3:04 PM", " 3:04:05 PM", " 15:04:05 MST-0700", " 15:04:05 -0700",
	" 15:04:05.000", "T15:04", "T15:04:05", " 15:04:05 MST", " 15:04:05 GMT-0700"}

// lenientDate reads what moment leaves to Date.
func (r *Runtime) lenientDate(text string, zone moment.Zone) float64 {
	place := time.UTC
	if zone == moment.Local {
		place = time.Local
	}
	text, _, _ = strings.Cut(text, " (") // the name of a zone after its offset
	for _, date := range looseLayouts {
		for _, clock := range looseClocks {
			t, err := time.ParseInLocation(date+clock, text, place)
			switch {
			case err == nil && zone != moment.Local: // moment lets Date read it with UTC at its end
				return float64(t.UnixMilli()) + float64(offsetOf(t))*1000
			case err == nil:
				return float64(t.UnixMilli())
			}
		}
	}
	return moment.Invalid
}

func offsetOf(t time.Time) int {
	_, seconds := t.Zone()
	return seconds
}
