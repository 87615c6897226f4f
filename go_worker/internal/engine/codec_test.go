package engine

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/netip"
	"testing"

	"google.golang.org/protobuf/proto"

	"hazard/internal/pb"
)

func TestMessagesComeBackAsTheyWere(t *testing.T) {
	var wire bytes.Buffer
	out := NewWriter(&wire)
	sent := []*pb.EngineEvent{{}, {Kind: &pb.EngineEvent_Log{Log: &pb.LogLine{Text: string(make([]byte, 300))}}}}
	for _, event := range sent {
		if err := out.Write(event); err != nil {
			t.Fatal(err)
		}
	}
	in := bufio.NewReader(&wire)
	for _, want := range sent {
		var got pb.EngineEvent
		if err := ReadMessage(in, &got); err != nil || !proto.Equal(&got, want) {
			t.Errorf("%v, %v", err, &got)
		}
	}
	if err := ReadMessage(in, &pb.EngineEvent{}); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func FuzzReadMessage(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte{2, 8, 1})
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, wire []byte) {
		in := bufio.NewReader(bytes.NewReader(wire))
		for range len(wire) + 1 {
			if ReadMessage(in, &pb.EngineCommand{}) != nil {
				return
			}
		}
		t.Errorf("%d bytes hold more messages than bytes", len(wire))
	})
}

func TestTargets(t *testing.T) {
	for _, c := range []struct {
		list, host, addr string
		allowed          bool
	}{
		{"127.0.0.0/8", "localhost", "127.0.0.1:80", true}, {"127.0.0.0/8", "x", "10.0.0.1:80", false},
		{"10.0.0.1", "x", "10.0.0.1:80", true}, {"10.0.0.0/8:443", "x", "10.0.0.1:80", false},
		{"::1", "x", "[::1]:80", true}, {"127.0.0.0/8", "x", "[::ffff:127.0.0.1]:80", true},
		{"api.test", "API.test.", "10.0.0.1:80", true}, {"api.test:443", "api.test", "10.0.0.1:80", false},
		{"*.test", "a.b.test", "10.0.0.1:80", true}, {"*.test", "test", "10.0.0.1:80", false},
		{"*.test", "eviltest", "10.0.0.1:80", false}, {"api.test", "x.api.test", "10.0.0.1:80", false},
	} {
		parsed, err := parseTargets([]string{c.list})
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.allows(c.host, netip.MustParseAddrPort(c.addr)); got != c.allowed {
			t.Errorf("%s with %s at %s: %v", c.list, c.host, c.addr, got)
		}
	}
	for _, bad := range []string{"", "http://x", "a/b", "x:0", "*."} {
		if _, err := parseTargets([]string{bad}); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
