"""Rows of data feeds as files hold them; what newman does with them is in tests/importers."""

from __future__ import annotations

import pytest

from hazard_tui.errors import PlanError
from hazard_tui.plan.feed_tables import FeedTable, printed_number, read_table
from hazard_tui.plan.model import DataFeed


def table(text: str, path: str = "rows.csv", **feed: object) -> FeedTable:
    return read_table(DataFeed.model_validate({"name": "f", "path": path, **feed}), text.encode())


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("columns", [(), ("name", "age")])
def test_the_header_is_no_row(columns: tuple[str, ...], typed: bool) -> None:
    found = table("name,age\nann,x5\n", columns=columns, typed=typed)
    assert (found.columns, found.rows) == (("name", "age"), (("ann", "x5"),))


def test_a_file_without_a_header_has_the_columns_of_the_plan() -> None:
    found = table("ann,05\nbob,6\n", columns=("name", "age"))
    assert found.rows == (("ann", "05"), ("bob", "6"))
    assert found.kinds == ()


def test_columns_of_a_typed_feed_go_by_their_names() -> None:
    found = table("age,,name\n05,x,ann\n", columns=("name", "age"), typed=True)
    assert (found.rows, found.kinds) == ((("ann", "5"),), (("", "5.0"),))


@pytest.mark.parametrize("typed", [False, True])
def test_a_row_with_more_values_than_columns_is_named(typed: bool) -> None:
    with pytest.raises(PlanError, match="row 3: 3 values for 2 columns"):
        table("a,b\n1,2\n1,2,3\n", typed=typed)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-7.0, "-7"),
        (1.5, "1.5"),
        (100.0, "100"),
        (12345678901234567890.0, "12345678901234567000"),
        (123456789012345680000.5, "123456789012345680000"),
        (1e21, "1e+21"),
        (1.25e22, "1.25e+22"),
        (0.000001, "0.000001"),
        (0.00000125, "0.00000125"),
        (1e-7, "1e-7"),
        (-1.5e-10, "-1.5e-10"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
    ],
)
def test_numbers_are_printed_as_javascript_prints_them(value: float, text: str) -> None:
    assert printed_number(value) == text
