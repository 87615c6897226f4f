package agent

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"hazard/internal/lab/labtest"
)

func TestAMasterIsReadWithOrWithoutItsPort(t *testing.T) {
	for text, want := range map[string]string{
		"master.example": "master.example:5557", "master.example:6000": "master.example:6000",
		"10.0.0.1": "10.0.0.1:5557", "::1": "[::1]:5557", "[::1]": "[::1]:5557", "[::1]:6000": "[::1]:6000",
	} {
		if master, err := ParseMaster(text); err != nil || master.String() != want {
			t.Errorf("%q is read as %v: %v", text, master, err)
		}
	}
	for _, text := range []string{"", ":5557", "master.example:", "master.example:0", "master.example:70000", "a:web"} {
		if master, err := ParseMaster(text); err == nil {
			t.Errorf("%q is read as %v", text, master)
		}
	}
}

func TestAMasterMustBeAllowedAndAnswer(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	port := uint16(listener.Addr().(*net.TCPAddr).Port)
	at, err := Master{"127.0.0.1", port}.reach(t.Context(), []string{"10.0.0.0/8"})
	if err != nil || at.Port() != port {
		t.Errorf("loopback needs no entry in the list: %v, %v", at, err)
	}
	_, err = Master{"192.0.2.1", port}.reach(t.Context(), []string{"10.0.0.0/8", "192.0.2.1:" + strconv.Itoa(int(port)-1)})
	if err == nil || !strings.Contains(err.Error(), "does not allow the Locust master 192.0.2.1") {
		t.Errorf("another host: %v", err)
	}
	_ = listener.Close()
	if _, err = (Master{"127.0.0.1", port}).reach(t.Context(), nil); err == nil ||
		!strings.Contains(err.Error(), "does not answer") {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestBytesGoToTheMasterAndBackUntilAnEndCloses(t *testing.T) {
	master, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = master.Close() }()
	at, err := Master{"127.0.0.1", uint16(master.Addr().(*net.TCPAddr).Port)}.reach(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if probe, err := master.Accept(); err != nil || probe.Close() != nil {
		t.Fatal(err)
	}
	f, err := newForward(at)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	if !f.alive() {
		t.Error("before boomer connects nobody is missing")
	}
	boomer, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(f.port()))))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = boomer.Close() }()
	far, err := master.Accept()
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range [][2]net.Conn{{boomer, far}, {far, boomer}} {
		if _, err := way[0].Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 5)
		if _, err := way[1].Read(got); err != nil || string(got) != "hello" {
			t.Errorf("%q arrives: %v", got, err)
		}
	}
	if !f.alive() {
		t.Error("a connection is open")
	}
	_ = far.Close()
	if _, err := boomer.Read(make([]byte, 1)); err == nil {
		t.Error("the master closed and boomer's end is open")
	}
	labtest.Await(t, "the link to be known as lost", func() bool { return !f.alive() })
}
