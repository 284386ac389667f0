"""What a question says, before what it leaves out is filled in: from it, or from the question before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.reading.periods import Time
from assistant.reading.plan import Kind
from assistant.reading.spelling import Correction
from costs.query.dimensions import Value


@dataclass(frozen=True, slots=True)
class Option:
    """One of several readings: how to say it, and what it changes in a Draft."""

    says: str
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """Words with several readings.

    Args:
        about: the words.
        ask: the question to a person.
        options: the readings.
        wants_by: whether it asks by what rows are grouped, which the question before may say.
        wants_measure: whether it asks for a measure, which the question before has.
    """

    about: str
    ask: str
    options: Sequence[Option]
    wants_by: bool = False
    wants_measure: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order by the figure: the largest or smallest first, of how many rows; None is all."""

    descending: bool
    limit: int | None = None
    is_change: bool = False
    in_percent: bool = False


@dataclass
class Draft:
    """What was said; None or empty is what was not.

    Args:
        kind: the part of the product that is meant; None for costs.
        measures: names of measures.
        by: what to group by.
        picks: those of `by` of which single ones are asked for, as by "which customer".
        filters: values by dimension, or not_ and a dimension.
        times: the times, in order.
        compared: the times that are compared with.
        moved: the unit by which the time of the question before is moved back; "" if it is not.
        moved_words: the words that say so.
        is_alone: whether a comparison of the question before is dropped.
        ranking: the order, if rows are ranked.
        is_compared: whether a change or a comparison with another time is asked for.
        is_share: whether a share is asked for.
        in_percent: whether a change is asked for in per cent.
        whole: of a share, the filters of the whole.
        average: the unit of which the average is asked for.
        count_of: the dimension whose values are counted.
        is_trend: whether the course over time is asked for.
        wants_total: whether what was grouped before is wanted in one figure.
        usage: whether live usage is asked for in tokens.
        name: of a budget, or the words of a search.
        candidates: models to compare with.
        clouds: clouds to compare with.
        choices: words with several readings.
        not_understood: words that nothing was made of.
        refused: why nothing is answered.
        refers_back: whether it is about the question before.
        is_empty: whether nothing of it is about costs or prices.
        may_be_price: whether the words may be those of a list price.
        corrections: words whose spelling was corrected.
    """

    kind: Kind | None = None
    measures: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    picks: list[str] = field(default_factory=list)
    filters: dict[str, list[Value]] = field(default_factory=dict)
    times: list[Time] = field(default_factory=list)
    compared: list[Time] = field(default_factory=list)
    moved: str = ""
    moved_words: str = ""
    is_alone: bool = False
    ranking: Ranking | None = None
    is_compared: bool = False
    is_share: bool = False
    in_percent: bool = False
    whole: dict[str, list[Value]] = field(default_factory=dict)
    average: str = ""
    count_of: str = ""
    is_trend: bool = False
    wants_total: bool = False
    usage: bool = False
    name: str = ""
    candidates: list[str] = field(default_factory=list)
    clouds: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    refused: str = ""
    refers_back: bool = False
    is_empty: bool = False
    may_be_price: bool = False
    corrections: Sequence[Correction] = ()

    def add(self, name: str, values: Sequence[Value]) -> None:
        """Let charges have one of these values too."""
        self.filters[name] = [*dict.fromkeys([*self.filters.get(name, ()), *values])]
