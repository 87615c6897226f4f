package jar

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// farFuture stands for expiry dates that a time cannot hold.
const farFuture = 400 * 24 * time.Hour

// attributes of a Set-Cookie line before they are checked against the origin.
type attributes struct {
	domain   []byte
	path     []byte
	expires  time.Time
	maxAge   int64
	hasAge   bool
	secure   bool
	httpOnly bool
}

// parse reads a Set-Cookie value (RFC 6265, 5.2 and 5.3). False: the line is to be ignored.
func parse(line []byte, origin *Origin, now time.Time) (Cookie, bool) {
	if hasControl(line) || len(origin.Host) == 0 {
		return Cookie{}, false
	}
	pair, rest, _ := bytes.Cut(line, []byte{';'})
	name, value, found := bytes.Cut(pair, []byte{'='})
	name, value = bytes.Trim(name, " \t"), bytes.Trim(value, " \t")
	if !found || len(name) == 0 || len(name)+len(value) > maxCookieBytes {
		return Cookie{}, false
	}
	attrs := parseAttributes(rest)
	c := Cookie{
		Name:     string(name),
		Value:    string(value),
		Secure:   attrs.secure,
		HTTPOnly: attrs.httpOnly,
		Expires:  attrs.expiry(now),
	}
	if c.Secure && !origin.secureContext() {
		return Cookie{}, false
	}
	if !c.setDomain(attrs.domain, origin.Host) {
		return Cookie{}, false
	}
	if len(attrs.path) > 0 && attrs.path[0] == '/' {
		c.Path = string(attrs.path)
	} else {
		c.Path = defaultPath(origin.path())
	}
	return c, c.prefixHolds(len(attrs.path) > 0)
}

// hasControl: such octets are never stored (RFC 6265bis, 5.6 step 1).
func hasControl(line []byte) bool {
	for _, b := range line {
		if (b < 0x20 && b != '\t') || b == 0x7f {
			return true
		}
	}
	return false
}

func parseAttributes(rest []byte) attributes {
	var a attributes
	for len(rest) > 0 {
		var one []byte
		one, rest, _ = bytes.Cut(rest, []byte{';'})
		name, value, _ := bytes.Cut(one, []byte{'='})
		name, value = bytes.Trim(name, " \t"), bytes.Trim(value, " \t")
		switch {
		case equalFold(name, "expires"):
			if at, ok := parseDate(value); ok {
				a.expires = at
			}
		case equalFold(name, "max-age"):
			a.setMaxAge(value)
		case equalFold(name, "domain"):
			if len(value) > 0 {
				a.domain = bytes.TrimPrefix(value, []byte{'.'})
			}
		case equalFold(name, "path"):
			a.path = value
		case equalFold(name, "secure"):
			a.secure = true
		case equalFold(name, "httponly"):
			a.httpOnly = true
		}
	}
	return a
}

// setMaxAge is RFC 6265, 5.2.2: anything but digits after an optional minus is ignored.
func (a *attributes) setMaxAge(value []byte) {
	digits := bytes.TrimPrefix(value, []byte{'-'})
	if len(digits) == 0 || strings.Trim(string(digits), "0123456789") != "" {
		return
	}
	age, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil { // out of range
		age = int64(farFuture / time.Second)
		if value[0] == '-' {
			age = -1
		}
	}
	a.maxAge, a.hasAge = age, true
}

// expiry: Max-Age goes before Expires; zero means a session cookie.
func (a *attributes) expiry(now time.Time) time.Time {
	switch {
	case a.hasAge && a.maxAge <= 0:
		return time.Unix(1, 0)
	case a.hasAge:
		return now.Add(min(time.Duration(min(a.maxAge, 1<<32))*time.Second, farFuture))
	}
	return a.expires
}

// setDomain applies the Domain attribute (RFC 6265, 5.3 steps 5 and 6). False: refused.
func (c *Cookie) setDomain(attribute, host []byte) bool {
	lowerHost := strings.ToLower(string(host))
	c.Domain, c.HostOnly = lowerHost, true
	if len(attribute) == 0 {
		return true
	}
	domain := strings.ToLower(string(attribute))
	if suffix, _ := publicsuffix.PublicSuffix(domain); suffix == domain {
		return domain == lowerHost // a site on a public suffix may set a cookie for itself alone
	}
	if !domainMatch(host, domain) {
		return false
	}
	c.Domain, c.HostOnly = domain, isAddress(host)
	return true
}

// prefixHolds checks the __Secure- and __Host- promises (RFC 6265bis, 4.1.3).
func (c *Cookie) prefixHolds(pathGiven bool) bool {
	lowerName := strings.ToLower(c.Name)
	if strings.HasPrefix(lowerName, "__secure-") {
		return c.Secure
	}
	if strings.HasPrefix(lowerName, "__host-") {
		return c.Secure && c.HostOnly && pathGiven && c.Path == "/"
	}
	return true
}

var months = map[string]time.Month{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
	"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

// date collects the parts of a cookie date in any order.
type date struct {
	hour, minute, second, day, year    int
	month                              time.Month
	hasTime, hasDay, hasMonth, hasYear bool
}

// parseDate is the tolerant algorithm of RFC 6265, 5.1.1.
func parseDate(text []byte) (time.Time, bool) {
	var d date
	for _, token := range bytes.FieldsFunc(text, isDateDelimiter) {
		d.take(string(token))
	}
	switch {
	case d.year >= 70 && d.year <= 99:
		d.year += 1900
	case d.year >= 0 && d.year <= 69:
		d.year += 2000
	}
	if !d.hasTime || !d.hasDay || !d.hasMonth || !d.hasYear || d.day < 1 || d.day > 31 ||
		d.year < 1601 || d.hour > 23 || d.minute > 59 || d.second > 59 {
		return time.Time{}, false
	}
	at := time.Date(d.year, d.month, d.day, d.hour, d.minute, d.second, 0, time.UTC)
	return at, at.Day() == d.day
}

func isDateDelimiter(r rune) bool {
	return r == '\t' || (r >= 0x20 && r <= 0x2f) || (r >= 0x3b && r <= 0x40) ||
		(r >= 0x5b && r <= 0x60) || (r >= 0x7b && r <= 0x7e)
}

func (d *date) take(token string) {
	if !d.hasTime && d.takeTime(token) {
		return
	}
	number, digits := leadingNumber(token)
	switch {
	case !d.hasDay && digits >= 1 && digits <= 2:
		d.day, d.hasDay = number, true
	case !d.hasMonth && len(token) >= 3 && months[strings.ToLower(token[:3])] != 0:
		d.month, d.hasMonth = months[strings.ToLower(token[:3])], true
	case !d.hasYear && digits >= 2 && digits <= 4:
		d.year, d.hasYear = number, true
	}
}

func (d *date) takeTime(token string) bool {
	parts := strings.SplitN(token, ":", 3)
	if len(parts) != 3 {
		return false
	}
	var values [3]int
	for i, part := range parts {
		number, digits := leadingNumber(part)
		if digits < 1 || digits > 2 || (i < 2 && digits != len(part)) {
			return false
		}
		values[i] = number
	}
	d.hour, d.minute, d.second, d.hasTime = values[0], values[1], values[2], true
	return true
}

// leadingNumber reads up to five digits at the start of a token.
func leadingNumber(token string) (number, digits int) {
	for digits < len(token) && digits < 5 && token[digits] >= '0' && token[digits] <= '9' {
		number = number*10 + int(token[digits]-'0')
		digits++
	}
	return number, digits
}
