package http1

// hop is the request as it goes out now: the plan's, or what a redirect made of it.
type hop struct {
	req      *Request
	policy   *Policy
	deadline int64

	method  []byte
	url     *URL
	mapped  URL // url of the first hop after MapURL
	first   *URL
	hasBody bool

	dropAuth    bool
	dropHost    bool
	dropBody    bool // the headers that describe a body
	dropReferer bool
	referer     string // sent instead of the plan's; empty: none
}

var methodGET = []byte("GET")

func (h *hop) begin(req *Request, policy *Policy, deadline int64, mapURL func(*URL)) {
	*h = hop{
		req: req, policy: policy, deadline: deadline,
		method: req.Method, url: &req.URL,
		hasBody: req.Body != nil || req.Stream != nil,
	}
	if len(h.method) == 0 {
		h.method = methodGET
	}
	if mapURL != nil {
		h.mapped = req.URL
		mapURL(&h.mapped)
		h.url = &h.mapped
	}
	h.first = h.url
}

// check refuses a URL that no request can be made of.
func (h *hop) check() *Error {
	if len(h.url.Host) == 0 {
		return fail(KindBadRequest, errHost)
	}
	if h.url.Scheme != "http" && h.url.Scheme != "https" {
		return fail(KindBadRequest, errScheme)
	}
	return nil
}

// skips tells whether the plan's header is left out of this hop.
func (h *hop) skips(name []byte) bool {
	if !h.dropAuth && !h.dropHost && !h.dropBody && !h.dropReferer {
		return false
	}
	switch len(name) {
	case 4:
		return h.dropHost && equalFold(name, "host")
	case 6:
		return (h.dropAuth && equalFold(name, "cookie")) || (h.dropBody && equalFold(name, "expect"))
	case 7:
		return (h.dropReferer && equalFold(name, "referer")) ||
			(h.dropBody && equalFold(name, "trailer"))
	case 12:
		return h.dropBody && equalFold(name, "content-type")
	case 13:
		return h.dropAuth && equalFold(name, "authorization")
	case 14:
		return h.dropBody && equalFold(name, "content-length")
	case 16, 17:
		return h.dropBody && (equalFold(name, "content-encoding") ||
			equalFold(name, "transfer-encoding") || equalFold(name, "content-language"))
	}
	return false
}

// cookies tells that the jar takes part.
func (h *hop) cookies() bool { return !h.policy.options.NoCookies }
