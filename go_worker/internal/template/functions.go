package template

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// table is every function by name: Postman's dynamic variables and our own.
var table = sync.OnceValue(func() map[string]function {
	all := functions()
	for name, f := range postman() {
		all[name] = func(dst []byte, c Context, _ []string) ([]byte, bool) { return f(dst, c), true }
	}
	return all
})

func lookup(name string) function { return table()[name] }

// FunctionNames lists every function, Postman's included.
func FunctionNames() []string {
	var names []string
	for name := range table() {
		names = append(names, name)
	}
	return names
}

// functions are hazard's own, by name.
func functions() map[string]function {
	return map[string]function{
		"$uuid":         appendUUID,          // $uuid
		"$now":          appendNow,           // $now [iso|unix|unix_ms|date|time|http|Go layout] [offset: -1h30m, 7d]
		"$int":          appendInt,           // $int MIN MAX
		"$float":        appendFloat,         // $float MIN MAX [digits]
		"$choice":       appendChoice,        // $choice A B C
		"$string":       appendString,        // $string LENGTH [alphabet]
		"$counter":      appendCounter,       // $counter [name] [start]
		"$user":         appendUser,          // number of the user over all workers, from 1
		"$iteration":    appendIteration,     // iteration of the user, from 1
		"$data":         appendData,          // $data FEED COLUMN
		"$hmac":         appendHMAC,          // $hmac md5|sha1|sha256|sha384|sha512 KEY TEXT [hex|base64|base64url]
		"$md5":          digest("md5"),       // $md5 TEXT [hex|base64|base64url]
		"$sha1":         digest("sha1"),      // as $md5
		"$sha256":       digest("sha256"),    // as $md5
		"$sha384":       digest("sha384"),    // as $md5
		"$sha512":       digest("sha512"),    // as $md5
		"$base64":       appendBase64,        // $base64 TEXT
		"$base64url":    appendBase64URL,     // $base64url TEXT, without padding
		"$base64decode": appendBase64Decoded, // $base64decode TEXT
		"$hex":          appendHex,           // $hex TEXT
		"$url":          appendURL,           // $url TEXT: percent-encoded component
		"$json":         appendJSON,          // $json TEXT: as the inside of a JSON string
		"$upper":        appendUpper,         // $upper TEXT
		"$lower":        appendLower,         // $lower TEXT
	}
}

func appendUUID(dst []byte, c Context, _ []string) ([]byte, bool) {
	return appendRandomUUID(dst, c.Random()), true
}

// appendRandomUUID writes a version 4 UUID (RFC 9562) from a seeded generator.
func appendRandomUUID(dst []byte, random *rand.Rand) []byte {
	high, low := random.Uint64(), random.Uint64()
	high = high&^0xf000 | 0x4000
	low = low&^(3<<62) | 2<<62
	var raw [16]byte
	for i := range 8 {
		raw[i], raw[8+i] = byte(high>>(56-8*i)), byte(low>>(56-8*i))
	}
	for i, b := range raw {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, []byte{b})
	}
	return dst
}

func appendNow(dst []byte, c Context, args []string) ([]byte, bool) {
	now := c.Now().UTC()
	format := "iso"
	for i, arg := range args {
		if offset, ok := parseOffset(arg); ok && (i > 0 || len(args) == 1) {
			now = now.Add(offset)
		} else {
			format = arg
		}
	}
	return appendTime(dst, now, format), true
}

func appendTime(dst []byte, at time.Time, format string) []byte {
	switch format {
	case "iso":
		return at.AppendFormat(dst, isoMillis)
	case "unix":
		return strconv.AppendInt(dst, at.Unix(), 10)
	case "unix_ms":
		return strconv.AppendInt(dst, at.UnixMilli(), 10)
	case "date":
		return at.AppendFormat(dst, time.DateOnly)
	case "time":
		return at.AppendFormat(dst, time.TimeOnly)
	case "http":
		return at.AppendFormat(dst, "Mon, 02 Jan 2006 15:04:05 GMT")
	}
	return at.AppendFormat(dst, format)
}

const isoMillis = "2006-01-02T15:04:05.000Z"

// parseOffset reads a signed duration; "d" counts 24 hours.
func parseOffset(text string) (time.Duration, bool) {
	if text == "" || (text[0] != '+' && text[0] != '-') {
		return 0, false
	}
	if days, found := strings.CutSuffix(text, "d"); found {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil
	}
	offset, err := time.ParseDuration(text)
	return offset, err == nil
}

func appendInt(dst []byte, c Context, args []string) ([]byte, bool) {
	if len(args) != 2 {
		return dst, false
	}
	low, err1 := strconv.ParseInt(args[0], 10, 64)
	high, err2 := strconv.ParseInt(args[1], 10, 64)
	if err1 != nil || err2 != nil || high < low {
		return dst, false
	}
	return strconv.AppendInt(dst, RandomInt(c.Random(), low, high), 10), true
}

// RandomInt is a number from low to high, both included.
func RandomInt(random *rand.Rand, low, high int64) int64 {
	span := uint64(high) - uint64(low) + 1
	if span == 0 { // the whole range of int64
		return int64(random.Uint64())
	}
	return int64(uint64(low) + random.Uint64N(span))
}

func appendFloat(dst []byte, c Context, args []string) ([]byte, bool) {
	if len(args) < 2 {
		return dst, false
	}
	low, err1 := strconv.ParseFloat(args[0], 64)
	high, err2 := strconv.ParseFloat(args[1], 64)
	digits, err3 := 2, error(nil)
	if len(args) > 2 {
		digits, err3 = strconv.Atoi(args[2])
	}
	if err1 != nil || err2 != nil || err3 != nil || digits < 0 || digits > 17 {
		return dst, false
	}
	return strconv.AppendFloat(dst, low+c.Random().Float64()*(high-low), 'f', digits, 64), true
}

func appendChoice(dst []byte, c Context, args []string) ([]byte, bool) {
	if len(args) == 0 {
		return dst, false
	}
	return append(dst, args[c.Random().IntN(len(args))]...), true
}

const alphanumeric = "0123456789abcdefghijklmnopqrstuvwxyz"

func appendString(dst []byte, c Context, args []string) ([]byte, bool) {
	if len(args) == 0 {
		return dst, false
	}
	length, err := strconv.Atoi(args[0])
	if err != nil || length < 0 || length > 1<<20 {
		return dst, false
	}
	alphabet := []rune(alphanumeric)
	if len(args) > 1 && args[1] != "" {
		alphabet = []rune(args[1])
	}
	for range length {
		dst = append(dst, string(alphabet[c.Random().IntN(len(alphabet))])...)
	}
	return dst, true
}

func appendCounter(dst []byte, c Context, args []string) ([]byte, bool) {
	name, start := "", int64(1)
	for _, arg := range args {
		if n, err := strconv.ParseInt(arg, 10, 64); err == nil {
			start = n
		} else {
			name = arg
		}
	}
	return strconv.AppendInt(dst, start+int64(c.Count(name))-1, 10), true
}

func appendUser(dst []byte, c Context, _ []string) ([]byte, bool) {
	user, _ := c.Indexes()
	return strconv.AppendUint(dst, user+1, 10), true
}

func appendIteration(dst []byte, c Context, _ []string) ([]byte, bool) {
	_, iteration := c.Indexes()
	return strconv.AppendUint(dst, iteration+1, 10), true
}

func appendData(dst []byte, c Context, args []string) ([]byte, bool) {
	if len(args) != 2 {
		return dst, false
	}
	return c.AppendColumn(dst, args[0], args[1])
}

func one(args []string) (string, bool) {
	if len(args) == 0 {
		return "", false
	}
	return strings.Join(args, " "), true
}

func appendBase64(dst []byte, _ Context, args []string) ([]byte, bool) {
	text, ok := one(args)
	return base64.StdEncoding.AppendEncode(dst, []byte(text)), ok
}

func appendBase64URL(dst []byte, _ Context, args []string) ([]byte, bool) {
	text, ok := one(args)
	return base64.RawURLEncoding.AppendEncode(dst, []byte(text)), ok
}

func appendBase64Decoded(dst []byte, _ Context, args []string) ([]byte, bool) {
	text, ok := one(args)
	text = strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(text)
	decoded, err := base64.RawStdEncoding.DecodeString(text)
	return append(dst, decoded...), ok && err == nil
}

func appendHex(dst []byte, _ Context, args []string) ([]byte, bool) {
	text, ok := one(args)
	return hex.AppendEncode(dst, []byte(text)), ok
}

func appendURL(dst []byte, _ Context, args []string) ([]byte, bool) {
	text, ok := one(args)
	return append(dst, strings.ReplaceAll(url.QueryEscape(text), "+", "%20")...), ok
}

func appendJSON(dst []byte, _ Context, args []string) ([]byte, bool) {
	text, ok := one(args)
	quoted, err := json.Marshal(text)
	if err != nil {
		return dst, false
	}
	return append(dst, quoted[1:len(quoted)-1]...), ok
}

func appendUpper(dst []byte, _ Context, args []string) ([]byte, bool) {
	text, ok := one(args)
	return append(dst, strings.ToUpper(text)...), ok
}

func appendLower(dst []byte, _ Context, args []string) ([]byte, bool) {
	text, ok := one(args)
	return append(dst, strings.ToLower(text)...), ok
}
