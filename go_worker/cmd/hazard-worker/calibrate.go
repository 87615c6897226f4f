package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"

	"hazard/internal/calibrate"
)

// runCalibration measures the floor of this machine and prints it as JSON. Without --target the target
// is a process of its own, as the targets of runs are.
func runCalibration(ctx context.Context, arguments []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("hazard-worker calibrate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	where := flags.String("target", "", "`address` on loopback of a target that does nothing")
	if err := flags.Parse(arguments); err != nil {
		return exitUsage
	}
	if *where == "" {
		address, end, err := startNull(ctx)
		if err != nil {
			fmt.Fprintln(stderr, "hazard-worker calibrate:", err)
			return exitFailed
		}
		defer end()
		*where = address
	}
	target, err := netip.ParseAddrPort(*where)
	if err != nil {
		fmt.Fprintf(stderr, "hazard-worker calibrate: --target %q is not IP:PORT\n", *where)
		return exitUsage
	}
	floor, err := calibrate.Measure(ctx, target)
	if err != nil {
		fmt.Fprintln(stderr, "hazard-worker calibrate:", err)
		return exitFailed
	}
	line, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(floor)
	if err != nil {
		fmt.Fprintln(stderr, "hazard-worker calibrate:", err)
		return exitFailed
	}
	fmt.Fprintln(stdout, string(line))
	return exitFine
}

// startNull starts the target that does nothing; it ends with `end`, or with this process.
func startNull(ctx context.Context) (address string, end func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("finding this program: %w", err)
	}
	child := exec.CommandContext(ctx, self, "null-target")
	stdin, err := child.StdinPipe()
	if err != nil {
		return "", nil, fmt.Errorf("target input: %w", err)
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		return "", nil, fmt.Errorf("target output: %w", err)
	}
	if err := child.Start(); err != nil {
		return "", nil, fmt.Errorf("starting the target: %w", err)
	}
	end = func() {
		_ = stdin.Close()
		_ = child.Wait()
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		end()
		return "", nil, fmt.Errorf("the target did not start: %w", err)
	}
	return strings.TrimSpace(line), end, nil
}

// serveNull is the target that does nothing, on loopback: it prints its address and ends with its
// standard input.
func serveNull(ctx context.Context, arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(arguments) > 0 {
		fmt.Fprintln(stderr, "hazard-worker null-target: no arguments are expected")
		return exitUsage
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(stderr, "hazard-worker null-target:", err)
		return exitRemote
	}
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		cancel()
	}()
	fmt.Fprintln(stdout, listener.Addr())
	if err := calibrate.ServeNull(ctx, listener); err != nil {
		fmt.Fprintln(stderr, "hazard-worker null-target:", err)
		return exitFailed
	}
	return exitFine
}
