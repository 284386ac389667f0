"""The order of rows, and changes over time."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.draft import Draft, Ranking
from assistant.reading.spans import Span
from costs.query.question import MAX_LIMIT


def read_ranking(spans: Sequence[Span], draft: Draft) -> None:
    ranks = [span for span in spans if span.has("op", "most", "least", "rank") and not span.role]
    numbers = [
        span
        for index, span in enumerate(spans)
        if span.number is not None and not span.role and _is_of_rank(spans, index)
    ]
    if draft.kind or not (ranks or numbers):
        return
    if len(numbers) > 1 or any(not 1 <= (each.number or 0) <= MAX_LIMIT for each in numbers):
        return
    for span in (*ranks, *numbers):
        span.role = "rank"
    descending = not any(span.has("op", "least") for span in ranks)
    limit = numbers[0].number if numbers else _single(spans, draft)
    draft.ranking = Ranking(descending, limit)


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
    return 1 if any(not text.endswith("s") for text in nouns) else None


def read_change(spans: Sequence[Span], draft: Draft) -> None:
    """Whether a change over time is asked for, and whether rows are in its order."""
    changes = [span for span in spans if span.has("op", "change") and not span.role]
    is_than = bool(draft.compared) or any(span.has("op", "than", "versus") for span in spans)
    weak = [span for span in spans if span.has("op", "weak change") and not span.role]
    weak = [span for span in weak if is_than or _is_asked_of_change(spans, span)]
    if draft.kind or not (changes or weak or draft.compared):
        return
    for span in (*changes, *weak):
        span.role = "change"
    for span in spans:
        if span.has("op", "than", "versus", "compare") and not span.role and draft.compared:
            span.role = "compare"
    draft.is_compared = draft.is_compared or bool(changes or weak or draft.compared)
    ranked = draft.ranking or (Ranking(descending=True) if draft.picks else None)
    if ranked and (changes or weak):
        is_down = any(
            span.has("op", "down") or span.text in ("lower", "less", "fewer", "down")
            for span in (*changes, *weak)
        )
        draft.ranking = Ranking(ranked.descending is not is_down, ranked.limit, is_change=True)


def _is_asked_of_change(spans: Sequence[Span], span: Span) -> bool:
    """Whether "up" or "higher" is said of costs: "are costs up?"."""
    texts = [each.text for each in spans]
    place = texts.index(span.text)
    return span.text in ("up", "down", "higher", "lower") and any(
        each in ("is", "are", "was", "were", "has", "have") for each in texts[:place]
    )
