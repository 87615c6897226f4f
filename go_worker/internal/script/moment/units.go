package moment

import "strings"

// unitNames are the short names and the plain ones; where case matters both stand here.
var unitNames = map[string]string{
	"y": "year", "Q": "quarter", "M": "month", "w": "week", "W": "isoWeek", "d": "day", "D": "date",
	"h": "hour", "m": "minute", "s": "second", "ms": "millisecond", "e": "weekday", "E": "isoWeekday",
	"DDD": "dayOfYear", "gg": "weekYear", "GG": "isoWeekYear",
}

var longUnits = map[string]string{}

func init() {
	for _, name := range unitNames {
		longUnits[strings.ToLower(name)] = name
		longUnits[strings.ToLower(name)+"s"] = name
	}
	longUnits["dates"] = "date"
}

// Unit is the plain name of a unit in any of its spellings; empty: there is none of that name.
func Unit(name string) string {
	if unit, found := unitNames[name]; found {
		return unit
	}
	lower := strings.ToLower(name)
	if unit, found := longUnits[lower]; found {
		return unit
	}
	return unitNames[lower]
}
