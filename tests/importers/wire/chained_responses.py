"""A collection of claims about responses: each with `to` and `to.not`, of a dozen answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product

from tests.importers.wire.chained import Chained, item
from tests.support.capture import Captured

_ANSWERS = {
    "ok": (
        "200 OK",
        "X-A: 1\r\nX-Empty: ",
        '{"a":{"b":[1,{"c":"d"}]},"n":null,"s":"text","x.y":5}',
    ),
    "created": ("201 Created", "Content-Type: text/plain", "plain text"),
    "accepted": ("202 Accepted", "Content-Type: application/json", "not json"),
    "without-reason": ("299 ", "Content-Type: application/xml", "<a>1</a>"),
    "bad-request": ("400 Bad Request", "X-A: 2", "null"),
    "unauthorized": ("401 Unauthorized", "X-A: 1", "0"),
    "forbidden": ("403 Forbidden", "X-A: 1", '{"a":1}'),
    "not-found": ("404 Not Found", "Content-Type: text/html", "<h1>no</h1>"),
    "not-acceptable": ("406 Not Acceptable", "X-A: 1", "[]"),
    "limited": ("429 Too Many Requests", "X-A: 1", '"str"'),
    "own-reason": ("503 Slow Down", "Content-Type: application/json", "[1,2]"),
    "empty": ("200 OK", "Content-Type: application/json", ""),
}
"""Name -> status, headers, body."""

_VALUES = ("200", '"OK"', "404", '"Not Found"', '"ok"', '"200"', "undefined", "299", '""')
_CLAIMS = (
    *(f"have.{name}({value})" for name in ("status", "statusCode", "statusReason")
      for value in _VALUES),
    *(f"have.statusCodeClass({value})" for value in ("2", "4", '"2"')),
    *(f"have.header({arguments})" for arguments in (
        '"X-A"', '"x-a"', '"X-A","1"', '"X-A",1', '"X-A","2"', '"None"', '"X-Empty"',
        '"X-Empty",""', '"Content-Type","text/plain"', '"Content-Type",/json/',
    )),
    *(f"have.body({content})" for content in ("", '"plain text"', "/text/", "{a:1}", '""', '"0"')),
    *(f"have.jsonBody({arguments})" for arguments in (
        "", '"a"', '"a.b"', '"a.b[0]"', '"a.b[0]",1', '"a.b[1].c","d"', '"a.b[1].c","e"',
        '"n"', '"n",null', '"s","text"', '"x.y"', '"zz"', '"zz",undefined', "{a:1}", "[1,2]",
        '"[0]",1',
    )),
    "have.responseTime.above(-1)", "have.responseSize.above(1)", "have.wrong()",
    *(f"be.{name}" for name in (
        "ok", "success", "info", "redirection", "clientError", "serverError", "error", "accepted",
        "badRequest", "unauthorized", "unauthorised", "forbidden", "notFound", "notAcceptable",
        "rateLimited", "withoutContent", "json", "withBody", "withoutBody", "postmanResponse",
    )),
)  # fmt: skip

# A name that is unknown is an Error, one that chai suggests another for too; of what only Node says
# in its own words the kind is compared.
_SCRIPT = """
const outcome = claim => {
  try { new Function("pm", claim)(pm); return "holds"; } catch (e) {
    return e.name === "AssertionError" ? e.message.split(" but got error")[0] : e.name;
  }
};
CLAIMS.forEach(claim => {
  const said = outcome(claim), timed = claim.includes("responseTime") && said !== "holds";
  pm.test(claim + " " + (timed ? "fails" : said), () => {});
});
"""


def _answered() -> Callable[[Captured], bytes]:
    def answer(request: Captured) -> bytes:
        status, headers, body = _ANSWERS[request.target.strip("/")]
        head = f"HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {len(body)}\r\n\r\n"
        return (head + body).encode()

    return answer


_LIST = json.dumps(
    [f"pm.response.to.{negation}{claim}" for claim, negation in product(_CLAIMS, ("", "not."))]
)
RESPONSES = Chained(
    "response-claims",
    tuple(item(name, f"/{name}", _SCRIPT.replace("CLAIMS", _LIST)) for name in _ANSWERS),
    application=_answered,
)
