package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

// far is the controller's end of a tunnel: it joins each link to a connection of its own.
type far struct {
	stream grpc.BidiStreamingClient[pb.TunnelBytes, pb.TunnelBytes]
	cancel context.CancelFunc
	// order of what came, as words: "open 1", "bytes 1", "closed 1".
	mu    sync.Mutex
	order []string
	sizes map[uint32]int
	end   error
}

func (w *worker) tunnel(id string, onBytes func(f *far, message *pb.TunnelBytes)) *far {
	w.t.Helper()
	return w.tunnelOf(id, 0, onBytes)
}

func (w *worker) tunnelOf(id string, epoch uint64, onBytes func(f *far, message *pb.TunnelBytes)) *far {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)
	stream, err := w.client.Tunnel(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	f := &far{stream: stream, cancel: cancel, sizes: map[uint32]int{}}
	if err := stream.Send(&pb.TunnelBytes{RunId: id, Epoch: epoch}); err != nil {
		w.t.Fatal(err)
	}
	go func() {
		for {
			message, err := stream.Recv()
			f.note(message, err)
			if err != nil {
				return
			}
			onBytes(f, message)
		}
	}()
	return f
}

func (f *far) note(message *pb.TunnelBytes, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err != nil:
		f.end = err
	case message.Closed:
		f.order = append(f.order, fmt.Sprint("closed ", message.Link))
	case len(message.Data) == 0:
		f.order = append(f.order, fmt.Sprint("open ", message.Link))
	default:
		if f.sizes[message.Link] == 0 {
			f.order = append(f.order, fmt.Sprint("bytes ", message.Link))
		}
		f.sizes[message.Link] += len(message.Data)
	}
}

func (f *far) heard() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.order...)
}

func echo(f *far, message *pb.TunnelBytes) {
	if len(message.Data) > 0 {
		_ = f.stream.Send(&pb.TunnelBytes{Link: message.Link, Data: message.Data})
	}
}

func silent(*far, *pb.TunnelBytes) {}

// startLink prepares a run whose engine does not use the link itself, and gives the agent's port.
func startLink(t *testing.T) (*worker, string) {
	t.Helper()
	w := startWorker(t)
	link, err := newTunnel()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(link.close)
	ended := make(chan struct{})
	close(ended)
	w.agent.mu.Lock()
	w.agent.runs["run"] = &run{id: "run", log: w.agent.config.Log, link: link, exit: &pb.EngineExit{},
		child: &child{ended: ended, closed: true}}
	w.agent.mu.Unlock()
	return w, fmt.Sprint("127.0.0.1:", link.port())
}

func dialLink(t *testing.T, address string) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	_ = connection.SetDeadline(time.Now().Add(labtest.Patience))
	return connection
}

// isClosed waits until the other side closes; a read that only runs into its deadline is none.
func isClosed(t *testing.T, connection net.Conn, otherwise string) {
	t.Helper()
	_ = connection.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := connection.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s (%v)", otherwise, err)
	}
}

func noise(size int) []byte {
	data := make([]byte, size)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(data)
	return data
}

func TestTheLinkCarriesEveryByteBothWays(t *testing.T) {
	w, address := startLink(t)
	f := w.tunnel("run", echo)
	data := noise(5 << 20)
	var waiting sync.WaitGroup
	for range 3 {
		connection := dialLink(t, address)
		waiting.Go(func() {
			go func() { _, _ = connection.Write(data) }()
			got := make([]byte, len(data))
			if _, err := io.ReadFull(connection, got); err != nil {
				t.Errorf("reading back: %v", err)
			} else if sha256.Sum256(got) != sha256.Sum256(data) {
				t.Error("the bytes came back changed")
			}
			_ = connection.Close()
		})
	}
	waiting.Wait()
	labtest.Await(t, "the ends of three links", func() bool { return len(f.heard()) == 9 })
	place := map[string]int{}
	for i, word := range f.heard() {
		place[word] = i
	}
	for link := 1; link <= 3; link++ {
		open, bytes, closed := place[fmt.Sprint("open ", link)], place[fmt.Sprint("bytes ", link)],
			place[fmt.Sprint("closed ", link)]
		if open > bytes || bytes > closed {
			t.Errorf("link %d: %v", link, f.heard())
		}
	}
}

func TestAConnectionWaitsForTheTunnel(t *testing.T) {
	w, address := startLink(t)
	connection := dialLink(t, address)
	if _, err := connection.Write([]byte("greeting")); err != nil {
		t.Fatal(err)
	}
	one := w.agent.find("run")
	labtest.Await(t, "the connection to be held", func() bool {
		one.link.(*tunnel).mu.Lock()
		defer one.link.(*tunnel).mu.Unlock()
		return one.link.(*tunnel).held == 1
	})
	w.tunnel("run", echo)
	got := make([]byte, 8)
	if _, err := io.ReadFull(connection, got); err != nil || string(got) != "greeting" {
		t.Errorf("came back as %q (%v)", got, err)
	}
}

func TestTooManyWaitingConnectionsAreTurnedAway(t *testing.T) {
	w, address := startLink(t)
	for range mostHeld {
		dialLink(t, address)
	}
	one := w.agent.find("run")
	labtest.Await(t, "all to be held", func() bool {
		one.link.(*tunnel).mu.Lock()
		defer one.link.(*tunnel).mu.Unlock()
		return one.link.(*tunnel).held == mostHeld
	})
	isClosed(t, dialLink(t, address), "one more is held")
}

func TestTheFarEndClosesALink(t *testing.T) {
	w, address := startLink(t)
	f := w.tunnel("run", silent)
	connection := dialLink(t, address)
	labtest.Await(t, "the link", func() bool { return len(f.heard()) == 1 })
	// What was sent before the end arrives before it.
	if err := f.stream.Send(&pb.TunnelBytes{Link: 1, Data: []byte("last words"), Closed: true}); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(connection)
	if err != nil || string(got) != "last words" {
		t.Errorf("read %q (%v)", got, err)
	}
}

func TestABrokenStreamClosesItsLinksAndTheNextOneCarriesNewOnes(t *testing.T) {
	w, address := startLink(t)
	first := w.tunnel("run", echo)
	old := dialLink(t, address)
	labtest.Await(t, "the link", func() bool { return len(first.heard()) == 1 })
	first.cancel()
	isClosed(t, old, "a link outlives its stream")
	second := w.tunnel("run", echo)
	connection := dialLink(t, address)
	if _, err := connection.Write([]byte("again")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(connection, got); err != nil || string(got) != "again" {
		t.Errorf("came back as %q (%v)", got, err)
	}
	if words := second.heard(); words[0] != "open 2" {
		t.Errorf("the second stream heard %v", words)
	}
}

func TestANewerTunnelStreamReplacesTheOlder(t *testing.T) {
	w, address := startLink(t)
	first := w.tunnel("run", echo)
	old := dialLink(t, address)
	labtest.Await(t, "the link", func() bool { return len(first.heard()) == 1 })
	w.tunnel("run", echo)
	labtest.Await(t, "the first stream to end", func() bool {
		first.mu.Lock()
		defer first.mu.Unlock()
		return first.end != nil
	})
	isCode(t, first.end, codes.Aborted, "newer stream")
	isClosed(t, old, "a link outlives its stream")
}

func TestAStaleControllerDoesNotTakeTheLink(t *testing.T) {
	w, address := startLink(t)
	one := w.agent.find("run")
	one.mu.Lock()
	one.epoch = 2
	one.mu.Unlock()
	w.tunnelOf("run", 2, echo)
	connection := dialLink(t, address)
	old := w.tunnelOf("run", 1, echo)
	labtest.Await(t, "the refusal", func() bool {
		old.mu.Lock()
		defer old.mu.Unlock()
		return old.end != nil
	})
	isCode(t, old.end, codes.FailedPrecondition, "newer controller")
	if _, err := connection.Write([]byte("still here")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 10)
	if _, err := io.ReadFull(connection, got); err != nil || string(got) != "still here" {
		t.Errorf("came back as %q (%v)", got, err)
	}
}

func TestASlowFarEndHoldsTheSenderBack(t *testing.T) {
	w, address := startLink(t)
	release := make(chan struct{})
	var once sync.Once
	f := w.tunnel("run", func(f *far, message *pb.TunnelBytes) {
		once.Do(func() { <-release })
		echo(f, message)
	})
	connection := dialLink(t, address)
	labtest.Await(t, "the link", func() bool { return len(f.heard()) == 1 })
	_ = connection.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
	sent, err := connection.Write(noise(64 << 20))
	if err == nil {
		t.Fatalf("%d bytes were taken although nobody reads them", sent)
	}
	close(release)
	_ = connection.SetReadDeadline(time.Now().Add(labtest.Patience))
	got := make([]byte, sent)
	if _, err := io.ReadFull(connection, got); err != nil || !bytes.Equal(got, noise(64 << 20)[:sent]) {
		t.Errorf("what was taken did not come back (%v)", err)
	}
}

func TestAnIdleTunnelCostsNoTime(t *testing.T) {
	w, address := startLink(t)
	dialLink(t, address) // waits for a stream
	other, otherAddress := startLink(t)
	f := other.tunnel("run", silent)
	dialLink(t, otherAddress)
	labtest.Await(t, "the link", func() bool { return len(f.heard()) == 1 })
	before := processorTime(t)
	time.Sleep(time.Second)
	// Both workers sample themselves once a second; a loop that spins would take all of it.
	if spent := processorTime(t) - before; spent > 200*time.Millisecond {
		t.Errorf("%v of processor time in a second of nothing", spent)
	}
	runtime.KeepAlive(w)
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func TestATunnelNeedsItsRun(t *testing.T) {
	w := startWorker(t)
	f := w.tunnel("nobody", silent)
	labtest.Await(t, "the answer", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.end != nil
	})
	isCode(t, f.end, codes.NotFound, "does not know run")
}

func TestTheEngineDialsTheLink(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 1, planFor(target)))
	f := w.tunnel("run", silent)
	// boomer greets with the signature of ZMTP.
	labtest.Await(t, "boomer's greeting", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, size := range f.sizes {
			if size >= 10 {
				return true
			}
		}
		return false
	})
	w.discard("run", 1)
}
