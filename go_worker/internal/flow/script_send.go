package flow

import (
	"errors"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hazard/internal/address"
	"hazard/internal/check"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/script"
	"hazard/internal/stats"
	"hazard/internal/template"
)

// Validate implements script.Host.
func (h *scriptHost) Validate(schema, document string) string {
	compiled, err := check.Schema(schema)
	if err != nil {
		return err.Error()
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		return "the document is no JSON"
	}
	if err := compiled.Validate(value); err != nil {
		return stats.BoundedTo(err.Error(), 1000)
	}
	return ""
}

// Send implements script.Host: a request of a script, under the policies of the plan's defaults. It is
// counted in an entry of its own.
func (h *scriptHost) Send(method, url string, headers [][2]string, body string) script.Answer {
	x := h.x
	if x.Program.scriptPolicy == nil {
		return script.Answer{Error: "this plan's scripts were not known to send requests"}
	}
	if !x.Control.Admit() {
		return script.Answer{Error: "the run stopped"}
	}
	render := func(text string) []byte {
		return template.Compile(text, x.Program.World.Names).Append(nil, &x.thread)
	}
	request := http1.Request{Method: []byte(method), Policy: x.Program.scriptPolicy,
		Want: http1.Want{Body: true}}
	for _, header := range headers {
		request.Headers = append(request.Headers, http1.Header{Name: []byte(header[0]), Value: render(header[1])})
	}
	if !hasHeader(request.Headers, "user-agent") {
		request.Headers = append(request.Headers, http1.Header{Name: []byte("User-Agent"),
			Value: []byte(x.Program.userAgent)})
	}
	if body != "" {
		request.Body = render(body)
	}
	encoded := address.AppendPostman(nil, render(url), nil, nil, false, pb.UrlEncoding_URL_ENCODING_POSTMAN)
	if err := http1.ParseURL(&request.URL, encoded); err != nil {
		return script.Answer{Error: err.Error()}
	}
	var response http1.Response
	x.Control.InFlight(1)
	err := x.client.Do(&request, &response)
	x.Control.InFlight(-1)
	h.count(&response, err)
	if err != nil {
		return script.Answer{Error: err.Error()}
	}
	return answerOf(&response)
}

func answerOf(response *http1.Response) script.Answer {
	content, err := response.Decoded()
	if err != nil {
		content = response.Body
	}
	text := string(content)
	answer := script.Answer{Code: response.Status, Status: string(response.Reason()),
		Milliseconds: float64(response.Timing.Total) / 1000, Size: len(text),
		Body: func() string { return text }}
	for i := range response.Headers.Len() {
		name, value := response.Headers.At(i)
		answer.Headers = append(answer.Headers, [2]string{string(name), string(value)})
	}
	return answer
}

// count records a request of a script once.
func (h *scriptHost) count(response *http1.Response, err error) {
	x := h.x
	sample := stats.Sample{Entry: x.Program.scriptEntry, Status: response.Status,
		ServiceUs: response.Timing.Total, ScheduledUs: -1, FirstByteUs: response.Timing.Wait,
		Sent: response.BytesOut, Received: response.BytesIn, StaleReuse: response.StaleReuse}
	if err != nil {
		kind := http1.KindOf(err)
		sample.Outcome, sample.Kind, sample.Text = stats.Failed, kind.String(), err.Error()
		var failure *http1.Error
		if kind == http1.KindAborted && errors.As(err, &failure) {
			if sample.Sent == 0 {
				return
			}
			sample.Outcome = stats.Aborted
		}
	}
	x.Recorder.Record(int(x.user.Index), &sample)
}
