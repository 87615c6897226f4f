package http1

import "time"

// storeCookies puts the Set-Cookie lines of an answer into the jar.
func (c *Client) storeCookies(resp *Response) {
	origin := c.cookieOrigin()
	now := time.Now()
	for i := range resp.Headers.fields {
		name, value := resp.Headers.At(i)
		if len(name) == 10 && equalFold(name, "set-cookie") {
			c.jar.Set(value, &origin, now)
		}
	}
}
