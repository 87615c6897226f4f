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
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &racing{dialer: d, targets: alternate(targets),
		results: make(chan attempt, len(targets)), timer: time.NewTimer(d.options.FallbackDelay)}
	defer r.timer.Stop()
	winner := r.run(ctx)
	go closeLosers(r.results, r.started-r.finished)
	if winner.err != nil {
		return nil, winner.remote, winner.err
	}
	return winner.conn, winner.remote, nil
}

// racing is one race: which addresses were started and how many attempts have ended.
type racing struct {
	dialer            *Dialer
	targets           []netip.AddrPort
	results           chan attempt
	timer             *time.Timer
	started, finished int
}

// run gives the first success, or the first failure when all fail.
func (r *racing) run(ctx context.Context) attempt {
	var first attempt
	r.start(ctx)
	for r.finished < len(r.targets) {
		var next <-chan time.Time
		if r.started < len(r.targets) {
			next = r.timer.C
		}
		select {
		case result := <-r.results:
			r.finished++
			if result.err == nil {
				return result
			}
			if first.err == nil {
				first = result
			}
			if r.started == r.finished && r.started < len(r.targets) {
				r.start(ctx)
			}
		case <-next:
			r.start(ctx)
		}
	}
	return first
}

func (r *racing) start(ctx context.Context) {
	target := r.targets[r.started]
	r.started++
	r.timer.Reset(r.dialer.options.FallbackDelay)
	go func() {
		conn, err := r.dialer.dialTCP(ctx, target)
		r.results <- attempt{conn, target, err}
	}()
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
