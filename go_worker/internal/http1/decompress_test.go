package http1_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"hazard/internal/http1"
)

const clearText = "hello, hello, hello, hello, hello, hello"

// coded compresses text with the named coding.
func coded(t testing.TB, coding, text string) string {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	var err error
	switch coding {
	case "gzip", "x-gzip":
		w = gzip.NewWriter(&out)
	case "deflate":
		w = zlib.NewWriter(&out)
	case "raw deflate":
		w, err = flate.NewWriter(&out, 6)
	case "br":
		w = brotli.NewWriter(&out)
	case "zstd":
		w, err = zstd.NewWriter(&out)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func codedAnswer(coding, body string) step {
	return step{send: fmt.Sprintf("%sContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s",
		head200, coding, len(body), body)}
}

func TestContentCodings(t *testing.T) {
	gz := coded(t, "gzip", clearText)
	cases := []struct {
		name, coding, body string
		noCurl             bool
	}{
		{name: "gzip", coding: "gzip", body: gz},
		{name: "x-gzip", coding: "x-gzip", body: gz},
		{name: "any case", coding: "GZip", body: gz},
		{name: "gzip in two members", coding: "gzip", noCurl: true, // curl stops after the first
			body: coded(t, "gzip", clearText[:10]) + coded(t, "gzip", clearText[10:])},
		{name: "deflate with zlib header", coding: "deflate", body: coded(t, "deflate", clearText)},
		{name: "deflate raw", coding: "deflate", body: coded(t, "raw deflate", clearText)},
		{name: "br", coding: "br", body: coded(t, "br", clearText)},
		{name: "zstd", coding: "zstd", body: coded(t, "zstd", clearText)},
		{name: "br, then gzip", coding: "br, gzip", body: coded(t, "gzip", coded(t, "br", clearText))},
		{name: "identity", coding: "identity", body: clearText},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := startScripted(t, []step{codedAnswer(c.coding, c.body), codedAnswer(c.coding, c.body)})
			client := newClient(t, http1.Options{})
			for range 2 { // the second time with a decoder that was used before
				resp := do(t, client, request(t, "GET "+server.url("/")))
				decoded, err := resp.Decoded()
				if err != nil || string(decoded) != clearText {
					t.Errorf("decoded %q, error %v", decoded, err)
				}
				if string(resp.Body) != c.body || resp.BodyBytes != int64(len(c.body)) {
					t.Errorf("raw body of %d bytes, counted %d", len(resp.Body), resp.BodyBytes)
				}
			}
			if c.noCurl {
				return
			}
			curlServer := startScripted(t, []step{codedAnswer(c.coding, c.body)})
			if result, found := runCurl(t, "--compressed", curlServer.url("/")); found &&
				string(result.body) != clearText {
				result.differs(t, "exit %d, body %q", result.exit, result.body)
			}
		})
	}
}

func TestContentThatCannotBeDecoded(t *testing.T) {
	bomb := coded(t, "gzip", strings.Repeat("0", 1<<20))
	gz := coded(t, "gzip", clearText)
	cases := []struct {
		name, coding, body string
		kind               http1.Kind
	}{
		{"truncated gzip", "gzip", gz[:len(gz)-10], http1.KindDecode},
		{"not gzip", "gzip", clearText, http1.KindDecode},
		{"not br", "br", "\xff\xff\xff\xff", http1.KindDecode},
		{"not zstd", "zstd", clearText, http1.KindDecode},
		{"not deflate", "deflate", "\xff\xff\xff\xff", http1.KindDecode},
		{"unknown coding", "compress", clearText, http1.KindDecode},
		{"endless chain", "gzip,gzip,gzip,gzip,gzip,gzip,gzip", gz, http1.KindDecode},
		{"bomb", "gzip", bomb, http1.KindBodyTooLarge},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := startScripted(t, []step{codedAnswer(c.coding, c.body)})
			req := request(t, "GET "+server.url("/"))
			req.Policy = newPolicy(t, http1.PolicyOptions{MaxBodyBytes: 100_000})
			resp := do(t, newClient(t, http1.Options{}), req)
			for range 2 {
				if _, err := resp.Decoded(); err == nil {
					t.Error("decoded")
				} else if resp.Status != 200 {
					t.Errorf("status %d", resp.Status)
				}
			}
			resp = do(t, newClient(t, http1.Options{}), request(t, "GET "+
				startScripted(t, []step{codedAnswer(c.coding, c.body)}).url("/")))
			if _, err := resp.Decoded(); c.kind == http1.KindDecode && http1.KindOf(err) != c.kind {
				t.Errorf("kind %s", http1.KindOf(err))
			}
		})
	}
}
