package target

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"testing"
)

// overTLS is a lab whose client speaks TLS and trusts the target's authority.
func overTLS(t *testing.T, mutual, http2, withClientCert bool) lab {
	t.Helper()
	l := startLab(t, Options{TLSListen: "127.0.0.1:0", TLSDir: t.TempDir(), MutualTLS: mutual})
	files := l.target.Certificates()
	authority, err := os.ReadFile(files.Authority)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(authority)
	if withClientCert {
		pair, err := tls.LoadX509KeyPair(files.ClientCert, files.ClientKey)
		if err != nil {
			t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!http2)
	protocols.SetHTTP2(http2)
	l.client.Transport = &http.Transport{TLSClientConfig: config, Protocols: protocols, DisableCompression: true}
	l.base = "https://" + l.target.TLSAddress()
	t.Cleanup(l.client.CloseIdleConnections)
	return l
}

func TestBothVersionsOverTLSUseTheSameHandlers(t *testing.T) {
	for version, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(version, func(t *testing.T) {
			l := overTLS(t, false, http2, false)
			var got echo
			decodeInto(t, l.do("POST", "/echo?a=1", "body", stepHeader, "one", "X-Own", "v").body, &got)
			if got.Version != version || got.Target != "/echo?a=1" || got.Body != "body" || !got.TLS {
				t.Errorf("want the request over %s, got %+v", version, got)
			}
			chunked := l.do("GET", "/chunked?chunks=2&trailers=1", "")
			if string(chunked.body) != "chunk 0\nchunk 1\n" || chunked.trailer.Get("X-Chunks") != "2" {
				t.Errorf("want two chunks and a trailer, got %q %v", chunked.body, chunked.trailer)
			}
			if head := l.do("HEAD", "/json", ""); head.status != 200 || len(head.body) != 0 {
				t.Errorf("want 200 without a body, got %d and %d bytes", head.status, len(head.body))
			}
			if got := l.do("GET", "/redirect/1?absolute=1", "").header.Get("Location"); got != l.base+"/redirect/0?absolute=1" {
				t.Errorf("want an https location, got %q", got)
			}
			if got := l.do("GET", "/status/204", "").status; got != 204 {
				t.Errorf("want 204, got %d", got)
			}
			if _, err := l.try("POST", "/drop", ""); err == nil {
				t.Error("want no answer from /drop")
			}
			report := l.hits()
			if report.Total != 6 || report.Answered != 6 || report.HitsByStep["one"] != 1 || report.ByStatus["no_answer"] != 1 {
				t.Errorf("want 6 counted requests, got %+v", report)
			}
		})
	}
}

func TestMutualTLSWantsTheClientCertificate(t *testing.T) {
	if _, err := overTLS(t, true, false, false).try("GET", "/static", ""); err == nil {
		t.Error("want a refusal without a certificate")
	}
	for _, http2 := range []bool{false, true} {
		if got := overTLS(t, true, http2, true).do("GET", "/static", "").status; got != 200 {
			t.Errorf("want 200 with the certificate, got %d", got)
		}
	}
}
