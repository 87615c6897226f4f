# ruff: noqa: E501 - the scripts stand as people write them
"""Collections whose scripts change the request that they stand before."""

from __future__ import annotations

from tests.importers.wire.chained import Chained, item

_CHANGES = Chained(
    "changed-requests",
    (
        item(
            "headers",
            "/echo",
            before="""
            pm.request.addHeader({ key: "X-A", value: "{{who}}" });
            pm.request.upsertHeader({ key: "X-B", value: "new" });
            pm.request.removeHeader("x-c");
            pm.test("sees", () => pm.expect(pm.request.headers.get("X-B")).to.eql("new"));
            """,
            headers={"X-B": "old", "X-C": "gone"},
        ),
        item(
            "query",
            "/echo?x=1&y={{who}}",
            """
            pm.test("sent url", () => pm.expect(pm.request.url.getQueryString()).to.include("a=1"));
            """,
            before="""
            pm.test("before", () => {
                pm.expect(pm.request.url.toString()).to.include("/echo?x=1&y={{who}}");
                pm.expect(pm.request.url.query.get("x")).to.eql("1");
                pm.expect(pm.request.url.query.has("nope")).to.be.false;
            });
            pm.request.url.addQueryParams([{ key: "a", value: "1" }, { key: "b", value: "{{who}} c" }]);
            pm.request.url.query.add({ key: "c", value: "3" });
            pm.request.url.query.upsert({ key: "x", value: "2" });
            pm.request.url.removeQueryParams("y");
            pm.request.addQueryParams("d=4&e=5");
            """,
        ),
        item(
            "raw body",
            "/echo",
            "pm.test('changed', () => pm.expect(JSON.parse(pm.response.json().body).n).to.eql(2));",
            before="""
            const body = JSON.parse(pm.request.body.raw);
            body.n += 1; body.who = "{{who}}";
            pm.request.body.raw = JSON.stringify(body);
            """,
            method="POST",
            body={"n": 1},
        ),
        item(
            "body updated",
            "/echo",
            before="pm.request.body.update({ mode: 'raw', raw: 'text of {{who}}' });",
            method="POST",
            body="before",
        ),
        item(
            "form",
            "/echo",
            before="""
            pm.test("mode", () => pm.expect(pm.request.body.mode).to.eql("urlencoded"));
            pm.test("field", () => pm.expect(pm.request.body.urlencoded.get("a")).to.eql("1"));
            pm.request.body.urlencoded.add({ key: "c", value: "{{who}} & é" });
            pm.request.body.urlencoded.upsert({ key: "a", value: "2" });
            pm.request.body.urlencoded.remove("b");
            """,
            method="POST",
            body=[("a", "1"), ("b", "gone")],
        ),
        item(
            "method", "/echo/method", before='pm.request.method = "PATCH";', method="POST", body="x"
        ),
        item(
            "address",
            "/echo/before?x=1",
            before='pm.request.url.update(pm.variables.get("base") + "/echo/after?y={{who}}");',
        ),
        item(
            "assigned address",
            "/echo/before?x=1",
            before='pm.request.url = "{{base}}/echo/assigned?z=1";',
        ),
        item(
            "path variables stay",
            url={
                "raw": "{{base}}/echo/:id",
                "host": ["{{base}}"],
                "path": ["echo", ":id"],
                "variable": [{"key": "id", "value": "{{who}}"}],
            },
            before='pm.request.url.addQueryParams("q=1");',
        ),
    ),
    variables={"who": "ann"},
)

_SENT = Chained(
    "sent-by-scripts",
    (
        item(
            "shapes",
            "/user",
            """
            const base = pm.variables.get("base");
            const send = (name, request) => new Promise(done => pm.sendRequest(request, (err, res) => {
                pm.test(name, () => { pm.expect(err).to.not.be.ok; pm.expect(res).to.have.property("code", 200); });
                done();
            }));
            send("address as an object", { url: { protocol: "http", host: ["127", "0", "0", "1"], port: base.split(":")[2], path: ["echo", "1"], query: [{ key: "a", value: "1" }] }, method: "get" })
                .then(() => send("headers as text", { url: base + "/echo/2", header: "X-A: 1\\nX-B: ann" }))
                .then(() => send("headers as an object", { url: base + "/echo/3", headers: { "X-A": 5 } }))
                .then(() => send("switched off", { url: base + "/echo/4", header: [{ key: "X-A", value: "1", disabled: true }, { key: "X-B", value: "2" }] }))
                .then(() => send("form", { url: base + "/echo/5", method: "POST", body: { mode: "urlencoded", urlencoded: "a=1&b=x y" } }))
                .then(() => send("form without disabled", { url: base + "/echo/6", method: "POST", body: { mode: "urlencoded", urlencoded: [{ key: "a", value: "1" }, { key: "b", value: "2", disabled: true }] } }))
                .then(() => send("parts", { url: base + "/echo/7", method: "POST", body: { mode: "formdata", formdata: [{ key: "a", value: "1" }, { key: "b", value: "é ann" }] } }))
                .then(() => send("graphql", { url: base + "/echo/8", method: "POST", body: { mode: "graphql", graphql: { query: "{ a }", variables: "{\\"n\\": 1}" } } }))
                .then(() => send("basic", { url: base + "/echo/9", auth: { type: "basic", basic: [{ key: "username", value: "u" }, { key: "password", value: "p" }] } }))
                .then(() => send("bearer", { url: base + "/echo/10", auth: { type: "bearer", bearer: [{ key: "token", value: "t" }] } }))
                .then(() => send("raw json", { url: base + "/echo/11", method: "POST", body: { mode: "raw", raw: "{\\"a\\": \\"ann\\"}", options: { raw: { language: "json" } } } }))
                .then(() => send("raw alone", { url: base + "/echo/13", method: "POST", body: { mode: "raw", raw: "x" } }))
                .then(() => send("key in the query", { url: base + "/echo/14?a=1", auth: { type: "apikey", apikey: [{ key: "key", value: "k" }, { key: "value", value: "v" }, { key: "in", value: "query" }] } }))
                .then(() => send("key in a header", { url: base + "/echo/15", auth: { type: "apikey", apikey: [{ key: "key", value: "X-K" }, { key: "value", value: "v" }] } }))
                .then(() => send("own type", { url: base + "/echo/16", method: "POST", header: { "content-type": "text/csv" }, body: { mode: "raw", raw: "a,b" } }))
                .then(() => send("no auth", { url: base + "/echo/17", auth: { type: "noauth" } }))
                .then(() => send("text", { url: base + "/echo/12", method: "PUT", body: "plain" }));
            """,
        ),
        item("after", "/echo/end"),
    ),
)

CHANGES = (_CHANGES, _SENT)
