// Package jar is a cookie jar for one virtual user: RFC 6265 storage and matching, with the prefix
// and secure-origin rules of RFC 6265bis and the public suffix list.
package jar

import (
	"bytes"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Limits of a jar. A cookie over maxCookieBytes is ignored; at maxCookies the oldest goes.
const (
	maxCookieBytes = 4096
	maxCookies     = 1000
)

// Cookie is one stored cookie.
type Cookie struct {
	Name     string
	Value    string
	Domain   string // lower case, without a leading dot
	Path     string
	HostOnly bool // Domain must equal the host
	Secure   bool
	HTTPOnly bool
	Expires  time.Time // zero: until the jar is cleared
	order    uint64
}

// Jar holds the cookies of one virtual user. Safe for concurrent use; cheap while it is empty.
type Jar struct {
	count   atomic.Int32
	mu      sync.Mutex
	cookies []Cookie // longest path first, then oldest: the order they are sent in
	order   uint64
}

// New makes an empty jar.
func New() *Jar { return &Jar{} }

// Empty tells that no cookie is stored.
func (j *Jar) Empty() bool { return j.count.Load() == 0 }

// Origin is where a request goes, as far as cookies care.
type Origin struct {
	Host   []byte // without brackets or port, any case
	Path   []byte // path, possibly with a query
	Secure bool   // https
}

// secureContext: TLS, or this machine, which curl and browsers trust without it.
func (o *Origin) secureContext() bool {
	return o.Secure || bytes.EqualFold(o.Host, []byte("localhost")) ||
		string(o.Host) == "127.0.0.1" || string(o.Host) == "::1"
}

// path is the path without its query; "/" if there is none.
func (o *Origin) path() []byte {
	path := o.Path
	if i := bytes.IndexByte(path, '?'); i >= 0 {
		path = path[:i]
	}
	if len(path) == 0 || path[0] != '/' {
		return []byte("/")
	}
	return path
}

// Append writes "name=value; name=value" for an origin to dst, which already holds sent (the plan's
// own Cookie value, maybe empty) at its end. Names that stand in sent are left out.
func (j *Jar) Append(dst []byte, origin *Origin, sent []byte, now time.Time) []byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	separate := len(sent) > 0
	path := origin.path()
	for i := range j.cookies {
		c := &j.cookies[i]
		if !c.matches(origin, path, now) || (len(sent) > 0 && hasName(sent, c.Name)) {
			continue
		}
		if separate {
			dst = append(dst, "; "...)
		}
		separate = true
		dst = append(dst, c.Name...)
		dst = append(dst, '=')
		dst = append(dst, c.Value...)
	}
	return dst
}

// Get gives the value a request to the origin would send under this name.
func (j *Jar) Get(origin *Origin, name string, now time.Time) (string, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	path := origin.path()
	for i := range j.cookies {
		if c := &j.cookies[i]; c.Name == name && c.matches(origin, path, now) {
			return c.Value, true
		}
	}
	return "", false
}

// Matching copies the cookies that a request to the origin would send, in that order.
func (j *Jar) Matching(origin *Origin, now time.Time) []Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []Cookie
	path := origin.path()
	for i := range j.cookies {
		if j.cookies[i].matches(origin, path, now) {
			found = append(found, j.cookies[i])
		}
	}
	return found
}

// Remove forgets the cookie of this name, domain and path.
func (j *Jar) Remove(name, domain, path string) {
	j.Put(Cookie{Name: name, Domain: domain, Path: path, Expires: time.Unix(1, 0)}, time.Unix(2, 0))
}

// All copies the cookies that have not expired.
func (j *Jar) All(now time.Time) []Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make([]Cookie, 0, len(j.cookies))
	for _, c := range j.cookies {
		if !c.expired(now) {
			all = append(all, c)
		}
	}
	return all
}

// Clear forgets every cookie.
func (j *Jar) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	clear(j.cookies)
	j.cookies = j.cookies[:0]
	j.count.Store(0)
}

// Put stores a cookie as given; an expired one removes its namesake.
func (j *Jar) Put(c Cookie, now time.Time) {
	c.Domain = strings.ToLower(strings.TrimPrefix(c.Domain, "."))
	if c.Path == "" {
		c.Path = "/"
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.put(c, now)
}

// Set stores what a Set-Cookie line of an answer from the origin asks for. It reports whether the
// line was accepted.
func (j *Jar) Set(line []byte, origin *Origin, now time.Time) bool {
	c, ok := parse(line, origin, now)
	if !ok {
		return false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if !c.Secure && !origin.secureContext() && j.shadowsSecure(&c) {
		return false
	}
	j.put(c, now)
	return true
}

// shadowsSecure: an insecure origin must not overlay a secure cookie (RFC 6265bis, 5.7 step 16).
func (j *Jar) shadowsSecure(c *Cookie) bool {
	for i := range j.cookies {
		old := &j.cookies[i]
		if old.Secure && old.Name == c.Name &&
			(domainMatch([]byte(old.Domain), c.Domain) || domainMatch([]byte(c.Domain), old.Domain)) &&
			pathMatch([]byte(c.Path), old.Path) {
			return true
		}
	}
	return false
}

func (j *Jar) put(c Cookie, now time.Time) {
	defer func() { j.count.Store(int32(len(j.cookies))) }()
	j.order++
	c.order = j.order
	for i := range j.cookies {
		old := &j.cookies[i]
		if old.Name != c.Name || old.Domain != c.Domain || old.Path != c.Path {
			continue
		}
		if c.expired(now) {
			j.cookies = append(j.cookies[:i], j.cookies[i+1:]...)
			return
		}
		c.order = old.order
		*old = c
		return
	}
	if c.expired(now) {
		return
	}
	if len(j.cookies) >= maxCookies {
		j.evict(now)
	}
	at := sort.Search(len(j.cookies), func(i int) bool {
		return len(j.cookies[i].Path) < len(c.Path)
	})
	j.cookies = append(j.cookies, Cookie{})
	copy(j.cookies[at+1:], j.cookies[at:])
	j.cookies[at] = c
}

// evict removes the expired cookies, or the oldest when none is.
func (j *Jar) evict(now time.Time) {
	kept := j.cookies[:0]
	oldest := 0
	for _, c := range j.cookies {
		if !c.expired(now) {
			kept = append(kept, c)
		}
	}
	if len(kept) == len(j.cookies) {
		for i := range kept {
			if kept[i].order < kept[oldest].order {
				oldest = i
			}
		}
		kept = append(kept[:oldest], kept[oldest+1:]...)
	}
	j.cookies = kept
}

func (c *Cookie) expired(now time.Time) bool {
	return !c.Expires.IsZero() && !c.Expires.After(now)
}

func (c *Cookie) matches(origin *Origin, path []byte, now time.Time) bool {
	if c.HostOnly {
		if !equalFold(origin.Host, c.Domain) {
			return false
		}
	} else if !domainMatch(origin.Host, c.Domain) {
		return false
	}
	return pathMatch(path, c.Path) && (!c.Secure || origin.secureContext()) && !c.expired(now)
}
