"""The image itself, without a container engine: script/build_image_root runs this and shows what it does."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.harness import image_root
from tests.harness.container import Container, Image
from tests.harness.image_root import say
from tests.harness.needs import skip_or_fail
from tests.harness.ports import free_port

pytestmark = pytest.mark.slow
README = Path(__file__).resolve().parent.parent / "README.md"
UNCHECKED = b"\x01\0\0\0"


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    if os.geteuid() or not shutil.which("debootstrap"):
        skip_or_fail("needs root and debootstrap, to build the image without an engine")
    with tempfile.TemporaryDirectory() as folder, in_memory(Path(folder)):
        yield image_root.build(Path(folder))


@contextlib.contextmanager
def in_memory(folder: Path) -> Iterator[None]:
    """A file system of 2 GB that is gone at once: a disk takes minutes to write and delete all the files."""
    mount, unmount = ["mount", "-t", "tmpfs", "tmpfs", str(folder)], ["umount", "--lazy", str(folder)]
    subprocess.run(mount, check=True)  # noqa: S603 our own command
    try:
        yield
    finally:
        subprocess.run(unmount, check=True)  # noqa: S603 our own command


@pytest.fixture
def container(image: Image, tmp_path: Path) -> Container:
    port = str(free_port())
    environment = {"SECRET_KEY": "x" * 60, "PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    new = Container(image, tmp_path / "volume", environment)
    new.make_volume()
    return new


def test_the_readmes_docker_lines_end_at_a_page_with_prices(container: Container, tmp_path: Path) -> None:
    lines = re.findall(r"^docker run .* cloud-pricing\b ?(.*)$", README.read_text(), re.MULTILINE)
    *preparations, last = lines
    assert last == ""
    for line in preparations:
        _run(container, *shlex.split(line))

    server = container.start(container.image.command, tmp_path / "log")
    try:
        page = _page(f"{container.environment['PUBLIC_URL']}/search?q=n2+core", server)
        say(f"/search?q=n2+core: {', '.join(re.findall(r'>([^<>]*<span>from [$][0-9.]+)', page)[:3])}")
        assert "from $0.031611" in page
        assert "bundled sample" in _page(f"{container.environment['PUBLIC_URL']}/", server)
        for path in ("/healthz", "/readyz"):
            healthy = httpx2.get(f"{container.environment['PUBLIC_URL']}{path}")
            say(f"{path}: {healthy.status_code} {healthy.text}")
            assert healthy.status_code == 200
        assert container.run(container.image.health_check).returncode == 0
    finally:
        stopped = container.stop(server)
    assert stopped == 0
    assert container.run(container.image.health_check).returncode == 1


def test_a_container_can_write_its_data_and_tmp_only_and_has_no_rights(container: Container) -> None:
    status = _run(container, "cat", "/proc/self/status")
    assert re.findall(r"^(?:Uid|Gid):\t(\d+)", status, re.MULTILINE) == ["10001", "10001"]
    assert set(re.findall(r"^Cap(?:Eff|Prm|Bnd):\t(\w+)", status, re.MULTILINE)) == {"0" * 16}
    assert "NoNewPrivs:\t1" in status

    _run(container, "touch", "/app/data/file", "/tmp/file")  # noqa: S108 the container's own
    for place in ("/app/file", "/opt/venv/file", "/etc/file", "/home/file", "/app/catalog/file"):
        assert "Read-only file system" in container.run(["touch", place]).stderr


def test_what_the_user_may_not_change_is_roots_even_without_a_read_only_root(image: Image) -> None:
    find = ["find", str(image.root / "app"), str(image.root / "opt"), "!", "-user", "root"]
    found = subprocess.run(find, capture_output=True, text=True, check=True).stdout  # noqa: S603 our own command
    assert found.split() == [str(image.root / "app" / "data")]


def test_all_modules_have_bytecode_that_is_never_compared_with_its_source(image: Image) -> None:
    ours = [path for path in (image.root / "app").rglob("*.py") if path.name != "gunicorn.conf.py"]
    packages = [path for path in (image.root / "opt/venv").rglob("*.py") if "django" in path.parts]
    assert len(ours) > 100
    assert len(packages) > 100

    for source in ours + packages:
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        assert compiled.read_bytes()[4:8] == UNCHECKED


def test_the_list_of_parts_is_what_is_installed(container: Container) -> None:
    parts = json.loads(_run(container, "cat", "sbom.cdx.json"))
    listed = {(part["name"], part["version"]) for part in parts["components"]}
    program = (
        "import importlib.metadata, json;"
        "print(json.dumps([(each.name, each.version) for each in importlib.metadata.distributions()]))"
    )
    installed = json.loads(_run(container, "python", "-c", program))

    assert sorted(listed) == sorted((name, version) for name, version in installed)
    assert len(listed) > 60


def _run(container: Container, *command: str) -> str:
    say(shlex.join(command))
    done = container.run(list(command))
    assert done.returncode == 0, done.stderr
    return done.stdout


def _page(url: str, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while True:
        try:
            return httpx2.get(url).text
        except httpx2.TransportError:
            assert server.poll() is None, "the server stopped"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
