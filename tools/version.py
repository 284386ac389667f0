"""The version of the product. pyproject.toml is the only file that states it."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

NAME = "cloud-pricing"
PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def product_version() -> str:
    """The version of the checkout that this file is in, or of the installed package.

    The checkout comes first, since the package may be installed beside it in another version.
    """
    if PYPROJECT.is_file():
        project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8")).get("project", {})
        if project.get("name") == NAME:
            return str(project["version"])
    return metadata.version(NAME)
