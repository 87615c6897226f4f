package certs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const year = 365 * 24 * time.Hour

func made(t *testing.T, dir string, hosts ...string) []string {
	t.Helper()
	paths, err := WriteAll(dir, hosts, year)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	return names
}

func content(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestASecondWorkerLocksNobodyOut(t *testing.T) {
	dir := t.TempDir()
	first := made(t, dir, "one.example")
	if want := "ca.key ca.pem controller.key controller.pem worker-one.example.key worker-one.example.pem"; strings.Join(first, " ") != want {
		t.Errorf("made %v", first)
	}
	authority, controller := content(t, dir, "ca.pem"), content(t, dir, "controller.pem")
	second := made(t, dir, "::1")
	if want := "worker---1.key worker---1.pem"; strings.Join(second, " ") != want {
		t.Errorf("made %v", second)
	}
	if content(t, dir, "ca.pem") != authority || content(t, dir, "controller.pem") != controller {
		t.Error("the authority or the controller's certificate was replaced")
	}
}

func TestAControllersCertificateThatEndsSoonIsRenewed(t *testing.T) {
	dir := t.TempDir()
	if _, err := WriteAll(dir, []string{"one.example"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	old := content(t, dir, "controller.pem")
	made(t, dir, "one.example")
	if content(t, dir, "controller.pem") == old {
		t.Error("a certificate of an hour is kept")
	}
}

func TestHalfAnAuthorityIsNotReplaced(t *testing.T) {
	for _, gone := range []string{"ca.key", "ca.pem"} {
		dir := t.TempDir()
		made(t, dir, "one.example")
		if err := os.Remove(filepath.Join(dir, gone)); err != nil {
			t.Fatal(err)
		}
		if paths, err := WriteAll(dir, []string{"two.example"}, year); err == nil || !strings.Contains(err.Error(), "belong together") {
			t.Errorf("without %s were made %v (%v)", gone, paths, err)
		}
	}
}

func TestKeysAreForTheirOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "worker-one.example.key")
	if err := os.WriteFile(open, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range made(t, dir, "one.example") {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v (%v)", name, info.Mode(), err)
		}
	}
}

func TestHostsThatAreNoneAreRefused(t *testing.T) {
	for _, host := range []string{"", "a/b", "../x", "host:7070", "http://host", "a b"} {
		if paths, err := WriteAll(t.TempDir(), []string{host}, year); err == nil {
			t.Errorf("%q: made %v", host, paths)
		}
	}
}

func TestFilesThatCannotBeReadAreNamed(t *testing.T) {
	dir := t.TempDir()
	made(t, dir, "one.example")
	cert, key := filepath.Join(dir, "worker-one.example.pem"), filepath.Join(dir, "worker-one.example.key")
	if _, err := ServerConfig(cert, key, key); err == nil || !strings.Contains(err.Error(), key) {
		t.Errorf("an authority without certificate: %v", err)
	}
	if _, err := ServerConfig("/no/such", key, cert); err == nil || !strings.Contains(err.Error(), "/no/such") {
		t.Errorf("a certificate that is missing: %v", err)
	}
	if config, err := ClientConfig("", "", ""); config != nil || err != nil {
		t.Errorf("no files: %v (%v)", config, err)
	}
}
