// Package conduit is the RealWorld ("Conduit") API in memory: users, articles, favorites, comments,
// profiles and tags, with the paths, fields and status codes of the public RealWorld specification.
// It is made to be put under load for hours: everything it stores is bounded (see Limits).
package conduit

// Limits bound what is stored. When a limit is exceeded the oldest entry goes, with everything that
// hangs on it (a user's articles and comments, an article's comments and favorites).
type Limits struct {
	Users     int // stored users
	Articles  int // stored articles
	Comments  int // stored comments
	Relations int // stored favorites, and as many stored follows
	TextBytes int // bytes of all article and comment texts together
}

// DefaultLimits keep the process under about 700 MiB in the worst case (tens of MiB in common ones).
func DefaultLimits() Limits {
	return Limits{
		Users: 20_000, Articles: 20_000, Comments: 50_000, Relations: 200_000, TextBytes: 256 << 20,
	}
}

// Largest accepted lengths in bytes; a longer value is answered with 422.
const (
	maxNameBytes    = 256
	maxBioBytes     = 4 << 10
	maxTitleBytes   = 1 << 10
	maxBodyBytes    = 64 << 10
	maxCommentBytes = 4 << 10
	maxTagBytes     = 64
	maxTags         = 50
)

// Page sizes of article lists, and the number of tags that GET /api/tags returns.
const (
	defaultPage = 20
	maxPage     = 100
	maxTagList  = 100
)
