package dial

import (
	"context"
	"net"
	"net/netip"
	"time"
)

type attempt struct {
	conn   *net.TCPConn
	remote netip.AddrPort
	err    error
}

// race connects to the first address that answers (RFC 8305): families alternate, the next address
// starts when the one before failed or after the fallback delay.
func (d *Dialer) race(
	ctx context.Context, targets []netip.AddrPort,
) (net.Conn, netip.AddrPort, error) {
	if len(targets) == 1 {
		conn, err := d.dialTCP(ctx, targets[0])
		if err != nil {
			return nil, targets[0], err
		}
		return conn, targets[0], nil
	}
	targets = alternate(targets)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan attempt, len(targets))
	start := func(target netip.AddrPort) {
		conn, err := d.dialTCP(ctx, target)
		results <- attempt{conn, target, err}
	}
	timer := time.NewTimer(d.options.FallbackDelay)
	defer timer.Stop()
	var firstErr error
	started, finished := 1, 0
	go start(targets[0])
	for finished < len(targets) {
		var next <-chan time.Time
		if started < len(targets) {
			next = timer.C
		}
		select {
		case result := <-results:
			finished++
			if result.err == nil {
				go closeLosers(results, started-finished)
				return result.conn, result.remote, nil
			}
			if firstErr == nil {
				firstErr = result.err
			}
			if started == finished && started < len(targets) {
				go start(targets[started])
				started++
				timer.Reset(d.options.FallbackDelay)
			}
		case <-next:
			go start(targets[started])
			started++
			timer.Reset(d.options.FallbackDelay)
		}
	}
	return nil, targets[0], firstErr
}

// closeLosers closes connections that were made after the race was won.
func closeLosers(results <-chan attempt, pending int) {
	for ; pending > 0; pending-- {
		if result := <-results; result.conn != nil {
			_ = result.conn.Close()
		}
	}
}

func (d *Dialer) dialTCP(ctx context.Context, target netip.AddrPort) (*net.TCPConn, error) {
	return d.net.DialTCP(ctx, "tcp", netip.AddrPort{}, target)
}

// alternate interleaves the families, keeping the order inside each.
func alternate(targets []netip.AddrPort) []netip.AddrPort {
	var first, second []netip.AddrPort
	for _, target := range targets {
		if target.Addr().Is4() == targets[0].Addr().Is4() {
			first = append(first, target)
		} else {
			second = append(second, target)
		}
	}
	mixed := make([]netip.AddrPort, 0, len(targets))
	for i := 0; i < len(first) || i < len(second); i++ {
		if i < len(first) {
			mixed = append(mixed, first[i])
		}
		if i < len(second) {
			mixed = append(mixed, second[i])
		}
	}
	return mixed
}
