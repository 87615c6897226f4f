package address_test

import (
	"strings"
	"testing"

	"hazard/internal/address"
	"hazard/internal/pb"
)

func pair(name, value string) address.Pair {
	return address.Pair{Name: []byte(name), Value: []byte(value)}
}

// appended is the URL as the mode says; of the Postman runtime with a query of its own where raw has one.
func appended(raw string, variables, query []address.Pair, mode pb.UrlEncoding) []byte {
	if address.ReadsAsPostman(mode) {
		return address.AppendPostman(nil, []byte(raw), variables, query, strings.Contains(raw, "?"), mode)
	}
	return address.Append(nil, []byte(raw), variables, query, mode)
}

func TestURLsArePutTogether(t *testing.T) {
	none := pb.UrlEncoding_URL_ENCODING_NONE
	postman := pb.UrlEncoding_URL_ENCODING_POSTMAN
	for _, c := range []struct {
		name      string
		raw       string
		variables []address.Pair
		query     []address.Pair
		mode      pb.UrlEncoding
		want      string
	}{
		{"plain", "http://h/a?b=c", nil, nil, 0, "http://h/a?b=c"},
		{"no scheme", "h:80/a b", nil, nil, 0, "h:80/a%20b"},
		{"an address in the query of a URL without scheme", "h/a b?to=http://x y/", nil, []address.Pair{pair("q", "1")}, 0, "h/a%20b?to=http://x%20y/&q=1"},
		{"what is no scheme", "?:// 0", nil, []address.Pair{pair("q", "1")}, 0, "/?://%200&q=1"},
		{"pairs are encoded apart", "http://h", nil, []address.Pair{pair("q", "a b&c#d")}, 0, "http://h/?q=a%20b%26c%23d"},
		{"Postman reads what variables hold", "http://h", nil, []address.Pair{pair("q", "a b&c=d"), pair("e&f", "'")}, postman, "http://h/?q=a%20b&c=d&e&f=%27"},
		{"Postman sends hosts in lower case", "http://Ann:Pw@Host.Example:80/A", nil, nil, postman, "http://Ann:Pw@host.example:80/A"},
		{"Postman ends the URL at a #", "http://h/a", nil, []address.Pair{pair("q", "a#b"), pair("c", "d")}, postman, "http://h/a?q=a"},
		{"Postman ends the URL at a # in a name", "http://h/a", nil, []address.Pair{pair("q#", "a"), pair("c", "d")}, postman, "http://h/a?q"},
		{"equals in a name", "http://h/", nil, []address.Pair{pair("a=b", "c=d+e")}, 0, "http://h/?a%3Db=c=d+e"},
		{"escapes are kept", "http://h/%7e?x=%20%zz", nil, []address.Pair{pair("y", "%26")}, 0, "http://h/%7e?x=%20%zz&y=%26"},
		{"bytes outside ASCII", "http://h/é?q=é", nil, nil, 0, "http://h/%C3%A9?q=%C3%A9"},
		{"nothing is encoded", "http://h/a b?c d", nil, []address.Pair{pair("e f", "g&h")}, none, "http://h/a b?c d&e f=g&h"},
		{"path variables", "http://h/:id/x/:other/:missing", []address.Pair{pair("id", "1 2"), pair("other", "a?b")}, nil, 0, "http://h/1%202/x/a%3Fb/:missing"},
		{"the last of repeated path variables", "http://h/:id", []address.Pair{pair("id", "1"), pair("id", "2")}, nil, 0, "http://h/2"},
		{"browsers take \\ for / before the query", `http://h\a\b?c\d`, nil, nil, 0, `http://h/a/b?c\d`},
		{"Postman without encoding reads all the same", `http://H/é \a#b`, nil, []address.Pair{pair("q", "1")}, pb.UrlEncoding_URL_ENCODING_POSTMAN_RAW, "http://h/é /a"},
		{"a port is no variable", "http://h:80/a", []address.Pair{pair("80", "x")}, nil, 0, "http://h:80/a"},
		{"unknown names keep their braces in a query", "http://h/?a={{b}}", nil, nil, 0, "http://h/?a={{b}}"},
		{"fragment", "http://h/a#b c", nil, []address.Pair{pair("q", "1")}, 0, "http://h/a?q=1#b c"},
		{"empty query", "http://h/a?", nil, []address.Pair{pair("q", "1")}, 0, "http://h/a?q=1"},
		{"no equals", "http://h/a", nil, []address.Pair{{Name: []byte("flag"), NoEquals: true}}, 0, "http://h/a?flag"},
		{"names outside ASCII", "http://bücher.example:8080/", nil, nil, 0, "http://xn--bcher-kva.example:8080/"},
		{"spaces around", "  http://h/a \n", nil, nil, 0, "http://h/a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := string(appended(c.raw, c.variables, c.query, c.mode))
			if got != c.want {
				t.Errorf("%q instead of %q", got, c.want)
			}
		})
	}
}

// In the Postman runtime everything is put into one text, which is read afterwards.
func TestWhatVariablesHoldIsReadAsPostmanDoes(t *testing.T) {
	query := []address.Pair{pair("q", "1")}
	for _, c := range []struct {
		name, raw string
		variables []address.Pair
		query     []address.Pair
		continues bool
		want      string
	}{
		{"a # in the path ends the URL", "http://h/x#1/y", nil, query, false, "http://h/x"},
		{"a ? in the path begins the query", "http://h/a/b?c<", nil, query, false, "http://h/a/b?c%3C?q=1"},
		{"a query of the URL itself is continued", "http://h/a?c", nil, query, true, "http://h/a?c&q=1"},
		{"an empty query of the URL itself is filled", "http://h/a?", nil, query, true, "http://h/a?q=1"},
		{"segments behind it are still segments", "http://h/a?b/:id", []address.Pair{pair("id", "1")}, query, false, "http://h/a?b/1?q=1"},
		{"path variables too", "http://h/:id/z", []address.Pair{pair("id", `a\b?c#d`)}, query, false, "http://h/a/b?c"},
		{`\ is / before the query`, `http://h\a\b?c\d`, nil, nil, false, `http://h/a/b?c\d`},
		{"a path is given when there is none", "http://h", nil, query, false, "http://h/?q=1"},
		{"space at the end belongs to the path", " http://h/x \n", nil, query, false, "http://h/x%20%0A?q=1"},
		{"what is before the host stays", "HTTP://Ann@H", nil, nil, false, "HTTP://Ann@h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(address.AppendPostman(nil, []byte(c.raw), c.variables, c.query, c.continues, pb.UrlEncoding_URL_ENCODING_POSTMAN)); got != c.want {
				t.Errorf("%q instead of %q", got, c.want)
			}
		})
	}
}

func TestPairsAddedToAReadURLAreEncodedApart(t *testing.T) {
	got := address.EncodePair(pair("a&b=c", "d&e=f#g+h%2"))
	if string(got.Name) != "a%26b%3Dc" || string(got.Value) != "d%26e=f%23g+h%2" {
		t.Errorf("%q=%q", got.Name, got.Value)
	}
}

func TestWhatIsReservedInACollectionIsEscaped(t *testing.T) {
	if got := address.EscapeReserved("a&b=c#d", false); got != "a%26b=c%23d" {
		t.Errorf("value %q", got)
	}
	if got := address.EscapeReserved("a&b=c#d", true); got != "a%26b%3Dc%23d" {
		t.Errorf("name %q", got)
	}
}
