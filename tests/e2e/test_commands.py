"""The command line as a person uses it, over a real lab; and what it says when things are wrong."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import HAZARD, ROOT, SHARED, Machine, machine

SAMPLES = ROOT / "samples" / "postman"
COLLECTION = SAMPLES / "conduit.postman_collection.json"

PLAN = """\
hazard: 1
name: two steps
variables: [{name: T, value: "TARGET"}]
tasks:
- name: browse
  steps:
  - {name: static, request: {url: "{{T}}/static", assertions: [{expected: "200"}]}}
  - {name: json, request: {url: "{{T}}/json"}}
  think_time: {min_ms: 10}
stages: [{to: 3, duration_ms: 2000}]
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a lab."""
    with machine(tmp_path_factory.mktemp("machine")) as found:
        found.ok("up", "--workers", "2")
        yield found


def test_the_sample_collection_goes_from_import_to_report(here: Machine) -> None:
    # The lab's environment declares a secret that no request uses: it needs no value.
    environment = str(SAMPLES / "lab.postman_environment.json")
    here.ok("import", str(COLLECTION), "--env", environment, "-o", "tour.hazard.yaml")
    api = f"APIURL={here.target}/api"
    assert "12 requests: 12 ok, 0 failed" in here.ok("check", "tour.hazard.yaml", "--set", api)
    lines = here.lines(
        "run", "tour.hazard.yaml", "--set", api, "--stage", "2s@20/s", "--json", "--out", "reports"
    )
    summary = lines[-1]
    assert summary["type"] == "summary"
    assert summary["iterations_started"] == 40
    assert (summary["total"]["ok"], summary["total"]["failed"]) == (480, 0)
    assert summary["locust"] == {"known": True, "requests": 480, "failures": 0}
    reports = here.folder / "reports"
    assert sorted(path.name for path in reports.iterdir()) == [
        "report.csv", "report.html", "report.json", "report.xml",
    ]  # fmt: skip


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is missing: no real collection here")
def test_the_real_conduit_collection_passes_as_the_api_wants_it(here: Machine) -> None:
    source = SHARED / "real-inputs/postman/conduit.postman_collection.json"
    here.ok("import", str(source), "-o", "real.hazard.yaml")
    values = {"APIURL": f"{here.target}/api", "USERNAME": "tester", "EMAIL": "tester@example.org",
              "PASSWORD": "pw12345678"}  # fmt: skip
    given = [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
    lines = here.lines("check", "real.hazard.yaml", *given, "--json")
    steps = [line for line in lines if line["type"] == "step"]
    assert len(steps) == 32
    assert [step["name"] for step in steps if not step["ok"]] == []
    statuses = {step["response"]["first_line"].split()[1] for step in steps}
    assert statuses <= {"200", "201"}, statuses


def test_validate_loads_neither_textual_nor_grpc_nor_locust(here: Machine) -> None:
    here.write("p.hazard.yaml", PLAN)
    code = (
        "import sys; from hazard_tui.cli import main; code = main(['validate', 'p.hazard.yaml']);"
        "heavy = {'textual', 'grpc', 'locust', 'gevent'} & set(sys.modules); print(code, heavy)"
    )
    python = str(Path(HAZARD).parent / "python")
    done = subprocess.run([python, "-c", code], cwd=here.folder, capture_output=True, text=True,
                          check=True, timeout=30)  # fmt: skip
    assert done.stdout.splitlines()[-1] == "0 set()"


def test_plain_output_holds_no_escape_and_ends_with_the_table(here: Machine) -> None:
    here.write("p.hazard.yaml", PLAN)
    text = here.ok("run", "p.hazard.yaml", "--set", f"T={here.target}", "--plain")
    assert "\x1b" not in text
    assert "users=3" in text
    assert "all requests" in text
    assert "verdict" in text


def test_a_broken_threshold_is_exit_1(here: Machine) -> None:
    here.write("t.hazard.yaml", PLAN + "thresholds: [{rule: 'p95<1us'}]\n")
    done = here.run("run", "t.hazard.yaml", "--set", f"T={here.target}")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def test_a_failed_assert_is_exit_1_in_a_check(here: Machine) -> None:
    here.write("a.hazard.yaml", PLAN.replace('"200"', '"418"'))
    done = here.run("check", "a.hazard.yaml", "--set", f"T={here.target}")
    assert done.returncode == 1
    assert "expected 418, got 200" in done.stdout


def test_one_interrupt_stops_a_run_gracefully(here: Machine) -> None:
    here.write("p.hazard.yaml", PLAN)
    command = [HAZARD, "run", "p.hazard.yaml", "--set", f"T={here.target}", "--duration", "60s",
               "--json"]  # fmt: skip
    with subprocess.Popen(command, cwd=here.folder, env=here.environ, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:  # fmt: skip
        assert child.stdout is not None
        kinds = []
        for line in child.stdout:
            kinds.append(json.loads(line))
            if kinds[-1]["type"] == "second":
                child.send_signal(signal.SIGINT)
                break
        rest = [json.loads(line) for line in child.stdout]
        assert child.wait(60) == 130
    assert rest[-1]["type"] == "summary"
    assert rest[-1]["state"] == "stopped"
    assert rest[-1]["total"]["failed"] == 0


def test_a_detached_run_is_found_attached_and_stopped(here: Machine) -> None:
    here.write("p.hazard.yaml", PLAN)
    run_id = here.ok("run", "p.hazard.yaml", "--set", f"T={here.target}", "--duration", "60s",
                     "--detach").strip()  # fmt: skip
    assert run_id in here.ok("status")
    assert here.ok("stop", run_id).strip() == f"stopping {run_id}"
    done = here.run("attach", run_id, "--json")
    assert done.returncode == 130
    seconds = [line["second"] for line in map(json.loads, done.stdout.splitlines())
               if line["type"] == "second"]  # fmt: skip
    assert seconds == list(range(seconds[0], seconds[0] + len(seconds)))
    assert run_id[:12] in here.ok("runs")


def test_workers_are_listed_with_their_health(here: Machine) -> None:
    lines = here.lines("workers", "--json")
    assert [line["state"] for line in lines] == ["ready", "ready"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("validate", "nowhere.yaml"), 2, "there is no plan"),
        (("run", "nowhere.yaml"), 2, "there is no plan"),
        (("import", "nowhere.json"), 2, "cannot be read"),
        (("run", "p.hazard.yaml", "--users", "3", "--rate", "2"), 2, "choose --users or --rate"),
        (("run", "p.hazard.yaml", "--duration", "soon"), 2, "not a duration"),
        (("run", "p.hazard.yaml", "--stage", "x"), 2, "not a stage"),
        (("run", "p.hazard.yaml", "--workers", "nobody"), 3, "no worker nobody"),
        (("run", "p.hazard.yaml", "--connect-to", "x"), 2, "HOST:PORT:ADDR:PORT"),
        (("check", "p.hazard.yaml", "--set", "novalue"), 2, "NAME=VALUE"),
        (("check", "p.hazard.yaml", "--task", "nope"), 2, "no task"),
        (("show", "nothing-like-it"), 2, "nothing-like-it"),
        (("stop",), 2, "nothing is running"),
        (("nowhere.yaml",), 2, "there is no plan nowhere.yaml"),
        (("--etcd", "127.0.0.1:1", "."), 2, ". is a folder"),
        (("import", "."), 2, "name a file in it"),
        (("import", "-"), 2, "standard input is empty"),
        (("run", "p.hazard.yaml", "--rate", "nan"), 2, "invalid number value: 'nan'"),
        (("run", "p.hazard.yaml", "--seed", "-1"), 2, "invalid number from 0"),
        (("check", "p.hazard.yaml", "--data-row", "-1"), 2, "invalid number from 0"),
        (("run", "p.hazard.yaml", "--users", "999999999"), 2, "at most 1000000 users"),
        (("run", "p.hazard.yaml", "--out", "p.hazard.yaml"), 2, "the run was not started"),
    ],
)
def test_wrong_use_is_one_sentence_and_its_exit_code(
    here: Machine, arguments: tuple[str, ...], code: int, says: str
) -> None:
    here.write("p.hazard.yaml", PLAN)
    done = here.run(*arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("{", "not YAML"),
        ("hazard: 9", "version 9"),
        ('{"info": {}, "item": []}', "make a plan of it with `hazard import"),
        (PLAN.replace("name: browse", "nme: browse"), "no such field"),
        (PLAN.replace("hazard: 1", "hazard: 1\nhazard: 1"), "stands twice"),
    ],
)
def test_a_bad_plan_is_exit_2_with_its_place(here: Machine, content: str, says: str) -> None:
    here.write("bad.hazard.yaml", content)
    for verb in ("validate", "run", "check"):
        done = here.run(verb, "bad.hazard.yaml")
        assert done.returncode == 2, (verb, done.stdout, done.stderr)
        assert says in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/drop", "closed"), ("/garbage", "protocol"), ("/hang", "timeout"), ("/status/503", "")],
)
def test_a_target_that_misbehaves_is_an_error_in_the_numbers(
    here: Machine, path: str, kind: str
) -> None:
    plan = PLAN.replace("/json", path).replace("stages:", "defaults: {timeout_ms: 500}\nstages:")
    here.write("ugly.hazard.yaml", plan)
    summary = here.lines("run", "ugly.hazard.yaml", "--set", f"T={here.target}", "--json")[-1]
    ugly = next(step for step in summary["steps"] if step["name"] == "json")
    assert ugly["ok"] == 0 or kind == ""
    if kind:
        assert any(kind in error["kind"] for error in ugly["errors"]), ugly["errors"]
    else:
        assert set(ugly["statuses"]) == {"503"}


def test_a_target_that_refuses_is_told_at_once(here: Machine) -> None:
    here.write("p.hazard.yaml", PLAN)
    done = here.run("check", "p.hazard.yaml", "--set", "T=http://127.0.0.1:1")
    assert done.returncode == 1
    assert "refused" in done.stdout


def test_a_target_that_the_worker_does_not_allow_is_never_addressed(here: Machine) -> None:
    here.write("p.hazard.yaml", PLAN)
    summary = here.lines("run", "p.hazard.yaml", "--set", "T=http://10.1.2.3:80", "--json")[-1]
    kinds = {error["kind"] for step in summary["steps"] for error in step["errors"]}
    assert kinds == {"denied_target"}


def test_a_secret_that_a_request_uses_must_have_a_value(here: Machine) -> None:
    secret = PLAN.replace("tasks:", "- {name: S, secret: {key: NOWHERE}}\ntasks:").replace(
        'variables: [{name: T, value: "TARGET"}]', 'variables:\n- {name: T, value: "TARGET"}'
    )
    here.write("unused.hazard.yaml", secret)
    here.ok("check", "unused.hazard.yaml", "--set", f"T={here.target}")
    here.write("used.hazard.yaml", secret.replace("/json", "/json?s={{S}}"))
    done = here.run("check", "used.hazard.yaml", "--set", f"T={here.target}")
    assert done.returncode == 2
    assert "secret 'NOWHERE' has no value" in done.stderr


def test_output_to_a_device_is_written_and_the_device_stays(here: Machine) -> None:
    here.write("p.hazard.yaml", PLAN)
    text = here.ok("convert", "p.hazard.yaml", "--to", "har", "-o", "/dev/stdout")
    assert json.loads(text)["log"]["entries"]
    assert Path("/dev/stdout").is_symlink()
    done = here.run("convert", "p.hazard.yaml", "--to", "har", "-o", "/dev/full")
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert Path("/dev/full").is_char_device()


def test_an_output_that_knows_only_ascii_gets_question_marks(here: Machine) -> None:
    environ = {**here.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([HAZARD, "run", "--help"], env=environ, capture_output=True, text=True,
                          check=False, timeout=30)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "all|ID,?" in done.stdout


def test_another_etcd_than_the_controllers_is_refused(here: Machine) -> None:
    here.write("p.hazard.yaml", PLAN)
    done = here.run("--etcd", "127.0.0.1:1", "run", "p.hazard.yaml")
    assert done.returncode == 2
    assert "the running controller does not use etcd at 127.0.0.1:1" in done.stderr


def test_an_etcd_that_is_away_is_named(tmp_path: Path) -> None:
    with machine(tmp_path) as lonely:
        lonely.write("p.hazard.yaml", PLAN)
        done = lonely.run("--etcd", "127.0.0.1:1", "run", "p.hazard.yaml")
        assert done.returncode == 3
        assert "etcd at 127.0.0.1:1 cannot be reached" in done.stderr


def test_without_a_lab_a_run_says_what_to_do(tmp_path: Path) -> None:
    with machine(tmp_path) as lonely:
        lonely.write("p.hazard.yaml", PLAN)
        done = lonely.run("run", "p.hazard.yaml")
        assert done.returncode in (2, 3), done.stdout + done.stderr
        assert "hazard up" in done.stderr
