package legacy

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"google.golang.org/grpc"

	"hazard/internal/agent"
	"hazard/internal/pb"
	wire "hazard/internal/pb/legacy"
)

// KeyPrefix is where workers of the prior art announce themselves in etcd; address is host:port, in
// the key and as the value.
const KeyPrefix = "/ns/boomer_service/"

// Follower starts runs whose users a Locust master counts; an agent.
type Follower interface {
	Follow(ctx context.Context, plan *pb.Plan, master agent.Master) (*agent.Following, error)
}

// Service is the prior art's service. A worker has one plan at a time.
type Service struct {
	wire.UnimplementedBoomerCallServiceServer

	follower Follower
	log      *slog.Logger

	mu      sync.Mutex // one call at a time
	current *agent.Following
}

// Register adds the service to a server that does not serve yet.
func Register(server grpc.ServiceRegistrar, follower Follower, log *slog.Logger) {
	wire.RegisterBoomerCallServiceServer(server, &Service{follower: follower, log: log})
}

// InitBommer takes a plan in place of the one that is there. What keeps it from running is told in the
// response; the call itself does not fail.
func (s *Service) InitBommer(ctx context.Context, request *wire.InitBommerRequest) (*wire.BoomerCallResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	plan, master, err := translate(request)
	if err != nil {
		return refused(err), nil
	}
	s.end()
	following, err := s.follower.Follow(ctx, plan, master)
	if err != nil {
		s.log.Warn("a plan of the prior art does not run", "master", master, "error", err)
		return refused(err), nil
	}
	s.current = following
	s.log.Info("a Locust master counts the users", "master", master, "tasks", len(plan.Tasks))
	return &wire.BoomerCallResponse{Status: true, Message: fmt.Sprintf(
		"The plan is ready: setup requests done: %d, tasks: %d; boomer connects to %s.",
		len(plan.Setup), len(plan.Tasks), master)}, nil
}

// EndBommer ends and forgets the plan. Without one there is nothing to do, which is fine.
func (s *Service) EndBommer(context.Context, *wire.EndBommerRequest) (*wire.BoomerCallResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	message := "There was no boomer to end."
	if s.end() {
		message = "The boomer has ended."
	}
	return &wire.BoomerCallResponse{Status: true, Message: message}, nil
}

// end ends the plan that is there, if one is. The lock is held.
func (s *Service) end() bool {
	if s.current == nil {
		return false
	}
	s.current.End()
	s.current = nil
	return true
}

func refused(err error) *wire.BoomerCallResponse {
	return &wire.BoomerCallResponse{Status: false, Message: fmt.Sprintf("The plan is refused: %v.", err)}
}
