package body_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"hazard/internal/body"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// named is a context whose variables have their name in capitals as value.
type named struct{ random *rand.Rand }

func (named) AppendVariable(dst []byte, v template.Variable, _ int) ([]byte, bool) {
	return append(dst, strings.ToUpper(v.Name)...), true
}
func (n named) Random() *rand.Rand                                { return n.random }
func (named) Now() time.Time                                      { return time.Time{} }
func (named) Count(string) uint64                                 { return 1 }
func (named) AppendColumn(dst []byte, _, _ string) ([]byte, bool) { return dst, false }
func (named) Indexes() (user, iteration uint64)                   { return 0, 0 }
func (named) Unresolved(string)                                   {}

func rendered(t *testing.T, plan *pb.Body, files body.Files) (content, contentType string) {
	t.Helper()
	compiled, problems := body.Compile(plan, template.NewNames(), files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	out, kind, err := compiled.Append(nil, named{rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		t.Fatal(err)
	}
	return string(out), kind
}

func form(encoding pb.FormEncoding, fields ...*pb.Pair) *pb.Body {
	return &pb.Body{Kind: &pb.Body_Urlencoded{Urlencoded: &pb.FormBody{Fields: fields, Encoding: encoding}}}
}

func TestBodiesAreRendered(t *testing.T) {
	files := body.Files{"a.txt": []byte("line\r\n2"), "b.bin": {0, 1}}
	file := func(path string, strip bool) *pb.Body {
		return &pb.Body{Kind: &pb.Body_File{File: &pb.FileBody{File: &pb.FileRef{Path: path, StripNewlines: strip}}}}
	}
	text := func(content string, strip bool) *pb.Body {
		return &pb.Body{Kind: &pb.Body_Text{Text: &pb.TextBody{Content: content, StripJsonComments: strip}}}
	}
	graphql := func(variables string) *pb.Body {
		return &pb.Body{Kind: &pb.Body_Graphql{Graphql: &pb.GraphqlBody{Query: "query { \"x\" }\n", Variables: variables, OperationName: proto.String("q")}}}
	}
	fields := []*pb.Pair{{Name: "a", Value: "1 2"}, {Name: "é", Value: "{{v}}&~*"}, {Name: "off", Disabled: true}, {Name: "n", NoEquals: true}}
	for _, c := range []struct {
		name, want, contentType string
		plan                    *pb.Body
	}{
		{"text", `{"v":"V"}`, "", text(`{"v":"{{v}}"}`, false)},
		{"comments", "{\"a\":\"// no\"\n,\"b\": 1}", "", text("{\"a\":\"// no\"// yes\n,/* x */\"b\": 1}", true)},
		{"form of Postman", "a=1%202&%C3%A9=V%26~%2A&n", "application/x-www-form-urlencoded", form(0, fields...)},
		{"form of browsers", "a=1+2&%C3%A9=V%26%7E*&n", "application/x-www-form-urlencoded", form(pb.FormEncoding_FORM_ENCODING_PLUS, fields...)},
		{"form as it is", "a=1 2&é=V&~*&n", "application/x-www-form-urlencoded", form(pb.FormEncoding_FORM_ENCODING_NONE, fields...)},
		{"file", "line\r\n2", "", file("a.txt", false)},
		{"file without line ends", "line2", "", file("a.txt", true)},
		{"bytes", "\x00\xff", "", &pb.Body{Kind: &pb.Body_Bytes{Bytes: &pb.BytesBody{Content: []byte{0, 255}}}}},
		{"graphql", `{"query":"query { \"x\" }\n","operationName":"q","variables":{"a": "V"}}`, "application/json", graphql(`{"a": "{{v}}"}`)},
		{"graphql without variables", `{"query":"query { \"x\" }\n","operationName":"q"}`, "application/json", graphql("")},
		{"graphql with variables that are no JSON", `{"query":"query { \"x\" }\n","operationName":"q","variables":{bad}`, "application/json", graphql("{bad")},
	} {
		t.Run(c.name, func(t *testing.T) {
			content, kind := rendered(t, c.plan, files)
			if content != c.want || kind != c.contentType {
				t.Errorf("%q of type %q instead of %q of type %q", content, kind, c.want, c.contentType)
			}
		})
	}
}

func TestMultipartIsExact(t *testing.T) {
	plan := &pb.Body{Kind: &pb.Body_Multipart{Multipart: &pb.MultipartBody{Boundary: "B", Parts: []*pb.Part{
		{Name: "a", Source: &pb.Part_Text{Text: "{{v}}"}},
		{Name: "q\"uote", ContentType: "application/json", Source: &pb.Part_Text{Text: "{}"}},
		{Name: "off", Disabled: true, Source: &pb.Part_Text{Text: "x"}},
		{Name: "f", Source: &pb.Part_File{File: &pb.FileRef{Path: "dir/a.json"}}},
		{Name: "g", FileName: "n.bin", Headers: []*pb.Pair{{Name: "X-H", Value: "{{h}}"}}, Source: &pb.Part_Bytes{Bytes: []byte{1}}},
	}}}}
	content, kind := rendered(t, plan, body.Files{"dir/a.json": []byte("[]")})
	want := "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nV\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"q%22uote\"\r\nContent-Type: application/json\r\n\r\n{}\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n[]\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"g\"; filename=\"n.bin\"\r\nX-H: H\r\n\r\n\x01\r\n--B--\r\n"
	if content != want || kind != "multipart/form-data; boundary=B" {
		t.Errorf("%q of type %q", content, kind)
	}
}

func TestPostmanWritesNamesOfPartsAsTheyStand(t *testing.T) {
	plan := &pb.Body{Kind: &pb.Body_Multipart{Multipart: &pb.MultipartBody{Boundary: "B", Names: pb.PartNames_PART_NAMES_POSTMAN, Parts: []*pb.Part{
		{Name: "a\"b", FileName: "é\".x", Source: &pb.Part_Text{Text: "x"}},
		{Name: "日", FileName: "日 ('*|).x", Source: &pb.Part_Text{Text: "x"}},
	}}}}
	content, _ := rendered(t, plan, nil)
	want := "--B\r\nContent-Disposition: form-data; name=\"a\"b\"; filename=\"é\".x\"\r\n\r\nx\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"日\"; filename=\"日 ('*|).x\"; " +
		"filename*=UTF-8''%E6%97%A5%20%28%27%2a|%29.x\r\n\r\nx\r\n--B--\r\n"
	if content != want {
		t.Errorf("%q", content)
	}
}

func TestARandomBoundaryCanBeRead(t *testing.T) {
	plan := &pb.Body{Kind: &pb.Body_Multipart{Multipart: &pb.MultipartBody{Parts: []*pb.Part{{Name: "a", Source: &pb.Part_Text{Text: "x"}}}}}}
	content, kind := rendered(t, plan, nil)
	_, parameters, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	part, err := multipart.NewReader(strings.NewReader(content), parameters["boundary"]).NextPart()
	if err != nil || part.FormName() != "a" {
		t.Fatal(err, part)
	}
	if read, _ := io.ReadAll(part); !bytes.Equal(read, []byte("x")) {
		t.Errorf("read %q", read)
	}
}

func TestAMissingFileIsAProblemUnlessItMayBeMade(t *testing.T) {
	plan := func(missing pb.FileMissing) *pb.Body {
		return &pb.Body{Kind: &pb.Body_File{File: &pb.FileBody{File: &pb.FileRef{Path: "x", Missing: missing, GenerateBytes: 9}}}}
	}
	if _, problems := body.Compile(plan(0), template.NewNames(), nil); len(problems) != 1 || problems[0].Where != "file.file" {
		t.Errorf("problems %v", problems)
	}
	if content, _ := rendered(t, plan(pb.FileMissing_FILE_MISSING_GENERATE), nil); len(content) != 9 {
		t.Errorf("generated %q", content)
	}
}
