package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/proto"

	"hazard/internal/pb"
	"hazard/internal/policy"
)

const largestMessage = 512 << 20

// Agent is a worker that serves controllers.
type Agent struct {
	pb.UnimplementedAgentServer

	config   Config
	listener net.Listener
	server   *grpc.Server
	health   *health.Server
	host     *host
	info     *pb.WorkerInfo
	// calibration knows the floor.
	calibration *calibration

	mu   sync.Mutex
	runs map[string]*run
	// fences by run id.
	fences map[string]*fence

	closing       atomic.Bool
	prepareWithin time.Duration
}

// New opens the port. Off loopback it refuses to listen without mutual TLS.
func New(config Config) (*Agent, error) {
	if config.TLS == nil && !policy.IsLoopback(config.Listen) {
		return nil, &UsageError{fmt.Sprintf(
			"%s is not loopback and no certificates were given; use --tls-cert, --tls-key and --tls-ca, "+
				"which `hazard-worker certs` makes", config.Listen)}
	}
	id, err := workerID(config.DataDir)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", config.Listen)
	if err != nil {
		return nil, listenError(config.Listen, err)
	}
	if config.OrphanGrace <= 0 {
		config.OrphanGrace = defaultGrace
	}
	a := &Agent{
		config:        config,
		listener:      listener,
		host:          newHost(),
		health:        health.NewServer(),
		calibration:   newCalibration(config),
		runs:          map[string]*run{},
		fences:        map[string]*fence{},
		prepareWithin: prepareTimeout,
	}
	address := config.Advertise
	if address == "" {
		address = listener.Addr().String()
	}
	a.info = &pb.WorkerInfo{
		WorkerId:       id,
		BootId:         uuid.NewString(),
		Address:        address,
		Version:        config.Version,
		Protocol:       Protocol,
		Hostname:       a.host.name,
		Os:             runtime.GOOS,
		Arch:           runtime.GOARCH,
		Cpus:           uint32(runtime.NumCPU()),
		MemoryBytes:    a.host.memory,
		AllowedTargets: config.AllowedTargets,
		Caps:           config.Caps,
		Labels:         config.Labels,
		StartedUnixMs:  time.Now().UnixMilli(),
	}
	a.server = grpc.NewServer(a.options()...)
	pb.RegisterAgentServer(a.server, a)
	healthpb.RegisterHealthServer(a.server, a.health)
	for _, service := range []string{"", pb.Agent_ServiceDesc.ServiceName} {
		a.health.SetServingStatus(service, healthpb.HealthCheckResponse_SERVING)
	}
	return a, nil
}

func listenError(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is taken by another program; choose another port with --listen", address)
	}
	return fmt.Errorf("cannot listen on %s: %w", address, err)
}

// UsageError says that the agent was asked for something that it refuses to do.
type UsageError struct{ message string }

func (e *UsageError) Error() string { return e.message }

func (a *Agent) options() []grpc.ServerOption {
	options := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(largestMessage),
		grpc.MaxSendMsgSize(largestMessage),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{
			MinTime: 5 * time.Second, PermitWithoutStream: true,
		}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 20 * time.Second, Timeout: 5 * time.Second}),
	}
	if a.config.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(a.config.TLS)))
	}
	return options
}

// Info is who this worker is; a copy.
func (a *Agent) Info() *pb.WorkerInfo {
	return proto.CloneOf(a.info)
}

// Server is where further services are registered before Serve.
func (a *Agent) Server() *grpc.Server { return a.server }

// Serve answers until the context ends, then ends every engine and closes.
func (a *Agent) Serve(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- a.server.Serve(a.listener) }()
	sweeping, stop := context.WithCancel(ctx)
	go a.sweep(sweeping)
	go a.host.sample(sweeping, a.children)
	var calibrating sync.WaitGroup
	calibrating.Go(func() { a.calibrateWhenIdle(sweeping) })
	defer calibrating.Wait()
	defer stop()
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", a.info.Address, err)
	case <-ctx.Done():
	}
	a.closing.Store(true)
	a.health.Shutdown()
	a.endRuns()
	a.awaitAcks(flushWithin)
	a.server.Stop()
	return nil
}

// sweep forgets ended runs that nobody asks for.
func (a *Agent) sweep(ctx context.Context) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			for _, one := range a.list() {
				one.mu.Lock()
				old := !one.endedAt.IsZero() && now.Sub(one.endedAt) > forgetAfter && one.mailbox == nil
				one.mu.Unlock()
				if old {
					a.forget(one)
				}
			}
		}
	}
}

// endRuns stops all engines side by side.
func (a *Agent) endRuns() {
	var waiting sync.WaitGroup
	for _, one := range a.list() {
		waiting.Go(func() {
			one.child.end(killAfter)
			one.link.close()
		})
	}
	waiting.Wait()
}

// awaitAcks gives attached controllers time to take the last frames, so that a worker that goes in
// order takes nothing out of the totals.
func (a *Agent) awaitAcks(limit time.Duration) {
	deadline := time.Now().Add(limit)
	for time.Now().Before(deadline) {
		waiting := false
		for _, one := range a.list() {
			one.mu.Lock()
			waiting = waiting || (one.mailbox != nil && len(one.frames) > 0)
			one.mu.Unlock()
		}
		if !waiting {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (a *Agent) list() []*run {
	a.mu.Lock()
	defer a.mu.Unlock()
	runs := make([]*run, 0, len(a.runs))
	for _, one := range a.runs {
		runs = append(runs, one)
	}
	return runs
}

func (a *Agent) find(id string) *run {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.runs[id]
}

// forget drops a run; its fence stays.
func (a *Agent) forget(one *run) {
	one.link.close()
	one.mu.Lock()
	epoch := one.epoch
	if one.mailbox != nil {
		one.mailbox.close(errForgotten)
		one.mailbox = nil
	}
	one.mu.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.runs[one.id] != one {
		return
	}
	delete(a.runs, one.id)
	if fence := a.fences[one.id]; fence != nil {
		fence.raise(epoch)
	}
	// Plans with their files are large, and an agent that rests may not collect for minutes. The load
	// of other runs is not in this process.
	go debug.FreeOSMemory()
}
