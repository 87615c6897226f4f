package conduit

import (
	"crypto/sha256"
	"net/http"
	"strconv"
	"time"
)

// userBody is the body of registration, login and update; nil is an absent field.
type userBody struct {
	User struct {
		Username *string `json:"username"`
		Email    *string `json:"email"`
		Password *string `json:"password"`
		Bio      *string `json:"bio"`
		Image    *string `json:"image"`
	} `json:"user"`
}

type articleBody struct {
	Article struct {
		Title       *string   `json:"title"`
		Description *string   `json:"description"`
		Body        *string   `json:"body"`
		TagList     *[]string `json:"tagList"`
	} `json:"article"`
}

type commentBody struct {
	Comment struct {
		Body *string `json:"body"`
	} `json:"comment"`
}

func (a *API) passwordSum(password string) [sha256.Size]byte {
	return a.tokens.sum([]byte("password:"), []byte(password))
}

// withToken is the answer of every path that returns the user itself.
func (a *API) withToken(status int, u userView) (int, any, error) {
	token, err := a.tokens.token(u.id, u.Username, time.Now())
	if err != nil {
		return 0, nil, err
	}
	u.Token = token
	return status, map[string]any{"user": u}, nil
}

func (a *API) register(c *call) (int, any, error) {
	var in userBody
	if err := decode(c, &in); err != nil {
		return 0, nil, err
	}
	var check fieldCheck
	check.text("username", in.User.Username, maxNameBytes)
	check.text("email", in.User.Email, maxNameBytes)
	check.text("password", in.User.Password, maxNameBytes)
	if err := check.outcome(); err != nil {
		return 0, nil, err
	}
	u, err := a.store.register(newUser{
		username: *in.User.Username, email: *in.User.Email,
		passwordSum: a.passwordSum(*in.User.Password),
	})
	if err != nil {
		return 0, nil, err
	}
	return a.withToken(http.StatusCreated, u)
}

func (a *API) login(c *call) (int, any, error) {
	var in userBody
	if err := decode(c, &in); err != nil {
		return 0, nil, err
	}
	var check fieldCheck
	check.text("email", in.User.Email, maxNameBytes)
	check.text("password", in.User.Password, maxNameBytes)
	if err := check.outcome(); err != nil {
		return 0, nil, err
	}
	u, err := a.store.login(*in.User.Email, a.passwordSum(*in.User.Password))
	if err != nil {
		return 0, nil, err
	}
	return a.withToken(http.StatusOK, u)
}

func (a *API) currentUser(c *call) (int, any, error) {
	u, err := a.store.currentUser(c.viewer)
	if err != nil {
		return 0, nil, err
	}
	return a.withToken(http.StatusOK, u)
}

func (a *API) updateUser(c *call) (int, any, error) {
	var in userBody
	if err := decode(c, &in); err != nil {
		return 0, nil, err
	}
	var check fieldCheck
	check.change("username", in.User.Username, maxNameBytes)
	check.change("email", in.User.Email, maxNameBytes)
	check.change("password", in.User.Password, maxNameBytes)
	check.length("bio", in.User.Bio, maxBioBytes)
	check.length("image", in.User.Image, maxBioBytes)
	if err := check.outcome(); err != nil {
		return 0, nil, err
	}
	change := userChange{
		username: in.User.Username, email: in.User.Email, bio: in.User.Bio, image: in.User.Image,
	}
	if in.User.Password != nil {
		sum := a.passwordSum(*in.User.Password)
		change.passwordSum = &sum
	}
	u, err := a.store.updateUser(c.viewer, change)
	if err != nil {
		return 0, nil, err
	}
	return a.withToken(http.StatusOK, u)
}

func ok(name string, value any, err error) (int, any, error) {
	return http.StatusOK, map[string]any{name: value}, err
}

func (a *API) profile(c *call) (int, any, error) {
	v, err := a.store.profile(c.viewer, c.params.Get("username"))
	return ok("profile", v, err)
}

func (a *API) follow(c *call) (int, any, error) {
	v, err := a.store.follow(c.viewer, c.params.Get("username"), true)
	return ok("profile", v, err)
}

func (a *API) unfollow(c *call) (int, any, error) {
	v, err := a.store.follow(c.viewer, c.params.Get("username"), false)
	return ok("profile", v, err)
}

// page reads limit and offset; a limit above maxPage is lowered to it.
func page(c *call) (limit, offset int, err error) {
	var check fieldCheck
	number := func(name string, absent int) int {
		text := string(c.QueryArgs().Peek(name))
		if text == "" {
			return absent
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			check.add(name, "is not a number of 0 or more")
		}
		return n
	}
	limit, offset = number("limit", defaultPage), number("offset", 0)
	return min(limit, maxPage), offset, check.outcome()
}

func (a *API) listArticles(c *call) (int, any, error) {
	limit, offset, err := page(c)
	if err != nil {
		return 0, nil, err
	}
	query := c.QueryArgs()
	found, err := a.store.list(c.viewer, articleFilter{
		tag: string(query.Peek("tag")), author: string(query.Peek("author")),
		favorited: string(query.Peek("favorited")), limit: limit, offset: offset,
	})
	return http.StatusOK, found, err
}

func (a *API) feed(c *call) (int, any, error) {
	limit, offset, err := page(c)
	if err != nil {
		return 0, nil, err
	}
	found, err := a.store.feed(c.viewer, limit, offset)
	return http.StatusOK, found, err
}

func (check *fieldCheck) tags(names *[]string) {
	if names == nil {
		return
	}
	if len(*names) > maxTags {
		check.add("tagList", "has more than 50 tags")
	}
	for i := range *names {
		check.length("tagList", &(*names)[i], maxTagBytes)
	}
}

func (a *API) createArticle(c *call) (int, any, error) {
	var in articleBody
	if err := decode(c, &in); err != nil {
		return 0, nil, err
	}
	var check fieldCheck
	check.text("title", in.Article.Title, maxTitleBytes)
	check.text("description", in.Article.Description, maxBodyBytes)
	check.text("body", in.Article.Body, maxBodyBytes)
	check.tags(in.Article.TagList)
	if err := check.outcome(); err != nil {
		return 0, nil, err
	}
	created := newArticle{
		title: *in.Article.Title, description: *in.Article.Description, body: *in.Article.Body,
	}
	if in.Article.TagList != nil {
		created.tags = *in.Article.TagList
	}
	v, err := a.store.createArticle(c.viewer, created)
	return http.StatusCreated, map[string]any{"article": v}, err
}

func (a *API) article(c *call) (int, any, error) {
	v, err := a.store.article(c.viewer, c.params.Get("slug"))
	return ok("article", v, err)
}

func (a *API) updateArticle(c *call) (int, any, error) {
	var in articleBody
	if err := decode(c, &in); err != nil {
		return 0, nil, err
	}
	var check fieldCheck
	check.change("title", in.Article.Title, maxTitleBytes)
	check.change("description", in.Article.Description, maxBodyBytes)
	check.change("body", in.Article.Body, maxBodyBytes)
	check.tags(in.Article.TagList)
	if err := check.outcome(); err != nil {
		return 0, nil, err
	}
	v, err := a.store.updateArticle(c.viewer, c.params.Get("slug"), articleChange{
		title: in.Article.Title, description: in.Article.Description, body: in.Article.Body,
		tags: in.Article.TagList,
	})
	return ok("article", v, err)
}

func (a *API) deleteArticle(c *call) (int, any, error) {
	err := a.store.deleteArticle(c.viewer, c.params.Get("slug"))
	return http.StatusOK, struct{}{}, err
}

func (a *API) favorite(c *call) (int, any, error) {
	v, err := a.store.favorite(c.viewer, c.params.Get("slug"), true)
	return ok("article", v, err)
}

func (a *API) unfavorite(c *call) (int, any, error) {
	v, err := a.store.favorite(c.viewer, c.params.Get("slug"), false)
	return ok("article", v, err)
}

func (a *API) listComments(c *call) (int, any, error) {
	v, err := a.store.commentsOf(c.viewer, c.params.Get("slug"))
	return ok("comments", v, err)
}

func (a *API) createComment(c *call) (int, any, error) {
	var in commentBody
	if err := decode(c, &in); err != nil {
		return 0, nil, err
	}
	var check fieldCheck
	check.text("body", in.Comment.Body, maxCommentBytes)
	if err := check.outcome(); err != nil {
		return 0, nil, err
	}
	v, err := a.store.createComment(c.viewer, c.params.Get("slug"), *in.Comment.Body)
	return ok("comment", v, err)
}

func (a *API) deleteComment(c *call) (int, any, error) {
	err := a.store.deleteComment(c.viewer, c.params.Get("slug"), c.params.Get("id"))
	return http.StatusOK, struct{}{}, err
}

func (a *API) listTags(*call) (int, any, error) {
	return ok("tags", a.store.recentTags(), nil)
}
