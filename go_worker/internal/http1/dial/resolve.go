package dial

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// failureTTL keeps a load test on a name that does not resolve from becoming a load test of DNS.
const failureTTL = time.Second

// nameCache holds answers of the resolver. One look-up per name runs at a time.
type nameCache struct {
	mu      sync.Mutex
	entries map[string]*name
	next    uint32
}

type name struct {
	turn    chan struct{} // capacity 1: held while looking up
	mu      sync.Mutex
	addrs   []netip.Addr
	err     error
	expires time.Time
}

// FlushNames forgets all cached answers.
func (d *Dialer) FlushNames() {
	d.names.mu.Lock()
	defer d.names.mu.Unlock()
	d.names.entries = map[string]*name{}
}

// lookup gives the addresses of a host in the order to try them.
func (d *Dialer) lookup(
	ctx context.Context, host string, port uint16, rules *Rules,
) ([]netip.Addr, error) {
	if rules != nil {
		if addrs := rules.resolve(host, port); addrs != nil {
			return addrs, nil
		}
	}
	if addrs := d.options.Rules.resolve(host, port); addrs != nil {
		return addrs, nil
	}
	if addr, ok := parseLiteral(host); ok {
		return []netip.Addr{addr}, nil
	}
	addrs, err := d.cached(ctx, host)
	if err != nil {
		return nil, timedOut(ctx, fmt.Errorf("%w: %w", ErrName, err))
	}
	if d.options.Rotate && len(addrs) > 1 {
		return d.rotated(addrs), nil
	}
	return addrs, nil
}

func (d *Dialer) cached(ctx context.Context, host string) ([]netip.Addr, error) {
	if d.options.TTL < 0 {
		return d.query(ctx, host)
	}
	entry := d.entry(host)
	if addrs, err, fresh := entry.answer(); fresh {
		return addrs, err
	}
	select {
	case entry.turn <- struct{}{}:
		defer func() { <-entry.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if addrs, err, fresh := entry.answer(); fresh {
		return addrs, err
	}
	addrs, err := d.query(ctx, host)
	if err != nil && ctx.Err() != nil {
		return nil, err // this VU's own time was over; says nothing about the name
	}
	entry.mu.Lock()
	defer entry.mu.Unlock()
	entry.addrs, entry.err = addrs, err
	entry.expires = time.Now().Add(d.options.TTL)
	if err != nil {
		entry.expires = time.Now().Add(failureTTL)
	}
	return addrs, err
}

func (d *Dialer) entry(host string) *name {
	d.names.mu.Lock()
	defer d.names.mu.Unlock()
	entry := d.names.entries[host]
	if entry == nil {
		entry = &name{turn: make(chan struct{}, 1)}
		d.names.entries[host] = entry
	}
	return entry
}

func (n *name) answer() ([]netip.Addr, error, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.addrs, n.err, time.Now().Before(n.expires)
}

func (d *Dialer) query(ctx context.Context, host string) ([]netip.Addr, error) {
	network := [...]string{"ip", "ip4", "ip6"}[d.options.Family]
	addrs, err := d.options.Resolver.LookupNetIP(ctx, network, host)
	if err != nil {
		return nil, err
	}
	cleaned := make([]netip.Addr, 0, len(addrs))
	for _, addr := range addrs {
		cleaned = append(cleaned, canonical(addr))
	}
	if len(cleaned) == 0 {
		return nil, fmt.Errorf("no address for %q", host)
	}
	return cleaned, nil
}

func (d *Dialer) rotated(addrs []netip.Addr) []netip.Addr {
	d.names.mu.Lock()
	start := int(d.names.next % uint32(len(addrs)))
	d.names.next++
	d.names.mu.Unlock()
	rotated := make([]netip.Addr, 0, len(addrs))
	rotated = append(rotated, addrs[start:]...)
	return append(rotated, addrs[:start]...)
}

func parseLiteral(host string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, false
	}
	return canonical(addr), true
}

// canonical removes spellings under which an address could slip past a list: IPv4 inside IPv6, and
// the unspecified address, which the kernel connects to loopback.
func canonical(addr netip.Addr) netip.Addr {
	addr = addr.Unmap()
	if addr == netip.IPv4Unspecified() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if addr == netip.IPv6Unspecified() {
		return netip.IPv6Loopback()
	}
	return addr
}
