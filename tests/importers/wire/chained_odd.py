"""Collections of odd requests: what is in URLs, forms, headers and bodies that nobody expects."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.importers.wire.chained import Chained, item
from tests.support.capture import Captured

VARIABLES = {
    "v": "va l", "amp": "a&b=c", "hash": "x#1+2 3", "outer": "[{{v}}]", "num": "1x",
    "slash": "a/b?c", "back": "a\\b", "empty": "", "u": "é ü", "pct": "10%", "q": "\"'",
}  # fmt: skip
PIECES = (
    "a", "B", "1", "-", ".", "~", " ", "%20", "%", "%zz", "é", "日", "😀", "+", "*", "'", '"', "<",
    ">", "[", "]", "{", "}", "|", "\\", "^", "`", "!", "$", "(", ")", ",", ";", ":", "@", "=",
    "\t", "{{nope}}", *("{{" + name + "}}" for name in VARIABLES),
)  # fmt: skip


def answered() -> Callable[[Captured], bytes]:
    """An application that says ok to anything."""
    return lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class OddRequests:
    """Requests of random parts. None is refused by Node, and none tells a header from Latin-1."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def request(self, number: int) -> dict[str, Any]:
        """One request with a random URL, headers, body and auth."""
        of = self._random.choice
        value = item(f"odd {number}", url=self._url(), method=of(("GET", "POST", "PUT", "HEAD")))
        request = value["request"]
        request["header"] = self._headers()
        if body := self._body():
            request["body"] = body
        if auth := self._auth():
            request["auth"] = auth
        if of((True, False, False)):
            value["protocolProfileBehavior"] = {"disableBodyPruning": True}
        return value

    def _text(self, longest: int, *more: str) -> str:
        pieces = (*PIECES, *more)
        return "".join(self._random.choice(pieces) for _ in range(self._random.randint(0, longest)))

    def _many(self, most: int, make: Callable[[], Any]) -> list[Any]:
        return [make() for _ in range(self._random.randint(0, most))]

    def _url(self) -> Any:
        of = self._random.choice
        if of((True, False)):
            query = "&".join(
                self._many(3, lambda: self._text(3) + of(("", "=", "=")) + self._text(3))
            )
            mark, fragment = of(("", "?", "?")), of(("", "", "", "#" + self._text(2)))
            return "{{base}}/" + self._text(5, "/", "/..") + (mark and mark + query) + fragment
        names = of(((), ("id",), ("id", "x"), ("x", "id", "id")))
        return {
            "raw": "",
            "host": ["{{base}}"],
            "path": self._many(4, lambda: of((self._text(3), ":id", ":x", ""))),
            "query": self._many(
                3, lambda: {"key": of((self._text(3), None)), "value": of((self._text(3), None))}
            ),
            "variable": [{"key": one, "value": of((self._text(3), None, ""))} for one in names],
        }

    def _headers(self) -> list[dict[str, str]]:
        names = ("X-A", "x-b", "X-C", "Accept", "User-Agent", "Content-Type", "Cookie",
                 "X-{{num}}", "Authorization", "Accept-Encoding")  # fmt: skip
        values = ("text/plain", "{{v}}", "{{outer}}", "a=b", "", "x {{q}} y", "{{nope}}", " a ")
        of = self._random.choice
        return self._many(3, lambda: {"key": of(names), "value": of(values)})

    def _body(self) -> dict[str, Any] | None:
        of, text = self._random.choice, self._text
        mode = of(("", "raw", "urlencoded", "formdata", "graphql"))
        field = {
            "urlencoded": lambda: {"key": text(3), "value": of((text(4), None))},
            "formdata": lambda: {"key": text(3), "value": text(4), "type": "text"},
        }
        if mode in field:
            return {"mode": mode, mode: self._many(4, field[mode])}
        if mode == "raw":
            content = text(8, "\n", '{"a": "{{v}}"}', "// c\n", "/* c */")
            language = of(("json", "xml", "text", "javascript", "html"))
            return {"mode": "raw", "raw": content, "options": {"raw": {"language": language}}}
        if mode == "graphql":
            variables = of(('{"a": 1}', '{"a":"{{v}}"}', "", "{bad"))
            more = of(({}, {"operationName": text(1)}))
            return {"mode": mode, mode: {"query": text(4), "variables": variables, **more}}
        return None

    def _auth(self) -> dict[str, Any] | None:
        of = self._random.choice
        fields = {
            "basic": {"username": of(("u", "{{v}}")), "password": of(("p{{q}}", ""))},
            "bearer": {"token": of(("{{v}}", "token", "{{nope}}"))},
            "apikey": {"key": "k", "value": of(("{{amp}}", "v")), "in": of(("query", "header"))},
            "noauth": {},
        }
        kind = of(("", "", *fields))
        if not kind:
            return None
        return {
            "type": kind,
            kind: [{"key": key, "value": one} for key, one in fields[kind].items()],
        }


_MADE = OddRequests(seed=1)
_ODD = Chained(
    "odd-requests",
    tuple(_MADE.request(number) for number in range(200)),
    variables=VARIABLES,
    application=answered,
)


def _form(kind: str, content_type: str) -> dict[str, Any]:
    fields = [{"key": 'a"b', "value": "c d", "type": "text"}]
    return item(
        f"{kind} as {content_type!r}",
        method="POST",
        headers={"Content-Type": content_type},
        body={"mode": kind, kind: fields},
    )


_FORM_TYPES = Chained(
    "form-types",
    (
        *(
            _form("formdata", one)
            for one in (
                "application/json", "multipart/form-data", "multipart/form-data; boundary=own",
                'multipart/form-data; boundary="my own"', "multipart/mixed; boundary=other",
                "Multipart/Form-Data", "", "{{type}}",
            )
        ),
        *(
            _form("urlencoded", one)
            for one in (
                "application/json", "application/x-www-form-urlencoded; charset=utf-8",
                "APPLICATION/X-WWW-FORM-URLENCODED", "multipart/form-data", "", "{{type}}",
            )
        ),
    ),
    variables={"type": "text/x"},
    application=answered,
)  # fmt: skip

_FORM = [("a", "b c")]
_GRAPHQL = {"mode": "graphql", "graphql": {"query": "{a}", "variables": ""}}


def _sending(request: str) -> tuple[str, Any]:
    """A script that sends a request which only it knows; `u` is the server, `n` is 1."""
    return f"pm.sendRequest({request}, () => {{}});", "{}"


def _posting(path: str, members: str) -> tuple[str, Any]:
    return _sending("{url: u + '" + path + "' + n, method: 'POST', " + members + "}")


_SCRIPTS: tuple[tuple[str, Any], ...] = (
    _sending(r"""u + '/a b?c=d e&f=é\'"<>#g'"""),
    _posting(r"/a\\b", "body: {mode: 'graphql', graphql: {query: '{a}', variables: {x: n}}}"),
    _posting("/g", "body: {mode: 'graphql', graphql: {query: '{a}', operationName: ''}}"),
    _posting(
        "/f",
        "header: {'content-type': 'a/b'}, "
        """body: {mode: 'urlencoded', urlencoded: [{key: 'a!', value: "'()*~ é"}]}""",
    ),
    _posting(
        "/m",
        "header: {'content-type': 'a/b'}, "
        """body: {mode: 'formdata', formdata: [{key: 'a"', value: 'b'}]}""",
    ),
    _posting("/c", "header: [{key: 'Cookie', value: 'a=1'}, {key: 'Cookie', value: 'b=2'}]"),
    ("pm.request.url.path.push('e f?g');", "{}"),
    ("pm.request.url.path[0] = 'other';", "{}"),
    ("pm.request.url.path = ['x', 'y'];", "{}"),
    ("pm.request.url.path.splice(0, 1, 'p', 'q');", "{}"),
    ("pm.request.headers.remove('Content-Type');", "{}"),
    ("pm.request.headers.upsert({key: 'Content-Type', value: 'text/x'});", _FORM),
    (
        "pm.request.headers.upsert({key: 'Content-Type', "
        "value: 'application/x-www-form-urlencoded; charset=x'});",
        _FORM,
    ),
    ("""pm.request.body.urlencoded.add({key: 'c!', value: "'()* ~"});""", _FORM),
    ("pm.request.body.graphql = {query: '{b}'};", _GRAPHQL),
)
_SCRIPTED = Chained(
    "odd-scripts",
    tuple(
        item(
            script[:60],
            "/main?a=b",
            method="POST",
            headers={"Content-Type": "application/json"},
            before=f"const u = pm.variables.get('base'), n = 1;\n{script}",
            body=body,
        )
        for script, body in _SCRIPTS
    ),
    application=answered,
)


def _unencoded(text: str = "", **url: Any) -> dict[str, Any]:
    """A request whose URL is sent as it is written; without blanks, which Node refuses."""
    address = {"raw": "", "host": ["{{base}}"], **url} if url else "{{base}}" + text
    value = item(text or str(url), url=address)
    value["protocolProfileBehavior"] = {"disableUrlEncoding": True}
    return value


_UNENCODED = Chained(
    "unencoded-urls",
    (
        _unencoded("/a\\b?c\\d#e"),
        _unencoded("/<{{back}}>|`^?q='\"%zz{x}"),
        _unencoded("/{{ends}}?b=1"),
        _unencoded("/{{slash}}?b=1"),
        _unencoded("/x?a={{amp}}&b={{ends}}&c"),
        _unencoded(
            path=[":id", "z"],
            query=[{"key": "e", "value": "f&g=h"}],
            variable=[{"key": "id", "value": "a\\b"}],
        ),
        _unencoded(path=[":id", "z"], variable=[{"key": "id", "value": "a?c#d"}]),
    ),
    variables={**VARIABLES, "ends": "x#1"},
    application=answered,
)

ODD: tuple[Chained, ...] = (_ODD, _FORM_TYPES, _SCRIPTED, _UNENCODED)
