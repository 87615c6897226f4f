package flow_test

import (
	"net"
	"testing"

	"github.com/valyala/fasthttp"

	"hazard/internal/flow"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/stats"
	"hazard/internal/vu"
)

// free is a control that never stops anything.
type free struct{ stopped chan struct{} }

func (free) Stopping() bool             { return false }
func (f free) Stopped() <-chan struct{} { return f.stopped }
func (free) Admit() bool                { return true }
func (free) InFlight(int64)             {}

// startJSON serves about 1 KiB of JSON with a server that allocates nothing.
func startJSON(tb testing.TB) string {
	tb.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	body := `{"token":"abcdef","user":{"id":17,"tags":["x","y"]},"items":[`
	for len(body) < 1000 {
		body += `{"id":1,"name":"an item"},`
	}
	body += `{"id":2}],"last":"end"}`
	server := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		ctx.SetContentType("application/json")
		ctx.SetBodyString(body)
	}}
	go func() { _ = server.Serve(listener) }()
	tb.Cleanup(func() { _ = server.Shutdown() })
	return "http://" + listener.Addr().String()
}

func compiled(tb testing.TB, request *pb.Request) (*flow.Exec, *vu.VU) {
	tb.Helper()
	value := "7"
	program, findings := flow.Compile(flow.Input{HTTP: http1.NewShared(http1.Options{}), UserAgent: "hazard",
		Plan: &pb.Plan{
			Variables: []*pb.Variable{{Name: "a", Value: &value}, {Name: "b", Value: &value}, {Name: "c", Value: &value}},
			Tasks: []*pb.Task{{Id: "t", Steps: []*pb.Step{{Id: "s", Name: "s",
				Kind: &pb.Step_Request{Request: request}}}}}}})
	if len(findings) > 0 {
		tb.Fatal(findings)
	}
	x := flow.NewExec(program, stats.NewRecorder(len(program.Entries), nil), free{})
	user := vu.New(program.World, 0)
	tb.Cleanup(user.Close)
	return x, user
}

// simple is a GET with two headers and a claim about the status; rich has three variables, one value
// saved by a plain JMESPath and two claims about the body.
func simple(url string) *pb.Request {
	return &pb.Request{Url: url + "/static", Assertions: []*pb.Assertion{{Expected: "200"}}}
}

func rich(url string) *pb.Request {
	return &pb.Request{Url: url + "/{{a}}", Query: []*pb.Pair{{Name: "b", Value: "{{b}}"}},
		Headers:    []*pb.Pair{{Name: "X-C", Value: "{{c}}"}},
		Extractors: []*pb.Extractor{{Variable: "token", Language: &pb.Extractor_Jmespath{Jmespath: "token"}}},
		Assertions: []*pb.Assertion{{Expected: "200"},
			{Target: pb.Target_TARGET_BODY, Operator: pb.Operator_OPERATOR_CONTAINS, Expected: "item"},
			{Target: pb.Target_TARGET_VALUE, Expected: "17", Expression: &pb.Assertion_Jmespath{Jmespath: "user.id"}}}}
}

func TestASimpleRequestAllocatesNothing(t *testing.T) {
	url := startJSON(t)
	for name, request := range map[string]*pb.Request{"simple": simple(url), "rich": rich(url)} {
		x, user := compiled(t, request)
		allocs := testing.AllocsPerRun(500, func() {
			if x.Iterate(user, 0) != flow.Continue {
				t.Fatal("the iteration ended the user")
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations per iteration", name, allocs)
		}
		for _, step := range x.Recorder.Collect() {
			if step.Failed > 0 || step.Ok < 500 {
				t.Errorf("%s: %v", name, step)
			}
		}
	}
}

func BenchmarkSimpleRequest(b *testing.B) {
	x, user := compiled(b, simple(startJSON(b)))
	b.ReportAllocs()
	for b.Loop() {
		x.Iterate(user, 0)
	}
}

func BenchmarkRichRequest(b *testing.B) {
	x, user := compiled(b, rich(startJSON(b)))
	b.ReportAllocs()
	for b.Loop() {
		x.Iterate(user, 0)
	}
}
