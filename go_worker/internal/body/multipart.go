package body

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path"
	"strconv"
	"strings"

	"hazard/internal/pb"
	"hazard/internal/template"
)

type multipart struct {
	parts    []part
	boundary string
	subtype  string
	names    pb.PartNames
}

type part struct {
	name        *template.Template
	contentType string
	fileName    *template.Template // nil: none, or the file's
	headers     []field
	text        *template.Template
	bytes       []byte
	file        *fileRef
}

func compileMultipart(plan *pb.MultipartBody, names *template.Names, files Files) (renderer, []Problem) {
	m := multipart{boundary: plan.Boundary, subtype: plan.Subtype, names: plan.Names}
	if m.subtype == "" {
		m.subtype = "form-data"
	}
	var problems []Problem
	for i, one := range plan.Parts {
		if one.Disabled {
			continue
		}
		p := part{name: template.Compile(one.Name, names), contentType: one.ContentType}
		if one.FileName != "" {
			p.fileName = template.Compile(one.FileName, names)
		}
		for _, header := range one.Headers {
			if !header.Disabled {
				p.headers = append(p.headers, field{template.Compile(header.Name, names),
					template.Compile(header.Value, names), false})
			}
		}
		switch source := one.Source.(type) {
		case *pb.Part_Text:
			p.text = template.Compile(source.Text, names)
		case *pb.Part_Bytes:
			p.bytes = source.Bytes
		case *pb.Part_File:
			var found []Problem
			where := fmt.Sprintf("multipart.parts[%d].file", i)
			p.file, found = compileFile(source.File, names, files, where)
			problems = append(problems, found...)
		}
		m.parts = append(m.parts, p)
	}
	return m, problems
}

// render writes the parts as RFC 7578 says, with the line ends and escapes of browsers.
func (m multipart) render(dst []byte, c template.Context) ([]byte, string, error) {
	boundary := m.boundary
	if boundary == "" {
		boundary = randomBoundary(c.Random())
	}
	for i := range m.parts {
		dst = append(append(append(dst, "--"...), boundary...), "\r\n"...)
		var err error
		if dst, err = m.parts[i].append(dst, c, m.names); err != nil {
			return dst, "", err
		}
		dst = append(dst, "\r\n"...)
	}
	dst = append(append(append(dst, "--"...), boundary...), "--\r\n"...)
	return dst, "multipart/" + m.subtype + "; boundary=" + quotedBoundary(boundary), nil
}

// quotedBoundary puts a boundary in quotes when it is no token.
func quotedBoundary(boundary string) string {
	for i := range len(boundary) {
		switch boundary[i] {
		case '(', ')', '<', '>', '@', ',', ';', ':', '\\', '"', '/', '[', ']', '?', '=', ' ':
			return `"` + boundary + `"`
		}
	}
	return boundary
}

func randomBoundary(random *rand.Rand) string {
	return "----hazard" + strconv.FormatUint(random.Uint64()|1<<63, 16) +
		strconv.FormatUint(random.Uint64()|1<<63, 16)
}

func (p *part) append(dst []byte, c template.Context, names pb.PartNames) ([]byte, error) {
	dst = append(dst, `Content-Disposition: form-data; name="`...)
	dst = append(appendName(dst, p.name.Append(nil, c), names), '"')
	var content []byte
	contentType := p.contentType
	fileName, named := []byte(nil), p.fileName != nil
	if named {
		fileName = p.fileName.Append(nil, c)
	}
	if p.file != nil {
		filePath, read, err := p.file.read(c)
		if err != nil {
			return dst, err
		}
		content = read
		if !named && filePath != "" {
			fileName = []byte(path.Base(filePath))
		}
		named = true
		// No file chosen: forms send an empty name and no type.
		if contentType == "" && len(fileName) > 0 {
			contentType = TypeByName(string(fileName))
		}
	}
	if named {
		dst = append(dst, `; filename="`...)
		dst = append(appendName(dst, fileName, names), '"')
		if names == pb.PartNames_PART_NAMES_POSTMAN {
			dst = appendExtendedName(dst, fileName)
		}
	}
	dst = append(dst, "\r\n"...)
	if contentType != "" {
		dst = append(append(append(dst, "Content-Type: "...), contentType...), "\r\n"...)
	}
	for _, header := range p.headers {
		dst = append(header.name.Append(dst, c), ": "...)
		dst = append(header.value.Append(dst, c), "\r\n"...)
	}
	dst = append(dst, "\r\n"...)
	switch {
	case p.file != nil:
		return append(dst, content...), nil
	case p.text != nil:
		return p.text.Append(dst, c), nil
	}
	return append(dst, p.bytes...), nil
}

// appendName escapes what would end a quoted name, as the HTML standard says, or nothing.
func appendName(dst, text []byte, names pb.PartNames) []byte {
	if names == pb.PartNames_PART_NAMES_POSTMAN || !bytes.ContainsAny(text, "\"\r\n") {
		return append(dst, text...)
	}
	for _, b := range text {
		switch b {
		case '"':
			dst = append(dst, "%22"...)
		case '\r':
			dst = append(dst, "%0D"...)
		case '\n':
			dst = append(dst, "%0A"...)
		default:
			dst = append(dst, b)
		}
	}
	return dst
}

// appendExtendedName adds filename* (RFC 8187) for a name with characters outside Latin-1. It leaves
// what encodeURIComponent leaves, without '()*, with |`^.
func appendExtendedName(dst, text []byte) []byte {
	if latin1(text) {
		return dst
	}
	dst = append(dst, "; filename*=UTF-8''"...)
	for _, b := range text {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9',
			strings.IndexByte("-_.!~|`^", b) >= 0:
			dst = append(dst, b)
		case b == '\'', b == '(', b == ')', b == '*':
			dst = fmt.Appendf(dst, "%%%02x", b)
		default:
			dst = fmt.Appendf(dst, "%%%02X", b)
		}
	}
	return dst
}

func latin1(text []byte) bool {
	for _, r := range string(text) {
		if r != '\t' && (r < ' ' || r > 0xff || r == 0x7f) {
			return false
		}
	}
	return true
}
