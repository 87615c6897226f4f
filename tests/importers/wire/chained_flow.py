# ruff: noqa: E501 - the scripts stand as people write them
"""Collections that chain requests: jumps, scripts before requests, cookies."""

from __future__ import annotations

from tests.importers.wire.chained import Chained, events, folder, item

_CRUD = Chained(
    "chain",
    (
        item(
            "create",
            "/items",
            """
            pm.test("created", function () { pm.response.to.have.status(201); });
            var made = pm.response.json();
            pm.test("has an id", () => { pm.expect(made).to.have.property("id"); });
            pm.environment.set("item", made.id);
            pm.collectionVariables.set("where", pm.response.headers.get("Location"));
            """,
            method="POST",
            body={"name": "lamp", "price": 12},
        ),
        item(
            "read",
            "/items/{{item}}",
            """
            pm.test("status is 200", () => pm.response.to.have.status(200));
            pm.test("is the lamp", function () {
                const json = pm.response.json();
                pm.expect(json.name).to.eql("lamp");
                pm.expect(json.price).to.be.above(10);
                pm.expect(json.id).to.eql(pm.environment.get("item"));
            });
            pm.test("is a chair", () => pm.expect(pm.response.json().name).to.eql("chair"));
            """,
        ),
        item(
            "where",
            "{{base}}{{where}}?again=1",
            'tests["etag"] = responseHeaders.ETag === \'"100"\';',
        ),
        item(
            "list",
            "/items",
            "pm.test('one', () => pm.expect(pm.response.json().count).to.equal(1));",
        ),
        item(
            "delete",
            "/items/{{item}}",
            "pm.test('gone', () => pm.response.to.have.status(204));",
            method="DELETE",
        ),
        item(
            "gone",
            "/items/{{item}}",
            """
            pm.test("is not found", () => { pm.response.to.be.notFound; pm.response.to.be.error; });
            pm.test("still says ok", () => pm.response.to.be.ok);
            pm.environment.unset("item");
            """,
        ),
        item(
            "after unset",
            "/items/{{item}}",
            "pm.test('404', () => pm.response.to.have.status(404));",
        ),
    ),
)

_JUMPS = Chained(
    "set-next-request",
    (
        item(
            "start",
            "/echo/start",
            """
            pm.environment.set("round", 0);
            pm.test("started", () => pm.response.to.be.ok);
            pm.execution.setNextRequest("loop");
            """,
        ),
        item("skipped", "/echo/skipped", "pm.test('never', () => pm.expect(1).to.eql(2));"),
        item(
            "loop",
            "/echo/loop/{{round}}",
            """
            var round = pm.environment.get("round") + 1;
            pm.environment.set("round", round);
            pm.test("round " + round, () => pm.expect(round).to.be.at.most(3));
            postman.setNextRequest(round < 3 ? "loop" : "poll");
            """,
        ),
        folder(
            "inside",
            item(
                "poll",
                "/job",
                """
                const state = pm.response.json().state;
                pm.test("state is known", () => pm.expect(state).to.be.oneOf(["pending", "done"]));
                if (state === "pending") { postman.setNextRequest("poll"); }
                """,
            ),
            item(
                "last",
                "/echo/last",
                """
                pm.test("last", () => pm.response.to.be.ok);
                postman.setNextRequest(null);
                """,
            ),
        ),
        item("unreached", "/echo/unreached", "pm.test('unreached', () => {});"),
    ),
)

_BEFORE = Chained(
    "pre-request",
    (
        item(
            "computed",
            "/echo?sum={{sum}}&when={{when}}",
            """
            pm.test("sum", () => pm.expect(pm.response.json().args.sum).to.eql("5"));
            pm.test("header", () => pm.expect(pm.response.json().headers["x-sign"]).to.eql("s-5"));
            """,
            before="""
            pm.variables.set("sum", 2 + 3);
            pm.environment.set("when", new Date(0).toISOString());
            pm.request.headers.add({ key: "X-Sign", value: "s-" + pm.variables.get("sum") });
            pm.request.headers.upsert({ key: "X-Given", value: "new" });
            pm.request.headers.remove("X-Remove");
            """,
            headers={"X-Given": "old", "X-Remove": "me"},
        ),
        item(
            "test before",
            "/echo",
            "pm.test('after', () => pm.expect(pm.info.eventName).to.eql('test'));",
            before="""
            pm.test("before", () => {
                pm.expect(pm.request.method).to.eql("POST");
                pm.expect(pm.info.requestName).to.eql("test before");
                pm.expect(pm.info.iteration).to.equal(0);
            });
            pm.test("fails before", () => pm.expect(pm.variables.get("sum")).to.be.undefined);
            """,
            method="POST",
            body={"sum": "{{sum}}"},
        ),
        item(
            "broken before",
            "/echo/broken",
            "pm.test('is judged', () => pm.response.to.be.ok);",
            before="pm.variables.set('early', 1); notDefined.call();",
        ),
        item(
            "skipped",
            "/echo/never",
            "pm.test('never judged', () => pm.response.to.be.ok);",
            before="pm.execution.skipRequest();",
        ),
        item("end", "/echo/{{early}}", "pm.test('end', () => {}); undefinedThing.x;"),
    ),
)

_SEND = Chained(
    "send-request",
    (
        item(
            "private",
            "/private",
            "pm.test('in', () => pm.response.to.have.status(200));",
            before="""
            pm.sendRequest({
                url: pm.collectionVariables.get("base") + "/login",
                method: "POST",
                header: { "Content-Type": "application/json" },
                body: { mode: "raw", raw: JSON.stringify({ user: "ann" }) }
            }, function (err, res) {
                pm.test("logged in", () => pm.expect(res.code).to.equal(200));
                pm.environment.set("token", res.json().token);
            });
            """,
            headers={"Authorization": "Bearer {{token}}"},
        ),
        item(
            "after",
            "/user",
            """
            pm.sendRequest(pm.variables.get("base") + "/status/404", (err, res) => {
                pm.test("404 is no error", () => { pm.expect(err).to.equal(null); pm.expect(res).to.have.status(404); });
                pm.sendRequest({ url: pm.variables.get("base") + "/echo/inner", method: "PUT",
                    header: ["X-A: 1", "X-B: 2"], body: { mode: "urlencoded", urlencoded: [
                        { key: "a", value: "1 2" }, { key: "b", value: "é&" }] } }, (err, res) => {
                    pm.test("inner", () => pm.expect(res.json().body).to.eql("a=1%202&b=%C3%A9%26"));
                    pm.environment.set("inner", res.json().method);
                });
            });
            pm.test("outer", () => pm.expect(pm.environment.get("inner")).to.be.undefined);
            """,
        ),
        item(
            "next",
            "/echo/{{inner}}",
            """
            pm.sendRequest("http://127.0.0.1:1/", (err, res) => {
                pm.test("refused", () => { pm.expect(err).to.be.ok; pm.expect(res).to.not.be.ok; });
            });
            setTimeout(() => pm.test("later", () => pm.expect(true).to.be.ok), 300);
            """,
        ),
    ),
)

_COOKIES = Chained(
    "cookies",
    (
        item(
            "set",
            "/cookies/set?sid=s1&theme=dark",
            """
            pm.test("set", () => { pm.expect(pm.cookies.get("sid")).to.eql("s1"); pm.expect(pm.cookies.has("theme")).to.be.true; });
            tests["legacy"] = postman.getResponseCookie("theme").value === "dark";
            """,
        ),
        item(
            "sent",
            "/cookies",
            """
            pm.test("sent", () => pm.expect(pm.response.json().sent).to.eql({ sid: "s1", theme: "dark" }));
            pm.test("still known", () => pm.expect(pm.cookies.toObject()).to.have.property("sid", "s1"));
            """,
        ),
        item(
            "own beside",
            "/cookies",
            "pm.test('both', () => pm.expect(pm.response.json().sent).to.include({ own: '1', sid: 's1' }));",
            headers={"Cookie": "own=1"},
        ),
        item(
            "by redirect",
            "/redirect/302?x=1",
            """
            pm.test("landed", () => { pm.expect(pm.response.json().path).to.eql("/echo/landed"); pm.expect(pm.response.json().headers.cookie).to.include("sid=s1"); });
            """,
        ),
    ),
)

_JAR = Chained(
    "cookie-jar",
    (
        item(
            "given by scripts",
            "/cookies",
            """
            pm.test("sent", () => pm.expect(pm.response.json().sent).to.eql({ mine: "1", line: "2", object: "3" }));
            """,
            before="""
            const jar = pm.cookies.jar(), url = pm.variables.get("base") + "/cookies";
            jar.set(url, "mine", "1", (error, cookie) => {
                pm.test("set", () => { pm.expect(error).to.be.null; pm.expect(cookie.value).to.eql("1"); pm.expect(cookie.name).to.eql("mine"); });
                jar.set(url, "line=2; Path=/; HttpOnly", () => {
                    jar.set(url, { name: "object", value: "3", path: "/" }, () => {
                        jar.set(url, { name: "elsewhere", value: "4", path: "/other" });
                    });
                });
            });
            """,
        ),
        item(
            "read",
            "/cookies/set?sid=a%2520b",
            """
            const jar = pm.cookies.jar(), url = pm.variables.get("base") + "/cookies";
            jar.get(url, "mine", (error, value) => pm.test("get", () => { pm.expect(error).to.be.null; pm.expect(value).to.eql("1"); }));
            jar.get(url, "sid", (error, value) => pm.test("from the answer", () => pm.expect(value).to.eql("a b")));
            jar.get(url, "none", (error, value) => pm.test("none", () => { pm.expect(error).to.be.null; pm.expect(value).to.be.null; }));
            jar.getAll(url, (error, cookies) => pm.test("all", () => {
                pm.expect(cookies.count()).to.eql(4);
                pm.expect(cookies.map(c => c.name)).to.include.members(["mine", "line", "object", "sid"]);
                pm.expect(cookies.get("line")).to.eql("2");
                pm.expect(cookies.has("elsewhere")).to.be.false;
                pm.expect(cookies.one("line").httpOnly).to.be.true;
                pm.expect(cookies.toObject()).to.have.property("object", "3");
            }));
            jar.getAll(url, { http: false }, (error, cookies) => pm.test("open", () => pm.expect(cookies.has("line")).to.be.false));
            jar.get(pm.variables.get("base") + "/other/x", "elsewhere", (error, value) => pm.test("path", () => pm.expect(value).to.eql("4")));
            jar.set(url, { name: "foreign", value: "1", domain: "example.com" }, error => pm.test("foreign", () => pm.expect(error).to.be.an("error")));
            pm.test("no url", () => pm.expect(() => jar.get("", "a", () => {})).to.throw("requires a valid url"));
            pm.test("no name", () => pm.expect(() => jar.unset(url)).to.throw("to be a string"));
            """,
        ),
        item(
            "unset",
            "/cookies",
            "pm.test('left', () => pm.expect(pm.response.json().sent).to.have.all.keys('line', 'object', 'sid'));",
            before="""
            pm.cookies.jar().unset(pm.variables.get("base") + "/cookies", "mine", error => {
                pm.test("unset", () => pm.expect(error).to.not.be.ok);
            });
            """,
        ),
        item(
            "cleared",
            "/cookies",
            "pm.test('none left', () => pm.expect(pm.response.json().sent).to.eql({}));",
            before="""
            pm.cookies.jar().clear(pm.variables.get("base"), error => pm.test("cleared", () => pm.expect(error).to.not.be.ok));
            """,
        ),
        item("elsewhere", "/other/echo"),
    ),
)

_INHERITED = Chained(
    "inherited",
    (
        folder(
            "outer",
            folder(
                "inner",
                item(
                    "deep",
                    "/echo/deep?t={{trail}}",
                    """
                    pm.test("status is 200", () => pm.response.to.have.status(200));
                    pm.test("trail", () => pm.expect(pm.response.json().args.t).to.eql("cois"));
                    """,
                    before='pm.variables.set("trail", pm.variables.get("trail") + "s");',
                ),
                event=events(
                    'pm.variables.set("trail", pm.variables.get("trail") + "i");',
                    'pm.test("status is 200", () => pm.response.to.have.status(200));',
                ),
            ),
            event=events(
                'pm.variables.set("trail", pm.variables.get("trail") + "o");',
                'var shared = 1; pm.test("outer", () => pm.expect(shared).to.eql(1));',
            ),
        ),
        item(
            "top",
            "/status/500",
            'pm.test("no shared", () => pm.expect(typeof shared).to.eql("undefined"));',
        ),
    ),
    root={
        "event": events(
            'pm.variables.set("trail", "c");',
            'pm.test("status is 200", () => pm.response.to.have.status(200));',
        )
    },
)

_CHOICES = Chained(
    "next-request-choices",
    (
        item(
            "start",
            "/status/200",
            """
            if (pm.response.code === 200) {
                console.log("goes on");
                postman.setNextRequest("chosen");
            } else postman.setNextRequest("never");
            """,
        ),
        item("never", "/echo/never"),
        item(
            "chosen",
            "/echo/chosen",
            "if (pm.response.code == 404) { postman.setNextRequest(null); }",
            before="""
            pm.sendRequest(pm.variables.get("base") + "/echo/before");
            setTimeout(function () {}, 20);
            """,
        ),
        item(
            "inner claim",
            "/echo/claim",
            "pm.test('fails', () => { pm.response.to.have.status(404); postman.setNextRequest('start'); });",
        ),
        folder(
            "in turn",
            item(
                "falls to the folder",
                "/status/200",
                "if (pm.response.code === 404) postman.setNextRequest('never');",
            ),
            item("passed by", "/echo/passed-by"),
            item(
                "goes its own way",
                "/status/404",
                "if (pm.response.code === 404) postman.setNextRequest('last');",
            ),
            event=events("", "postman.setNextRequest('goes its own way');"),
        ),
        item("same", "/echo/first"),
        item("passed by", "/echo/passed-by-too"),
        item(
            "last",
            "/echo/last",
            """
            if (Number(pm.variables.get("again") || 0) < 2) {
                pm.variables.set("again", Number(pm.variables.get("again") || 0) + 1);
                postman.setNextRequest("last");
            }
            """,
        ),
        item("broken", "/status/503"),
        item("same", "/echo/second", "postman.setNextRequest(null);"),
        item(
            "rescue",
            "/echo/rescue",
            "var name = 'sa' + 'me'; Object.keys(pm); postman.setNextRequest(name);",
        ),
    ),
    root={
        "event": events(
            "",
            "if (pm.response.code === 404) postman.setNextRequest('never'); if (pm.response.code === 503) postman.setNextRequest('rescue');",
        )
    },
)

_REPEATED = Chained(
    "repeated-headers",
    tuple(
        {
            "name": name,
            "request": {
                "method": "POST",
                "url": "{{base}}/echo",
                "header": [{"key": key, "value": value} for key, value in headers],
                "body": {"mode": "raw", "raw": "x"},
            },
        }
        for name, headers in {
            "three": [("X-A", "1"), ("x-a", "2"), ("X-A", "3")],
            "same": [("X-A", "1"), ("X-A", "2"), ("Content-Type", "a/a"), ("Content-Type", "b/b")],
            "type": [("content-type", "a/a"), ("Content-Type", "b/b")],
            "other": [
                ("Cookie", "a=1"),
                ("cookie", "b=2"),
                ("Authorization", "A"),
                ("authorization", "B"),
            ],
        }.items()
    ),
)

FLOW = (_CRUD, _JUMPS, _CHOICES, _REPEATED, _BEFORE, _SEND, _COOKIES, _JAR, _INHERITED)
