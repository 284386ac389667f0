"""A field of the admin for an object in JSON, which refuses what is none with a sentence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

from costs.wording import quoted

MAX_BYTES = 16 * 1024


class JsonObjectField(forms.JSONField):
    """An object in JSON; nothing is an empty one."""

    def to_python(self, value: Any) -> Any:
        return read_object(value) if isinstance(value, str) else value

    def bound_data(self, data: Any, _initial: Any) -> Any:
        """What was sent, as it was sent."""
        return None if data is None else InvalidJSONInput(data)


def read_object(text: str) -> dict[str, Any]:
    """The object that a text has in JSON.

    Raises:
        ValidationError: it is none, or too large, or has a key twice.
    """
    if not text.strip():
        return {}
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise ValidationError(f"Write up to {MAX_BYTES:,} bytes.")
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        raise ValidationError("This is nested too deeply: write an object in JSON.") from None
    except json.JSONDecodeError as error:
        raise ValidationError(f"This is not valid JSON: {error}.") from None
    except ValueError:
        raise ValidationError("This is not valid JSON: a number has too many digits.") from None
    if not isinstance(found, dict):
        raise ValidationError("Write an object in JSON, from { to }.")
    return found


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise ValidationError(f"{quoted(twice[0])} is there twice: write each name once.")
    return dict(pairs)
