"""What rows of an answer are grouped by, or counted, or averaged over."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.draft import Choice, Draft, Option
from assistant.reading.roles import before, is_determiner, is_joining
from assistant.reading.spans import Span, content
from costs.query.question import EXCLUDES, MAX_DIMENSIONS

PREPOSITIONS = ("on", "for", "to", "of", "from", "in", "with", "by", "via", "through")
_OF_TIME = ("day", "week", "month", "billing_month")
# A question that goes on with one noun, as "by cloud" does.
MAX_SHORT = 2
_WHO = ("who", "whom", "whose")
_ASKING = ("by", "which", "most", "least", "rank", "breakdown", "compare")


def read_dimensions(spans: Sequence[Span], draft: Draft) -> None:
    for index, span in enumerate(spans):
        names = span.keys("dimension")
        if not names or span.role:
            continue
        name = names[0]
        if _is_of_noun(spans, index, names) or _is_apposition(spans, index, name, draft):
            span.role = "marker"
        elif _is_counted(spans, index):
            span.role, draft.count_of = "count", name
        elif draft.kind is None and name in _OF_TIME and _is_average(spans, index):
            span.role, draft.average = "average", name
        elif _is_adjective(spans, index, name):
            span.role = "adjective"
        elif _is_grouping(spans, index, draft):
            _group(spans, index, names, draft)
    _only_grouping_words(spans, draft)


def _group(spans: Sequence[Span], index: int, names: Sequence[str], draft: Draft) -> None:
    """Group by a noun, or ask by which of the dimensions that it may be."""
    spans[index].role = "by"
    names = _of_models(spans, index, names)
    name = names[0]
    if _is_picked(spans, index):
        draft.picks += names
    if len(names) > 1:
        options = [Option(f"by {each}", {"by": [*draft.by, each]}) for each in names]
        ask = f'By "{spans[index].shown}", do you mean {" or ".join(option.says for option in options)}?'
        draft.choices.append(Choice(spans[index].shown, ask, options))
    elif name not in draft.by and len(draft.by) < MAX_DIMENSIONS:
        draft.by.append(name)


def _of_models(spans: Sequence[Span], index: int, names: Sequence[str]) -> Sequence[str]:
    """A "vendor of the model" is its developer, whatever else has vendors."""
    following = [span for span in spans[index + 1 : index + 4] if span.text not in ("the", "our", "each")]
    is_of = len(following) > 1 and following[0].text == "of" and following[1].has("dimension", "model")
    return ["developer"] if is_of and "developer" in names else names


def _is_of_noun(spans: Sequence[Span], index: int, names: Sequence[str]) -> bool:
    """Whether a noun only says of what another one is: "by developer of the model"."""
    if any(name in _OF_TIME for name in names):
        return False
    place = before(spans, index, over=lambda span: span.text in ("the", "our", "each"))
    if place is None or place == 0 or spans[place].text != "of":
        return False
    owned = spans[place - 1]
    return owned.role == "by" and not set(owned.keys("dimension")) & {*names, *_OF_TIME}


def _is_apposition(spans: Sequence[Span], index: int, name: str, draft: Draft) -> bool:
    """Whether a noun only belongs to a name: "on Anthropic models", "customers other than acme"."""
    following = spans[index + 1] if index + 1 < len(spans) else None
    if following and following.role == "not" and f"{EXCLUDES}{name}" in draft.filters:
        draft.add(f"{EXCLUDES}{name}", [None])
        return True
    if index == 0 or spans[index - 1].role != "filter":
        return False
    place = before(
        spans,
        index - 1,
        over=lambda span: span.text in ("the", "our", "all") or span.role == "filter" or is_joining(span),
    )
    is_of = place is not None and spans[place].text in PREPOSITIONS
    of_models = name == "model" and not {"model", "developer"}.isdisjoint(draft.filters)
    if is_of and not of_models and name == "model":
        draft.add(f"{EXCLUDES}{name}", [None])
    return is_of


def _is_counted(spans: Sequence[Span], index: int) -> bool:
    place = before(
        spans, index, over=lambda span: is_determiner(span) or span.text in ("different", "distinct")
    )
    if place is None or not spans[place].has("op", "count"):
        return False
    for span in spans[place:index]:
        if not is_determiner(span):
            span.role = "count"
    return True


def _is_average(spans: Sequence[Span], index: int) -> bool:
    """Whether it says of which time an average is: "average daily cost", "on average per week", "a day"."""
    averages = [each for each in spans if each.has("op", "average")]
    place = index - 1
    is_a = place >= 0 and spans[place].text in ("a", "an")
    if not averages and not is_a:
        return False
    for each in averages:
        each.role = "average"
    if place >= 0 and spans[place].has("op", "by"):
        spans[place].role = "average"
    return True


def _is_adjective(spans: Sequence[Span], index: int, name: str) -> bool:
    """Whether it narrows nothing: "cloud costs", "our cloud bill" are all costs."""
    following = spans[index + 1] if index + 1 < len(spans) else None
    if following is None or not following.has("measure"):
        return False
    place = before(spans, index, over=is_determiner)
    is_asked = place is not None and spans[place].has("op", "by", "which", "most", "least")
    return name == "cloud" and spans[index].text == "cloud" and not is_asked


def _is_grouping(spans: Sequence[Span], index: int, draft: Draft) -> bool:
    """Whether rows are meant to be by a noun, since it is of several or some word before it says so."""
    goes_on = draft.refers_back and not draft.by and len([*content(spans)]) <= MAX_SHORT
    following = spans[index + 1] if index + 1 < len(spans) else None
    place = before(spans, index, over=_passes)
    is_asked = place is not None and (spans[place].has("op", *_ASKING) or _joins_grouping(spans, place))
    # "customer costs" are by customer.
    is_adjective = place is not None and following is not None and following.has("measure")
    # "customer by model" is a table of both.
    is_first = place is None and following is not None and following.has("op", "by")
    return _is_of_several(spans[index].text) or goes_on or is_asked or is_adjective or is_first


def _is_of_several(text: str) -> bool:
    """Whether a noun is a plural, or means each: "models", "daily", "input vs output", "who"."""
    is_each = text in _WHO or text.endswith(("s", "ly", "by day", "by week", "by month"))
    is_either = any(f" {word} " in text for word in ("and", "vs", "versus", "or"))
    return is_each or is_either or text == "input output"


def _joins_grouping(spans: Sequence[Span], place: int) -> bool:
    """Whether a noun before is grouped by, and "and" or a comma leads on from it."""
    if not is_joining(spans[place]):
        return spans[place].role == "by"
    earlier = before(spans, place, over=lambda each: is_joining(each) or is_determiner(each))
    return earlier is not None and spans[earlier].role == "by"


def _passes(span: Span) -> bool:
    is_plain = span.text in ("the", "our", "single", "different", "individual", "of", "is", "was")
    return is_plain or span.number is not None or _is_done(span)


def _is_picked(spans: Sequence[Span], index: int) -> bool:
    """Whether single ones are asked for: "which customer", "top 3 models", "who"."""
    if spans[index].text in (*_WHO, "spender", "spenders"):
        return True
    place = before(
        spans,
        index,
        over=lambda span: (
            span.number is not None
            or span.text in ("the", "our", "of", "single", "is", "are", "was", "were")
            or span.has("op", "most", "least", "usage")
        ),
    )
    nearest = before(spans, index, over=_is_done)
    has_most = nearest is not None and spans[nearest].has("op", "most", "least")
    if place is None:
        return has_most or (index > 0 and spans[index - 1].number is not None)
    return spans[place].has("op", "which") or has_most or _is_counted_rank(spans, index)


def _is_done(span: Span) -> bool:
    """Whether it says what the highest is in: "most used", "fastest growing", "highest spending"."""
    return span.has("op", "usage", "change") or span.text in ("spending", "paying", "billed")


def _is_counted_rank(spans: Sequence[Span], index: int) -> bool:
    """Whether a number or "top" is said of it: "top 5 customers", "top customers", "5 biggest customers"."""
    return index > 0 and spans[index - 1].number is not None and not spans[index - 1].role


def _orders(spans: Sequence[Span], index: int) -> bool:
    """Whether "by" leads to what is measured: "top 3 by cost", "by how much"."""
    following = next((span for span in spans[index + 1 :] if not is_determiner(span)), None)
    # "used by acme" says who did it.
    is_measured = following is not None and (
        following.role == "filter"
        or following.has("measure")
        or following.has("op", "count", "share")
        or following.number is not None
    )
    return is_measured and spans[index].text == "by"


def _only_grouping_words(spans: Sequence[Span], draft: Draft) -> None:
    """Give the words that introduce a grouping their role."""
    groups = bool(draft.by or draft.average or draft.choices or draft.count_of)
    for index, span in enumerate(spans):
        # "per" alone narrows something that was not understood: "per hour".
        is_used = groups or span.text.startswith(("across", "among")) or _orders(spans, index)
        if not span.role and span.has("op", "by") and is_used:
            span.role = "helper"
        elif not span.role and span.has("op", "breakdown"):
            span.role = "breakdown"
