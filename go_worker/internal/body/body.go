// Package body renders request bodies: text, bytes, forms, multipart, files, GraphQL.
package body

import (
	"fmt"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// Files are the contents of the files that came with the plan, by their path in it.
type Files map[string][]byte

// Problem is something that stops a body from being compiled, with its place below the body.
type Problem struct {
	Where string
	Err   error
	// Code is a stable name of the problem.
	Code string
}

// Body is a compiled body. Immutable; shared by all users.
type Body struct {
	render      renderer
	contentType string // empty: the renderer's own, if any
}

// renderer appends the body to dst, or returns other bytes than dst that must not be changed.
// contentType is empty when the kind has no default.
type renderer interface {
	render(dst []byte, c template.Context) (body []byte, contentType string, err error)
}

// Compile compiles a body; nil for none.
func Compile(plan *pb.Body, names *template.Names, files Files) (*Body, []Problem) {
	if plan == nil || plan.Kind == nil {
		return nil, nil
	}
	made := &Body{contentType: plan.ContentType}
	var problems []Problem
	switch kind := plan.Kind.(type) {
	case *pb.Body_Text:
		made.render = text{template.Compile(kind.Text.Content, names), kind.Text.StripJsonComments}
	case *pb.Body_Bytes:
		made.render = constant(kind.Bytes.Content)
	case *pb.Body_Urlencoded:
		made.render = compileForm(kind.Urlencoded, names)
	case *pb.Body_Multipart:
		made.render, problems = compileMultipart(kind.Multipart, names, files)
	case *pb.Body_File:
		var file *fileRef
		file, problems = compileFile(kind.File.File, names, files, "file.file")
		made.render = wholeFile{file}
	case *pb.Body_Graphql:
		made.render = compileGraphql(kind.Graphql, names)
	default:
		return nil, []Problem{{"", fmt.Errorf("a body of kind %T is not known", kind), "unknown-body"}}
	}
	return made, problems
}

// Shared tells that Append gives bytes that are not dst's.
func (b *Body) Shared() bool {
	switch b.render.(type) {
	case constant, wholeFile:
		return true
	}
	return false
}

// Append renders the body. The result is dst with the body after it, or other bytes that must not be
// changed; contentType is the one to send when the plan's headers hold none, maybe empty.
func (b *Body) Append(dst []byte, c template.Context) (body []byte, contentType string, err error) {
	body, contentType, err = b.render.render(dst, c)
	if b.contentType != "" {
		contentType = b.contentType
	}
	return body, contentType, err
}

type constant []byte

func (k constant) render([]byte, template.Context) ([]byte, string, error) {
	if k == nil {
		return []byte{}, "", nil
	}
	return k, "", nil
}

type text struct {
	content *template.Template
	strip   bool
}

func (t text) render(dst []byte, c template.Context) ([]byte, string, error) {
	start := len(dst)
	dst = t.content.Append(dst, c)
	if t.strip {
		dst = dst[:start+len(StripComments(dst[start:]))]
	}
	if dst == nil {
		dst = []byte{}
	}
	return dst, "", nil
}

// StripComments removes // and /* */ comments outside strings, in place.
func StripComments(json []byte) []byte {
	out := json[:0]
	inString := false
	for i := 0; i < len(json); i++ {
		b := json[i]
		switch {
		case inString && b == '\\' && i+1 < len(json):
			out = append(out, b, json[i+1])
			i++
			continue
		case b == '"':
			inString = !inString
		case !inString && b == '/' && i+1 < len(json) && json[i+1] == '/':
			for i+1 < len(json) && json[i+1] != '\n' {
				i++
			}
			continue
		case !inString && b == '/' && i+1 < len(json) && json[i+1] == '*':
			i += 2
			for i < len(json) && (json[i] != '/' || json[i-1] != '*') {
				i++
			}
			continue
		}
		out = append(out, b)
	}
	return out
}
