"""Libraries that scripts of Postman expect: there, or named at import."""

from __future__ import annotations

import re

import pytest

from importers.scripts import missing_libraries
from importers.scripts.libraries import LODASH_MISSING, PROVIDED
from tests.importers.builders import ROOT


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("const _ = require('lodash'); _.map(a, b);", ()),
        ("_.debounce(x, f); moment().format();", ("lodash's debounce",)),
        ("var moment = require('moment'); moment().add(1, 'day').format()", ()),
        ("moment.updateLocale('en', {}); moment.tz('UTC')", ("moment.updateLocale", "moment.tz")),
        ("let d = moment(x).parsingFlags()", ("moment.parsingFlags",)),
        ("moment(x).weekYear(); moment(x).isoWeekYear(2020)", ("moment.isoWeekYear",)),
        ("const $ = require('cheerio').load(t); $('a').first().attr('href')", ()),
        ("const $ = cheerio.load(t); $('a').append('x')", ("cheerio's append",)),
        ("$('a').append('x')", ()),
        ("require('util').format('a'); util.inspect(x)", ("util.inspect",)),
        ("require('postman-collection')", ("postman-collection",)),
        ("CryptoJS.Rabbit.encrypt('a', 'b'); CryptoJS.RC4.encrypt('a', 'b')", ("CryptoJS.Rabbit",)),
        ("CryptoJS.SHA256('a'); atob('b'); xml2Json(responseBody);", ()),
        ("const ajv = new (require('ajv'))(); tv4.validate(a, b)", ()),
        ("pm.require('npm:left-pad@1')", ("left-pad",)),
        ("// require('backbone')\nvar a_ = 1; b._.c;", ()),
        ("pm.vault.get('a')", ("the vault of Postman",)),
    ],
)
def test_libraries_that_the_engine_lacks_are_named(source: str, missing: tuple[str, ...]) -> None:
    assert missing_libraries(source) == missing


def test_what_lodash_lacks_is_what_the_engine_refuses() -> None:
    modules = ROOT / "go_worker" / "internal" / "script" / "modules"
    source = (modules / "lodash-functions.js").read_text("utf-8")
    (refusing,) = [line for line in source.splitlines() if "is not provided" in line]
    assert set(re.findall(r"'(\w+)'", refusing.split("].")[0])) == LODASH_MISSING


def test_every_library_that_is_there_stands_in_the_documentation() -> None:
    text = (ROOT / "docs" / "engine.md").read_text("utf-8")
    assert [name for name in PROVIDED if f"`{name}`" not in text] == []


def test_the_engine_has_the_libraries_that_the_import_takes_for_granted() -> None:
    prelude = ROOT / "go_worker" / "internal" / "script" / "prelude"
    source = "".join(file.read_text("utf-8") for file in sorted(prelude.glob("*.js")))
    missing = [
        name
        for name in PROVIDED
        if not re.search(rf"""'{re.escape(name)}'|\b{re.escape(name)}(?:: \(\)| =)""", source)
    ]
    assert missing == []
