package conduit

import (
	"strconv"
	"time"
)

func (s *store) createComment(viewerID uint64, slug, body string) (commentView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	viewer, a, err := s.articleFor(viewerID, true, slug)
	if err != nil {
		return commentView{}, err
	}
	s.lastComment++
	c := &comment{id: s.lastComment, body: body, created: timeText(time.Now()), author: viewer, article: a}
	s.commentByID[c.id] = c
	c.at = s.comments.PushFront(c)
	c.atArticle = a.comments.PushFront(c)
	c.atAuthor = viewer.comments.PushFront(c)
	s.textBytes += len(body)
	view := s.commentOf(c, viewer)
	if s.comments.Len() > s.limits.Comments {
		s.removeComment(s.comments.Back().Value.(*comment))
	}
	s.evictArticles()
	return view, nil
}

// commentsOf lists at most maxPage comments of an article, newest first.
func (s *store) commentsOf(viewerID uint64, slug string) ([]commentView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	viewer, a, err := s.articleFor(viewerID, false, slug)
	if err != nil {
		return nil, err
	}
	found := []commentView{}
	for e := a.comments.Front(); e != nil && len(found) < maxPage; e = e.Next() {
		found = append(found, s.commentOf(e.Value.(*comment), viewer))
	}
	return found, nil
}

func (s *store) deleteComment(viewerID uint64, slug, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	viewer, a, err := s.articleFor(viewerID, true, slug)
	if err != nil {
		return err
	}
	wanted, err := strconv.ParseUint(id, 10, 64)
	c, ok := s.commentByID[wanted]
	if err != nil || !ok || c.article != a {
		return notFound("comment")
	}
	if c.author != viewer {
		return forbidden("comment")
	}
	s.removeComment(c)
	return nil
}

func (s *store) removeComment(c *comment) {
	delete(s.commentByID, c.id)
	s.comments.Remove(c.at)
	c.article.comments.Remove(c.atArticle)
	c.author.comments.Remove(c.atAuthor)
	s.textBytes -= len(c.body)
}

// recentTags are at most maxTagList tags, most recently used first.
func (s *store) recentTags() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	names := []string{}
	for e := s.tagOrder.Front(); e != nil && len(names) < maxTagList; e = e.Next() {
		names = append(names, e.Value.(*tag).name)
	}
	return names
}
