"""Conversion between Python values and Hrana's JSON (Hrana 3 specification, "Values").

64-bit integers are sent as strings and blobs as base64. JSON cannot represent NaN and infinity, which raise
an error in both directions instead of becoming another value.
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
    """`value` in the server's format.

    Raises:
        DataError: SQLite or JSON cannot represent the number.
        ProgrammingError: SQLite does not support the type.
    """
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        encoder = _encoder_of_base(value)
    return encoder(value)


def decode(value: HranaValue) -> Any:
    """The Python value of a value from the server.

    Raises:
        DataError: the value is an infinity, whose sign the server does not send.
    """
    try:
        return _DECODERS[value["type"]](value)
    except KeyError as error:
        raise InterfaceError(f"The server sent a value of unknown type {error}.") from None


def _encoder_of_base(value: object) -> Callable[[Any], HranaValue]:
    """The encoder for a subclass, such as Django's SafeString or an IntEnum."""
    for kind, encoder in _ENCODERS.items():
        if isinstance(value, kind):
            return encoder
    raise ProgrammingError(f"SQLite does not support values of type {type(value).__name__}.")


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


# datetime precedes its base class date. str() separates date and time by a space, isoformat() by a T.
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
        raise DataError("The result contains an infinity, which the server cannot send.")
    return float(value["value"])


def _decode_blob(value: HranaValue) -> bytes:
    text = value["base64"]
    return base64.b64decode(text + "=" * (-len(text) % 4))  # the server omits the padding


_DECODERS: dict[str, Callable[[HranaValue], Any]] = {
    "text": lambda value: value["value"],
    "integer": lambda value: int(value["value"]),
    "null": lambda _: None,
    "float": _decode_float,
    "blob": _decode_blob,
}
