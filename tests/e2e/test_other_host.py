"""A worker on another host: mutual TLS, one port, Locust's link inside it.

The other host is a network namespace that the test makes, which needs root and `ip`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hazard_tui.rpc.binaries import find_binary
from tests.support.commands import Machine, machine

SPACE, HERE, THERE = "hazard-test", "10.213.7.1", "10.213.7.2"

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("ip") is None,
        reason="a network namespace needs root and ip",
    ),
]

PLAN = """\
hazard: 1
tasks:
- name: t
  steps: [{name: static, request: {url: "http://127.0.0.1:17072/static"}}]
stages: [{kind: arrivals, to: 20, duration_ms: 2000}]
"""


def ip(*arguments: str) -> None:
    """Runs `ip`."""
    subprocess.run(["ip", *arguments], check=True, timeout=20, capture_output=True)


@contextlib.contextmanager
def other_host() -> Iterator[None]:
    """A namespace joined to this one by a pair of interfaces."""
    ip("netns", "add", SPACE)
    try:
        ip("link", "add", "hazard-t0", "type", "veth", "peer", "name", "hazard-t1")
        ip("link", "set", "hazard-t1", "netns", SPACE)
        ip("addr", "add", f"{HERE}/30", "dev", "hazard-t0")
        ip("link", "set", "hazard-t0", "up")
        ip("-n", SPACE, "addr", "add", f"{THERE}/30", "dev", "hazard-t1")
        ip("-n", SPACE, "link", "set", "hazard-t1", "up")
        ip("-n", SPACE, "link", "set", "lo", "up")
        yield
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            ip("link", "del", "hazard-t0")
        ip("netns", "del", SPACE)


@contextlib.contextmanager
def running_there(*command: str) -> Iterator[None]:
    """A program on the other host, until the block ends."""
    inside = ["ip", "netns", "exec", SPACE, *command]
    with subprocess.Popen(inside, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        assert b"ready" in child.stdout.readline()
        try:
            yield
        finally:
            child.terminate()


def with_certificates(base: Machine, certs: Path, role: str) -> Machine:
    """The machine with the certificates of a role, or none."""
    environ = {**base.environ, "HAZARD_WORKERS": f"{THERE}:7070"}
    if role:
        environ |= {"HAZARD_TLS_CA": str(certs / "ca.pem"),
                    "HAZARD_TLS_CERT": str(certs / f"{role}.pem"),
                    "HAZARD_TLS_KEY": str(certs / f"{role}.key")}  # fmt: skip
    return replace(base, environ=environ)


def test_a_worker_on_another_host_takes_only_a_controllers_certificate(tmp_path: Path) -> None:
    certs = tmp_path / "certs"
    worker, lab = str(find_binary("hazard-worker")), str(find_binary("hazard-lab"))
    subprocess.run([worker, "certs", "--out", str(certs), "--host", THERE], check=True, timeout=20)
    own = certs / f"worker-{THERE}"
    serve = [worker, "--listen", f"{THERE}:7070", "--tls-cert", f"{own}.pem", "--tls-key",
             f"{own}.key", "--tls-ca", str(certs / "ca.pem")]  # fmt: skip
    target = [lab, "target", "--listen", "127.0.0.1:17072"]
    with other_host(), running_there(*serve), running_there(*target), machine(tmp_path) as base:
        base.write("p.hazard.yaml", PLAN)
        for role, reason in ((f"worker-{THERE}", "cannot be reached"), ("", "no certificates")):
            refused = with_certificates(base, certs, role)
            assert reason in refused.ok("workers")
            refused.ok("down", "--force")
        trusted = with_certificates(base, certs, "controller")
        assert "ready" in trusted.ok("workers")
        summary = trusted.lines("run", "p.hazard.yaml", "--json")[-1]
        assert summary["total"]["ok"] == 40
        assert summary["locust"] == {"known": True, "requests": 40, "failures": 0}
        listening = subprocess.run(["ip", "netns", "exec", SPACE, "ss", "-Hltn"], check=True,
                                   capture_output=True, text=True, timeout=20).stdout  # fmt: skip
        exposed = [line.split()[3] for line in listening.splitlines() if "127.0.0.1" not in line]
        assert exposed == [f"{THERE}:7070"]
