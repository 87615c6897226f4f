package moment

import (
	"fmt"
	"strings"
)

var (
	months       = strings.Fields("January February March April May June July August September October November December")
	weekdays     = strings.Fields("Sunday Monday Tuesday Wednesday Thursday Friday Saturday")
	shortMonths  = cutAll(months, 3)
	shortDays    = cutAll(weekdays, 3)
	shortestDays = cutAll(weekdays, 2)
)

func cutAll(words []string, length int) []string {
	cut := make([]string, len(words))
	for i, word := range words {
		cut[i] = word[:length]
	}
	return cut
}

// Names are the words of a calendar: months, monthsShort, weekdays, weekdaysShort or weekdaysMin.
func Names(kind string) []string {
	return map[string][]string{"months": months, "monthsShort": shortMonths, "weekdays": weekdays,
		"weekdaysShort": shortDays, "weekdaysMin": shortestDays}[kind]
}

// Ordinal is a number with its ending: 1st, 12th.
func Ordinal(n int) string {
	ending := "th"
	if n%100/10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return fmt.Sprint(n) + ending
}

// namedIn is the place of the word in the list that the text begins with, or -1. Whole: it must be one
// of that list; else the long names count too, whatever their case.
func namedIn(text string, whole bool, list []string, others ...[]string) int {
	for i, name := range list {
		switch {
		case whole && strings.EqualFold(text, name):
			return i
		case !whole && beginsWith(text, name):
			return i
		}
		for _, other := range others {
			if !whole && beginsWith(text, other[i]) {
				return i
			}
		}
	}
	return -1
}

func beginsWith(text, word string) bool {
	return len(text) >= len(word) && strings.EqualFold(text[:len(word)], word)
}

// longFormats are the formats that stand for others.
var longFormats = map[string]string{
	"LTS": "h:mm:ss A", "LT": "h:mm A", "L": "MM/DD/YYYY", "LL": "MMMM D, YYYY",
	"LLL": "MMMM D, YYYY h:mm A", "LLLL": "dddd, MMMM D, YYYY h:mm A",
	"l": "M/D/YYYY", "ll": "MMM D, YYYY", "lll": "MMM D, YYYY h:mm A", "llll": "ddd, MMM D, YYYY h:mm A",
}

// Named is the number of a month or a weekday, both from 0, by its name in any of its lengths; -1: it is
// none. kind is months or weekdays.
func Named(text, kind string) int {
	if kind == "months" {
		return namedIn(text, false, months, shortMonths)
	}
	return namedIn(text, false, weekdays, shortDays, shortestDays)
}

// LongFormat is the format that stands behind a name such as LLL; empty for none.
func LongFormat(name string) string { return longFormats[name] }
