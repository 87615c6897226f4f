package target

import (
	"fmt"
	"net/http"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// maxHops bounds /redirect/N.
const maxHops = 1000

// answerRedirect leads through N hops to /redirect/0, which answers 200. ?status= sets the status of
// every hop (302), ?absolute=1 makes the locations absolute.
func (t *Target) answerRedirect(ctx *fasthttp.RequestCtx, params route.Params) {
	hops, err := wholeNumber(params.Get("count"), 0, maxHops)
	if err != nil {
		answerError(ctx, http.StatusBadRequest, err.Error())
		return
	}
	q := queryOf(ctx)
	status := q.integer("status", http.StatusFound, 300, 399)
	if q.wrong(ctx) {
		return
	}
	if hops == 0 {
		answerJSON(ctx, http.StatusOK, map[string]string{"method": string(ctx.Method())})
		return
	}
	location := fmt.Sprintf("/redirect/%d", hops-1)
	if text := ctx.URI().QueryString(); len(text) > 0 {
		location += "?" + string(text)
	}
	if q.flag("absolute") {
		location = fmt.Sprintf("%s://%s%s", scheme(ctx), ctx.Host(), location)
	}
	redirect(ctx, status, location)
}

func scheme(ctx *fasthttp.RequestCtx) string {
	if encrypted(ctx) {
		return "https"
	}
	return "http"
}

// answerRedirectTo redirects to ?url= as it is, with ?status= (302).
func (t *Target) answerRedirectTo(ctx *fasthttp.RequestCtx, _ route.Params) {
	q := queryOf(ctx)
	status := q.integer("status", http.StatusFound, 300, 399)
	if q.wrong(ctx) {
		return
	}
	url := string(q.args.Peek("url"))
	if url == "" {
		answerError(ctx, http.StatusBadRequest, "url is missing")
		return
	}
	redirect(ctx, status, url)
}

func redirect(ctx *fasthttp.RequestCtx, status int, location string) {
	ctx.Response.Header.Set(fasthttp.HeaderLocation, location)
	answerJSON(ctx, status, map[string]string{"location": location})
}

// answerStatus answers with a status between 200 and 599.
func (t *Target) answerStatus(ctx *fasthttp.RequestCtx, params route.Params) {
	status, err := wholeNumber(params.Get("code"), 200, 599)
	if err != nil {
		answerError(ctx, http.StatusBadRequest, err.Error())
		return
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		ctx.SetStatusCode(status)
		return
	}
	answerJSON(ctx, status, map[string]int{"status": status})
}
