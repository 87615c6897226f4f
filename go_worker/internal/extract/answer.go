// Package extract reads values out of answers: JMESPath, dotted JSON paths, XPath, CSS selectors,
// regular expressions, boundaries, headers, cookies and more.
package extract

import (
	"hazard/internal/http1"
	"hazard/internal/http1/jar"
)

// Answer is what is read from: the response and what was parsed of it so far.
type Answer struct {
	Response *http1.Response
	Jar      *jar.Jar
}
