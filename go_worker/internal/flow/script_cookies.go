package flow

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"hazard/internal/http1"
	"hazard/internal/http1/jar"
	"hazard/internal/script"
)

// originOf is where a request to the URL goes, as far as cookies care.
func originOf(url string) (jar.Origin, error) {
	var parsed http1.URL
	if err := http1.ParseURL(&parsed, []byte(strings.TrimSpace(url))); err != nil {
		return jar.Origin{}, fmt.Errorf("cookies of %q: %w", url, err)
	}
	return jar.Origin{Host: parsed.Host, Path: parsed.Target, Secure: parsed.Scheme == "https"}, nil
}

// JarCookies implements script.Host.
func (h *scriptHost) JarCookies(url string) ([]script.Cookie, error) {
	origin, err := originOf(url)
	if err != nil {
		return nil, err
	}
	var found []script.Cookie
	for _, c := range h.x.client.Jar().Matching(&origin, time.Now()) {
		found = append(found, script.Cookie{Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path,
			HostOnly: c.HostOnly, Secure: c.Secure, HTTPOnly: c.HTTPOnly, Expires: c.Expires})
	}
	return found, nil
}

// SetCookie implements script.Host.
func (h *scriptHost) SetCookie(url, line string) error {
	origin, err := originOf(url)
	if err != nil {
		return err
	}
	if !h.x.client.Jar().Set([]byte(line), &origin, time.Now()) {
		return errors.New("the cookie is not one that this URL may set")
	}
	return nil
}

// RemoveCookie implements script.Host.
func (h *scriptHost) RemoveCookie(c script.Cookie) { h.x.client.Jar().Remove(c.Name, c.Domain, c.Path) }
