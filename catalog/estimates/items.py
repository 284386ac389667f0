"""An item of a file: its arguments by name, read as their types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz, process

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.quantities import parse_quantity
from catalog.pricing.usage import Item

_MIN_SIMILARITY = 60  # percent
_BOOLEANS = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(
    ("false", "no", "off", "0"), False
)
_WHOLE_NUMBER = re.compile(r"\d{1,9}(\.0+)?", re.ASCII)
# The annotation of each argument, as it is written: "Decimal | None".
OF_SKUS = {field.name: f"{field.type}" for field in fields(Item)}
OF_RESOURCES = {field.name: f"{field.type}" for field in fields(ResourceRequest)}
ARGUMENTS = OF_RESOURCES | OF_SKUS


def check_names(names: Iterable[str], what: str) -> None:
    """Refuse names that are not arguments of an item.

    Args:
        names: the names.
        what: what a name is: "column".

    Raises:
        InvalidArgumentError: with the nearest argument of each.
    """
    unknown = [name for name in names if name not in ARGUMENTS]
    if not unknown:
        return
    nearest = {name: _nearest(name) for name in unknown}
    meant = ", ".join(f"{known} for {name!r}" for name, known in nearest.items() if known)
    raise InvalidArgumentError(
        f"Unknown {what}{'s' if len(unknown) > 1 else ''}: {', '.join(map(repr, unknown))}.",
        hint=f"Send {meant}." if meant else f"There are: {', '.join(ARGUMENTS)}.",
    )


def _nearest(name: str) -> str | None:
    folded = re.sub(r"[\s-]+", "_", name.strip().lower())
    match = process.extractOne(folded, list(ARGUMENTS), scorer=fuzz.ratio, score_cutoff=_MIN_SIMILARITY)
    return match[0] if match else None


def read_item(sent: Mapping[str, Any]) -> Item | ResourceRequest:
    """Read an item.

    Args:
        sent: its arguments, as texts or as JSON has them; blank and null ones are left out.

    Raises:
        InvalidArgumentError: an argument is unknown, not of its type, or goes with others only.
    """
    given = {name: value for name, value in sent.items() if value is not None and f"{value}".strip()}
    check_names(given, "argument")
    if ("sku_id" in given) == ("resource" in given):
        raise InvalidArgumentError("An item has either a resource or a sku_id.", hint="Send one of them.")
    kind, other, own = (
        (Item, "resource", OF_SKUS) if "sku_id" in given else (ResourceRequest, "sku_id", OF_RESOURCES)
    )
    wrong = sorted(given.keys() - own.keys())
    if wrong:
        raise InvalidArgumentError(f"{', '.join(wrong)} goes with {other}.", hint="Leave it out.")
    if kind is Item and "quantity" not in given:
        raise InvalidArgumentError("quantity is missing beside sku_id.", hint="Send the usage of a month.")
    read = {name: _read(name, value, own[name]) for name, value in given.items()}
    return Item(**read) if kind is Item else ResourceRequest(**read)


def _read(name: str, value: Any, annotation: str) -> Any:
    reader, what = _READERS[annotation.removesuffix(" | None")]
    try:
        return reader(value)
    except (InvalidArgumentError, KeyError, ValueError, TypeError) as error:
        message = error.message if isinstance(error, InvalidArgumentError) else f"{value!r} is not {what}."
        hint = error.hint if isinstance(error, InvalidArgumentError) else ""
        raise InvalidArgumentError(f"{name}: {message}", hint=hint) from error


def _number(value: Any) -> Decimal:
    return parse_quantity(_text(value))


def _whole_number(value: Any) -> int:
    text = _text(value)
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(Decimal(text))


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else _BOOLEANS[_text(value).casefold()]


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError(value)
    # Lone surrogates, which no file can have, become "?".
    return f"{value}".strip().encode("utf-8", "replace").decode()


_READERS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "Decimal": (_number, "a number"),
    "int": (_whole_number, "a whole number"),
    "bool": (_boolean, "true or false"),
    "str": (_text, "a text"),
}
