"""Small inputs that together hold every kind of element in every state that an importer knows."""

from __future__ import annotations

from typing import Any

from tests.importers.recordings import entry, pairs, recording


def _request(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "request": {"url": "http://127.0.0.1/", **fields}}


def _deep(levels: int) -> dict[str, Any]:
    event = {"listen": "test", "script": {"exec": ["x()"]}}
    item: dict[str, Any] = {
        **_request("leaf", header=[{"key": "A", "value": "b"}], body={"mode": "raw", "raw": "x"}),
        "event": [event],
        "response": [{"name": "example"}],
    }
    for level in range(levels):
        item = {"name": f"folder {level}", "item": [item], "variable": [{"key": "v"}]}
    return item


ODD_COLLECTION: dict[str, Any] = {
    "info": {"name": "odd"},
    "strange": 1,
    "variable": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}, {"value": "no name"}],
    "auth": {"type": "magic"},
    "event": [{"listen": "never", "script": "x()"}, {"listen": "test", "script": ""}],
    "item": [
        {"name": "empty"},
        7,
        {"name": "folder that is sent", "request": "http://h/", "item": [_request("inner")]},
        {**_request("auth outside"), "auth": {"type": "noauth"}, "strange": True},
        _request("auth that is none", auth=7, strange=[1]),
        _request("text body", body="x", proxy={"host": "p", "port": 1}, certificate={}),
        _request(
            "strange body",
            body={"mode": "magic", "raw": "stale"},
            proxy={"disabled": True},
            certificate={"key": {"src": "k"}, "cert": {"src": "c"}},
        ),
        _request("no mode", body={"options": {}}),
        _request(
            "off", body={"mode": "urlencoded", "disabled": True, "urlencoded": [{"key": "a"}]}
        ),
        _request(
            "all off", body={"mode": "formdata", "formdata": [{"key": "a", "disabled": True}]}
        ),
        _request(
            "parts",
            body={
                "mode": "formdata",
                "formdata": [
                    7,
                    {"key": "inline", "type": "file", "value": "content"},
                    {"key": "none", "type": "file", "src": None},
                    {"key": "one", "type": "file", "src": "/a"},
                    {"key": "text", "value": "x"},
                ],
            },
        ),
        _request("query text", url={"host": ["h"], "query": "a=1&b"}),
        _request("query table", url={"host": ["h"], "query": {"a": 1}}),
        _request("query list", url={"host": ["h"], "query": ["a=1", {"key": "b", "value": 7}]}),
        _request(
            "path",
            url={"raw": "http://h/:a/:b", "variable": [{"key": "a", "value": 7}, {"key": "b"}]},
        ),
        _request("headers in a text", header="A: b\n// C: d\nnothing\n"),
        _deep(130),
    ],
}

VALUES: dict[str, Any] = {
    "name": "lab",
    "values": [
        {"key": "a", "value": "3"},
        {"key": "off", "value": "x", "enabled": False},
        {"key": "off", "value": "y"},
        {"key": "row", "value": "from the environment"},
    ],
}
ROWS = "row,b\n1,2\n"

_PARAMS = [{"name": "a", "value": "1"}, {"value": "no name"}]
ODD_RECORDING: dict[str, Any] = recording(
    entry(
        "https://shop.example/a",
        method="POST",
        headers=[*pairs(Cookie="seed=1", A="two\nlines"), {"value": "no name"}],
        post={"mimeType": "application/x-www-form-urlencoded", "params": _PARAMS},
        set_cookie="sid=1",
    )
    | {"_note": "an unknown field"},
    {
        **entry("https://shop.example/b", at=100, headers=pairs(Cookie="sid=1; seed=1")),
        "request": {
            "method": "GET",
            "url": "https://shop.example/b",
            "headers": pairs(Cookie="sid=1; seed=1", If_None_Match="x", X_DevTools_A="1"),
            "cookies": [*pairs(sid="1", seed="1"), 7],
            "queryString": [*pairs(q="1"), 7],
        },
    },
    entry("https://shop.example/c", at=200, headers=pairs(Cookie="sid=1")),
    entry("https://shop.example/d", at=300, status=302, location="/e"),
    {
        **entry("https://shop.example/e", at=310, headers=pairs(Cookie="sid=1")),
    },
    {
        **entry("https://fonts.gstatic.com/f", at=400),
        "request": {
            "method": "POST",
            "url": "https://fonts.gstatic.com/f",
            "headers": pairs(A="1"),
            "cookies": pairs(x="1"),
            "queryString": pairs(q="1"),
            "postData": {"text": "lost", "params": _PARAMS},
        },
    },
    {"request": {"url": 7, "headers": pairs(A="1"), "postData": {"text": "x", "params": _PARAMS}}},
    "nothing",
)

_SAVES = [
    {"SaveType": 3, "ParamName": "x", "RuleValue": "1"},
    {"SaveType": 0, "ParamName": "page", "RuleValue": "//a"},
    {"SaveType": 9, "ParamName": "strange", "RuleValue": "1"},
]
_WORK = {"UrlPath": "http://127.0.0.1/{@x@}", "SaveParamChain": _SAVES[2:]}
ODD_PRIOR_ART: dict[str, Any] = {
    "isSession": True,
    "HttpProxy": "127.0.0.1:3128",
    "Strange": 1,
    "PreTask": [7, {"UrlPath": "http://127.0.0.1/pre", "Method": "GET"}],
    "MainTask": [
        {"TaskName": "no work", "PreWork": [{**_WORK, "RawData": "x"}], "TestWork": 7},
        {
            "TaskName": "light",
            "TaskWeight": 0,
            "PreWork": [
                {
                    "UrlPath": "",
                    "Headers": {"A": "b"},
                    "Params": {"q": "1"},
                    "DictData": {"f": "1"},
                    "AssertChain": [{"AssertType": 0, "RuleValue": 200}],
                    "SaveParamChain": _SAVES,
                }
            ],
            "TestWork": {
                **_WORK,
                "DictData": {"f": "1"},
                "JsonData": "{}",
                "AssertChain": [
                    {"AssertType": 0, "RuleValue": 200},
                    {"AssertType": 1, "RuleValue": "x"},
                ],
            },
        },
        {"TaskName": "again", "PreWork": [{"UrlPath": "", "SaveParamChain": _SAVES[:1]}],
         "TestWork": _WORK},
    ],
}  # fmt: skip

COUNTED: dict[str, tuple[str, dict[str, int]]] = {
    # name -> (text, elements as a person counts them)
    "curl": (
        "curl -H 'A: b' --data x=1 -sS http://h/ http://h/2",
        {"command": 1, "flag": 4, "url": 2},
    ),
    "curl: variables": (
        "A=1 B=2\nexport C=3\nC=4 env D=5 curl -d $A http://h/",
        {"command": 1, "variable": 5, "flag": 1, "url": 1},
    ),
    "curl: assignments around a prefix": (
        "A=1 sudo B=2 curl http://h/",
        {"command": 1, "variable": 2, "url": 1},
    ),
    "curl: what is not run": (
        "curl -d $(date) -d `id` -d $((1 + 2)) -d $UNKNOWN http://h/",
        {"command": 1, "substitution": 2, "variable": 2, "flag": 4, "url": 1},
    ),
    "curl: other commands": (
        "cd /tmp && ls\ncurl http://h/ | jq . || curl --get http://h/2",
        {"command": 5, "flag": 1, "url": 2},
    ),
    "curl: refused": (
        "curl --no-such-option http://h/; curl -I -d x http://h/",
        {"command": 2, "flag": 3, "url": 2},
    ),
    "curl: standard input": (
        "curl -d @- http://h/ <<< text\ncurl -d @- http://h/ < file\n"
        "curl -d @- http://h/ << END\ntext\nEND\n",
        {"command": 3, "stdin": 3, "flag": 3, "url": 3},
    ),
    "curl: configuration": (
        'curl -K - << END\nurl = "http://h/"\n-H = "A: b"\nEND\n',
        {"command": 1, "stdin": 1, "flag": 3},
    ),
    "curl: cmd": (
        'curl ^"http://h/^" ^\n  -H ^"A: %VALUE%^" ^\n  -d @- < file',
        {"command": 1, "variable": 1, "stdin": 1, "flag": 2, "url": 1},
    ),
    "curl: PowerShell": (
        "$token = 'x'\ncurl.exe -H \"A: $token $env:OTHER\" `\n  http://h/",
        {"command": 1, "variable": 3, "flag": 1, "url": 1},
    ),
    "http": (
        "@a = 1\n### x\nPOST http://h/ HTTP/1.1\nContent-Length: 1\nno colon\nA: b\n\nx\n"
        "> {% y %}\n###\nnonsense here\n",
        {"variable": 1, "request": 2, "header": 3, "body": 1, "script": 1},
    ),
    "fetch": (
        "fetch('http://h/', {method: 'POST', headers: {a: 'b', c: 'd'}, body: 'x', mode: 'cors', "
        "strange: 1}); fetch(); fetch(f())",
        {"request": 3, "option": 3, "header": 2, "body": 1},
    ),
    "powershell": (
        "$session = New-Object X\n$session.UserAgent = 'a'\n"
        "$session.Cookies.Add((New-Object System.Net.Cookie('n', 'v', '/', 'h')))\n"
        "$h = @{ A = 'b' }\n$h.Add('B', 'c')\n$t = 'x'\n$t['a'] = 'b'\n"
        "Invoke-WebRequest -Uri 'http://h/' -Headers $h -WebSession $session -OutFile y -Proxy z",
        {"variable": 6, "cookie": 1, "request": 1, "option": 5},
    ),
}
