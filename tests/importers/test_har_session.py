"""Filters, cookies, redirects, pages and rhythm of a recording."""

from __future__ import annotations

from typing import Any

import pytest

from hazard_tui.plan.model import Step
from importers.findings import Fate
from importers.har.cookies import RecordedJar
from importers.har.naming import route_of
from tests.importers.builders import (
    SAMPLES,
    codes,
    finding,
    headers_of,
    import_har,
    requests_of,
    steps_of,
)
from tests.importers.recordings import entry, pairs, recording

SHOP = "https://shop.example"


def kinds(steps: tuple[Step, ...]) -> list[str]:
    """Kinds of steps, in order."""
    return [step.choice for step in steps]


@pytest.mark.parametrize(
    ("unwanted", "code"),
    [
        (entry(SHOP + "/a.png", mime="image/png"), "static"),
        (entry(SHOP + "/a.woff2", mime=""), "static"),
        (entry(SHOP + "/app", mime="text/javascript; charset=utf-8"), "static"),
        (entry(SHOP + "/x", _resourceType="stylesheet"), "static"),
        (entry(SHOP + "/x", _resourceType="ping", method="POST"), "beacon"),
        (entry("data:text/plain,hi"), "not-http"),
        (entry("blob:https://shop.example/1"), "not-http"),
        (entry("chrome-extension://abc/x.js"), "not-http"),
        (entry("wss://shop.example/socket"), "websocket"),
        (entry(SHOP + "/socket", status=101), "websocket"),
        (entry(SHOP + "/gone", status=0), "aborted"),
        (
            entry(method="OPTIONS", headers=pairs(Access_Control_Request_Method="PUT")),
            "preflight",
        ),
        (entry("https://www.google-analytics.com/collect"), "noise-host"),
        (entry("https://o1.ingest.sentry.io/api/1"), "noise-host"),
        (entry(SHOP + "/proxy", method="CONNECT"), "proxy-tunnel"),
        ({"request": None}, "malformed"),
        ("no entry", "malformed"),
    ],
)
def test_what_no_load_test_needs_is_dropped_with_a_reason(unwanted: Any, code: str) -> None:
    result = import_har(recording(entry(SHOP + "/api", at=5), unwanted))
    assert [request.url for request in requests_of(result)] == [SHOP + "/api"]
    assert finding(result, code).why
    dropped = [one for one in result.records if one.kind == "entry" and one.fate is Fate.DROPPED]
    assert [record.pointer for record in dropped] == ["/log/entries/1"]


def test_static_files_stay_when_asked_for() -> None:
    image = recording(entry(SHOP + "/a.png", mime="image/png"))
    assert requests_of(import_har(image)) == []
    assert len(requests_of(import_har(image, include_static=True))) == 1


def test_pictures_that_a_script_fetched_stay() -> None:
    fetched = entry(SHOP + "/a.png", mime="image/png", _resourceType="fetch")
    assert len(requests_of(import_har(recording(fetched)))) == 1


def test_other_requests_with_options_stay() -> None:
    assert len(requests_of(import_har(recording(entry(method="OPTIONS"))))) == 1


@pytest.mark.parametrize(
    ("hosts", "kept"),
    [
        (("shop.example",), ["/1", "/3"]),
        (("*.shop.example",), ["/1", "/2", "/3"]),
        (("api.*",), ["/2"]),
        (("shop.example:8443",), ["/3"]),
        (("other",), []),
    ],
)
def test_hosts_can_be_chosen(hosts: tuple[str, ...], kept: list[str]) -> None:
    entries = [
        entry("https://shop.example/1"),
        entry("https://api.shop.example/2"),
        entry("https://shop.example:8443/3"),
    ]
    result = import_har(recording(*entries), hosts=hosts)
    assert [url[url.rindex("/") :] for url in (r.url for r in requests_of(result))] == kept


def test_sockets_are_refused_with_their_messages_counted() -> None:
    sockets = [entry("wss://h/1", _webSocketMessages=[{}] * 40), entry("wss://h/2")]
    result = import_har(recording(entry(), *sockets))
    assert finding(result, "websocket").what == "2 WebSockets with 40 messages were dropped"


def test_headers_of_the_connection_and_of_the_cache_are_not_sent() -> None:
    headers = [
        {"name": ":method", "value": "GET"},
        *pairs(Host="h", connection="keep-alive", CONTENT_LENGTH="0", If_None_Match="x"),
        *pairs(Accept="*/*", X_Trace="1"),
        {"value": "no name"},
    ]
    result = import_har(recording(entry(headers=headers)))
    (request,) = requests_of(result)
    assert headers_of(request) == [("Accept", "*/*"), ("X-Trace", "1")]
    assert result.counts()["header"] == {"kept": 2, "changed": 4, "dropped": 2}


def test_a_query_that_the_url_does_not_hold_is_sent() -> None:
    bare = entry(SHOP + "/search")
    bare["request"]["queryString"] = pairs(q="a b", page="2")
    whole = entry(SHOP + "/search?q=1", at=10)
    whole["request"]["queryString"] = pairs(q="1")
    first, second = requests_of(import_har(recording(bare, whole)))
    assert [(pair.name, pair.value) for pair in first.query] == [("q", "a b"), ("page", "2")]
    assert second.query == ()


def test_cookies_of_the_server_come_from_the_jar_and_others_are_seeds() -> None:
    result = import_har(
        recording(
            entry(headers=pairs(Cookie="preset=1")),
            entry(at=200, set_cookie="sid=abc; Path=/; HttpOnly", status=200),
            entry(at=400, headers=pairs(Cookie="preset=1; sid=abc; script=2")),
            entry("https://other.example/", at=600, headers=pairs(Cookie="sid=zzz")),
            entry(at=800, headers=pairs(cookie="sid=abc")),
        )
    )
    sent = [dict(headers_of(request)).get("Cookie") for request in requests_of(result)]
    assert sent == ["preset=1", None, "preset=1; script=2", "sid=zzz", None]
    assert finding(result, "cookie-seed").what.endswith("preset, script, sid")


def test_a_request_that_a_browser_sent_without_cookies_is_sent_so() -> None:
    plain, cookies = pairs(Sec_Fetch_Mode="cors"), pairs(Sec_Fetch_Mode="cors", Cookie="sid=1")
    result = import_har(
        recording(
            entry(SHOP + "/login", set_cookie="sid=1; Domain=shop.example; Path=/"),
            entry(SHOP + "/with", at=200, headers=cookies),
            entry(SHOP + "/omit", at=400, headers=plain),
            entry("https://api.shop.example/cors", at=600, headers=plain),
            entry("https://other.example/", at=800, headers=plain),
            entry(SHOP + "/cached", at=1000),
            entry(SHOP + "/logout", at=1200, set_cookie="sid=; Domain=shop.example; Max-Age=0"),
            entry(SHOP + "/after", at=1400, headers=plain),
        )
    )
    without = [
        request.url
        for request in requests_of(result)
        if request.policies is not None and request.policies.cookies is False
    ]
    assert without == [SHOP + "/omit", "https://api.shop.example/cors"]
    assert finding(result, "without-cookies").what.endswith(": 2")


@pytest.mark.parametrize(
    ("line", "url", "sends"),
    [
        ("a=1", "https://shop.example/x", True),
        ("a=1", "https://www.shop.example/", False),
        ("a=1; Domain=.Shop.Example", "https://www.shop.example/", True),
        ("a=1; Domain=shop.example", "https://noshop.example/", False),
        ("a=1; Path=/in", "https://shop.example/in/side", True),
        ("a=1; Path=/in", "https://shop.example/inner", False),
        ("a=1; Secure", "http://shop.example/", False),
        ("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://shop.example/", False),
        ("a=; Max-Age=-1", "https://shop.example/", False),
        ("=1", "https://shop.example/", False),
    ],
)
def test_the_jar_of_a_recording_knows_where_a_cookie_goes(line: str, url: str, sends: bool) -> None:
    jar = RecordedJar()
    jar.learn("https://shop.example/login", [line])
    assert jar.sends(url, "a") is sends
    assert jar.sends_any(url) is sends


def test_a_cookie_for_a_domain_reaches_its_hosts() -> None:
    login = entry("https://login.shop.example/", set_cookie="sid=1; Domain=.shop.example")
    api = entry("https://api.shop.example/", at=300, headers=pairs(Cookie="sid=1"))
    requests = requests_of(import_har(recording(login, api)))
    assert headers_of(requests[1]) == []


def test_a_redirect_chain_is_one_request() -> None:
    chain = [
        entry(SHOP + "/start", status=302, location="/middle", set_cookie="sid=1"),
        entry(SHOP + "/middle", at=10, status=302, location=SHOP + "/end"),
        entry(SHOP + "/end", at=20),
        entry(SHOP + "/next", at=30, headers=pairs(Cookie="sid=1")),
    ]
    result = import_har(recording(*reversed(chain)))
    first, second = requests_of(result)
    assert first.url == SHOP + "/start"
    assert first.policies is not None
    assert first.policies.follow_redirects
    assert first.policies.keep_method_on_redirect is None
    assert headers_of(second) == []
    assert result.counts()["entry"] == {"kept": 2, "changed": 2}


def test_a_redirect_to_what_was_dropped_is_not_followed() -> None:
    away = "https://www.google-analytics.com/x"
    result = import_har(
        recording(entry(status=302, location=away), entry(away, at=10), entry(at=20))
    )
    assert [request.policies for request in requests_of(result)] == [None, None]


def test_a_method_that_was_kept_on_a_redirect_is_kept() -> None:
    post = {"mimeType": "text/plain", "text": "x"}
    first = entry(SHOP + "/a", method="POST", status=302, location="/b", post=post)
    result = import_har(recording(first, entry(SHOP + "/b", at=5, method="POST", post=post)))
    (request,) = requests_of(result)
    assert request.policies is not None
    assert request.policies.keep_method_on_redirect


def test_entries_are_put_into_the_order_of_their_start() -> None:
    result = import_har(
        recording(entry(SHOP + "/2", at=20), entry(SHOP + "/1", at=10), entry(SHOP + "/3", at=20))
    )
    urls = [request.url for request in requests_of(result)]
    assert urls == [SHOP + "/1", SHOP + "/2", SHOP + "/3"]


def test_gaps_become_pauses_within_the_bounds() -> None:
    times = [0, 2100, 2600, 7700, 200_000]
    result = import_har(recording(*(entry(f"{SHOP}/{at}", at=at) for at in times)))
    steps = result.plan.tasks[0].steps[0].children or result.plan.tasks[0].steps
    pauses = [step.pause.min_ms for step in steps if step.pause is not None]
    assert pauses == [2000, 5000, 60_000]
    assert finding(result, "long-pause").severity == "info"


def test_the_bounds_of_pauses_can_be_chosen() -> None:
    result = import_har(
        recording(entry(at=0), entry(at=1100), entry(at=20_000)),
        think_time_min_ms=2000,
        think_time_max_ms=3000,
    )
    pauses = [step.pause.min_ms for step in result.plan.walk() if step.pause is not None]
    assert pauses == [3000]


def test_what_was_under_way_at_once_is_parallel() -> None:
    document = entry(SHOP + "/", mime="text/html", _resourceType="document", took=50)
    burst = [entry(f"{SHOP}/b/{n}x", at=60 + n, took=100, _resourceType="xhr") for n in range(6)]
    after = entry(SHOP + "/after", at=400, _resourceType="xhr")
    result = import_har(recording(document, *burst, after))
    (page,) = result.plan.tasks[0].steps
    assert page.group is not None
    assert page.group.timed
    assert kinds(page.children) == ["request", "parallel", "request"]
    assert len(page.children[1].children) == 6


def test_a_request_that_started_when_another_had_ended_may_depend_on_it() -> None:
    long = entry(SHOP + "/poll", took=9000, _resourceType="xhr")
    first = entry(SHOP + "/one", at=10, took=20, _resourceType="xhr")
    second = entry(SHOP + "/two", at=40, took=20, _resourceType="xhr")
    result = import_har(recording(long, first, second))
    steps = result.plan.tasks[0].steps[0].children
    assert kinds(steps) == ["parallel", "request"]
    assert [step.name for step in steps[0].children] == ["GET /poll", "GET /one"]


def test_pages_are_timed_groups_with_their_titles() -> None:
    pages = [{"id": "p1", "title": "Shop"}, {"id": "p2", "title": "Cart"}]
    entries = [
        entry(f"{SHOP}/{page}/{n}", at=at, pageref=page)
        for n, (page, at) in enumerate([("p1", 0), ("p1", 200), ("p2", 4000), ("p2", 4200)])
    ]
    task = import_har(recording(*entries, pages=pages)).plan.tasks[0]
    assert [(step.name, step.choice) for step in task.steps] == [
        ("Shop", "group"),
        ("pause", "pause"),
        ("Cart", "group"),
    ]


def test_pages_may_stand_behind_the_entries() -> None:
    text = recording(entry(pageref="p"), entry(at=200, pageref="p"))
    log = text["log"]
    log["pages"] = [{"id": "p", "title": "Late"}]
    log["creator"] = log.pop("creator")
    late = {"log": {"entries": log["entries"], "pages": log["pages"], "creator": log["creator"]}}
    assert import_har(late).plan.tasks[0].steps[0].name == "Late"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/users/42/orders/7", "/users/{id}/orders/{id}"),
        ("/d/550e8400-e29b-41d4-a716-446655440000", "/d/{uuid}"),
        ("/o/507f1f77bcf86cd799439011", "/o/{id}"),
        ("/t/eyJhbGciOiJIUzI1NiJ9abc123", "/t/{id}"),
        ("/articles/how-to-train-your-dragon-abcdef", "/articles/how-to-train-your-dragon-abcdef"),
        ("/v2/items", "/v2/items"),
    ],
)
def test_names_have_ids_replaced(path: str, route: str) -> None:
    assert route_of(path) == route


def test_graphql_operations_and_hosts_are_part_of_names() -> None:
    query = '{"operationName": "GetUser", "query": "query GetUser { me { id } }"}'
    post = {"mimeType": "application/json", "text": query}
    result = import_har(
        recording(
            entry(SHOP + "/graphql", method="POST", post=post),
            entry("https://other.example/x", at=200),
        )
    )
    names = [step.name for step in steps_of(result.plan)]
    assert names == ["POST shop.example/graphql GetUser", "GET other.example/x"]
    assert "other.example" in finding(result, "recorded-hosts").what


def test_a_recording_without_any_cookie_of_a_recent_chrome_is_told() -> None:
    agent = "Mozilla/5.0 AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
    clean = recording(entry(headers=pairs(User_Agent=agent)), creator="WebInspector")
    assert "sanitised-har" in codes(import_har(clean))
    older = recording(entry(headers=pairs(User_Agent=agent.replace("131", "129"))))
    assert "sanitised-har" not in codes(import_har(older))
    headers = pairs(User_Agent=agent, Authorization="Bearer x")
    assert "sanitised-har" not in codes(import_har(recording(entry(headers=headers))))


def test_entries_without_an_answer_are_kept_and_told() -> None:
    bare = entry()
    del bare["response"]
    result = import_har(recording(bare))
    assert len(requests_of(result)) == 1
    assert finding(result, "missing-response").severity == "warning"


def test_the_sample_recording_becomes_three_pages() -> None:
    result = import_har(SAMPLES / "har" / "shop.har")
    (task,) = result.plan.tasks
    assert [(step.choice, step.name) for step in task.steps] == [
        ("request", "GET /"),
        ("pause", "pause"),
        ("request", "POST /login"),
        ("pause", "pause"),
        ("group", "Orders"),
    ]
    assert [record.reason for record in result.records if record.kind == "entry"].count("") == 4
    upload = requests_of(result)[-1]
    assert upload.body is not None
    assert upload.body.multipart is not None
    assert upload.body.multipart.parts[1].bytes == b"\x89PNG\r\n"
