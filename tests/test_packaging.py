"""The wheel that `pip install .` builds."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

from tools import documents

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = PYPROJECT["tool"]["importlinter"]["root_packages"]
VERSION = PYPROJECT["project"]["version"]


def _run(*arguments: str, cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(  # noqa: S603 our own commands
        [sys.executable, *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    [wheel] = folder.iterdir()
    return wheel


def test_the_wheel_has_every_file_of_the_rooms_and_the_documents_and_no_other(wheel: Path) -> None:
    shown = [*documents.AT_ROOT, *(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.*"))]
    expected = {f"tools/documents/{name}" for name in shown} | {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == expected
    assert "catalog/providers/sample/catalog.json" in packed


def test_the_wheel_states_version_and_licence(wheel: Path) -> None:
    info = f"cloud_pricing-{VERSION}.dist-info"
    with ZipFile(wheel) as files:
        metadata = message_from_bytes(files.read(f"{info}/METADATA"))
        licence = files.read(f"{info}/licenses/LICENSE").decode()

    assert metadata["Version"] == VERSION
    assert metadata["License-Expression"] == "Apache-2.0"
    assert licence == (ROOT / "LICENSE").read_text()
    assert "Apache License" in licence


@pytest.mark.slow
def test_an_installed_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    packages, home = tmp_path / "packages", tmp_path / "home"
    home.mkdir()
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps")
    _run(*pip, "--target", str(packages), str(wheel))
    environment = {
        "PYTHONPATH": str(packages),
        "DJANGO_SETTINGS_MODULE": "pricing_site.settings",
        "SECRET_KEY": "x" * 50,
        "DATABASE_URL": "file:data/catalog.db",
    }

    _run("-m", "django", "check", cwd=home, **environment)
    _run("-m", "django", "migrate", "--verbosity", "0", cwd=home, **environment)
    _run("-m", "django", "sync_catalog", "--source", "sample", cwd=home, **environment)
    page = (
        "import django; django.setup(); from django.test import Client; from mcp_api.server import server;"
        "html = Client(headers={'host': '127.0.0.1'}).get('/').content.decode();"
        "docs = Client(headers={'host': '127.0.0.1'}).get('/docs/tools/').content.decode();"
        "print(server.version, 'bundled sample' in html, 'pricing_site/site.' in html,"
        "'budget_status' in docs)"
    )
    assert _run("-c", page, cwd=home, **environment).split() == [VERSION, "True", "True", "True"]
    assert (home / "data" / "catalog.db").exists()
    assert not (packages / "data").exists()
