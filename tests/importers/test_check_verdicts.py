"""`hazard check` shows every verdict of an imported collection, and its exit code follows them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.importers.wire.chained import Chained, item
from tests.support.capture import Capture
from tests.support.commands import HAZARD

MIXED = Chained(
    "mixed",
    (
        item(
            "kept as JavaScript",
            "/user",
            """
            const names = Object.keys(pm.response.json());
            pm.test("has names", () => pm.expect(names).to.include("name"));
            pm.test("has few", () => pm.expect(names).to.have.lengthOf(2));
            tests["old " + names.length] = names.length > 5;
            """,
        ),
        item(
            "translated",
            "/status/404",
            """
            pm.test("is found", () => pm.response.to.have.status(200));
            pm.test("says so", () => {
                pm.response.to.have.status(404);
                pm.expect(pm.response.json().status).to.eql(404);
            });
            """,
        ),
    ),
)
GOOD = Chained("good", (item("one", "/user", "pm.test('fine', () => pm.response.to.be.ok);"),))


def checked(
    case: Chained, capture: Capture, folder: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    """Import and check, as a person does it."""
    collection = case.collection(f"http://127.0.0.1:{capture.port}")
    (folder / "c.json").write_text(json.dumps(collection), "utf-8")
    environ = {
        **os.environ,
        "HAZARD_DATA_DIR": str(folder / "data"),
        "HAZARD_RUNTIME_DIR": str(folder / "run"),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [HAZARD, *arguments],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    made = run("import", "c.json", "-o", "plan.yaml")
    assert made.returncode == 0, made.stderr
    return run("check", "plan.yaml", *options)


def test_verdicts_are_shown_as_text(tmp_path: Path) -> None:
    with MIXED.server() as capture:
        done = checked(MIXED, capture, tmp_path)
    assert done.returncode == 1
    lines = [line.strip() for line in done.stdout.splitlines()]
    verdicts = [line for line in lines if line.startswith("test ")]
    assert verdicts == [
        "test ok   has names",
        "test FAIL has few",
        "test ok   old 7",
        "test FAIL is found",
        "test ok   says so",
    ]
    assert "to have a length of 2 but got 7" in lines[lines.index("test FAIL has few") + 1]
    assert lines[-2:] == ["2 requests: 0 ok, 2 failed", "5 tests: 3 ok, 2 failed"]


def test_verdicts_are_told_as_json(tmp_path: Path) -> None:
    with MIXED.server() as capture:
        done = checked(MIXED, capture, tmp_path, "--json")
    assert done.returncode == 1
    events = [json.loads(line) for line in done.stdout.splitlines()]
    told = [test for event in events if event["type"] == "step" for test in event["tests"]]
    assert [(one["name"], one["ok"], one["phase"]) for one in told] == [
        ("has names", True, "after"),
        ("has few", False, "after"),
        ("old 7", True, "after"),
        ("is found", False, "assert"),
        ("says so", True, "assert"),
    ]
    assert [bool(one["message"]) for one in told] == [False, True, False, True, False]
    assert (events[-1]["tests"], events[-1]["tests_failed"]) == (5, 2)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_check_whose_tests_all_hold_is_fine(tmp_path: Path, options: tuple[str, ...]) -> None:
    with GOOD.server() as capture:
        assert checked(GOOD, capture, tmp_path, *options).returncode == 0


def test_a_plan_that_the_engine_refuses_is_no_lost_worker(tmp_path: Path) -> None:
    certificate = {"matches": ["*://*/*"], "cert": {"src": "/none"}, "key": {"src": "/none"}}
    broken = Chained("broken", (item("one", "/user", certificate=certificate),))
    with broken.server() as capture:
        done = checked(broken, capture, tmp_path)
        assert capture.taken() == []
    assert done.returncode == 2
    assert "did not come with the plan" in done.stdout
    assert done.stderr == ""


def test_a_script_that_is_no_script_fails_alone(tmp_path: Path) -> None:
    case = Chained("typo", (item("one", "/user", "if ("), *GOOD.items))
    with case.server() as capture:
        done = checked(case, capture, tmp_path)
        assert len(capture.taken()) == 2
    assert done.returncode == 1
    assert "the script cannot be compiled" in done.stdout
    assert "2 requests: 1 ok, 1 failed" in done.stdout
