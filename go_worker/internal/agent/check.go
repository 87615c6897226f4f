package agent

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protodelim"

	"hazard/internal/pb"
)

// Exit codes of a check that its events have explained already.
const (
	checkFine   = 0
	checkFailed = 1 // a request failed
	checkUsage  = 2 // the plan cannot be run
)

// Check runs one iteration through an engine of its own and passes its events on. It reaches only
// what this worker allows, whoever asks.
func (a *Agent) Check(request *pb.CheckRequest, stream grpc.ServerStreamingServer[pb.CheckEvent]) error {
	arguments := append(a.config.CheckCommand[1:len(a.config.CheckCommand):len(a.config.CheckCommand)],
		"--allow", strings.Join(a.config.AllowedTargets, ","))
	command := exec.CommandContext(stream.Context(), a.config.CheckCommand[0], arguments...)
	separate(command)
	command.Cancel = func() error { return killGroup(command.Process) }
	command.WaitDelay = killAfter
	errorText := &tail{}
	command.Stderr = errorText
	stdin, err := command.StdinPipe()
	if err != nil {
		return status.Errorf(codes.Internal, "check input: %v", err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return status.Errorf(codes.Internal, "check output: %v", err)
	}
	if err := command.Start(); err != nil {
		return status.Errorf(codes.Internal, "starting a check: %v", err)
	}
	go func() {
		_, _ = protodelim.MarshalTo(stdin, request) // a child that has gone tells by its code
		_ = stdin.Close()
	}()
	said, passing := passEvents(stdout, stream)
	if passing != nil {
		_ = killGroup(command.Process)
	}
	_ = command.Wait() // the code is read from ProcessState
	if passing != nil {
		return passing
	}
	code := exitCode(command)
	if code == checkFine || (said && (code == checkFailed || code == checkUsage)) {
		return nil
	}
	return status.Errorf(codes.Internal, "the check ended with code %d: %s", code,
		strings.TrimSpace(errorText.String()))
}

// passEvents hands a check's events to a stream; said tells whether there was any.
func passEvents(stdout io.Reader, stream grpc.ServerStreamingServer[pb.CheckEvent]) (said bool, err error) {
	in := bufio.NewReader(stdout)
	options := protodelim.UnmarshalOptions{MaxSize: largestEvent}
	for {
		event := &pb.CheckEvent{}
		switch err := options.UnmarshalFrom(in, event); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return said, nil // what cut it short shows in the exit code
		case err != nil:
			return said, status.Error(codes.Internal, fmt.Sprintf("the check sent something damaged: %v", err))
		}
		said = true
		if err := stream.Send(event); err != nil {
			return said, err
		}
	}
}
