"""The repository's documents: beside the code in a checkout, inside this package where it is installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
_CHECKOUT = HERE.parent.parent
# What is at the root of the repository beside docs/.
AT_ROOT = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


def root() -> Path | None:
    """The folder that has README.md and docs/; None if this installation came without them."""
    if (HERE / "docs").is_dir():
        return HERE
    return _CHECKOUT if (_CHECKOUT / "manage.py").is_file() and (_CHECKOUT / "docs").is_dir() else None


@cache
def names() -> tuple[str, ...]:
    """The paths of all documents, such as docs/tools.md: those at the root first."""
    folder = root()
    if folder is None:
        return ()
    found = [name for name in AT_ROOT if (folder / name).is_file()]
    below = sorted((folder / "docs").rglob("*.md"))
    return (*found, *(path.relative_to(folder).as_posix() for path in below))


def read(name: str) -> str:
    """The text of a document; "" if there is no such document here."""
    folder = root()
    return (folder / name).read_text(encoding="utf-8") if folder and name in names() else ""


def section(name: str, heading: str) -> str:
    """The part of a document under one of its headings of the second level; "" if there is none."""
    _, found, rest = f"\n{read(name)}".partition(f"\n## {heading}\n")
    return f"# {heading}\n{rest.partition(f'{chr(10)}## ')[0].rstrip()}\n" if found else ""
