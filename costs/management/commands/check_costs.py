from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from catalog.pricing.decimals import plain
from costs.errors import CostError, LoadError
from costs.load.report import amounts
from costs.load.twins import Twins
from costs.load.twins import find as find_twins
from costs.management import against
from costs.models import CostLoad
from costs.store.audit import faults
from costs.store.base import CostStore
from costs.store.configured import open_loads
from costs.unmapped import UnmappedModel, of_no_cloud, unattributed, unmapped_models
from costs.wording import counted, printable

EXAMPLES = """examples:
  check_costs                    all months that answers rest on
  check_costs --source aws-focus those of one source
  check_costs --json             the same as one object
  check_costs --against may.csv  what an invoice says, beside what is loaded
  check_costs --against may.csv --tolerance 0.05 --partial
                                 differences up to 5 cents are none, and other invoices are not missed

An invoice is CSV with the columns billing_period, currency and amount, and if it has them invoice_id,
billing_account, service and category; or with those of FOCUS 1.4's Invoice Detail. Leave totals out.
exit codes: 0 all files are as they were written, or the invoice agrees; 1 some are not, a bill counts twice
or seems to, or the invoice differs: it says where; 2 wrong arguments, or an invoice that cannot be read.
"""
_MEND = "{} load_costs --source {} --period {}."


@dataclass(frozen=True, slots=True)
class _Unknown:
    """What is not known of loaded costs, with its money."""

    models: Sequence[UnmappedModel] = ()
    unattributed: Mapping[str, Decimal] = field(default_factory=dict)
    of_no_cloud: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of loads.

    Args:
        faults: what is wrong, and what counts twice.
        twice: what two sources may count twice.
        doubts: what else may make a sum wrong, as answers say.
    """

    faults: Sequence[str]
    twice: Sequence[str]
    doubts: Sequence[str]


class Command(CommandWithExamples):
    help = "Read all current cost files again and list what is not known, or compare costs with an invoice."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", help="only the files of this source")
        against.add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if path := options["against"]:
            source, partial = options["source"], options["partial"]
            out, tolerance, in_json = self.stdout, options["tolerance"], options["json"]
            against.check(out, path, tolerance, source=source, partial=partial, in_json=in_json)
            return
        try:
            self._check(**options)
        except (CostError, LoadError) as error:
            said = f"{error.message} {error.hint}" if isinstance(error, CostError) else f"{error}"
            message = printable(said.strip())
            if options["json"]:
                self.stdout.write(json.dumps({"status": "failed", "error": message}, ensure_ascii=False))
            raise CommandError(message, returncode=exit_codes.FAILED) from error

    def _check(self, **options: Any) -> None:
        """Print what is found; the command fails by what is wrong.

        Raises:
            LoadError: the store cannot be read.
            StoreUnavailableError: it cannot be opened.
        """
        loads = CostLoad.objects.current()
        if options["source"]:
            loads = loads.filter(source=options["source"])
        if not loads:
            raise CommandError("No costs are loaded.", returncode=exit_codes.FAILED)
        found, twice, doubts = self._faults(list(loads))
        unknown = _Unknown()
        # A missing file keeps the table from being read.
        if not found:
            try:
                unknown = _unknown(open_loads())
            except CostError as error:
                found = [f"{error.message} {error.hint}"]
        show = _as_json if options["json"] else _as_text
        self.stdout.write(show(len(loads), _Told(found, twice, doubts), unknown))
        if found:
            raise CommandError("\n".join(map(printable, found)), returncode=exit_codes.FAILED)

    def _faults(self, loads: Sequence[CostLoad]) -> tuple[list[str], list[str], list[str]]:
        """What is wrong with files or counted twice; what two sources may count twice; what loads doubt."""
        store, found, twice, doubts = open_loads(), [], [], []
        for load in tqdm(loads, unit=" files", leave=False, disable=not self.stderr.isatty()):
            month = f"{load.source_id} {load.billing_period}"
            mend = _MEND.format(
                "Delete it, and run" if store.has(load) else "Run", load.source_id, load.billing_period
            )
            broken = [f"{month}: {fault} {mend}" for fault in faults(store, load)]
            twins = Twins() if broken else find_twins(store, load)
            found += [*broken, *(f"{month}: {each}" for each in (*twins.same, *twins.equal))]
            twice += [f"{month}: {each}" for each in twins.shared]
            # Those beside another source are told above.
            doubts += [f"{month}: {each['says']}" for each in load.doubts if not each["source"]]
        return found, twice, doubts


def _unknown(store: CostStore) -> _Unknown:
    return _Unknown(unmapped_models(store), unattributed(store), of_no_cloud(store))


def _as_text(files: int, told: _Told, unknown: _Unknown) -> str:
    if told.faults:
        return f"{counted(files, 'file')} read."
    lines = [f"{counted(files, 'file')} read: all are as they were written.", *told.twice, *told.doubts]
    lines += ["Models without a name (add one in the admin, and run load_costs):"] if unknown.models else []
    for model in unknown.models:
        money = amounts({model.currency: model.billed})
        lines.append(
            f"  {money}: {model.billing_model!r} of {model.product} ({model.cloud}), such as {model.meter}"
        )
    lines.append(f"AI cost without a customer: {amounts(unknown.unattributed)}.")
    if unknown.of_no_cloud:
        lines.append(f"{amounts(unknown.of_no_cloud)} are of no known cloud: their meters are not read.")
    return "\n".join(map(printable, lines))


def _as_json(files: int, told: _Told, unknown: _Unknown) -> str:
    content = {
        "status": "failed" if told.faults else "completed",
        "files": files,
        "faults": list(told.faults),
        "may_count_twice": list(told.twice),
        "doubts": list(told.doubts),
        "unmapped": [
            {
                "cloud": model.cloud,
                "product": model.product,
                "billing_model": model.billing_model,
                "meters": model.meters,
                "meter": model.meter,
                "billed": plain(model.billed),
                "currency": model.currency,
            }
            for model in unknown.models
        ],
        "unattributed": _plain(unknown.unattributed),
        "of_no_cloud": _plain(unknown.of_no_cloud),
    }
    return json.dumps(content, ensure_ascii=False)


def _plain(money: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: plain(amount) for currency, amount in money.items()}
