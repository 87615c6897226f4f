package conduit

import (
	"container/list"
	"crypto/sha256"
	"net/http"
	"sync"
)

// store holds everything behind one lock that is only held for map and list steps: no hashing, no
// encoding and no I/O happen under it. Lists are newest first, so eviction takes from the back.
type store struct {
	mu     sync.RWMutex
	limits Limits

	lastUser, lastArticle, lastComment uint64
	textBytes                          int

	userByID    map[uint64]*user
	userByName  map[string]*user
	userByEmail map[string]*user
	users       *list.List // *user

	bySlug      map[string]*article
	articles    *list.List // *article
	comments    *list.List // *comment
	commentByID map[uint64]*comment
	tags        map[string]*tag
	tagOrder    *list.List // *tag, most recently used first

	favorites *pairs[*user, *article]
	follows   *pairs[*user, *user]
}

type user struct {
	id          uint64
	username    string
	email       string
	passwordSum [sha256.Size]byte
	bio, image  *string
	articles    *list.List // *article
	comments    *list.List // *comment
	at          *list.Element
}

type article struct {
	id                       uint64
	slug                     string
	title, description, body string
	tags                     []string
	created, updated         string // as answered
	author                   *user
	comments                 *list.List // *comment
	at, atAuthor             *list.Element
	atTags                   []*list.Element
}

type comment struct {
	id                      uint64
	body                    string
	created                 string // as answered
	author                  *user
	article                 *article
	at, atArticle, atAuthor *list.Element
}

type tag struct {
	name     string
	articles *list.List // *article
	at       *list.Element
}

func newStore(limits Limits) *store {
	return &store{
		limits:     limits,
		userByID:   map[uint64]*user{},
		userByName: map[string]*user{}, userByEmail: map[string]*user{},
		users: list.New(), bySlug: map[string]*article{}, articles: list.New(),
		comments: list.New(), commentByID: map[uint64]*comment{}, tags: map[string]*tag{}, tagOrder: list.New(),
		favorites: newPairs[*user, *article](limits.Relations),
		follows:   newPairs[*user, *user](limits.Relations),
	}
}

// viewer is the user of an id; id 0 is nobody, which is fine unless a user is required. A token may
// outlive its user (eviction), which is answered like an invalid token.
func (s *store) viewer(id uint64, required bool) (*user, error) {
	if id == 0 && !required {
		return nil, nil
	}
	if found, ok := s.userByID[id]; ok {
		return found, nil
	}
	return nil, unauthorized("token", "is invalid")
}

// newUser is what registration stores.
type newUser struct {
	username, email string
	passwordSum     [sha256.Size]byte
}

func (s *store) register(in newUser) (userView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var check fieldCheck
	s.checkFree(&check, nil, &in.username, &in.email)
	if err := check.outcome(); err != nil {
		return userView{}, err
	}
	s.lastUser++
	u := &user{
		id: s.lastUser, username: in.username, email: in.email, passwordSum: in.passwordSum,
		articles: list.New(), comments: list.New(),
	}
	u.at = s.users.PushFront(u)
	s.userByID[u.id], s.userByName[u.username], s.userByEmail[u.email] = u, u, u
	if s.users.Len() > s.limits.Users {
		s.removeUser(s.users.Back().Value.(*user))
	}
	return u.view(), nil
}

// checkFree adds an error for a username or email that another user has.
func (s *store) checkFree(check *fieldCheck, self *user, username, email *string) {
	const taken = "has already been taken"
	if username != nil {
		if other, ok := s.userByName[*username]; ok && other != self {
			check.add("username", taken)
		}
	}
	if email != nil {
		if other, ok := s.userByEmail[*email]; ok && other != self {
			check.add("email", taken)
		}
	}
}

func (s *store) login(email string, passwordSum [sha256.Size]byte) (userView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	u, ok := s.userByEmail[email]
	if !ok || u.passwordSum != passwordSum {
		return userView{}, unauthorized("credentials", "invalid")
	}
	return u.view(), nil
}

func (s *store) currentUser(id uint64) (userView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	u, err := s.viewer(id, true)
	if err != nil {
		return userView{}, err
	}
	return u.view(), nil
}

// userChange has nil for what stays as it is.
type userChange struct {
	username, email, bio, image *string
	passwordSum                 *[sha256.Size]byte
}

func (s *store) updateUser(id uint64, in userChange) (userView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.viewer(id, true)
	if err != nil {
		return userView{}, err
	}
	var check fieldCheck
	s.checkFree(&check, u, in.username, in.email)
	if err := check.outcome(); err != nil {
		return userView{}, err
	}
	if in.username != nil {
		delete(s.userByName, u.username)
		u.username = *in.username
		s.userByName[u.username] = u
	}
	if in.email != nil {
		delete(s.userByEmail, u.email)
		u.email = *in.email
		s.userByEmail[u.email] = u
	}
	if in.bio != nil {
		u.bio = in.bio
	}
	if in.image != nil {
		u.image = in.image
	}
	if in.passwordSum != nil {
		u.passwordSum = *in.passwordSum
	}
	return u.view(), nil
}

func (s *store) removeUser(u *user) {
	for u.articles.Len() > 0 {
		s.removeArticle(u.articles.Front().Value.(*article))
	}
	for u.comments.Len() > 0 {
		s.removeComment(u.comments.Front().Value.(*comment))
	}
	s.favorites.removeLeft(u)
	s.follows.removeLeft(u)
	s.follows.removeRight(u)
	s.users.Remove(u.at)
	delete(s.userByID, u.id)
	delete(s.userByName, u.username)
	delete(s.userByEmail, u.email)
}

func (s *store) profile(viewerID uint64, username string) (profileView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	viewer, err := s.viewer(viewerID, false)
	if err != nil {
		return profileView{}, err
	}
	u, ok := s.userByName[username]
	if !ok {
		return profileView{}, notFound("profile")
	}
	return s.profileOf(u, viewer), nil
}

// follow makes or ends the viewer's following of a user.
func (s *store) follow(viewerID uint64, username string, follow bool) (profileView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	viewer, err := s.viewer(viewerID, true)
	if err != nil {
		return profileView{}, err
	}
	u, ok := s.userByName[username]
	switch {
	case !ok:
		return profileView{}, notFound("profile")
	case u == viewer && follow:
		return profileView{}, reject(http.StatusUnprocessableEntity, "username", "can't be followed by itself")
	case follow:
		s.follows.add(viewer, u)
	default:
		s.follows.remove(viewer, u)
	}
	return s.profileOf(u, viewer), nil
}

// Size is how many entries are stored, to see the limits at work.
type Size struct {
	Users     int `json:"users"`
	Articles  int `json:"articles"`
	Comments  int `json:"comments"`
	Favorites int `json:"favorites"`
	Follows   int `json:"follows"`
	Tags      int `json:"tags"`
	TextBytes int `json:"text_bytes"`
}

func (s *store) size() Size {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return Size{
		Users: s.users.Len(), Articles: s.articles.Len(), Comments: s.comments.Len(),
		Favorites: s.favorites.order.Len(), Follows: s.follows.order.Len(), Tags: len(s.tags),
		TextBytes: s.textBytes,
	}
}
