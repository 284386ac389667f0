"""The FinOps Foundation's own validator of FOCUS files, in a virtual environment of its own: it needs Python
3.12 and old versions of numpy and pandas.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.harness.bqemulator import CACHE
from tests.harness.needs import skip_or_fail
from tests.harness.once import once

REQUIREMENTS = Path(__file__).parent.parent / "focus_validator" / "requirements.txt"
PYTHON = "3.12"
_TOTAL = re.compile(r"^Total: (\d+) \| Pass: (\d+) \| Fail: (\d+) \| Skipped: (\d+)$", re.MULTILINE)
_FAILED = re.compile(r"^❌ (\S+): FAIL  \(violations=\d+, msg=(.*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the validator says of a file.

    Args:
        passed: how many rules.
        failed: what it says by rule, without those that fail since others do.
    """

    passed: int
    failed: dict[str, str]


def validate(file: Path, *criteria: str) -> Verdict:
    """Validate a file against FOCUS 1.2, the only version whose rules the package has.

    Args:
        file: CSV or Parquet.
        criteria: what those who made the bills have, in its words; rules about the rest are skipped.
    """
    if missing := once("focus-validator", _install):
        skip_or_fail(missing)
    folder = _environment()
    command = [str(folder / "bin" / "focus-validator"), "--data-file", str(file), "--block-download"]
    command += ["--validate-version", "1.2", "--focus-dataset", "CostAndUsage"]
    command += ["--applicability-criteria", ",".join(criteria)] if criteria else []
    # It opens its own files by paths below site-packages, and ends with 0 whatever it finds.
    site = folder / "lib" / f"python{PYTHON}" / "site-packages"
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=site)  # noqa: S603 our own
    total = _TOTAL.search(done.stdout)
    assert total, f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
    found = {rule: says for rule, says in _FAILED.findall(done.stdout) if "AND failed" not in says}
    assert bool(found) is bool(int(total[3]))
    return Verdict(int(total[2]), found)


def _environment() -> Path:
    digest = hashlib.sha256(f"{PYTHON} {sys.platform} {REQUIREMENTS.read_text()}".encode())
    return CACHE / f"focus-validator-{digest.hexdigest()[:16]}"


def _install() -> str:
    """Why there is no program, or ""."""
    folder = _environment()
    installed = folder / "installed"
    if installed.exists():
        return ""
    python = _python()
    if not python:
        return f"needs Python {PYTHON} on the PATH"
    shutil.rmtree(folder, ignore_errors=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--retries", "1", "--no-deps"]
    for command in ([python, "-m", "venv", str(folder)], [*pip, "--requirement", str(REQUIREMENTS)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 our own
        if done.returncode:
            return f"needs a package index (pip install failed: {' '.join(done.stderr.split())[-200:]})"
    installed.touch()
    return ""


@cache
def _python() -> str:
    """A Python of the version that it needs; "" if there is none."""
    return next((python for python in _candidates() if _version(python) == PYTHON), "")


def _candidates() -> Iterator[str]:
    yield sys.executable
    yield from filter(None, [shutil.which(f"python{PYTHON}")])
    # pyenv's name of a version that is not chosen starts nothing.
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from map(str, sorted(versions.glob(f"{PYTHON}.*/bin/python")))


def _version(python: str) -> str:
    tell = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", tell], capture_output=True, text=True, check=False)  # noqa: S603 our own
    return done.stdout.strip()
