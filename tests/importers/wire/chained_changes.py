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
        item("method", "/echo/method", before='pm.request.method = "PATCH";', method="POST", body="x"),
        item("address", "/echo/before?x=1", before='pm.request.url.update(pm.variables.get("base") + "/echo/after?y={{who}}");'),
        item("assigned address", "/echo/before?x=1", before='pm.request.url = "{{base}}/echo/assigned?z=1";'),
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

CHANGES = (_CHANGES,)
