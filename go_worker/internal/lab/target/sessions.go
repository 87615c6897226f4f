package target

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// maxSessions bounds the stored sessions; the oldest one goes first.
const maxSessions = 200_000

const sessionCookie = "session"

// userHeader lets a request say which user it means to be. A session cookie of another user is then
// counted as cross-user use: the sign of a cookie jar that two virtual users share.
const userHeader = "X-Hazard-User"

// sessionCounts says what happened with sessions since the last reset.
type sessionCounts struct {
	Logins       uint64 `json:"logins"`
	Recognised   uint64 `json:"recognised"`   // /me with a known session
	Unrecognised uint64 `json:"unrecognised"` // /me without one
	CrossUser    uint64 `json:"cross_user"`   // a session of another user than the request means
}

type sessionStore struct {
	mu     sync.Mutex
	users  map[string]string // session id -> user
	order  []string          // ring of ids, oldest at oldest
	oldest int
	counts sessionCounts
}

// open makes a session with a fresh id; presented is the session cookie that came with the login.
func (s *sessionStore) open(user, presented string) (id string) {
	id = rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users == nil {
		s.users = map[string]string{}
	}
	if owner, known := s.users[presented]; known && owner != user {
		s.counts.CrossUser++
	}
	s.counts.Logins++
	s.users[id] = user
	if len(s.order) < maxSessions {
		s.order = append(s.order, id)
		return id
	}
	delete(s.users, s.order[s.oldest])
	s.order[s.oldest] = id
	s.oldest = (s.oldest + 1) % maxSessions
	return id
}

// user is the session's user; claimed is who the request says it is, "" if it does not say.
func (s *sessionStore) user(id, claimed string) (user string, crossed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, known := s.users[id]
	switch {
	case !known:
		s.counts.Unrecognised++
	case claimed != "" && claimed != user:
		s.counts.CrossUser++
		crossed = true
	default:
		s.counts.Recognised++
	}
	return user, crossed
}

func (s *sessionStore) report() sessionCounts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// clearCounts keeps the sessions, so that a reset does not log anybody out.
func (s *sessionStore) clearCounts() {
	s.mu.Lock()
	s.counts = sessionCounts{}
	s.mu.Unlock()
}

// answerLogin takes the user from a form field or JSON member "user" and opens a session for it.
func (t *Target) answerLogin(ctx *fasthttp.RequestCtx, _ route.Params) {
	user := string(ctx.PostArgs().Peek("user"))
	if user == "" {
		var in struct {
			User string `json:"user"`
		}
		if json.Unmarshal(ctx.PostBody(), &in) == nil {
			user = in.User
		}
	}
	if user == "" || len(user) > 256 {
		answerError(ctx, http.StatusUnprocessableEntity, `give "user" as a form field or JSON member`)
		return
	}
	var cookie fasthttp.Cookie
	cookie.SetKey(sessionCookie)
	cookie.SetValue(t.sessions.open(user, string(ctx.Request.Header.Cookie(sessionCookie))))
	cookie.SetPath("/")
	cookie.SetHTTPOnly(true)
	ctx.Response.Header.SetCookie(&cookie)
	answerJSON(ctx, http.StatusOK, map[string]string{"user": user})
}

// answerMe answers with the session's user, 401 without a session, 403 if the request means to be
// somebody else.
func (t *Target) answerMe(ctx *fasthttp.RequestCtx, _ route.Params) {
	claimed := string(ctx.Request.Header.Peek(userHeader))
	if claimed == "" {
		claimed = string(ctx.QueryArgs().Peek("user"))
	}
	user, crossed := t.sessions.user(string(ctx.Request.Header.Cookie(sessionCookie)), claimed)
	switch {
	case crossed:
		answerError(ctx, http.StatusForbidden, "the session belongs to another user")
	case user == "":
		answerError(ctx, http.StatusUnauthorized, "no session; POST /login first")
	default:
		answerJSON(ctx, http.StatusOK, map[string]string{"user": user})
	}
}

// answerSetCookies sets one cookie for every query argument.
func (t *Target) answerSetCookies(ctx *fasthttp.RequestCtx, _ route.Params) {
	set := map[string]string{}
	for name, value := range ctx.QueryArgs().All() {
		var cookie fasthttp.Cookie
		cookie.SetKeyBytes(name)
		cookie.SetValueBytes(value)
		cookie.SetPath("/")
		ctx.Response.Header.SetCookie(&cookie)
		set[string(name)] = string(value)
	}
	answerJSON(ctx, http.StatusOK, map[string]any{"set": set})
}

// answerCookies lists the cookies that came with the request, in their order.
func (t *Target) answerCookies(ctx *fasthttp.RequestCtx, _ route.Params) {
	list := [][2]string{}
	for name, value := range ctx.Request.Header.Cookies() {
		list = append(list, [2]string{string(name), string(value)})
	}
	answerJSON(ctx, http.StatusOK, map[string]any{"cookies": list})
}
