# ruff: noqa: E501 - the scripts stand as people write them
"""Data files as people have them: newman sends and shows to scripts what we do, row by row."""

from __future__ import annotations

from tests.importers.wire.chained import Chained, item

_COLUMNS = ("name", "note", "count")
_SHOWN = """
["name", "note", "count"].forEach(key => {
    const value = pm.iterationData.get(key);
    pm.test(key + " " + JSON.stringify(value) + " " + typeof value + " " + pm.iterationData.has(key), () => {
        pm.expect(pm.variables.get(key)).to.eql(value);
        pm.expect(data[key]).to.eql(value);
        pm.expect(pm.iterationData.toObject()[key]).to.eql(value);
    });
});
"""


def _with(name: str, file: str, content: bytes) -> Chained:
    row = item(
        "row",
        "/echo?count={{count}}",
        _SHOWN,
        method="POST",
        headers={"Content-Type": "text/plain"},
        body="|".join(f"{{{{{column}}}}}" for column in _COLUMNS),
    )
    return Chained(name, (row,), data_file=(file, content))


_QUOTES = b'''name,note,count
"ann ""the first""","a, b",1
bob,"two
lines, one field",2
carl "c" x,'single', 3\x20
'''
_MARKED = (
    '\ufeff name , "note" ,count\r\nzoë,"größer\r\nals","007"\r\n  last  ,"  kept  ",-4\r\n'
    "short,one\r\n"
).encode()
_TYPES = b"""name,note,count
1,1.50,1e3
007,+5,.5
-0.000001,1e-7,12345678901234567890
true,null,1e21
,"",5.
1 2,1_0,--1
"7",NaN,-12.250
"""
_ROWS = """
[
 {"name": "ann", "note": "a, \\"b\\"\\nc", "count": 1},
 {"name": true, "note": null, "count": 1.50},
 {"name": [1, "x", null], "note": {"a": 1.0}, "count": 1e21},
 {"name": "", "note": "{{name}}é"},
 {"count": -7, "name": "zoë 😀", "note": false}
]
""".encode()

DATA_FILES = (
    _with("data-quotes", "quotes.csv", _QUOTES),
    _with("data-marked", "marked.csv", _MARKED),
    _with("data-types", "types.csv", _TYPES),
    _with("data-rows", "rows.json", _ROWS),
)
