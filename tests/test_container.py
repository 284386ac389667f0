"""The Dockerfile and the commands of docs/container.md, without a container engine.

tests/test_image_root.py executes the Dockerfile itself.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import httpx2
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from werkzeug import Request, Response

from tests.harness import dockerfile
from tests.harness.http_server import serve
from tests.harness.ports import free_port
from tests.harness.product import Product

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "container.md").read_text()
README = (ROOT / "README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IMAGE = "cloud-pricing"
*_, FINAL = dockerfile.stages()


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The folder /app of the image."""
    folder = tmp_path / "app"
    dockerfile.copy_context(folder)
    (folder / "data").mkdir()
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """That of the document's --env-file, except for the port; `python` is that of the tests."""
    assert re.findall(r'^echo "(\w+)=', DOCUMENT, re.MULTILINE) == ["SECRET_KEY"]
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


def lines(document: str) -> list[str]:
    return re.findall(r"^docker run .+$", document, re.MULTILINE)


def runs() -> list[list[str]]:
    """The document's first `docker run` lines: each one's arguments after the name of the image."""
    first = DOCUMENT.partition("\n## ")[0]
    words = [shlex.split(line) for line in lines(first)]
    return [line[line.index(IMAGE) + 1 :] for line in words]


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(  # noqa: S603 our own command
        [hadolint, "--failure-threshold", "style", ROOT / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0)


def test_the_document_gives_each_container_the_volume_and_the_port_of_the_dockerfile() -> None:
    variables = dockerfile.pairs(FINAL.value("ENV"), {})
    served = [line for line in lines(DOCUMENT) if line.endswith(IMAGE)]

    assert FINAL.value("EXPOSE") == variables["PORT"] == "8080"
    assert FINAL.value("VOLUME") == f"{FINAL.value('WORKDIR')}/data" == "/app/data"
    assert all("--volume cloud-pricing:/app/data " in line for line in lines(DOCUMENT) if "sbom" not in line)
    # 8000 is the port of the default PUBLIC_URL.
    assert served
    assert all("--publish 127.0.0.1:8000:8080 " in line for line in served)
    assert f"docker build --tag {IMAGE} ." in DOCUMENT


def test_the_readme_has_the_lines_of_the_document_in_their_order() -> None:
    kept = [line for line in lines(DOCUMENT) if line in lines(README)]

    assert lines(README) == kept[: len(lines(README))]
    assert [words[2] for words in map(shlex.split, _commands(README))] == ["migrate", "sync_catalog"]
    assert lines(README)[-1].endswith(f" {IMAGE}")


def _commands(document: str) -> list[str]:
    return [line.partition(f" {IMAGE} ")[2] for line in lines(document) if f" {IMAGE} " in line]


def test_the_image_is_labelled_with_the_version_and_licence_of_the_package() -> None:
    labels = dockerfile.pairs(
        FINAL.value("LABEL"), {"SOURCE": "https://git.example.com/pricing", "REVISION": "1a2b"}
    )

    assert {name.removeprefix("org.opencontainers.image."): value for name, value in labels.items()} == {
        "title": "Cloud Pricing",
        "version": PROJECT["version"],
        "licenses": PROJECT["license"],
        "source": "https://git.example.com/pricing",
        "revision": "1a2b",
    }


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-image.txt", "requirements-sbom.txt"])
def test_what_the_image_installs_is_pinned_with_hashes_at_the_versions_of_the_tests(name: str) -> None:
    """pip refuses a file in which one line has no hash, here and in the image."""
    pins = _pins(name)

    assert pins
    assert [pin for pin in pins if "--hash=sha256:" not in pin] == []
    tested = {pin.partition(" ;")[0] for pin in _pins("requirements-dev.txt")}
    assert [pin for pin in pins if pin.split()[0] not in tested] == []


def _pins(name: str) -> list[str]:
    """The requirements of a file, each with all its lines."""
    text = (ROOT / name).read_text().replace("\\\n", "")
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_the_health_check_passes_only_if_healthz_answers_200(status: int, code: int) -> None:
    asked: list[str] = []

    def healthz(request: Request) -> Response:
        asked.append(request.path)
        return Response(status=status)

    with serve(healthz) as server:
        assert _health(server.port).returncode == code
    assert asked == ["/healthz"]


def test_the_health_check_fails_if_nobody_serves() -> None:
    assert _health(free_port()).returncode == 1


def _health(port: int) -> subprocess.CompletedProcess[bytes]:
    _, *arguments = dockerfile.command(FINAL.value("HEALTHCHECK"))
    return subprocess.run(  # noqa: S603 the Dockerfile's
        [sys.executable, *arguments], env={"PORT": str(port)}, capture_output=True, check=False
    )


def test_the_list_of_parts_has_what_requirements_pin_and_the_licences_of_it(tmp_path: Path) -> None:
    [sbom] = [stage for stage in dockerfile.stages() if stage.name == "sbom"]
    written = shlex.split(sbom.instructions[-1][1])
    assert written[0] == "/opt/sbom/bin/cyclonedx-py"
    places = {"/sbom.cdx.json": str(tmp_path / "sbom.json"), "/opt/venv/bin/python": sys.executable}
    command = [sys.executable, "-m", "cyclonedx_py", *(places.get(word, word) for word in written[1:])]
    # Checking the list against the schema takes ten times as long as making it.
    subprocess.run([*command, "--no-validate"], cwd=ROOT, check=True, capture_output=True)  # noqa: S603

    parts = json.loads((tmp_path / "sbom.json").read_text())
    assert parts["metadata"]["component"]["version"] == PROJECT["version"]
    assert installed_pins() <= {
        (canonicalize_name(part["name"]), part["version"]) for part in parts["components"]
    }
    [django] = [part for part in parts["components"] if part["name"] == "Django"]
    assert django["licenses"][0]["license"]["id"] == "BSD-3-Clause"


def installed_pins() -> set[tuple[str, str]]:
    """What requirements-image.txt pins for this Python and system, as (name, version)."""
    pins = [Requirement(pin.partition(" --hash")[0].strip()) for pin in _pins("requirements-image.txt")]
    return {
        (canonicalize_name(pin.name), str(pin.specifier).removeprefix("=="))
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def test_the_commands_of_the_document_lead_to_an_answer(
    image: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    *preparations, server = runs()
    assert server == []
    printed = [_run(command, image, environment) for command in preparations]
    [token] = re.findall(r"^Token +(\S+)$", printed[-1], re.MULTILINE)
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 our own command
            dockerfile.command(FINAL.value("CMD")),
            cwd=image,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
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
