// Package agent is the resident part of a worker: it serves the controller, starts an engine child per
// run, keeps the child's frames until they are acknowledged, and carries Locust's link.
//
// The agent itself sends no load and never imports boomer: a child that crashes, leaks or hangs takes
// nothing else with it.
package agent

import (
	"crypto/tls"
	"log/slog"
	"time"

	"hazard/internal/pb"
)

// Protocol is the version of the contract with controllers.
const Protocol = 1

// Config is what an agent is started with.
type Config struct {
	Listen string
	// Advertise is the address that the controller dials; empty: where the agent listens.
	Advertise string
	// TLS is nil on loopback.
	TLS            *tls.Config
	AllowedTargets []string
	Caps           *pb.Caps
	Labels         map[string]string
	// DataDir keeps the worker's id over restarts; empty: a new id each time.
	DataDir     string
	OrphanGrace time.Duration
	Version     string
	// EngineCommand starts an engine child, CheckCommand a check, CalibrateCommand measures the floor.
	EngineCommand    []string
	CheckCommand     []string
	CalibrateCommand []string
	// CalibrateWhenIdle measures the floor once as soon as the machine is idle, else only when asked.
	CalibrateWhenIdle bool
	Log               *slog.Logger
}

const (
	// keptFrames bounds the frames of a run that nobody acknowledged, in seconds of load.
	keptFrames = 900
	// keptLogs bounds the lines that a controller sees when it attaches.
	keptLogs = 100
	// forgetAfter is how long an ended run that nobody asks for is kept.
	forgetAfter = 10 * time.Minute
	// prepareTimeout bounds the start of an engine and the compiling of its plan.
	prepareTimeout = 55 * time.Second
	defaultGrace   = 15 * time.Second
	defaultDrain   = 10 * time.Second
	// killAfter is how long a child may take after it was told to end.
	killAfter = 5 * time.Second
	// flushWithin is how long a worker that goes waits for controllers to take the last frames.
	flushWithin = time.Second
)
