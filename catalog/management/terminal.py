"""What commands print: help with examples, and text and tables that are safe on a terminal."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from collections.abc import Collection, Iterator, Sequence
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter


class ExamplesFormatter(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Keeps the line breaks of the examples."""


class CommandWithExamples(BaseCommand):
    """A command whose help ends with `examples`."""

    examples: ClassVar[str]

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=self.examples, formatter_class=ExamplesFormatter, **kwargs
        )


def printable(words: str) -> str:
    """A text on one line, without the control characters that a terminal would obey."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in words)


def columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = ()
) -> Iterator[str]:
    """Rows in columns under their names; those of `numbers` end at the right."""
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    for line in [names, ["-" * width for width in widths], *cells]:
        padded = [
            cell.rjust(width) if name in numbers else cell.ljust(width)
            for cell, width, name in zip(line, widths, names, strict=True)
        ]
        yield "  ".join(padded).rstrip()
