"""Arguments of tools in the address of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.http import QueryDict
from pydantic import BaseModel, ValidationError

from catalog.errors import InvalidArgumentError
from tools.errors import from_validation_error

PAGE = re.compile(r"[1-9]\d{0,4}", re.ASCII)

Arguments = TypeVar("Arguments", bound=BaseModel)


def read(model: type[Arguments], sent: QueryDict, names: Mapping[str, str], **fixed: Any) -> Arguments:
    """The arguments of a tool, as an address has them. What the tool does not take is ignored.

    Args:
        model: the arguments of the tool.
        sent: the query of the address.
        names: the name of each argument in the address, by its name in the tool.
        fixed: arguments that the page sets.

    Raises:
        InvalidArgumentError: a value cannot be used.
    """
    found = {name: value for name, short in names.items() if (value := sent.get(short, "").strip())}
    try:
        return model.model_validate({**found, **fixed})
    except ValidationError as error:
        raise InvalidArgumentError(from_validation_error(error, model)["message"]) from None


def link(sent: QueryDict, **changes: str | None) -> str:
    """The query of an address, on its first page, with some arguments changed, or left out if None."""
    query = sent.copy()
    for name, value in {"cursor": None, "page": None, **changes}.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}" if query else "?"


def page_number(sent: QueryDict) -> int:
    """The page that an address asks for, the first if it says none.

    Raises:
        InvalidArgumentError: it is not a number of a page.
    """
    text = sent.get("page", "").strip() or "1"
    if not PAGE.fullmatch(text):
        raise InvalidArgumentError(
            "page must be a number from 1 to 99999.", hint="Leave it out for the first page."
        )
    return int(text)
