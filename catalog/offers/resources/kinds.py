"""Resources beside machines, as data/resources.toml describes them: disks, buckets, clusters and others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Choice, Part, Time, facts
from catalog.offers.resources.kind_table import LOCATION, Kind, Row, Setting, data
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.vocabulary import Fact
from catalog.places import DUAL, Place, read_place

_PLACEHOLDER = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
_SEPARATORS = re.compile(r"[\s_]+")


def kind_bill(request: ResourceRequest, kind: Kind) -> Bill:
    """What a resource is billed as.

    Raises:
        InvalidArgumentError: an argument does not apply to it, or is no value that it has.
    """
    refuse_others(request, kind.name, kind.takes)
    _check_multiples(request, kind)
    place = place_of(request.region)
    chosen = {name: _chosen(request, name, setting, place) for name, setting in kind.settings.items()}
    choices = [*_unsaid(request, kind), *_unchosen(kind, chosen)]
    bill = Bill(
        kind.name,
        not_included=kind.not_included,
        notes=kind.notes,
        choices=tuple(choices),
        place=place.label if place else None,
        sold_as={} if place else _sold_as(kind, chosen),
    )
    return bill if choices else _with_parts(bill, request, kind, chosen)


def _check_multiples(request: ResourceRequest, kind: Kind) -> None:
    for name, step in kind.multiples.items():
        amount = getattr(request, name)
        if amount is not None and amount % step:
            raise InvalidArgumentError(
                f"{kind.name}: {name} is a multiple of {step}, not {amount:f}.",
                hint=f"Send {max(1, round(amount / step)) * step}.",
            )


def place_of(region: str | None) -> Place | None:
    """The place of a region, by the name that SKUs have for it; None if the text is no place."""
    place = read_place(region) if region else None
    return read_place(data()["places"].get(place.label, place.label)) if place else None


def location_of(place: Place | None) -> str:
    """The kind of location that a place is; a region if none is named."""
    within = len(place.within) if place else 0
    return "multi" if within > DUAL else "dual" if within else "region"


def ask_region(values: Sequence[str], locations: Sequence[str] = ()) -> Choice:
    """The question for the region, or for the location if there are several kinds of them."""
    question = data()["ask"][LOCATION if len(locations) > 1 else "region"]
    return Choice("region", tuple(values), question)


def ask(argument: str, values: Sequence[str] = ()) -> Choice:
    """The question for an argument."""
    return Choice(argument, tuple(values), data()["ask"].get(argument, f"Which {argument}?"))


def _chosen(request: ResourceRequest, name: str, setting: Setting, place: Place | None) -> str | None:
    """The value of a setting; None if it is left open."""
    if name == LOCATION:
        return location_of(place)
    said = getattr(request, name)
    if said is None:
        return setting.default
    value = _SEPARATORS.sub("-", str(said).strip().lower())
    if value not in setting.values:
        raise InvalidArgumentError(
            f"{name} {str(said)!r} is none of {', '.join(setting.values)}.",
            hint="Choose one of these.",
            candidates=list(setting.values),
        )
    return value


def _unsaid(request: ResourceRequest, kind: Kind) -> Iterator[Choice]:
    """The questions for the amounts that have to be said."""
    return (ask(name) for name in kind.needs if getattr(request, name) is None)


def _sold_as(kind: Kind, chosen: Mapping[str, str | None]) -> dict[str, tuple[Part, ...]]:
    """The thing itself in each kind of location; nothing if another choice is open."""
    if any(value is None for value in chosen.values()):
        return {}
    locations = list(kind.settings[LOCATION].values) if LOCATION in kind.settings else [""]
    return {each: (_part(kind.rows[0], kind, {**chosen, LOCATION: each}, Decimal(1)),) for each in locations}


def _unchosen(kind: Kind, chosen: Mapping[str, str | None]) -> Iterator[Choice]:
    for name, value in chosen.items():
        if value is None:
            yield ask(name, tuple(kind.settings[name].values))


def _with_parts(bill: Bill, request: ResourceRequest, kind: Kind, chosen: Mapping[str, str | None]) -> Bill:
    """The bill with what is billed, what is not, and what no source has a price of."""
    said = [f"{name}={value}" for name, value in chosen.items()]
    parts, notes, unknown, unsaid = [], list(kind.notes), [], []
    for row in kind.rows:
        amount = _amount(request, kind, row)
        without = [each for each in said if each in row.unless]
        if without and amount is not None:
            notes.append(f"There is no charge for {row.name} with {without[0].replace('=', ' ')}.")
        elif amount is None:
            unsaid += [] if without else [row.name]
        elif row.most is not None and amount > row.most:
            unknown.append(f"{row.name} of more than {row.most:f}")
        elif amount or not row.included:
            parts.append(_part(row, kind, chosen, amount))
    if not (parts or unknown):
        return replace(bill, choices=(ask(kind.amounts[0]),))
    return replace(
        bill,
        parts=tuple(parts),
        unknown=tuple(unknown),
        not_included=(*unsaid, *kind.not_included),
        notes=tuple(notes),
    )


def _part(row: Row, kind: Kind, chosen: Mapping[str, str | None], amount: Decimal) -> Part:
    return Part(
        row.name,
        tuple(_facts(text, kind, chosen) for text in row.facts),
        amount * row.times,
        row.unit,
        time_of(row.unit),
        row.terms,
        may_be_free=row.may_be_free,
        words=row.words,
        in_each_place=row.in_each_place,
        shared=row.shared,
        is_extra=row is not kind.rows[0],
    )


def _amount(request: ResourceRequest, kind: Kind, row: Row) -> Decimal | None:
    """What is billed of a part; None if it is not said."""
    if isinstance(row.amount, Decimal):
        return row.amount
    said: Decimal | None = getattr(request, row.amount)
    if said is None:
        said = kind.assumed.get(row.amount)
    return None if said is None else max(said - row.included, Decimal(0))


def time_of(unit: str) -> Time:
    """What a quantity in `unit` is for."""
    if unit.endswith("mo"):
        return Time.MONTH
    return Time.HOUR if unit == "h" or unit.endswith(".h") else Time.USE


def _facts(text: str, kind: Kind, chosen: Mapping[str, str | None]) -> frozenset[Fact]:
    def filled(match: re.Match[str]) -> str:
        name, key = match.groups()
        value = kind.settings[name].values[chosen[name] or ""]
        return value if isinstance(value, str) else value[key]

    return facts(*_PLACEHOLDER.sub(filled, text).split())
