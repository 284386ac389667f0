"""A file of any form that an estimate takes, within bounds."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.estimates.csv_file import read_csv
from catalog.estimates.json_file import read_json
from catalog.estimates.request import FileRequest
from catalog.estimates.terraform import is_plan, read_plan

MAX_BYTES = 50 * 2**20
MAX_ITEMS = 50_000


def read_file(content: bytes) -> FileRequest:
    """Read a file.

    Args:
        content: CSV, JSON, or the JSON of `terraform show -json`, in UTF-8.

    Raises:
        InvalidArgumentError: it is none of these, too large, or something in it cannot be read.
    """
    if len(content) > MAX_BYTES:
        raise InvalidArgumentError(
            f"The file has over {MAX_BYTES // 2**20} MiB.", hint="Split it into several files."
        )
    request = _read(_text(content))
    if len(request.items) > MAX_ITEMS:
        raise InvalidArgumentError(
            f"The file has {len(request.items)} items, over {MAX_ITEMS}.", hint="Split it into several files."
        )
    return request


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidArgumentError(
            f"The file is not UTF-8 (byte {error.start}).", hint="Save it as UTF-8 and send it again."
        ) from None


def _read(text: str) -> FileRequest:
    if not text.lstrip().startswith(("{", "[")):
        return read_csv(text)
    content = _parsed(text)
    return read_plan(content) if is_plan(content) else read_json(content)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise InvalidArgumentError(f"The file is not valid JSON: {error}.") from None
    except RecursionError:
        raise InvalidArgumentError("The file is not valid JSON: it is nested too deeply.") from None
    except ValueError:
        raise InvalidArgumentError("The file is not valid JSON: a number has too many digits.") from None


def _refuse(constant: str) -> None:
    raise InvalidArgumentError(f"The file is not valid JSON: {constant} is not a number.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise InvalidArgumentError(
            f"The key {twice!r} is twice in an object.", hint="Give each key a name of its own."
        )
    for key, value in pairs:
        for one in (key, *(value if isinstance(value, list) else (value,))):
            if isinstance(one, str) and not _is_text(one):
                raise InvalidArgumentError(f"A text of {key!a} has half of a character.")
    return read


def _is_text(text: str) -> bool:
    """Whether a text can be written as UTF-8: JSON can name half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
