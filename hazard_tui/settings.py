"""Where hazard keeps its files and whom it talks to: flags, environment, config file, defaults.

The nearest wins: a flag over `HAZARD_*` in the environment over `config.yaml` over the default;
`Settings.origin` says which one won for every value.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hazard_tui.errors import UsageError

LONGEST_SOCKET_PATH = 100
"""Bytes; a unix socket address holds 104 on macOS and 108 on Linux, its end included."""


@dataclass(frozen=True, slots=True)
class TlsPaths:
    """Files for mutual TLS with workers."""

    ca: Path
    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Effective settings of one process."""

    runtime_dir: Path
    """Sockets, pids and the lab's state; mode 0700, gone after `hazard down`."""
    data_dir: Path
    """History and logs."""
    socket_path: Path
    """The controller's unix socket."""
    secrets_path: Path
    """YAML file of secrets, mode 0600."""
    config_path: Path | None = None
    etcd: tuple[str, ...] = ()
    """Endpoints `host:port`. Empty: the lab's, when it is up."""
    static_workers: tuple[str, ...] = ()
    """Workers `host:port` that are used without etcd."""
    tls: TlsPaths | None = None
    metrics: str = ""
    """`HOST:PORT` where the controller serves figures to Prometheus; empty: it serves none."""
    idle_exit_s: float = 1800.0
    """The controller ends itself after this long without runs and clients."""
    origin: Mapping[str, str] = field(default_factory=dict)
    """Name of a setting -> what decided it."""


_NAMES = (
    "runtime_dir",
    "data_dir",
    "secrets",
    "etcd",
    "workers",
    "tls_ca",
    "tls_cert",
    "tls_key",
    "metrics",
    "idle_exit_s",
)


def load_settings(
    environ: Mapping[str, str] | None = None, overrides: Mapping[str, Any] | None = None
) -> Settings:
    """Settings of this process.

    `overrides` holds values from flags under the names of the config file. Raises `UsageError` for
    a config file that cannot be read or holds unknown names.
    """
    environ = os.environ if environ is None else environ
    config_path = _config_path(environ)
    config = _read_config(config_path) if config_path else {}
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for name in _NAMES:
        variable = f"HAZARD_{name.upper()}"
        if overrides and overrides.get(name) not in (None, (), []):
            values[name], origin[name] = overrides[name], "flag"
        elif environ.get(variable):
            values[name], origin[name] = environ[variable], variable
        elif name in config:
            values[name], origin[name] = config[name], str(config_path)
        else:
            origin[name] = "default"
    runtime_dir = Path(values.get("runtime_dir") or _default_runtime_dir(environ))
    data_dir = Path(values.get("data_dir") or _default_data_dir(environ))
    socket_path = runtime_dir / "controller.sock"
    if len(os.fsencode(socket_path)) > LONGEST_SOCKET_PATH:
        raise UsageError(
            f"the runtime folder {runtime_dir} is too long for a unix socket",
            hint="set HAZARD_RUNTIME_DIR to a shorter path",
        )
    return Settings(
        runtime_dir=runtime_dir,
        data_dir=data_dir,
        socket_path=socket_path,
        secrets_path=Path(values.get("secrets") or data_dir / "secrets.yaml"),
        config_path=config_path,
        etcd=_listed(values.get("etcd")),
        static_workers=_listed(values.get("workers")),
        tls=_tls(values),
        metrics=str(values.get("metrics") or ""),
        idle_exit_s=_seconds(values.get("idle_exit_s", 1800.0), "idle_exit_s"),
        origin=origin,
    )


def _seconds(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as exc:
        raise UsageError(f"{name} is {value!r}, which is not a number of seconds") from exc


def _listed(value: Any) -> tuple[str, ...]:
    if not value:
        return ()
    items = value.split(",") if isinstance(value, str) else value
    return tuple(str(item).strip() for item in items if str(item).strip())


def _tls(values: Mapping[str, Any]) -> TlsPaths | None:
    given = {name: values.get(f"tls_{name}") for name in ("ca", "cert", "key")}
    if not any(given.values()):
        return None
    missing = [f"tls_{name}" for name, value in given.items() if not value]
    if missing:
        raise UsageError(
            f"mutual TLS needs tls_ca, tls_cert and tls_key; {', '.join(missing)} is not set",
            hint="`hazard-worker certs` makes all of them",
        )
    return TlsPaths(Path(given["ca"] or ""), Path(given["cert"] or ""), Path(given["key"] or ""))


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or Path.home())


def _default_runtime_dir(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_RUNTIME_DIR")
    if base and Path(base).is_dir():
        return Path(base) / "hazard"
    # The shared temporary folder keeps the socket path short; TMPDIR on macOS is long.
    root = Path("/tmp")
    if not root.is_dir():
        import tempfile

        root = Path(tempfile.gettempdir())
    return root / f"hazard-{os.getuid()}"


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_DATA_HOME")
    return (Path(base) if base else _home(environ) / ".local" / "share") / "hazard"


def _config_path(environ: Mapping[str, str]) -> Path | None:
    explicit = environ.get("HAZARD_CONFIG")
    if explicit:
        return Path(explicit)
    base = environ.get("XDG_CONFIG_HOME")
    path = (Path(base) if base else _home(environ) / ".config") / "hazard" / "config.yaml"
    return path if path.exists() else None


def _read_config(path: Path) -> dict[str, Any]:
    import yaml

    try:
        loaded = yaml.safe_load(path.read_text("utf-8"))
    except OSError as exc:
        raise UsageError(f"the config file {path} cannot be read: {exc.strerror}") from exc
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise UsageError(f"the config file {path} is not YAML: {exc}") from exc
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise UsageError(f"the config file {path} must hold names and values")
    unknown = sorted(set(map(str, loaded)) - set(_NAMES) - {"keymap", "theme", "ui"})
    if unknown:
        raise UsageError(
            f"the config file {path} holds unknown names: {', '.join(unknown)}",
            hint=f"known are {', '.join(_NAMES)}, keymap, theme, ui",
        )
    return loaded


def ensure_private_dir(path: Path) -> Path:
    """Makes a folder with mode 0700, or checks that an existing one is the person's own.

    Raises `UsageError` when another user owns it, since whoever owns it owns the socket.
    """
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = path.stat()
    if status.st_uid != os.getuid():
        raise UsageError(
            f"the folder {path} belongs to another user",
            hint="set HAZARD_RUNTIME_DIR to a folder of your own",
        )
    if status.st_mode & 0o077:
        path.chmod(0o700)
    return path


def metrics_address(text: str) -> tuple[str, int]:
    """`HOST:PORT`, `:PORT` or `PORT` as a pair; the host is loopback unless named.

    Raises `UsageError`.
    """
    host, _, port = text.strip().rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise UsageError(f"{text!r} is no address for metrics", hint="write HOST:PORT, or a port")
    return host.strip("[]") or "127.0.0.1", int(port)
