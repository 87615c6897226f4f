package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"hazard/internal/certs"
	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

// installation is what `hazard-worker certs` makes.
func installation(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "certs")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"certs", "--out", folder, "--host", "localhost,127.0.0.1"}, nil, &stdout, &stderr); code != exitFine {
		t.Fatalf("code %d: %s", code, stderr.String())
	}
	for _, path := range strings.Fields(stdout.String()) {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v (%v)", path, info.Mode(), err)
		}
	}
	if count := len(strings.Fields(stdout.String())); count != 6 {
		t.Fatalf("%d files: %s", count, stdout.String())
	}
	return folder
}

// trusting is a controller's configuration that trusts an installation's workers.
func trusting(t *testing.T, folder string) *tls.Config {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(content)
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: "localhost"}
}

func fromFiles(t *testing.T, folder, name string) tls.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, name+".pem"), filepath.Join(folder, name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func issued(t *testing.T, authority *certs.Authority, role string, validity time.Duration) tls.Certificate {
	t.Helper()
	certificate, key, err := authority.Issue(role, []string{"localhost"}, validity)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func TestOnlyAControllerOfTheInstallationIsServed(t *testing.T) {
	folder, other := installation(t), installation(t)
	in := func(name string) string { return filepath.Join(folder, name) }
	// All interfaces: what certificates are for. Nothing but loopback is dialled.
	p := startProcess(t, "--listen", "0.0.0.0:0", "--tls-cert", in("worker-localhost.pem"),
		"--tls-key", in("worker-localhost.key"), "--tls-ca", in("ca.pem"))
	_, port, _ := strings.Cut(p.ready.Address, "]:")
	address := "127.0.0.1:" + port
	own, err := certs.LoadAuthority(folder)
	if err != nil {
		t.Fatal(err)
	}
	describe := func(config *tls.Config) error {
		_, err := dialWorker(t, address, config).Describe(labtest.Within(t), &pb.DescribeRequest{})
		return err
	}
	with := func(pair tls.Certificate) *tls.Config {
		config := trusting(t, folder)
		// Whatever the worker asks for, this is what it is given.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
		return config
	}
	if err := describe(with(fromFiles(t, folder, "controller"))); err != nil {
		t.Errorf("the controller is refused: %v", err)
	}
	// Signed by the right authority for the right purpose, but not a controller.
	stranger := issued(t, own, "somebody", time.Hour)
	for name, config := range map[string]*tls.Config{
		"no certificate":           trusting(t, folder),
		"another installation":     with(fromFiles(t, other, "controller")),
		"expired":                  with(issued(t, own, certs.RoleController, -time.Minute)),
		"a worker's":               with(fromFiles(t, folder, "worker-localhost")),
		"a client of no such role": with(stranger),
		"plain text":               nil,
	} {
		if err := describe(config); status.Code(err) != codes.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := with(fromFiles(t, folder, "controller"))
	old.MaxVersion = tls.VersionTLS12
	if err := describe(old); status.Code(err) != codes.Unavailable {
		t.Errorf("TLS 1.2: %v", err)
	}
	elsewhere := trusting(t, other)
	pair := fromFiles(t, folder, "controller")
	elsewhere.Certificates = []tls.Certificate{pair}
	if err := describe(elsewhere); status.Code(err) != codes.Unavailable {
		t.Errorf("a controller trusts a worker of another installation: %v", err)
	}
	if err := describe(with(pair)); err != nil {
		t.Errorf("after all that the controller is refused: %v", err)
	}
}

func TestStreamsAreBehindTheSameDoor(t *testing.T) {
	folder := installation(t)
	in := func(name string) string { return filepath.Join(folder, name) }
	p := startProcess(t, "--tls-cert", in("worker-localhost.pem"), "--tls-key", in("worker-localhost.key"),
		"--tls-ca", in("ca.pem"))
	client := dialWorker(t, p.ready.Address, nil)
	stream, err := client.Run(labtest.Within(t))
	if err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.Unavailable {
		t.Errorf("a stream in plain text: %v", err)
	}
}
