package conduit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// API answers the RealWorld paths, all under /api.
type API struct {
	store  *store
	tokens *signer
}

// New makes an empty API. It fails only if the system has no random numbers.
func New(limits Limits) (*API, error) {
	tokens, err := newSigner()
	if err != nil {
		return nil, err
	}
	return &API{store: newStore(limits), tokens: tokens}, nil
}

// Size is how many entries are stored.
func (a *API) Size() Size { return a.store.size() }

// call is one request on its way through a handler.
type call struct {
	*fasthttp.RequestCtx
	params route.Params
	viewer uint64 // user id of the token, 0 without one
}

// action answers a call with a status and a value to encode, or a rejection.
type action func(c *call) (status int, body any, err error)

// access says whether a call needs a token.
type access int

const (
	open     access = iota // a token is ignored
	optional               // a token is used if there is one, and must be valid then
	required
)

// Routes lists the paths of the API.
func (a *API) Routes() []route.Route {
	table := []struct {
		method, pattern string
		access          access
		action          action
	}{
		{"POST", "/api/users", open, a.register},
		{"POST", "/api/users/login", open, a.login},
		{"GET", "/api/user", required, a.currentUser},
		{"PUT", "/api/user", required, a.updateUser},
		{"GET", "/api/profiles/:username", optional, a.profile},
		{"POST", "/api/profiles/:username/follow", required, a.follow},
		{"DELETE", "/api/profiles/:username/follow", required, a.unfollow},
		{"GET", "/api/articles", optional, a.listArticles},
		{"POST", "/api/articles", required, a.createArticle},
		{"GET", "/api/articles/feed", required, a.feed},
		{"GET", "/api/articles/:slug", optional, a.article},
		{"PUT", "/api/articles/:slug", required, a.updateArticle},
		{"DELETE", "/api/articles/:slug", required, a.deleteArticle},
		{"POST", "/api/articles/:slug/favorite", required, a.favorite},
		{"DELETE", "/api/articles/:slug/favorite", required, a.unfavorite},
		{"GET", "/api/articles/:slug/comments", optional, a.listComments},
		{"POST", "/api/articles/:slug/comments", required, a.createComment},
		{"DELETE", "/api/articles/:slug/comments/:id", required, a.deleteComment},
		{"GET", "/api/tags", open, a.listTags},
	}
	routes := make([]route.Route, 0, len(table))
	for _, row := range table {
		routes = append(routes, route.Route{
			Method: row.method, Pattern: row.pattern, Handle: a.handler(row.access, row.action),
		})
	}
	return routes
}

func (a *API) handler(need access, act action) route.Handler {
	return func(ctx *fasthttp.RequestCtx, params route.Params) {
		c := &call{RequestCtx: ctx, params: params}
		if err := a.identify(c, need); err != nil {
			answerError(ctx, err)
			return
		}
		status, body, err := act(c)
		if err != nil {
			answerError(ctx, err)
			return
		}
		answer(ctx, status, body)
	}
}

// identify reads `Authorization: Token JWT` (Bearer is accepted too).
func (a *API) identify(c *call, need access) error {
	if need == open {
		return nil
	}
	value := c.Request.Header.Peek(fasthttp.HeaderAuthorization)
	if len(value) == 0 {
		if need == required {
			return unauthorized("token", "is missing")
		}
		return nil
	}
	scheme, token, _ := bytes.Cut(value, []byte(" "))
	if string(scheme) != "Token" && string(scheme) != "Bearer" {
		return unauthorized("token", "is missing")
	}
	id, ok := a.tokens.check(bytes.TrimSpace(token), time.Now())
	if !ok {
		return unauthorized("token", "is invalid")
	}
	c.viewer = id
	return nil
}

func answer(ctx *fasthttp.RequestCtx, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		ctx.Error(err.Error(), http.StatusInternalServerError)
		return
	}
	ctx.SetStatusCode(status)
	ctx.SetContentType("application/json; charset=utf-8")
	ctx.Response.SetBodyRaw(text)
}

func answerError(ctx *fasthttp.RequestCtx, err error) {
	var r *rejection
	if !errors.As(err, &r) {
		r = reject(http.StatusInternalServerError, "body", err.Error())
	}
	answer(ctx, r.status, map[string]any{"errors": r.errors})
}

// decode reads a JSON body.
func decode(c *call, into any) error {
	if err := json.Unmarshal(c.PostBody(), into); err != nil {
		return reject(http.StatusUnprocessableEntity, "body", fmt.Sprintf("is not valid: %v", err))
	}
	return nil
}
