package jar_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hazard/internal/http1/jar"
)

var noon = time.Date(2030, 1, 15, 12, 0, 0, 0, time.UTC)

// origin splits scheme://host/path.
func origin(url string) *jar.Origin {
	scheme, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(rest, "/")
	return &jar.Origin{Host: []byte(host), Path: []byte("/" + path), Secure: scheme == "https"}
}

func sent(j *jar.Jar, url string, at time.Time) string {
	return string(j.Append(nil, origin(url), nil, at))
}

// One Set-Cookie line from one URL, and what another URL gets. The length is the table.
func TestWhatIsSentWhere(t *testing.T) {
	cases := []struct{ from, line, to, want string }{
		// Host only.
		{"http://a.example/", "n=v", "http://a.example/", "n=v"},
		{"http://a.example/", "n=v", "http://A.EXAMPLE/", "n=v"},
		{"http://a.example/", "n=v", "http://b.a.example/", ""},
		{"http://a.example/", "n=v", "http://example/", ""},
		// Domain.
		{"http://a.site.example/", "n=v; Domain=site.example", "http://b.site.example/", "n=v"},
		{"http://a.site.example/", "n=v; Domain=.Site.Example", "http://site.example/", "n=v"},
		{"http://a.site.example/", "n=v; Domain=site.example", "http://othersite.example/", ""},
		{"http://a.site.example/", "n=v; Domain=b.site.example", "http://b.site.example/", ""},
		{"http://a.site.example/", "n=v; Domain=a.a.site.example", "http://a.a.site.example/", ""},
		{"http://a.site.example/", "n=v; Domain=", "http://b.site.example/", ""},
		// Public suffixes.
		{"http://a.co.uk/", "n=v; Domain=co.uk", "http://b.co.uk/", ""},
		{"http://a.com/", "n=v; Domain=com", "http://b.com/", ""},
		{"http://a.github.io/", "n=v; Domain=github.io", "http://b.github.io/", ""},
		{"http://localhost/", "n=v; Domain=localhost", "http://localhost/", "n=v"},
		// Addresses.
		{"http://127.0.0.1/", "n=v; Domain=127.0.0.1", "http://127.0.0.1/", "n=v"},
		{"http://127.0.0.1/", "n=v; Domain=0.0.1", "http://127.0.0.1/", ""},
		{"http://1.127.0.0.1/", "n=v; Domain=127.0.0.1", "http://127.0.0.1/", ""},
		{"http://::1/", "n=v", "http://::1/", "n=v"},
		// Path.
		{"http://a.example/x/y", "n=v", "http://a.example/x/z", "n=v"},
		{"http://a.example/x/y", "n=v", "http://a.example/x", "n=v"},
		{"http://a.example/x/y", "n=v", "http://a.example/xy", ""},
		{"http://a.example/x/y?q=/deep/er", "n=v", "http://a.example/x/z", "n=v"},
		{"http://a.example/x", "n=v; Path=/p", "http://a.example/p/q", "n=v"},
		{"http://a.example/x", "n=v; Path=/p/", "http://a.example/p", ""},
		{"http://a.example/x", "n=v; Path=/p", "http://a.example/p?q", "n=v"},
		{"http://a.example/x", "n=v; Path=relative", "http://a.example/", "n=v"},
		// Secure.
		{"https://a.example/", "n=v; Secure", "https://a.example/", "n=v"},
		{"https://a.example/", "n=v; Secure", "http://a.example/", ""},
		{"http://a.example/", "n=v; Secure", "https://a.example/", ""},
		{"http://localhost/", "n=v; Secure", "http://localhost/", "n=v"},
		// Prefixes.
		{"https://a.example/", "__Secure-n=v; Secure", "https://a.example/", "__Secure-n=v"},
		{"https://a.example/", "__Secure-n=v", "https://a.example/", ""},
		{"https://a.example/", "__Host-n=v; Secure; Path=/", "https://a.example/", "__Host-n=v"},
		{"https://a.example/", "__Host-n=v; Secure; Path=/; Domain=a.example", "https://a.example/", ""},
		{"https://a.example/", "__Host-n=v; Secure; Path=/x", "https://a.example/x", ""},
		// Values.
		{"http://a.example/", "n=a=b", "http://a.example/", "n=a=b"},
		{"http://a.example/", ` n = "q, 1" ; HttpOnly`, "http://a.example/", `n="q, 1"`},
		{"http://a.example/", "n=", "http://a.example/", "n="},
		{"http://a.example/", "n", "http://a.example/", ""},
		{"http://a.example/", "=v", "http://a.example/", ""},
		{"http://a.example/", "n=a\x01b", "http://a.example/", ""},
		{"http://a.example/", "n=\xff", "http://a.example/", "n=\xff"},
		{"http://a.example/", "n=" + strings.Repeat("x", 5000), "http://a.example/", ""},
		// Lifetime.
		{"http://a.example/", "n=v; Max-Age=10", "http://a.example/", "n=v"},
		{"http://a.example/", "n=v; Max-Age=0", "http://a.example/", ""},
		{"http://a.example/", "n=v; Max-Age=-1", "http://a.example/", ""},
		{"http://a.example/", "n=v; Max-Age=99999999999999999999", "http://a.example/", "n=v"},
		{"http://a.example/", "n=v; Max-Age=soon", "http://a.example/", "n=v"},
		{"http://a.example/", "n=v; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://a.example/", "n=v"},
		{"http://a.example/", "n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://a.example/", ""},
		{"http://a.example/", "n=v; expires=Wed, 16-Jan-30 00:00:00 GMT", "http://a.example/", "n=v"},
		{"http://a.example/", "n=v; Expires=Mon Jan 14 2030 23:59:59", "http://a.example/", ""},
		{"http://a.example/", "n=v; Expires=never", "http://a.example/", "n=v"},
		{"http://a.example/", "n=v; Expires=Mon, 30 Feb 2020 00:00:00 GMT", "http://a.example/", "n=v"},
	}
	for _, c := range cases {
		j := jar.New()
		j.Set([]byte(c.line), origin(c.from), noon)
		if got := sent(j, c.to, noon); got != c.want {
			t.Errorf("%s sets %.60q: %s gets %.60q instead of %q", c.from, c.line, c.to, got, c.want)
		}
	}
}

func TestOrderReplacementAndRemoval(t *testing.T) {
	j := jar.New()
	at := origin("http://a.example/x/y/z")
	for _, line := range []string{"root=1; Path=/", "deep=2; Path=/x/y", "mid=3; Path=/x",
		"root2=4; Path=/", "root=5; Path=/"} {
		if !j.Set([]byte(line), at, noon) {
			t.Errorf("%s was refused", line)
		}
	}
	if got := sent(j, "http://a.example/x/y/z", noon); got != "deep=2; mid=3; root=5; root2=4" {
		t.Errorf("sent %q", got)
	}
	j.Set([]byte("mid=; Path=/x; Max-Age=0"), at, noon)
	if got := sent(j, "http://a.example/x/", noon); got != "root=5; root2=4" {
		t.Errorf("sent %q after one was removed", got)
	}
	if value, found := j.Get(at, "deep", noon); !found || value != "2" {
		t.Errorf("deep is %q", value)
	}
	if j.Clear(); !j.Empty() || len(j.All(noon)) != 0 {
		t.Error("not empty after Clear")
	}
}

func TestCookiesExpireWithTime(t *testing.T) {
	j := jar.New()
	j.Set([]byte("n=v; Max-Age=60"), origin("http://a.example/"), noon)
	if sent(j, "http://a.example/", noon.Add(59*time.Second)) == "" ||
		sent(j, "http://a.example/", noon.Add(61*time.Second)) != "" {
		t.Error("60 seconds were not kept")
	}
}

func TestInsecureOriginCannotOverlaySecureCookie(t *testing.T) {
	j := jar.New()
	j.Set([]byte("n=safe; Secure; Path=/"), origin("https://a.example/"), noon)
	if j.Set([]byte("n=evil; Path=/"), origin("http://a.example/"), noon) {
		t.Error("overlaid")
	}
	if got := sent(j, "https://a.example/", noon); got != "n=safe" {
		t.Errorf("sent %q", got)
	}
}

func TestNamesAlreadySentAreLeftOut(t *testing.T) {
	j := jar.New()
	for _, line := range []string{"a=1", "ab=2", "c=3"} {
		j.Set([]byte(line), origin("http://a.example/"), noon)
	}
	own := []byte("ab=own;  c=own")
	if got := string(j.Append([]byte("ab=own;  c=own"), origin("http://a.example/"), own, noon)); got != "ab=own;  c=own; a=1" {
		t.Errorf("sent %q", got)
	}
}

func TestJarIsBounded(t *testing.T) {
	j := jar.New()
	for i := range 1500 {
		j.Set(fmt.Appendf(nil, "n%d=v", i), origin("http://a.example/"), noon)
	}
	all := j.All(noon)
	if len(all) != 1000 || sent(j, "http://a.example/", noon)[:6] != "n500=v" {
		t.Errorf("%d cookies, %.40s", len(all), sent(j, "http://a.example/", noon))
	}
}

func TestJarFromManyGoroutines(t *testing.T) {
	j := jar.New()
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := range 200 {
				j.Set(fmt.Appendf(nil, "n%d=%d", i, n), origin("http://a.example/"), noon)
				_ = sent(j, "http://a.example/", noon)
			}
		}()
	}
	wait.Wait()
	if len(j.All(noon)) != 8 {
		t.Errorf("%d cookies", len(j.All(noon)))
	}
}

// FuzzSetCookie: no line makes the jar send a byte that would break a header, or anything to a
// stranger.
func FuzzSetCookie(f *testing.F) {
	for _, line := range []string{"n=v", "n=v; Domain=site.example; Path=/; Secure; Max-Age=5",
		"n=v; expires=Wed, 16-Jan-30 00:00:00 GMT", "=;=;;", "__Host-a=b; Secure; Path=/",
		"n=v; Domain=com", "a=b\r\nX: y", "n=v; Max-Age=-99999999999999999999"} {
		f.Add(line, "a.site.example", "/x")
	}
	f.Fuzz(func(t *testing.T, line, host, path string) {
		j := jar.New()
		from := &jar.Origin{Host: []byte(host), Path: []byte(path), Secure: true}
		accepted := j.Set([]byte(line), from, noon)
		if accepted && host == "" {
			t.Error("a cookie without a host")
		}
		if strings.ContainsAny(string(j.Append(nil, from, nil, noon)), "\r\n\x00") {
			t.Errorf("%q breaks a header", line)
		}
		for _, stranger := range []string{"stranger.test", "com", "x" + host} {
			if strings.EqualFold(stranger, host) || strings.HasSuffix(strings.ToLower(stranger), "."+strings.ToLower(host)) {
				continue
			}
			to := &jar.Origin{Host: []byte(stranger), Path: []byte("/"), Secure: true}
			if got := j.Append(nil, to, nil, noon); len(got) != 0 && !related(stranger, host) {
				t.Errorf("%s gets %q of %s", stranger, got, host)
			}
		}
	})
}

// related: two hosts that share a parent domain may share a cookie.
func related(a, b string) bool {
	tail := func(host string) string {
		parts := strings.Split(strings.ToLower(host), ".")
		return strings.Join(parts[max(0, len(parts)-2):], ".")
	}
	return tail(a) == tail(b)
}
