package engine

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"hazard/internal/pb"
)

// Whenever and however a run is stopped, each request that reached the target is counted once.
func TestRandomStopsLoseNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for round := range 8 {
		server := startCounting(t, func(http.ResponseWriter, *http.Request) {
			time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
		})
		stage := users(8, 60_000)
		if round%2 == 1 {
			stage = arrivals(800, 60_000)
		}
		var engines []*child
		for index := range uint32(2) {
			prepare := prepareOf(planOf([]*pb.Stage{stage}, getStep("a", server.url+"/a"), getStep("b", server.url+"/b")))
			prepare.Request.Share = &pb.Share{Index: index, Count: 2}
			c := startChild(t, prepare)
			c.start(time.Now())
			engines = append(engines, c)
		}
		time.Sleep(time.Duration(50+random.IntN(250)) * time.Millisecond)
		force := round%4 > 1
		for _, c := range engines {
			c.stop(&pb.Stop{Force: force})
		}
		counted := uint64(0)
		aborted := uint64(0)
		for _, c := range engines {
			c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
			for _, sum := range []totals{c.totals(0), c.totals(1)} {
				counted += sum.ok + sum.failed + sum.aborted
				aborted += sum.aborted
			}
		}
		// A cut request may still be on its way into the server.
		deadline := time.Now().Add(time.Second)
		for server.hits.Load() != counted && time.Now().Before(deadline) {
			time.Sleep(time.Millisecond)
		}
		if hits := server.hits.Load(); hits != counted || counted < 20 || (!force && aborted > 0) {
			t.Errorf("round %d (force %v): the target saw %d, counted %d, of them %d aborted", round, force, hits, counted, aborted)
		}
	}
}
