package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"hazard/internal/lab/etcd"
)

func etcdCommand(flags *flag.FlagSet) command {
	var options etcd.Options
	flags.StringVar(&options.Client, "client", "127.0.0.1:0", "`host:port` for clients; port 0 picks a free one")
	flags.StringVar(&options.Peer, "peer", "127.0.0.1:0",
		"`host:port` for other members, of which a lab has none; port 0 picks a free one")
	flags.StringVar(&options.Data, "data", "",
		"`folder` of the data, made if it is missing; without it a temporary one.\n"+
			"Writes are not synced to disk: fine for a lab, not for a cluster to rely on")
	return func(ctx context.Context, ready func(any) error) (err error) {
		if options.Data == "" {
			if options.Data, err = os.MkdirTemp("", "hazard-etcd-"); err != nil {
				return fmt.Errorf("make a temporary folder: %w", err)
			}
			defer func() { err = errors.Join(err, os.RemoveAll(options.Data)) }()
		}
		member, err := etcd.Start(ctx, options)
		if ctx.Err() != nil && err != nil {
			return nil // ended while it started
		}
		if err != nil {
			return err
		}
		defer member.Close()
		if err := ready(map[string]any{"ready": true, "client": member.Client()}); err != nil {
			return fmt.Errorf("print the ready line: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-member.Failed():
			return fmt.Errorf("etcd stopped: %w", err)
		}
	}
}
