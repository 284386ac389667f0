"""Versions: pyproject.toml, CHANGELOG.md, tags and what the server says of itself agree."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tools.version import product_version

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- It.\n\n## [0.0.1] - 2026-01-02\n\n- A start.\n"
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "script" / "release.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "CHANGELOG.md").write_text(WRITTEN)
    return tmp_path


def test_the_latest_released_version_is_that_of_the_code() -> None:
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", CHANGELOG, re.MULTILINE)

    assert "[Unreleased]" in CHANGELOG.partition("\n## ")[2].splitlines()[0]
    assert released[:1] in ([], [product_version()])


def test_a_tag_of_this_commit_is_that_of_the_version() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("needs a checkout with git")
    command = ["git", "tag", "--points-at", "HEAD", "v*"]
    tags = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
    assert set(tags) <= {f"v{product_version()}"}


def test_a_release_has_its_version_in_both_files_and_its_notes(program: ModuleType, copy: Path) -> None:
    said = program.main(copy, ["9.1.0"])

    assert "git tag v9.1.0" in said
    assert 'version = "9.1.0"\n' in (copy / "pyproject.toml").read_text()
    assert re.search(r"## \[Unreleased\]\n\n## \[9\.1\.0\] - 20\d\d-", (copy / "CHANGELOG.md").read_text())
    assert program.main(copy, ["--notes", "9.1.0"]) == "### Added\n\n- It.\n"
    assert program.main(copy, ["--notes", "0.0.1"]) == "- A start.\n"
    assert program.main(copy, ["--notes", "Unreleased"]) == "\n"


@pytest.mark.parametrize(
    ("version", "words"), [("0.0.9", "not after"), ("1.0", "such as 1.2.0"), ("v1.0.0", "such as 1.2.0")]
)
def test_a_version_that_cannot_be_next_changes_nothing(
    program: ModuleType, copy: Path, version: str, words: str
) -> None:
    with pytest.raises(SystemExit, match=words):
        program.main(copy, [version])
    assert (copy / "CHANGELOG.md").read_text() == WRITTEN


def test_nothing_is_released_twice(program: ModuleType, copy: Path) -> None:
    program.main(copy, ["9.1.0"])

    for version in ("9.1.0", "9.2.0"):
        with pytest.raises(SystemExit):
            program.main(copy, [version])
