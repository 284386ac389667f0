"""What a container engine does, by the kernel's own means: for root on Linux, without an engine."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Mounts end with the namespace that they are in, and processes with the first one.
NAMESPACES = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
BUILDING = """
mount -t proc proc "$1/proc"
mount -t tmpfs tmpfs "$1/dev/shm"
exec chroot "$@"
"""
# docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --volume …:/app/data
RUNNING = """
root=$1 volume=$2 user=$3
shift 3
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs tmpfs "$root/tmp"
mount --bind "$volume" "$root/app/data"
exec chroot "$root" setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --no-new-privs \
  --bounding-set=-all --inh-caps=-all "$@"
"""


@dataclass(slots=True)
class Image:
    """A root file system, and what the Dockerfile says about a container of it."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    folder: str = "/"
    user: str = "0:0"
    command: list[str] = field(default_factory=list)
    health_check: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)


def build_step(image: Image, command: str, network: dict[str, str]) -> None:
    """A RUN, in the root file system that is being built."""
    inside = [*NAMESPACES, "sh", "-ec", BUILDING, "-", str(image.root), *_words(image, network)]
    subprocess.run([*inside, "sh", "-c", command], check=True)  # noqa: S603 the Dockerfile's


@dataclass(frozen=True, slots=True)
class Container:
    """A container of an image: its root is read-only, and it has no rights."""

    image: Image
    volume: Path
    environment: dict[str, str]

    def make_volume(self) -> None:
        """What an engine does with a new volume: it gets what the image has there."""
        copy = ["cp", "-a", str(self.image.root / "app" / "data"), str(self.volume)]
        subprocess.run(copy, check=True)  # noqa: S603 our own command

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """A command until it ends."""
        return subprocess.run(self._line(command), capture_output=True, text=True, check=False)  # noqa: S603

    def start(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        """A command that runs on; what it prints goes to `log`."""
        with log.open("wb") as output:
            return subprocess.Popen(  # noqa: S603 the Dockerfile's
                self._line(command), stdout=output, stderr=subprocess.STDOUT
            )

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        """What an engine does first: it asks the container's first process to stop."""
        [first] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(first), signal.SIGTERM)
        return process.wait(timeout=30)

    def _line(self, command: list[str]) -> list[str]:
        image = self.image
        inside = [*NAMESPACES, "sh", "-ec", RUNNING, "-", str(image.root), str(self.volume), image.user]
        return [*inside, *_words(image, self.environment), *command]


def _words(image: Image, environment: dict[str, str]) -> list[str]:
    variables = [f"{name}={value}" for name, value in (image.environment | environment).items()]
    return ["env", "--ignore-environment", f"--chdir={image.folder}", *variables]
