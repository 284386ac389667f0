from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from tools import version

PROJECT = tomllib.loads(version.PYPROJECT.read_text())["project"]


def test_a_checkout_states_its_own_version_whatever_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _name: "9.9.9")

    assert version.product_version() == PROJECT["version"]
    assert PROJECT["name"] == version.NAME


@pytest.mark.parametrize("neighbour", [None, "", '[project]\nname = "another"\nversion = "1"\n'])
def test_an_installed_package_states_the_version_of_its_metadata(
    neighbour: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pyproject.toml"
    if neighbour is not None:
        file.write_text(neighbour)
    monkeypatch.setattr(version, "PYPROJECT", file)
    monkeypatch.setattr(metadata, "version", {"cloud-pricing": "9.9.9"}.__getitem__)

    assert version.product_version() == "9.9.9"
