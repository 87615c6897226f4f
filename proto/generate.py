"""Makes the Go and Python stubs of `proto/` anew. Run by `make proto`; deterministic.

With `--check` nothing is written; exit 1 when the committed stubs differ.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
GO_MODULE = ROOT / "go_worker"
PYTHON_STUBS = ROOT / "hazard_tui" / "rpc" / "gen"
GO_STUBS = GO_MODULE / "internal" / "pb"
PACKAGE = "hazard_tui.rpc.gen"


def protoc(*arguments: str, path: str = "") -> None:
    """Runs the protoc of grpcio-tools."""
    folders = [folder for folder in (path, os.environ["PATH"]) if folder]
    env = {**os.environ, "PATH": os.pathsep.join(folders)}
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *arguments], check=True, env=env)


def go_program() -> str:
    """The Go that `make setup` found."""
    recorded = ROOT / ".setup" / "go.path"
    return recorded.read_text() if recorded.exists() else "go"


def make_go(target: Path) -> None:
    """Go stubs: `hazard/v1` as package pb, the prior art's service as pb/legacy."""
    with tempfile.TemporaryDirectory() as bin_dir:
        plugins = [
            "google.golang.org/protobuf/cmd/protoc-gen-go",
            "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
        ]
        env = {**os.environ, "GOBIN": bin_dir, "GOTOOLCHAIN": "local"}
        subprocess.run([go_program(), "install", *plugins], check=True, cwd=GO_MODULE, env=env)
        with tempfile.TemporaryDirectory() as out:
            files = [str(path) for path in sorted(PROTO.rglob("*.proto"))]
            protoc(
                f"-I{PROTO}",
                f"--go_out={out}",
                "--go_opt=module=hazard",
                f"--go-grpc_out={out}",
                "--go-grpc_opt=module=hazard",
                *files,
                path=bin_dir,
            )
            shutil.copytree(Path(out) / "internal" / "pb", target, dirs_exist_ok=True)


def make_python(target: Path) -> None:
    """Python stubs with type stubs, importing each other from their place in the package."""
    files = [str(path) for path in sorted((PROTO / "hazard").rglob("*.proto"))]
    protoc(
        f"-I{PROTO}",
        f"--python_out={target}",
        f"--pyi_out={target}",
        f"--grpc_python_out={target}",
        *files,
    )
    for path in [*target.rglob("*.py"), *target.rglob("*.pyi")]:
        text = re.sub(
            r"^from hazard\.v1 import",
            f"from {PACKAGE}.hazard.v1 import",
            path.read_text("utf-8"),
            flags=re.MULTILINE,
        )
        path.write_text(text, "utf-8")
    for folder in (target, target / "hazard", target / "hazard" / "v1"):
        (folder / "__init__.py").touch()


def stubs(folder: Path) -> set[Path]:
    """Generated files under a folder, relative to it."""
    files = {path.relative_to(folder) for path in folder.rglob("*.*") if path.is_file()}
    return {path for path in files if path.suffix in (".go", ".py", ".pyi")}


def same(made: Path, committed: Path) -> bool:
    """True when both folders hold the same files: none differs, is missing or is left over."""
    names = stubs(made)
    return names == stubs(committed) and all(
        filecmp.cmp(made / name, committed / name, shallow=False) for name in names
    )


def replace(made: Path, committed: Path) -> None:
    """Puts the new stubs in place of the old ones."""
    for name in stubs(committed) - stubs(made):
        (committed / name).unlink()
    shutil.copytree(made, committed, dirs_exist_ok=True)


def main() -> int:
    """Writes the stubs, or compares them."""
    with tempfile.TemporaryDirectory() as scratch:
        go, python = Path(scratch) / "go", Path(scratch) / "python"
        go.mkdir()
        python.mkdir()
        make_go(go)
        make_python(python)
        if "--check" in sys.argv:
            if same(go, GO_STUBS) and same(python, PYTHON_STUBS):
                return 0
            print("the stubs differ from proto/: run make proto", file=sys.stderr)
            return 1
        replace(go, GO_STUBS)
        replace(python, PYTHON_STUBS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
