"""Units of usage: converts quantities to the unit that a SKU is priced in, exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from catalog.errors import UnitMismatchError
from catalog.pricing.decimals import EXACT, ROUNDED, plain
from catalog.pricing.unit_refusals import why_unreadable
from catalog.pricing.unit_words import (
    ACCESSES,
    CONTRASTS,
    EVENTS,
    PARTS,
    RESOURCES,
    Reading,
    Unit,
    parse_unit,
    read_unit,
    singulars,
)
from catalog.pricing.written_numbers import MULTIPLIERS

HOURS_PER_MONTH = 730
_HOUR_SECONDS = Decimal(3600)
_MONTH_SECONDS = HOURS_PER_MONTH * _HOUR_SECONDS
# "ManagedZone" and "QUser" are two words each, "IOPS" is one.
_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MULTIPLIER = re.compile(rf"(?:k|m|b|bn|t|{'|'.join(MULTIPLIERS)})s?\b", re.IGNORECASE)

_COMPATIBLE_UNITS = {
    "By": ("GiBy", "MiBy", "TiBy", "GBy", "TBy", "By"),
    "s": ("h", "s", "min", "d", "mo"),
    "By.s": ("GiBy.mo", "GiBy.h", "TiBy.mo", "GBy.mo", "GBy.h", "By.s"),
    "count": ("count", "thousand", "million", "billion"),
}
_HINT = "Send the quantity in one of the candidates, or check the SKU."


@dataclass(frozen=True)
class UsageUnit:
    """The unit that a SKU is priced in: one `code` is `factor` base units. Tiers start at amounts of it.

    `sku_name` is the name of the SKU, which says what things it prices.
    """

    code: str
    description: str
    base_unit: str
    factor: Decimal
    sku_name: str = ""

    def base_quantity(self, quantity: Decimal, unit: str | None) -> Decimal:
        """Convert a quantity to base units, exactly.

        Args:
            quantity: the amount.
            unit: a code or words for its unit; None for the usage unit.

        Returns:
            The amount in base units. What is priced by the month is kept for a whole month if the unit does
            not say how long: 5 GiB of a SKU priced by GiBy.mo are 5 GiBy.mo.

        Raises:
            UnitMismatchError: the unit is unknown, of another dimension, or of things that the SKU does not
                price.
        """
        if unit is None or self._is_own(unit):
            return EXACT.multiply(quantity, self.factor)
        reading = self._read(unit, quantity)
        months = reading.unit.months or int(self._is_kept(reading))
        seconds = EXACT.multiply(self.month_seconds, months) if months else 1
        return EXACT.multiply(quantity, EXACT.multiply(seconds, reading.unit.size))

    @property
    def month_seconds(self) -> Decimal:
        """The length of a month: the SKU's own if it is priced by the month, otherwise 730 hours.

        So "1 mo" of a SKU priced by the month is 1, while 730 hours of it are 730/744, because Google's
        factor for a month is 31 days.
        """
        if self._own is None or not self._own.months:
            return _MONTH_SECONDS
        return EXACT.divide(self.factor, Decimal(self._own.size * self._own.months))

    @property
    def is_hourly(self) -> bool:
        return self.code.rpartition(".")[2] == "h"

    def conversion_note(self, unit: str | None) -> str | None:
        """A sentence on how `unit` was converted, or None if it is the usage unit by another name."""
        if unit is None or self._is_own(unit):
            return None
        reading = self._read(unit, Decimal(1))
        base, is_kept = self.base_quantity(Decimal(1), unit), self._is_kept(reading)
        if base == self.factor and not is_kept:
            return None
        note = f"{_one(unit)} {plain(ROUNDED.divide(base, self.factor))} {self.code}."
        if is_kept:
            return f"The quantity is kept for the whole month: {note}"
        if self.month_seconds != _MONTH_SECONDS and not reading.unit.months:
            note += f" This SKU's month has {plain(ROUNDED.divide(self.month_seconds, _HOUR_SECONDS))} hours."
        return note

    def hours_note(self, quantity: Decimal) -> str | None:
        """A sentence on a small quantity without a unit: 4 of a SKU by the hour are not 4 running vCPUs."""
        if not self.is_hourly or not 0 < quantity < HOURS_PER_MONTH:
            return None
        number = plain(quantity)
        return f"{number} without a unit is {number} {self.code}. {self._running(quantity, self._things)}"

    def compatible_units(self) -> list[str]:
        """Units in which a quantity of this SKU can be sent, the usage unit first."""
        others = _COMPATIBLE_UNITS[self._dimension] if self._dimension else ()
        return list(dict.fromkeys((self.code, *others)))

    @cached_property
    def _own(self) -> Unit | None:
        return parse_unit(self.code)

    @cached_property
    def _dimension(self) -> str | None:
        base = parse_unit(self.base_unit)
        return base.dimension if base and base.size == 1 and not base.months else None

    @cached_property
    def _name_words(self) -> tuple[str, ...]:
        """The words of the SKU's name, each followed by its singular."""
        return tuple(form for word in _NAME_WORD.findall(self.sku_name) for form in singulars(word))

    @property
    def _things(self) -> str:
        """What runs by the hour, as a unit: " GiBy" of GiBy.h, nothing of h."""
        return f" {self.code.rpartition('.')[0]}".rstrip()

    def _is_own(self, unit: str) -> bool:
        return unit == self.code or unit.casefold() in (self.code.casefold(), self.description.casefold())

    def _is_kept(self, reading: Reading) -> bool:
        """Whether the unit lacks only the month that the SKU is priced by: GiB of GiBy.mo, IOPS of mo."""
        if self._own is None or self._own.months != 1 or self._own.dimension != self._dimension:
            return False
        if self._dimension == "s":
            return reading.unit.dimension == "count" and not reading.is_of_events
        return self._dimension == "By.s" and reading.unit.dimension == "By"

    def _fits_the_name(self, reading: Reading) -> bool:
        """Whether the name of the SKU allows the things: "Entity Writes" does not allow reads."""
        if not (reading.things & ACCESSES).issubset(self._name_words):
            return False
        for contrast in CONTRASTS:
            said, named = contrast & reading.things, contrast.intersection(self._name_words)
            if said and named and said.isdisjoint(named):
                return False
        is_count_of_resources = reading.unit.dimension == "count" and reading.things & RESOURCES
        return not is_count_of_resources or self._counted_resource in reading.things

    @property
    def _counted_resource(self) -> str | None:
        """The last resource in the SKU's name, unless the name is of events: "version" of "HSM key versions".

        IOPS and throughput are both priced by the month, so a count of resources has to name the right one.
        """
        resources = [word for word in self._name_words if word in RESOURCES - PARTS]
        return resources[-1] if resources and EVENTS.isdisjoint(self._name_words) else None

    def _read(self, unit: str, quantity: Decimal) -> Reading:
        reading = read_unit(unit, self._dimension)
        if reading is None or not (reading.unit.dimension == self._dimension or self._is_kept(reading)):
            usage_unit = f"{self.code} ({self.description})"
            raise UnitMismatchError(
                (reading is None and why_unreadable(unit, self._dimension))
                or f"{unit!r} cannot be converted to this SKU's usage unit, {usage_unit}.",
                hint=f"{self._hint_on_hours(reading, quantity)} {_HINT}".lstrip(),
                candidates=self.compatible_units(),
            )
        if not self._fits_the_name(reading):
            raise UnitMismatchError(
                f"{unit!r} does not fit this SKU, {self.sku_name}.",
                hint="Check the SKU, or send the quantity in one of the candidates.",
                candidates=self.compatible_units(),
            )
        return reading

    def _hint_on_hours(self, reading: Reading | None, quantity: Decimal) -> str:
        """How to say that things run all month, if only the time is missing; otherwise nothing."""
        if reading is None or not self.is_hourly or reading.is_of_events:
            return ""
        if reading.unit.dimension == "count" and self._dimension == "s":
            return self._running(EXACT.multiply(quantity, reading.unit.size), "")
        if reading.unit.dimension == "By" and self._dimension == "By.s":
            byte_hours = EXACT.multiply(quantity, EXACT.multiply(reading.unit.size, _HOUR_SECONDS))
            return self._running(ROUNDED.divide(byte_hours, self.factor), self._things)
        return ""

    def _running(self, number: Decimal, things: str) -> str:
        hours = plain(ROUNDED.multiply(number, HOURS_PER_MONTH))
        return f"For {plain(number)}{things} running all month, send {hours} {self.code}."


def _one(unit: str) -> str:
    """The start of a sentence about one of the unit: "1 month is", though "months" was sent."""
    if unit[0].isdigit():
        return f"{unit} {'is' if unit.startswith('1 ') else 'are'}"
    is_plural = unit.endswith("s") and unit[-2:-1].islower() and read_unit(unit[:-1]) == read_unit(unit)
    return f"1 {unit[:-1] if is_plural and not _MULTIPLIER.match(unit) else unit} is"
