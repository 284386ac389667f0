"""Says why a file beside cost data cannot be read, so that its money is not left out in silence."""

from __future__ import annotations

import re
from pathlib import Path

from costs.providers import azure_export, focus_files, google_cloud_rows
from costs.providers.files import head
from costs.providers.found import layout_of

_TABLES = r"\.(csv|tsv|parquet|json|jsonl|ndjson|avro|orc|xls|xlsx)"
_PACKED = r"\.(gz|zip|bz2|xz|zst|7z|tar|tgz)"
_DATA = re.compile(rf".*({_TABLES}({_PACKED})?|{_PACKED})", re.IGNORECASE)
# The first two bytes of gzip, of which the second is no UTF-8.
_GZIP = "\x1f\ufffd"
# What only the other datasets of FOCUS have, and what only charges have.
_OF_OTHERS = frozenset({"contractcommitmentid", "billingperiodstatus", "invoicedetailid"})
_OF_CHARGES = frozenset({"chargeperiodstart", "servicename"})
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def may_be_costs(path: Path) -> bool:
    """Whether a file may have cost data, by the end of its name."""
    return _DATA.fullmatch(path.name) is not None


def is_beside(path: Path) -> bool:
    """Whether a file belongs to charges but has none: another dataset of FOCUS, or a manifest of datasets."""
    if google_cloud_rows.may_have_rows(path):
        return '"Cost and Usage"' in head(path)
    if layout_of(path) is None or not path.stat().st_size:
        return False
    columns = focus_files.columns(path)
    return not _OF_OTHERS.isdisjoint(columns) and _OF_CHARGES.isdisjoint(columns)


def disguised(path: Path) -> str:
    """Why a file without the name of cost data has some by its content, to be put after its name; "" if not.

    Raises:
        LoadError: the file cannot be read.
    """
    start = head(path)
    if start.startswith("PAR1"):
        return "is a Parquet file: end its name in .parquet"
    if start.startswith(_GZIP):
        return "is compressed: end its name in .csv.gz or .json.gz"
    if not google_cloud_rows.missing(path):
        return "has rows of Google Cloud: end its name in .json"
    return "" if focus_files.lacking(start) else "has the columns of FOCUS: end its name in .csv"


def why(path: Path) -> str:
    """Why a file is no cost data, to be put after its name.

    Raises:
        LoadError: the file cannot be read.
    """
    is_json = google_cloud_rows.may_have_rows(path)
    if not path.stat().st_size:
        return "is empty"
    if layout_of(path) is None and not is_json:
        return "is none of .csv, .csv.gz, .parquet and JSON: unpack it or export it as one of them"
    return _garbled(head(path)) or _lacking(path, is_json=is_json)


def _garbled(start: str) -> str:
    if not start.strip():
        return "is empty"
    if start.startswith(_GZIP):
        return "is compressed: add .gz to its name"
    return "is UTF-16: save it as UTF-8" if "\0" in start[:4] else ""


def _lacking(path: Path, *, is_json: bool) -> str:
    if (other := azure_export.other_type(path)) is not None:
        return f"is of an Azure export of the type {other}: export the type FocusCost"
    if is_json:
        return f"has no field {' or '.join(google_cloud_rows.missing(path))}, as rows of Google Cloud have"
    header = "" if path.name.lower().endswith(".parquet") else head(path).splitlines()[0]
    for sign, name in _SEPARATORS.items():
        if header.count(sign) > header.count(","):
            return f"is separated by {name} instead of commas"
    return f"has no column {' or '.join(focus_files.missing(path))}"
