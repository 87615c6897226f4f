package target

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// jsonSampleBytes is the exact size of the body of GET /json.
const jsonSampleBytes = 1024

// samples are the fixed bodies, made once.
type samples struct {
	static []byte
	json   []byte
	coded  map[string][]byte // by content coding
	block  []byte            // what /bytes repeats
}

func makeSamples() (samples, error) {
	s := samples{static: []byte(`{"message":"hello","number":42,"list":[1,2,3]}`)}
	var err error
	if s.json, err = makeJSONSample(); err != nil {
		return s, err
	}
	s.coded = map[string][]byte{
		"gzip":    fasthttp.AppendGzipBytes(nil, s.json),
		"br":      fasthttp.AppendBrotliBytes(nil, s.json),
		"zstd":    fasthttp.AppendZstdBytes(nil, s.json),
		"deflate": fasthttp.AppendDeflateBytes(nil, s.json),
	}
	s.block = make([]byte, 64<<10)
	for i := range s.block {
		s.block[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[i%36]
	}
	return s, nil
}

// makeJSONSample has nested objects, lists and every JSON type, for extraction.
func makeJSONSample() ([]byte, error) {
	items := make([]map[string]any, 8)
	for i := range items {
		items[i] = map[string]any{
			"id": 1000 + i, "name": fmt.Sprintf("item-%d", i), "price": float64(i) + 0.5,
			"tags": []string{"even", "odd"}[i%2],
		}
	}
	sample := map[string]any{
		"user":    map[string]any{"id": 7, "name": "Ada", "address": map[string]any{"city": "London"}},
		"token":   "0123456789abcdef0123456789abcdef",
		"items":   items,
		"total":   len(items),
		"enabled": true,
		"nothing": nil,
		"text":    "naïve café, \"quoted\" and a line\nbreak",
		"padding": "",
	}
	text, err := json.Marshal(sample)
	if err != nil || len(text) > jsonSampleBytes {
		return nil, fmt.Errorf("the JSON sample has %d bytes, %d are wanted: %w", len(text), jsonSampleBytes, err)
	}
	sample["padding"] = strings.Repeat("x", jsonSampleBytes-len(text))
	return json.Marshal(sample)
}

func (t *Target) answerStatic(ctx *fasthttp.RequestCtx, _ route.Params) {
	ctx.SetContentType(jsonType)
	ctx.Response.SetBodyRaw(t.samples.static)
}

func (t *Target) answerSample(ctx *fasthttp.RequestCtx, _ route.Params) {
	ctx.SetContentType(jsonType)
	ctx.Response.SetBodyRaw(t.samples.json)
}

// coded answers the JSON sample in one content coding, whatever the request accepts.
func (t *Target) coded(coding string) route.Handler {
	return func(ctx *fasthttp.RequestCtx, _ route.Params) {
		ctx.SetContentType(jsonType)
		ctx.Response.Header.SetContentEncoding(coding)
		ctx.Response.SetBodyRaw(t.samples.coded[coding])
	}
}
