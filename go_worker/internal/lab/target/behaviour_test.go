package target

import (
	"bufio"
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestDrawsOfASeedRepeatAfterAReset(t *testing.T) {
	l := startLab(t, Options{})
	sequence := func() (statuses []int) {
		for range 40 {
			statuses = append(statuses, l.do("GET", "/error?ratio=0.5&status=500&seed=9", "").status)
		}
		return statuses
	}
	first := fmt.Sprint(sequence())
	if !strings.Contains(first, "200") || !strings.Contains(first, "500") {
		t.Errorf("want both outcomes, got %s", first)
	}
	l.do("POST", "/lab/reset", "")
	if second := fmt.Sprint(sequence()); second != first {
		t.Errorf("want the same outcomes after a reset, got\n%s\n%s", first, second)
	}
}

func TestDrawsAreEvenlySpread(t *testing.T) {
	var d drawSequences
	const n = 100_000
	sum := 0.0
	for range n {
		u := d.next(3)
		if u < 0 || u >= 1 {
			t.Fatalf("want a number in [0,1), got %g", u)
		}
		sum += u
	}
	if mean := sum / n; math.Abs(mean-0.5) > 0.005 {
		t.Errorf("want a mean of 0.5, got %g", mean)
	}
}

func TestDelayMixture(t *testing.T) {
	for _, c := range []struct{ u, want float64 }{{0, 100}, {0.09, 100}, {0.1, 10}, {0.55, 15}} {
		if got := mixture(c.u, 10, 10, 100, 0.1); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("draw %g: want %g ms, got %g", c.u, c.want, got)
		}
	}
	l := startLab(t, Options{})
	start := time.Now()
	body := string(l.do("GET", "/delay?ms=30", "").body)
	if took := time.Since(start); body != `{"delay_us":30000}` || took < 30*time.Millisecond {
		t.Errorf("want a wait of 30 ms, got %s after %s", body, took)
	}
	if got := l.do("GET", "/delay?ms=-1", "").status; got != 400 {
		t.Errorf("want 400 for a negative delay, got %d", got)
	}
}

func TestStallHoldsRequestsBackUntilItsEnd(t *testing.T) {
	l := startLab(t, Options{})
	const window = 500 * time.Millisecond
	start := time.Now()
	l.do("POST", "/lab/stall", `{"for_s":0.5}`)
	l.do("GET", "/static", "")
	if took := time.Since(start); took >= window {
		t.Errorf("want other paths to go on, took %s", took)
	}
	l.do("GET", "/stallable", "")
	if took := time.Since(start); took < window {
		t.Errorf("want an answer at the end of the stall, after %s", took)
	}
	start = time.Now()
	l.do("POST", "/lab/stall", `{"for_s":0.5,"all":true}`)
	l.do("GET", "/static", "")
	if took := time.Since(start); took < window {
		t.Errorf("want every path to stall, took %s", took)
	}
}

func TestBucketQueuesAboveItsRate(t *testing.T) {
	var b bucket
	b.set(bucketSettings{Rate: 100, Queue: 3})
	now := time.Now()
	for i, want := range []time.Duration{0, 10, 20, 30} {
		if wait, ok := b.reserve(now); !ok || wait != want*time.Millisecond {
			t.Errorf("request %d: want to wait %d ms, got %s %v", i, want, wait, ok)
		}
	}
	if _, ok := b.reserve(now); ok {
		t.Error("want the queue to be full")
	}
	if wait, ok := b.reserve(now.Add(time.Second)); !ok || wait != 0 {
		t.Errorf("want no wait after idle time, got %s %v", wait, ok)
	}
	l := startLab(t, Options{})
	l.do("POST", "/lab/bucket", `{"rate":100}`)
	start := time.Now()
	var group sync.WaitGroup
	for range 21 {
		group.Go(func() {
			if _, err := l.try("GET", "/bucket", ""); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if took := time.Since(start); took < 200*time.Millisecond {
		t.Errorf("want 21 answers to take 200 ms at 100/s, took %s", took)
	}
	if got := l.do("POST", "/lab/bucket", `{"rate":0}`).status; got != 400 {
		t.Errorf("want 400 for rate 0, got %d", got)
	}
}

func TestSessionsTellUsersApart(t *testing.T) {
	l := startLab(t, Options{})
	login := func(user string, headers ...string) string {
		got := l.do("POST", "/login", "user="+user, append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
		return strings.Split(got.header.Get("Set-Cookie"), ";")[0]
	}
	ada, again := login("ada"), login("ada")
	if ada == again || !strings.HasPrefix(ada, sessionCookie+"=") {
		t.Errorf("want a fresh session for each login, got %q and %q", ada, again)
	}
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"known", []string{"Cookie", ada}, 200},
		{"known and claimed", []string{"Cookie", again, userHeader, "ada"}, 200},
		{"of another user", []string{"Cookie", ada, userHeader, "bob"}, 403},
		{"missing", nil, 401},
	} {
		if got := l.do("GET", "/me", "", c.headers...).status; got != c.status {
			t.Errorf("session %s: want %d, got %d", c.name, c.status, got)
		}
	}
	login("bob", "Cookie", ada)
	want := sessionCounts{Logins: 3, Recognised: 2, Unrecognised: 1, CrossUser: 2}
	if got := l.hits().Sessions; got != want {
		t.Errorf("want %+v, got %+v", want, got)
	}
	cookies := l.do("GET", "/cookies", "", "Cookie", "b=2; a=1")
	if string(cookies.body) != `{"cookies":[["b","2"],["a","1"]]}` {
		t.Errorf("want the cookies in order, got %s", cookies.body)
	}
	if set := l.do("GET", "/cookies/set?n=v", "").header.Get("Set-Cookie"); !strings.HasPrefix(set, "n=v") {
		t.Errorf("want a cookie to be set, got %q", set)
	}
}

func TestSessionsAreBounded(t *testing.T) {
	var s sessionStore
	first := s.open("ada", "")
	for range maxSessions {
		s.open("bob", "")
	}
	if user, _ := s.user(first, ""); user != "" || len(s.users) != maxSessions {
		t.Errorf("want the oldest session to go, got %q and %d sessions", user, len(s.users))
	}
}

func TestConnectionFaults(t *testing.T) {
	l := startLab(t, Options{})
	for _, path := range []string{"/drop", "/drop?rst=1", "/garbage"} {
		if _, err := l.try("POST", path, ""); err == nil {
			t.Errorf("%s: want an error", path)
		}
	}
	if got := l.hits(); got.ByStatus["no_answer"] != 3 {
		t.Errorf("want three requests without an answer, got %+v", got)
	}
}

func TestCloseAfterEndsTheConnectionAfterItsLastAnswer(t *testing.T) {
	for query, wantHeader := range map[string]bool{"": false, "?announce=1": true, "?when=next": false} {
		t.Run("close"+query, func(t *testing.T) {
			l := startLab(t, Options{})
			c := dial(t, l)
			in := bufio.NewReader(c)
			for nth := 1; nth <= 2; nth++ {
				if _, err := fmt.Fprintf(c, "GET /close-after/2%s HTTP/1.1\r\nHost: x\r\n\r\n", query); err != nil {
					t.Fatal(err)
				}
				response, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Fatalf("answer %d: %v", nth, err)
				}
				if _, err := io.Copy(io.Discard, response.Body); err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
				if response.Close != (wantHeader && nth == 2) {
					t.Errorf("answer %d: want an announced close %v, got %v", nth, wantHeader, response.Close)
				}
			}
			if query == "?when=next" {
				if _, err := io.WriteString(c, "G"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := in.ReadByte(); err == nil {
				t.Error("want the connection to be closed")
			}
			if got := l.hits().Total; got != 2 {
				t.Errorf("want 2 hits, got %d", got)
			}
		})
	}
}

func TestBasicAuthentication(t *testing.T) {
	l := startLab(t, Options{})
	if got := l.do("GET", "/basic-auth", ""); got.status != 401 || got.header.Get("WWW-Authenticate") == "" {
		t.Errorf("want a challenge, got %d %v", got.status, got.header)
	}
	if got := l.do("GET", "/basic-auth", "", "Authorization", "Basic dXNlcjpwYXNzd2Q=").status; got != 200 {
		t.Errorf("want 200 for user:passwd, got %d", got)
	}
	if got := l.do("GET", "/basic-auth/a/b", "", "Authorization", "Basic dXNlcjpwYXNzd2Q=").status; got != 401 {
		t.Errorf("want 401 for other credentials, got %d", got)
	}
}

// The reference computation is written out again from RFC 7616, apart from the code under test.
func TestDigestAuthentication(t *testing.T) {
	l := startLab(t, Options{})
	for algorithm, newHash := range map[string]func() hash.Hash{"MD5": md5.New, "SHA-256": sha256.New} {
		h := func(text string) string {
			sum := newHash()
			sum.Write([]byte(text))
			return hex.EncodeToString(sum.Sum(nil))
		}
		path := "/digest-auth/mufasa/life?algorithm=" + algorithm
		challenge := l.do("GET", path, "")
		nonce := digestFields(challenge.header.Get("WWW-Authenticate"))["nonce"]
		if challenge.status != 401 || nonce == "" {
			t.Fatalf("%s: want a challenge, got %d %v", algorithm, challenge.status, challenge.header)
		}
		for password, status := range map[string]int{"life": 200, "death": 401} {
			response := h(h("mufasa:hazard-lab:"+password) + ":" + nonce + ":00000001:xyz:auth:" + h("GET:"+path))
			value := fmt.Sprintf(`Digest username="mufasa", realm="hazard-lab", nonce="%s", uri="%s", `+
				`qop=auth, nc=00000001, cnonce="xyz", response="%s", algorithm=%s`, nonce, path, response, algorithm)
			if got := l.do("GET", path, "", "Authorization", value).status; got != status {
				t.Errorf("%s with password %s: want %d, got %d", algorithm, password, status, got)
			}
		}
	}
}

func TestArrivalsAreRecordedWhenSwitchedOn(t *testing.T) {
	l := startLab(t, Options{})
	l.do("GET", "/static", "")
	l.do("POST", "/lab/arrivals", `{"on":true}`)
	before := time.Now().UnixNano()
	for range 5 {
		l.do("GET", "/static", "")
	}
	var report arrivalReport
	decodeInto(t, l.do("GET", "/lab/arrivals?since=2", "").body, &report)
	if !report.On || report.First != 2 || report.Next != 5 || len(report.TimesNs) != 3 {
		t.Fatalf("want arrivals 2 to 5, got %+v", report)
	}
	if wall := report.StartWallNs + report.TimesNs[0]; wall < before || wall > time.Now().UnixNano() {
		t.Errorf("want a wall time of now, got %d", wall)
	}
	raw := l.do("GET", "/lab/arrivals?format=binary", "").body
	if len(raw) != 8*(3+5) || binary.LittleEndian.Uint64(raw[16:]) != 5 {
		t.Errorf("want 3 numbers and 5 times, got %d bytes", len(raw))
	}
}

func TestArrivalRingKeepsTheNewest(t *testing.T) {
	var r arrivalRing
	r.turn(true)
	for range arrivalCapacity + 10 {
		r.record()
	}
	got := r.since(0)
	if got.First != 10 || len(got.TimesNs) != arrivalCapacity {
		t.Fatalf("want the newest %d from 10 on, got %d from %d", arrivalCapacity, len(got.TimesNs), got.First)
	}
	for i := 1; i < len(got.TimesNs); i++ {
		if got.TimesNs[i] < got.TimesNs[i-1] {
			t.Fatalf("arrival %d is before the one before it", i)
		}
	}
}
