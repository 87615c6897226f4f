// Package registry announces a worker in etcd for as long as it lives.
//
// The record stands under a lease. When the lease is lost (etcd restarted, was away for longer than the
// lease, or lost its data) the worker takes a new lease and writes its record again. While etcd is away
// attempts are spaced out, so that an idle worker costs nothing. Losing etcd never touches a run.
package registry

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
)

const (
	// DefaultPrefix is where workers announce themselves.
	DefaultPrefix = "/hazard/v1/agents/"
	// leaseSeconds is how long a record outlives its worker.
	leaseSeconds = 8
	callTimeout  = 3 * time.Second
	firstPause   = 250 * time.Millisecond
	longestPause = 4 * time.Second
)

// Config says where and what to announce.
type Config struct {
	Endpoints []string
	Username  string
	Password  string
	TLS       *tls.Config
	// Records are keys and values that stand and fall with the worker.
	Records map[string]string
	Log     *slog.Logger
}

// Run announces the records until the context ends, then takes them back. It returns an error only for
// a configuration that cannot work.
func Run(ctx context.Context, config Config) error {
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
		return fmt.Errorf("etcd client for %v: %w", config.Endpoints, err)
	}
	defer func() { _ = client.Close() }()
	pause := firstPause
	told := false
	for ctx.Err() == nil {
		held, err := holdLease(ctx, client, config)
		if ctx.Err() != nil {
			return nil
		}
		if held {
			pause, told = firstPause, false
			config.Log.Warn("the lease in etcd was lost; announcing again")
		} else if !told {
			told = true
			config.Log.Warn("etcd cannot be reached; trying again in the background", "error", err)
		}
		wait(ctx, pause/2+rand.N(pause))
		pause = min(pause*2, longestPause)
	}
	return nil
}

func wait(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// holdLease takes a lease, writes the records and keeps them alive until the lease is lost or the
// context ends. held tells whether the records ever stood.
func holdLease(ctx context.Context, client *clientv3.Client, config Config) (held bool, err error) {
	short, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	lease, err := client.Grant(short, leaseSeconds)
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
	config.Log.Info("announced in etcd", "endpoints", config.Endpoints)
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
