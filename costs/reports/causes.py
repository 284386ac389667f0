"""Which charges explain that a day cost more or less than expected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from operator import itemgetter

from catalog.pricing.decimals import EXACT, NANO, ROUNDED, exact_sum
from costs.query.dimensions import Value

Key = tuple[Value, ...]
# Values by dimension; none is everything.
Cause = Mapping[str, Value]

_ZERO = Decimal(0)
# A charge has moved like another if it has moved half as much, in proportion.
_AS_MUCH = Decimal("0.5")
# Charges have moved together if most of them have.
_MOST = Decimal("0.6")
# The narrowest cause that explains so much of what the widest does is the cause.
_NEARLY_ALL = Decimal("0.9")


@dataclass(frozen=True, slots=True)
class Cell:
    """The charges that have the same value in each dimension.

    Args:
        actual: what they cost.
        usual: what they usually cost on such a day.
    """

    actual: Decimal
    usual: Decimal

    @property
    def part(self) -> Decimal:
        """What they cost more than usual."""
        return self.actual - self.usual


Cells = Mapping[Key, Cell]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of an excess that charges with these values have; of all others if there are none."""

    values: Cause
    amount: Decimal


def within(dimensions: Sequence[str], cells: Cells, cause: Cause) -> dict[Key, Cell]:
    """The charges that have the values of a cause."""
    places = [place for place, name in enumerate(dimensions) if name in cause]
    if not places:
        return dict(cells)
    # There may be tens of thousands, so the loop does no more than this.
    values_of = itemgetter(*places)
    values = values_of([cause.get(name) for name in dimensions])
    return {key: cell for key, cell in cells.items() if values_of(key) == values}


def part(cells: Iterable[Cell]) -> Decimal:
    return sum((cell.part for cell in cells), _ZERO)


def narrowest(dimensions: Sequence[str], cells: Cells, among: Cells, sign: int) -> Cause:
    """The narrowest cause of a rise (or a fall, if the sign is negative).

    It begins with the charges that have moved most, and takes in others as long as most have moved alike: a
    spike of a customer on one meter is that customer and meter, a price that rises for all is the model.

    Args:
        dimensions: what the cells are by.
        cells: all charges of the day.
        among: those of them to begin with; not empty.
        sign: 1 or -1.
    """
    first = max(among, key=lambda key: (among[key].part * sign, tuple(map(str, key))))
    values = dict(zip(dimensions, first, strict=True))
    least = _moved(cells[first], sign) * _AS_MUCH
    found: list[tuple[Decimal, Cause]] = []
    for count in range(len(dimensions), -1, -1):
        for names in combinations(dimensions, count):
            cause = {name: values[name] for name in names}
            inside = list(within(dimensions, cells, cause).values())
            if _moved_alike(inside, least, sign) >= _MOST:
                found.append((part(inside) * sign, cause))
    most = max((amount for amount, _ in found), default=_ZERO)
    return next((cause for amount, cause in found if amount >= most * _NEARLY_ALL), values)


def _moved(cell: Cell, sign: int) -> Decimal:
    """What part of a cost is new, or gone."""
    whole = cell.actual if sign > 0 else cell.usual
    return cell.part * sign / whole if whole > 0 else _ZERO


def _moved_alike(cells: Collection[Cell], least: Decimal, sign: int) -> Decimal:
    """The part of charges, by what they usually cost, that have moved so much; all if all are new."""
    usual = sum((abs(cell.usual) for cell in cells), _ZERO)
    moved = sum((abs(cell.usual) for cell in cells if _moved(cell, sign) >= least), _ZERO)
    return moved / usual if usual else Decimal(1)


def parts(
    dimensions: Sequence[str], cells: Cells, excess: Decimal, expected: Decimal, most: int
) -> list[Part]:
    """The parts of an excess, the largest first, which add up to it exactly.

    Args:
        dimensions: what the cells are by.
        cells: the charges of the series that is off.
        excess: what it cost more than expected.
        expected: what that is, in which the cells have the parts that they usually have.
        most: how many parts are told; the last one, without values, is what is left.
    """
    usual = sum((cell.usual for cell in cells.values()), _ZERO)
    scale = expected / usual if usual else _ZERO
    amounts = {key: _money(cell.actual - cell.usual * scale) for key, cell in cells.items()}
    sign = 1 if excess > 0 else -1
    ordered = sorted(amounts, key=lambda key: (-amounts[key] * sign, tuple(map(str, key))))
    told = [
        Part(dict(zip(dimensions, key, strict=True)), amounts[key])
        for key in ordered[:most]
        if amounts[key] * sign > 0
    ]
    other = EXACT.subtract(excess, exact_sum(one.amount for one in told))
    return [*told, Part({}, other)]


def _money(amount: Decimal) -> Decimal:
    return ROUNDED.quantize(amount, NANO)
