"""The first minutes of a person in an empty folder, key by key, in a real terminal."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.support.commands import HAZARD, machine
from tests.support.pty_meter import Terminal, terminal
from tests.support.serving import serving

ROOT = Path(__file__).parents[2]
OWN = ROOT.parent / "shared" / "real-inputs" / "postman" / "conduit.postman_collection.json"
SAMPLE = ROOT / "samples" / "postman" / "conduit.postman_collection.json"
KEY_F5, KEY_STOP, KEY_SAVE, ENTER, DOWN = "\x1b[15~", "\x18", "\x13", "\r", "\x1b[B"


class Answering(BaseHTTPRequestHandler):
    """Answers everything with an empty object."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written."""


@pytest.fixture
def own_server() -> Iterator[str]:
    """The address of a person's own server."""
    with serving(Answering) as url:
        yield url


class Person:
    """Presses keys and counts them; paths and addresses are typed, not counted."""

    def __init__(self, screen: Terminal) -> None:
        self.screen = screen
        self.keys = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.screen.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.screen.press(text)

    def sees(self, *texts: str, within_s: float = 30) -> None:
        for text in texts:
            self.screen.wait_for(text, within_s)


def test_an_own_collection_is_running_load_in_less_than_ten_keys(
    tmp_path: Path, own_server: str
) -> None:
    collection = OWN if OWN.exists() else SAMPLE
    with (
        machine(tmp_path) as here,
        terminal([HAZARD], here.environ, here.folder, (80, 24)) as screen,
    ):
        person = Person(screen)
        person.sees("The plan is empty", "i import", "0 of 0 workers")
        person.press("i")
        person.sees("path; several")
        person.type(str(collection))
        person.press(ENTER)
        person.sees("space take", "^s accept")
        person.press(KEY_SAVE)
        if collection == OWN:
            person.sees("{{APIURL}} has no value")
            person.type(f"{own_server}/api")
            person.press(ENTER)
        person.sees("F5 starts")
        person.press(KEY_F5)
        person.sees("Start a lab on this machine")
        person.press(ENTER)
        person.sees("the plan says nothing about load", within_s=60)
        person.press(DOWN, ENTER)
        person.sees("start the run?", "10 users")
        person.press(ENTER)
        person.sees("running 0:0", within_s=60)
        assert person.keys < 10
        screen.press(KEY_STOP)
        person.sees("stopped 0:", within_s=60)


def test_the_sample_is_running_load_in_three_keys(tmp_path: Path) -> None:
    with (
        machine(tmp_path) as here,
        terminal([HAZARD], here.environ, here.folder, (80, 24)) as screen,
    ):
        person = Person(screen)
        person.sees("The plan is empty", "S sample", "0 of 0 workers")
        person.press("S")
        person.sees("the sample is here", within_s=60)
        person.press(KEY_F5)
        person.sees("start the run?", "5 users")
        person.press(ENTER)
        person.sees("running 0:0", within_s=60)
        assert person.keys <= 5
        person.sees("look around")
        screen.press(KEY_STOP)
        person.sees("stopped 0:", within_s=60)
