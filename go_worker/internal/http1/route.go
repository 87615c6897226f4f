package http1

import (
	"context"
	"errors"

	"hazard/internal/http1/dial"
)

// Route says where requests go: how recorded hosts become test hosts, and which targets may be dialled.
// Immutable; Clients share it.
type Route struct {
	mapURL func(*URL)
	dialer *dial.Dialer
}

// NewRoute makes a route; mapURL may be nil.
func NewRoute(mapURL func(*URL), options dial.Options) *Route {
	return &Route{mapURL: mapURL, dialer: dial.New(options)}
}

// Permits says why a request under a policy would not be let through; nil: it would, or that shows only
// when it is sent (a name that does not resolve now, a proxy, a unix socket).
func (r *Route) Permits(ctx context.Context, url URL, policy *Policy) error {
	if policy != nil && (policy.class.proxy != nil || policy.class.unixSocket != "") {
		return nil
	}
	if r.mapURL != nil {
		r.mapURL(&url)
	}
	var rules *dial.Rules
	if policy != nil {
		rules = &policy.class.rules
	}
	if err := r.dialer.Permits(ctx, string(url.Host), url.port(), rules); errors.Is(err, dial.ErrDenied) {
		return err
	}
	return nil
}

// SetRoute sends the requests from now on another way. Connections of the old one are closed, cookies
// stay. Not while Do runs.
func (c *Client) SetRoute(route *Route) {
	if c.route != route {
		c.CloseIdle()
		c.route = route
	}
}
