"""Imported plans under load: no secret is left anywhere, and every user has cookies of its own."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from email.message import Message
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from tests.importers.recordings import entry, pairs, recording
from tests.importers.wire.auth_blocks import auth
from tests.importers.wire.chained import SCHEMA
from tests.support.commands import Machine, machine

SECRETS = {
    "bearer": "f3Zk29Qp7LmXx1V8sTbR4w",
    "cookie": "s3Acookie9f2b8c7d6e5f",
    "form": "correct-horse-9",
    "json": "hunter22xyz",
    "github": "ghp_" + "a1B2c3D4e5" * 4,
    "query": "qk-77aa88bb99cc",
    "basic": "wOrDpAsS1",
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a lab."""
    with machine(tmp_path_factory.mktemp("machine")) as found:
        found.ok("up", "--workers", "1")
        yield found


def commands(target: str) -> str:
    body = json.dumps({"user": "ann", "password": SECRETS["json"], "note": SECRETS["github"]})
    return "\n".join(
        [
            f"curl -H 'Authorization: Bearer {SECRETS['bearer']}' {target}/json",
            f"curl -b 'theme=dark; connect.sid={SECRETS['cookie']}' {target}/json",
            f"curl -d 'user=ann&password={SECRETS['form']}' {target}/echo",
            f"curl --json '{body}' {target}/echo",
            f"curl '{target}/json?page=2&api_key={SECRETS['query']}'",
            f"curl -u 'ann:{SECRETS['basic']}' {target}/json",
        ]
    )


def test_secrets_stand_in_the_file_of_secrets_only(here: Machine) -> None:
    said = [
        here.ok("import", "-", "-o", "secret.hazard.yaml", stdin=commands(here.target)),
        here.ok("import", "-", "--report", "json", "--force", stdin=commands(here.target)),
        here.ok("check", "secret.hazard.yaml"),
        here.ok("check", "secret.hazard.yaml", "--json"),
        here.ok("run", "secret.hazard.yaml", "--users", "2", "--duration", "1s", "--out", "out"),
        here.ok("show"),
        *(here.ok("convert", "secret.hazard.yaml", "--to", to) for to in ("curl", "har", "k6")),
    ]
    here.ok("report", "-o", "run.html")
    data = Path(here.environ["HAZARD_DATA_DIR"])
    kept = (data / "secrets.yaml").read_text("utf-8")
    assert [kind for kind, value in SECRETS.items() if value not in kept] == []
    assert (data / "secrets.yaml").stat().st_mode & 0o077 == 0
    folders = (here.folder, data, Path(here.environ["HAZARD_RUNTIME_DIR"]))
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    texts = {str(path): path.read_bytes() for path in files if path.name != "secrets.yaml"}
    texts |= {f"output {number}": text.encode() for number, text in enumerate(said)}
    leaks = [
        (kind, place)
        for place, text in texts.items()
        for kind, value in SECRETS.items()
        if value.encode() in text
    ]
    assert leaks == []


class Site:
    """A server on loopback that gives each GET and POST to `answer`."""

    def __init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                with site.lock:
                    status, headers, body = site.answer(self.path, self.headers)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, path: str, headers: Message) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) for a request; one at a time."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends the server."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(10)


class Shop(Site):
    """A site that gives every visitor a session of its own, and notes who came with what."""

    def __init__(self) -> None:
        self.visits: dict[str, list[str | None]] = defaultdict(list)
        self.presets: set[str | None] = set()
        super().__init__()

    def answer(self, path: str, headers: Message) -> tuple[int, dict[str, str], bytes]:
        cookies = SimpleCookie(headers.get("Cookie", ""))
        sid = cookies["sid"].value if "sid" in cookies else None
        made = sid or uuid.uuid4().hex
        self.visits[made].append(sid)
        self.presets.add(cookies["consent"].value if "consent" in cookies else None)
        return 200, {} if sid else {"Set-Cookie": f"sid={made}; Path=/"}, b"ok"


class Guarded(Site):
    """A site whose tokens live four seconds, and what it saw."""

    LIFE_S = 4

    def __init__(self) -> None:
        self.granted: list[float] = []
        self.answers: Counter[int] = Counter()
        super().__init__()

    def answer(self, path: str, headers: Message) -> tuple[int, dict[str, str], bytes]:
        now = time.monotonic()
        if path == "/token":
            self.granted.append(now)
            token = {"access_token": str(len(self.granted) - 1), "expires_in": self.LIFE_S}
            return 200, {"Content-Type": "application/json"}, json.dumps(token).encode()
        number = headers.get("Authorization", "").removeprefix("Bearer ")
        good = number.isdigit() and now - self.granted[int(number)] < self.LIFE_S
        status = 200 if good else 401
        self.answers[status] += 1
        return status, {}, b"ok"


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.close()


@pytest.fixture
def guarded() -> Iterator[Guarded]:
    made = Guarded()
    yield made
    made.close()


def test_fifty_users_have_fifty_sessions_and_the_preset_cookie(here: Machine, shop: Shop) -> None:
    first = entry(
        shop.url + "/", headers=pairs(Cookie="consent=yes"), set_cookie="sid=recorded; Path=/"
    )
    second = entry(shop.url + "/cart", at=600, headers=pairs(Cookie="consent=yes; sid=recorded"))
    here.write("shop.har", json.dumps(recording(first, second)))
    here.ok("import", "shop.har", "-o", "shop.hazard.yaml")
    here.ok("run", "shop.hazard.yaml", "--users", "50", "--duration", "3s", "--plain")
    assert shop.presets == {"yes"}
    assert "recorded" not in shop.visits
    started = [visits for visits in shop.visits.values() if visits[0] is None]
    assert len(started) == len(shop.visits)
    assert len(started) == 50
    assert max(map(len, started)) > 1
    # A session is kept by the one user that got it: only its first visit came without it.
    assert all(visits.count(None) == 1 for visits in started)


def test_a_token_is_renewed_before_it_ends_and_no_oftener(here: Machine, guarded: Guarded) -> None:
    grant = auth(
        "oauth2",
        grant_type="client_credentials",
        accessTokenUrl=guarded.url + "/token",
        clientId="id",
        clientSecret="s",
        addTokenTo="header",
    )
    collection = {
        "info": {"name": "guarded", "schema": SCHEMA},
        "auth": grant,
        "item": [{"name": "in", "request": {"method": "GET", "url": guarded.url + "/in"}}],
    }
    here.write("guarded.json", json.dumps(collection))
    here.ok("import", "guarded.json", "-o", "guarded.hazard.yaml")
    here.ok("run", "guarded.hazard.yaml", "--rate", "100", "--duration", "10s", "--plain")
    assert set(guarded.answers) == {200}
    assert guarded.answers[200] >= 900
    # Each is renewed after three quarters of its life, once for all users.
    gaps = [later - sooner for sooner, later in pairwise(guarded.granted)]
    assert len(gaps) == 3, gaps
    assert all(2.9 < gap < Guarded.LIFE_S for gap in gaps), gaps
