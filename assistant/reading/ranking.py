"""The order of rows, and changes over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.reading.draft import Draft, Ranking
from assistant.reading.spans import Span
from costs.query.question import MAX_LIMIT

_DOWN = (
    *("lower", "less", "fewer", "down", "cheaper"),
    *("less expensive", "less costly", "cost less", "costs less"),
)
_SINGULAR = ("one", "is", "was", "has", "had", "costs")
_PLURAL = ("ones", "are", "were", "have")
_BEING = frozenset({"is", "are", "was", "were", "has", "have"})
_BECOMING = frozenset({"become", "became", "becomes", "get", "got", "gets", "getting", "gone", "went"})


def read_ranking(spans: Sequence[Span], draft: Draft) -> None:
    ranks = [span for span in spans if span.has("op", "most", "least", "rank") and not span.role]
    numbers = [
        span
        for index, span in enumerate(spans)
        if span.number is not None and not span.role and _is_of_rank(spans, index)
    ]
    if draft.kind or not (ranks or numbers):
        return
    lasts = [span for span, one in pairwise(spans) if span in ranks and one.text in ("first", "last")]
    if lasts:
        _read_order(spans, lasts[0], draft)
        return
    if len(numbers) > 1 or any(not 1 <= (each.number or 0) <= MAX_LIMIT for each in numbers):
        return
    for span in (*ranks, *numbers):
        span.role = "rank"
    descending = not any(span.has("op", "least") for span in ranks)
    limit = numbers[0].number if numbers else _single(spans, draft)
    draft.ranking = Ranking(descending, limit)


def _read_order(spans: Sequence[Span], span: Span, draft: Draft) -> None:
    """As in "dearest first", "cheapest last": an order of all rows."""
    place = spans.index(span)
    is_least, is_last = span.has("op", "least"), spans[place + 1].text == "last"
    span.role = spans[place + 1].role = "rank"
    draft.ranking = Ranking(is_least is is_last)


def _is_of_rank(spans: Sequence[Span], index: int) -> bool:
    """Whether a number says how many rows: "top 3", "5 most expensive", "3 customers"."""
    before = spans[index - 1] if index else None
    after = spans[index + 1] if index + 1 < len(spans) else None
    is_after_top = before is not None and before.has("op", "most", "least")
    is_before_rank = after is not None and after.has("op", "most", "least")
    is_before_noun = after is not None and after.role == "by" and after.text.endswith("s")
    return is_after_top or is_before_rank or is_before_noun


def _single(spans: Sequence[Span], draft: Draft) -> int | None:
    """One row if a single one is asked for: "which customer", "who", "the most expensive day"."""
    nouns = [span.text for span in spans if span.role == "by"] if draft.picks else []
    if not draft.by and any(span.has("op", "which") for span in spans):
        words = {word.text for span in spans for word in span.words}
        return 1 if not words.isdisjoint(_SINGULAR) and words.isdisjoint(_PLURAL) else None
    return 1 if any(not text.endswith("s") for text in nouns) else None


def read_change(spans: Sequence[Span], draft: Draft) -> None:
    """Whether a change over time is asked for, and whether rows are in its order."""
    if draft.kind or _compares_values(spans, draft):
        return
    is_than = bool(draft.compared) or any(span.has("op", "than", "versus") for span in spans)
    weak = [
        span
        for index, span in enumerate(spans)
        if span.has("op", "weak change") and not span.role and (is_than or _is_asked_of_change(spans, index))
    ]
    changes = [span for span in spans if span.has("op", "change") and not span.role] + weak
    if not (changes or draft.compared):
        return
    for span in changes:
        span.role = "change"
    for index, span in enumerate(spans):
        sides = {each.role for each in (*spans[max(index - 1, 0) : index], *spans[index + 1 : index + 2])}
        if (
            span.has("op", "than", "versus", "compare")
            and not span.role
            and draft.compared
            and sides != {"filter"}
        ):
            span.role = "compare"
    draft.is_compared = True
    ranked = draft.ranking or (Ranking(descending=True) if draft.picks else None)
    if ranked and changes:
        is_down = any(span.has("op", "down") or span.text in _DOWN for span in changes)
        draft.ranking = Ranking(
            ranked.descending is not is_down, ranked.limit, is_change=True, in_percent=draft.in_percent
        )


def _compares_values(spans: Sequence[Span], draft: Draft) -> bool:
    """Whether "more than" is said of two values of a dimension, in one time."""
    places = [index for index, span in enumerate(spans) if span.has("op", "than")]
    following = [spans[index + 1] for index in places if index + 1 < len(spans)]
    if draft.compared or not any(span.role == "filter" for span in following):
        return False
    for span in spans:
        if span.has("op", "weak change") and not span.role:
            span.role = "compare"
    return True


def _is_asked_of_change(spans: Sequence[Span], index: int) -> bool:
    """Whether "up" or "cheaper" is said of what has changed: "are costs up?", "which got cheaper?"."""
    before = [span.text for span in spans[:index]]
    is_state = spans[index].text in ("up", "down", "higher", "lower") and not _BEING.isdisjoint(before)
    return is_state or not _BECOMING.isdisjoint(before)
