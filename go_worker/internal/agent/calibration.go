package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/shirou/gopsutil/cpu"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"hazard/internal/pb"
)

const (
	// calibrateWithin bounds one calibration, which takes about two seconds.
	calibrateWithin = 15 * time.Second
	// idleFor is how long the machine must have been idle before a worker calibrates by itself, and
	// idleShare how much of all its processors others may use meanwhile.
	idleFor   = 2 * time.Second
	idleShare = 0.1
	// othersTake is how long another worker's calibration is waited for, looking every otherPause.
	othersTake = 4 * time.Second
	otherPause = 50 * time.Millisecond
	floorFile  = "floor"
)

var errBusy = errors.New("a run or another calibration goes on on this machine; try again when it has ended")

// locking is how the machine's lock is taken.
type locking int

const (
	alone     locking = iota // by a calibration
	together                 // by a run, beside others
	patiently                // the same, waiting for a calibration to end
)

// calibration is what the agent knows about its floor. It never goes on beside a run of this user on
// this machine: whoever measures holds the machine's lock alone, runs hold it together.
type calibration struct {
	command []string // nil: this agent cannot calibrate
	file    string   // keeps the floor over restarts; empty: nowhere
	version string
	// idle watches the machine for a while; ok false: this system does not tell.
	idle func(context.Context) (idle, ok bool)

	mu     sync.Mutex
	floor  *pb.Floor
	cancel context.CancelFunc // of the calibration that goes on
	ended  chan struct{}      // closed when it has
}

func newCalibration(config Config) *calibration {
	c := &calibration{command: config.CalibrateCommand, version: config.Version, idle: machineIdle}
	if config.DataDir != "" {
		c.file = filepath.Join(config.DataDir, floorFile)
		c.floor = c.kept()
	}
	return c
}

// Calibrate measures the floor now.
func (a *Agent) Calibrate(ctx context.Context, _ *pb.CalibrateRequest) (*pb.Floor, error) {
	if a.calibration.command == nil {
		return nil, status.Error(codes.Unimplemented, "this worker was built into a program that cannot calibrate")
	}
	var floor *pb.Floor
	err := errBusy
	// Another worker that calibrates on this machine is done in a moment.
	for until := time.Now().Add(othersTake); errors.Is(err, errBusy) && time.Now().Before(until); {
		if len(a.children()) > 0 {
			break
		}
		if floor, err = a.calibration.measure(ctx); errors.Is(err, errBusy) {
			time.Sleep(otherPause)
		}
	}
	switch {
	case errors.Is(err, errBusy):
		return nil, status.Error(codes.FailedPrecondition, err.Error())
	case errors.Is(err, context.Canceled) && ctx.Err() == nil:
		return nil, status.Error(codes.Aborted, "a run began, so the calibration ended")
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, status.Errorf(codes.Internal, "calibrating: %v", err)
	}
	return floor, nil
}

// calibrateWhenIdle measures the floor once, as soon as the machine is idle.
func (a *Agent) calibrateWhenIdle(ctx context.Context) {
	if a.calibration.command == nil || !a.config.CalibrateWhenIdle {
		return
	}
	for ctx.Err() == nil && a.calibration.known() == nil {
		idle, ok := a.calibration.idle(ctx)
		if !ok {
			return
		}
		if !idle || len(a.children()) > 0 {
			continue
		}
		_, err := a.calibration.measure(ctx)
		if err != nil && !errors.Is(err, errBusy) && !errors.Is(err, context.Canceled) {
			a.config.Log.Warn("the floor of this worker cannot be measured", "error", err)
			return
		}
	}
}

func machineIdle(ctx context.Context) (idle, ok bool) {
	busy, err := cpu.PercentWithContext(ctx, idleFor, false)
	if err != nil || len(busy) != 1 {
		return false, false
	}
	return busy[0] <= idleShare*100, true
}

// known is the floor; nil: not measured yet.
func (c *calibration) known() *pb.Floor {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.floor
}

// yield ends a calibration that goes on and keeps others away until the run has ended. One of another
// worker is not waited for: it is over before the load of a run begins.
func (c *calibration) yield(ended <-chan struct{}) {
	c.mu.Lock()
	cancel, calibrated := c.cancel, c.ended
	c.mu.Unlock()
	if cancel != nil {
		cancel()
		<-calibrated
	}
	lock, err := lockMachine(together)
	go func() {
		if errors.Is(err, errBusy) {
			lock, err = lockMachine(patiently)
		}
		<-ended
		if err == nil {
			lock.release()
		}
	}()
}

func (c *calibration) measure(ctx context.Context) (*pb.Floor, error) {
	lock, err := lockMachine(alone)
	if err != nil {
		return nil, err
	}
	defer lock.release()
	ctx, cancel := context.WithTimeout(ctx, calibrateWithin)
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	c.mu.Lock()
	c.cancel, c.ended = cancel, ended
	c.mu.Unlock()
	floor, err := c.run(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = nil
	if err != nil {
		return nil, err
	}
	c.floor = floor
	return floor, c.keep(floor)
}

// run measures in a process of its own, which ends with ctx.
func (c *calibration) run(ctx context.Context) (*pb.Floor, error) {
	command := exec.CommandContext(ctx, c.command[0], c.command[1:]...)
	separate(command)
	command.Cancel = func() error { return killGroup(command.Process) }
	command.WaitDelay = killAfter
	said := &tail{}
	command.Stderr = said
	told, err := command.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	floor := &pb.Floor{}
	if err := protojson.Unmarshal(told, floor); err != nil {
		return nil, fmt.Errorf("reading what the calibration told: %w", err)
	}
	return floor, nil
}

// keep writes the floor beside the worker's id, after the version that measured it.
func (c *calibration) keep(floor *pb.Floor) error {
	if c.file == "" {
		return nil
	}
	content, err := protojson.Marshal(floor)
	if err != nil {
		return fmt.Errorf("writing the floor: %w", err)
	}
	if err := os.WriteFile(c.file, append([]byte(c.version+"\n"), content...), 0o600); err != nil {
		return fmt.Errorf("keeping the floor: %w", err)
	}
	return nil
}

// kept is the floor that the same version of this worker measured before; nil: none.
func (c *calibration) kept() *pb.Floor {
	content, err := os.ReadFile(c.file)
	if err != nil {
		return nil
	}
	rest, same := strings.CutPrefix(string(content), c.version+"\n")
	floor := &pb.Floor{}
	if !same || protojson.Unmarshal([]byte(rest), floor) != nil {
		return nil
	}
	return floor
}

// floorCopy is the floor for a message.
func (c *calibration) floorCopy() *pb.Floor {
	if floor := c.known(); floor != nil {
		return proto.CloneOf(floor)
	}
	return nil
}
