package conduit

import "time"

// timeFormat is ISO 8601 in UTC with milliseconds, as every RealWorld client expects.
const timeFormat = "2006-01-02T15:04:05.000Z"

func timeText(t time.Time) string { return t.UTC().Format(timeFormat) }

type userView struct {
	id       uint64
	Email    string  `json:"email"`
	Token    string  `json:"token"`
	Username string  `json:"username"`
	Bio      *string `json:"bio"`
	Image    *string `json:"image"`
}

func (u *user) view() userView {
	return userView{id: u.id, Email: u.email, Username: u.username, Bio: u.bio, Image: u.image}
}

type profileView struct {
	Username  string  `json:"username"`
	Bio       *string `json:"bio"`
	Image     *string `json:"image"`
	Following bool    `json:"following"`
}

func (s *store) profileOf(u, viewer *user) profileView {
	return profileView{
		Username: u.username, Bio: u.bio, Image: u.image,
		Following: viewer != nil && s.follows.has(viewer, u),
	}
}

// articleView is an article as answered; lists leave the body out, as the specification says.
type articleView struct {
	Slug           string      `json:"slug"`
	Title          string      `json:"title"`
	Description    string      `json:"description"`
	Body           *string     `json:"body,omitempty"`
	TagList        []string    `json:"tagList"`
	CreatedAt      string      `json:"createdAt"`
	UpdatedAt      string      `json:"updatedAt"`
	Favorited      bool        `json:"favorited"`
	FavoritesCount int         `json:"favoritesCount"`
	Author         profileView `json:"author"`
}

func (s *store) articleOf(a *article, viewer *user, withBody bool) articleView {
	v := articleView{
		Slug: a.slug, Title: a.title, Description: a.description,
		TagList:   append([]string{}, a.tags...),
		CreatedAt: a.created, UpdatedAt: a.updated,
		Favorited:      viewer != nil && s.favorites.has(viewer, a),
		FavoritesCount: len(s.favorites.byRight[a]),
		Author:         s.profileOf(a.author, viewer),
	}
	if withBody {
		body := a.body
		v.Body = &body
	}
	return v
}

type articleList struct {
	Articles      []articleView `json:"articles"`
	ArticlesCount int           `json:"articlesCount"`
}

func newArticleList() articleList { return articleList{Articles: []articleView{}} }

type commentView struct {
	ID        uint64      `json:"id"`
	CreatedAt string      `json:"createdAt"`
	UpdatedAt string      `json:"updatedAt"`
	Body      string      `json:"body"`
	Author    profileView `json:"author"`
}

func (s *store) commentOf(c *comment, viewer *user) commentView {
	return commentView{
		ID: c.id, CreatedAt: c.created, UpdatedAt: c.created, Body: c.body, Author: s.profileOf(c.author, viewer),
	}
}
