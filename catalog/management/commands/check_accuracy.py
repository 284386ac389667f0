from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import CommandError, CommandParser

from catalog.accuracy.check import Finding, check_all, counts
from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples, columns
from catalog.models import PricingUpdate

EXAMPLES = """examples:
  check_accuracy          the known figures beside those of the catalog
  check_accuracy --json   the same as one object

exit codes: 0 no known figure differs, 1 some do or the catalog is empty. What the catalog has no price of
cannot be checked; it is listed, and does not count as a difference.
"""
NAMES = ("status", "expected", "found", "question", "source")
SAID = {"failed": "FAILED", "not_checkable": "not checkable", "passed": "passed"}


class Command(CommandWithExamples):
    help = "Compare what Google's pages say that things cost with what the catalog answers."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if PricingUpdate.objects.latest_completed() is None:
            raise CommandError("The catalog is empty: run sync_catalog.", returncode=exit_codes.FAILED)
        findings = check_all()
        counted = counts(findings)
        if options["json"]:
            self.stdout.write(json.dumps({**counted, "figures": findings}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(findings)))
        if failed := counted["failed"]:
            raise CommandError(
                f"{failed} of {len(findings)} known figures differ.", returncode=exit_codes.FAILED
            )


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    rows = [
        (SAID[each["status"]], each["expected"], each["found"] or "", each["question"], each["source"])
        for each in findings
    ]
    yield from columns(NAMES, rows, {"expected", "found"})
    yield ""
    for status, count in counts(findings).items():
        yield f"{count} {SAID[status]}"
