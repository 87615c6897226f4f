// Package registry announces a worker in etcd for as long as it lives.
//
// The records stand under a lease. When the lease is lost (etcd was away for longer than the lease, or
// lost its data) the worker takes a new lease and writes its records again; the create revision of a
// key is the epoch of the registration. While etcd is away attempts are spaced out, so that an idle
// worker costs nothing. Losing etcd never touches a run.
package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
)

const (
	// DefaultPrefix is where workers announce themselves.
	DefaultPrefix = "/hazard/v1/agents/"
	// LeaseSeconds is how long a record outlives a worker that was killed.
	LeaseSeconds = 8
	callTimeout  = 3 * time.Second
	firstPause   = 250 * time.Millisecond
	// longestPause keeps a return within the lease plus two seconds after etcd is back: at most one
	// pause of the connection and one and a half of the attempts.
	longestPause = 2 * time.Second
)

// Config says where and what to announce.
type Config struct {
	// Endpoints are host:port, http:// or https:// addresses of one cluster.
	Endpoints []string
	Username  string
	Password  string
	TLS       *tls.Config
	// Records are keys and values that stand and fall with the worker.
	Records map[string]string
	Log     *slog.Logger
}

// ParseEndpoints reads a comma list of etcd endpoints.
func ParseEndpoints(text string) ([]string, error) {
	var endpoints []string
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		place := strings.TrimPrefix(strings.TrimPrefix(part, "http://"), "https://")
		colon := strings.LastIndexByte(place, ':')
		if colon <= 0 || colon == len(place)-1 || strings.Trim(place[colon+1:], "0123456789") != "" ||
			strings.ContainsAny(place[:colon], ";/@ ") {
			return nil, fmt.Errorf("%q is not host:port", part)
		}
		endpoints = append(endpoints, part)
	}
	if len(endpoints) == 0 {
		return nil, errors.New("the list of endpoints is empty")
	}
	return endpoints, nil
}

// Run announces the records until the context ends, then takes them back. It never gives up: what
// keeps it from announcing is logged once, until it changes.
func Run(ctx context.Context, config Config) {
	pause := firstPause
	told := ""
	for ctx.Err() == nil {
		held, err := announce(ctx, config)
		if ctx.Err() != nil {
			return
		}
		switch {
		case held:
			pause, told = firstPause, ""
			config.Log.Warn("the lease in etcd was lost; announcing again")
		case err != nil && err.Error() != told:
			told = err.Error()
			config.Log.Warn("not announced in etcd; trying again in the background",
				"endpoints", config.Endpoints, "error", err)
		}
		wait(ctx, pause/2+rand.N(pause))
		pause = min(pause*2, longestPause)
	}
}

func wait(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// announce connects and announces until the lease is lost. held tells whether the records ever stood.
func announce(ctx context.Context, config Config) (held bool, err error) {
	// With a user name this already asks etcd for a token, and fails when etcd is away.
	client, err := connect(config)
	if err != nil {
		return false, err
	}
	defer func() { _ = client.Close() }()
	return holdLease(ctx, client, config)
}

func connect(config Config) (*clientv3.Client, error) {
	client, err := clientv3.New(clientv3.Config{
		Endpoints:            config.Endpoints,
		Username:             config.Username,
		Password:             config.Password,
		TLS:                  config.TLS,
		DialTimeout:          callTimeout,
		DialKeepAliveTime:    10 * time.Second,
		DialKeepAliveTimeout: 3 * time.Second,
		Logger:               zap.NewNop(),
		DialOptions: []grpc.DialOption{grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: firstPause, Multiplier: 2, Jitter: 0.2, MaxDelay: longestPause},
			MinConnectTimeout: callTimeout,
		})},
	})
	if err != nil {
		return nil, fmt.Errorf("connecting to etcd: %w", err)
	}
	return client, nil
}

// holdLease takes a lease, writes the records and keeps them alive until the lease is lost or the
// context ends.
func holdLease(ctx context.Context, client *clientv3.Client, config Config) (held bool, err error) {
	short, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	lease, err := client.Grant(short, LeaseSeconds)
	if err != nil {
		return false, fmt.Errorf("taking a lease: %w", err)
	}
	defer giveBack(client, lease.ID)
	for key, value := range config.Records {
		if _, err := client.Put(short, key, value, clientv3.WithLease(lease.ID)); err != nil {
			return false, fmt.Errorf("writing %s: %w", key, err)
		}
	}
	// The stream of answers ends when the lease is lost or the context ends; a closed channel that was
	// read on would spin.
	alive, err := client.KeepAlive(ctx, lease.ID)
	if err != nil {
		return false, fmt.Errorf("keeping the lease: %w", err)
	}
	config.Log.Info("announced in etcd", "endpoints", config.Endpoints, "lease", lease.ID)
	for range alive {
	}
	return true, nil
}

// giveBack takes the records back at once instead of when the lease runs out.
func giveBack(client *clientv3.Client, lease clientv3.LeaseID) {
	short, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = client.Revoke(short, lease) // a lost lease has nothing to give back
}
