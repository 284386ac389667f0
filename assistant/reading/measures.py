"""What is measured: money, tokens, requests, a share, an average."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.reading.draft import Choice, Draft, Option
from assistant.reading.plan import Kind
from assistant.reading.roles import before, is_determiner, is_joining
from assistant.reading.spans import Span
from costs.query.question import MAX_MEASURES

_COUNTS = ("tokens", "requests")
# These say money only where nothing else is counted.
_WEAK = ("how much", "money")
_NOUNS = ("usage", "consumption", "utilisation", "utilization", "traffic", "volume", "workload", "workloads")
# What is done with tokens as well as with money.
_PARTICIPLES = ("spent", "burned", "burnt", "burning", "racked", "billed", "charged", "paid")
_VERBS = frozenset(_PARTICIPLES) | {
    *("spend", "spends", "spending", "burn", "burns", "rack", "ran", "run", "go", "goes", "went", "gone"),
    *("pay", "pays", "bill", "bills", "charge", "charges"),
}
_IN_PERCENT = re.compile(r"\b(?:percent|percentage|percentages|pct|relative|relatively|proportionally)\b")
_IN_A_WHOLE = ("in", "within", "the", "our")
_OF_A_WHOLE = ("of", "in", "within")


def read_measures(spans: Sequence[Span], draft: Draft) -> None:
    """Put the measures into the draft, and give their spans a role."""
    found = [
        (index, span, key)
        for index, span in enumerate(spans)
        if not span.role
        for key in span.keys("measure")[:1]
    ]
    counted = [(index, span) for index, span, key in found if key in _COUNTS]
    counts = any(_is_amount(spans, index) for index, _ in counted)
    strong = [
        (index, span)
        for index, span, key in found
        if key not in _COUNTS and span.text not in _WEAK and not (counts and _is_verb(spans, index))
    ]
    for _, span, key in found:
        span.role = "measure"
        is_weak = span.text in _WEAK and bool(counted or strong)
        is_said = any(span is each for _, each in strong) or span.text in _WEAK
        if key not in _COUNTS and not is_weak and is_said:
            _add(draft, key)
    for index, span in counted:
        _count(spans, index, span, draft, is_of_cost=bool(strong) and not _is_amount(spans, index))
    _count_words(spans, draft)
    _shares(spans, draft)
    _averages(spans, draft)
    _usage(spans, draft)
    _searches(spans, draft)


def _is_amount(spans: Sequence[Span], index: int) -> bool:
    """Whether tokens or requests are what is asked for: "how many tokens", "the most tokens"."""
    place = before(spans, index, over=lambda span: is_determiner(span) or span.role == "filter")
    if place is not None and spans[place].has("op", "count", "most", "least"):
        return True
    asks_money = any(span.text in _WEAK or span.text.startswith("cost") for span in spans)
    following = spans[index + 1] if index + 1 < len(spans) else None
    return not asks_money and following is not None and following.text.split()[0] in _PARTICIPLES


def _is_verb(spans: Sequence[Span], index: int) -> bool:
    """Whether a word of spending only says what was done with what is counted: "burned", "did acme spend"."""
    words = spans[index].text.split()
    is_joined = index > 0 and (_joins(spans[index - 1]) or spans[index - 1].text in _WEAK)
    return words[0] in _VERBS and not is_joined


def _add(draft: Draft, key: str) -> None:
    if key not in draft.measures and len(draft.measures) < MAX_MEASURES:
        draft.measures.append(key)
    # Per million tokens, the cost is not asked for itself.
    if "cost_per_million_tokens" in draft.measures and "billed_cost" in draft.measures:
        draft.measures.remove("billed_cost")


def _count(spans: Sequence[Span], index: int, span: Span, draft: Draft, *, is_of_cost: bool) -> None:
    """Tokens are counted, or they are what costs are of: "how much did input tokens cost"."""
    key = span.keys("measure")[0]
    if not is_of_cost or _is_beside_cost(spans, index):
        _add(draft, key)
        return
    is_narrowed = (
        not {"direction", "cache", "usage_kind"}.isdisjoint(draft.filters) or "direction" in draft.by
    )
    if key == "tokens" and not is_narrowed:
        draft.add("usage_kind", ["tokens"])
    elif key == "requests":
        span.role = ""


def _is_beside_cost(spans: Sequence[Span], index: int) -> bool:
    """Whether it is joined to a cost: "cost and tokens", "tokens, cost and requests"."""
    return any(_joins_cost(spans, index, step) for step in (-1, 1))


def _joins_cost(spans: Sequence[Span], index: int, step: int) -> bool:
    place, is_joined = index + step, False
    while 0 <= place < len(spans) and (_joins(spans[place]) or is_determiner(spans[place])):
        is_joined = is_joined or _joins(spans[place])
        place += step
    return is_joined and 0 <= place < len(spans) and spans[place].has("measure")


def _joins(span: Span) -> bool:
    return is_joining(span) or span.text == "with"


def _count_words(spans: Sequence[Span], draft: Draft) -> None:
    """As in "how many", before what is counted: tokens, requests or searches."""
    for index, span in enumerate(spans):
        if not span.has("op", "count") or span.role:
            continue
        if _is_of_amount(spans[index + 1 :]):
            span.role = "measure"
        elif _are_searches(spans, index):
            span.role = "measure"
            _add(draft, "requests")


def _is_of_amount(following: Sequence[Span]) -> bool:
    """Whether "how many" is said of tokens or requests, or of "money" and per cent, which are not counted."""
    first = following[0] if following else None
    if first is not None and (first.text == "money" or first.has("op", "share")):
        return True
    return any(each.role == "measure" and each.keys("measure")[0] in _COUNTS for each in following)


def _are_searches(spans: Sequence[Span], index: int) -> bool:
    """Whether searches are counted: "how many searches", or "searches: how many" at the end of a clause."""
    found = [each for each, span in enumerate(spans) if "usage_kind=searches" in span.keys("value")]
    following = spans[index + 1] if index + 1 < len(spans) else None
    ends = following is None or is_joining(following)
    return any(each > index for each in found) or (bool(found) and ends)


def _shares(spans: Sequence[Span], draft: Draft) -> None:
    shares = [span for span in spans if span.has("op", "share") and not span.role]
    if not shares or draft.kind:
        return
    for span in shares:
        span.role = "share"
    if _is_of_change(spans, shares, draft):
        draft.in_percent = True
        return
    draft.is_share = True
    if draft.by:
        _add_share(draft)
        return
    if not draft.filters and not any(_narrows(option) for each in draft.choices for option in each.options):
        return
    draft.kind = Kind.SHARE
    draft.whole = _whole(spans, draft)


def _is_of_change(spans: Sequence[Span], shares: Sequence[Span], draft: Draft) -> bool:
    """Whether per cent of a change are meant, which comparisons always tell."""
    changes = bool(draft.compared) or any(span.has("op", "change") for span in spans)
    return changes and all(_IN_PERCENT.search(span.text) for span in shares)


def _add_share(draft: Draft) -> None:
    draft.measures = draft.measures or ["billed_cost"]
    draft.measures.append("share")


def _narrows(option: Option) -> bool:
    """Whether a reading is of values, as that of a name of two kinds is."""
    return not hasattr(Draft(), next(iter(option.changes), "by"))


def _whole(spans: Sequence[Span], draft: Draft) -> dict[str, list[str | None]]:
    """The filters of what a share is of: "of acme's spend", "of the AWS bill"."""
    whole: dict[str, list[str | None]] = {}
    share = next(index for index, span in enumerate(spans) if span.role == "share")
    values = [index for index, span in enumerate(spans) if span.role == "filter"]
    for index in values:
        name = next(iter(spans[index].readings()))
        if name in draft.filters and _is_whole(spans, share, index):
            whole[name] = list(draft.filters[name])
    if len(whole) > 1 and len(whole) == len(draft.filters) and spans[values[-1] - 1].text in _IN_A_WHOLE:
        # "the share of acme in the Azure bill": the last one is the whole.
        last = next(iter(spans[values[-1]].readings()))
        return {last: whole[last]} if last in whole else {}
    return whole if len(whole) < len(draft.filters) else {}


def _is_whole(spans: Sequence[Span], share: int, index: int) -> bool:
    """Whether a value is of the whole: "of" is said of it, and no verb stands between it and the share."""
    place = before(
        spans,
        index,
        over=lambda span: (
            span.text in ("the", "our", "total", "all") or span.role in ("marker", "total", "measure")
        ),
    )
    is_of = place is not None and (
        spans[place].text in _OF_A_WHOLE or (spans[place].role == "filter" and place > share)
    )
    return index > share and is_of


def _averages(spans: Sequence[Span], draft: Draft) -> None:
    averages = [span for span in spans if span.has("op", "average") and not span.role]
    if not averages or draft.average or draft.kind:
        return
    of_others = [name for name in draft.by if name not in ("day", "week", "month")]
    if any(span.role == "helper" and span.text in ("per", "by") for span in spans) and of_others:
        return  # an average over customers is none over time
    for span in averages:
        span.role = "average"
    if "cost_per_million_tokens" in draft.measures:
        return
    of_time = [name for name in draft.by if name in ("day", "week", "month")]
    if of_time:
        draft.by.remove(of_time[0])
        draft.average = of_time[0]
        return
    options = [Option(f"per {unit}", {"average": unit}) for unit in ("day", "week", "month")]
    draft.choices.append(Choice(averages[0].shown, "An average per day, per week or per month?", options))


def _usage(spans: Sequence[Span], draft: Draft) -> None:
    """Usage without a measure is of tokens or of money; "which models do we use" asks for a list."""
    used = [span for span in spans if span.has("op", "usage") and not span.role]
    is_amount = all(span.text == "how much" for span in spans if span.role == "measure")
    if not used or draft.kind or draft.is_share or draft.average or draft.count_of or not is_amount:
        return
    is_ranked = any(span.has("op", "most", "least", "rank") for span in spans)
    for span in used:
        span.role = "usage"
    if not (is_ranked or draft.measures or any(span.text in _NOUNS for span in used)):
        return
    options = [
        Option("in tokens", {"measures": ["tokens"]}),
        Option("in money", {"measures": ["billed_cost"]}),
    ]
    draft.choices.append(Choice(used[0].shown, "Usage in tokens, or in money?", options))


def _searches(spans: Sequence[Span], draft: Draft) -> None:
    """Searches without a measure are a number or money."""
    found = [span for span in spans if span.role == "filter" and span.text.endswith(("searches", "queries"))]
    if not found or draft.measures or draft.kind or draft.count_of or draft.is_share:
        return
    options = [
        Option("how many", {"measures": ["requests"]}),
        Option("what they cost", {"measures": ["billed_cost"]}),
    ]
    draft.choices.append(
        Choice(found[0].shown, "How many searches, or what they cost?", options, wants_measure=True)
    )
