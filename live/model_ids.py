"""Which model a name is that a cloud's metrics have: an explicit table, and none is ever found by likeness.

The names are those by which models are called. What they have besides the model's own name is a closed form:
where the call may be processed, and a version. A name that no table has stays without a model.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from catalog.offers.model_names import Names

_TABLE = Path(__file__).with_name("models.csv")
# "us." of an inference profile, and what an ARN has before the id.
_PREFIX = re.compile(r"^(?:arn:[^/]*/)?(?:(?:us-gov|apac|global|us|eu|jp|au|ca|sa|me|af)\.)?")
# Of "anthropic.claude-sonnet-4-20250514-v1:0", the parts of the version; and "@20250929" on Google Cloud.
_NUMBER = re.compile(r":\d+(?::\w+)?$")
_VERSION = re.compile(r"-v\d+$")
_DATE = re.compile(r"-20\d{6}$")
_AT_VERSION = re.compile(r"@[\w.-]+$")


class Model(NamedTuple):
    """A model, by its id and its developer."""

    id: str
    developer: str


def model_of(cloud: str, name: str, version: str, names: Names) -> Model | None:
    """The model of a name; None if no table has it.

    Args:
        cloud: aws, gcp or azure.
        name: as the cloud's metrics or deployments spell it.
        version: of the model, where the cloud tells it apart from the name; "" elsewhere.
        names: the models by their billing names; what administrators added comes first.
    """
    for form in _forms(cloud, name, version):
        if found := names.find(cloud, (), form):
            return Model(*found)
        model_id = _called().get((cloud, form.casefold()), form.lower())
        if developer := names.developer(model_id):
            return Model(model_id, developer)
    return None


def _forms(cloud: str, name: str, version: str) -> Iterator[str]:
    """The name with its version, and then with ever less beside the model's own name."""
    if cloud == "azure" and version:
        yield f"{name}-{version}"
    yield name
    if cloud == "gcp":
        yield _AT_VERSION.sub("", name)
    if cloud == "aws":
        called = _PREFIX.sub("", name)
        numbered = _NUMBER.sub("", called)
        plain = _VERSION.sub("", numbered)
        for form in (called, numbered, plain, _DATE.sub("", plain)):
            yield form
            # The developer's name is before the first dot.
            yield form.partition(".")[2]


@cache
def _called() -> Mapping[tuple[str, str], str]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["cloud"], row["name"].casefold()): row["model_id"] for row in csv.DictReader(file)}
