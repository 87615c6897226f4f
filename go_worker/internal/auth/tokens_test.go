package auth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazard/internal/auth"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// tokenServer gives t1, t2 … of a life, while it is not broken.
type tokenServer struct {
	url     string
	fetched atomic.Int32
	broken  atomic.Bool
	// arrived and answer hold the next answer back, once they are made.
	arrived, answer chan struct{}
}

func newTokenServer(t *testing.T, lifeSeconds int) *tokenServer {
	s := &tokenServer{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.answer != nil {
			s.arrived <- struct{}{}
			<-s.answer
		}
		if user, password, _ := r.BasicAuth(); user != "id" || password != "secret" || r.FormValue("scope") != "s" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if s.broken.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintf(w, `{"access_token":"t%d","expires_in":%d}`, s.fetched.Add(1), lifeSeconds)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// signing gives what a request at a time after the start is authorised with.
func (s *tokenServer) signing(t *testing.T) func(after time.Duration) (string, error) {
	shared := http1.NewShared(http1.Options{})
	signer, err := auth.Compile(&pb.Auth{Kind: &pb.Auth_Oauth2{Oauth2: &pb.OAuth2Auth{GrantType: "client_credentials",
		TokenUrl: s.url, ClientId: "id", ClientSecret: "secret", Scope: "s"}}}, template.NewNames(),
		auth.NewTokens(shared, shared.Route()))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	return func(after time.Duration) (string, error) {
		r := &http1.Request{}
		err := signer.Sign(&auth.Call{Request: r, Context: fixed{start.Add(after)}})
		return header(r, "Authorization"), err
	}
}

func TestAClientCredentialsTokenIsFetchedOnceAndAgainBeforeItEnds(t *testing.T) {
	for _, c := range []struct {
		lifeSeconds int
		kept, next  time.Duration
	}{
		{60, 49 * time.Second, 51 * time.Second},
		{2, 1400 * time.Millisecond, 1600 * time.Millisecond},
	} {
		sign := newTokenServer(t, c.lifeSeconds).signing(t)
		for _, at := range []struct {
			after time.Duration
			want  string
		}{{0, "Bearer t1"}, {c.kept, "Bearer t1"}, {c.next, "Bearer t2"}, {c.next + c.kept, "Bearer t2"}} {
			if got, err := sign(at.after); err != nil || got != at.want {
				t.Errorf("a life of %d s, after %v: %q instead of %q, %v", c.lifeSeconds, at.after, got, at.want, err)
			}
		}
	}
}

func TestATokenThatIsRenewedInVainIsUsedToItsEnd(t *testing.T) {
	s := newTokenServer(t, 60)
	sign := s.signing(t)
	for _, at := range []struct {
		after time.Duration
		down  bool
		want  string
	}{
		{0, false, "Bearer t1"},
		{51 * time.Second, true, "Bearer t1"},
		{51500 * time.Millisecond, false, "Bearer t1"}, // tried again after a second, not by each request
		{53 * time.Second, false, "Bearer t2"},
		{114 * time.Second, true, ""},
	} {
		s.broken.Store(at.down)
		if got, err := sign(at.after); got != at.want || (err != nil) != (at.want == "") {
			t.Errorf("after %v: %q instead of %q, %v", at.after, got, at.want, err)
		}
	}
}

func TestUsersGoOnWithAValidTokenWhileOneRenewsIt(t *testing.T) {
	s := newTokenServer(t, 60)
	sign := s.signing(t)
	if got, err := sign(0); err != nil || got != "Bearer t1" {
		t.Fatal(got, err)
	}
	s.arrived, s.answer = make(chan struct{}), make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() {
		if got, err := sign(51 * time.Second); err != nil || got != "Bearer t2" {
			t.Errorf("the one that renews has %q, %v", got, err)
		}
	})
	<-s.arrived
	for range 10 {
		if got, err := sign(51 * time.Second); err != nil || got != "Bearer t1" {
			t.Errorf("meanwhile %q, %v", got, err)
		}
	}
	close(s.answer)
	renewing.Wait()
	if n := s.fetched.Load(); n != 2 {
		t.Errorf("%d tokens were fetched", n)
	}
}
