//go:build !unix

package http1

// alive cannot look at a socket here; the retry of a stale connection covers it.
func (k *conn) alive() bool { return k.h2 == nil || k.usable2() }
