"""Which times a question is about, and which it compares them with."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.draft import Draft
from assistant.reading.periods import Time
from assistant.reading.roles import before, is_determiner
from assistant.reading.spans import Span

_COMPARING = ("versus", "than", "compare", "change", "weak change", "why")
_LEADING = ("for", "show", "give", "do", "split", "by", "per", "compare", "and", "the same", "with", "in")
_WHOLE = ("month", "week", "quarter", "half", "year")


def read_times(spans: Sequence[Span], draft: Draft) -> None:
    """Put the times into the draft, and give their spans a role."""
    comparing = any(span.has("op", *_COMPARING) for span in spans)
    is_only = sum(span.time is not None for span in spans) == 1
    for index, span in enumerate(spans):
        if span.time is None:
            continue
        if span.time.before and is_only and not comparing and not _says_compare(span):
            _move(span, span.time, draft)
            continue
        span.role = "time"
        if index == 0 and span.text == "now" and _goes_on(spans):
            continue  # "now by customer"
        if span.time.before or _is_compared_with(spans, index):
            draft.compared.append(span.time)
        elif comparing and span.time.parts and _are_units(span):
            draft.times.append(span.time.parts[1])
            draft.compared.append(span.time.parts[0])
        else:
            draft.times.append(span.time)
    if comparing and len(draft.times) == 2 and not draft.compared and _are_pair(spans, draft):  # noqa: PLR2004 a pair
        draft.compared.append(draft.times.pop(0))
    draft.is_compared = bool(draft.compared)


def _move(span: Span, time: Time, draft: Draft) -> None:
    """Move the time of the question before back: "and the week before?" is compared with nothing."""
    if time.before != "same":
        span.role, draft.moved, draft.moved_words = "time", time.before, span.shown


def _goes_on(spans: Sequence[Span]) -> bool:
    """Whether "now" leads on from the question before rather than says a time."""
    is_same = any(each.text == "same" for each in spans)
    return (
        is_same
        or any(each.has("dimension") for each in spans)
        or any(each.text in _LEADING or each.has("op", "not", "only") for each in spans[1:2])
    )


def _says_compare(span: Span) -> bool:
    """Whether a time says by itself that it is compared with: "week over week"."""
    words = [word.text for word in span.words]
    return len(words) == 1 or "over" in words or "on" in words


def _are_units(span: Span) -> bool:
    """Whether a time from A to B is of two calendar units that can be compared."""
    parts = span.time.parts if span.time else ()
    return bool(parts) and all(part.unit in _WHOLE for part in parts)


def _are_pair(spans: Sequence[Span], draft: Draft) -> bool:
    """Whether two times are compared rather than added up: no values are there to be compared instead."""
    compares = any(
        span.has("op", "compare", "versus") or span.text in ("difference", "differ") for span in spans
    )
    has_values = sum(span.is_value for span in spans) > 1
    return compares and not has_values and bool(draft.times)


def _follows_same_unit(spans: Sequence[Span], over: int, index: int) -> bool:
    """Whether "over" stands between two times of a kind: "October over September"."""
    first, second = spans[over - 1].time if over else None, spans[index].time
    return bool(first and second and first.unit and first.unit == second.unit)


def _is_compared_with(spans: Sequence[Span], index: int) -> bool:
    """Whether "than", "versus" or "compared with" is said of a time."""
    place = before(spans, index, over=lambda span: is_determiner(span) or span.is_harmless)
    if place is None:
        return False
    nearest = spans[place]
    if nearest.text == "over" and _follows_same_unit(spans, place, index):
        nearest.role = "compare"
        return True
    if nearest.has("op", "versus", "than"):
        nearest.role = "compare"
        return True
    # "compare this month with last month"
    earlier = [span for span in spans[:index] if span.has("op", "compare")]
    is_with = any(span.text in ("with", "to", "and") for span in spans[place + 1 : index])
    if earlier and nearest.time and is_with:
        return True
    if earlier and nearest.has("op", "compare") and is_with:
        nearest.role = "compare"
        return True
    return False
