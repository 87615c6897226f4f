package registry

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"hazard/internal/lab/etcd"
	"hazard/internal/lab/labtest"
)

const (
	key      = DefaultPrefix + "worker-1"
	value    = `{"worker_id":"worker-1"}`
	patience = 30 * time.Second
	// backWithin is what is promised: the lease and two seconds.
	backWithin = (LeaseSeconds + 2) * time.Second
)

// cluster is a real etcd of one member, which can be stopped and started on the same port.
type cluster struct {
	t       *testing.T
	address string
	member  *etcd.Member
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func startCluster(t *testing.T, address, data string) *cluster {
	t.Helper()
	c := &cluster{t: t, address: address}
	c.start(data)
	t.Cleanup(func() { c.member.Close() })
	return c
}

func (c *cluster) start(data string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	member, err := etcd.Start(ctx, etcd.Options{Client: c.address, Peer: "127.0.0.1:0", Data: data})
	if err != nil {
		c.t.Fatal(err)
	}
	c.member = member
}

// record reads the worker's key over a connection of its own; nil: it is not there.
func (c *cluster) record() *record {
	c.t.Helper()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{c.address}, Logger: zap.NewNop()})
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	return recordBy(client)
}

func recordBy(client *clientv3.Client) *record {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	answer, err := client.Get(ctx, key)
	if err != nil || len(answer.Kvs) != 1 {
		return nil
	}
	pair := answer.Kvs[0]
	return &record{value: string(pair.Value), lease: pair.Lease, epoch: pair.CreateRevision}
}

type record struct {
	value string
	lease int64
	epoch int64
}

// announced waits until the record is there as wanted, and tells how long that took.
func (c *cluster) announced(what string, holds func(*record) bool) (*record, time.Duration) {
	c.t.Helper()
	started := time.Now()
	for time.Since(started) < patience {
		if found := c.record(); found != nil && holds(found) {
			return found, time.Since(started)
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("waited in vain for %s", what)
	return nil, 0
}

func present(*record) bool { return true }

// journal collects what is logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) count(part string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.text.String(), part)
}

// startAnnouncing runs the registry as a worker does. end is SIGTERM: it returns when Run has.
func startAnnouncing(t *testing.T, address string, edits ...func(*Config)) (end func(), log *journal) {
	t.Helper()
	log = &journal{}
	config := Config{
		Endpoints: []string{address},
		Records:   map[string]string{key: value},
		Log:       slog.New(slog.NewTextHandler(log, nil)),
	}
	for _, edit := range edits {
		edit(&config)
	}
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		Run(ctx, config)
	}()
	end = sync.OnceFunc(func() {
		cancel()
		select {
		case <-gone:
		case <-time.After(patience):
			t.Error("announcing does not end")
		}
	})
	t.Cleanup(end)
	return end, log
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Not parallel: it measures the whole process.
func TestAnAbsentEtcdCostsNothingAndIsFoundAgain(t *testing.T) {
	data := t.TempDir()
	c := startCluster(t, freeAddress(t), data)
	_, log := startAnnouncing(t, c.address)
	before, _ := c.announced("the first record", present)
	c.member.Close()
	time.Sleep((LeaseSeconds + 2) * time.Second) // the lease is lost on our side
	spent, began := processorTime(t), time.Now()
	time.Sleep(6 * time.Second)
	if part := float64(processorTime(t)-spent) / float64(time.Since(began)); part > 0.01 {
		t.Errorf("an absent etcd costs %.1f %% of a core", 100*part)
	}
	c.start(data)
	// etcd revives old leases when it starts, so that the record itself may still be there.
	after, took := c.announced("a record under a new lease", func(r *record) bool { return r.lease != before.lease })
	if t.Logf("announced %v after etcd came back", took); took > backWithin {
		t.Errorf("announced %v after etcd came back", took)
	}
	if after.value != value {
		t.Errorf("announced as %q", after.value)
	}
	if lost, away := log.count("lease in etcd was lost"), log.count("trying again"); lost != 1 || away > 4 {
		t.Errorf("logged %d losses and %d failures", lost, away)
	}
}

func TestARecordStandsUnderALeaseAndGoesWithItsWorker(t *testing.T) {
	t.Parallel()
	c := startCluster(t, "127.0.0.1:0", t.TempDir())
	c.address = c.member.Client()
	end, _ := startAnnouncing(t, c.address)
	found, _ := c.announced("the record", present)
	if found.value != value {
		t.Errorf("announced as %q", found.value)
	}
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{c.address}, Logger: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	lease, err := client.TimeToLive(t.Context(), clientv3.LeaseID(found.lease))
	if err != nil || lease.GrantedTTL != LeaseSeconds {
		t.Errorf("the lease is %v (%v)", lease, err)
	}
	started := time.Now()
	end()
	if c.record() != nil {
		t.Error("the record outlives its worker")
	}
	if took := time.Since(started); took > 3*time.Second {
		t.Errorf("taking it back took %v", took)
	}
}

func TestAShortBreakKeepsTheRegistration(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c := startCluster(t, freeAddress(t), data)
	startAnnouncing(t, c.address)
	before, _ := c.announced("the record", present)
	c.member.Close()
	c.start(data)
	time.Sleep((LeaseSeconds + 1) * time.Second) // a lease that nobody keeps would be over
	after := c.record()
	if after == nil || after.lease != before.lease || after.epoch != before.epoch {
		t.Errorf("the record was %v and is %v", before, after)
	}
}

func TestAnEtcdThatLostItsDataIsToldAgain(t *testing.T) {
	t.Parallel()
	c := startCluster(t, freeAddress(t), t.TempDir())
	_, log := startAnnouncing(t, c.address)
	c.announced("the record", present)
	c.member.Close()
	c.start(t.TempDir())
	_, took := c.announced("the record", present)
	if t.Logf("announced %v after etcd came", took); took > backWithin {
		t.Errorf("announced %v after etcd came back", took)
	}
	if log.count("lease in etcd was lost") != 1 {
		t.Error("the loss of the lease is not logged")
	}
}

func TestALeaseThatIsTakenAwayIsTakenAgain(t *testing.T) {
	t.Parallel()
	c := startCluster(t, "127.0.0.1:0", t.TempDir())
	c.address = c.member.Client()
	startAnnouncing(t, c.address)
	before, _ := c.announced("the record", present)
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{c.address}, Logger: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if _, err := client.Revoke(t.Context(), clientv3.LeaseID(before.lease)); err != nil {
		t.Fatal(err)
	}
	after, took := c.announced("a new registration", func(r *record) bool { return r.epoch > before.epoch })
	if took > backWithin || after.lease == before.lease {
		t.Errorf("after %v: %v", took, after)
	}
}

func TestAWorkerThatStartsBeforeItsEtcdIsAnnouncedLater(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	_, log := startAnnouncing(t, address, func(c *Config) { c.Username, c.Password = "root", "secret-word" })
	labtest.Await(t, "a failure", func() bool { return log.count("trying again") > 0 })
	c := startCluster(t, address, t.TempDir())
	_, took := c.announced("the record", present)
	if t.Logf("announced %v after etcd came", took); took > backWithin {
		t.Errorf("announced %v after etcd came", took)
	}
	if log.count("secret-word") != 0 {
		t.Error("the password is logged")
	}
}

// Not parallel: passwords are costly to check.
func TestAUserMayBeAsked(t *testing.T) {
	c := startCluster(t, "127.0.0.1:0", t.TempDir())
	c.address = c.member.Client()
	admin, err := clientv3.New(clientv3.Config{Endpoints: []string{c.address}, Logger: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close() }()
	ctx := t.Context()
	for _, step := range []func() error{
		func() error { _, err := admin.UserAdd(ctx, "root", "root-word"); return err },
		func() error { _, err := admin.UserGrantRole(ctx, "root", "root"); return err },
		func() error { _, err := admin.RoleAdd(ctx, "workers"); return err },
		func() error {
			_, err := admin.RoleGrantPermission(ctx, "workers", DefaultPrefix,
				clientv3.GetPrefixRangeEnd(DefaultPrefix), clientv3.PermissionType(clientv3.PermReadWrite))
			return err
		},
		func() error { _, err := admin.UserAdd(ctx, "worker", "secret-word"); return err },
		func() error { _, err := admin.UserGrantRole(ctx, "worker", "workers"); return err },
		func() error { _, err := admin.AuthEnable(ctx); return err },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	end, _ := startAnnouncing(t, c.address, func(c *Config) { c.Username, c.Password = "worker", "secret-word" })
	root, err := clientv3.New(clientv3.Config{Endpoints: []string{c.address}, Logger: zap.NewNop(),
		Username: "root", Password: "root-word"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	labtest.Await(t, "the record", func() bool { return recordBy(root) != nil })
	end()
	if recordBy(root) != nil {
		t.Error("the record outlives its worker")
	}
	_, refused := startAnnouncing(t, c.address, func(c *Config) { c.Username, c.Password = "worker", "wrong" })
	labtest.Await(t, "the refusal", func() bool { return refused.count("authentication failed") > 0 })
	if recordBy(root) != nil {
		t.Error("a wrong password announces")
	}
}

func TestEndpointsAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"127.0.0.1:2379":                        "127.0.0.1:2379",
		" a:1 , https://b.example:2379,":        "a:1 https://b.example:2379",
		"[::1]:2379":                            "[::1]:2379",
		"":                                      "",
		",":                                     "",
		"localhost":                             "",
		"host:":                                 "",
		"host:port":                             "",
		"http://:2379":                          "",
		"127.0.0.1:2379;127.0.0.1:2380":         "",
		"http://a.example:2379/path,b.example:": "",
	} {
		endpoints, err := ParseEndpoints(text)
		if got := strings.Join(endpoints, " "); got != want || (err == nil) != (want != "") {
			t.Errorf("%q is read as %q (%v)", text, got, err)
		}
	}
}
