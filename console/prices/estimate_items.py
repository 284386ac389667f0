"""The items of the estimate page: what its form takes, and how they are added, changed and completed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.errors import CatalogError, InvalidArgumentError, NotFoundError, merge
from catalog.estimates.estimate import Estimate
from catalog.estimates.items import read_item
from catalog.estimates.kept import arguments
from catalog.estimates.report import is_resource
from catalog.estimates.request import FileRequest
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.entries import read_entries
from catalog.pricing.list_prices import snapshot
from catalog.pricing.sku_ids import normalize
from catalog.pricing.usage import Item
from console.prices.regions import place_of
from console.prices.things import SKU_ID
from tools import prices
from tools.prices_schema import MAX_RESOURCE, CalculateItem, SearchArguments

# The fields of the form that are seen at once. The others are those that `calculate` takes besides.
FIRST = {
    "resource": ("Resource, SKU or question", "n2-standard-8"),
    "region": ("Region", "europe-west3"),
    "quantity": ("How many", "1"),
    "usage_type": ("Bought", "OnDemand"),
    "hours": ("Hours a month", "730"),
    "size_gib": ("Size in GiB", "100"),
    "label": ("Your name for it", "web servers"),
}
OTHERS = [name for name in CalculateItem.model_fields if name not in FIRST and name != "sku_id"]
# Lines whose open questions are fields at once: each may list all regions, and the others come after them.
MAX_ASKED = 20
_ANSWER = re.compile(r"answer-(\d{1,4})-([a-z_]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: the argument that it is, its label, an example, what it is about, and its value."""

    name: str
    label: str
    example: str
    about: str
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a line leaves open, with the answers and what people call them; none if it is for an amount."""

    field: str
    ask: str
    answers: Sequence[tuple[str, str]]


def fields(given: Mapping[str, Any]) -> tuple[list[Field], list[Field]]:
    """The fields of the form for one item, those that are seen at once and the others, with values."""
    first = [Field(name, *texts, "", f"{given.get(name, '')}") for name, texts in FIRST.items()]
    return first, [_field(name, given) for name in OTHERS]


def _field(name: str, given: Mapping[str, Any]) -> Field:
    own = CalculateItem.model_fields[name]
    [example] = own.examples or [""]
    about = own.description or ""
    return Field(name, name, f"{example}".lower(), about.removesuffix("."), f"{given.get(name, '')}")


def questions(found: Estimate) -> Iterator[tuple[Sequence[Question], Sequence[str]]]:
    """What each line leaves open: as fields, or in words only for those after MAX_ASKED such lines."""
    asking = 0
    for line, position in zip(found.answer["items"], found.positions, strict=True):
        left = (is_resource(line) and line["ambiguous_in"]) or []
        asking += bool(left)
        as_fields = asking <= MAX_ASKED
        yield (
            [one for each in left if as_fields for one in _fields_of(each, position)],
            [] if as_fields else [each["ask"] for each in left],
        )


def _fields_of(left: Mapping[str, Any], position: int) -> Iterator[Question]:
    """The field of what a line leaves open; of tokens, which are asked for at once, one each way."""
    asks = {left["attribute"]: left["ask"]}
    if left["attribute"] == "input_tokens":
        asks = {f"{each}_tokens": f"How many {each} tokens in a month?" for each in ("input", "output")}
    for name, ask in asks.items():
        yield Question(f"answer-{position}-{name}", ask, _named(left["values"]))


def _named(values: Sequence[str]) -> list[tuple[str, str]]:
    return [(value, f"{value} ({place})" if (place := place_of(value)) else value) for value in values]


def with_answers(asked: FileRequest, sent: Mapping[str, Any]) -> FileRequest:
    """The items with what was chosen of that which they leave open.

    Raises:
        CatalogError: an answer cannot be used.
    """
    items = list(asked.items)
    given: dict[int, dict[str, str]] = {}
    for name, value in sent.items():
        match = _ANSWER.fullmatch(name)
        if match and value.strip() and int(match[1]) < len(items):
            given.setdefault(int(match[1]), {})[match[2]] = value.strip()
    for position, answers in given.items():
        items[position] = read_item({**arguments(items[position]), **answers})
    _check([items[position] for position in given])
    return with_items(asked, [*zip(items, asked.names, strict=True)])


def with_item(asked: FileRequest, sent: Mapping[str, Any], position: int | None) -> FileRequest:
    """The items with that of a form: in place of the one at a position, or after the others.

    Raises:
        CatalogError: it is no item, or names nothing that the catalog knows.
    """
    typed = {name: f"{sent[name]}".strip() for name in (*FIRST, *OTHERS) if f"{sent.get(name, '')}".strip()}
    item = read_item({**_meant(typed.pop("resource", "")), **typed})
    _check([item])
    named = [*zip(asked.items, asked.names, strict=True)]
    if position is None:
        return with_items(asked, [*named, (item, "the new item")])
    named[position] = (item, named[position][1])
    return with_items(asked, named)


def without_item(asked: FileRequest, position: int) -> FileRequest:
    """The items without the one at a position."""
    named = [*zip(asked.items, asked.names, strict=True)]
    return with_items(asked, named[:position] + named[position + 1 :])


def with_items(asked: FileRequest, named: Sequence[tuple[Any, str]]) -> FileRequest:
    items, names = tuple(item for item, _ in named), tuple(name for _, name in named)
    return FileRequest(items, names, asked.gaps, asked.unread, asked.free, asked.notes)


def position_in(asked: FileRequest, text: str) -> int | None:
    """The position of an item that a form or an address names; None if it names none.

    Raises:
        InvalidArgumentError: there is no such item.
    """
    if not text.strip():
        return None
    positions = {f"{number}": number for number in range(len(asked.items))}
    if text not in positions:
        raise InvalidArgumentError("The estimate has no such item.", hint="Choose one of those below.")
    return positions[text]


def _meant(text: str) -> Mapping[str, Any]:
    """The arguments of an item that a text stands for: an SKU id, the name of a resource, or a question.

    Raises:
        NotFoundError: it is no id and no name, and search reads no resource from it.
    """
    if not text:
        return {}
    if SKU_ID.fullmatch(normalize(text)):
        return {"sku_id": text}
    try:
        read_bill(ResourceRequest(resource=text))
    except NotFoundError:
        if found := _sought(text):
            return _one_of(found)
        raise
    except CatalogError:
        pass  # what else it takes comes beside it
    return {"resource": text}


def _sought(text: str) -> Sequence[Mapping[str, Any]]:
    """The resources that search reads from a question."""
    if len(text) > MAX_RESOURCE:
        return ()
    try:
        found: Sequence[Mapping[str, Any]] = prices.search(SearchArguments(query=text, limit=1))["resources"]
    except CatalogError:
        return ()  # it has no words
    return found


def _one_of(resources: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    if len(resources) > 1:
        names = dict.fromkeys(
            " in ".join(filter(None, (each["resource"], each["region"]))) for each in resources
        )
        raise InvalidArgumentError(
            f"This names several resources: {', '.join(names)}.", hint="Add one after the other."
        )
    [item] = resources[0]["example"]["items"]
    found: Mapping[str, Any] = item
    return found


def _check(items: Sequence[Item | ResourceRequest]) -> None:
    """Refuse items that the catalog does not know, or that have an argument of others. Takes five queries."""
    _, errors = read_entries(dict(enumerate(items)), snapshot(), lambda _: "the item")
    if errors:
        raise merge(errors)
