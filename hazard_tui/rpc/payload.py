"""What goes to an engine beside the plan: rows, files, secrets, options; for runs and checks."""

from __future__ import annotations

from collections.abc import Sequence

from hazard_tui.plan.inputs import Inputs
from hazard_tui.plan.model import Plan
from hazard_tui.rpc.convert import plan_message
from hazard_tui.rpc.gen.hazard.v1 import plan_pb2, worker_pb2


def feed_messages(inputs: Inputs) -> list[worker_pb2.FeedData]:
    """Rows of the data feeds."""
    return [
        worker_pb2.FeedData(
            name=name,
            columns=table.columns,
            rows=[plan_pb2.FeedRow(values=row) for row in table.rows],
            kinds=[plan_pb2.FeedRow(values=kinds) for kinds in table.kinds],
        )
        for name, table in inputs.feeds.items()
    ]


def file_messages(inputs: Inputs) -> list[worker_pb2.FileData]:
    """Contents of the files that requests send."""
    return [
        worker_pb2.FileData(path=path, content=content) for path, content in inputs.files.items()
    ]


def secret_messages(inputs: Inputs) -> list[worker_pb2.RunSecret]:
    """Values of the secrets."""
    return [worker_pb2.RunSecret(key=key, value=value) for key, value in inputs.secrets.items()]


def check_request(
    plan: Plan,
    inputs: Inputs,
    *,
    connect_to: Sequence[str] = (),
    insecure: bool = False,
    data_row: int = 0,
    only: Sequence[str] = (),
) -> worker_pb2.CheckRequest:
    """One iteration of every task, or of what `only` names."""
    options = worker_pb2.RunOptions(
        connect_to=connect_to, insecure=insecure, data_row=data_row, seed=plan.seed
    )
    return worker_pb2.CheckRequest(
        plan=plan_message(plan),
        options=options,
        secrets=secret_messages(inputs),
        feeds=feed_messages(inputs),
        files=file_messages(inputs),
        only=only,
    )
