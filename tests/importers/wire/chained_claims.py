# ruff: noqa: E501 - the scripts stand as people write them
"""Collections whose scripts claim what holds and what does not."""

from __future__ import annotations

from tests.importers.wire.chained import Chained, item

_EXPECT = Chained(
    "expect",
    (
        item(
            "holds",
            "/user",
            """
            const user = pm.response.json();
            pm.test("chains", () => {
                pm.expect(user).to.be.an("object").that.has.all.keys("id", "name", "active", "none", "tags", "address", "score");
                pm.expect(user).to.include.keys("id", "name");
                pm.expect(user).to.have.any.keys("id", "nope");
                pm.expect(user.tags).to.be.an("array").with.lengthOf(2).and.include("math");
                pm.expect(user.tags).to.have.members(["engines", "math"]);
                pm.expect(user.tags).to.have.ordered.members(["math", "engines"]);
                pm.expect(user.tags).to.include.members(["math"]);
                pm.expect(user.tags).to.not.be.empty;
                pm.expect(user.score).to.be.within(9, 10).and.not.equal(9);
                pm.expect(user.score).to.be.closeTo(9.4, 0.2);
                pm.expect(user.name).to.match(/^a/).and.to.have.length(3);
                pm.expect(user.name).to.be.a("string").and.satisfy(s => s === "ada");
                pm.expect(user.none).to.be.null;
                pm.expect(user.address.geo).to.deep.include({ lat: 51.5 });
                pm.expect(user).to.deep.include({ tags: ["math", "engines"] });
                pm.expect(user).to.have.deep.nested.property("address.geo[0]", { lat: 51.5 });
                pm.expect(user.missing).to.not.exist;
                pm.expect([1, 2, 3]).to.include.oneOf([3, 9]);
                pm.expect(() => JSON.parse("{")).to.throw(SyntaxError);
                pm.expect(Number("x")).to.be.NaN;
                pm.expect(new Date(5)).to.eql(new Date(5));
                pm.expect([{ a: 1 }]).to.eql([{ a: 1 }]);
                pm.expect({ a: undefined }).to.not.eql({});
                pm.expect(1).to.be.finite;
                pm.expect(user.name.length).to.be.gte(3).and.lte(3);
            });
            """,
        ),
        item(
            "does not hold",
            "/user",
            """
            const user = pm.response.json();
            const cases = {
                equal: () => pm.expect(user.id).to.equal("7"),
                eql: () => pm.expect(user.id).to.eql("7"),
                keys: () => pm.expect(user).to.have.keys("id"),
                include: () => pm.expect(user.tags).to.include("mat"),
                members: () => pm.expect(user.tags).to.have.members(["math"]),
                length: () => pm.expect(user.tags).to.have.length(3),
                above: () => pm.expect(user.score).to.be.above(9.5),
                type: () => pm.expect(user.tags).to.be.an("object"),
                property: () => pm.expect(user).to.have.property("name", "eve"),
                own: () => pm.expect(user).to.have.own.property("toString"),
                not: () => pm.expect(user.name).to.not.include("a"),
                undefined: () => pm.expect(user.none).to.be.undefined,
                truthy: () => pm.expect(0).to.be.ok,
                exist: () => pm.expect(null).to.exist,
                empty: () => pm.expect("x").to.be.empty,
                matches: () => pm.expect("abc").to.match(/d/),
                above_text: () => pm.expect("9").to.be.above(8),
                empty_number: () => pm.expect(5).to.be.empty,
                include_number: () => pm.expect(5).to.include(5),
                fail: () => pm.expect.fail("on purpose"),
                thrown: () => { throw new Error("thrown"); },
                reference: () => nothing.here,
                numbers: () => pm.expect(0.1 + 0.2).to.equal(0.3),
                no_length: () => pm.expect(undefined).to.have.lengthOf(1),
                unknown_word: () => pm.expect(1).to.bee.equal(1),
                unknown_call: () => pm.expect(1).to.equall(1),
            };
            Object.keys(cases).forEach(name => pm.test(name, cases[name]));
            """,
        ),
        item(
            "response",
            "/user",
            """
            pm.test("response words", () => {
                pm.response.to.have.status(200); pm.response.to.have.status("OK");
                pm.response.to.be.ok; pm.response.to.be.success; pm.response.to.be.json; pm.response.to.be.withBody;
                pm.response.to.not.be.error; pm.response.to.not.have.status(404);
                pm.response.to.have.header("X-Trace"); pm.response.to.have.header("x-trace", "abc");
                pm.response.to.not.have.header("X-None");
                pm.response.to.have.jsonBody("address.city"); pm.response.to.have.jsonBody("address.geo[1].lat", -0.1);
                pm.response.to.have.body(); pm.response.to.have.body(/London/);
                pm.expect(pm.response.code).to.equal(200); pm.expect(pm.response.status).to.equal("OK");
                pm.expect(pm.response.headers.get("content-type")).to.include("json");
                pm.expect(pm.response.headers.has("X-Trace", "abc")).to.be.true;
                pm.expect(pm.response).to.have.property("code", 200);
                pm.expect(pm.response.responseTime).to.be.below(10000);
                pm.expect(pm.response.text()).to.be.a("string");
                pm.expect(pm.response.to.be.ok).to.be.ok;
            });
            pm.test("wrong status", () => pm.response.to.have.status(201));
            pm.test("wrong reason", () => pm.response.to.have.status("Created"));
            pm.test("wrong header", () => pm.response.to.have.header("x-trace", "abd"));
            pm.test("wrong body", () => pm.response.to.have.body("x"));
            pm.test("wrong json", () => pm.response.to.have.jsonBody("nope"));
            pm.test("created", () => pm.response.to.be.created);
            pm.test("html", () => pm.response.to.be.html);
            pm.test("no such have", () => pm.response.to.have.nothing());
            pm.test.skip("skipped", () => pm.expect(1).to.equal(2));
            pm.test("promise", async () => { pm.expect(1).to.equal(1); });
            pm.test("callback", (done) => { setTimeout(() => done(), 2); });
            pm.test("bad callback", (done) => { setTimeout(() => done(new Error("no")), 2); });
            """,
        ),
        item(
            "accepted",
            "/status/201",
            """
            pm.test("success", () => pm.response.to.be.success);
            pm.test("ok is 200", () => pm.response.to.be.ok);
            pm.test("expect status", () => pm.expect(pm.response).to.have.status(201));
            pm.test("expect status fails", () => pm.expect(pm.response).to.have.status(200));
            pm.test("expect header", () => pm.expect(pm.response).to.have.header("content-type"));
            pm.test("expect json", () => pm.expect(pm.response).to.be.json);
            pm.test("reason", () => pm.expect(pm.response.reason()).to.eql("Created"));
            pm.test("not accepted", () => pm.response.to.be.accepted);
            """,
        ),
        item(
            "not found",
            "/status/404",
            """
            pm.test("error", () => { pm.response.to.be.error; pm.response.to.be.clientError; pm.response.to.be.notFound; });
            pm.test("server error", () => pm.response.to.be.serverError);
            pm.test("unauthorized", () => pm.response.to.be.unauthorized);
            pm.test("not ok", () => pm.response.to.not.be.ok);
            """,
        ),
    ),
)

_LEGACY = Chained(
    "legacy",
    (
        item(
            "tests",
            "/user",
            """
            var json = JSON.parse(responseBody);
            tests["status"] = responseCode.code === 200;
            tests["name is " + json.name] = json.name === "ada";
            tests["truthy"] = "text"; tests["zero"] = 0; tests["null"] = null;
            tests["type"] = _.isNumber(json.id);
            tests["header"] = postman.getResponseHeader("x-trace") == "abc";
            tests["headers"] = responseHeaders["X-Trace"] === "abc";
            tests["time"] = responseTime < 10000;
            tests["request"] = request.method === "GET" && request.name === undefined;
            tests["contains"] = responseBody.has("London");
            tests["reason"] = responseCode.name === "OK";
            postman.setEnvironmentVariable("e", "1"); postman.setGlobalVariable("g", "2");
            tests["environment"] = environment.known === "yes" && globals.wide === "far";
            for (var i = 0; i < 2; i++) { tests["loop " + i] = i === 1; }
            """,
        ),
        item(
            "later",
            "/echo?e={{e}}&g={{g}}",
            """
            tests["set"] = postman.getEnvironmentVariable("e") === "1" && postman.getGlobalVariable("g") === "2";
            postman.clearEnvironmentVariable("e"); postman.clearGlobalVariable("g");
            tests["iteration"] = iteration === 0;
            """,
        ),
        item(
            "cleared",
            "/echo?e={{e}}",
            "tests['cleared'] = postman.getEnvironmentVariable('e') === undefined;",
        ),
    ),
    environment={"known": "yes"},
    globals={"wide": "far"},
)

CLAIMS = (_EXPECT, _LEGACY)
