package route

import (
	"testing"

	"github.com/valyala/fasthttp"
)

func named(calls *[]string, name string) Handler {
	return func(*fasthttp.RequestCtx, Params) { *calls = append(*calls, name) }
}

func TestRouterFindsTheHandlerAndNamesThePattern(t *testing.T) {
	var calls []string
	router, err := New([]Route{
		{"GET", "/articles/:slug", named(&calls, "article")},
		{"GET", "/articles/feed", named(&calls, "feed")},
		{"DELETE", "/articles/:slug/comments/:id", named(&calls, "delete comment")},
		{AnyMethod, "/echo", named(&calls, "echo")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, pattern, call string
	}{
		{"GET", "/articles/feed", "/articles/feed", "feed"},
		{"GET", "/articles/feeding", "/articles/:slug", "article"},
		{"HEAD", "/articles/feed", "/articles/feed", "feed"},
		{"DELETE", "/articles/a/comments/7", "/articles/:slug/comments/:id", "delete comment"},
		{"PURGE", "/echo", "/echo", "echo"},
		{"POST", "/articles/feed", "/articles/feed", ""},
		{"GET", "/articles/", "", ""},
		{"GET", "/nowhere", "", ""},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			calls = nil
			found := router.Find([]byte(c.method), []byte(c.path))
			pattern, call := "", ""
			if found.Endpoint >= 0 {
				pattern = router.Patterns()[found.Endpoint]
			}
			if found.Handle != nil {
				found.Handle(nil, found.Params)
				call = calls[0]
			}
			if pattern != c.pattern || call != c.call {
				t.Errorf("want pattern %q and handler %q, got %q and %q", c.pattern, c.call, pattern, call)
			}
		})
	}
	if id := router.Find([]byte("DELETE"), []byte("/articles/a/comments/7")).Params.Get("id"); id != "7" {
		t.Errorf("want the id 7, got %q", id)
	}
}

func TestRouterRefusesWhatCannotBeMatched(t *testing.T) {
	for name, routes := range map[string][]Route{
		"declared twice":      {{"GET", "/a", nil}, {"GET", "/a", named(new([]string), "")}, {"GET", "/a", named(new([]string), "")}},
		"no leading slash":    {{"GET", "a", nil}},
		"unknown method":      {{"FETCH", "/a", nil}},
		"too many parameters": {{"GET", "/:a/:b/:c/:d", nil}},
	} {
		if _, err := New(routes); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}
