"""Twelve kinds of value that a server makes anew: what the server does, what its pages do."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, unquote

from tests.importers.correlation.browser import Browser
from tests.importers.correlation.site import REFUSED, Call, Page, Site, as_json

Visit = Callable[[Browser], None]
Module = Callable[[Site, int], Visit]
"""Adds routes to a site; the number picks a variant. Gives what a person then does."""


def header_token(site: Site, variant: int) -> Visit:
    """A token in a header or a JSON answer, sent in a header."""
    name = ("X-Auth-Token", "X-Session-Key", "Session-Token")[variant % 3]

    def login(call: Call, _: list[str]) -> Page:
        token = site.issue()
        if variant % 2:
            return as_json({"auth": {"access_token": token, "token_type": "bearer"}})
        return as_json({"ok": True}, **{name: token})

    def me(call: Call, _: list[str]) -> Page:
        given = call.headers.get("authorization", "").removeprefix("Bearer ")
        given = given if variant % 2 else call.headers.get(name.lower(), "")
        return as_json({"name": "Ann"}) if site.knows(given) else REFUSED

    site.routes |= {"POST /auth/login": login, "GET /auth/me": me}

    def visit(browser: Browser) -> None:
        reply = browser.post_json("/auth/login", {"user": "ann", "password": "correct horse"})
        token = reply.json["auth"]["access_token"] if variant % 2 else reply.header(name)
        headers = {"Authorization": f"Bearer {token}"} if variant % 2 else {name: token}
        for _ in range(1 + variant % 3):
            browser.get("/auth/me", plants={"header token": token}, **headers)

    return visit


def nested_id(site: Site, variant: int) -> Visit:
    """An id deep inside an answer, sent in a path."""
    noun = ("orders", "tickets", "projects")[variant % 3]
    style = ("number", "short", "uuid", "hex")[variant % 4]

    def create(call: Call, _: list[str]) -> Page:
        one = {"id": int(new) if (new := site.issue(style)).isdigit() else new, "state": "open"}
        return as_json({"data": {noun[:-1]: one}, "meta": {"took": 12, "page": 1}})

    def show(call: Call, stars: list[str]) -> Page:
        return as_json({"items": []}) if site.knows(stars[0]) else REFUSED

    site.routes |= {f"POST /api/{noun}": create, f"GET /api/{noun}/*/items": show}

    def visit(browser: Browser) -> None:
        reply = browser.post_json(f"/api/{noun}", {"title": "A new one"})
        given = str(reply.json["data"][noun[:-1]]["id"])
        browser.get(f"/api/{noun}/{given}/items", plants={"nested id": given})

    return visit


def csrf(site: Site, variant: int) -> Visit:
    """A token in a hidden field, a meta element or a script."""
    name = ("csrf_token", "authenticity_token", "_token")[variant % 3]

    def form(call: Call, _: list[str]) -> Page:
        token = site.issue("base64" if variant % 4 == 3 else "")
        holder = (
            f'<form action="/profile" method="post"><input type="hidden" name="{name}" '
            f'value="{token}"><input name="nick" value=""></form>',
            f'<meta name="{name}" content="{token}">',
            f'<script>window.App = {{"debug": false, "{name}": "{token}"}};</script>',
            f"<script>var retries = 3; var {name} = '{token}';</script>",
        )[variant % 4]
        return Page(f"<html><head><title>Profile</title></head><body>{holder}</body></html>")

    def save(call: Call, _: list[str]) -> Page:
        given = call.headers.get("x-csrf-token") or call.form.get(name, "")
        return Page("<p>saved</p>") if site.knows(given) else REFUSED

    site.routes |= {"GET /profile/edit": form, "POST /profile": save}

    def visit(browser: Browser) -> None:
        text = browser.get("/profile/edit").text
        found = re.search(rf"{name}[\"': =]+(?:(?:value|content)=\")?([\w+/=-]{{12,}})", text)
        assert found, text
        token = found[1]
        if variant % 4 in (1, 3):
            fields = {"nick": "Ann of Green Gables"}
            plants = {"csrf in a page": token}
            browser.post_form("/profile", fields, plants=plants, **{"X-CSRF-Token": token})
        else:
            fields = {"nick": "Ann of Green Gables", name: token}
            browser.post_form("/profile", fields, plants={"csrf in a page": token})

    return visit


def oauth_code(site: Site, variant: int) -> Visit:
    """A code in the address of a redirect, exchanged for a token."""

    def authorize(call: Call, _: list[str]) -> Page:
        code = site.issue("base64" if variant % 3 == 2 else "")
        return Page("", status=302, headers={"Location": f"/callback?code={quote(code, safe='')}"})

    def callback(call: Call, _: list[str]) -> Page:
        return Page("<html><body>One moment</body></html>")

    def token(call: Call, _: list[str]) -> Page:
        if not site.knows(call.form["code"]):
            return REFUSED
        return as_json({"access_token": site.issue(), "expires_in": 3600})

    def inbox(call: Call, _: list[str]) -> Page:
        given = call.headers.get("authorization", "").removeprefix("Bearer ")
        return as_json({"unread": 4}) if site.knows(given) else REFUSED

    site.routes |= {
        "GET /authorize": authorize,
        "GET /callback": callback,
        "POST /oauth/token": token,
        "GET /inbox": inbox,
    }

    def visit(browser: Browser) -> None:
        reply = browser.get("/authorize?client_id=web-shop&response_type=code")
        code = unquote(reply.url.partition("code=")[2])
        fields = {"grant_type": "authorization_code", "code": code, "client_id": "web-shop"}
        reply = browser.post_form("/oauth/token", fields, plants={"oauth code": code})
        bearer = reply.json["access_token"]
        browser.get("/inbox", plants={"oauth token": bearer}, Authorization=f"Bearer {bearer}")

    return visit


def double_encoded_state(site: Site, variant: int) -> Visit:
    """A value that is encoded once or twice on its way back."""

    def begin(call: Call, _: list[str]) -> Page:
        return as_json({"login": {"state": site.issue("base64"), "method": "sso"}})

    def resume(call: Call, _: list[str]) -> Page:
        given = call.query["next"].partition("state=")[2]
        return as_json({"ok": 1}) if site.knows(unquote(given)) else REFUSED

    site.routes |= {"GET /sso/begin": begin, "GET /sso/resume": resume}

    def visit(browser: Browser) -> None:
        state = browser.get("/sso/begin").json["login"]["state"]
        once = quote(state, safe="")
        again = quote(f"/home?state={once}", safe="")
        sent = {"encoded state": quote(once, safe="")}
        browser.get(f"/sso/resume?next={again}", plants=sent)

    return visit


def base64_cursor(site: Site, variant: int) -> Visit:
    """A position in a list: given as base64, or made base64 by the page."""

    def rows(call: Call, _: list[str]) -> Page:
        cursor = call.query.get("cursor", "")
        if cursor:
            plain = cursor if variant % 2 else b64decode(cursor).decode().partition(":")[2]
            if not site.knows(plain):
                return REFUSED
        new = site.issue("base64" if variant % 2 else "short")
        return as_json({"rows": [{"n": 1}], "paging": {"next_cursor": new, "limit": 50}})

    site.routes["GET /rows"] = rows

    def visit(browser: Browser) -> None:
        cursor = browser.get("/rows?limit=50").json["paging"]["next_cursor"]
        if not variant % 2:
            cursor = b64encode(f"after:{cursor}".encode()).decode()
        text = quote(cursor, safe="")
        browser.get(f"/rows?limit=50&cursor={text}", plants={"cursor": text})

    return visit


def jwt_claim(site: Site, variant: int) -> Visit:
    """A claim of a token, sent in a path."""
    claim = ("sub", "user_id", "account_id")[variant % 3]

    def part(value: object) -> str:
        return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    def login(call: Call, _: list[str]) -> Page:
        claims = {"iss": "shop", claim: site.issue("uuid"), "exp": 1714572000}
        token = f"{part({'alg': 'HS256'})}.{part(claims)}.{site.issue('mixed')}"
        site.valid.add(token)
        return as_json({"jwt": token})

    def account(call: Call, stars: list[str]) -> Page:
        given = call.headers.get("authorization", "").removeprefix("Bearer ")
        return as_json({"plan": "gold"}) if site.knows(given, stars[0]) else REFUSED

    site.routes |= {"POST /sessions": login, "GET /accounts/*": account}

    def visit(browser: Browser) -> None:
        token = browser.post_json("/sessions", {"login": "ann"}).json["jwt"]
        middle = token.split(".")[1]
        claims = json.loads(b64decode(middle + "=" * (-len(middle) % 4), altchars=b"-_"))
        given = claims[claim]
        plants = {"jwt": token, "jwt claim": given}
        browser.get(f"/accounts/{given}", plants=plants, Authorization=f"Bearer {token}")

    return visit


def array_pick(site: Site, variant: int) -> Visit:
    """One of many rows, sent in a body."""
    key = ("sku", "productId", "uid")[variant % 3]

    def products(call: Call, _: list[str]) -> Page:
        rows = [{key: site.issue("hex"), "price": 9.5 + n, "color": "#ff8800"} for n in range(5)]
        return as_json(rows if variant % 2 else {"products": rows, "total": 5})

    def cart(call: Call, _: list[str]) -> Page:
        return as_json({"lines": 1}) if site.knows(call.json["line"][key]) else REFUSED

    site.routes |= {"GET /products": products, "POST /cart": cart}

    def visit(browser: Browser) -> None:
        data = browser.get("/products").json
        rows = data if variant % 2 else data["products"]
        picked = rows[1 + variant % 4][key]
        line = {"line": {key: picked, "quantity": 2}}
        browser.post_json("/cart", line, plants={"array pick": picked})

    return visit


def cookie_to_header(site: Site, variant: int) -> Visit:
    """A cookie that scripts copy into a header, decoded where it was encoded."""

    def home(call: Call, _: list[str]) -> Page:
        token = site.issue("base64" if variant % 2 else "")
        value = quote(token, safe="")
        return Page("<p>home</p>", headers={"Set-Cookie": f"XSRF-TOKEN={value}; Path=/"})

    def vote(call: Call, _: list[str]) -> Page:
        return as_json({"votes": 12}) if site.knows(call.headers["x-xsrf-token"]) else REFUSED

    site.routes |= {"GET /home": home, "POST /vote": vote}

    def visit(browser: Browser) -> None:
        browser.get("/home")
        token = unquote(browser.cookies["XSRF-TOKEN"])
        plants = {"cookie in a header": token}
        browser.post_json("/vote", {"up": True}, plants=plants, **{"X-XSRF-TOKEN": token})

    return visit


def view_state(site: Site, variant: int) -> Visit:
    """A long state of a page: in an XML envelope, or in hidden fields."""
    soap = variant % 2 == 0

    def show(call: Call, _: list[str]) -> Page:
        state = site.issue("base64")
        if soap:
            inner = f"<s:Body><ViewState>{state}</ViewState><Rows>3</Rows></s:Body>"
            text = f'<s:Envelope xmlns:s="urn:soap">{inner}</s:Envelope>'
            return Page(f'<?xml version="1.0"?>{text}', "text/xml")
        hidden = f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{state}" />'
        more = '<input type="hidden" name="__LANG" value="en-GB" />'
        return Page(f'<form method="post" action="./steps">{hidden}{more}</form>')

    def post(call: Call, _: list[str]) -> Page:
        if soap:
            found = re.search("<ViewState>([^<]*)<", call.body)
            given = found[1] if found else ""
        else:
            given = call.form["__VIEWSTATE"]
        return Page("<p>done</p>") if site.knows(given) else REFUSED

    site.routes |= {"GET /steps": show, "POST /steps": post}

    def visit(browser: Browser) -> None:
        text = browser.get("/steps").text
        found = re.search(r'(?:<ViewState>|id="__VIEWSTATE" value=")([^<"]*)', text)
        assert found
        state = found[1]
        if soap:
            body = f'<e:Envelope xmlns:e="urn:soap"><e:Body><Next><ViewState>{state}</ViewState>'
            body += "<Row>2</Row></Next></e:Body></e:Envelope>"
            browser.post_text("/steps", body, "text/xml", plants={"view state": state})
        else:
            fields = {"__VIEWSTATE": state, "__LANG": "en-GB", "row": "2"}
            browser.post_form("/steps", fields, plants={"view state": state})

    return visit


def graphql_node(site: Site, variant: int) -> Visit:
    """The id of a node, sent as a variable or inside the query."""

    def answer(call: Call, _: list[str]) -> Page:
        query = call.json["query"]
        if "viewer" in query:
            node = b64encode(f"User:{site.issue('short')}".encode()).decode()
            site.valid.add(node)
            return as_json({"data": {"viewer": {"id": node, "login": "ann"}}})
        found = re.search(r'id: "([^"]+)"', query)
        given = found[1] if found else call.json["variables"]["id"]
        return as_json({"data": {"node": {"name": "Ann"}}}) if site.knows(given) else REFUSED

    site.routes["POST /graphql"] = answer

    def visit(browser: Browser) -> None:
        query = {"query": "query Me { viewer { id login } }", "variables": {}}
        node = browser.post_json("/graphql", query).json["data"]["viewer"]["id"]
        if variant % 2:
            query = {"query": f'query One {{ node(id: "{node}") {{ name }} }}', "variables": {}}
        else:
            text = "query One($id: ID!) { node(id: $id) { name } }"
            query = {"query": text, "variables": {"id": node}}
        browser.post_json("/graphql", query, plants={"graphql node": node})

    return visit


def signed_url(site: Site, variant: int) -> Visit:
    """An address with a signature, followed as it is."""

    def create(call: Call, _: list[str]) -> Page:
        path = f"/blobs/{site.issue('uuid')}?expires=1714567890&signature={site.issue('hex')}"
        full = f"http://127.0.0.1:{site.port}{path}"
        return as_json({"export": {"url": path if variant % 2 else full, "format": "csv"}})

    def blob(call: Call, stars: list[str]) -> Page:
        known = site.knows(stars[0], call.query["signature"])
        return Page("a,b\n1,2\n", "text/csv") if known else REFUSED

    site.routes |= {"POST /exports": create, "GET /blobs/*": blob}

    def visit(browser: Browser) -> None:
        url = browser.post_json("/exports", {"format": "csv"}).json["export"]["url"]
        name, _, rest = url.rpartition("/")[2].partition("?")
        signature = rest.partition("signature=")[2]
        browser.get(url, plants={"signed URL": name, "signature of a URL": signature})

    return visit


MODULES: tuple[Module, ...] = (
    header_token,
    nested_id,
    csrf,
    oauth_code,
    double_encoded_state,
    base64_cursor,
    jwt_claim,
    array_pick,
    cookie_to_header,
    view_state,
    graphql_node,
    signed_url,
)
