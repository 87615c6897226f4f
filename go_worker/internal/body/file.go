package body

import (
	"fmt"
	"mime"
	"path"
	"strings"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// fileRef is a file that came with the plan.
type fileRef struct {
	path      *template.Template
	files     Files
	stripped  bool
	encoding  pb.FileEncoding
	generated []byte // sent when the file is missing; nil: that is a failure
	whole     []byte // content when the path is constant
}

func compileFile(plan *pb.FileRef, names *template.Names, files Files, where string) (*fileRef, []Problem) {
	f := &fileRef{path: template.Compile(plan.GetPath(), names), files: files,
		stripped: plan.GetStripNewlines(), encoding: plan.GetEncoding()}
	if plan.GetMissing() == pb.FileMissing_FILE_MISSING_GENERATE {
		f.generated = generate(int(plan.GetGenerateBytes()))
	}
	if !f.path.Constant() {
		return f, nil
	}
	content, err := f.content(plan.GetPath())
	if err != nil {
		return f, []Problem{{where, err, "missing-file"}}
	}
	f.whole = content
	return f, nil
}

// generate makes bytes that are the same every time and do not compress to nothing.
func generate(size int) []byte {
	made := make([]byte, size)
	state := uint32(2463534242)
	for i := range made {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		made[i] = byte(state)
	}
	return made
}

func (f *fileRef) content(name string) ([]byte, error) {
	content, found := f.files[name]
	if !found {
		if f.generated == nil {
			return nil, fmt.Errorf("the file %q did not come with the plan", name)
		}
		return f.generated, nil
	}
	if f.stripped {
		content = []byte(strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(string(content)))
	}
	if f.encoding != pb.FileEncoding_FILE_ENCODING_NONE {
		content = percentEncoded(content, f.encoding == pb.FileEncoding_FILE_ENCODING_PERCENT_LOWER)
	}
	if content == nil {
		content = []byte{}
	}
	return content, nil
}

// percentEncoded writes bytes as curl's --data-urlencode: all but letters, digits and -._~ as %XX, a
// space as +.
func percentEncoded(content []byte, lower bool) []byte {
	hex := "0123456789ABCDEF"
	if lower {
		hex = "0123456789abcdef"
	}
	encoded := make([]byte, 0, len(content)+len(content)/4)
	for _, b := range content {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9',
			b == '-', b == '.', b == '_', b == '~':
			encoded = append(encoded, b)
		case b == ' ':
			encoded = append(encoded, '+')
		default:
			encoded = append(encoded, '%', hex[b>>4], hex[b&15])
		}
	}
	return encoded
}

// FileContent is what a reference with a constant path stands for.
func FileContent(plan *pb.FileRef, names *template.Names, files Files) ([]byte, error) {
	file, problems := compileFile(plan, names, files, "")
	if len(problems) > 0 {
		return nil, problems[0].Err
	}
	if file.whole == nil {
		return nil, fmt.Errorf("the path %q of a variable's file holds a variable", plan.GetPath())
	}
	return file.whole, nil
}

func (f *fileRef) read(c template.Context) (name string, content []byte, err error) {
	if f.whole != nil {
		return f.path.Text(), f.whole, nil
	}
	name = f.path.Render(c)
	content, err = f.content(name)
	return name, content, err
}

type wholeFile struct{ file *fileRef }

// render gives the file's bytes and no Content-Type: a plan names it when it is wanted.
func (w wholeFile) render(_ []byte, c template.Context) ([]byte, string, error) {
	_, content, err := w.file.read(c)
	return content, "", err
}

// TypeByName is the media type that a file's extension stands for, without depending on the machine's
// own tables; application/octet-stream when it is not known.
func TypeByName(name string) string {
	extension := strings.ToLower(path.Ext(name))
	switch extension {
	case ".txt":
		return "text/plain"
	case ".csv":
		return "text/csv"
	case ".htm", ".html":
		return "text/html"
	case ".css":
		return "text/css"
	case ".js":
		return "text/javascript"
	case ".json":
		return "application/json"
	case ".xml":
		return "application/xml"
	case ".zip":
		return "application/zip"
	case ".gz":
		return "application/gzip"
	case ".png", ".gif", ".jpg", ".jpeg", ".webp", ".svg", ".pdf", ".wasm", ".avif":
		if found := mime.TypeByExtension(extension); found != "" {
			return found
		}
	}
	return "application/octet-stream"
}
