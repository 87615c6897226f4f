"""No text makes the importer raise, run, open or hang."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.store import parse_plan, plan_text
from importers.curl import Dialect
from tests.importers.builders import SHARED, import_curl, needs_shared, steps_of
from tests.importers.wire.curl_commands import own_commands
from tests.support.work import counted_work, ending_soon

COMMANDS = [text.replace("U", "http://127.0.0.1:1") for text in own_commands().values()]
ALPHABET = "curl -dFHXG@<>$`'\"\\^%&|;(){}[]=:,\n\t/?#~*!é\U00100000 http://h/"


@settings(max_examples=300)
@given(st.text(st.sampled_from(ALPHABET), max_size=120), st.sampled_from(list(Dialect)))
def test_any_text_is_imported_or_refused_with_findings(text: str, dialect: Dialect) -> None:
    result = import_curl("curl " + text, dialect)
    assert result.findings
    if steps_of(result.plan):
        assert parse_plan(plan_text(result.plan)).plan == result.plan


@settings(max_examples=150)
@given(st.binary(max_size=60))
def test_any_bytes_are_imported_or_unreadable(data: bytes) -> None:
    assert import_curl(b"curl http://h/ -d " + data).format == "curl"
    if b"curl" not in data.lower() and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        with pytest.raises(UnreadableInput):
            import_curl(data)


@settings(max_examples=300)
@given(
    st.sampled_from(COMMANDS),
    st.integers(0, 400),
    st.integers(0, 12),
    st.text(st.sampled_from(ALPHABET), max_size=5),
)
def test_a_damaged_command_is_imported_or_refused(
    text: str, at: int, length: int, put: str
) -> None:
    damaged = text[:at] + put + text[at + length :]
    if "curl" in damaged.lower():
        import_curl(damaged)


@pytest.mark.parametrize("place", ["$(x %s)", "${x%%%s}", "@%s", "%s=1", "%s"])
def test_bytes_that_are_no_text_never_break_a_plan(place: str) -> None:
    for option in ("-d", "-F", "-H", "-u", "-b", "-A", "--url-query", "-T", "--cert", "-x"):
        text = f'curl http://h/ {option} "{place % chr(0xDC80)}"'
        plan = import_curl(text).plan
        assert parse_plan(plan_text(plan)).plan == plan


def test_nothing_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    import_curl('curl http://h/ -d "$(touch X)" -H `touch Y` -F a=@<(touch Z) <<< $(touch W)')
    import_curl('curl.exe "http://h/$(ni X)" `\n -d x')
    import_curl("touch V; curl http://h/ -o U | tee T")
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read me")
    monkeypatch.chdir(tmp_path)
    result = import_curl(
        "curl -K secret.txt -H @secret.txt -b secret.txt -d @secret.txt -n --cert secret.txt"
        " --data-urlencode x@secret.txt http://h/ -z secret.txt < secret.txt"
    )
    assert "do not read me" not in result.plan.model_dump_json()


@pytest.mark.parametrize(
    "text",
    [
        "curl " + "'" * 50_001,
        "curl " + '"' * 50_001,
        "curl http://h/" + "{a," * 3_000,
        "curl http://h/" + "{a,b}" * 40,
        "curl 'http://h/" + "{a,b}" * 40 + "'",
        "curl 'http://h/" + "[1-9]" * 40 + "'",
        "curl " + "$(" * 3_000,
        "curl " + "${a:-" * 3_000,
        "curl " + "`echo " * 3_000,
        "curl " + "<<A " * 2_000,
        "curl " + "-d x " * 5_000 + "h",
        "curl h -d '" + "&=" * 100_000 + "'",
        "curl h -F 'a=" + ";type=" * 20_000 + "'",
        "curl h -F 'a=\"" + "\\" * 50_000 + "'",
        "curl h -d " + "\\" * 100_000,
        "curl h -H '" + ":" * 100_000 + "'",
        "curl 'h/" + "../" * 30_000 + "'",
        "curl h" + ";" * 50_000,
        "curl h\n" * 3_000,
        'curl ^"h^" -d ^"' + "^" * 50_000,
        'curl ^"h^" ' + "%a" * 50_000,
        "curl 'http://h/[a-z:12]x{,y}'" + "h/[a-z:12]x{,y}'" * 18,
        "curl -z '2024 :: 1:2' http://h/",
        "curl.exe h `\n" + '"' * 20_000 + "$(" * 5_000,
    ],
    ids=range(24),
)
def test_no_text_takes_long(text: str) -> None:
    with ending_soon():
        import_curl(text)


def test_a_text_makes_only_so_many_requests() -> None:
    result = import_curl("curl 'http://h/[1-900]'\n" * 6 + "curl http://h/last")
    assert len(steps_of(result.plan)) == 5000
    assert [one.code for one in result.findings].count("too-many-requests") == 1


@needs_shared
def test_a_paste_of_a_hundred_commands_costs_what_they_cost_one_by_one() -> None:
    commands = json.loads((SHARED / "real-inputs" / "curl" / "commands.json").read_text("utf-8"))
    chosen = list(commands.values())[:100]
    import_curl("curl http://h/")
    with counted_work() as one_by_one:
        for command in chosen:
            import_curl(command)
    with counted_work() as together:
        assert len(steps_of(import_curl("\n\n".join(chosen)).plan)) > 90
    assert together.calls < 1.2 * one_by_one.calls


def test_text_in_utf_16_and_with_windows_line_ends_is_read() -> None:
    text = "curl http://h/ \\\r\n  -H 'A: é'\r\n"
    for data in (text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode(), text.encode()):
        (step,) = steps_of(import_curl(data).plan)
        assert step.request is not None
        assert [(h.name, h.value) for h in step.request.headers] == [("A", "é")]


def test_a_config_file_that_may_hold_the_url_is_named() -> None:
    (told,) = import_curl("curl -K c.cfg").findings
    assert "no URL but in a file of -K" in told.what
    assert "paste" in told.fix
    (told,) = import_curl("curl -d x").findings
    assert told.what == "curl refuses this command: no URL specified"


@pytest.mark.parametrize("prefix", ["sudo -E", "sudo -u ann", "time -p", "command"])
def test_a_command_behind_another_with_options_is_found(prefix: str) -> None:
    assert [
        step.request and step.request.url
        for step in steps_of(import_curl(f"{prefix} curl h.test/a").plan)
    ] == ["http://h.test/a"]
