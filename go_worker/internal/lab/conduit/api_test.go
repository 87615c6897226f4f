package conduit

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"hazard/internal/lab/route"
)

// site is an API behind a real server on an in-memory listener.
type site struct {
	*testing.T
	api    *API
	client *fasthttp.Client
}

func openSite(t *testing.T, limits Limits) site {
	t.Helper()
	api, err := New(limits)
	if err != nil {
		t.Fatal(err)
	}
	router, err := route.New(api.Routes())
	if err != nil {
		t.Fatal(err)
	}
	server := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		if found := router.Find(ctx.Method(), ctx.Path()); found.Handle != nil {
			found.Handle(ctx, found.Params)
			return
		}
		ctx.SetStatusCode(fasthttp.StatusNotFound)
	}}
	listener := fasthttputil.NewInmemoryListener()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	dial := func(string) (net.Conn, error) { return listener.Dial() }
	return site{T: t, api: api, client: &fasthttp.Client{Dial: dial}}
}

// call returns the status and the decoded body.
func (s site) call(method, path, token, body string) (int, map[string]any) {
	s.Helper()
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.Header.SetMethod(method)
	request.SetRequestURI("http://conduit.test/api" + path)
	if token != "" {
		request.Header.Set("Authorization", "Token "+token)
	}
	request.SetBodyString(body)
	if err := s.client.Do(request, response); err != nil {
		s.Errorf("%s %s: %v", method, path, err)
		return 0, nil
	}
	var decoded map[string]any
	if err := json.Unmarshal(response.Body(), &decoded); err != nil {
		s.Errorf("%s %s: decode %q: %v", method, path, response.Body(), err)
	}
	return response.StatusCode(), decoded
}

func (s site) user(name string) (token string) {
	s.Helper()
	body := fmt.Sprintf(`{"user":{"username":%q,"email":"%s@mail.test","password":"secret"}}`, name, name)
	status, answer := s.call("POST", "/users", "", body)
	if status != 201 {
		s.Fatalf("register %s: %d %v", name, status, answer)
	}
	return answer["user"].(map[string]any)["token"].(string)
}

func (s site) article(token, title string, tags ...string) (slug string) {
	s.Helper()
	list, err := json.Marshal(append([]string{}, tags...))
	if err != nil {
		s.Fatal(err)
	}
	body := fmt.Sprintf(`{"article":{"title":%q,"description":"d","body":"b","tagList":%s}}`, title, list)
	status, answer := s.call("POST", "/articles", token, body)
	if status != 201 {
		s.Fatalf("create %s: %d %v", title, status, answer)
	}
	return answer["article"].(map[string]any)["slug"].(string)
}

// titles is the page of an article list as text, and its count.
func (s site) titles(path, token string) string {
	s.Helper()
	status, answer := s.call("GET", path, token, "")
	if status != 200 {
		s.Errorf("GET %s: %d %v", path, status, answer)
		return ""
	}
	var titles []string
	for _, a := range answer["articles"].([]any) {
		titles = append(titles, a.(map[string]any)["title"].(string))
	}
	return fmt.Sprintf("%s of %v", strings.Join(titles, " "), answer["articlesCount"])
}

func TestRejections(t *testing.T) {
	s := openSite(t, DefaultLimits())
	ada, bob := s.user("ada"), s.user("bob")
	slug := s.article(ada, "First")
	if status, _ := s.call("POST", "/articles/"+slug+"/comments", ada, `{"comment":{"body":"c"}}`); status != 200 {
		t.Fatalf("want a comment, got %d", status)
	}
	for _, c := range []struct {
		name, method, path, token, body string
		status                          int
		errors                          string
	}{
		{"no token", "GET", "/user", "", "", 401, "map[token:[is missing]]"},
		{"bad token", "GET", "/user", "{{token}}", "", 401, "map[token:[is invalid]]"},
		{"bad token where none is needed", "GET", "/articles", ada + "x", "", 401, "map[token:[is invalid]]"},
		{"wrong password", "POST", "/users/login", "", `{"user":{"email":"ada@mail.test","password":"x"}}`, 401, "map[credentials:[invalid]]"},
		{"taken names", "POST", "/users", "", `{"user":{"username":"ada","email":"bob@mail.test","password":"x"}}`, 422,
			"map[email:[has already been taken] username:[has already been taken]]"},
		{"taken name on update", "PUT", "/user", bob, `{"user":{"username":"ada"}}`, 422, "map[username:[has already been taken]]"},
		{"blank fields", "POST", "/users", "", `{"user":{"username":""}}`, 422,
			"map[email:[can't be blank] password:[can't be blank] username:[can't be blank]]"},
		{"blank title", "PUT", "/articles/" + slug, ada, `{"article":{"title":""}}`, 422, "map[title:[can't be blank]]"},
		{"blank comment", "POST", "/articles/" + slug + "/comments", ada, `{}`, 422, "map[body:[can't be blank]]"},
		{"too long", "POST", "/articles/" + slug + "/comments", ada, `{"comment":{"body":"` + strings.Repeat("x", 5000) + `"}}`, 422,
			"map[body:[is too long (maximum is 4096 bytes)]]"},
		{"bad page", "GET", "/articles?limit=x", "", "", 422, "map[limit:[is not a number of 0 or more]]"},
		{"another's article", "DELETE", "/articles/" + slug, bob, "", 403, "map[article:[forbidden]]"},
		{"another's article to change", "PUT", "/articles/" + slug, bob, `{"article":{"body":"x"}}`, 403, "map[article:[forbidden]]"},
		{"another's comment", "DELETE", "/articles/" + slug + "/comments/1", bob, "", 403, "map[comment:[forbidden]]"},
		{"unknown article", "GET", "/articles/none", "", "", 404, "map[article:[not found]]"},
		{"unknown comment", "DELETE", "/articles/" + slug + "/comments/99", ada, "", 404, "map[comment:[not found]]"},
		{"unknown profile", "POST", "/profiles/none/follow", ada, "", 404, "map[profile:[not found]]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer := s.call(c.method, c.path, c.token, c.body)
			if got := fmt.Sprint(answer["errors"]); status != c.status || got != c.errors {
				t.Errorf("want %d %s, got %d %s", c.status, c.errors, status, got)
			}
		})
	}
	if status, _ := s.call("POST", "/users", "", `not JSON`); status != 422 {
		t.Errorf("want 422 for a broken body, got %d", status)
	}
}

func TestListsFilterAndPage(t *testing.T) {
	s := openSite(t, DefaultLimits())
	ada, bob := s.user("ada"), s.user("bob")
	one := s.article(ada, "one", "red", "blue")
	s.article(bob, "two", "red")
	s.article(ada, "three", "red")
	three := s.article(ada, "four")
	for _, path := range []string{"/articles/" + three + "/favorite", "/articles/" + one + "/favorite", "/profiles/ada/follow"} {
		if status, answer := s.call("POST", path, bob, ""); status != 200 {
			t.Fatalf("POST %s: %d %v", path, status, answer)
		}
	}
	for _, c := range []struct{ path, token, want string }{
		{"/articles", "", "four three two one of 4"},
		{"/articles?limit=2&offset=1", "", "three two of 4"},
		{"/articles?author=ada", "", "four three one of 3"},
		{"/articles?tag=red", "", "three two one of 3"},
		{"/articles?tag=red&author=ada&limit=1&offset=1", "", "one of 2"},
		{"/articles?favorited=bob", "", "four one of 2"},
		{"/articles?favorited=bob&tag=blue", "", "one of 1"},
		{"/articles?author=nobody", "", " of 0"},
		{"/articles?favorited=nobody", "", " of 0"},
		{"/articles?limit=0", "", " of 4"},
		{"/articles/feed", bob, "four three one of 3"},
		{"/articles/feed?limit=1&offset=2", bob, "one of 3"},
		{"/articles/feed", ada, " of 0"},
	} {
		if got := s.titles(c.path, c.token); got != c.want {
			t.Errorf("%s: want %q, got %q", c.path, c.want, got)
		}
	}
	_, answer := s.call("GET", "/articles/"+one, bob, "")
	a := answer["article"].(map[string]any)
	if a["favorited"] != true || a["favoritesCount"] != 1.0 || fmt.Sprint(a["tagList"]) != "[blue red]" ||
		a["author"].(map[string]any)["following"] != true {
		t.Errorf("want bob's view of the article, got %v", a)
	}
}

func TestUpdatesMoveEverythingThatHangsOnANameOrTitle(t *testing.T) {
	s := openSite(t, DefaultLimits())
	ada := s.user("ada")
	old := s.article(ada, "Old Title", "x")
	_, answer := s.call("PUT", "/articles/"+old, ada, `{"article":{"title":"Ünï New!","tagList":["y"]}}`)
	slug := answer["article"].(map[string]any)["slug"].(string)
	if !strings.HasPrefix(slug, "n-new-") {
		t.Errorf("want a slug of the new title, got %q", slug)
	}
	if status, _ := s.call("GET", "/articles/"+old, "", ""); status != 404 {
		t.Errorf("want the old slug to be gone, got %d", status)
	}
	if status, _ := s.call("PUT", "/user", ada, `{"user":{"username":"eve","email":"e@mail.test","password":"p","bio":"b"}}`); status != 200 {
		t.Errorf("want an update, got %d", status)
	}
	if status, _ := s.call("POST", "/users/login", "", `{"user":{"email":"e@mail.test","password":"p"}}`); status != 200 {
		t.Errorf("want a login with the new values, got %d", status)
	}
	if status, _ := s.call("GET", "/profiles/ada", "", ""); status != 404 {
		t.Errorf("want the old name to be free, got %d", status)
	}
	if _, tags := s.call("GET", "/tags", "", ""); fmt.Sprint(tags["tags"]) != "[y]" {
		t.Errorf("want only the tag in use, got %v", tags)
	}
}

func TestTheOldestGoesAboveALimitWithAllThatHangsOnIt(t *testing.T) {
	s := openSite(t, Limits{Users: 2, Articles: 2, Comments: 2, Relations: 2, TextBytes: 1000})
	first := s.user("first")
	slug := s.article(first, "a", "tag")
	second := s.user("second")
	for _, path := range []string{"/profiles/first/follow", "/articles/" + slug + "/favorite"} {
		s.call("POST", path, second, "")
	}
	s.call("POST", "/articles/"+slug+"/comments", second, `{"comment":{"body":"c"}}`)
	s.user("third")
	if got := s.api.Size(); got != (Size{Users: 2}) {
		t.Errorf("want only two users to be left, got %+v", got)
	}
	if status, _ := s.call("GET", "/user", first, ""); status != 401 {
		t.Errorf("want the token of a user that is gone to be refused, got %d", status)
	}
	for i := range 4 {
		slug = s.article(second, fmt.Sprintf("t%d", i))
	}
	for range 5 {
		s.call("POST", "/articles/"+slug+"/comments", second, `{"comment":{"body":"12345"}}`)
	}
	if got := s.api.Size(); got != (Size{Users: 2, Articles: 2, Comments: 2, TextBytes: 2*4 + 2*5}) {
		t.Errorf("want two of each, got %+v", got)
	}
	s.call("PUT", "/articles/"+slug, second, `{"article":{"body":"`+strings.Repeat("x", 985)+`"}}`)
	if got := s.api.Size(); got.Articles != 1 || got.TextBytes > 1000 {
		t.Errorf("want the older article to make room, got %+v", got)
	}
}

// story is what one run of the RealWorld collection does, in short.
func (s site) story(name string) {
	token := s.user(name)
	s.user("celeb_" + name)
	slug := s.article(token, "How to train your dragon", "training", "dragons")
	for _, step := range [][3]string{
		{"GET", "/articles?tag=dragons", ""}, {"GET", "/articles/feed", ""},
		{"PUT", "/articles/" + slug, `{"article":{"body":"With two hands"}}`},
		{"POST", "/articles/" + slug + "/favorite", ""}, {"GET", "/articles?favorited=" + name, ""},
		{"POST", "/articles/" + slug + "/comments", `{"comment":{"body":"Thanks"}}`},
		{"GET", "/articles/" + slug + "/comments", ""}, {"POST", "/profiles/celeb_" + name + "/follow", ""},
		{"GET", "/tags", ""}, {"DELETE", "/articles/" + slug, ""},
	} {
		if status, answer := s.call(step[0], step[1], token, step[2]); status != 200 {
			s.Errorf("%s %s: %d %v", step[0], step[1], status, answer)
		}
	}
}

func TestConcurrentStoriesSucceedAndLeaveNoMoreThanTheLimits(t *testing.T) {
	const actors, stories = 8, 40
	limits := Limits{Users: 200, Articles: 50, Comments: 50, Relations: 60, TextBytes: 1 << 20}
	s := openSite(t, limits)
	var group sync.WaitGroup
	for a := range actors {
		group.Go(func() {
			for i := range stories {
				s.story(fmt.Sprintf("user-%d-%d", a, i))
			}
		})
	}
	group.Wait()
	got := s.api.Size()
	want := Size{Users: limits.Users, Follows: limits.Relations}
	if got != want {
		t.Errorf("want %+v after %d stories, got %+v", want, actors*stories, got)
	}
	if orphans := len(s.api.store.bySlug) + len(s.api.store.commentByID) + len(s.api.store.favorites.byLeft); orphans != 0 {
		t.Errorf("want no entry outside the lists, got %d", orphans)
	}
	if names := len(s.api.store.userByName); names != limits.Users || len(s.api.store.userByEmail) != limits.Users {
		t.Errorf("want %d names, got %d", limits.Users, names)
	}
}
