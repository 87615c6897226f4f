package etcd

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

func startMember(t *testing.T, data string) *Member {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	member, err := Start(ctx, Options{Client: "127.0.0.1:0", Peer: "127.0.0.1:0", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(member.Close)
	return member
}

func connect(t *testing.T, member *Member) *clientv3.Client {
	t.Helper()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{member.Client()}, DialTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestMemberServesLeasesAndWatches(t *testing.T) {
	client := connect(t, startMember(t, filepath.Join(t.TempDir(), "data")))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	events := client.Watch(ctx, "/workers/", clientv3.WithPrefix())
	lease, err := client.Grant(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	if lease.TTL != 2 {
		t.Errorf("a lease of 2 s was granted for %d s", lease.TTL)
	}
	if _, err := client.Put(ctx, "/workers/one", "here", clientv3.WithLease(lease.ID)); err != nil {
		t.Fatal(err)
	}
	for nth, wantDelete := range []bool{false, true} {
		answer, open := <-events
		if !open || len(answer.Events) != 1 || (answer.Events[0].Type == clientv3.EventTypeDelete) != wantDelete {
			t.Fatalf("event %d: want a deletion %v, got %v", nth, wantDelete, answer.Events)
		}
	}
}

func TestMemberKeepsItsDataAcrossAStart(t *testing.T) {
	data := t.TempDir()
	first := startMember(t, data)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := connect(t, first).Put(ctx, "key", "kept"); err != nil {
		t.Fatal(err)
	}
	first.Close()
	found, err := connect(t, startMember(t, data)).Get(ctx, "key")
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Kvs) != 1 || string(found.Kvs[0].Value) != "kept" {
		t.Errorf("want the value of before, got %v", found.Kvs)
	}
}

func TestStartSaysThatThePortIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, err = Start(t.Context(), Options{Client: taken.Addr().String(), Peer: "127.0.0.1:0", Data: t.TempDir()})
	if err == nil || !addressInUse(err) {
		t.Errorf("want an error about the address in use, got %v", err)
	}
}
