"""Twelve kinds of value that stand in an answer and in a later request and still never change."""

from __future__ import annotations

import json
from urllib.parse import quote

from tests.importers.correlation.browser import Browser
from tests.importers.correlation.modules import Module, Visit
from tests.importers.correlation.site import Call, Page, Site, as_json


def _settings(name: str, answer: Page, visit: Visit) -> Module:
    """A page of settings whose values a later request sends."""

    def module(site: Site, _: int) -> Visit:
        site.routes[f"GET /{name}"] = lambda call, stars: answer
        for method in ("GET", "POST"):
            site.routes[f"{method} /{name}/next"] = lambda call, stars: as_json({"ok": True})
        return visit

    return module


def _query(name: str, value: object, target: str) -> Module:
    def visit(browser: Browser) -> None:
        browser.get(f"/{name}")
        browser.get(f"/{name}/next?{target}")

    return _settings(name, as_json(value), visit)


def _json(name: str, value: object, sent: object) -> Module:
    def visit(browser: Browser) -> None:
        browser.get(f"/{name}")
        browser.post_json(f"/{name}/next", sent)

    return _settings(name, as_json(value), visit)


common_words = _query(
    "catalog",
    {"sort": "relevance", "category": "garden furniture", "status": "active", "view": "list"},
    "sort=relevance&category=garden+furniture&status=active",
)
small_integers = _query(
    "board", {"count": 3, "id": 7, "open": 12, "user_id": 9}, "page=7&row=3&n=12"
)
constants = _json(
    "channel",
    {"channel": "WEB_CHECKOUT", "tenant": "acme-retail", "currency": "EUR"},
    {"channel": "WEB_CHECKOUT", "tenant": "acme-retail", "currency": "EUR"},
)
booleans = _json(
    "flags",
    {"beta": True, "newsletter": "yes", "dark": "false"},
    {"accepted": True, "newsletter": "yes", "dark": "false"},
)
dates = _query(
    "calendar",
    {"today": "2024-05-01", "opens_at": "2024-05-01T08:00:00Z", "closes": "18:30"},
    "from=2024-05-01&since=2024-05-01T08%3A00%3A00Z&until=18:30",
)
locales = _query(
    "i18n", {"locale": "en-US", "fallback": "de", "timezone": "Europe/Berlin"}, "lang=en-US&l=de"
)
versions = _json(
    "about", {"version": "2.14.3", "api": "v2", "build": "4711"}, {"app": "2.14.3", "api": "v2"}
)
page_size = _query("paging", {"page_size": 25, "max": 100, "offset": 50}, "page_size=25&offset=50")
colours = _json(
    "theme", {"accent": "#1f6feb", "muted": "a1b2c3"}, {"color": "#1f6feb", "background": "a1b2c3"}
)


def cdn_hash(site: Site, variant: int) -> Visit:
    """The hash of a release, in the names of its files and in a request."""
    digest = f"9f86d081884c{variant:04x}"
    head = f'<script src="/static/app.{digest}.js"></script>'
    page = Page(f"<html><head>{head}</head><body>Shop</body></html>")
    site.routes["GET /shop"] = lambda call, stars: page
    site.routes["GET /release/*/strings"] = lambda call, stars: as_json({"hello": "Hello"})

    def visit(browser: Browser) -> None:
        browser.get("/shop")
        browser.get(f"/release/{digest}/strings")

    return visit


def tracking_id(site: Site, variant: int) -> Visit:
    """An id that the page made itself and the server echoes."""
    mine = f"5b0c3a52-77d1-4c1e-9a40-{variant:012x}"

    def collect(call: Call, _: list[str]) -> Page:
        return as_json({"client_id": call.query["cid"], "accepted": 1})

    site.routes["GET /collect"] = collect

    def visit(browser: Browser) -> None:
        browser.get(f"/collect?cid={mine}&event=load")
        browser.get(f"/collect?cid={mine}&event=click")

    return visit


def typed_text(site: Site, variant: int) -> Visit:
    """What a person typed and the server shows again."""
    text = f"Oak table No. {4200 + variant}"

    def save(call: Call, _: list[str]) -> Page:
        return as_json({"saved": {"title": call.json["title"], "slug": "oak"}})

    def search(call: Call, _: list[str]) -> Page:
        return Page(json.dumps([call.query["q"]]), "application/json")

    site.routes |= {"POST /notes": save, "GET /notes/search": search}

    def visit(browser: Browser) -> None:
        browser.post_json("/notes", {"title": text})
        browser.get(f"/notes/search?q={quote(text)}")

    return visit


DECOYS: tuple[Module, ...] = (
    common_words,
    small_integers,
    constants,
    booleans,
    dates,
    locales,
    versions,
    cdn_hash,
    tracking_id,
    page_size,
    typed_text,
    colours,
)
