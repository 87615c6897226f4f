"""What is written as YAML is read back as it was, by every reader."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from hazard_tui.plan import yaml_text
from hazard_tui.plan.yaml_writer import yaml_of

TRAPS = ["yes", "No", "~", "null", "1.5", "0x10", "2020-01-01", "=", "<<", ".inf", "-", "?", ":"]
TRAPS += ["#", "---", "...", "!x", "&a", "*a", "|", ">", "%", "@", "`", "a:", "a:b", "a#b", "{a}"]
TRAPS += ["[a]", "{{a}}", "'a'", '"a"']
TRAPS += ["a: b", "a #b", "- a", "a\n", "a\n\n", "\n", "a\n \n", " a\nb", "a\n\tb", "a \nb", ""]
TRAPS += ["a\u0085b", "a\u2028b", "\ufeffa", "x" * 2000, "line\n" * 300, "a\r\nb", "\x00\x1b"]

texts = some.one_of(
    some.text(),
    some.text(alphabet=" \n\t#:-'\"a1{}[]|>&*!%@`?,\\\u2028é😀"),
    some.sampled_from(TRAPS),
)
values = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), texts),
    lambda inner: some.one_of(
        some.lists(inner, max_size=4), some.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
@settings(max_examples=300)
def test_two_readers_find_every_value_again(value: Any) -> None:
    text = yaml_of(value)
    assert yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == value
    assert yaml.load(text, Loader=yaml.SafeLoader) == value


@pytest.mark.parametrize("trap", TRAPS)
def test_texts_that_look_like_something_else_stay_texts(trap: str) -> None:
    value = {"a": trap, trap: [trap, [trap, {"b": trap}]]}
    assert yaml.load(yaml_of(value), Loader=yaml.SafeLoader) == value
    assert yaml_text.parse(yaml_of(value)).value == value


def test_a_plan_reads_as_a_person_would_write_it() -> None:
    value = {
        "hazard": 1,
        "tasks": [{"name": "a task", "steps": [{"url": "{{base}}/a?b=c", "body": "one\ntwo\n"}]}],
        "flags": [True, []],
    }
    assert yaml_of(value) == (
        "hazard: 1\n"
        "tasks:\n"
        "- name: a task\n"
        "  steps:\n"
        "  - url: '{{base}}/a?b=c'\n"
        "    body: |\n"
        "      one\n"
        "      two\n"
        "flags:\n"
        "- true\n"
        "- []\n"
    )
