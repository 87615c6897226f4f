package http1

import "time"

// Version is the protocol a policy asks for.
type Version uint8

// Protocol versions.
const (
	Version11          Version = iota
	Version10                  // HTTP/1.0 request line
	VersionAuto                // HTTP/2 if TLS negotiates it, else HTTP/1.1
	Version2                   // HTTP/2 over TLS; over plain text HTTP/1.1
	Version2PriorKnown         // HTTP/2 without asking, also over plain text
)

// PolicyOptions are the rules of an exchange. The zero value is: no redirects followed, cookies on,
// TLS verified, HTTP/1.1, keep-alive, 10 s to connect, 30 s in total, bodies up to 64 MiB.
type PolicyOptions struct {
	FollowRedirects bool
	MaxRedirects    int // 0: 10
	// KeepMethod repeats method and body on 301, 302 and 303 too.
	KeepMethod bool
	// KeepAuth keeps Authorization and Cookie headers of the plan when a redirect leaves the origin.
	KeepAuth bool
	// DropReferer removes the plan's Referer header on redirected requests.
	DropReferer bool
	// SendReferer makes it the address that redirected.
	SendReferer bool
	// NoCookies neither reads nor writes the jar.
	NoCookies bool

	Insecure   bool // do not verify certificates
	CAPEM      []byte
	CertPEM    []byte
	KeyPEM     []byte
	TLSMin     string // "1.0" to "1.3"; empty: 1.2
	TLSMax     string
	ServerName string // SNI and verified name; empty: the host
	// NoTLSResume does a full handshake on every connection.
	NoTLSResume bool

	ConnectTimeout   time.Duration // DNS, TCP and proxy; 0: 10 s
	TLSTimeout       time.Duration // 0: 10 s
	FirstByteTimeout time.Duration // after the request is sent; 0: only the total holds
	Timeout          time.Duration // whole exchange, redirects included; 0: 30 s

	Version Version
	// Proxy is http://, https://, socks5:// or socks5h://, with user:password@ if needed. Empty: none.
	Proxy string
	// NoKeepAlive closes the connection after each answer and says so in a Connection header.
	NoKeepAlive bool
	// ExpectContinue asks before a body is sent and waits up to 1 s for leave.
	ExpectContinue bool
	MaxBodyBytes   int64 // as received, and again after decoding; 0: 64 MiB
	// Resolve holds HOST:PORT:ADDR[,ADDR], ConnectTo HOST:PORT:ADDR:PORT, as curl's options; they are
	// tried before Shared's.
	Resolve    []string
	ConnectTo  []string
	UnixSocket string
}
