package target

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"hazard/internal/lab/conduit"
)

// lab is a running target and a client that does not follow redirects or decode bodies.
type lab struct {
	*testing.T
	target *Target
	client *http.Client
	base   string
}

func startLab(t *testing.T, options Options) lab {
	t.Helper()
	options.Listen = "127.0.0.1:0"
	if options.Limits == (conduit.Limits{}) {
		options.Limits = conduit.DefaultLimits()
	}
	running, err := Start(options)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 100},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := running.Close(); err != nil {
			t.Errorf("close the target: %v", err)
		}
	})
	return lab{T: t, target: running, client: client, base: "http://" + running.Address()}
}

type answered struct {
	status  int
	header  http.Header
	trailer http.Header
	body    []byte
}

func (l lab) do(method, path, body string, headers ...string) answered {
	l.Helper()
	answer, err := l.try(method, path, body, headers...)
	if err != nil {
		l.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

// try sends a request; headers are names and values in turn.
func (l lab) try(method, path, body string, headers ...string) (answered, error) {
	request, err := http.NewRequestWithContext(l.Context(), method, l.base+path, bytes.NewBufferString(body))
	if err != nil {
		return answered{}, err
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := l.client.Do(request)
	if err != nil {
		return answered{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return answered{response.StatusCode, response.Header, response.Trailer, text}, err
}

func (l lab) hits() hitReport {
	l.Helper()
	var report hitReport
	decodeInto(l.T, l.do("GET", "/lab/hits", "").body, &report)
	return report
}

func decodeInto(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("decode %q: %v", text, err)
	}
}
