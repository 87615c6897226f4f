// Package etcd runs one member of etcd inside the process, so that a lab on one machine has the real
// thing to announce workers in. It is no database to keep data in: writes are not synced to disk.
package etcd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Options say where a member listens and stores.
type Options struct {
	Client string // host:port for clients; port 0 picks a free one
	Peer   string // host:port for other members, of which there are none; port 0 picks a free one
	Data   string // folder of the member's files, made if it is missing
}

// Member is a running etcd.
type Member struct {
	etcd     *embed.Etcd
	client   string
	logLevel zap.AtomicLevel
	closing  sync.Once
}

const (
	startAttempts = 5 // a free port can be taken by somebody else before etcd listens on it
	readyWithin   = 20 * time.Second
	closeWithin   = 700 * time.Millisecond
	keptRevisions = "1000" // older ones are compacted, so that months of heartbeats do not fill the disk
)

// Start runs a member and returns when it serves clients, or when ctx ends.
func Start(ctx context.Context, options Options) (*Member, error) {
	if err := os.MkdirAll(options.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	var err error
	for range startAttempts {
		var member *Member
		if member, err = start(ctx, options); err == nil {
			return member, nil
		}
		picked := strings.HasSuffix(options.Client, ":0") || strings.HasSuffix(options.Peer, ":0")
		if !picked || !addressInUse(err) {
			return nil, err
		}
	}
	return nil, err
}

// addressInUse also looks at the text, because embed does not always wrap the error of the system.
func addressInUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || strings.Contains(err.Error(), "address already in use")
}

func start(ctx context.Context, options Options) (*Member, error) {
	client, err := realAddress(options.Client)
	if err != nil {
		return nil, err
	}
	peer, err := realAddress(options.Peer)
	if err != nil {
		return nil, err
	}
	level := zap.NewAtomicLevelAt(zapcore.ErrorLevel) // the usual start has warnings for clusters
	settings := configuration(client, peer, options.Data)
	settings.ZapLoggerBuilder = embed.NewZapLoggerBuilder(warningLog(level))
	running, err := embed.StartEtcd(settings)
	if err != nil {
		return nil, fmt.Errorf("start etcd on %s: %w", client, err)
	}
	limit, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	select {
	case <-running.Server.ReadyNotify():
		level.SetLevel(zapcore.WarnLevel)
		return &Member{etcd: running, client: client, logLevel: level}, nil
	case err = <-running.Err():
	case <-limit.Done():
		err = limit.Err()
	}
	level.SetLevel(zapcore.FatalLevel) // every closed listener would be logged as an error
	running.Close()
	return nil, fmt.Errorf("wait until etcd on %s is ready: %w", client, err)
}

// realAddress replaces port 0 by a free port. The member has to know its port before it listens,
// because it publishes it.
func realAddress(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("address %q: %w", address, err)
	}
	if port != "0" {
		return address, nil
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

func configuration(client, peer, data string) *embed.Config {
	c := embed.NewConfig()
	c.Name = "hazard-lab"
	c.Dir = data
	c.ListenClientUrls = []url.URL{{Scheme: "http", Host: client}}
	c.AdvertiseClientUrls = c.ListenClientUrls
	c.ListenPeerUrls = []url.URL{{Scheme: "http", Host: peer}}
	c.AdvertisePeerUrls = c.ListenPeerUrls
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	c.UnsafeNoFsync = true
	c.AutoCompactionMode = embed.CompactorModeRevision
	c.AutoCompactionRetention = keptRevisions
	return c
}

// warningLog writes warnings and worse to standard error, one JSON object a line.
func warningLog(level zap.AtomicLevel) *zap.Logger {
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(os.Stderr), level))
}

// Client is the host:port that serves clients.
func (m *Member) Client() string { return m.client }

// Failed delivers the error of a member that stopped by itself.
func (m *Member) Failed() <-chan error { return m.etcd.Err() }

// Close stops the member. It does not wait longer than closeWithin for clients to let go, which is
// safe because the files need no orderly end. Closing again does nothing.
func (m *Member) Close() { m.closing.Do(m.close) }

func (m *Member) close() {
	m.logLevel.SetLevel(zapcore.FatalLevel) // as above
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		m.etcd.Close()
	}()
	limit := time.NewTimer(closeWithin)
	defer limit.Stop()
	select {
	case <-closed:
	case <-limit.C:
	}
}
