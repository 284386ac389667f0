"""Arguments as a request sends them, in its address or as JSON, for tools and panels to validate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from pydantic import BaseModel

from catalog.errors import InvalidArgumentError
from costs.query.board import ALL

# A filter of one of these filters nothing: boards send them for what nobody has chosen.
_NOTHING = frozenset({"", ALL})


def in_address(query: QueryDict, model: type[BaseModel]) -> dict[str, Any]:
    """The arguments in an address; those that the model does not have are filters, if it has any.

    Args:
        query: the query of the address.
        model: the model of the arguments.
    """
    sent: dict[str, Any] = {}
    filters: dict[str, list[Any]] = {}
    for name, values in query.lists():
        if name in model.model_fields or "filters" not in model.model_fields:
            sent[name] = values[0] if len(values) == 1 else values
        elif chosen := [value for value in values if value not in _NOTHING]:
            filters[name] = chosen
    if "filters" not in sent:
        return {**sent, "filters": filters} if filters else sent
    written = _parsed(sent["filters"])
    if not isinstance(written, Mapping):
        return sent
    return {**sent, "filters": {**written, **filters}}


def in_body(request: HttpRequest) -> dict[str, Any]:
    """The arguments in a body, an object of JSON.

    Raises:
        InvalidArgumentError: it is something else.
    """
    found = _parsed(request.body)
    if not isinstance(found, dict):
        raise InvalidArgumentError(
            "The body is not an object of JSON.", hint='Send one such as {"dimensions": ["model"]}.'
        )
    return found


def _parsed(text: Any) -> Any:
    """A value of JSON; None if it is none."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
