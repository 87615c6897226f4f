package main

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"hazard/internal/version"
)

func TestWrongUsageIsRefusedInOneLine(t *testing.T) {
	for arguments, part := range map[string]string{
		"--nope":                         "-nope",
		"--listen 0.0.0.0:7070":          "not loopback and no certificates were given; use --tls-cert",
		"--listen [::]:0":                "not loopback",
		"--listen worker":                "not HOST:PORT",
		"--tls-cert a --tls-key b":       "belong together",
		"--listen :0 --etcd 127.0.0.1:1": "--advertise",
		"--advertise worker":             "not HOST:PORT",
		"--listen :0 --advertise localhost:7 --etcd [::1]:1 --tls-cert a": "etcd would be told localhost:7",
		"--etcd etcd.example":                "not host:port",
		"--allow http://shop.example":        "--allow",
		"--allow ,":                          "empty",
		"--label zone":                       "NAME=VALUE",
		"--max-run -1s":                      "out of range",
		"--orphan-grace 0s":                  "--orphan-grace",
		"serve":                              `"serve" is not expected`,
		"certs --out x":                      "--host",
		"certs --out x --host a/b":           "no host name",
		"certs --out x --host a --days 0":    "one day",
		"check --allow 10.0.0.0/99":          "--allow",
		"--max-connections 99999999999":      "out of range",
		"--listen 127.0.0.1:0 --max-rps -1":  "out of range",
		"--listen 127.0.0.1:0 --max-rps two": "max-rps",
	} {
		var stdout, stderr bytes.Buffer
		code := run(strings.Fields(arguments), strings.NewReader(""), &stdout, &stderr)
		text := stderr.String()
		if want := exitUsage; code != want && !strings.Contains(arguments, "a/b") {
			t.Errorf("%s: exit code %d", arguments, code)
		}
		if code == exitFine || !strings.Contains(text, part) || strings.Count(text, "\n") != 1 || stdout.Len() != 0 {
			t.Errorf("%s: code %d, %q", arguments, code, text)
		}
	}
}

func TestHelpAndVersionAreAnswers(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"--help"}, nil, &stdout, &stderr); code != exitFine || stderr.Len() != 0 {
		t.Errorf("code %d, %s", code, stderr.String())
	}
	for _, part := range []string{"--etcd 127.0.0.1:2379", "certs --out", "-orphan-grace", "Exit codes", "-allow"} {
		if !strings.Contains(stdout.String(), part) {
			t.Errorf("the help has no %q", part)
		}
	}
	stdout.Reset()
	if code := run([]string{"--version"}, nil, &stdout, &stderr); code != exitFine ||
		stdout.String() != "hazard-worker "+version.Number+"\n" {
		t.Errorf("code %d, %q", code, stdout.String())
	}
}

func TestWhatCannotBeHadIsNamed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	taken := listener.Addr().String()
	for arguments, part := range map[string]string{
		"--listen " + taken: taken + " is taken by another program; choose another port with --listen",
		"--listen 127.0.0.1:0 --tls-cert /no/c --tls-key /no/k --tls-ca /no/a": "/no/c",
		"--listen 127.0.0.1:0 --data-dir /dev/null/x":                          "data folder",
	} {
		var stdout, stderr bytes.Buffer
		code := run(strings.Fields(arguments), nil, &stdout, &stderr)
		if code != exitRemote || !strings.Contains(stderr.String(), part) || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%s: code %d, %q", arguments, code, stderr.String())
		}
	}
}
