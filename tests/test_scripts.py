"""script/run in a checkout of its own, as a newcomer has it; script/newcomer runs it on a bare Debian."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from mcp_types import CallToolResult

from tests.harness.needs import skip_or_fail
from tests.harness.ports import free_port
from tests.harness.product import Product, copy_database
from tools import registry

ROOT = Path(__file__).resolve().parent.parent
INSTALL_SECONDS = 300
NO_NETWORK = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_NO_CACHE_DIR": "1",
}


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the repository, as a newcomer has it after git clone."""

    folder: Path

    def install(self) -> None:
        """A .venv that the scripts take for one that they made: it has the packages of these tests."""
        python = self.folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        shutil.copy(self.folder / "requirements.txt", self.folder / ".venv")

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """script/run where it is expected to stop by itself."""
        return subprocess.run(  # noqa: S603 our own command
            [self.folder / "script" / "run"],
            cwd="/",
            env=_clean_environment() | environment,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )

    def manage(self, *arguments: str) -> str:
        """What the README's `.venv/bin/python manage.py` prints, in a shell without settings."""
        done = subprocess.run(  # noqa: S603 our own command
            [".venv/bin/python", "manage.py", *arguments],
            cwd=self.folder,
            env=_clean_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    @contextlib.contextmanager
    def serving(self, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
        """script/run from another folder, until its server answers; what it prints goes to `log`."""
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 our own command
                [self.folder / "script" / "run"],
                cwd="/",
                env=_clean_environment() | {"PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_for(f"http://127.0.0.1:{port}/", process, log)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _clean_environment() -> dict[str, str]:
    """This process's environment without the tests' settings and without coverage.py."""
    ours = {"DJANGO_SETTINGS_MODULE", "SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "DEBUG", "GOOGLE_API_KEY"}
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith("COVERAGE_")
    }


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + INSTALL_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx2.get(url)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    if "could not be installed" in log.read_text():
        skip_or_fail("needs a package index (pip)")
    raise AssertionError(f"script/run did not serve:\n{log.read_text()}")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "checkout"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    for name in done.stdout.rstrip("\0").split("\0"):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return Checkout(folder)


@pytest.fixture
def installed(checkout: Checkout) -> Checkout:
    checkout.install()
    return checkout


def _stop(process: subprocess.Popen[bytes]) -> int:
    """What Ctrl-C does: the terminal interrupts everything that runs in it."""
    os.killpg(process.pid, signal.SIGINT)
    return process.wait(timeout=30)


def _printed(pattern: str, log: Path) -> str:
    [found] = re.findall(pattern, log.read_text(), re.MULTILINE)
    return str(found)


@pytest.mark.slow
def test_a_newcomer_without_a_venv_gets_one_with_the_pinned_packages(
    checkout: Checkout, tmp_path: Path
) -> None:
    log = tmp_path / "first.log"
    with checkout.serving(free_port(), log) as process:
        assert _stop(process) == 0

    assert "Making .venv with Python 3." in log.read_text()
    assert "Installing what requirements.txt pins" in log.read_text()
    freeze = [str(checkout.folder / ".venv" / "bin" / "python"), "-m", "pip", "freeze"]
    frozen = subprocess.run(freeze, capture_output=True, text=True, check=True).stdout  # noqa: S603
    pins = (checkout.folder / "requirements.txt").read_text()
    assert frozen
    assert set(frozen.lower().replace("_", "-").split()) <= set(pins.split())


def test_a_newcomer_gets_a_server_with_a_sample_an_admin_and_a_token_that_outlive_it(
    installed: Checkout, tmp_path: Path
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = tmp_path / "first.log"
    with installed.serving(port, log) as process:
        token, password = _printed(r"^Token +(\S+)$", log), _printed(r"password (\S+)$", log)

        assert "from the bundled sample" in httpx2.get(url).text
        prices = {"search", "details", "calculate"}
        costs = {*registry.TOOLS} - prices
        assert {tool.name for tool in Product({}, url).tools(token)} == prices | costs
        assert _shows_the_demo(Product({}, url).ask(token, "query_costs", {"dimensions": ["cloud"]}))
        assert _shows_the_demo(Product({}, url).ask(token, "live_usage", {}))
        assert _admin_greets("admin", password, url)
        _assert_other_shells_know(installed, url, token)
        assert _stop(process) == 0

    assert "Traceback" not in log.read_text()
    assert "Installing" not in log.read_text()
    assert "Sync 1" in log.read_text()
    assert "Loaded the demo" in log.read_text()
    for name in (".env", "data/local-account.json", "data/catalog.db"):
        assert stat.S_IMODE((installed.folder / name).stat().st_mode) == 0o600

    again = tmp_path / "second.log"
    secret = (installed.folder / ".env").read_text()
    another = free_port()
    with installed.serving(another, again) as process:
        assert _printed(r"^Token +(\S+)$", again) == token
        assert Product({}, f"http://127.0.0.1:{another}").tools(token)
        assert _admin_greets("admin", password, f"http://127.0.0.1:{another}")
        assert _stop(process) == 0
    started = again.read_text().partition("Admin")[0]
    assert "Sync" not in started
    assert "demo" not in started
    assert "query_costs --dimensions" in again.read_text()
    assert (installed.folder / ".env").read_text() == secret
    count = "from accounts.models import PersonalToken; print(PersonalToken.objects.count())"
    assert installed.manage("shell", "-v", "0", "-c", count) == "2\n"


def _assert_other_shells_know(installed: Checkout, url: str, token: str) -> None:
    printed = installed.manage("local_account")
    assert f"MCP       {url}/mcp\nToken     {token}\n" in printed
    issued = installed.manage("issue_token", "admin").strip()
    assert Product({}, url).tools(issued)


def _shows_the_demo(answer: CallToolResult) -> bool:
    content = answer.structured_content or {}
    return content["is_demo"] and {row["cloud"] for row in content["rows"]} == {"aws", "azure", "gcp"}


def _admin_greets(name: str, password: str, url: str) -> bool:
    with httpx2.Client(base_url=url, follow_redirects=True) as browser:
        browser.get("/admin/login/")
        form = {
            "username": name,
            "password": password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            "next": "/admin/",
        }
        return "Sync runs" in browser.post("/admin/login/", data=form).text


def test_a_taken_port_is_said_in_one_sentence(installed: Checkout) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        _assert_one_sentence(installed.run(PORT=port), f"Port {port} is taken")


def test_without_a_port_it_is_8000(installed: Checkout) -> None:
    with socket.socket() as ours:
        with contextlib.suppress(OSError):  # somebody else's serves as well
            ours.bind(("127.0.0.1", 8000))
            ours.listen()
        _assert_one_sentence(installed.run(), "Port 8000 is taken")


@pytest.mark.parametrize("port", ["http", "0", "65536"])
def test_a_port_that_is_none_is_said_in_one_sentence(installed: Checkout, port: str) -> None:
    _assert_one_sentence(installed.run(PORT=port), f"PORT must be a number from 1 to 65535, not '{port}'")


def test_an_env_file_of_ones_own_is_kept_and_gets_the_missing_key(installed: Checkout) -> None:
    (installed.folder / ".env").write_text("PUBLIC_URL=https://pricing.example.com")
    (installed.folder / "data").mkdir()
    copy_database(installed.folder / "data" / "catalog.db", "sample")

    stopped = installed.run(PORT=str(free_port()))
    lines = (installed.folder / ".env").read_text().splitlines()
    assert lines[0] == "PUBLIC_URL=https://pricing.example.com"
    assert lines[1].startswith("SECRET_KEY=")
    assert stopped.returncode == 1
    assert "requires PUBLIC_URL to be on this machine" in stopped.stderr


def test_without_a_network_one_sentence_says_so(installed: Checkout) -> None:
    with (installed.folder / "requirements.txt").open("a") as pins:
        pins.write(f"a-package-that-is-not-installed==1 --hash=sha256:{'0' * 64}\n")

    stopped = installed.run(**NO_NETWORK)

    _assert_one_sentence(stopped, "The packages could not be installed: is the network there?")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            '[ "$1" = --version ] && echo Python 3.9.2 || exit 1',
            "Python 3.11 or newer is needed, found Python 3.9.2",
        ),
        ('case "$2" in *ensurepip*) exit 1;; esac', "python has no venv module: install it"),
    ],
)
def test_a_python_that_will_not_do_is_said_in_one_sentence(
    checkout: Checkout, tmp_path: Path, script: str, sentence: str
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    _assert_one_sentence(checkout.run(PYTHON=str(python)), sentence)


def test_no_python_at_all_is_said_in_one_sentence(checkout: Checkout) -> None:
    stopped = checkout.run(PYTHON="/nowhere/python")
    _assert_one_sentence(stopped, "Python 3.11 or newer is needed, found no /nowhere/python")


def _assert_one_sentence(stopped: subprocess.CompletedProcess[str], sentence: str) -> None:
    assert stopped.returncode == 1
    assert sentence in stopped.stderr
    assert stopped.stderr.count("\n") == 1
