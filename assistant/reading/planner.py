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
from assistant.reading.plan import Kind, Plan
from assistant.reading.reader import read
from assistant.reading.spans import recognize

# Of more readings, nobody could choose.
MAX_READINGS = 12
_OF_CHARGES = (Kind.COSTS, Kind.SHARE, Kind.COUNT)
_WHICH_QUESTION = Choice(
    "the question",
    "Does this go on with the question before that was answered, or is it asked by itself?",
    (),
)


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
        must_ask: whether a person is asked even if the rows of all readings are the same.
        remarks: what was corrected, as sentences.
    """

    readings: Sequence[Reading] = ()
    asks: str = ""
    about: str = ""
    not_understood: Sequence[str] = ()
    cannot: str = ""
    may_be_price: bool = False
    must_ask: bool = False
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
    return _planned(draft, context, remarks)


def _planned(draft: Draft, context: Context, remarks: Sequence[str]) -> Read:
    """The readings of a question all words of which were understood."""
    if draft.is_empty:
        return Read(cannot="This asks nothing about costs or prices.", remarks=remarks)
    contexts = _contexts(draft, context)
    if draft.moved and not any(each.last for each in contexts):
        return Read(not_understood=[draft.moved_words], remarks=remarks)
    if not contexts:
        return Read(cannot="The question before was not answered: ask the whole question.", remarks=remarks)
    try:
        readings = [reading for each in contexts for reading in _readings(copy.deepcopy(draft), each)]
    except CannotError as error:
        return Read(cannot=f"{error}", remarks=remarks)
    asked = _choices(draft) if len(contexts) == 1 else [_WHICH_QUESTION]
    return Read(
        readings,
        " ".join(choice.ask for choice in asked),
        ", ".join(choice.about for choice in asked),
        must_ask=context.is_unanswered and len(contexts) > 1,
        remarks=remarks,
    )


def _contexts(draft: Draft, context: Context) -> list[Context]:
    """What a question may be about: the question before, none, or either."""
    anew = Context(context.today, context.budgets)
    if context.is_unanswered and draft.refers_back:
        complete = [anew] if draft.times else []
        return [context, anew] if context.last else complete
    if context.last is None:
        return [anew]
    if draft.refers_back:
        return [context]
    # Without a time of its own, a question may go on with that of the question before.
    is_open = not draft.times and draft.kind is None and context.last.kind in _OF_CHARGES
    return [context, anew] if is_open and not context.is_unanswered else [anew]


def _readings(draft: Draft, context: Context) -> list[Reading]:
    """The readings of a draft that is about the question before, or about none."""
    if context.last:
        _ask_of_comparison(draft, context)
        # A question that goes on with costs is of costs.
        draft.choices = [
            choice
            for choice in draft.choices
            if not choice.wants_measure
            and not any(option.changes.get("kind") is Kind.PRICE for option in choice.options)
        ]
        if context.last.by:
            draft.choices = [choice for choice in draft.choices if not choice.wants_by]
            draft.picks = draft.picks or ([*context.last.by] if draft.ranking else [])
    about = "going on with the question before" if context.last else "by itself"
    return [Reading(says or about, complete(each, context)) for says, each in _variants(draft)]


def _ask_of_comparison(draft: Draft, context: Context) -> None:
    """Ask whether a time that follows a comparison of two is compared as well."""
    compares = context.last is not None and context.last.compare is not None
    is_new_time = bool(draft.times or draft.moved) and not draft.is_compared and draft.kind is None
    if not (compares and is_new_time) or draft.is_alone:
        draft.is_alone = draft.is_alone and is_new_time
        return
    options = [
        Option("that time alone", {"is_alone": True}),
        Option("compared with the time before it", {"is_compared": True}),
    ]
    ask = "Do you mean that time alone, or compared with the time before it?"
    draft.choices.append(Choice("the time", ask, options))


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
