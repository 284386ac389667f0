"""Items of a JSON file: a list of them, or an object with them as calculate takes it."""

from __future__ import annotations

from typing import Any

from catalog.errors import CatalogError, InvalidArgumentError, merge
from catalog.estimates.items import read_item
from catalog.estimates.request import FileRequest


def read_json(content: Any) -> FileRequest:
    """Read the items of a JSON file.

    Args:
        content: the parsed file, its numbers as int and Decimal.

    Raises:
        InvalidArgumentError: it has something else, or an item is not one.
    """
    if isinstance(content, dict):
        if others := sorted(content.keys() - {"items"}):
            raise InvalidArgumentError(
                f"Unknown key{'s' if len(others) > 1 else ''} beside items: {', '.join(others)}.",
                hint="Send months and as_of as options of the command.",
            )
        content = content.get("items")
    if not isinstance(content, list):
        raise InvalidArgumentError(
            "The file has no list of items.", hint='Send [{"resource": "n2-standard-8"}].'
        )
    items, names, errors = [], [], []
    for number, sent in enumerate(content):
        name = f"items[{number}]"
        try:
            if not isinstance(sent, dict):
                raise InvalidArgumentError("it is not an object.")
            items.append(read_item(sent))
            names.append(name)
        except CatalogError as error:
            errors.append(InvalidArgumentError(f"{name}: {error.message}", hint=error.hint))
    if errors:
        raise merge(errors)
    return FileRequest(tuple(items), tuple(names))
