"""Makes a release of what CHANGELOG.md has under Unreleased, or prints the notes of one.

.venv/bin/python script/release.py 1.2.0           # writes the version and the date into both files
.venv/bin/python script/release.py --notes 1.2.0   # what CHANGELOG.md says of it
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r"\d+\.\d+\.\d+")
UNRELEASED = "## [Unreleased]\n"


def main(root: Path, arguments: list[str]) -> str:
    """Do what the arguments ask for, with the files in a folder; returns what to print.

    Raises:
        SystemExit: it cannot be done; the message says why.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("version", help="such as 1.2.0 (semver.org)")
    parser.add_argument("--notes", action="store_true", help="print the notes of this version")
    options = parser.parse_args(arguments)
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    if options.notes:
        return notes(changelog, options.version)
    release(root, changelog, options.version)
    return (
        f"Wrote version {options.version}. Next:\n"
        f'  git commit -am "Release {options.version}" && git tag v{options.version}\n'
        f"  git push --follow-tags origin HEAD v{options.version}"
    )


def release(root: Path, changelog: str, version: str) -> None:
    if not VERSION.fullmatch(version):
        sys.exit(f"{version} is not a version such as 1.2.0.")
    pyproject = (root / "pyproject.toml").read_text(encoding="utf-8")
    current = re.search(r'^version = "(.*)"$', pyproject, re.MULTILINE)
    if not current:
        sys.exit("pyproject.toml has no version.")
    if f"## [{version}]" in changelog or _numbers(version) < _numbers(current[1]):
        sys.exit(f"{version} is not after {current[1]}, or is released already.")
    if not notes(changelog, "Unreleased").strip():
        sys.exit("CHANGELOG.md has nothing under Unreleased: there is nothing to release.")
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    released = changelog.replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {day}\n", 1)
    (root / "CHANGELOG.md").write_text(released, encoding="utf-8")
    text = pyproject.replace(current[0], f'version = "{version}"', 1)
    (root / "pyproject.toml").write_text(text, encoding="utf-8")


def notes(changelog: str, version: str) -> str:
    """What the changelog says of a version, without its heading."""
    found = re.search(rf"^## \[{re.escape(version)}\].*\n((?:(?!## \[).*\n?)*)", changelog, re.MULTILINE)
    if not found:
        sys.exit(f"CHANGELOG.md has no version {version}.")
    return found[1].strip() + "\n"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


if __name__ == "__main__":
    print(main(ROOT, sys.argv[1:]))  # noqa: T201  a program's answer
