"""What the phrases of a question are for: what narrows, what groups, what is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.reading.draft import Choice, Draft, Option
from assistant.reading.names import PARTIAL
from assistant.reading.plan import Kind
from assistant.reading.spans import Span
from costs.query.dimensions import Value
from costs.query.question import EXCLUDES

# Names that are parts of several kinds of values are meant as the first of these.
_FIRST = ("customer", "account", "model", "service", "region")
_SAID = {"cloud": "the cloud", "developer": "the developer of models"}
_EQUALS = ("=", "is", "equals", "equal", "being", "was")
_JOINING = ("and", "or", "nor", "plus", ",")
_DETERMINERS = (
    "the",
    "our",
    "a",
    "an",
    "any",
    "all",
    "of",
    "on",
    "by",
    "from",
    "for",
    "in",
    "to",
    "my",
    "this",
    "that",
    "at",
    "called",
    "named",
    "as",
)

Spans = Sequence[Span]


def before(spans: Spans, index: int, *, over: Callable[[Span], bool]) -> int | None:
    """The place of the nearest span before one, beyond those that are passed over."""
    index -= 1
    while index >= 0 and over(spans[index]):
        index -= 1
    return index if index >= 0 else None


def is_determiner(span: Span) -> bool:
    return span.text in _DETERMINERS


def is_joining(span: Span) -> bool:
    return span.text in _JOINING


class Values:
    """Finds what the values of a question are for, and gives those spans their roles.

    Args:
        spans: the phrases.
        draft: what is said so far.
    """

    def __init__(self, spans: Spans, draft: Draft) -> None:
        self._spans = spans
        self._draft = draft

    def read(self) -> None:
        """Put what narrows the charges into the draft."""
        for index, span in enumerate(self._spans):
            if span.is_value and not span.role:
                self._value(index, span)
        self._leave_unconnected()

    def _leave_unconnected(self) -> None:
        """Take the role of a value that nothing joins to another of its kind: "opus tokens for sonnet"."""
        last: dict[str, int] = {}
        for index, span in enumerate(self._spans):
            if span.role != "filter":
                continue
            for name in span.readings():
                between = self._spans[last[name] + 1 : index] if name in last else ()
                if not all(map(_is_near, between)) and not any(map(_connects, between)):
                    span.role = ""
                last[name] = index

    def _value(self, index: int, span: Span) -> None:
        readings = self._narrowed(index, span)
        excludes = self._excludes(index)
        span.role = "excluded" if excludes else "filter"
        if excludes:
            span.role = "excluded"
        names = [*readings]
        if len(names) == 1:
            self._take(names[0], readings[names[0]], excludes=excludes, span=span)
            return
        prefix = EXCLUDES if excludes else ""
        options = [
            Option(f"{_SAID.get(name, name)} {_listed(readings[name])}", {f"{prefix}{name}": readings[name]})
            for name in names
        ]
        ask = f'Which do you mean by "{span.shown}": {" or ".join(option.says for option in options)}?'
        self._draft.choices.append(Choice(span.shown, ask, options))

    def _take(self, name: str, values: Sequence[Value], *, excludes: bool, span: Span) -> None:
        if excludes:
            self._draft.add(f"{EXCLUDES}{name}", values)
        elif span.role == "filter":
            self._draft.add(name, values)

    def _narrowed(self, index: int, span: Span) -> dict[str, tuple[Value, ...]]:
        """The readings of a value, without those that its neighbours rule out."""
        readings = self._of_budgets(dict(span.readings()))
        if marker := self._marker(index, readings):
            return {marker: readings[marker]}
        whole = {each.dimension for each in span.named if each.is_whole} | {
            key.partition("=")[0] for key in span.keys("value")
        }
        readings = {name: values for name, values in readings.items() if name in whole or not whole}
        if len(readings) > 1 and (shared := self._compared_with(index, readings)):
            return {shared: readings[shared]}
        if {"cloud", "developer"} <= readings.keys():
            return self._cloud_or_developer(index, readings)
        nested = [name for name in _FIRST if name in readings and name in PARTIAL]
        if nested and not whole:
            return {nested[0]: readings[nested[0]]}
        return readings

    def _of_budgets(self, readings: dict[str, tuple[Value, ...]]) -> dict[str, tuple[Value, ...]]:
        """The readings: the name of a budget is meant if nothing else has it, or budgets are asked about."""
        if "budget" not in readings:
            return readings
        others = {name: values for name, values in readings.items() if name != "budget"}
        if others and self._draft.kind is not Kind.BUDGETS:
            return others
        self._draft.kind = Kind.BUDGETS
        return {"budget": readings["budget"]}

    def _marker(self, index: int, readings: dict[str, tuple[Value, ...]]) -> str | None:
        """The dimension that a noun beside a value says it is of: "customer acme", "the acme account"."""
        for neighbour in self._neighbours(index):
            span = self._spans[neighbour]
            between = self._spans[neighbour + 1 : index]
            if span.role not in ("", "marker"):
                continue
            found = next((name for name in span.keys("dimension") if name in readings), None)
            equals = any(each.text in _EQUALS for each in between)
            if found and (equals or not self._is_grouping(neighbour)):
                span.role = "marker"
                for each in between:
                    each.role = "marker" if each.text in _EQUALS else each.role
                return found
        return None

    def _neighbours(self, index: int) -> Iterator[int]:
        """The places of the spans before and after one, beyond articles and prepositions."""
        place = before(self._spans, index, over=lambda span: is_determiner(span) or span.text in _EQUALS)
        if place is not None:
            yield place
        following = [at for at in range(index + 1, len(self._spans)) if not is_determiner(self._spans[at])]
        yield from following[:1]

    def _is_grouping(self, index: int) -> bool:
        """Whether a noun is what to group by, and not of the value after it: "by model Claude"."""
        place = before(self._spans, index, over=lambda span: span.text in ("the", "our"))
        return place is not None and self._spans[place].has("op", "by", "which", "most", "least")

    def _compared_with(self, index: int, readings: dict[str, tuple[Value, ...]]) -> str:
        """The dimension of the value that a value is beside: "token charges vs. provisioned throughput"."""
        for step in (-1, 1):
            place = index + step
            joins = 0 <= place < len(self._spans) and (
                self._spans[place].has("op", "versus") or is_joining(self._spans[place])
            )
            beside = place + step
            if joins and 0 <= beside < len(self._spans) and self._spans[beside].is_value:
                [name, *others] = self._spans[beside].readings()
                if not others and name in readings:
                    return name
        return ""

    def _cloud_or_developer(
        self, index: int, readings: dict[str, tuple[Value, ...]]
    ) -> dict[str, tuple[Value, ...]]:
        following = self._spans[index + 1] if index + 1 < len(self._spans) else None
        if following and following.has("dimension", "model", "developer"):
            following.role = following.role or "marker"
            return {"developer": readings["developer"]}
        others = [span for span in self._spans if span.is_value and span is not self._spans[index]]
        if any([*other.readings()] == ["cloud"] for other in others):
            return {"cloud": readings["cloud"]}
        return readings

    def _excludes(self, index: int) -> bool:
        """Whether a "not" or "without" is said of it, or of the one that it is joined to."""
        place = before(self._spans, index, over=lambda span: is_determiner(span) or span.role == "marker")
        if place is None:
            return False
        nearest = self._spans[place]
        if nearest.has("op", "not") or (nearest.text == "but" and self._is_of_all(place)):
            nearest.role = "not"
            return True
        if is_joining(nearest):
            place = before(self._spans, place, over=is_joining)
            return place is not None and self._spans[place].role == "excluded"
        return nearest.role == "excluded"

    def _is_of_all(self, but: int) -> bool:
        """Whether "but" excepts from all: "all clouds but Azure", "every customer but acme"."""
        earlier = self._spans[max(but - 3, 0) : but]
        return any(span.has("op", "all") or span.text in ("every", "each", "everyone") for span in earlier)


def _is_near(span: Span) -> bool:
    return (
        is_determiner(span) or span.role in ("marker", "filter", "excluded", "not") or span.has("op", "only")
    )


def _connects(span: Span) -> bool:
    return is_joining(span) or span.has("op", "versus", "than", "compare", "not")


def _listed(values: Sequence[Value]) -> str:
    return ", ".join("none" if value is None else value for value in values)


def joined_to(spans: Spans, index: int) -> Iterator[int]:
    """The places of the spans that a span is joined to before it, by "and" or a comma."""
    place = before(spans, index, over=lambda span: is_joining(span) or is_determiner(span))
    if place is not None and (place < index - 1):
        yield place
