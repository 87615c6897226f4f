// Package dial opens connections for the HTTP path: name resolution with a cache, address rules as
// curl's --resolve and --connect-to, happy eyeballs, proxies, and the list of allowed targets, which
// is enforced on the address that is really dialled.
package dial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// The classes of failure a caller tells apart; every other error comes from the socket.
var (
	ErrDenied  = errors.New("target not allowed")
	ErrName    = errors.New("name not resolved")
	ErrProxy   = errors.New("proxy failed")
	ErrTimeout = errors.New("dial timed out")
)

// Family limits which addresses of a name are used.
type Family uint8

// Address families.
const (
	FamilyAny Family = iota
	FamilyIPv4
	FamilyIPv6
)

// Resolver looks a name up. *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Options configure a Dialer. The zero value resolves by the system, caches for 60 s and allows all
// targets but link-local ones.
type Options struct {
	// Allow is asked about every address before it is dialled, proxies' addresses included. Nil allows
	// all. Link-local addresses (the metadata services of clouds) are refused before it is asked.
	Allow func(netip.AddrPort) error
	// AllowHost is asked in place of Allow when it is set; host is the name or literal that the address
	// belongs to. It is empty when a resolve rule gave the address: such a rule comes from the plan, and
	// must not lend an address the trust that a name has.
	AllowHost func(host string, target netip.AddrPort) error
	// AllowProxied is asked about a target that a proxy resolves. Nil: the name is resolved here and
	// every address must pass Allow.
	AllowProxied func(host string, port uint16) error
	// AllowUnix is asked about unix sockets. Nil: they are refused if Allow is set.
	AllowUnix func(path string) error
	Rules     Rules
	Resolver  Resolver      // nil: net.DefaultResolver
	TTL       time.Duration // how long an answer of the resolver holds; 0: 60 s, negative: no cache
	Family    Family
	// Rotate starts each dial at the next address of the name instead of the first.
	Rotate bool
	// FallbackDelay before the next address is tried beside the pending one; 0: 250 ms.
	FallbackDelay time.Duration
}

// Dialer opens connections. Safe for concurrent use.
type Dialer struct {
	options Options
	net     net.Dialer
	names   nameCache
}

// New makes a Dialer.
func New(options Options) *Dialer {
	if options.Resolver == nil {
		options.Resolver = net.DefaultResolver
	}
	if options.TTL == 0 {
		options.TTL = time.Minute
	}
	if options.FallbackDelay == 0 {
		options.FallbackDelay = 250 * time.Millisecond
	}
	d := &Dialer{options: options}
	// Keep-alive probes cost four system calls per connection and mean nothing to a load test.
	d.net.KeepAlive = -1
	d.net.SetMultipathTCP(false)
	d.names.entries = map[string]*name{}
	return d
}

// Result is an open connection and what it took.
type Result struct {
	Conn    net.Conn
	Remote  netip.AddrPort
	DNS     time.Duration
	Connect time.Duration
}

// Dial connects to host:port under the dialer's rules and those given.
func (d *Dialer) Dial(ctx context.Context, host string, port uint16, rules *Rules) (Result, error) {
	host, port, _ = d.Map(host, port, rules)
	return d.DialUnmapped(ctx, host, port, rules)
}

// DialUnmapped is Dial without connect-to rules, for a proxy's own address.
func (d *Dialer) DialUnmapped(
	ctx context.Context, host string, port uint16, rules *Rules,
) (Result, error) {
	start := time.Now()
	addrs, err := d.lookup(ctx, host, port, rules)
	result := Result{DNS: time.Since(start)}
	if err != nil {
		return result, err
	}
	targets, err := d.allowed(d.owner(host, port, rules), addrs, port)
	if err != nil {
		return result, err
	}
	start = time.Now()
	result.Conn, result.Remote, err = d.race(ctx, targets)
	result.Connect = time.Since(start)
	return result, timedOut(ctx, err)
}

// Map applies connect-to rules: what is dialled in place of host:port.
func (d *Dialer) Map(host string, port uint16, rules *Rules) (string, uint16, bool) {
	if rules != nil {
		if toHost, toPort, found := rules.connectTo(host, port); found {
			return toHost, toPort, true
		}
	}
	return d.options.Rules.connectToOrSame(host, port)
}

// DialUnix connects to a unix socket.
func (d *Dialer) DialUnix(ctx context.Context, path string) (Result, error) {
	switch {
	case d.options.AllowUnix != nil:
		if err := d.options.AllowUnix(path); err != nil {
			return Result{}, fmt.Errorf("%w: %w", ErrDenied, err)
		}
	case !d.allowsAll():
		return Result{}, fmt.Errorf("%w: unix socket", ErrDenied)
	}
	start := time.Now()
	conn, err := d.net.DialContext(ctx, "unix", path)
	return Result{Conn: conn, Connect: time.Since(start)}, timedOut(ctx, err)
}

// CheckProxied refuses a target that would be reached through a proxy resolving names itself.
func (d *Dialer) CheckProxied(ctx context.Context, host string, port uint16, rules *Rules) error {
	if d.options.AllowProxied != nil {
		if err := d.options.AllowProxied(host, port); err != nil {
			return fmt.Errorf("%w: %w", ErrDenied, err)
		}
		return nil
	}
	literal, isLiteral := parseLiteral(host)
	if d.allowsAll() {
		if isLiteral && linkLocal(literal) {
			return fmt.Errorf("%w: link-local address %s", ErrDenied, literal)
		}
		return nil
	}
	addrs, err := d.lookup(ctx, host, port, rules)
	if err != nil {
		return fmt.Errorf("%w: behind a proxy only names that resolve here can be checked: %w",
			ErrDenied, err)
	}
	allowed, err := d.allowed(d.owner(host, port, rules), addrs, port)
	if err == nil && len(allowed) != len(addrs) {
		err = fmt.Errorf("%w: not every address of the name", ErrDenied)
	}
	return err
}

// Permits says whether Dial would dial an address of host:port; it looks the name up and dials nothing.
func (d *Dialer) Permits(ctx context.Context, host string, port uint16, rules *Rules) error {
	host, port, _ = d.Map(host, port, rules)
	addrs, err := d.lookup(ctx, host, port, rules)
	if err != nil {
		return err
	}
	_, err = d.allowed(d.owner(host, port, rules), addrs, port)
	return err
}

// Check says whether an address may be dialled.
func (d *Dialer) Check(target netip.AddrPort) error {
	return d.check(target.Addr().String(), target)
}

func (d *Dialer) check(host string, target netip.AddrPort) error {
	if linkLocal(target.Addr()) {
		return fmt.Errorf("%w: link-local address %s", ErrDenied, target.Addr())
	}
	var err error
	switch {
	case d.options.AllowHost != nil:
		err = d.options.AllowHost(host, target)
	case d.options.Allow != nil:
		err = d.options.Allow(target)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDenied, err)
	}
	return nil
}

// owner is the name that vouches for the addresses of a look-up; empty: a rule gave them.
func (d *Dialer) owner(host string, port uint16, rules *Rules) string {
	if d.options.Rules.resolve(host, port) != nil || (rules != nil && rules.resolve(host, port) != nil) {
		return ""
	}
	return host
}

func (d *Dialer) allowsAll() bool { return d.options.Allow == nil && d.options.AllowHost == nil }

// allowed keeps the addresses that may be dialled; none is an error.
func (d *Dialer) allowed(host string, addrs []netip.Addr, port uint16) ([]netip.AddrPort, error) {
	var denied error
	targets := make([]netip.AddrPort, 0, len(addrs))
	for _, addr := range addrs {
		target := netip.AddrPortFrom(addr, port)
		if err := d.check(host, target); err != nil {
			denied = err
			continue
		}
		targets = append(targets, target)
	}
	if len(targets) == 0 {
		return nil, denied
	}
	return targets, nil
}

// linkLocal covers fe80::/10, 169.254.0.0/16 and the IPv6 metadata address of AWS.
func linkLocal(addr netip.Addr) bool {
	addr = addr.Unmap()
	return addr.IsLinkLocalUnicast() || addr == netip.MustParseAddr("fd00:ec2::254")
}

func timedOut(ctx context.Context, err error) error {
	if err == nil || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrTimeout, err)
}

// Resolve gives the first allowed address of a name, for a proxy that takes addresses only.
func (d *Dialer) Resolve(
	ctx context.Context, host string, port uint16, rules *Rules,
) (netip.Addr, error) {
	addrs, err := d.lookup(ctx, host, port, rules)
	if err != nil {
		return netip.Addr{}, err
	}
	targets, err := d.allowed(d.owner(host, port, rules), addrs, port)
	if err != nil {
		return netip.Addr{}, err
	}
	return targets[0].Addr(), nil
}
