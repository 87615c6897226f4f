"""Commands that scripts run for a new value become functions of the plan; nothing is run."""

from __future__ import annotations

import pytest

from hazard_tui.plan.base import Scope
from tests.importers.builders import finding, import_curl, request_of


@pytest.mark.parametrize(
    ("command", "function"),
    [
        ("$(uuidgen)", "$guid"),
        ("`uuidgen`", "$guid"),
        ("$(date +%s)", "$timestamp"),
        ("$(date  +%s%3N)", "$now unix_ms"),
        ("$((RANDOM % 1001))", "$randomInt"),
    ],
)
def test_a_well_known_command_is_a_function(command: str, function: str) -> None:
    request = request_of(f'curl "http://x/a?v={command}&w=1"')
    assert request.url == f"http://x/a?v={{{{{function}}}}}&w=1"


def test_a_value_that_the_script_makes_once_is_made_once_an_iteration() -> None:
    result = import_curl('ID=$(uuidgen)\ncurl "http://x/$ID?again=$ID"')
    (variable,) = result.plan.variables
    assert (variable.generator, variable.scope) == ("$guid", Scope.ITERATION)
    assert finding(result, "command-substitution").severity == "info"


def test_any_other_command_is_a_variable_to_fill_in() -> None:
    result = import_curl('curl "http://x/$(uuidgen -r; touch here)"')
    (variable,) = result.plan.variables
    assert variable.generator is None
    assert "touch here" in variable.description


@pytest.mark.parametrize(
    ("printf", "content"),
    [(r"'%b' '\0000\0377a'", b"\0\xffa"), ("%s 'a b'", b"a b"), (r"%b 'a\n\\'", b"a\n\\")],
)
def test_what_printf_prints_is_the_body(printf: str, content: bytes) -> None:
    body = request_of(f"printf {printf} | curl --data-binary @- http://x/").body
    assert body is not None
    sent = body.bytes.content if body.bytes else body.text.content.encode() if body.text else b""
    assert sent == content
