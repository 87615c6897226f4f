# ruff: noqa: E501 - the scripts stand as people write them
"""Collections about variables: scopes, types, data rows, what they do to a URL."""

from __future__ import annotations

from tests.importers.wire.chained import Chained, folder, item

_SCOPES = Chained(
    "scopes",
    (
        item(
            "read all",
            "/echo?g={{only_g}}&c={{only_c}}&e={{only_e}}&who={{who}}",
            """
            pm.test("environment wins", () => pm.expect(pm.variables.get("who")).to.eql("environment"));
            pm.test("own values", () => {
                pm.expect(pm.globals.get("only_g")).to.eql("G");
                pm.expect(pm.collectionVariables.get("only_c")).to.eql("C");
                pm.expect(pm.environment.get("who")).to.eql("environment");
            });
            pm.test("not in others", () => {
                pm.expect(pm.environment.get("only_g")).to.equal(undefined);
                pm.expect(pm.globals.has("only_e")).to.be.false;
                pm.expect(pm.collectionVariables.has("only_c")).to.be.true;
            });
            pm.globals.set("who", "globals 2");
            pm.collectionVariables.set("who", "collection 2");
            """,
        ),
        item(
            "stronger stays",
            "/echo?who={{who}}",
            """
            pm.test("environment still wins", () => pm.expect(pm.response.json().args.who).to.eql("environment"));
            pm.test("the others have their own", () => {
                pm.expect(pm.globals.get("who")).to.eql("globals 2");
                pm.expect(pm.collectionVariables.get("who")).to.eql("collection 2");
            });
            pm.environment.unset("who");
            """,
        ),
        item(
            "collection",
            "/echo?who={{who}}",
            """
            pm.test("collection wins now", () => pm.expect(pm.response.json().args.who).to.eql("collection 2"));
            pm.variables.set("who", "local");
            pm.test("local wins", () => pm.expect(pm.variables.get("who")).to.eql("local"));
            pm.collectionVariables.unset("who");
            """,
        ),
        item(
            "local",
            "/echo?who={{who}}",
            """
            pm.test("local goes on", () => pm.expect(pm.response.json().args.who).to.eql("local"));
            pm.variables.unset("who");
            pm.test("globals are left", () => pm.expect(pm.variables.get("who")).to.eql("globals 2"));
            pm.test("has", () => { pm.expect(pm.variables.has("who")).to.be.true; });
            pm.environment.clear();
            """,
        ),
        item(
            "cleared",
            "/echo?e={{only_e}}&g={{only_g}}",
            """
            pm.test("environment is empty", () => pm.expect(pm.environment.toObject()).to.eql({}));
            pm.test("globals are not", () => pm.expect(pm.globals.toObject()).to.have.property("only_g", "G"));
            pm.test("sent", () => pm.expect(pm.response.json().args.g).to.eql("G"));
            """,
        ),
    ),
    variables={"who": "collection", "only_c": "C"},
    environment={"who": "environment", "only_e": "E"},
    globals={"who": "globals", "only_g": "G"},
)

_TYPES = Chained(
    "typed-values",
    (
        item(
            "set",
            "/user",
            """
            const user = pm.response.json();
            pm.environment.set("number", user.id);
            pm.environment.set("yes", user.active);
            pm.environment.set("nothing", user.none);
            pm.environment.set("missing", user.missing);
            pm.environment.set("list", user.tags);
            pm.environment.set("object", user.address);
            pm.environment.set("text", JSON.stringify(user.tags));
            pm.test("types stay", () => {
                pm.expect(pm.environment.get("number")).to.equal(7);
                pm.expect(pm.environment.get("yes")).to.be.true;
                pm.expect(pm.environment.get("nothing")).to.be.null;
                pm.expect(pm.environment.get("list")).to.deep.equal(["math", "engines"]);
            });
            """,
        ),
        item(
            "send",
            "/echo?n={{number}}&y={{yes}}&z={{nothing}}&m={{missing}}&l={{list}}&t={{text}}",
            """
            pm.test("types stay in the next request", () => {
                pm.expect(pm.environment.get("number")).to.be.a("number");
                pm.expect(pm.environment.get("object")).to.have.nested.property("geo[1].lat", -0.1);
                pm.expect(JSON.parse(pm.environment.get("text"))).to.include("math");
            });
            pm.test("as text", () => pm.expect(pm.response.json().args.n).to.equal("7"));
            """,
            method="POST",
            body='{"list": {{list}}, "number": {{number}}, "object": {{object}}, "yes": {{yes}}}',
        ),
    ),
)

_DATA = Chained(
    "data",
    (
        item(
            "row",
            "/echo?name={{name}}&who={{who}}",
            """
            pm.test("row", () => { pm.expect(pm.iterationData.get("name")).to.eql("ann"); pm.expect(pm.variables.get("who")).to.eql("data"); });
            pm.environment.set("who", "set");
            pm.test("the row wins", () => { pm.expect(pm.environment.get("who")).to.eql("set"); pm.expect(pm.variables.get("who")).to.eql("data"); });
            tests["legacy data"] = data.name === "ann";
            """,
        ),
    ),
    environment={"who": "environment"},
    data=({"name": "ann", "who": "data"},),
)

_QUERY = Chained(
    "undefined-and-special",
    (
        item("undefined", "/echo?q={{nothing}}&r=a{{nothing}}b"),
        item("undefined in path", "/echo/{{nothing}}/x"),
        item(
            "undefined in header and body",
            "/echo",
            method="POST",
            headers={"X-H": "{{nothing}}"},
            body='{"a": "{{nothing}}"}',
        ),
        item(
            "undefined in form",
            "/echo",
            method="POST",
            body=[("a", "{{nothing}}"), ("b c", "1+1=2 & é")],
        ),
        item("ampersand in a value", "/echo?v={{amp}}&w=1"),
        item("hash and plus", "/echo?v={{hash}}&p=a+b&pct=100%25&bare=100%&space=a b"),
        item("quotes and brackets", "/echo?f[a]=1&q=\"x\"&p=|&b={x}&u=é&s='s'"),
        item("equals", "/echo?a=b=c&d&e=&=f"),
        item("special path", "/echo/a b/é/{x}/%2F/a+b/;p=1"),
        item(
            "param object",
            url={
                "raw": "{{base}}/echo/:id?q=1",
                "host": ["{{base}}"],
                "path": ["echo", ":id"],
                "query": [
                    {"key": "q", "value": "{{amp}}"},
                    {"key": "off", "value": "1", "disabled": True},
                    {"key": "n", "value": None},
                ],
                "variable": [{"key": "id", "value": "a/b {{amp}}"}],
            },
        ),
        item(
            "repeated path variables",
            url={
                "raw": "{{base}}/echo/:id/:name.json",
                "host": ["{{base}}"],
                "path": ["echo", ":id", ":name.json"],
                "variable": [
                    {"key": key, "value": value}
                    for key, value in (("id", "1"), ("name", "a"), ("id", "2"), ("name", "b"))
                ],
            },
        ),
        item(
            "dynamic",
            "/echo?id={{$guid}}&t={{$timestamp}}&n={{$randomInt}}",
            "pm.test('made', () => { const a = pm.response.json().args; pm.expect(a.id).to.match(/^[0-9a-f-]{36}$/); pm.expect(a.t).to.match(/^\\d+$/); });",
        ),
        item("nested", "/echo?x={{outer}}"),
    ),
    variables={"amp": "a&b=c", "hash": "#1+2 3", "outer": "[{{inner}}]", "inner": "in"},
    random=(r"id=[0-9a-f-]{36}&t=\d+&n=\d+",),
)

_LOCATION = Chained(
    "what-scripts-see",
    (
        folder(
            "outer",
            item(
                "seen",
                "/user?a=1",
                """
                pm.test("info", () => {
                    pm.expect(pm.info.eventName).to.eql("test");
                    pm.expect(pm.info.requestName).to.eql("seen");
                    pm.expect(pm.info.iteration).to.eql(0);
                    pm.expect(pm.info.iterationCount).to.eql(1);
                    pm.expect(pm.info.requestId).to.be.a("string");
                });
                pm.test("response", () => {
                    pm.expect(pm.response.headers.all()).to.be.an("array");
                    pm.expect(pm.response.headers.count()).to.be.above(2);
                    pm.expect(pm.response.headers.toObject()).to.be.an("object");
                    pm.expect(pm.response.headers.one("X-Trace").value).to.eql("abc");
                    pm.expect(pm.response.headers.map(h => h.key)).to.include("X-Trace");
                    pm.expect(pm.response.size().body).to.be.above(50);
                    pm.expect(pm.response.json().address.geo.map(g => g.lat)).to.eql([51.5, -0.1]);
                });
                pm.test("request", () => {
                    pm.expect(pm.request.url.getPath()).to.eql("/user");
                    pm.expect(pm.request.url.query.toObject()).to.eql({ a: "1" });
                    pm.expect(pm.request.url.getHost()).to.eql("127.0.0.1");
                    pm.expect(pm.request.url.path).to.eql(["user"]);
                    pm.expect(pm.request.url.host).to.eql(["127", "0", "0", "1"]);
                    pm.expect(pm.request.headers.has("X-Given")).to.be.true;
                    pm.expect(pm.request.getHeaders()).to.have.property("X-Given", "1");
                });
                pm.test("globals of the language", () => {
                    pm.expect(typeof setTimeout).to.eql("function");
                    pm.expect(typeof JSON.stringify).to.eql("function");
                    pm.expect(typeof window).to.eql("undefined");
                    pm.expect([..."ab"].map((c, i) => `${c}${i}`).join()).to.eql("a0,b1");
                    const { a = 5, ...rest } = { b: 2 }; pm.expect([a, rest]).to.eql([5, { b: 2 }]);
                    pm.expect(null ?? "x").to.eql("x");
                    pm.expect(Object.entries({ a: 1 })).to.eql([["a", 1]]);
                    pm.expect(new Map([[1, 2]]).get(1)).to.eql(2);
                    pm.expect(encodeURIComponent("é&")).to.eql("%C3%A9%26");
                    pm.expect(new Date("2024-02-29T00:00:00Z").getTime()).to.eql(1709164800000);
                    pm.expect(parseInt("12px", 10) + Number("3")).to.eql(15);
                    pm.expect((1234.5).toFixed(2)).to.eql("1234.50");
                });
                pm.test("variables", () => {
                    pm.variables.set("local", 1);
                    pm.expect(pm.variables.toObject()).to.include({ local: 1, own: "c" });
                    pm.expect(pm.collectionVariables.name === undefined || true).to.be.true;
                    pm.expect(pm.environment.has("own")).to.be.false;
                    pm.expect(pm.variables.replaceIn("{{own}}-{{local}}")).to.eql("c-1");
                    pm.expect(pm.collectionVariables.replaceIn("{{own}}")).to.eql("c");
                    pm.expect(pm.iterationData.toObject()).to.eql({});
                });
                """,
                headers={"X-Given": "1"},
            ),
        ),
        item(
            "a throw ends the script",
            "/echo",
            """
            pm.test("first", () => {});
            throw new Error("stop");
            pm.test("never", () => {});
            """,
        ),
        item("after it", "/echo/after", "pm.test('after', () => {});"),
        item("no json", "/text", "const j = pm.response.json(); pm.test('never', () => {});"),
        item(
            "nested tests",
            "/user",
            """
            pm.test("outer", () => { pm.test("inner", () => pm.expect(1).to.eql(2)); });
            pm.test("same name", () => {}); pm.test("same name", () => pm.expect(1).to.eql(2));
            pm.test("", () => {}); pm.test("no function");
            pm.expect(pm.response.json().id).to.eql(8);
            pm.test("not reached", () => {});
            """,
        ),
    ),
    variables={"own": "c"},
)

VALUES = (_SCOPES, _TYPES, _DATA, _QUERY, _LOCATION)
