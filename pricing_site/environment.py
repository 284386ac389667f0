"""Typed readers of the environment. A wrong value stops the start with a sentence that names the variable."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_SWITCHES = dict.fromkeys(environ.Env.BOOLEAN_TRUE_STRINGS, True) | dict.fromkeys(
    ("false", "off", "no", "n", "0"), False
)


class Environment(environ.Env):  # type: ignore[misc]  # django-environ has no types
    """django-environ with strict values. A blank value counts as unset."""

    def str(self, var: builtins.str, default: builtins.str = "") -> Any:
        """A text as it is, but without what is blank around it: files of secrets end with a newline.

        django-environ would take a text that begins with $ for the name of another variable.
        """
        return builtins.str(self.ENVIRON.get(var, "")).strip() or default

    def beginning(self, prefix: builtins.str) -> dict[builtins.str, builtins.str]:
        """The variables whose names begin so."""
        return {name: self.str(name) for name in self.ENVIRON if name.startswith(prefix)}

    def int(self, var: builtins.str, default: builtins.int, *, minimum: builtins.int = 0) -> builtins.int:
        """A whole number of at least `minimum`.

        Raises:
            ImproperlyConfigured: the value is not one.
        """
        text = self.str(var)
        if not text:
            return default
        try:
            number = builtins.int(text)
        except ValueError:
            number = minimum - 1
        if number < minimum:
            raise ImproperlyConfigured(f"{var} must be a whole number of at least {minimum}, not {text!r}.")
        return number

    def decimal(self, var: builtins.str, default: builtins.str) -> Decimal:
        """A number from 0 on.

        Raises:
            ImproperlyConfigured: the value is not one.
        """
        text = self.str(var) or default
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal(-1)
        if not number.is_finite() or number < 0:
            raise ImproperlyConfigured(f"{var} must be a number from 0 on, not {text!r}.")
        return number

    def decimals(self, var: builtins.str, default: builtins.str) -> builtins.list[Decimal]:
        """Numbers from 0 on, separated by commas.

        Raises:
            ImproperlyConfigured: one of them is not.
        """
        given = self.str(var) or default
        try:
            amounts = [Decimal(part.strip()) for part in given.split(",") if part.strip()]
        except InvalidOperation:
            amounts = [Decimal("NaN")]
        if not all(amount.is_finite() and amount >= 0 for amount in amounts):
            raise ImproperlyConfigured(f"{var} must be amounts such as 3,15,0.30,3.75, not {given!r}.")
        return amounts

    def bool(self, var: builtins.str, default: builtins.bool) -> builtins.bool:
        """True or false.

        Raises:
            ImproperlyConfigured: the value is neither.
        """
        text = self.str(var)
        if not text:
            return default
        if text.lower() not in _SWITCHES:
            raise ImproperlyConfigured(f"{var} must be true or false, not {text!r}.")
        return _SWITCHES[text.lower()]

    def choice(
        self, var: builtins.str, default: builtins.str, choices: Sequence[builtins.str]
    ) -> builtins.str:
        """One of some words.

        Raises:
            ImproperlyConfigured: the value is another.
        """
        text = self.str(var) or default
        if text not in choices:
            raise ImproperlyConfigured(f"{var} must be {' or '.join(choices)}, not {text!r}.")
        return text

    def list(self, var: builtins.str, default: Any) -> builtins.list[builtins.str]:
        """The parts between commas, without spaces around them."""
        parts = (part.strip() for part in self.str(var).split(","))
        return [part for part in parts if part] or default

    def ids(self, var: builtins.str, default: Any) -> builtins.list[builtins.str]:
        """As list, of numeric ids.

        Raises:
            ImproperlyConfigured: one of them is not numeric.
        """
        ids = self.list(var, default)
        for text in ids:
            if not (text.isascii() and text.isdecimal()):
                raise ImproperlyConfigured(
                    f"{var} must be numeric ids separated by commas, but has {text!r}."
                )
        return ids
