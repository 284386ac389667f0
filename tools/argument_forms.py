"""Forms in which clients send arguments, read as the types of the schema.

Some clients send lists and objects as JSON text, numbers and booleans as text, null or "None" for an argument
they omit, or a single value for a list. A form with one meaning is read; any other stays as it is, for the
validation to refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

# Texts that mean "no value" in the languages that clients are written in.
ABSENT = frozenset({"", "null", "none", "nil", "undefined"})
# Texts that mean "do not filter".
ANYTHING = frozenset({"any", "all"})

_BOOLEANS = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(
    ("false", "no", "off", "0"), False
)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}(\.0{0,18})?(e\+?\d)?", re.ASCII | re.IGNORECASE)
# Longer whole numbers are no one's text; Python refuses to format one of over 4,300 digits.
_MAX_NUMBER = 10**18
_LEFT_OUT = object()


@dataclass(frozen=True, slots=True)
class LeftOutAs:
    """Metadata of an optional text argument: the texts, in lower case, that mean that it is left out."""

    texts: frozenset[str]


def read_arguments(model: type[BaseModel], sent: Any) -> Any:
    """Read the arguments of a tool, or of an item in a list, as the types of their fields.

    Args:
        model: the model of the arguments.
        sent: the arguments as the client sent them.

    Returns:
        The arguments for `model` to validate: those left out are removed, unknown ones are kept.
    """
    sent = _from_json(sent, "{")
    if not isinstance(sent, Mapping):
        return sent
    named = {_unicode(name) if isinstance(name, str) else name: value for name, value in sent.items()}
    kinds = _kinds(model)
    read = {
        name: _read_field(model.model_fields[name], kinds[name], value) if name in kinds else value
        for name, value in named.items()
    }
    return {name: value for name, value in read.items() if value is not _LEFT_OUT}


@cache
def _kinds(model: type[BaseModel]) -> dict[str, Any]:
    """The types of the fields, without metadata and without None."""
    return {name: _bare(field.annotation) for name, field in model.model_fields.items()}


def _read_field(field: FieldInfo, kind: Any, value: Any) -> Any:
    value = _unwrapped(kind, value)
    if not field.is_required() and _is_left_out(field, kind, value):
        return _LEFT_OUT
    return _read(kind, value)


def _bare(annotation: Any) -> Any:
    """The type itself, without metadata and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        options = [option for option in get_args(annotation) if option is not NoneType]
        return _bare(options[0]) if len(options) == 1 else annotation
    return annotation


@cache
def _origin(kind: Any) -> Any:
    """get_origin(), of few types but each for thousands of values."""
    return get_origin(kind)


def _unwrapped(kind: Any, value: Any) -> Any:
    """The only value of a list, if the argument is not a list; null if the list is empty."""
    if _origin(kind) is list or not isinstance(value, list) or len(value) > 1:
        return value
    return value[0] if value else None


def _is_left_out(field: FieldInfo, kind: Any, value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    text = value.strip().casefold()
    if kind is str:
        return any(text in mark.texts for mark in field.metadata if isinstance(mark, LeftOutAs))
    return text in ABSENT and value not in get_args(kind)


def _read(kind: Any, value: Any) -> Any:
    if _origin(kind) is list:
        return _list(_bare(get_args(kind)[0]), value)
    if _origin(kind) is Literal:
        return _choice(get_args(kind), value)
    reader = _READERS.get(kind)
    return reader(value) if reader else value


def _list(kind: Any, value: Any) -> Any:
    """A list from its JSON text, from a single value, or from texts separated by commas."""
    value = _from_json(value, "[{")
    if isinstance(value, Mapping):
        value = [value]
    elif isinstance(value, str) and kind is str and not value.lstrip().startswith(("[", "{")):
        value = [text.strip() for text in value.split(",") if text.strip()]
    return [_read(kind, element) for element in value] if isinstance(value, list) else value


def _choice(choices: tuple[Any, ...], value: Any) -> Any:
    if not isinstance(value, str) or value in choices:
        return value
    text = value.strip().casefold()
    if text in ANYTHING:
        return next((choice for choice in choices if choice in ANYTHING), value)
    return next((choice for choice in choices if choice.casefold() == text), value)


def _whole_number(value: Any) -> Any:
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
        return int(Decimal(value.strip()))
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _boolean(value: Any) -> Any:
    if isinstance(value, str):
        return _BOOLEANS.get(value.strip().casefold(), value)
    return bool(value) if isinstance(value, int) and value in (0, 1) else value


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return _unicode(value)
    is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MAX_NUMBER
    return str(value) if is_number else value


def _unicode(text: str) -> str:
    """The text with "?" for lone surrogates, which no answer can have."""
    return text.encode("utf-8", "replace").decode()


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


_READERS: dict[Any, Callable[[Any], Any]] = {
    int: _whole_number,
    bool: _boolean,
    str: _text,
    Decimal: _stripped,
    datetime: _stripped,
}


def _from_json(value: Any, opening: str) -> Any:
    """The value of a JSON text that starts with one of the characters; any other value as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(tuple(opening)):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
