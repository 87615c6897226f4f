package auth

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hazard/internal/http1"
)

// Tokens keeps the tokens that a worker fetched for its users. Safe for concurrent use.
type Tokens struct {
	shared *http1.Shared
	route  *http1.Route
	mu     sync.Mutex
	kept   map[string]*kept
}

// kept is the newest token of a request. One user at a time fetches the next one; the others go on
// with this one while it is valid, else they wait.
type kept struct {
	fetching sync.Mutex
	token    atomic.Pointer[token]
}

// token is one that was fetched. The zero time is never.
type token struct {
	access, refresh string
	renew, ends     time.Time
}

const (
	// Tokens are renewed this long before they end, short-lived ones after three quarters of their life.
	mostMargin = 10 * time.Second
	// A renewal that fails while the token is valid is tried again after this.
	retryAfter = time.Second
)

// NewTokens makes an empty store that fetches over shared, on a route.
func NewTokens(shared *http1.Shared, route *http1.Route) *Tokens {
	return &Tokens{shared: shared, route: route, kept: map[string]*kept{}}
}

func (t *token) isFresh(now time.Time) bool { return t != nil && before(now, t.renew) }
func (t *token) isValid(now time.Time) bool { return t != nil && before(now, t.ends) }

func before(now, end time.Time) bool { return end.IsZero() || now.Before(end) }

func (t *Tokens) get(r tokenRequest, now func() time.Time) (string, error) {
	kept := t.keptFor(r)
	found := kept.token.Load()
	at := now()
	switch {
	case found.isFresh(at):
		return found.access, nil
	case !found.isValid(at):
		kept.fetching.Lock()
	case !kept.fetching.TryLock():
		return found.access, nil
	}
	defer kept.fetching.Unlock()
	if found = kept.token.Load(); found.isFresh(now()) {
		return found.access, nil
	}
	made, err := t.renewed(found, r, now)
	if err != nil {
		at := now()
		if !found.isValid(at) {
			return "", err
		}
		later := *found
		later.renew = at.Add(retryAfter)
		made = &later
	}
	kept.token.Store(made)
	return made.access, nil
}

func (t *Tokens) keptFor(r tokenRequest) *kept {
	key := r.url + "\n" + r.authorization + "\n" + r.body
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.kept[key]
	if found == nil {
		found = &kept{}
		t.kept[key] = found
	}
	return found
}

// renewed asks with the refresh token of the last answer; when there is none, or it is refused, as
// the first time.
func (t *Tokens) renewed(last *token, r tokenRequest, now func() time.Time) (*token, error) {
	if last != nil && last.refresh != "" {
		if made, err := t.fetch(r.refresh(last.refresh), now()); err == nil {
			if made.refresh == "" {
				// RFC 6749, 6: without a new one the old one stays.
				made.refresh = last.refresh
			}
			return made, nil
		}
	}
	return t.fetch(r, now())
}

// fetch asks the token URL once; the life of the token counts from before.
func (t *Tokens) fetch(r tokenRequest, now time.Time) (*token, error) {
	client := http1.New(t.shared)
	client.SetRoute(t.route)
	defer client.Close()
	request := http1.Request{Method: []byte("POST"), Body: []byte(r.body), Want: http1.Want{Body: true},
		Headers: []http1.Header{
			{Name: []byte("Accept"), Value: []byte("application/json")},
			{Name: []byte("Content-Type"), Value: []byte("application/x-www-form-urlencoded")},
		}}
	if r.authorization != "" {
		request.Headers = append(request.Headers,
			http1.Header{Name: []byte("Authorization"), Value: []byte(r.authorization)})
	}
	if err := http1.ParseURL(&request.URL, []byte(r.url)); err != nil {
		return nil, fmt.Errorf("the token URL cannot be used: %w", err)
	}
	var response http1.Response
	if err := client.Do(&request, &response); err != nil {
		return nil, fmt.Errorf("no token: %w", err)
	}
	body, err := response.Decoded()
	if err != nil {
		return nil, fmt.Errorf("no token: %w", err)
	}
	var answer struct {
		AccessToken  string      `json:"access_token"`
		RefreshToken string      `json:"refresh_token"`
		ExpiresIn    json.Number `json:"expires_in"`
	}
	if response.Status != 200 || json.Unmarshal(body, &answer) != nil || answer.AccessToken == "" {
		return nil, fmt.Errorf("no token: the token URL answered %d", response.Status)
	}
	made := &token{access: answer.AccessToken, refresh: answer.RefreshToken}
	if seconds, err := answer.ExpiresIn.Float64(); err == nil && seconds > 0 {
		life := time.Duration(seconds * float64(time.Second))
		made.ends = now.Add(life)
		made.renew = made.ends.Add(-min(mostMargin, life/4))
	}
	return made, nil
}
