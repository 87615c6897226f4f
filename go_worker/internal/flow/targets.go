package flow

import (
	"context"
	"strings"

	"hazard/internal/http1"
	"hazard/internal/template"
	"hazard/internal/vu"
)

// target is the address of a request.
type target struct {
	where  string
	url    *template.Template
	policy *http1.Policy
}

// Denied is a target that the worker or the plan does not allow.
type Denied struct {
	Where  string // path of the address in the plan
	Target string // host:port
	Err    error
}

// Denied finds the targets that would be refused, as far as that is known before a request is sent: of
// addresses whose host needs nothing but the plan's own values. Each target is named once.
func (p *Program) Denied(ctx context.Context) []Denied {
	var denied []Denied
	user := vu.New(p.World, 0)
	thread := &vu.Thread{}
	thread.Begin(user)
	seen := map[string]bool{}
	for _, one := range p.targets {
		var url http1.URL
		text := one.url.Append(nil, thread)
		if http1.ParseURL(&url, text) != nil || strings.Contains(string(url.Host), "{{") {
			continue
		}
		name := url.HostPort()
		if seen[name] {
			continue
		}
		seen[name] = true
		if err := p.World.Route.Permits(ctx, url, one.policy); err != nil {
			denied = append(denied, Denied{one.where, name, err})
		}
	}
	return denied
}
