// Package address puts URLs together: the rendered text, path variables, query pairs, and the three
// ways of encoding that plan.proto names.
package address

import (
	"bytes"
	"slices"

	"golang.org/x/net/idna"

	"hazard/internal/http1"
	"hazard/internal/pb"
)

// Pair is a rendered name and value.
type Pair struct {
	Name, Value []byte
	NoEquals    bool
}

// set says which bytes are percent-encoded.
type set [256]bool

func encodes(special string) *set {
	var s set
	for b := range s {
		s[b] = b <= ' ' || b >= 0x7f
	}
	for i := range len(special) {
		s[special[i]] = true
	}
	return &s
}

// The sets of the WHATWG URL standard. Those of the Postman runtime are the same ones; the value of a
// pair also encodes & and its name =, or the pair would fall apart.
var (
	pathSet  = encodes("\"#<>?`{}")
	querySet = encodes("\"#<>'")
	valueSet = encodes("\"#<>'&")
	nameSet  = encodes("\"#<>'&=")
)

const upperHex = "0123456789ABCDEF"

func appendEncoded(dst, text []byte, s *set) []byte {
	for _, b := range text {
		dst = appendByte(dst, b, s)
	}
	return dst
}

func appendByte(dst []byte, b byte, s *set) []byte {
	if s[b] {
		return append(dst, '%', upperHex[b>>4], upperHex[b&15])
	}
	return append(dst, b)
}

// Append writes the URL made of raw, whose `:name` path segments are replaced by the path variables,
// and of the query pairs after its own query. For the Postman runtime's way see AppendPostman.
func Append(dst, raw []byte, variables, query []Pair, mode pb.UrlEncoding) []byte {
	raw = bytes.TrimSpace(raw)
	end := pathStart(raw)
	dst = appendOrigin(dst, raw[:end])
	rest, fragment, hasFragment := bytes.Cut(raw[end:], []byte{'#'})
	path, ownQuery, hasQuery := bytes.Cut(rest, []byte{'?'})
	if len(path) == 0 && (hasQuery || len(query) > 0) {
		path = []byte{'/'}
	}
	dst = appendPath(dst, path, variables, mode)
	if hasQuery {
		dst = append(dst, '?')
		dst = appendPart(dst, ownQuery, querySet, mode)
	}
	dst = appendQuery(dst, query, hasQuery, len(ownQuery) > 0, mode)
	if hasFragment {
		dst = append(append(dst, '#'), fragment...)
	}
	return dst
}

// pathStart is where the authority of a URL ends.
func pathStart(raw []byte) int {
	_, afterScheme := http1.CutScheme(raw)
	start := len(raw) - len(afterScheme)
	// Browsers take \ for / (WHATWG, special authority); curl refuses it in a host.
	if i := bytes.IndexAny(afterScheme, `/\?#`); i >= 0 {
		return start + i
	}
	return len(raw)
}

// appendOrigin writes scheme and authority.
func appendOrigin(dst, origin []byte) []byte {
	_, authority := http1.CutScheme(origin)
	return appendHost(append(dst, origin[:len(origin)-len(authority)]...), authority)
}

func appendPart(dst, text []byte, s *set, mode pb.UrlEncoding) []byte {
	if mode == pb.UrlEncoding_URL_ENCODING_NONE {
		return append(dst, text...)
	}
	return appendEncoded(dst, text, s)
}

// appendHost writes the authority; a name outside ASCII in its punycode form.
func appendHost(dst, authority []byte) []byte {
	for _, b := range authority {
		if b >= 0x80 {
			user, host, found := bytes.Cut(authority, []byte{'@'})
			if !found {
				user, host = nil, authority
			} else {
				dst = append(append(dst, user...), '@')
			}
			name, port, hasPort := bytes.Cut(host, []byte{':'})
			ascii, err := idna.Lookup.ToASCII(string(name))
			if err != nil {
				return append(dst, host...)
			}
			dst = append(dst, ascii...)
			if hasPort {
				dst = append(append(dst, ':'), port...)
			}
			return dst
		}
	}
	return append(dst, authority...)
}

func appendPath(dst, path []byte, variables []Pair, mode pb.UrlEncoding) []byte {
	if mode != pb.UrlEncoding_URL_ENCODING_NONE && bytes.IndexByte(path, '\\') >= 0 {
		path = bytes.ReplaceAll(path, []byte{'\\'}, []byte{'/'})
	}
	if len(variables) == 0 || bytes.IndexByte(path, ':') < 0 {
		return appendPart(dst, path, pathSet, mode)
	}
	for len(path) > 0 {
		slash, segment, rest := nextSegment(path)
		dst = appendPart(append(dst, slash...), replaced(segment, variables), pathSet, mode)
		path = rest
	}
	return dst
}

// nextSegment cuts the first segment of a path that is not empty from the slash before it, if there is
// one, and from the rest.
func nextSegment(path []byte) (slash, segment, rest []byte) {
	end := bytes.IndexByte(path[1:], '/') + 1
	if end == 0 {
		end = len(path)
	}
	segment, rest = path[:end], path[end:]
	if segment[0] == '/' {
		return segment[:1], segment[1:], rest
	}
	return nil, segment, rest
}

// replaced is the value of a segment `:name`, or the segment itself. Of repeated names the last one
// counts, as in Postman.
func replaced(segment []byte, variables []Pair) []byte {
	if len(segment) < 2 || segment[0] != ':' {
		return segment
	}
	for _, v := range slices.Backward(variables) {
		if bytes.Equal(segment[1:], v.Name) {
			return v.Value
		}
	}
	return segment
}

// appendSeparator writes what stands before the next pair.
func appendSeparator(dst []byte, hasQuery, filled bool) []byte {
	switch {
	case !hasQuery:
		return append(dst, '?')
	case filled:
		return append(dst, '&')
	}
	return dst
}

func appendQuery(dst []byte, query []Pair, hasQuery, filled bool, mode pb.UrlEncoding) []byte {
	for _, pair := range query {
		dst = appendSeparator(dst, hasQuery, filled)
		hasQuery, filled = true, true
		dst = appendPart(dst, pair.Name, nameSet, mode)
		if !pair.NoEquals {
			dst = append(dst, '=')
			dst = appendPart(dst, pair.Value, valueSet, mode)
		}
	}
	return dst
}
