"""Reads a question into a Draft. Each phrase gets a role; what has none is not understood."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.reading.draft import Choice, Draft, Option, Ranking
from assistant.reading.kinds import read_kind
from assistant.reading.measures import read_measures
from assistant.reading.plan import Kind
from assistant.reading.roles import Values, before, is_determiner, is_joining
from assistant.reading.spans import Sentence, Span, content
from assistant.reading.when import read_times
from costs.query.question import EXCLUDES, MAX_DIMENSIONS, MAX_LIMIT

_OF_SPENDING = frozenset(
    "we us our i my did spend spent spending paid pay bill billed was were have has".split()
)
_OF_TIME = ("day", "week", "month", "billing_month")
# What a breakdown or ranking without a dimension may be by.
MAX_SHORT = 2
USUAL = ("cloud", "service", "model", "customer")
_PREPOSITIONS = ("on", "for", "to", "of", "from", "in", "with", "by", "via", "through")
_CONNECTORS = (
    "and",
    "but",
    "only",
    "now",
    "what about",
    "how about",
    "same",
    "also",
    "instead",
    "or",
    "then",
    "just",
)
_PRONOUNS = ("that", "it", "those", "them", "they", "these", "this", "same")
_OPENERS = (
    "which",
    "what",
    "who",
    "how",
    "show",
    "list",
    "give",
    "tell",
    "compare",
    "is",
    "are",
    "did",
    "do",
    "does",
    "was",
    "were",
    "will",
)


def read(sentence: Sentence) -> Draft:
    """What a question says.

    Args:
        sentence: its phrases.
    """
    spans = sentence.spans
    draft = Draft(corrections=sentence.corrections)
    draft.refers_back = _refers_back(spans)
    draft.refused = _refusal(spans)
    if draft.refused:
        return draft
    read_times(spans, draft)
    read_kind(spans, draft)
    Values(spans, draft).read()
    _read_dimensions(spans, draft)
    read_measures(spans, draft)
    _read_ranking(spans, draft)
    _read_change(spans, draft)
    _read_rest(spans, draft)
    _cost_or_price(spans, draft)
    draft.refers_back = draft.refers_back or _lacks_its_object(draft)
    draft.not_understood = _not_understood(spans)
    texts = {word.text for span in spans for word in span.words}
    draft.may_be_price = _may_be_price(draft, with_filters=True) and texts.isdisjoint(_OF_SPENDING)
    draft.is_empty = not any(span.role for span in spans)
    return draft


def _refers_back(spans: Sequence[Span]) -> bool:
    """Whether a question is about the one before: "and by cloud?", "only Bedrock", "how is that by day?"."""
    texts = [word.text for span in spans for word in span.words]
    start = " ".join(texts[:2])
    begins = any(start == each or texts[:1] == [each] for each in _CONNECTORS)
    is_bare = (
        bool(texts)
        and texts[0] not in _OPENERS
        and not any(span.has("measure") or span.has("kind") for span in spans)
    )
    is_short = texts[:1] and texts[0] in _PREPOSITIONS and len([*content(spans)]) <= MAX_SHORT
    return begins or is_bare or bool(is_short) or any(text in _PRONOUNS for text in texts if text != "this")


def _lacks_its_object(draft: Draft) -> bool:
    """Whether only an order or a comparison is said: "which was the most expensive?"."""
    says_what = draft.kind or draft.times or draft.filters or draft.by or draft.measures or draft.count_of
    return not says_what and (draft.ranking is not None or draft.is_compared or draft.is_share)


def _refusal(spans: Sequence[Span]) -> str:
    """Why a question is not answered: it asks to change something."""
    first = next((span for span in spans if not span.is_harmless), None)
    if first is None or not first.has("refused"):
        return ""
    is_about_costs = any(span.has("measure") or span.time for span in spans)
    if is_about_costs and first.has("op"):
        return ""
    return f'I answer questions about costs and prices, and change nothing: "{first.shown}" is none of them.'


# What to group by


def _read_dimensions(spans: Sequence[Span], draft: Draft) -> None:
    for index, span in enumerate(spans):
        names = span.keys("dimension")
        if not names or span.role:
            continue
        name = names[0]
        if _is_apposition(spans, index, name, draft):
            span.role = "marker"
        elif _is_counted(spans, index):
            span.role, draft.count_of = "count", name
        elif draft.kind is None and name in _OF_TIME and _is_average(spans, span, index):
            span.role, draft.average = "average", name
        elif _is_adjective(spans, index, name):
            span.role = "adjective"
        elif _is_grouping(spans, index, draft):
            _group(spans, index, name, draft)
    _only_grouping_words(spans, draft)


def _group(spans: Sequence[Span], index: int, name: str, draft: Draft) -> None:
    spans[index].role = "by"
    if name not in draft.by and len(draft.by) < MAX_DIMENSIONS:
        draft.by.append(name)
    if _is_picked(spans, index):
        draft.picks.append(name)


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
    is_of = place is not None and spans[place].text in _PREPOSITIONS
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
    spans[place].role = "count"
    return True


def _is_average(spans: Sequence[Span], span: Span, index: int) -> bool:
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
    span = spans[index]
    if span.text in ("who", "whom", "whose") or span.text.endswith(
        ("ly", "by day", "by week", "by month", " output")
    ):
        return True
    if span.text.endswith("s") or " and " in span.text or " vs " in span.text or " versus " in span.text:
        return True
    if draft.refers_back and not draft.by and len([each for each in spans if not each.is_harmless]) <= 2:  # noqa: PLR2004 "by" and it
        return True
    place = before(spans, index, over=_passes)
    if place is None:
        return False
    nearest = spans[place]
    if nearest.has("op", "by", "which", "most", "least", "rank", "breakdown", "compare"):
        return True
    if is_joining(nearest) or nearest.role == "by":
        place = (
            before(spans, place, over=lambda each: is_joining(each) or is_determiner(each))
            if is_joining(nearest)
            else place
        )
        return place is not None and spans[place].role == "by"
    following = spans[index + 1] if index + 1 < len(spans) else None
    return bool(following and following.has("measure"))


def _passes(span: Span) -> bool:
    return (
        span.text in ("the", "our", "single", "different", "individual", "of", "is", "was", "by")
        and not span.has("op")
        or span.number is not None
        or span.has("op", "usage")
    )


def _is_picked(spans: Sequence[Span], index: int) -> bool:
    """Whether single ones are asked for: "which customer", "top 3 models", "who"."""
    if spans[index].text in ("who", "whom", "whose") or spans[index].text.startswith(("biggest", "spender")):
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
    has_most = index > 0 and spans[index - 1].has("op", "most", "least")
    if place is None:
        return has_most or (index > 0 and spans[index - 1].number is not None)
    return spans[place].has("op", "which") or has_most or _is_counted_rank(spans, index)


def _is_counted_rank(spans: Sequence[Span], index: int) -> bool:
    """Whether a number or "top" is said of it: "top 5 customers", "top customers", "5 biggest customers"."""
    return index > 0 and spans[index - 1].number is not None and not spans[index - 1].role


def _only_grouping_words(spans: Sequence[Span], draft: Draft) -> None:
    """Give the words that introduce a grouping their role."""
    for span in spans:
        if not span.role and span.has("op", "by") and span.text != "per":
            span.role = "helper"
        elif not span.role and span.text == "per" and (draft.by or draft.average):
            span.role = "helper"
        elif not span.role and span.has("op", "breakdown"):
            span.role = "breakdown"


# Rankings, changes and the rest


def _read_ranking(spans: Sequence[Span], draft: Draft) -> None:
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
    """Whether a number says how many rows: it stands beside "top", "most" or what is ranked."""
    neighbours = [spans[each] for each in (index - 1, index + 1) if 0 <= each < len(spans)]
    return any(each.has("op", "most", "least", "rank") or each.role == "by" for each in neighbours)


def _single(spans: Sequence[Span], draft: Draft) -> int | None:
    """One row if a single one is asked for: "which customer", "who", "the most expensive day"."""
    for index, span in enumerate(spans):
        if span.role != "by" or not draft.picks:
            continue
        is_plural = span.text.endswith("s") and span.text != "whose"
        if not is_plural:
            return 1
    return None


def _read_change(spans: Sequence[Span], draft: Draft) -> None:
    """Whether a change over time is asked for, and whether rows are in its order."""
    changes = [span for span in spans if span.has("op", "change") and not span.role]
    weak = [span for index, span in enumerate(spans) if span.has("op", "weak change") and not span.role]
    is_than = any(span.has("op", "than", "versus") for span in spans)
    weak = [span for span in weak if is_than or draft.compared or _is_asked_of_change(spans, span)]
    if not (changes or weak or draft.compared):
        return
    if draft.kind:
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


def _read_rest(spans: Sequence[Span], draft: Draft) -> None:
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
    """ "AWS vs Azure", "compare acme and globex": a row for each."""
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
    for name in several:
        if name not in draft.by and len(draft.by) < MAX_DIMENSIONS:
            draft.by.append(name)
    if several or draft.by:
        for span in comparing:
            span.role = "compare"


def _trend(spans: Sequence[Span], draft: Draft) -> None:
    for span in spans:
        if span.has("op", "trend") and not span.role and draft.kind is None:
            span.role, draft.is_trend = "trend", True


def _why(spans: Sequence[Span], draft: Draft) -> None:
    """ "Why did costs rise?": what rose most, by whatever is said or asked back."""
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
    if draft.by or draft.kind or draft.choices or draft.is_compared and draft.ranking is None:
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
        elif span.has("op", "which", "only", "all"):
            span.role = "helper"
        elif span.has("op", "rank") and not draft.kind:
            span.role = "helper"
        elif span.has("op", "usage") and (draft.measures or draft.kind or draft.choices or draft.count_of):
            span.role = "helper"
        elif span.text == "down" and any(each.text in ("break", "breaking") for each in spans):
            span.role = "helper"
        elif span.has("op", "but") and not (index + 1 < len(spans) and spans[index + 1].is_value):
            span.role = "helper"
        elif span.has("op", "versus", "compare") and len(draft.measures) > 1:
            span.role = "compare"
        elif span.has("op", "ai"):
            _ai(span, draft)
        elif (
            span.has("op", "weak change")
            and index + 1 < len(spans)
            and (spans[index + 1].time or spans[index + 1].text in ("the", "time"))
        ):
            span.role = "helper"


def _ai(span: Span, draft: Draft) -> None:
    """ "AI costs" are all costs, or those of charges for the use of AI; with a model they are its own."""
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


def _cost_or_price(spans: Sequence[Span], draft: Draft) -> None:
    """ "How much does gpt-4.1 cost?" asks what was spent on it, or its list price."""
    texts = {word.text for span in spans for word in span.words}
    is_of_model = "model" in draft.filters and draft.filters.keys() <= {"model", "cloud"}
    is_timeless = texts.isdisjoint(_OF_SPENDING) and not texts.isdisjoint(("is", "does", "do", "are"))
    measured = set(draft.measures) <= {"billed_cost", "cost_per_million_tokens"}
    if not (is_of_model and is_timeless and measured and _may_be_price(draft, with_filters=True)):
        return
    name = " ".join(span.shown for span in spans if span.is_value)
    options = [
        Option("what was spent on it", {}),
        Option("its list price", {"kind": Kind.PRICE, "name": name}),
    ]
    draft.choices.append(Choice(name, "Do you mean what was spent on it, or its list price?", options))


def _may_be_price(draft: Draft, *, with_filters: bool = False) -> bool:
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


def _not_understood(spans: Sequence[Span]) -> list[str]:
    """The words of the phrases without a role, those that follow each other as one."""
    found: list[str] = []
    last = -2
    for index, span in enumerate(spans):
        if span.role or span.is_harmless:
            continue
        if last == index - 1 and found:
            found[-1] = f"{found[-1]} {span.shown}"
        else:
            found.append(span.shown)
        last = index
    return found
