"""Names that leave open which of several resources is meant, such as "disk" or "n2"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from catalog.offers.resources.bill import Bill, Choice
from catalog.offers.resources.kind_table import data, kinds
from catalog.offers.resources.series import gpus, nodes
from catalog.offers.resources.tokens import model_names
from catalog.offers.resources.tpus import tpu_names

_LISTS: Mapping[str, Callable[[], Sequence[str]]] = {
    "gpus": lambda: list(gpus()),
    "models": model_names,
    "nodes": nodes,
    "tpus": tpu_names,
}


def open_name(name: str, known: Sequence[str]) -> Bill | None:
    """The question which resource is meant; None if `name` is no such name.

    Args:
        name: a name of no resource.
        known: the names of all resources. If several begin with `name`, it stands for these.
    """
    if row := _rows().get(name):
        listed = row["resources"]
        values = _LISTS[listed]() if isinstance(listed, str) else listed
        return Bill(name, choices=(Choice("resource", tuple(values), row["ask"]),))
    own = {kinds()[each].name if each in kinds() else each for each in known if each.startswith(f"{name}-")}
    values = [each for each in dict.fromkeys(known) if each in own]
    return Bill(name, choices=(Choice("resource", tuple(values), f"Which {name}?"),)) if values[1:] else None


@cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    table: Mapping[str, Mapping[str, Any]] = data()["open"]
    return {each: row for name, row in table.items() for each in (name, *row.get("also", ()))}
