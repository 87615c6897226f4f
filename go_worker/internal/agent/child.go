package agent

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protodelim"

	"hazard/internal/pb"
)

const largestEvent = 512 << 20

// child is one engine process. Commands go to its standard input, each preceded by its length;
// the end of that input tells it to stop, so it never outlives its agent.
type child struct {
	command *exec.Cmd
	stderr  *tail

	mu     sync.Mutex // guards stdin
	stdin  io.WriteCloser
	closed bool

	// ended is closed when the process has gone and all its events were handed on.
	ended chan struct{}
}

// startChild starts a process and hands its events on, in order, from one goroutine.
func startChild(command []string, onEvent func(*pb.EngineEvent)) (*child, error) {
	process := exec.Command(command[0], command[1:]...)
	separate(process)
	c := &child{command: process, stderr: &tail{}, ended: make(chan struct{})}
	process.Stderr = c.stderr
	process.WaitDelay = killAfter // whoever inherited standard error does not hold up the end
	var err error
	if c.stdin, err = process.StdinPipe(); err != nil {
		return nil, fmt.Errorf("engine input: %w", err)
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("engine output: %w", err)
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("starting the engine: %w", err)
	}
	go func() {
		defer close(c.ended)
		readEvents(stdout, onEvent)
		_ = process.Wait() // the code is read from ProcessState
	}()
	return c, nil
}

func readEvents(stdout io.Reader, onEvent func(*pb.EngineEvent)) {
	in := bufio.NewReaderSize(stdout, 64*1024)
	options := protodelim.UnmarshalOptions{MaxSize: largestEvent}
	for {
		event := &pb.EngineEvent{}
		if err := options.UnmarshalFrom(in, event); err != nil {
			// The rest cannot be understood; it is read so that the child does not block on it.
			_, _ = io.Copy(io.Discard, in)
			return
		}
		onEvent(event)
	}
}

// send writes one command. It waits for a child that does not read, until the child is killed.
func (c *child) send(command *pb.EngineCommand) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.writeLocked(command)
}

// sendAside writes one command without waiting for a child that does not read. What is sent later
// waits behind it.
func (c *child) sendAside(command *pb.EngineCommand, onError func(error)) {
	c.mu.Lock()
	go func() {
		err := c.writeLocked(command)
		c.mu.Unlock()
		if err != nil {
			onError(err)
		}
	}()
}

func (c *child) writeLocked(command *pb.EngineCommand) error {
	if c.closed {
		return errors.New("the engine was told to end")
	}
	if _, err := protodelim.MarshalTo(c.stdin, command); err != nil {
		return fmt.Errorf("writing to the engine: %w", err)
	}
	return nil
}

// closeInput tells the child to stop.
func (c *child) closeInput() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		_ = c.stdin.Close()
	}
}

// end tells the child to stop and kills it when it does not within `patience`.
func (c *child) end(patience time.Duration) {
	// A child that does not read would block a writer that holds the lock, so the input is closed aside.
	go c.closeInput()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.ended:
	case <-timer.C:
		c.kill()
		<-c.ended
	}
}

func (c *child) kill() {
	if err := killGroup(c.command.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		c.stderr.Write([]byte("\n[agent] kill: " + err.Error() + "\n"))
	}
}

func (c *child) pid() int { return c.command.Process.Pid }
