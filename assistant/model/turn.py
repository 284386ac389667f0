"""A turn with a model: it asks tools until it can answer, within bounds; a generator of events (`events`)."""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from prometheus_client import Counter

from assistant import talk
from assistant.errors import AskError
from assistant.held import Evidence, Prose, Run
from assistant.model import events, offered, prompt, providers, spending
from assistant.model.events import SAYS, Event, Reason
from assistant.model.provider import (
    Call,
    Ended,
    Exchange,
    ModelError,
    Price,
    Provider,
    Request,
    Said,
    Stop,
    ToolResult,
    Usage,
)
from assistant.model.provider import Text as Piece
from assistant.models import Turn
from assistant.reading.words import MAX_CHARACTERS
from catalog.pricing.decimals import EXACT, plain

logger = logging.getLogger(__name__)

TURNS = Counter("cloud_pricing_model_turns", "Questions asked through a model.", ["reason"])
USD = Counter("cloud_pricing_model_usd", "What they have cost, at most, in US dollars.")
UNHELD = Counter("cloud_pricing_model_unheld_figures", "Figures of their answers that were in no row.")
# From the start at 0, so that the first one is an increase.
for _reason in Reason:
    TURNS.labels(_reason.value)

# Of one step.
TRIES = 4
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
# Of the conversation before, what the model is shown.
_EARLIER = 4
_running: set[Any] = set()
_lock = threading.Lock()


class _EndError(Exception):
    """The turn ends here."""

    def __init__(self, reason: Reason, says: str = "") -> None:
        super().__init__(reason)
        self.reason, self.says = reason, says or SAYS[reason]


def run(
    person: Any,
    text: str,
    *,
    follow: str = "",
    stop: threading.Event | None = None,
    now: datetime | None = None,
    pause: Callable[[float], object] | None = None,
) -> Iterator[Event]:
    """Answer a question with a model.

    Args:
        person: the user who asks, with whose scopes tools are called; None for commands on this machine.
        text: the question.
        follow: the id of an answer that the question is about.
        stop: set by whoever wants no more of it.
        now: the time; None for the clock's.
        pause: waits for so many seconds; by default until then or until `stop`.

    Returns:
        Events. Closing the generator ends the turn.

    Raises:
        AskError: the text is empty or too long, or a question of the person is being answered.
        UnknownTurnError: there is no such answer to follow.
        ModelError: no model is set up.
    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_CHARACTERS:
        raise AskError(f"The question has {len(text)} characters.", hint=f"Ask in 1 to {MAX_CHARACTERS}.")
    following = talk.find(person, follow) if follow else None
    stop = stop or threading.Event()
    turn = _Turn(person, text, following, stop, now or datetime.now(UTC), pause or stop.wait)
    return turn.events()


@dataclass(slots=True)
class _Turn:
    person: Any
    text: str
    following: Turn | None
    stop: threading.Event
    now: datetime
    pause: Callable[[float], object]
    provider: Provider = field(default_factory=providers.provider)
    price: Price = field(default_factory=providers.price)
    usage: Usage = field(default_factory=Usage)
    spent: Decimal = Decimal(0)
    is_upper_bound: bool = False
    steps: int = 0
    said: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    evidence: Evidence = field(init=False)
    prose: Prose = field(init=False)
    ends_at: float = 0.0

    def __post_init__(self) -> None:
        self.evidence = Evidence(self.text)
        self.prose = Prose(self.evidence)
        self.ends_at = time.monotonic() + settings.ASK_TURN_SECONDS

    def events(self) -> Iterator[Event]:
        with _alone(self.person):
            yield {"event": "start", "provider": self.provider.name, "model": self.provider.model}
            try:
                yield from self._steps()
                end = _EndError(Reason.ANSWERED)
            except _EndError as error:
                end = error
            except ModelError as error:
                logger.warning("The model failed: %s", error.message)
                reason = Reason.CUT if error.is_cut else Reason.FAILED
                end = _EndError(reason, " ".join(filter(None, [SAYS[reason], error.message, error.hint])))
            yield from self._shown(self.prose.finish())
            yield self._cost()
            yield self._done(end)

    def _steps(self) -> Iterator[Event]:
        scopes = offered.scopes_of(self.person)
        tools = offered.specs(scopes)
        while True:
            self._check()
            self.steps += 1
            request = Request(
                prompt.SYSTEM,
                tools,
                self._conversation(),
                [*self.exchanges],
                may_call=self.steps < settings.ASK_MAX_STEPS,
            )
            calls: list[Call] = []
            ended = yield from self._step(request, calls)
            if ended.stop is Stop.REFUSED:
                raise _EndError(Reason.REFUSED)
            if ended.stop is Stop.TOKENS:
                raise _EndError(Reason.TOKENS)
            if not calls:
                return
            yield from self._shown(self.prose.finish())
            if self.steps >= settings.ASK_MAX_STEPS:
                raise _EndError(Reason.STEPS)
            results: list[ToolResult] = []
            for call in calls:
                self._check()
                yield from self._called(call, scopes, results)
            self.exchanges.append(Exchange(ended.reply, results))

    def _step(self, request: Request, calls: list[Call]) -> Generator[Event, None, Ended]:
        """One reply; again after a pause if the provider is busy, or breaks off before anything was shown."""
        for tried in range(1, TRIES + 1):
            shown = len(self.said)
            try:
                return (yield from self._reply(request, calls))
            except ModelError as error:
                seconds = _pause_before(tried, error.wait or 0.0)
                is_late = time.monotonic() + seconds > self.ends_at
                if (
                    error.wait is None
                    or tried == TRIES
                    or is_late
                    or len(self.said) > shown
                    or self.prose.is_waiting
                ):
                    raise
                calls.clear()
                yield {"event": "retry", "seconds": round(seconds, 1), "why": error.message}
                self.pause(seconds)
                self._check()
        raise AssertionError

    def _reply(self, request: Request, calls: list[Call]) -> Generator[Event, None, Ended]:
        size = len(json.dumps(asdict(request), default=str))
        try:
            with spending.taking(spending.most(request, self.price, size)) as taken:
                try:
                    ended = yield from self._parts(request, calls)
                    taken.settle(spending.cost(ended.usage, self.price))
                    self.usage += ended.usage
                except ModelError as error:
                    if not error.is_cut:
                        taken.settle(Decimal(0))
                    raise
                else:
                    return ended
                finally:
                    self.spent = EXACT.add(self.spent, taken.spent)
                    self.is_upper_bound |= not taken.is_known
        except spending.SpentError:
            raise _EndError(Reason.MONEY) from None

    def _parts(self, request: Request, calls: list[Call]) -> Generator[Event, None, Ended]:
        parts = self.provider.reply(request)
        try:
            for part in parts:
                if isinstance(part, Piece):
                    yield from self._shown(self.prose.add(part.text))
                elif isinstance(part, Call):
                    calls.append(part)
                else:
                    return part
                self._check(counts_tokens=False)
        finally:
            close = getattr(parts, "close", None)
            if close:
                close()
        raise ModelError("The model's reply has no end.", is_cut=True, wait=0.0)

    def _called(self, call: Call, scopes: Any, results: list[ToolResult]) -> Iterator[Event]:
        yield events.tool(call.id, call.name, call.arguments)
        subject = f"{self.person.pk}" if self.person else "command"
        result = offered.call(call.name, call.arguments, scopes, subject)
        if result.is_error:
            yield events.tool_error(call.id, call.name, result.content["error"])
        else:
            self.evidence.add(call.arguments or {}, result.content)
            yield events.rows(call.id, call.name, result.content)
        results.append(ToolResult(call.id, offered.shown(call.name, result), result.is_error))

    def _check(self, *, counts_tokens: bool = True) -> None:
        """End the turn if it has gone on for long enough."""
        if self.stop.is_set():
            raise _EndError(Reason.STOPPED)
        if time.monotonic() > self.ends_at:
            raise _EndError(Reason.TIME)
        if counts_tokens and self.usage.total >= settings.ASK_MAX_TOKENS:
            raise _EndError(Reason.TOKENS)

    def _shown(self, runs: Iterator[Run]) -> Iterator[Event]:
        for run_ in runs:
            self.said.append(run_.text)
            yield {"event": "text", "text": run_.text, "held": run_.is_held}

    def _conversation(self) -> Sequence[Said]:
        """What was said before, of the same conversation, and the question."""
        said = []
        if self.following:
            earlier = self.following.talk.turns.filter(asked_at__lte=self.following.asked_at).order_by(
                "-asked_at"
            )
            for turn in reversed(earlier[:_EARLIER]):
                said += [Said(turn.text), Said(turn.answer or "(no answer)", by_person=False)]
        return [*said, Said(prompt.asked(self.text, self.now.date()))]

    def _cost(self) -> Event:
        return {
            "event": "cost",
            "usd": plain(self.spent),
            "is_upper_bound": self.is_upper_bound,
            "steps": self.steps,
            "input_tokens": self.usage.input,
            "output_tokens": self.usage.output,
            "cache_read_tokens": self.usage.cache_read,
            "cache_write_tokens": self.usage.cache_write,
            "day_usd": plain(spending.spent_today()),
            "day_limit_usd": plain(settings.ASK_USD_PER_DAY),
            "price_source": self.price.source,
        }

    def _done(self, end: _EndError) -> Event:
        answer = " ".join(filter(None, ["".join(self.said).strip(), end.says]))
        kept: dict[str, Any] = {"question": None, "asks": [], "answer": answer, "not_understood": []}
        TURNS.labels(end.reason.value).inc()
        USD.inc(float(self.spent))
        UNHELD.inc(len(self.prose.unheld))
        turn = talk.keep(self.person, self.text, kept, self.following)
        return {
            "event": "done",
            "reason": end.reason.value,
            "says": end.says,
            "unheld": self.prose.unheld,
            "id": turn.pk,
        }


@contextmanager
def _alone(person: Any) -> Iterator[None]:
    """One question of a person at a time."""
    key = person.pk if person else None
    with _lock:
        if key is not None and key in _running:
            raise AskError("A question of yours is being answered.", hint="Wait for its answer, or stop it.")
        _running.add(key)
    try:
        yield
    finally:
        with _lock:
            _running.discard(key)


def _pause_before(tried: int, wait: float) -> float:
    """Seconds: as long as the provider says, else longer each time, and never the same for all who wait."""
    longer = min(_FIRST_PAUSE * 2.0 ** (tried - 1), _LONGEST_PAUSE)
    return max(wait, longer * random.uniform(0.75, 1.25))  # noqa: S311 no secret
