"""URLs of requests in parts: what is a scheme, whom a plan addresses, what a review shows."""

from __future__ import annotations

import pytest

from hazard_tui.plan.model import Variable
from hazard_tui.plan.request import Request
from hazard_tui.plan.targets import target_hosts
from hazard_tui.plan.urls import split_authority, split_scheme
from tests.unit.exported import plan_of

NEXT = "to=http://other.example/a"


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://h/a", ("http", "h/a")),
        (f"h:80/a?{NEXT}", ("", f"h:80/a?{NEXT}")),
        (f"{{{{base}}}}/a?{NEXT}", ("", f"{{{{base}}}}/a?{NEXT}")),
        ("{{scheme/a}}://{{host}}/a", ("{{scheme/a}}", "{{host}}/a")),
        ("://h/a", ("", "://h/a")),
        ("", ("", "")),
    ],
)
def test_only_what_a_url_begins_with_is_its_scheme(url: str, parts: tuple[str, str]) -> None:
    assert split_scheme(url) == parts


@pytest.mark.parametrize(
    ("rest", "parts"),
    [
        ("u:p@h:80/a?b", ("u:p@h:80", "/a?b")),
        ("h?a=/b", ("h", "?a=/b")),
        ("{{a/b}}:80#c", ("{{a/b}}:80", "#c")),
        ("h", ("h", "")),
    ],
)
def test_an_authority_ends_at_path_query_or_fragment(rest: str, parts: tuple[str, str]) -> None:
    assert split_authority(rest) == parts


def test_a_plan_addresses_the_host_before_an_address_in_a_query() -> None:
    plan = plan_of(
        Request(method="GET", url=f"{{{{base}}}}/login?{NEXT}"),
        variables=(Variable(name="base", value="127.0.0.1:81"),),
    )
    assert target_hosts(plan) == ["127.0.0.1:81"]
