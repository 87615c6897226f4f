package address

import (
	"bytes"
	"strings"

	"hazard/internal/pb"
)

// AppendPostman writes the URL as the Postman runtime reads it: path variables and pairs are put into
// the text, which is read afterwards, so what they hold may begin the query, end a pair, or end the
// whole URL at a #. What is reserved in the pairs of a collection itself is escaped before
// (EscapeReserved), and raw has lost its own fragment (WithoutFragment).
//
// continues: raw has a query of its own, which the pairs continue.
func AppendPostman(dst, raw []byte, variables, query []Pair, continues bool, mode pb.UrlEncoding) []byte {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	end := pathStart(raw)
	host := len(dst)
	dst = appendOrigin(dst, raw[:end])
	lowerHost(dst[host:])
	text := reader{dst: dst, path: pathSet, query: querySet}
	if mode == pb.UrlEncoding_URL_ENCODING_POSTMAN_RAW {
		text.path, text.query = nothing, nothing
	}
	if len(query) > 0 || end < len(raw) {
		if end == len(raw) || raw[end] == '?' || raw[end] == '#' {
			text.read([]byte{'/'})
		}
	}
	path, own := raw[end:], []byte(nil)
	if i := bytes.IndexByte(path, '?'); i >= 0 && continues {
		path, own = path[:i], path[i:]
	}
	text.readPath(path, variables)
	text.read(own)
	for i, pair := range query {
		switch {
		case i > 0, continues && !bytes.HasSuffix(own, []byte{'?'}):
			text.read([]byte{'&'})
		case !continues:
			text.read([]byte{'?'})
		}
		text.read(pair.Name)
		if !pair.NoEquals {
			text.read([]byte{'='})
			text.read(pair.Value)
		}
	}
	return text.dst
}

// ReadsAsPostman says whether AppendPostman writes the URLs of a mode.
func ReadsAsPostman(mode pb.UrlEncoding) bool {
	return mode == pb.UrlEncoding_URL_ENCODING_POSTMAN || mode == pb.UrlEncoding_URL_ENCODING_POSTMAN_RAW
}

// nothing is encoded where URLs are sent as they are written.
var nothing = &set{}

// reader encodes a URL's text from the path on, piece by piece.
type reader struct {
	dst         []byte
	path, query *set
	inQuery     bool
	ended       bool
}

func (r *reader) readPath(path []byte, variables []Pair) {
	for len(path) > 0 && len(variables) > 0 {
		slash, segment, rest := nextSegment(path)
		r.read(slash)
		r.read(replaced(segment, variables))
		path = rest
	}
	r.read(path)
}

func (r *reader) read(text []byte) {
	for _, b := range text {
		switch {
		case r.ended:
			return
		case b == '#':
			r.ended = true
		case r.inQuery:
			r.dst = appendByte(r.dst, b, r.query)
		case b == '?':
			r.inQuery = true
			r.dst = append(r.dst, b)
		case b == '\\':
			r.dst = append(r.dst, '/')
		default:
			r.dst = appendByte(r.dst, b, r.path)
		}
	}
}

// lowerHost makes the host of an origin lower case, in place.
func lowerHost(origin []byte) {
	start := max(bytes.LastIndexByte(origin, '@'), bytes.LastIndexByte(origin, '/')) + 1
	for i := start; i < len(origin); i++ {
		if c := origin[i]; 'A' <= c && c <= 'Z' {
			origin[i] = c + 'a' - 'A'
		}
	}
}

// EscapeReserved escapes what would end a name or value of a query in the text of a URL.
func EscapeReserved(text string, isName bool) string {
	if isName {
		return nameEscapes.Replace(text)
	}
	return valueEscapes.Replace(text)
}

var (
	valueEscapes = strings.NewReplacer("&", "%26", "#", "%23")
	nameEscapes  = strings.NewReplacer("&", "%26", "#", "%23", "=", "%3D")
)

// EncodePair encodes a name and value that are added to a URL which has been read already.
func EncodePair(pair Pair) Pair {
	return Pair{Name: appendEncoded(nil, pair.Name, nameSet), Value: appendEncoded(nil, pair.Value, valueSet),
		NoEquals: pair.NoEquals}
}
