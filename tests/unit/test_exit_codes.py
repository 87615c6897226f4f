"""The exit code of a run that has ended."""

from __future__ import annotations

import pytest

from hazard_tui.cli.run import exit_code
from hazard_tui.rpc.gen.hazard.v1 import control_pb2


@pytest.mark.parametrize(
    ("state", "reason", "code"),
    [
        (control_pb2.RUN_STATE_FINISHED, "", 0),
        (control_pb2.RUN_STATE_FINISHED, "near-floor", 0),
        (control_pb2.RUN_STATE_FAILED, "no-load", 3),
        (control_pb2.RUN_STATE_FAILED, "setup-failed", 1),
        (control_pb2.RUN_STATE_ABORTED, "worker-lost", 3),
        (control_pb2.RUN_STATE_STOPPED, "", 130),
        (control_pb2.RUN_STATE_FINISHED, "not-recorded", 1),
    ],
)
def test_a_run_ends_with_the_code_of_what_happened(
    state: control_pb2.RunState, reason: str, code: int
) -> None:
    record = control_pb2.RunRecord(state=state)
    if reason:
        record.verdict.reasons.add(code=reason)
    assert exit_code(record) == code


def test_a_broken_threshold_is_1_whatever_else_happened() -> None:
    record = control_pb2.RunRecord(state=control_pb2.RUN_STATE_ABORTED)
    record.thresholds.add(rule="errors<1%", ok=False)
    assert exit_code(record) == 1
