"""Answers a question in words with figures from the engine: the one entry for commands, pages and tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from assistant import known, talk
from assistant.answering import charges, reports
from assistant.answering.result import Result
from assistant.answering.sentences import say
from assistant.errors import AskError
from assistant.models import Turn
from assistant.reading.context import CannotError, Context
from assistant.reading.names import Names
from assistant.reading.plan import Kind, Plan
from assistant.reading.planner import Read, Reading, plan
from assistant.reading.words import MAX_CHARACTERS, atoms, folded
from catalog.errors import CatalogError
from catalog.nearest import closest
from costs.errors import NotLoadedError
from costs.query.hints import joined
from costs.query.snapshot import Snapshot, take
from costs.store import configured
from costs.wording import quoted

MAX_NEAR = 3
EXAMPLES = "How much yesterday? Which customer spent most on Claude last month? Are we over budget?"


class Choice(TypedDict):
    """A reading of a question: how to say it, and the question that it is."""

    says: str
    question: dict[str, Any]


class Ask(TypedDict):
    """What is asked back: about which words, and the readings to choose from."""

    about: str
    ask: str
    choices: list[Choice]


class Answer(TypedDict):
    """An answer. `question` is what it was read as, null if nothing was answered.

    Amounts in `rows` and `totals` are decimal strings; null is unknown. `basis` says what they rest on.
    `error` is the code of why a question that was read has no figures.
    """

    id: str
    question: dict[str, Any] | None
    rows: list[dict[str, Any]]
    totals: list[dict[str, Any]]
    rows_left_out: int
    answer: str
    not_understood: list[str]
    asks: list[Ask]
    hint: str | None
    basis: dict[str, Any]
    error: str | None


def ask(
    person: Any, text: str, *, today: date | None = None, follow: str = "", now: datetime | None = None
) -> Answer:
    """Answer a question in words.

    Args:
        person: the user who asks, whose conversation it becomes; None for commands on this machine.
        text: the question.
        today: the day that "yesterday" and the like are seen from, in UTC; None for that of `now`.
        follow: the id of an answer that the question is about.
        now: the time; None for the clock's.

    Returns:
        The answer, which is kept in the conversation. Figures are from the engine alone.

    Raises:
        AskError: the text is empty or too long.
        UnknownTurnError: there is no such answer to follow.
    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_CHARACTERS:
        raise AskError(
            f"The question has {len(text)} characters.", hint=f"Ask in 1 to {MAX_CHARACTERS}. {EXAMPLES}"
        )
    following = talk.find(person, follow) if follow else None
    answer = _Asked(text, _moment(today, now), following, now).answer()
    answer["id"] = talk.keep(person, text, {**answer}, following).pk
    return answer


def answer_question(question: Mapping[str, Any], *, now: datetime | None = None) -> Answer:
    """Answer what a question was read as, from the figures of now. It is in no conversation.

    Args:
        question: of an answer. Its days stay as they were.
        now: the time; None for the clock's.
    """
    asked = _Asked("", _moment(None, now), None, now)
    return asked.answer_reading(Reading("", Plan.from_json(question)))


def _moment(today: date | None, now: datetime | None) -> datetime:
    """The moment that a question is asked at: the clock's, or the last second of a day that is given."""
    now = now or datetime.now(UTC)
    return (
        now if today in (None, now.date()) else datetime.combine(today or now.date(), time(23, 59, 59), UTC)
    )


class _Asked:
    """A question on its way to an answer."""

    def __init__(self, text: str, moment: datetime, following: Turn | None, now: datetime | None) -> None:
        self._text, self._moment, self._following, self._now = text, moment, following, now
        self._costs, self._missing = _costs(moment)

    def answer(self) -> Answer:
        if picked := self._picked():
            return self.answer_reading(picked)
        names = known.names(self._costs)
        last = talk.last_plan(self._following) if self._following else None
        context = Context(
            self._moment.date(),
            names.values["budget"],
            Plan.from_json(last) if last else None,
            is_unanswered=self._following is not None and self._following.plan is None,
        )
        read = plan(self._text, names, context)
        if read.not_understood:
            if read.may_be_price and (priced := self._price(read.not_understood)):
                return priced
            return _answer(_not_understood(read, names), not_understood=[*read.not_understood])
        if read.cannot:
            return _answer(_told(read.remarks, read.cannot, _examples(read)))
        return self._of(read.readings, read)

    def answer_reading(self, reading: Reading) -> Answer:
        """The answer of what a question was read as."""
        return self._of([reading], Read())

    def _price(self, not_understood: Sequence[str]) -> Answer | None:
        """The list price of a machine or the like that is named whole, as in "how much is an e2-micro?"."""
        asked = Plan(Kind.PRICE, name=self._text.rstrip(" ?"))
        try:
            result = reports.answer_price(asked)
        except CatalogError:
            return None
        words = set(atoms(" ".join(not_understood)))
        named = f"{result.rows[0]['name']}" if result.rows and not result.facts["missing"] else ""
        is_meant = named and named in folded(self._text) and words & {*atoms(named)}
        return self._answered(asked, result, Read()) if is_meant else None

    def _picked(self) -> Reading | None:
        """The reading that a reply to what was asked back names, by its number or its words."""
        choices = [
            each for ask in (self._following.asks if self._following else ()) for each in ask["choices"]
        ]
        reply = folded(self._text).strip(" .!?")
        said = [folded(choice["says"]) for choice in choices]
        exact = [index for index, each in enumerate(said) if reply in (each, f"{index + 1}")]
        found = exact or [
            index for index, each in enumerate(said) if set(reply.split()) <= {*each.split(), "the"}
        ]
        if len(found) != 1:
            return None
        return Reading(choices[found[0]]["says"], Plan.from_json(choices[found[0]]["question"]))

    def _of(self, readings: Sequence[Reading], read: Read) -> Answer:
        """The answer of the first reading, unless another one has other rows."""
        try:
            is_metered = len(readings) > 1 and self._costs and self._costs.store.metered
            if read.must_ask or is_metered:
                return _asked_back(readings, read)
            results = [self._run(each.plan) for each in readings]
        except CannotError as error:
            return _answer(_told(read.remarks, f"{error}"))
        except CatalogError as error:
            found = _answer(
                _told(read.remarks, error.message, error.hint), question=readings[0].plan.as_json()
            )
            found["error"] = error.code
            return found
        if any(each.rows != results[0].rows for each in results):
            return _asked_back(readings, read)
        return self._answered(readings[0].plan, results[0], read)

    def _answered(self, asked: Plan, result: Result, read: Read) -> Answer:
        """The answer of a plan. Of prices that differ it asks which is meant."""
        choices = reports.narrower(asked, result) if asked.kind is Kind.PRICE else []
        if choices:
            unclear = result.facts["ambiguous_in"][0]
            said = Read(asks=unclear["ask"], about=unclear["attribute"], remarks=read.remarks)
            return _asked_back([Reading(says, each) for says, each in choices], said)
        return _answered(asked, result, read)

    def _run(self, asked: Plan) -> Result:
        if asked.kind is Kind.PRICE:
            return reports.answer_price(asked)
        if self._costs is None:
            raise self._missing or NotLoadedError("No costs are loaded.")
        if asked.kind is Kind.LIVE:
            return reports.answer_live(asked, self._costs, self._now or self._moment)
        return _RUNNERS[asked.kind](asked, self._costs)


_RUNNERS: Mapping[Kind, Callable[[Plan, Snapshot], Result]] = {
    Kind.COSTS: charges.answer_costs,
    Kind.SHARE: charges.answer_share,
    Kind.COUNT: charges.answer_count,
    Kind.FORECAST: reports.answer_forecast,
    Kind.ANOMALIES: reports.answer_anomalies,
    Kind.BUDGETS: reports.answer_budgets,
    Kind.MODELS: reports.answer_models,
}


def _costs(moment: datetime) -> tuple[Snapshot | None, NotLoadedError | None]:
    """The costs that are loaded now, as they are seen from a moment."""
    try:
        return replace(take(configured.open_store(), None), as_of=moment), None
    except NotLoadedError as error:
        return None, error


def _answered(asked: Plan, result: Result, read: Read) -> Answer:
    said = _told(read.remarks, *asked.assumed, say(asked, result), result.hint)
    facts = {name: value for name, value in result.facts.items() if value is not None}
    return {
        **_answer(said, question=asked.as_json()),
        "rows": [*result.rows],
        "totals": [*result.totals],
        "rows_left_out": result.rows_left_out,
        "hint": result.hint or None,
        "basis": {**result.basis, **facts},
    }


def _asked_back(readings: Sequence[Reading], read: Read) -> Answer:
    choices: list[Choice] = [{"says": each.says, "question": each.plan.as_json()} for each in readings]
    numbered = " ".join(f"{number}. {each['says']}." for number, each in enumerate(choices, 1))
    found = _answer(_told(read.remarks, read.asks, numbered))
    found["asks"] = [{"about": read.about, "ask": read.asks, "choices": choices}]
    return found


def _not_understood(read: Read, names: Names) -> str:
    words = " and ".join(quoted(each) for each in read.not_understood)
    near = dict.fromkeys(found for each in read.not_understood for found in _near(each, names))
    alike = f"Known names like it: {', '.join(map(quoted, near))}." if near else ""
    return _told(
        read.remarks,
        f"I did not understand {words}, so I give no figure.",
        alike,
        "Leave it out, or say it in other words.",
    )


def _near(words: str, names: Names) -> list[str]:
    values = [
        value
        for name in ("customer", "model", "service", "account", "region")
        for value in names.values.get(name, ())
    ]
    found = dict.fromkeys(each for word in words.split() for each in closest(word, values)[:1])
    return [*found][:MAX_NEAR]


def _examples(read: Read) -> str:
    return f"Ask such as: {EXAMPLES}" if not read.readings else ""


def _told(remarks: Sequence[str], *sentences: str) -> str:
    return joined([*remarks, *sentences]) or ""


def _answer(
    said: str, *, question: dict[str, Any] | None = None, not_understood: list[str] | None = None
) -> Answer:
    return {
        "id": "",
        "question": question,
        "rows": [],
        "totals": [],
        "rows_left_out": 0,
        "answer": said,
        "not_understood": not_understood or [],
        "asks": [],
        "hint": None,
        "basis": {},
        "error": None,
    }
