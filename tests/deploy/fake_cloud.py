"""The scripts of deploy/cloud_run, with programs that only write down what they are called with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "deploy" / "cloud_run"
VALUES = "PROJECT=acme\nREGION=europe-west1\nDATABASE_URL=libsql://prices-acme.turso.io\n"
# A shell starts sooner than Python. The words, the manifest and the secret are apart by ASCII's separators.
PROGRAM = r"""#!/bin/sh
here=${0%/*}/..
for last in "$@"; do :; done
{
  printf '%s\037' "${0##*/}" "$@"
  printf '\036'
  case $last in *.yaml) cat "$last" ;; esac
  printf '\036'
  case $last in --data-file=-) cat ;; esac
  printf '\035'
} >>"$here/calls"
case "$*" in
  "projects describe "*) echo 4711 ;;
  "rev-parse "*) echo 0123456789ab ;;
  "status "*) cat "$here/changed" ;;
  *" describe "*) grep -qxF -e "$last" "$here/there" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of gcloud, docker or git.

    Args:
        words: the program and its arguments.
        manifest: the YAML file that it was given.
        stdin: a secret that it was given.
    """

    words: list[str]
    manifest: str
    stdin: str

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def document(self) -> dict[str, Any]:
        loaded: dict[str, Any] = yaml.safe_load(self.manifest)
        return loaded


class FakeCloud:
    """A checkout's deploy folder and the programs.

    Args:
        folder: an empty one.
        values: the content of values.env.
    """

    def __init__(self, folder: Path, values: str = VALUES) -> None:
        self._folder = folder
        shutil.copytree(FOLDER, folder / "deploy" / "cloud_run")
        (folder / "deploy" / "cloud_run" / "values.env").write_text(values)
        (folder / "there").touch()
        (folder / "changed").touch()
        (folder / "bin").mkdir()
        (folder / "bin" / "python3").symlink_to(sys.executable)
        for name in ("gcloud", "docker", "git"):
            program = folder / "bin" / name
            program.write_text(PROGRAM)
            program.chmod(0o755)

    def run(self, script: str, *arguments: str) -> list[Call]:
        """The calls that a script makes."""
        done = self._started(script, *arguments)
        assert done.returncode == 0, done.stderr
        calls = [call.split("\036") for call in (self._folder / "calls").read_text().split("\035")[:-1]]
        return [Call(words.split("\037")[:-1], *given) for words, *given in calls]

    def refuses(self, script: str) -> str:
        """Why a script stops."""
        done = self._started(script)
        assert done.returncode == 1
        return done.stderr

    def _started(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        (self._folder / "calls").write_text("")
        return subprocess.run(  # noqa: S603 our own command
            [self._folder / "deploy" / "cloud_run" / script, *arguments],
            env={"PATH": f"{self._folder / 'bin'}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )

    def change(self, *files: str) -> None:
        """Let `git status` name files that differ from the commit."""
        (self._folder / "changed").write_text("".join(f" M {file}\n" for file in files))

    def has(self, *names: str) -> None:
        """Let `describe` find what ends with these words."""
        (self._folder / "there").write_text("\n".join(names))
