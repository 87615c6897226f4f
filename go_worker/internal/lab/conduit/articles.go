package conduit

import (
	"container/heap"
	"container/list"
	"slices"
	"strconv"
	"strings"
	"time"
)

// slugTitleBytes bounds the part of a slug that comes from the title.
const slugTitleBytes = 80

// slugOf is the title in lower-case ASCII words, and the article's id: a slug is never used twice,
// also not after its article is deleted, so that a request that is late by mistake gets a 404.
func slugOf(title string, id uint64) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(title) {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			dash = b.Len() > 0
			continue
		}
		if b.Len() >= slugTitleBytes {
			break
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(r)
	}
	if b.Len() > 0 {
		b.WriteByte('-')
	}
	b.WriteString(strconv.FormatUint(id, 36))
	return b.String()
}

// newArticle is what creation stores.
type newArticle struct {
	title, description, body string
	tags                     []string
}

func (s *store) createArticle(viewerID uint64, in newArticle) (articleView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	author, err := s.viewer(viewerID, true)
	if err != nil {
		return articleView{}, err
	}
	s.lastArticle++
	now := timeText(time.Now())
	a := &article{
		id: s.lastArticle, slug: slugOf(in.title, s.lastArticle), title: in.title,
		description: in.description, body: in.body, created: now, updated: now,
		author: author, comments: list.New(),
	}
	a.at = s.articles.PushFront(a)
	a.atAuthor = author.articles.PushFront(a)
	s.bySlug[a.slug] = a
	s.textBytes += a.textBytes()
	s.setTags(a, in.tags)
	view := s.articleOf(a, author, true)
	s.evictArticles()
	return view, nil
}

func (a *article) textBytes() int { return len(a.title) + len(a.description) + len(a.body) }

func (s *store) evictArticles() {
	for s.articles.Len() > s.limits.Articles ||
		(s.textBytes > s.limits.TextBytes && s.articles.Len() > 0) {
		s.removeArticle(s.articles.Back().Value.(*article))
	}
}

// setTags stores the tags sorted and without repetition, as the RealWorld tests expect them.
func (s *store) setTags(a *article, names []string) {
	s.dropTags(a)
	a.tags = slices.Compact(slices.Sorted(slices.Values(names)))
	for _, name := range a.tags {
		t, ok := s.tags[name]
		if !ok {
			t = &tag{name: name, articles: list.New()}
			t.at = s.tagOrder.PushFront(t)
			s.tags[name] = t
		}
		s.tagOrder.MoveToFront(t.at)
		a.atTags = append(a.atTags, insertByAge(t.articles, a))
	}
}

// insertByAge keeps a list newest first also when an old article gets a tag later.
func insertByAge(articles *list.List, a *article) *list.Element {
	for e := articles.Front(); e != nil; e = e.Next() {
		if e.Value.(*article).id < a.id {
			return articles.InsertBefore(a, e)
		}
	}
	return articles.PushBack(a)
}

func (s *store) dropTags(a *article) {
	for i, name := range a.tags {
		t := s.tags[name]
		t.articles.Remove(a.atTags[i])
		if t.articles.Len() == 0 {
			s.tagOrder.Remove(t.at)
			delete(s.tags, name)
		}
	}
	a.tags, a.atTags = nil, nil
}

func (s *store) removeArticle(a *article) {
	for a.comments.Len() > 0 {
		s.removeComment(a.comments.Front().Value.(*comment))
	}
	s.favorites.removeRight(a)
	s.dropTags(a)
	s.articles.Remove(a.at)
	a.author.articles.Remove(a.atAuthor)
	delete(s.bySlug, a.slug)
	s.textBytes -= a.textBytes()
}

// articleFor finds the viewer and the article of a request.
func (s *store) articleFor(viewerID uint64, required bool, slug string) (*user, *article, error) {
	viewer, err := s.viewer(viewerID, required)
	if err != nil {
		return nil, nil, err
	}
	a, ok := s.bySlug[slug]
	if !ok {
		return nil, nil, notFound("article")
	}
	return viewer, a, nil
}

func (s *store) article(viewerID uint64, slug string) (articleView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	viewer, a, err := s.articleFor(viewerID, false, slug)
	if err != nil {
		return articleView{}, err
	}
	return s.articleOf(a, viewer, true), nil
}

// articleChange has nil for what stays as it is.
type articleChange struct {
	title, description, body *string
	tags                     *[]string
}

// updateArticle changes an article of the viewer; a new title makes a new slug.
func (s *store) updateArticle(viewerID uint64, slug string, in articleChange) (articleView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	viewer, a, err := s.articleFor(viewerID, true, slug)
	if err != nil {
		return articleView{}, err
	}
	if a.author != viewer {
		return articleView{}, forbidden("article")
	}
	s.textBytes -= a.textBytes()
	if in.title != nil && *in.title != a.title {
		delete(s.bySlug, a.slug)
		a.title, a.slug = *in.title, slugOf(*in.title, a.id)
		s.bySlug[a.slug] = a
	}
	if in.description != nil {
		a.description = *in.description
	}
	if in.body != nil {
		a.body = *in.body
	}
	if in.tags != nil {
		s.setTags(a, *in.tags)
	}
	a.updated = timeText(time.Now())
	s.textBytes += a.textBytes()
	view := s.articleOf(a, viewer, true)
	s.evictArticles()
	return view, nil
}

func (s *store) deleteArticle(viewerID uint64, slug string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	viewer, a, err := s.articleFor(viewerID, true, slug)
	if err != nil {
		return err
	}
	if a.author != viewer {
		return forbidden("article")
	}
	s.removeArticle(a)
	return nil
}

func (s *store) favorite(viewerID uint64, slug string, favorite bool) (articleView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	viewer, a, err := s.articleFor(viewerID, true, slug)
	if err != nil {
		return articleView{}, err
	}
	if favorite {
		s.favorites.add(viewer, a)
	} else {
		s.favorites.remove(viewer, a)
	}
	return s.articleOf(a, viewer, true), nil
}

// articleFilter selects a page of articles; "" means any.
type articleFilter struct {
	tag, author, favorited string
	limit, offset          int
}

// list returns one page, newest first, and the number of all articles that pass the filter. It walks
// the smallest index that one filter gives and checks the other filters on the way.
func (s *store) list(viewerID uint64, f articleFilter) (articleList, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	viewer, err := s.viewer(viewerID, false)
	if err != nil {
		return articleList{}, err
	}
	page := pager{store: s, viewer: viewer, filter: f, out: newArticleList()}
	if f.favorited != "" {
		fan := s.userByName[f.favorited]
		for _, a := range s.favoritesOf(fan) {
			page.offer(a)
		}
		return page.out, nil
	}
	walked := s.articles
	exact := f.tag == "" && f.author == "" // one index alone: its length is the count
	switch {
	case f.author != "":
		walked = list.New()
		if author, ok := s.userByName[f.author]; ok {
			walked = author.articles
		}
		exact = f.tag == ""
	case f.tag != "":
		walked = list.New()
		if t, ok := s.tags[f.tag]; ok {
			walked = t.articles
		}
		exact = true
	}
	for e := walked.Front(); e != nil && !(exact && page.full()); e = e.Next() {
		page.offer(e.Value.(*article))
	}
	if exact {
		page.out.ArticlesCount = walked.Len()
	}
	return page.out, nil
}

func (s *store) favoritesOf(fan *user) []*article {
	found := make([]*article, 0, len(s.favorites.byLeft[fan]))
	for a := range s.favorites.byLeft[fan] {
		found = append(found, a)
	}
	slices.SortFunc(found, func(x, y *article) int { return int(y.id) - int(x.id) })
	return found
}

// pager collects the articles of one page from a walk, newest first.
type pager struct {
	store  *store
	viewer *user
	filter articleFilter
	out    articleList
}

func (p *pager) full() bool { return len(p.out.Articles) >= p.filter.limit }

func (p *pager) offer(a *article) {
	if p.filter.author != "" && a.author.username != p.filter.author {
		return
	}
	if p.filter.tag != "" && !slices.Contains(a.tags, p.filter.tag) {
		return
	}
	if p.out.ArticlesCount >= p.filter.offset && !p.full() {
		p.out.Articles = append(p.out.Articles, p.store.articleOf(a, p.viewer, false))
	}
	p.out.ArticlesCount++
}

// feed is a page of the articles of the users that the viewer follows: a merge of their lists.
func (s *store) feed(viewerID uint64, limit, offset int) (articleList, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	viewer, err := s.viewer(viewerID, true)
	if err != nil {
		return articleList{}, err
	}
	var heads newestFirst
	total := 0
	for author := range s.follows.byLeft[viewer] {
		if first := author.articles.Front(); first != nil {
			heads = append(heads, first)
			total += author.articles.Len()
		}
	}
	heap.Init(&heads)
	page := pager{
		store: s, viewer: viewer, filter: articleFilter{limit: limit, offset: offset}, out: newArticleList(),
	}
	for len(heads) > 0 && !page.full() {
		head := heads[0]
		page.offer(head.Value.(*article))
		if next := head.Next(); next != nil {
			heads[0] = next
			heap.Fix(&heads, 0)
		} else {
			heap.Pop(&heads)
		}
	}
	page.out.ArticlesCount = total
	return page.out, nil
}

// newestFirst is a heap of positions in the authors' lists.
type newestFirst []*list.Element

func (h newestFirst) Len() int { return len(h) }
func (h newestFirst) Less(i, j int) bool {
	return h[i].Value.(*article).id > h[j].Value.(*article).id
}
func (h newestFirst) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *newestFirst) Push(x any)   { *h = append(*h, x.(*list.Element)) }
func (h *newestFirst) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
