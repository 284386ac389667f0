"""Text to plans: one if a question has one reading, several if it has more; or the words not understood."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from assistant.reading.complete import complete
from assistant.reading.context import CannotError, Context
from assistant.reading.draft import Choice, Draft, Option
from assistant.reading.names import Names
from assistant.reading.plan import Plan
from assistant.reading.reader import read
from assistant.reading.spans import recognize

# Of more readings, nobody could choose.
MAX_READINGS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a question: how to say what it takes the words for, and what it asks."""

    says: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Read:
    """What a question was read as.

    Args:
        readings: the ways to read it; none if it cannot be answered.
        asks: what to ask a person if they differ.
        about: the words with several readings.
        not_understood: words that nothing was made of.
        cannot: why it is not answered, in a sentence.
        may_be_price: whether the words not understood may name something with a list price.
        remarks: what was corrected, as sentences.
    """

    readings: Sequence[Reading] = ()
    asks: str = ""
    about: str = ""
    not_understood: Sequence[str] = ()
    cannot: str = ""
    may_be_price: bool = False
    remarks: Sequence[str] = field(default_factory=list)


def plan(text: str, names: Names, context: Context) -> Read:
    """Read a question.

    Args:
        text: the question.
        names: those of the loaded charges.
        context: the day, the budgets, and the question before.
    """
    draft = read(recognize(text, names, context.today))
    remarks = [f'"{each.written}" is read as {each.read}.' for each in draft.corrections]
    if draft.refused:
        return Read(cannot=draft.refused, remarks=remarks)
    if draft.not_understood:
        return Read(not_understood=draft.not_understood, may_be_price=draft.may_be_price, remarks=remarks)
    is_edit = context.last is not None and draft.refers_back
    if not is_edit:
        context = Context(context.today, context.budgets)
    elif context.last and context.last.by:
        draft.choices = [choice for choice in draft.choices if not choice.wants_by]
        draft.picks = draft.picks or ([*context.last.by] if draft.ranking else [])
    if draft.is_empty:
        return Read(cannot="This asks nothing about costs or prices.", remarks=remarks)
    try:
        readings = [Reading(says, complete(each, context)) for says, each in _variants(draft)]
    except CannotError as error:
        return Read(cannot=f"{error}", remarks=remarks)
    return Read(
        readings,
        " ".join(choice.ask for choice in _choices(draft)),
        ", ".join(choice.about for choice in _choices(draft)),
        remarks=remarks,
    )


def _choices(draft: Draft) -> list[Choice]:
    """The words with several readings, and the times with several."""
    found = list(draft.choices)
    for index, time in enumerate(draft.times):
        if time.also:
            options = [
                Option(f"{each.window.start} to before {each.window.end}", {"time": (index, each)})
                for each in (time, *time.also)
            ]
            ask = f"Do you mean {' or '.join(option.says for option in options)}?"
            found.append(Choice("the time", ask, options))
    return found


def _variants(draft: Draft) -> Iterator[tuple[str, Draft]]:
    """The draft in each of its readings."""
    choices = _choices(draft)
    for number, options in enumerate(product(*(choice.options for choice in choices))):
        if number == MAX_READINGS:
            return
        yield ", ".join(option.says for option in options), _chosen(draft, options)


def _chosen(draft: Draft, options: Sequence[Option]) -> Draft:
    made = copy.deepcopy(draft)
    for option in options:
        for name, value in option.changes.items():
            if name == "time":
                made.times[value[0]] = value[1]
            elif hasattr(made, name):
                setattr(made, name, value)
            else:
                made.add(name, value)
    if any("by" in option.changes for option in options):
        made.picks = [*made.by] if made.ranking or draft.picks else []
    return made
