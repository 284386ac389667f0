"""The commands of docs/container.md, with the files of the image and without a container engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.harness.ports import free_port
from tests.harness.product import Product

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "container.md").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
IMAGE = "cloud-pricing"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The folder /app of the image: what .dockerignore lets through."""
    folder = tmp_path / "app"
    included = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    for name in included:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy(source, folder / name)
    (folder / "data").mkdir()
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """That of the document's --env-file, except for the port; `python` is that of the tests."""
    file = re.findall(r'^echo "(\w+)=(.+)" >', DOCUMENT, re.MULTILINE)
    assert [name for name, _ in file] == ["SECRET_KEY", "PUBLIC_URL"]
    assert dict(file)["PUBLIC_URL"] == "http://127.0.0.1:8080"
    port = str(free_port())
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "python").symlink_to(sys.executable)
    return {
        "PATH": f"{commands}:{os.defpath}",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path.endswith("site-packages")),
        "SECRET_KEY": "x" * 60,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": port,
    }


def runs() -> list[list[str]]:
    """The document's `docker run` lines: each one's arguments after the name of the image."""
    lines = [shlex.split(line) for line in re.findall(r"^docker run (.+)$", DOCUMENT, re.MULTILINE)]
    return [line[line.index(IMAGE) + 1 :] for line in lines]


def test_the_document_gives_each_container_the_volume_and_the_port_of_the_dockerfile() -> None:
    lines = re.findall(r"^docker run .+$", DOCUMENT, re.MULTILINE)

    assert re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE) == ["8080"]
    assert "${PORT:-8080}" in DOCKERFILE
    assert re.findall(r"^WORKDIR (.+)$", DOCKERFILE, re.MULTILINE) == ["/app"]
    assert "mkdir data && chown app data" in DOCKERFILE
    assert all("--volume cloud-pricing:/app/data " in line for line in lines)
    assert "--publish 127.0.0.1:8080:8080 " in lines[-1]
    assert f"docker build --tag {IMAGE} ." in DOCUMENT


def test_the_commands_of_the_document_lead_to_an_answer(
    image: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    *preparations, server = runs()
    assert server == []
    printed = [_run(command, image, environment) for command in preparations]
    [token] = re.findall(r"^Token +(\S+)$", printed[-1], re.MULTILINE)
    [command] = re.findall(r"^CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 our own command
            json.loads(command), cwd=image, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        assert "from the bundled sample" in _page(environment["PUBLIC_URL"])
        answer = Product({}, environment["PUBLIC_URL"]).ask(token, "search", {"query": "n2 core"})
        assert not answer.is_error
    finally:
        process.terminate()
        process.wait(timeout=30)


def _run(command: list[str], image: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 our own command
        command, cwd=image, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _page(url: str) -> str:
    deadline = time.monotonic() + 60
    while True:
        try:
            return httpx2.get(url).text
        except httpx2.TransportError:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)
