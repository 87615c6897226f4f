"""The undo list and its journal: nothing is lost, whatever is done and wherever it is cut."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazard_tui.plan import edit
from hazard_tui.plan.base import Pair
from hazard_tui.plan.delta import changes_between, with_changes
from hazard_tui.plan.model import Plan
from hazard_tui.ui import journal as journal_module
from hazard_tui.ui.document import open_document
from hazard_tui.ui.journal import json_text, remove_old_journals
from tests.support.work import counted_work
from tests.ui.plans import edited, many_steps, saved, shop


@settings(max_examples=60)
@given(st.data())
def test_what_changed_between_two_plans_makes_one_of_the_other(data: st.DataObject) -> None:
    plan = shop()
    other = plan
    for _ in range(data.draw(st.integers(1, 6))):
        other = data.draw(edited(other))
    assert with_changes(plan, changes_between(plan, other)) == other
    assert with_changes(other, changes_between(other, plan)) == plan


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_undo_goes_back_to_the_start_and_the_journal_remembers_all(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, journals = saved(shop(), Path(folder)), Path(folder) / "journal"
        document = open_document(path, journals)
        start = document.plan
        for word in data.draw(st.lists(st.sampled_from("eeeeurs"), min_size=3, max_size=20)):
            if word == "e":
                document.do("edit", data.draw(edited(document.plan)))
            elif word == "u":
                document.undo()
            elif word == "r":
                document.redo()
            else:
                document.save()
        document.close()

        again = open_document(path, journals)
        assert [one.label for one in again.history.edits] == [
            one.label for one in document.history.edits
        ]
        assert [one.plan for one in again.history.edits] == [
            one.plan for one in document.history.edits
        ]
        assert again.plan == document.plan
        assert again.is_changed == document.is_changed == again.recovered
        while again.undo():
            pass
        assert again.plan == start
        again.close()


def test_two_hundred_edits_can_be_taken_back_after_a_restart(tmp_path: Path) -> None:
    path = saved(many_steps(10), tmp_path)
    document = open_document(path, tmp_path / "journal")
    start = document.plan
    for number in range(200):
        place = ("tasks", 0, "steps", number % 10, "name")
        document.do("rename", edit.replace(document.plan, place, f"name {number}"))
    document.journal.wait()
    document.close()
    again = open_document(path, tmp_path / "journal")
    assert sum(1 for _ in iter(again.undo, "")) == 200
    assert again.plan == start
    again.close()


def test_a_line_cut_off_by_a_kill_costs_only_that_edit(tmp_path: Path) -> None:
    path = saved(shop(), tmp_path)
    document = open_document(path, tmp_path / "journal")
    document.do("rename", edit.replace(document.plan, ("name",), "first"))
    document.do("rename", edit.replace(document.plan, ("name",), "second"))
    document.close()
    journal = document.journal.path
    journal.write_bytes(journal.read_bytes()[:-20])
    again = open_document(path, tmp_path / "journal")
    assert again.plan.name == "first"
    again.close()


def test_a_journal_that_is_no_journal_is_left_behind(tmp_path: Path) -> None:
    path = saved(shop(), tmp_path)
    document = open_document(path, tmp_path / "journal")
    document.close()
    document.journal.path.write_text('{"journal": 1, "plan": {"tasks": 5}}\n')
    again = open_document(path, tmp_path / "journal")
    assert again.plan.name == "shop"
    assert not again.recovered
    again.close()


def test_an_edit_of_a_large_plan_costs_little_and_writes_little(tmp_path: Path) -> None:
    plan = many_steps(4000)
    document = open_document(saved(Plan(name="big"), tmp_path), tmp_path / "journal")
    document.do("import", plan)
    document.journal.wait()
    size = document.journal.path.stat().st_size
    assert size > 300_000
    with counted_work() as edits:
        for number in range(20):
            place = ("tasks", 0, "steps", number * 100, "request", "headers")
            document.do("edit", edit.replace(document.plan, place, (Pair(name="A", value="b"),)))
    document.journal.wait()
    grown = document.journal.path.stat().st_size - size
    document.close()
    assert grown < 20 * 300, f"20 edits wrote {grown} bytes"
    # Each step is looked at, not read, written or compared field by field.
    assert edits.calls / 20 / 4000 < 15


def test_a_journal_stays_within_its_bounds(tmp_path: Path) -> None:
    path = saved(shop(), tmp_path)
    document = open_document(path, tmp_path / "journal")
    for number in range(journal_module.MOST_LINES + 50):
        document.do("rename", edit.replace(document.plan, ("name",), f"n{number}"))
        if number % 200 == 0:
            document.journal.wait()
    document.journal.wait()
    document.close()
    lines = document.journal.path.read_text().count("\n")
    assert lines <= journal_module.MOST_LINES
    again = open_document(path, tmp_path / "journal")
    assert again.plan == document.plan
    assert len(again.history.edits) == len(document.history.edits) == edit.UNDO_STEPS + 1
    assert again.recovered
    again.close()


def test_a_second_console_leaves_the_journal_of_the_first_alone(tmp_path: Path) -> None:
    path = saved(shop(), tmp_path)
    first = open_document(path, tmp_path / "journal")
    first.do("rename", edit.replace(first.plan, ("name",), "first"))
    first.journal.wait()
    second = open_document(path, tmp_path / "journal")
    assert not second.journal.is_open
    assert second.plan.name == "shop"
    second.do("rename", edit.replace(second.plan, ("name",), "second"))
    second.close()
    first.close()
    again = open_document(path, tmp_path / "journal")
    assert again.plan.name == "first"
    again.close()


def test_new_plans_of_two_consoles_have_journals_of_their_own(tmp_path: Path) -> None:
    first = open_document(None, tmp_path / "journal")
    second = open_document(None, tmp_path / "journal")
    first.do("rename", edit.replace(first.plan, ("name",), "one"))
    second.do("rename", edit.replace(second.plan, ("name",), "two"))
    first.close()
    second.close()
    again = open_document(None, tmp_path / "journal")
    assert (again.plan.name, again.recovered) == ("one", True)
    again.close()


def test_saving_under_a_name_takes_the_undo_list_along(tmp_path: Path) -> None:
    document = open_document(None, tmp_path / "journal")
    document.do("rename", edit.replace(document.plan, ("name",), "one"))
    document.save(tmp_path / "one.hazard.yaml")
    document.do("rename", edit.replace(document.plan, ("name",), "two"))
    document.close()
    again = open_document(tmp_path / "one.hazard.yaml", tmp_path / "journal")
    assert (again.plan.name, again.recovered) == ("two", True)
    assert (again.undo(), again.undo(), again.plan.name) == ("rename", "rename", "")
    again.close()
    fresh = open_document(None, tmp_path / "journal")
    assert (fresh.plan, fresh.recovered) == (Plan(), False)
    fresh.close()


def test_a_file_written_by_somebody_else_is_taken_when_nothing_was_unsaved(tmp_path: Path) -> None:
    path = saved(shop(), tmp_path)
    document = open_document(path, tmp_path / "journal")
    document.do("rename", edit.replace(document.plan, ("name",), "mine"))
    document.save()
    document.close()
    path.write_text(path.read_text().replace("mine", "theirs"))
    again = open_document(path, tmp_path / "journal")
    assert (again.plan.name, again.recovered) == ("theirs", False)
    again.close()


def test_a_file_written_by_somebody_else_is_news_when_edits_were_unsaved(tmp_path: Path) -> None:
    path = saved(shop(), tmp_path)
    document = open_document(path, tmp_path / "journal")
    document.do("rename", edit.replace(document.plan, ("name",), "mine"))
    document.close()
    path.write_text(path.read_text().replace("name: shop", "name: theirs"))
    again = open_document(path, tmp_path / "journal")
    assert (again.plan.name, again.recovered) == ("mine", True)
    assert again.file_has_changed()
    assert not again.file_has_changed()
    again.take_file()
    assert (again.plan.name, again.is_changed) == ("theirs", False)
    assert again.undo() == "edit the file"
    assert again.plan.name == "mine"
    again.close()


def test_journals_nobody_wrote_to_for_a_month_are_removed(tmp_path: Path) -> None:
    old, new = tmp_path / "a.journal", tmp_path / "b.journal"
    old.write_text("")
    new.write_text("")
    os.utime(old, (1, 1))
    remove_old_journals(tmp_path)
    assert [path.name for path in tmp_path.glob("*.journal")] == ["b.journal"]


def test_journals_are_for_the_person_only(tmp_path: Path) -> None:
    document = open_document(None, tmp_path / "journal")
    document.journal.wait()
    assert document.journal.path.stat().st_mode & 0o077 == 0
    document.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(JSON, st.integers(0, 6))
def test_json_in_pieces_is_the_same_json(value: object, deep: int) -> None:
    assert json.loads(json_text(value, deep)) == value
    assert "\n" not in json_text(value, deep)
