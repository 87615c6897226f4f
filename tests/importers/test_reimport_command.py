"""`hazard import` into a plan that exists: merged, replaced or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hazard_tui.cli import main
from hazard_tui.plan import edit
from hazard_tui.plan.import_base import base_path
from hazard_tui.plan.secrets import add_secrets, read_secrets
from hazard_tui.plan.store import load_plan, save_plan
from tests.importers.recordings import entry, recording
from tests.importers.test_reimport import Collection, conduit, names, request

__all__ = ["conduit"]

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hazard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs `hazard import ARGUMENTS` in an empty folder: exit code, output, errors."""
    monkeypatch.setenv("HAZARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HAZARD_CONFIG", str(tmp_path / "config.yaml"))
    (tmp_path / "config.yaml").write_text("")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["import", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_command_merges_and_keeps_comments(hazard: Command, conduit: Collection) -> None:
    source, plan = Path("c.json"), Path("p.hazard.yaml")
    source.write_text(json.dumps(conduit))
    assert hazard("c.json", "-o", "p.hazard.yaml")[0] == 0
    plan.write_text("# the nightly test\n" + plan.read_text())
    save_plan(edit.change(load_plan(plan), ("tasks", 0), weight=3), plan)
    conduit["item"][0]["item"].append(request("Log out", "{{APIURL}}/logout"))
    source.write_text(json.dumps(conduit))

    code, out, _ = hazard("c.json", "-o", "p.hazard.yaml")

    assert code == 0
    assert "1 added" in out
    assert "1 kept edit" in out
    assert plan.read_text().startswith("# the nightly test\n")
    assert load_plan(plan).tasks[0].weight == 3
    assert "Log out" in names(load_plan(plan))
    code, out, _ = hazard("c.json", "-o", "p.hazard.yaml", "--report", "json")
    assert [change["action"] for change in json.loads(out)["merge"]] == ["kept edit"]
    hazard("c.json", "-o", "p.hazard.yaml", "--overwrite")
    assert load_plan(plan).tasks[0].weight == 1


def test_without_a_base_an_edited_plan_is_refused_and_left_alone(
    hazard: Command, conduit: Collection
) -> None:
    plan = Path("p.hazard.yaml")
    Path("c.json").write_text(json.dumps(conduit))
    hazard("c.json", "-o", "p.hazard.yaml")
    base_path(plan).unlink()
    assert hazard("c.json", "-o", "p.hazard.yaml")[0] == 0, "an unedited plan needs no base"
    base_path(plan).unlink()
    save_plan(edit.change(load_plan(plan), ("tasks", 0), weight=3), plan)
    before = plan.read_bytes()

    code, _, err = hazard("c.json", "-o", "p.hazard.yaml")

    assert code == 2
    assert "p.hazard.yaml" in err
    assert "c.json" in err
    assert "--overwrite" in err
    assert plan.read_bytes() == before


def test_another_source_or_a_broken_base_is_refused(hazard: Command, conduit: Collection) -> None:
    Path("c.json").write_text(json.dumps(conduit))
    Path("other.sh").write_text("curl -X DELETE http://other.test/things/1\n")
    hazard("c.json", "-o", "p.hazard.yaml")
    code, _, err = hazard("other.sh", "-o", "p.hazard.yaml")
    assert code == 2
    assert "was imported from c.json" in err
    base_path(Path("p.hazard.yaml")).write_bytes(b"nonsense")
    code, _, err = hazard("c.json", "-o", "p.hazard.yaml")
    assert code == 2
    assert "cannot be read" in err
    Path("p.hazard.yaml").write_text("tasks: [")
    assert hazard("c.json", "-o", "p.hazard.yaml", "--overwrite")[0] == 0


def test_a_secret_that_was_set_by_hand_is_not_replaced(hazard: Command, tmp_path: Path) -> None:

    Path("c.sh").write_text("curl -u reader:first-password http://x.test/a\n")
    hazard("c.sh", "-o", "p.hazard.yaml")
    (path,) = (tmp_path / "data").rglob("secrets*")
    (key,) = read_secrets(path)
    add_secrets(path, {key: "by hand"})
    code, out, _ = hazard("c.sh", "-o", "p.hazard.yaml")
    assert code == 0
    assert "the one on file was kept" in out
    assert read_secrets(path) == {key: "by hand"}


def test_two_recordings_are_imported_as_a_pair(hazard: Command) -> None:
    for name, query in (("a.har", "oak"), ("b.har", "beech")):
        one = entry(f"https://shop.test/search?q={query}&kind=tree")
        Path(name).write_text(json.dumps(recording(one)))

    code, out, _ = hazard("a.har", "b.har", "--pair", "-o", "p.hazard.yaml")

    assert code == 0
    assert "column 'q' of the feed 'recorded'" in out
    plan = load_plan(Path("p.hazard.yaml"))
    (feed,) = plan.feeds
    assert [row.values for row in feed.rows] == [("oak",), ("beech",)]
    assert hazard("a.har", "b.har", "--pair", "-o", "p.hazard.yaml")[0] == 0, "and again"


def test_a_pair_is_two_recordings(hazard: Command, conduit: Collection) -> None:
    Path("a.har").write_text(json.dumps(recording(entry("https://shop.test/"))))
    Path("c.json").write_text(json.dumps(conduit))
    code, _, err = hazard("a.har", "--pair")
    assert code == 2
    assert "a pair is two recordings, here are 1" in err
    code, _, err = hazard("a.har", "c.json", "--pair")
    assert code == 2
    assert "c.json is none" in err


def test_a_secret_keeps_the_key_that_it_got_beside_another_plan(
    hazard: Command, tmp_path: Path
) -> None:
    for name, password in (("one", "first-password"), ("two", "second-password")):
        Path(name).mkdir()
        Path(name, "c.sh").write_text(f"curl -u reader:{password} http://x.test/a\n")
        assert hazard(f"{name}/c.sh", "-o", f"{name}/p.hazard.yaml")[0] == 0
    before = Path("two/p.hazard.yaml").read_text()

    assert hazard("two/c.sh", "-o", "two/p.hazard.yaml")[0] == 0

    assert Path("two/p.hazard.yaml").read_text() == before
    (path,) = (tmp_path / "data").rglob("secrets*")
    assert sorted(read_secrets(path).values()) == ["first-password", "second-password"]
