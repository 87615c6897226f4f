package address_test

import (
	"bytes"
	"testing"

	"hazard/internal/address"
	"hazard/internal/pb"
)

// Whatever a template renders to, no byte that would end a request line comes through encoding.
func FuzzURLs(f *testing.F) {
	for _, seed := range []string{
		"http://h/:id?a=b#c", "h", "http://ä.example/ü", "://", "http://[::1]:80/%zz", "//:a/:a", "?", "#?", "?:// 0",
	} {
		f.Add([]byte(seed), []byte("a b"), []byte("é&="))
	}
	f.Fuzz(func(t *testing.T, raw, name, value []byte) {
		pairs := []address.Pair{{Name: name, Value: value}, {Name: name, NoEquals: true}}
		for _, mode := range []pb.UrlEncoding{
			pb.UrlEncoding_URL_ENCODING_WHATWG, pb.UrlEncoding_URL_ENCODING_POSTMAN,
			pb.UrlEncoding_URL_ENCODING_NONE,
		} {
			made := appended(string(raw), pairs, pairs, mode)
			if mode == pb.UrlEncoding_URL_ENCODING_NONE {
				continue
			}
			_, query, _ := bytes.Cut(made, []byte("?"))
			query, _, _ = bytes.Cut(query, []byte("#"))
			if bytes.ContainsAny(query, " \r\n\x00") {
				t.Errorf("%q with %q=%q in mode %v is %q", raw, name, value, mode, made)
			}
		}
	})
}
