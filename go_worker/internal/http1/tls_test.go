package http1_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	"hazard/internal/http1"
)

// pki is a certificate authority made for one test.
type pki struct {
	ca    *x509.Certificate
	key   *ecdsa.PrivateKey
	caPEM []byte
}

func newPKI(t *testing.T) *pki {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &pki{ca, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// issue makes a certificate and key in PEM, for a server or a client.
func (p *pki) issue(t *testing.T, usage x509.ExtKeyUsage) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"site.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{usage}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, p.ca, &private.PublicKey, p.key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
}

func (p *pki) server(t *testing.T) *tls.Config {
	t.Helper()
	cert, key := p.issue(t, x509.ExtKeyUsageServerAuth)
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(p.ca)
	return &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool}
}

// startTLS is a scripted server behind TLS; every connection plays the same steps.
func startTLS(t *testing.T, config *tls.Config, script ...step) *scripted {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{t: t, listener: tlsListener{listener, config}, scripts: [][]step{script}}
	s.done.Add(1)
	go s.accept()
	t.Cleanup(s.stop)
	return s
}

type tlsListener struct {
	net.Listener
	config *tls.Config
}

func (l tlsListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return tls.Server(conn, l.config), nil
}

func TestCertificates(t *testing.T) {
	authority, other := newPKI(t), newPKI(t)
	clientCert, clientKey := authority.issue(t, x509.ExtKeyUsageClientAuth)
	strangerCert, strangerKey := other.issue(t, x509.ExtKeyUsageClientAuth)
	plain, mutual := authority.server(t), authority.server(t)
	mutual.ClientAuth = tls.RequireAndVerifyClientCert
	mutual12 := authority.server(t)
	mutual12.ClientAuth, mutual12.MaxVersion = tls.RequireAndVerifyClientCert, tls.VersionTLS12
	old := authority.server(t)
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	both := append(append([]byte{}, clientCert...), clientKey...)
	cases := []struct {
		name    string
		server  *tls.Config
		options http1.PolicyOptions
		kind    http1.Kind
	}{
		{"unknown authority", plain, http1.PolicyOptions{}, http1.KindTLS},
		{"not verified", plain, http1.PolicyOptions{Insecure: true}, http1.KindNone},
		{"known authority", plain, http1.PolicyOptions{CAPEM: authority.caPEM}, http1.KindNone},
		{"wrong authority", plain, http1.PolicyOptions{CAPEM: other.caPEM}, http1.KindTLS},
		{"wrong name", plain, http1.PolicyOptions{CAPEM: authority.caPEM, ServerName: "x.example"}, http1.KindTLS},
		{"given name", plain, http1.PolicyOptions{CAPEM: authority.caPEM, ServerName: "site.example"}, http1.KindNone},
		{"client certificate", mutual, http1.PolicyOptions{CAPEM: authority.caPEM, CertPEM: clientCert, KeyPEM: clientKey}, http1.KindNone},
		{"certificate and key in one file", mutual, http1.PolicyOptions{CAPEM: authority.caPEM, CertPEM: both}, http1.KindNone},
		{"no client certificate", mutual, http1.PolicyOptions{CAPEM: authority.caPEM}, http1.KindTLS},
		{"no client certificate, TLS 1.2", mutual12, http1.PolicyOptions{CAPEM: authority.caPEM}, http1.KindTLS},
		{"stranger's client certificate", mutual, http1.PolicyOptions{CAPEM: authority.caPEM, CertPEM: strangerCert, KeyPEM: strangerKey}, http1.KindTLS},
		{"server too old", old, http1.PolicyOptions{CAPEM: authority.caPEM}, http1.KindTLS},
		{"old versions allowed", old, http1.PolicyOptions{CAPEM: authority.caPEM, TLSMin: "1.0"}, http1.KindNone},
		{"server too new", plain, http1.PolicyOptions{CAPEM: authority.caPEM, TLSMin: "1.0", TLSMax: "1.1"}, http1.KindTLS},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := startTLS(t, c.server, ok("secure"))
			req := request(t, "GET https://"+server.address()+"/")
			req.Policy = newPolicy(t, c.options)
			client := newClient(t, http1.Options{})
			if c.kind != http1.KindNone {
				doFails(t, client, req, c.kind)
				return
			}
			if resp := do(t, client, req); string(resp.Body) != "secure" || resp.Timing.TLS <= 0 {
				t.Errorf("body %q, TLS %d us", resp.Body, resp.Timing.TLS)
			}
		})
	}
}

func TestPlainServerBehindHTTPS(t *testing.T) {
	server := startScripted(t, []step{{unread: true, send: "HTTP/1.1 400 Bad\r\n\r\n", close: true}})
	doFails(t, newClient(t, http1.Options{}), request(t, "GET https://"+server.address()+"/"), http1.KindTLS)
}

// The name sent in the handshake is the URL's, whatever Host header and address are used.
func TestServerNameIndication(t *testing.T) {
	authority := newPKI(t)
	names := make(chan string, 1)
	config := authority.server(t)
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		names <- hello.ServerName
		return nil, nil
	}
	server := startTLS(t, config, ok("1"))
	req := request(t, "GET https://site.example/", "Host: virtual.example")
	req.Policy = newPolicy(t, http1.PolicyOptions{CAPEM: authority.caPEM,
		ConnectTo: []string{"::" + server.address()}})
	do(t, newClient(t, http1.Options{}), req)
	if name := <-names; name != "site.example" {
		t.Errorf("the handshake named %q", name)
	}
}

func TestTLSSessionsAreResumedByTheSameUserOnly(t *testing.T) {
	authority := newPKI(t)
	server := startHTTPS(t, authority.server(t), func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.DidResume {
			w.Header().Set("X-Resumed", "yes")
		}
	})
	shared := http1.NewShared(http1.Options{})
	for _, noResume := range []bool{false, true} {
		policy, err := shared.NewPolicy(http1.PolicyOptions{CAPEM: authority.caPEM,
			NoKeepAlive: true, NoTLSResume: noResume})
		if err != nil {
			t.Fatal(err)
		}
		client, other := http1.New(shared), http1.New(shared)
		req := request(t, "GET "+server)
		req.Policy = policy
		resumed := func(client *http1.Client) bool {
			_, found := do(t, client, req).Headers.Get("X-Resumed")
			return found
		}
		if resumed(client) || resumed(client) == noResume || resumed(other) {
			t.Errorf("resumption with NoTLSResume %v", noResume)
		}
	}
}
