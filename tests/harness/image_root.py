"""Executes the Dockerfile without a container engine, on a fresh Debian in place of its base."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.harness import dockerfile
from tests.harness.container import Image, build_step
from tests.harness.dockerfile import Stage

MIRROR = "http://deb.debian.org/debian"
PACKAGES = "ca-certificates,python3,python3-pip,python3-venv"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
PASSED_ON = (
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "PIP_INDEX_URL",
)


def build(folder: Path) -> Image:
    """The image of the Dockerfile's last stage; all stages are in `folder`."""
    stages = dockerfile.stages()
    context = folder / "context"
    dockerfile.copy_context(context)
    base = _base(stages[-1].base, folder / "base")
    built: dict[str, Image] = {}
    for number, stage in enumerate(stages):
        say(f"FROM {stage.base}")
        start = built.get(stage.base, base)
        root = folder / (stage.name or str(number))
        _copy(start.root, root)
        image = dataclasses.replace(start, root=root, environment=dict(start.environment))
        built[stage.name] = _execute(stage, image, context, built)
    return image


def say(text: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {text}\n")
    sys.stdout.flush()


def _base(name: str, root: Path) -> Image:
    """What stands for an official image of Python: Debian's own, of the same release and version."""
    python, release = re.fullmatch(r"python:(3\.\d+)-slim-(\w+)", name, re.ASCII).groups()  # type: ignore[union-attr]
    say(f"Installing Debian {release} in place of {name}")
    _run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", release, str(root), MIRROR)
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    shutil.copy(os.environ.get("SSL_CERT_FILE", CERTIFICATES), root / CERTIFICATES.removeprefix("/"))
    image = Image(root)
    same = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{python}')"
    build_step(image, f'python -c "{same}"', {})
    return image


def _execute(stage: Stage, image: Image, context: Path, built: dict[str, Image]) -> Image:
    def copy(value: str) -> None:
        flags, places = dockerfile.flags(value)
        source = built[flags["from"]].root if "from" in flags else context
        [name, target] = places.split()
        _copy(_below(source, name), _below(image.root, image.folder, target))

    def environment(value: str) -> None:
        image.environment |= dockerfile.pairs(value, image.environment)

    def folder(value: str) -> None:
        image.folder = value
        _below(image.root, value).mkdir(parents=True, exist_ok=True)

    executed: dict[str, Callable[[str], None]] = {
        "COPY": copy,
        "ENV": environment,
        "WORKDIR": folder,
        "RUN": lambda value: build_step(image, value, _network()),
        "USER": lambda value: setattr(image, "user", value),
        "CMD": lambda value: setattr(image, "command", dockerfile.command(value)),
        "HEALTHCHECK": lambda value: setattr(image, "health_check", dockerfile.command(value)),
        "LABEL": lambda value: setattr(image, "labels", dockerfile.pairs(value, {})),
        # The engine's business.
        "ARG": lambda _: None,
        "EXPOSE": lambda _: None,
        "VOLUME": lambda _: None,
    }
    for name, value in stage.instructions:
        say(f"  {name} {' '.join(value.split())}")
        executed[name](value)
    return image


def _below(root: Path, *places: str) -> Path:
    """A place as the image names it, and never one of this machine, which an absolute path would be."""
    place = os.path.normpath(os.path.join("/", *places))  # noqa: PTH118 "/app" replaces what stands before it
    return root / place.lstrip("/")


def _copy(source: Path, target: Path) -> None:
    """As COPY does: of a folder, its contents."""
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        _run("cp", "-a", f"{source}/.", str(target))
    else:
        _run("cp", "-a", str(source), str(target))


def _network() -> dict[str, str]:
    """How RUN reaches PyPI: as this machine does."""
    certificates = dict.fromkeys(["SSL_CERT_FILE", "PIP_CERT"], CERTIFICATES)
    return certificates | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 our own commands
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
