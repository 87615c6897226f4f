package moment

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	oneDigit     = regexp.MustCompile(`\d`)
	twoDigits    = regexp.MustCompile(`\d\d`)
	threeDigits  = regexp.MustCompile(`\d{3}`)
	fourDigits   = regexp.MustCompile(`\d{4}`)
	sixDigits    = regexp.MustCompile(`[+-]?\d{6}`)
	upToTwo      = regexp.MustCompile(`\d\d?`)
	noZeroFirst  = regexp.MustCompile(`^[1-9]\d?`)
	zeroAlone    = regexp.MustCompile(`^(?:[1-9]\d|\d)`)
	upToThree    = regexp.MustCompile(`\d{1,3}`)
	upToFour     = regexp.MustCompile(`\d{1,4}`)
	upToSix      = regexp.MustCompile(`[+-]?\d{1,6}`)
	threeOrFour  = regexp.MustCompile(`\d{3,4}`)
	fiveOrSix    = regexp.MustCompile(`\d{5,6}`)
	unsigned     = regexp.MustCompile(`\d+`)
	signed       = regexp.MustCompile(`[+-]?\d+`)
	timestamp    = regexp.MustCompile(`[+-]?\d+(?:\.\d{1,3})?`)
	zoneOffset   = regexp.MustCompile(`(?i)Z|[+-]\d\d(?::?\d\d)?`)
	fullOffset   = regexp.MustCompile(`(?i)Z|[+-]\d\d:?\d\d`)
	ordinalDay   = regexp.MustCompile(`\d{1,2}(?:th|st|nd|rd)`)
	ordinalOrDay = regexp.MustCompile(`\d{1,2}(?:th|st|nd|rd)|\d{1,2}`)
	word         = regexp.MustCompile(`(?i)[0-9]{0,256}['a-z\x{00A0}-\x{05FF}\x{0700}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FF07}\x{FF10}-\x{FFEF}]{1,256}`)
	meridiem     = regexp.MustCompile(`(?i)[ap]\.?m?\.?`)
	eraName      = regexp.MustCompile(`(?i)Anno Domini|Before Christ|AD|BC`)
)

// shape is what the text of a token looks like: leniently, and strictly.
type shape struct{ lenient, strict *regexp.Regexp }

// shapes are those of the tokens that can be read.
var shapes = shapesOf(map[string]shape{
	"M D": {upToTwo, noZeroFirst}, "h k w W": {upToTwo, noZeroFirst}, "H m s": {upToTwo, zeroAlone},
	"MM DD HH hh kk mm ss ww WW YY gg GG": {upToTwo, twoDigits}, "d e E": {upToTwo, upToTwo},
	"MMM MMMM dd ddd dddd": {word, word}, "Do": {ordinalOrDay, ordinalDay}, "DDD": {upToThree, upToThree},
	"DDDD": {threeDigits, threeDigits}, "Y g G": {signed, signed}, "YYYY gggg GGGG": {upToFour, fourDigits},
	"YYYYY YYYYYY ggggg GGGGG": {upToSix, sixDigits}, "y yy yyy yyyy": {unsigned, unsigned},
	"Hmm hmm": {threeOrFour, threeOrFour}, "Hmmss hmmss": {fiveOrSix, fiveOrSix}, "a A": {meridiem, meridiem},
	"S": {upToThree, oneDigit}, "SS": {upToThree, twoDigits}, "SSS": {upToThree, threeDigits},
	"SSSS SSSSS SSSSSS SSSSSSS SSSSSSSS SSSSSSSSS": {unsigned, unsigned}, "x": {signed, signed},
	"X": {timestamp, timestamp}, "Z ZZ": {zoneOffset, zoneOffset}, "Q": {oneDigit, oneDigit},
	"N NN NNN NNNN NNNNN": {eraName, eraName},
})

func shapesOf(byTokens map[string]shape) map[string]shape {
	made := map[string]shape{}
	for tokens, s := range byTokens {
		for _, name := range strings.Fields(tokens) {
			made[name] = s
		}
	}
	return made
}

// find is where the token stands in the text; from is -1 when it does not.
func find(token, text string, strict bool) (from, to int) {
	s, known := shapes[token]
	if !known { // one that is only written stands for itself
		if from = strings.Index(text, token); from < 0 {
			return -1, 0
		}
		return from, from + len(token)
	}
	re := s.lenient
	if strict {
		re = s.strict
	}
	if place := re.FindStringIndex(text); place != nil {
		return place[0], place[1]
	}
	return -1, 0
}

// integer is the whole number that a text begins with; 0 for none.
func integer(text string) int {
	digits := signed.FindString(text)
	n, err := strconv.Atoi(digits)
	if err != nil && len(digits) > 10 {
		return math.MaxInt32
	}
	return n
}

func century(two int) int {
	if two > 68 {
		return 1900 + two
	}
	return 2000 + two
}

// read takes the value of a token.
func (r *reading) read(token, text string) {
	switch token[0] {
	case 'Y', 'y', 'M', 'Q', 'D':
		r.readDate(token, text)
	case 'w', 'W', 'g', 'G', 'd', 'e', 'E':
		r.readWeek(token, text)
	case 'x':
		r.instant = number(text)
	case 'X':
		r.instant = math.Trunc(number(text) * 1000)
	case 'Z':
		r.offset, _ = OffsetIn(text)
		r.hasOffset = true
	default:
		r.readTime(token, text)
	}
}

func (r *reading) readDate(token, text string) {
	n := integer(text)
	switch token {
	case "YY":
		r.set(yearPart, century(n))
	case "YYYY":
		if len(text) == 2 {
			n = century(n)
		}
		r.set(yearPart, n)
	case "M", "MM":
		r.set(monthPart, n-1)
	case "MMM", "MMMM":
		month := namedIn(text, false, months, shortMonths)
		if r.strict {
			month = namedIn(text, true, map[bool][]string{true: shortMonths, false: months}[token == "MMM"])
		}
		if month < 0 {
			r.invalid = true
			return
		}
		r.set(monthPart, month)
	case "Q":
		r.set(monthPart, (n-1)*3)
	case "D", "DD", "Do":
		r.set(datePart, n)
	case "DDD", "DDDD":
		r.days, r.hasDays = n, true
	default:
		r.set(yearPart, n)
	}
}

func (r *reading) readWeek(token, text string) {
	w, n := &r.week, integer(text)
	w.any = true
	switch token {
	case "dd", "ddd", "dddd":
		list := map[string][]string{"dd": shortestDays, "ddd": shortDays, "dddd": weekdays}[token]
		day := namedIn(text, r.strict, list, weekdays, shortDays, shortestDays)
		if day < 0 {
			r.invalid = true
			return
		}
		w.weekday = &day
	case "d":
		w.weekday = &n
	case "e":
		w.localDay = &n
	case "E":
		w.isoDay = &n
	case "w", "ww":
		w.number = &n
	case "W", "WW":
		w.isoNumber = &n
	case "gg":
		n = century(n)
		w.year = &n
	case "GG":
		n = century(n)
		w.isoYear = &n
	case "g", "gggg", "ggggg":
		w.year = &n
	default:
		w.isoYear = &n
	}
}

func (r *reading) readTime(token, text string) {
	n := integer(text)
	switch token {
	case "H", "HH":
		r.set(hourPart, n)
	case "k", "kk":
		r.set(hourPart, n%24)
	case "h", "hh":
		r.set(hourPart, n)
		r.twelve = true
	case "m", "mm":
		r.set(minutePart, n)
	case "s", "ss":
		r.set(secondPart, n)
	case "Hmm", "hmm", "Hmmss", "hmmss":
		r.twelve = token[0] == 'h'
		if strings.HasSuffix(token, "ss") {
			r.set(secondPart, n%100)
			n /= 100
		}
		r.set(minutePart, n%100)
		r.set(hourPart, n/100)
	case "a", "A":
		r.meridiem, r.afternoon = true, text[0] == 'p' || text[0] == 'P'
	default:
		if token[0] == 'S' {
			r.set(millisecondPart, int(number("0."+text)*1000))
		}
	}
}

// OffsetIn is the last offset that a text names, in minutes.
func OffsetIn(text string) (minutes int, found bool) {
	all := zoneOffset.FindAllString(text, -1)
	if len(all) == 0 {
		return 0, false
	}
	last := strings.ReplaceAll(all[len(all)-1], ":", "")
	if len(last) < 3 {
		return 0, true
	}
	minutes = 60*integer(last[1:3]) + integer(last[3:])
	if last[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}

// FullOffsetIn is OffsetIn for offsets that are written with minutes, or Z.
func FullOffsetIn(text string) (minutes int, found bool) {
	if all := fullOffset.FindAllString(text, -1); len(all) > 0 {
		return OffsetIn(all[len(all)-1])
	}
	return 0, false
}
