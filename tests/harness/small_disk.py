"""A file system of a few megabytes, to be filled up or made read-only."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.harness.needs import skip_or_fail


class SmallDisk:
    """It is mounted at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> None:
        """Write until there is no room left."""
        with (self.path / "filler").open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                return

    def free(self) -> None:
        (self.path / "filler").unlink()

    def make_read_only(self) -> None:
        """Root may write any file, but not on a file system that is mounted read-only."""
        subprocess.run(["mount", "-o", "remount,ro", f"{self.path}"], check=True)  # noqa: S603, S607


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A file system in `folder` until the block ends; without the right to mount one, the test is skipped."""
    path = folder / "small"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", f"{path}"]
    if subprocess.run(mount, capture_output=True, check=False).returncode:  # noqa: S603
        skip_or_fail("a full disk needs a small file system: run as root, with permission to mount a tmpfs")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", f"{path}"], check=True)  # noqa: S603, S607
