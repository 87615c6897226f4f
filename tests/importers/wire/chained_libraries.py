# ruff: noqa: E501 - the scripts stand as people write them
"""Collections whose scripts use the libraries that Postman brings."""

from __future__ import annotations

from tests.importers.wire.chained import Chained, item

_CRYPTO = Chained(
    "crypto",
    (
        item(
            "signed",
            "/hash?{{text}}",
            """
            const words = CryptoJS.SHA256(pm.variables.get("text"));
            pm.test("sha256", () => pm.expect(pm.response.json().sha256).to.eql(words.toString()));
            pm.test("hex and base64", () => {
                pm.expect(words.toString(CryptoJS.enc.Base64)).to.eql(CryptoJS.enc.Base64.stringify(words));
                pm.expect(CryptoJS.enc.Hex.stringify(CryptoJS.enc.Utf8.parse("é"))).to.eql("c3a9");
                pm.expect(CryptoJS.enc.Utf8.stringify(CryptoJS.enc.Base64.parse("w6k="))).to.eql("é");
            });
            pm.test("hashes", () => {
                pm.expect(CryptoJS.MD5("a") + "").to.eql("0cc175b9c0f1b6a831c399e269772661");
                pm.expect(CryptoJS.SHA1("a").toString()).to.eql("86f7e437faa5a7fce15d1ddcb9eaeaea377667b8");
                pm.expect(CryptoJS.SHA512("").toString().slice(0, 8)).to.eql("cf83e135");
                pm.expect(require("crypto-js").HmacSHA1("a", "k").toString()).to.have.lengthOf(40);
                pm.expect(CryptoJS.SHA224("a").toString().slice(0, 8)).to.eql("abd37534");
            });
            pm.test("wrong", () => pm.expect(CryptoJS.MD5("b").toString()).to.eql("x"));
            """,
            before="""
            pm.variables.set("text", "message");
            const mac = CryptoJS.HmacSHA256(pm.variables.get("text"), "key");
            pm.request.headers.add({ key: "X-Mac", value: CryptoJS.enc.Base64.stringify(mac) });
            pm.variables.set("basic", btoa("ann:secret"));
            """,
            headers={"Authorization": "Basic {{basic}}"},
        ),
        item(
            "secret",
            "/echo",
            """
            const sealed = CryptoJS.AES.encrypt("text", CryptoJS.enc.Utf8.parse("0123456789abcdef"),
                { iv: CryptoJS.enc.Utf8.parse("fedcba9876543210"), mode: CryptoJS.mode.CBC, padding: CryptoJS.pad.Pkcs7 });
            pm.test("aes", () => pm.expect(sealed.toString()).to.eql("Zx3TgczGx+PCwfGjhqnLow=="));
            pm.environment.set("sealed", sealed.ciphertext.toString());
            const opened = CryptoJS.AES.decrypt(sealed.toString(), CryptoJS.enc.Utf8.parse("0123456789abcdef"),
                { iv: CryptoJS.enc.Utf8.parse("fedcba9876543210") });
            pm.test("opened", () => pm.expect(opened.toString(CryptoJS.enc.Utf8)).to.eql("text"));
            const derived = CryptoJS.PBKDF2("word", "salt", { keySize: 256 / 32, iterations: 10 });
            pm.environment.set("derived", derived.toString());
            """,
        ),
        item("sealed", "/echo/{{sealed}}/{{derived}}"),
    ),
)

_BASE64 = Chained(
    "base64-and-xml",
    (
        item(
            "base64",
            "/echo?b={{b}}",
            """
            pm.test("atob", () => { pm.expect(atob("YTpi")).to.eql("a:b"); pm.expect(btoa("\\u00e9")).to.eql("6Q=="); });
            pm.test("round", () => pm.expect(atob(btoa("x\\u00ff"))).to.eql("x\\u00ff"));
            const a = require("atob"), b = require("btoa");
            pm.test("modules", () => pm.expect(a(b("abc"))).to.eql("abc"));
            pm.test("bad", () => { btoa("\\u4e2d"); });
            """,
            before='pm.variables.set("b", btoa("a?b>c"));',
        ),
        item(
            "xml",
            "/xml",
            """
            const book = xml2Json(responseBody);
            pm.test("attribute and list", () => {
                pm.expect(book.book.$.id).to.eql("b1");
                pm.expect(book.book.tag).to.eql(["a", "b"]);
                pm.expect(book.book.title).to.equal("Notes");
            });
            require("xml2js").parseString(pm.response.text(), { explicitArray: false }, (err, value) => {
                pm.environment.set("title", value.book.title);
            });
            """,
        ),
        item(
            "orders",
            "/xml/orders",
            """
            var orders = xml2Json(responseBody).orders;
            tests["total"] = orders.order.total === "12.50";
            tests["number"] = orders.order.$.n === "1";
            """,
        ),
        item("title", "/echo/{{title}}"),
    ),
)

_SCHEMAS = Chained(
    "schemas",
    (
        item(
            "schemas",
            "/user",
            """
            const schema = { type: "object", required: ["id", "name"], properties: {
                id: { type: "integer" }, name: { type: "string", minLength: 2 }, tags: { type: "array", items: { type: "string" } } } };
            const strict = { type: "object", properties: { id: { type: "string" } } };
            const Ajv = require("ajv"), ajv = new Ajv({ allErrors: true });
            pm.test("jsonSchema", () => pm.response.to.have.jsonSchema(schema));
            pm.test("not jsonSchema", () => pm.response.to.not.have.jsonSchema(strict));
            pm.test("jsonSchema fails", () => pm.response.to.have.jsonSchema(strict));
            pm.test("expect jsonSchema", () => pm.expect(pm.response.json()).to.have.jsonSchema(schema));
            pm.test("tv4", () => pm.expect(tv4.validate(pm.response.json(), schema)).to.be.true);
            pm.test("tv4 fails", () => pm.expect(tv4.validate(pm.response.json(), strict), tv4.error).to.be.true);
            pm.test("tv4 result", () => {
                const r = tv4.validateResult(pm.response.json(), strict);
                pm.expect(r.valid).to.be.false; pm.expect(r.error.message).to.be.a("string");
            });
            pm.test("ajv", () => { const check = ajv.compile(schema); pm.expect(check(pm.response.json()), JSON.stringify(check.errors)).to.be.true; });
            pm.test("ajv fails", () => { const check = ajv.compile(strict); pm.expect(check(pm.response.json())).to.be.true; });
            pm.test("ajv errors", () => { ajv.validate(strict, pm.response.json()); pm.expect(ajv.errors).to.be.an("array").that.is.not.empty; });
            """,
        ),
    ),
)

_LODASH = Chained(
    "lodash",
    (
        item(
            "lodash",
            "/user",
            """
            const user = pm.response.json();
            pm.test("objects", () => {
                pm.expect(_.get(user, "address.geo[1].lat")).to.equal(-0.1);
                pm.expect(_.get(user, "a.b.c", "none")).to.equal("none");
                pm.expect(_.has(user, "address.city")).to.be.true;
                pm.expect(_.pick(user, ["id", "name"])).to.eql({ id: 7, name: "ada" });
                pm.expect(_.omit({ a: 1, b: 2 }, "a")).to.eql({ b: 2 });
                pm.expect(_.merge({ a: { b: 1 } }, { a: { c: 2 } })).to.eql({ a: { b: 1, c: 2 } });
                pm.expect(_.set({}, "a[0].b", 1)).to.eql({ a: [{ b: 1 }] });
                pm.expect(_.isEqual({ a: [1] }, { a: [1] })).to.be.true;
                pm.expect(_.cloneDeep(user)).to.eql(user);
            });
            pm.test("lists", () => {
                pm.expect(_.map([{ a: 1 }, { a: 2 }], "a")).to.eql([1, 2]);
                pm.expect(_.filter([{ a: 1, b: 1 }, { a: 2 }], { a: 2 })).to.eql([{ a: 2 }]);
                pm.expect(_.find([{ a: 1 }, { a: 2 }], o => o.a > 1)).to.eql({ a: 2 });
                pm.expect(_.sortBy([3, 1, 2])).to.eql([1, 2, 3]);
                pm.expect(_.uniq([1, 1, 2])).to.eql([1, 2]);
                pm.expect(_.groupBy(["a", "bb", "c"], "length")).to.eql({ 1: ["a", "c"], 2: ["bb"] });
                pm.expect(_.includes([1, 2], 2)).to.be.true;
                pm.expect(_.range(1, 4)).to.eql([1, 2, 3]);
                pm.expect(_.isEmpty({})).to.be.true;
                pm.expect(_.size({ a: 1 })).to.equal(1);
                pm.expect(_.first(user.tags)).to.equal("math");
                pm.expect(_.last(user.tags)).to.equal("engines");
            });
            pm.test("wrong", () => pm.expect(_.size(user.tags)).to.equal(3));
            pm.environment.set("joined", _.map(user.tags, t => t.toUpperCase()).join("-"));
            """,
        ),
        item("joined", "/echo/{{joined}}"),
    ),
)

_CONSOLE = Chained(
    "text-answers",
    (
        item(
            "text",
            "/text",
            """
            pm.test("text", () => { pm.expect(pm.response.text()).to.include("größe"); pm.response.to.have.body("plain text: größe 5"); });
            pm.test("no json", () => { pm.response.json(); });
            pm.test("not json", () => pm.response.to.not.be.json);
            const found = responseBody.match(/(\\d+)$/);
            pm.environment.set("size", found[1]);
            console.log("size", found[1]);
            """,
        ),
        item(
            "html",
            "/html",
            "pm.test('html', () => { pm.expect(pm.response.text()).to.match(/<h1>(.*)<\\/h1>/); });",
        ),
        item(
            "empty",
            "/empty",
            """
            pm.test("empty", () => { pm.expect(pm.response.text()).to.equal(""); pm.response.to.not.be.withBody; });
            pm.test("size", () => pm.expect(pm.response.responseSize).to.equal(0));
            """,
        ),
        item("used", "/echo/{{size}}"),
        item(
            "eval",
            "/user",
            """
            pm.globals.set("library", "(function () { return { twice: n => 2 * n }; })");
            const library = eval(pm.globals.get("library"))();
            pm.test("eval", () => pm.expect(library.twice(pm.response.json().id)).to.equal(14));
            """,
        ),
        item(
            "replaceIn",
            "/echo",
            """
            pm.test("replaceIn", () => pm.expect(pm.variables.replaceIn("{{size}} {{nothing}}")).to.equal("5 {{nothing}}"));
            pm.test("request", () => {
                pm.expect(pm.request.url.toString()).to.include("/echo");
                pm.expect(pm.request.method).to.equal("POST");
                pm.expect(pm.request.headers.get("X-Size")).to.equal("5");
                pm.expect(JSON.parse(pm.request.body.raw).size).to.equal("5");
            });
            """,
            method="POST",
            headers={"X-Size": "{{size}}"},
            body={"size": "{{size}}"},
        ),
    ),
)

_MOMENT = Chained(
    "moment",
    (
        item(
            "moment",
            "/echo?on={{on}}&until={{until}}",
            """
            const moment = require("moment");
            pm.test("utc", () => pm.expect(moment.utc(0).format("YYYY-MM-DD")).to.eql("1970-01-01"));
            pm.test("calendar", () => {
                pm.expect(moment.utc("2020-01-31").add(1, "month").format("L")).to.equal("02/29/2020");
                pm.expect(moment("29/02/2020", "DD/MM/YYYY", true).isValid()).to.be.true;
                pm.expect(moment("30/02/2020", "DD/MM/YYYY").isValid()).to.be.false;
                pm.expect(moment("2020-03-01").diff("2020-02-01", "days")).to.equal(29);
                pm.expect(moment().isBetween(moment().subtract(1, "day"), moment().add(1, "day"))).to.be.true;
            });
            pm.test("wrong", () => pm.expect(moment("2021-02-01").isAfter("2022-01-01")).to.be.true);
            pm.environment.set("length", moment.duration({ hours: 25, minutes: 3 }).toISOString());
            """,
            before="""
            const moment = require("moment");
            const on = moment("2024-02-28T23:30:00Z").utc();
            pm.variables.set("on", on.format("DD.MM.YYYY HH:mm"));
            pm.variables.set("until", on.clone().add({ days: 1, hours: 1 }).endOf("day").toISOString());
            """,
        ),
        item("length", "/echo/{{length}}"),
    ),
)

_LOCALES = Chained(
    "moment-locales",
    (
        item(
            "locales",
            "/echo",
            """
            const moment = require("moment");
            moment.updateLocale("en", { week: { dow: 1 } });
            pm.test("week", () => pm.expect(moment.utc("2020-02-02").weekday()).to.eql(6));
            """,
        ),
    ),
    refused=("moment.updateLocale",),
)

_CHEERIO = Chained(
    "cheerio",
    (
        item(
            "cheerio",
            "/html",
            """
            const $ = cheerio.load(responseBody);
            pm.test("title", () => pm.expect($("h1").text()).to.eql("Hello"));
            pm.test("list", () => pm.expect($("body").children().map((i, e) => e.name).get()).to.eql(["h1"]));
            pm.test("wrong", () => pm.expect($("h2")).to.have.lengthOf(1));
            pm.environment.set("title", $("body > h1").first().text());
            """,
        ),
        item("title", "/echo/{{title}}"),
    ),
)

_NODE = Chained(
    "node-modules",
    (
        item(
            "modules",
            "/xml/orders",
            """
            const parse = require("csv-parse/lib/sync"), url = require("url"), path = require("path"), assert = require("assert");
            const rows = parse("id,name\\n1,Ann\\n2,Bob", { columns: true });
            pm.test("rows", () => pm.expect(rows[1]).to.eql({ id: "2", name: "Bob" }));
            pm.test("url", () => pm.expect(url.parse(pm.request.url.toString()).pathname).to.eql("/xml/orders"));
            pm.test("assert", () => assert.deepStrictEqual(path.basename("/a/b.txt", ".txt"), "b"));
            pm.test("assert fails", () => assert.equal(rows.length, 3));
            pm.environment.set("next", require("querystring").stringify({ q: rows.map(r => r.name), n: Buffer.from("a:b").toString("base64") }));
            require("xml2js").parseString(responseBody, (error, value) => pm.test("xml2js", () => pm.expect(value.orders.order[0].total[0]).to.eql("12.50")));
            """,
        ),
        item("query", "/echo?{{next}}"),
    ),
)

_SDK = Chained(
    "collection-sdk",
    (
        item(
            "sdk",
            "/echo",
            """
            const { Url } = require("postman-collection");
            pm.test("path", () => pm.expect(new Url("http://h/a/b").getPath()).to.eql("/a/b"));
            """,
        ),
    ),
    refused=("postman-collection",),
)

LIBRARIES = (
    _CRYPTO,
    _BASE64,
    _SCHEMAS,
    _LODASH,
    _CONSOLE,
    _MOMENT,
    _LOCALES,
    _CHEERIO,
    _NODE,
    _SDK,
)
