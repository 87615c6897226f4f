package engine

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/myzhan/boomer"

	"hazard/internal/pb"
	"hazard/internal/stats"
)

// locust is the link to the Locust master: boomer, run once in the life of the process. Nothing of
// the load waits for it.
type locust struct {
	boomer    *boomer.Boomer
	recorder  *stats.Recorder
	entries   func() []*pb.StepEntry // by number
	connected chan struct{}
	spawned   atomic.Bool
	lost      atomic.Uint64
	lastAt    atomic.Int64 // unix nanoseconds of the last sample handed over
	pending   atomic.Int64 // samples taken and not yet handed over
	stop      chan struct{}
}

// locustTask is what boomer runs.
type locustTask struct {
	run func() // again and again in each of boomer's goroutines
	// spawn is told how many goroutines Locust wants; it must not block.
	spawn func(count int)
}

const (
	dialLimit    = 10 * time.Second
	connectLimit = 10 * time.Second
	// shipAfter is how long boomer may keep its last window.
	shipAfter = 3100 * time.Millisecond
)

// startLocust dials the port that the agent carries and lets boomer run task there. boomer must not
// be told to quit and run again in one process, so this happens once. Its limit counts from the moment
// at which needed is closed.
func startLocust(ctx context.Context, port uint32, entries func() []*pb.StepEntry, recorder *stats.Recorder,
	task locustTask, logs io.Writer, needed <-chan struct{}) (*locust, error) {
	if err := preDial(ctx, port); err != nil {
		return nil, err
	}
	l := &locust{recorder: recorder, entries: entries, connected: make(chan struct{}),
		stop: make(chan struct{})}
	l.boomer = boomer.NewBoomer("127.0.0.1", int(port)).WithLogger(log.New(logs, "boomer: ", 0))
	// Handlers run inside boomer's own goroutines and under its lock: they only set flags.
	if err := boomer.Events.Subscribe(boomer.EVENT_CONNECTED, func() {
		select {
		case <-l.connected:
		default:
			close(l.connected)
		}
	}); err != nil {
		return nil, err
	}
	if err := boomer.Events.Subscribe(boomer.EVENT_SPAWN, func(count int, _ float64) {
		l.spawned.Store(true)
		task.spawn(count)
	}); err != nil {
		return nil, err
	}
	if err := boomer.Events.Subscribe(boomer.EVENT_STOP, func() { task.spawn(0) }); err != nil {
		return nil, err
	}
	go l.boomer.Run(&boomer.Task{Name: "hazard", Weight: 1, Fn: task.run})
	if err := awaitMaster(ctx, l.connected, needed, connectLimit); err != nil {
		return nil, err
	}
	go l.mirror()
	return l, nil
}

// awaitMaster waits for the master as long as nothing needs it: who prepared this engine may still be
// starting the master, and judges by itself how long that may take.
func awaitMaster(ctx context.Context, connected, needed <-chan struct{}, limit time.Duration) error {
	select {
	case <-connected:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-needed:
	}
	select {
	case <-connected:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(limit):
		return fmt.Errorf("the Locust master did not answer within %v", limit)
	}
}

// preDial checks that somebody listens: boomer itself would try for ever.
func preDial(ctx context.Context, port uint32) error {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	var dialer net.Dialer
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port)))
	for {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("the link to Locust at %s cannot be opened: %w", address, err)
		}
	}
}

// mirror hands every sample to boomer from one goroutine. Until Locust wants users boomer would throw
// them away, so they wait.
func (l *locust) mirror() {
	var batch []stats.Mirrored
	for {
		select {
		case <-time.After(50 * time.Millisecond):
		case <-l.stop:
			return
		}
		if !l.spawned.Load() {
			continue
		}
		l.pending.Add(1)
		var lost uint64
		batch, lost = l.recorder.TakeMirrored(batch[:0])
		l.lost.Add(lost)
		for i := range batch {
			l.hand(&batch[i])
		}
		if len(batch) > 0 {
			l.lastAt.Store(time.Now().UnixNano())
		}
		l.pending.Add(-1)
	}
}

func (l *locust) hand(m *stats.Mirrored) {
	entry := l.entries()[m.Entry]
	milliseconds := (int64(m.ServiceUs) + 500) / 1000
	method := entry.Method
	if method == "" {
		method = "http"
	}
	if m.Failure == 0 {
		l.boomer.RecordSuccess(method, entry.Name, milliseconds, int64(m.Received))
		return
	}
	l.boomer.RecordFailure(method, entry.Name, milliseconds, l.recorder.FailureText(m.Failure))
}

// ship waits until boomer has sent its last window to Locust, at most limit.
func (l *locust) ship(ctx context.Context, limit time.Duration) error {
	deadline := time.Now().Add(limit)
	settled := time.Now()
	for time.Now().Before(deadline) {
		if last := time.Unix(0, l.lastAt.Load()); last.After(settled) {
			settled = last
		}
		if l.pending.Load() == 0 && time.Since(settled) >= shipAfter {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("boomer did not take all samples within %v", limit)
}
