package target

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/conduit"
	"hazard/internal/lab/route"
)

// controlPrefix starts the paths that steer and read the target itself; they are not counted.
const controlPrefix = "/lab/"

func isControl(pattern string) bool { return strings.HasPrefix(pattern, controlPrefix) }

func (t *Target) routes() []route.Route {
	routes := append(t.api.Routes(), t.controlRoutes()...)
	for pattern, handle := range t.plainHandlers() {
		routes = append(routes, route.Route{Method: route.AnyMethod, Pattern: pattern, Handle: handle})
	}
	return append(routes, route.Route{Method: http.MethodPost, Pattern: "/login", Handle: t.answerLogin})
}

// plainHandlers answer every method.
func (t *Target) plainHandlers() map[string]route.Handler {
	return map[string]route.Handler{
		"/":                            t.answerIndex,
		"/static":                      t.answerStatic,
		"/json":                        t.answerSample,
		"/gzip":                        t.coded("gzip"),
		"/br":                          t.coded("br"),
		"/zstd":                        t.coded("zstd"),
		"/deflate":                     t.coded("deflate"),
		"/echo":                        t.answerEcho,
		"/headers":                     t.answerHeaders,
		"/delay":                       t.answerDelay,
		"/error":                       t.answerFailing,
		"/stall":                       t.answerStallable,
		"/stallable":                   t.answerStallable,
		"/bucket":                      t.answerBucket,
		"/status/:code":                t.answerStatus,
		"/redirect/:count":             t.answerRedirect,
		"/redirect-to":                 t.answerRedirectTo,
		"/me":                          t.answerMe,
		"/cookies":                     t.answerCookies,
		"/cookies/set":                 t.answerSetCookies,
		"/basic-auth":                  t.answerBasic,
		"/basic-auth/:user/:password":  t.answerBasic,
		"/digest-auth":                 t.answerDigest,
		"/digest-auth/:user/:password": t.answerDigest,
		"/upload":                      t.answerUpload,
		"/bytes/:count":                t.answerBytes,
		"/chunked":                     t.answerChunked,
		"/slow":                        t.answerSlow,
		"/close-after/:count":          t.answerCloseAfter,
		"/drop":                        t.answerDrop,
		"/garbage":                     t.answerGarbage,
		"/hang":                        t.answerHang,
	}
}

func (t *Target) controlRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Pattern: "/lab/hits", Handle: t.answerHits},
		{Method: http.MethodPost, Pattern: "/lab/reset", Handle: t.takeReset},
		{Method: http.MethodGet, Pattern: "/lab/arrivals", Handle: t.answerArrivals},
		{Method: http.MethodPost, Pattern: "/lab/arrivals", Handle: t.takeArrivals},
		{Method: http.MethodPost, Pattern: "/lab/stall", Handle: t.takeStall},
		{Method: http.MethodPost, Pattern: "/lab/bucket", Handle: t.takeBucket},
		{Method: http.MethodGet, Pattern: "/lab/conduit", Handle: t.answerConduitSize},
	}
}

// answerIndex lists the path patterns.
func (t *Target) answerIndex(ctx *fasthttp.RequestCtx, _ route.Params) {
	answerJSON(ctx, http.StatusOK, map[string]any{"paths": t.router.Patterns()})
}

func (t *Target) answerHits(ctx *fasthttp.RequestCtx, _ route.Params) {
	report := t.tally.Load().report()
	report.Sessions = t.sessions.report()
	answerJSON(ctx, http.StatusOK, report)
}

func (t *Target) answerConduitSize(ctx *fasthttp.RequestCtx, _ route.Params) {
	answerJSON(ctx, http.StatusOK, struct {
		conduit.Size
	}{t.api.Size()})
}

// reset starts new counters, arrival times and seeded sequences, and ends stall windows.
func (t *Target) reset() {
	t.tally.Store(newTally(t.router.Patterns()))
	t.arrivals.clear()
	t.draws.clear()
	t.stall.clear()
	t.sessions.clearCounts()
}

func (t *Target) takeReset(ctx *fasthttp.RequestCtx, _ route.Params) {
	t.reset()
	done(ctx)
}

func done(ctx *fasthttp.RequestCtx) { answerJSON(ctx, http.StatusOK, map[string]bool{"done": true}) }

// settings reads a control body; it answers 400 and is false if that is not possible.
func settings(ctx *fasthttp.RequestCtx, into any) bool {
	if err := json.Unmarshal(ctx.PostBody(), into); err != nil {
		answerError(ctx, http.StatusBadRequest, "the body must be JSON: "+err.Error())
		return false
	}
	return true
}

func (t *Target) answerArrivals(ctx *fasthttp.RequestCtx, _ route.Params) {
	first := uint64(0)
	if text := string(ctx.QueryArgs().Peek("since")); text != "" {
		var err error
		if first, err = strconv.ParseUint(text, 10, 64); err != nil {
			answerError(ctx, http.StatusBadRequest, "since must be a sequence number")
			return
		}
	}
	report := t.arrivals.since(first)
	if string(ctx.QueryArgs().Peek("format")) == "binary" {
		ctx.SetContentType("application/octet-stream")
		ctx.Response.SetBodyRaw(report.binary())
		return
	}
	answerJSON(ctx, http.StatusOK, report)
}

func (t *Target) takeArrivals(ctx *fasthttp.RequestCtx, _ route.Params) {
	var in struct {
		On bool `json:"on"`
	}
	if settings(ctx, &in) {
		t.arrivals.turn(in.On)
		done(ctx)
	}
}

func (t *Target) takeStall(ctx *fasthttp.RequestCtx, _ route.Params) {
	var in stallSettings
	if !settings(ctx, &in) {
		return
	}
	if in.AfterS < 0 || in.ForS < 0 || in.AfterS > 86_400 || in.ForS > 3_600 {
		answerError(ctx, http.StatusBadRequest, "after_s must be 0 to 86400 and for_s 0 to 3600")
		return
	}
	t.stall.set(in)
	done(ctx)
}

func (t *Target) takeBucket(ctx *fasthttp.RequestCtx, _ route.Params) {
	var in bucketSettings
	if !settings(ctx, &in) {
		return
	}
	if !(in.Rate > 0 && in.Rate <= 1e6) || in.Queue < 0 || in.Burst < 0 || in.Burst > 1e6 {
		answerError(ctx, http.StatusBadRequest, "rate must be above 0 and at most 1000000, queue and burst 0 or more")
		return
	}
	t.bucket.set(in)
	done(ctx)
}
