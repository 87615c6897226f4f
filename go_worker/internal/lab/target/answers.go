package target

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/valyala/fasthttp"
)

const jsonType = "application/json"

func answerJSON(ctx *fasthttp.RequestCtx, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		ctx.Error(err.Error(), http.StatusInternalServerError)
		return
	}
	ctx.SetStatusCode(status)
	ctx.SetContentType(jsonType)
	ctx.Response.SetBodyRaw(text)
}

func answerError(ctx *fasthttp.RequestCtx, status int, message string) {
	answerJSON(ctx, status, map[string]string{"error": message})
}

// query reads the numbers of a query string and remembers the first one that is wrong.
type query struct {
	args *fasthttp.Args
	err  error
}

func queryOf(ctx *fasthttp.RequestCtx) *query { return &query{args: ctx.QueryArgs()} }

func (q *query) fail(name, want string) {
	if q.err == nil {
		q.err = fmt.Errorf("%s must be %s", name, want)
	}
}

// integer is a whole number between low and high.
func (q *query) integer(name string, absent, low, high int) int {
	text := string(q.args.Peek(name))
	if text == "" {
		return absent
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		q.fail(name, fmt.Sprintf("a whole number from %d to %d", low, high))
		return absent
	}
	return n
}

// number is a finite number between 0 and high.
func (q *query) number(name string, absent, high float64) float64 {
	text := string(q.args.Peek(name))
	if text == "" {
		return absent
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= high) {
		q.fail(name, fmt.Sprintf("a number from 0 to %g", high))
		return absent
	}
	return n
}

func (q *query) seed() uint64 {
	text := string(q.args.Peek("seed"))
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		q.fail("seed", "a whole number of 0 or more")
	}
	return n
}

func (q *query) flag(name string) bool {
	value := string(q.args.Peek(name))
	return q.args.Has(name) && value != "0" && value != "false"
}

// wrong answers 400 if a number was wrong.
func (q *query) wrong(ctx *fasthttp.RequestCtx) bool {
	if q.err != nil {
		answerError(ctx, http.StatusBadRequest, q.err.Error())
	}
	return q.err != nil
}
