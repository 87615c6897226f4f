package agent

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"hazard/internal/policy"
)

// masterPort is Locust's own.
const masterPort = 5557

const masterDialWithin = 3 * time.Second

// Master is where a Locust master listens.
type Master struct {
	Host string
	Port uint16
}

// ParseMaster reads host[:port]; without a port it is Locust's own.
func ParseMaster(text string) (Master, error) {
	host, digits, err := net.SplitHostPort(text)
	if err != nil {
		host, digits = text, strconv.Itoa(masterPort)
		if len(text) > 1 && text[0] == '[' && text[len(text)-1] == ']' {
			host = text[1 : len(text)-1]
		}
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 || host == "" {
		return Master{}, fmt.Errorf("the Locust master %q is not HOST or HOST:PORT", text)
	}
	return Master{host, uint16(port)}, nil
}

// String is host:port.
func (m Master) String() string { return net.JoinHostPort(m.Host, strconv.Itoa(int(m.Port))) }

// reach finds an address at which the master answers. The worker's operator must allow it: it is
// loopback or on the list of targets.
func (m Master) reach(ctx context.Context, allowed []string) (netip.AddrPort, error) {
	ctx, cancel := context.WithTimeout(ctx, masterDialWithin)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", m.Host)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("the Locust master %s has no address: %w", m, err)
	}
	for i := range addresses {
		addresses[i] = addresses[i].Unmap()
	}
	away := slices.ContainsFunc(addresses, func(one netip.Addr) bool { return !one.IsLoopback() })
	if away && !policy.Allows(allowed, m.Host, addresses, m.Port) {
		return netip.AddrPort{}, fmt.Errorf("this worker does not allow the Locust master %s; "+
			"start it with --allow and the master's address in the list", m)
	}
	var dialer net.Dialer
	for _, address := range addresses {
		at := netip.AddrPortFrom(address, m.Port)
		var connection net.Conn
		if connection, err = dialer.DialContext(ctx, "tcp", at.String()); err == nil {
			return at, connection.Close()
		}
	}
	return netip.AddrPort{}, fmt.Errorf("the Locust master %s does not answer: %w", m, err)
}

// forward carries boomer's connections from a loopback port straight to a Locust master.
type forward struct {
	listener net.Listener
	master   netip.AddrPort

	mu     sync.Mutex
	closed bool
	open   map[net.Conn]bool // both ends of every connection
	linked bool              // there was one
}

func newForward(master netip.AddrPort) (*forward, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &forward{listener: listener, master: master, open: map[net.Conn]bool{}}
	go f.accept()
	return f, nil
}

func (f *forward) port() uint32 { return uint32(f.listener.Addr().(*net.TCPAddr).Port) }

func (f *forward) counts() bool { return true }

// alive tells that the master is connected, or was not wanted yet.
func (f *forward) alive() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.linked || len(f.open) > 0
}

func (f *forward) accept() {
	for {
		connection, err := f.listener.Accept()
		if err != nil {
			return // closed
		}
		go f.carry(connection)
	}
}

// carry joins a connection of boomer with one to the master; when an end closes both do.
func (f *forward) carry(boomer net.Conn) {
	defer func() { _ = boomer.Close() }()
	master, err := net.DialTimeout("tcp", f.master.String(), masterDialWithin)
	if err != nil {
		return
	}
	defer func() { _ = master.Close() }()
	if !f.keep(boomer, master) {
		return
	}
	defer f.forget(boomer, master)
	gone := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{boomer, master}, {master, boomer}} {
		go func() {
			_, _ = io.Copy(way[0], way[1]) // how it ended shows to the other end
			gone <- struct{}{}
		}()
	}
	<-gone
}

func (f *forward) keep(ends ...net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.linked = true
	for _, end := range ends {
		f.open[end] = true
	}
	return true
}

func (f *forward) forget(ends ...net.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, end := range ends {
		delete(f.open, end)
	}
}

func (f *forward) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	_ = f.listener.Close()
	for end := range f.open {
		_ = end.Close()
	}
}
