package body

import (
	"hazard/internal/pb"
	"hazard/internal/template"
)

type form struct {
	fields   []field
	encoding pb.FormEncoding
}

type field struct {
	name, value *template.Template
	noEquals    bool
}

func compileForm(plan *pb.FormBody, names *template.Names) form {
	f := form{encoding: plan.Encoding}
	for _, pair := range plan.Fields {
		if pair.Disabled {
			continue
		}
		f.fields = append(f.fields, field{
			template.Compile(pair.Name, names), template.Compile(pair.Value, names), pair.NoEquals})
	}
	return f
}

const formType = "application/x-www-form-urlencoded"

func (f form) render(dst []byte, c template.Context) ([]byte, string, error) {
	var scratch [256]byte
	if dst == nil {
		dst = []byte{}
	}
	for i, one := range f.fields {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = f.append(dst, one.name.Append(scratch[:0], c))
		if !one.noEquals {
			dst = append(dst, '=')
			dst = f.append(dst, one.value.Append(scratch[:0], c))
		}
	}
	return dst, formType, nil
}

func (f form) append(dst, text []byte) []byte {
	if f.encoding == pb.FormEncoding_FORM_ENCODING_NONE {
		return append(dst, text...)
	}
	return AppendFormEncoded(dst, text, f.encoding == pb.FormEncoding_FORM_ENCODING_PLUS)
}

// AppendFormEncoded writes text as a form field. With plus it is the serializer of the WHATWG URL
// standard: a space is + and only *-._ stay beside letters and digits. Without, it is what
// JavaScript's encodeURIComponent leaves, with !'()* encoded as the Postman runtime does: a space is
// %20 and ~ stays.
func AppendFormEncoded(dst, text []byte, plus bool) []byte {
	const upperHex = "0123456789ABCDEF"
	for _, b := range text {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9',
			b == '-', b == '.', b == '_', b == '*' && plus, b == '~' && !plus:
			dst = append(dst, b)
		case b == ' ' && plus:
			dst = append(dst, '+')
		default:
			dst = append(dst, '%', upperHex[b>>4], upperHex[b&15])
		}
	}
	return dst
}

type graphql struct {
	query, variables *template.Template
	operation        *template.Template // nil: none
}

func compileGraphql(plan *pb.GraphqlBody, names *template.Names) graphql {
	made := graphql{query: template.Compile(plan.Query, names), variables: template.Compile(plan.Variables, names)}
	if plan.OperationName != nil {
		made.operation = template.Compile(*plan.OperationName, names)
	}
	return made
}

// render writes {"query":…,"operationName":…,"variables":{…}}. Variables are put in as they stand, even
// when they are no JSON, so that the target can complain about them.
func (g graphql) render(dst []byte, c template.Context) ([]byte, string, error) {
	dst = append(dst, `{"query":`...)
	dst = appendQuoted(dst, g.query.Append(nil, c))
	if g.operation != nil {
		dst = append(dst, `,"operationName":`...)
		dst = appendQuoted(dst, g.operation.Append(nil, c))
	}
	if variables := g.variables.Append(nil, c); len(variables) > 0 {
		dst = append(append(dst, `,"variables":`...), variables...)
	}
	return append(dst, '}'), "application/json", nil
}

// appendQuoted writes text as a JSON string without escaping <, > and &.
func appendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	for _, b := range text {
		switch {
		case b == '"' || b == '\\':
			dst = append(dst, '\\', b)
		case b == '\n':
			dst = append(dst, `\n`...)
		case b == '\r':
			dst = append(dst, `\r`...)
		case b == '\t':
			dst = append(dst, `\t`...)
		case b < ' ':
			dst = append(dst, `\u00`...)
			dst = append(dst, "0123456789abcdef"[b>>4], "0123456789abcdef"[b&15])
		default:
			dst = append(dst, b)
		}
	}
	return append(dst, '"')
}
