"""SQLite values in Hrana's JSON (Hrana 3 specification, "Values").

64-bit integers travel as strings and blobs as base64; JSON has no NaN and no infinity, so both are refused
in either direction rather than turned into something else.
"""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from libsql_backend.exceptions import DataError, InterfaceError, ProgrammingError

HranaValue = Mapping[str, Any]

_NULL: HranaValue = {"type": "null"}
_INT64_LIMIT = 2**63


def encode(value: object) -> HranaValue:
    """`value` as the server takes it.

    Raises:
        DataError: a number that SQLite or JSON cannot hold.
        ProgrammingError: a type that SQLite has no form for.
    """
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        encoder = _encoder_of_base(value)
    return encoder(value)


def decode(value: HranaValue) -> Any:
    """A value of the server as Python has it.

    Raises:
        DataError: an infinity, which the server's JSON cannot tell from the other one.
    """
    try:
        return _DECODERS[value["type"]](value)
    except KeyError as error:
        raise InterfaceError(f"The server sent a value of the unknown type {error}.") from None


def _encoder_of_base(value: object) -> Callable[[Any], HranaValue]:
    """The encoder for a subclass, such as Django's SafeString or an IntEnum."""
    for kind, encoder in _ENCODERS.items():
        if isinstance(value, kind):
            return encoder
    raise ProgrammingError(f"SQLite has no form for a value of type {type(value).__name__}.")


def _encode_int(value: int) -> HranaValue:
    if not -_INT64_LIMIT <= value < _INT64_LIMIT:
        raise DataError("An integer does not fit in SQLite's 64 bits.")
    return {"type": "integer", "value": str(int(value))}


def _encode_float(value: float) -> HranaValue:
    if not math.isfinite(value):
        raise DataError("NaN and infinity cannot be sent to a libSQL server.")
    return {"type": "float", "value": float(value)}


def _encode_blob(value: bytes | bytearray | memoryview) -> HranaValue:
    return {"type": "blob", "base64": base64.b64encode(value).decode()}


def _text(value: object) -> HranaValue:
    return {"type": "text", "value": str(value)}


# datetime before date: it is a subclass, and its text has a space where isoformat() has a T.
_ENCODERS: dict[type, Callable[[Any], HranaValue]] = {
    str: _text,
    int: _encode_int,
    type(None): lambda _: _NULL,
    float: _encode_float,
    bool: lambda value: {"type": "integer", "value": "1" if value else "0"},
    bytes: _encode_blob,
    bytearray: _encode_blob,
    memoryview: _encode_blob,
    Decimal: _text,
    dt.datetime: _text,
    dt.date: _text,
}


def _decode_float(value: HranaValue) -> float:
    if value["value"] is None:
        raise DataError("The result holds an infinity, which the server cannot send.")
    return float(value["value"])


def _decode_blob(value: HranaValue) -> bytes:
    text = value["base64"]
    return base64.b64decode(text + "=" * (-len(text) % 4))  # the server leaves the padding out


_DECODERS: dict[str, Callable[[HranaValue], Any]] = {
    "text": lambda value: value["value"],
    "integer": lambda value: int(value["value"]),
    "null": lambda _: None,
    "float": _decode_float,
    "blob": _decode_blob,
}
