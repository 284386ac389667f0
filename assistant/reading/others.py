"""The words that only say how an answer should look, and those for which a person is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.reading.draft import Choice, Draft, Option, Ranking
from assistant.reading.plan import Kind
from assistant.reading.spans import Span
from costs.query.question import EXCLUDES, MAX_DIMENSIONS

# What a breakdown or ranking without a dimension may be by.
USUAL = ("cloud", "service", "model", "customer")
_OF_PRICES = {"model", "cloud", "direction", "cache", "tier"}
OF_SPENDING = frozenset(
    [
        "we",
        "us",
        "our",
        "i",
        "my",
        "did",
        "spend",
        "spent",
        "spending",
        "paid",
        "pay",
        "bill",
        "billed",
        "was",
        "were",
        "have",
        "has",
    ]
)


def read_rest(spans: Sequence[Span], draft: Draft) -> None:
    """The words that only say how the answer should look, and those that something is missing for."""
    rules: Sequence[Callable[[Sequence[Span], Draft], None]] = (
        _compare_values,
        _trend,
        _why,
        _plain_words,
        _by_what,
    )
    for rule in rules:
        rule(spans, draft)


def _compare_values(spans: Sequence[Span], draft: Draft) -> None:
    """As in "AWS vs Azure", "compare acme and globex": a row for each."""
    comparing = [span for span in spans if span.has("op", "versus", "compare", "than") and not span.role]
    if not comparing:
        return
    several = [
        name for name, values in draft.filters.items() if len(values) > 1 and not name.startswith(EXCLUDES)
    ]
    several = [
        name
        for name in several
        if len([span for span in spans if name in span.readings() and span.role == "filter"]) > 1
    ]
    if several and (len(several) > 1 or _parts_times(spans)):
        return  # of "acme in October vs globex in September", no one question has both sides
    for name in several:
        if name not in draft.by and len(draft.by) < MAX_DIMENSIONS:
            draft.by.append(name)
    if several or draft.by:
        for span in comparing:
            span.role = "compare"


def _parts_times(spans: Sequence[Span]) -> bool:
    """Whether "vs" or "than" stands between two times."""
    times = [index for index, span in enumerate(spans) if span.time]
    places = [index for index, span in enumerate(spans) if span.has("op", "versus", "than")]
    return any(times[0] < place < times[-1] for place in places if times)


def _trend(spans: Sequence[Span], draft: Draft) -> None:
    for span in spans:
        if span.has("op", "trend") and not span.role and draft.kind is None:
            span.role, draft.is_trend = "trend", True


def _why(spans: Sequence[Span], draft: Draft) -> None:
    """As in "Why did costs rise?": what rose most, by whatever is said or asked back."""
    whys = [span for span in spans if span.has("op", "why") and not span.role]
    if not whys or draft.kind:
        return
    for span in whys:
        span.role = "why"
    draft.is_compared = True
    is_down = any(span.has("op", "down") for span in spans)
    draft.ranking = draft.ranking or Ranking(descending=not is_down, is_change=True)
    if not draft.by:
        _ask_by_what(draft, whys[0].shown, "By what shall I look for it")


def _by_what(spans: Sequence[Span], draft: Draft) -> None:
    """Ask for the dimension of a ranking or breakdown that has none."""
    has_by = draft.by or any("by" in option.changes for choice in draft.choices for option in choice.options)
    if has_by or draft.kind or draft.choices or (draft.is_compared and draft.ranking is None):
        return
    wanting = next((span for span in spans if span.role in ("rank", "breakdown")), None)
    if wanting and not draft.is_share and not draft.is_trend:
        _ask_by_what(draft, wanting.shown, "By what")


def _ask_by_what(draft: Draft, about: str, ask: str) -> None:
    options = [Option(f"by {name}", {"by": [name]}) for name in USUAL]
    draft.choices.append(
        Choice(about, f"{ask}: {', '.join(option.says for option in options)}?", options, wants_by=True)
    )


def _plain_words(spans: Sequence[Span], draft: Draft) -> None:
    for index, span in enumerate(spans):
        if span.role:
            continue
        if span.has("op", "total"):
            span.role, draft.wants_total = "total", True
        elif (
            span.has("op", "which", "only", "all")
            or (span.has("op", "rank") and not draft.kind)
            or (span.has("op", "usage") and (draft.measures or draft.kind or draft.choices or draft.count_of))
            or (span.text == "down" and any(each.text in ("break", "breaking") for each in spans))
            or (span.has("op", "but") and not (index + 1 < len(spans) and spans[index + 1].is_value))
        ):
            span.role = "helper"
        elif span.has("op", "versus", "compare") and len(draft.measures) > 1:
            span.role = "compare"
        elif span.has("op", "ai"):
            _ai(span, draft)
        elif span.text == "over" and any(each.time for each in spans[index + 1 : index + 3]):
            span.role = "helper"


def _ai(span: Span, draft: Draft) -> None:
    """As in "AI costs": all costs, or those of charges for the use of AI; with a model, its own."""
    span.role = "ai"
    if not {"model", "developer", "usage_kind"}.isdisjoint({*draft.filters, *draft.by}):
        return
    options = [
        Option("only charges for the use of AI", {"not_usage_kind": (None,)}),
        Option("all charges", {}),
    ]
    draft.choices.append(
        Choice(span.shown, "Do you mean only charges for the use of AI, or all charges?", options)
    )


def cost_or_price(spans: Sequence[Span], draft: Draft) -> None:
    """As in "How much does gpt-4.1 cost?" asks what was spent on it, or its list price."""
    texts = {word.text for span in spans for word in span.words}
    is_of_model = "model" in draft.filters and draft.filters.keys() <= _OF_PRICES
    is_timeless = texts.isdisjoint(OF_SPENDING) and not texts.isdisjoint(("is", "does", "do", "are"))
    measured = set(draft.measures) <= {"billed_cost", "cost_per_million_tokens"}
    if not (is_of_model and is_timeless and measured and may_be_price(draft, with_filters=True)):
        return
    name = " ".join(span.shown for span in spans if span.is_value)
    options = [
        Option("what was spent on it", {}),
        Option("its list price", {"kind": Kind.PRICE, "name": name}),
    ]
    draft.choices.append(Choice(name, "Do you mean what was spent on it, or its list price?", options))


def may_be_price(draft: Draft, *, with_filters: bool = False) -> bool:
    """Whether nothing was said that only questions about charges have."""
    said = (
        draft.kind,
        draft.times,
        draft.by,
        draft.ranking,
        draft.is_compared,
        draft.is_share,
        draft.average,
    )
    return not any(said) and not draft.choices and (with_filters or not draft.filters)
