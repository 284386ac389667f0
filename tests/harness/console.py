"""A product whose commands run in one process that stays: to start a process for each takes seconds.

    python -m tests.harness.console

is that process. It runs the command on each line of its standard input, and answers with its output and its
error, as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.harness.product import ROOT, Product


@dataclass(frozen=True, slots=True)
class QuickProduct(Product):
    """The product, with the process that runs its commands."""

    process: subprocess.Popen[str]

    def manage(self, *arguments: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{json.dumps(arguments)}\n")
        self.process.stdin.flush()
        output, error = json.loads(self.process.stdout.readline())
        assert not error, error
        return str(output)


@contextlib.contextmanager
def quick(product: Product) -> Iterator[QuickProduct]:
    """The product with such a process, until the block ends."""
    command = [sys.executable, "-m", "tests.harness.console"]
    with subprocess.Popen(  # noqa: S603  # our own program
        command,
        cwd=ROOT,
        env=product.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield QuickProduct(product.environment, product.url, process)
        finally:
            process.kill()


def main() -> None:
    import django  # noqa: PLC0415  # only the process itself needs Django
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    for line in sys.stdin:
        output, error = io.StringIO(), ""
        with contextlib.redirect_stdout(output):
            try:
                call_command(*json.loads(line))
            except Exception as failure:  # noqa: BLE001  # the test is told
                error = repr(failure)
        sys.stdout.write(f"{json.dumps([output.getvalue(), error])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
