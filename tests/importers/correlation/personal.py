"""What differs between two recordings without coming from the server, and a list that is noisy."""

from __future__ import annotations

import json
import random
import uuid
from urllib.parse import quote

from tests.importers.correlation.browser import Browser
from tests.importers.correlation.modules import Module, Visit
from tests.importers.correlation.site import Call, Page, Site, as_json

_WORDS = (
    "garden",
    "Oak table",
    "R\u00e9gal d'\u00e9t\u00e9",
    "50% off & more",
    'the "best" lamp',
    "fern",
)


def typed_search(site: Site, variant: int) -> Visit:
    """A search text that the answer shows again and a later request repeats."""

    def find(call: Call, _: list[str]) -> Page:
        return as_json({"query": call.query["q"], "hits": [{"title": "one"}, {"title": "two"}]})

    site.routes |= {"GET /find": find, "GET /find/more": find}

    def visit(browser: Browser) -> None:
        text = _WORDS[(variant + browser.person) % len(_WORDS)]
        for path in ("/find", "/find/more"):
            browser.note_own(typed=quote(text, safe=""))
            browser.get(f"{path}?q={quote(text, safe='')}")

    return visit


def typed_fields(site: Site, variant: int) -> Visit:
    """A form and a JSON body with names, and the same words for both persons."""
    site.routes["POST /guests"] = lambda call, _: as_json({"guests": 3})
    site.routes["POST /guests/list"] = lambda call, _: as_json({"ok": bool(call.json["names"])})

    def visit(browser: Browser) -> None:
        name = ("Ann Lee", "Bob O'Neil")[browser.person]
        town = _WORDS[(variant + 1 + 2 * browser.person) % len(_WORDS)]
        browser.note_own(name=name)
        browser.post_form("/guests", {"name": name, "kind": "visitor", "seats": "2"})
        browser.note_own(name=name, town=json.dumps(town)[1:-1])
        browser.post_json("/guests/list", {"names": [name], "town": town, "kind": "visitor"})

    return visit


def made_by_the_page(site: Site, variant: int) -> Visit:
    """A time, an id and a random token that the page makes itself."""
    site.routes["POST /events"] = lambda call, _: as_json({"accepted": 1})
    site.routes["GET /poll"] = lambda call, _: as_json({"events": []})

    def visit(browser: Browser) -> None:
        chance = random.Random(1000 * variant + browser.person)
        mine = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        now = str(int(browser.moment.timestamp() * 1000))
        browser.note_own(uuid=mine, time=now)
        browser.post_json("/events", {"id": mine, "at": int(now), "kind": "click"})
        token = "".join(chance.choices("abcdefghkmnpqrstuvwxyz", k=14)) + "7x" + str(browser.person)
        now = str(int(browser.moment.timestamp() * 1000))
        browser.note_own(random=token, time=now)
        browser.get(f"/poll?r={token}&_={now}&kind=all")

    return visit


def noisy_list(site: Site, variant: int) -> Visit:
    """A catalogue whose pages both persons look at: ids that never change."""
    items = [
        {"id": number, "slug": f"lamp-{number}", "owner_id": 40 + number % 3, "rank": number % 7}
        for number in range(1, 60)
    ]
    site.routes["GET /items"] = lambda call, _: as_json({"items": items, "total": 59})
    site.routes["GET /items/*"] = lambda call, stars: as_json(items[int(stars[0]) - 1])
    site.routes["GET /owners/*"] = lambda call, stars: as_json({"owner": {"id": int(stars[0])}})

    def visit(browser: Browser) -> None:
        browser.get("/items")
        for step in (3, 17, 29):
            number = (step + variant) % 59 + 1
            browser.get(f"/items/{number}")
            browser.get(f"/owners/{40 + number % 3}")

    return visit


PERSONAL: tuple[Module, ...] = (typed_search, typed_fields, made_by_the_page)
