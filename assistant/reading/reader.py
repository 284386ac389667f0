"""Reads a question into a Draft. Each phrase gets a role; what has none is not understood."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.reading.draft import Draft
from assistant.reading.grouping import MAX_SHORT, PREPOSITIONS, read_dimensions
from assistant.reading.kinds import read_kind
from assistant.reading.measures import read_measures
from assistant.reading.others import OF_SPENDING, cost_or_price, may_be_price, read_rest
from assistant.reading.ranking import read_change, read_ranking
from assistant.reading.roles import Values
from assistant.reading.spans import COMMA, Sentence, Span, content
from assistant.reading.when import read_times

_CONNECTORS = (
    *(
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
    ),
)
# How many phrases a colon or comma after "on behalf of finance" is away.
_MAX_FRAME = 6
_PRONOUNS = ("that", "it", "those", "them", "they", "these", "same")
_OPENERS = (
    *("which", "what", "who", "how", "show", "list", "give", "tell", "compare"),
    *("is", "are", "did", "do", "does", "was", "were", "will"),
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
    _frame(spans)
    read_times(spans, draft)
    read_kind(spans, draft)
    Values(spans, draft).read()
    read_dimensions(spans, draft)
    read_measures(spans, draft)
    read_ranking(spans, draft)
    read_change(spans, draft)
    draft.is_alone = any(
        span.has("op", "only") and following.time and not following.time.before
        for span, following in pairwise([span for span in spans if span.text not in ("in", "for", "the")])
    )
    read_rest(spans, draft)
    cost_or_price(spans, draft)
    draft.refers_back = draft.refers_back or _lacks_its_object(draft) or _is_measure_alone(spans, draft)
    draft.not_understood = _not_understood(spans)
    texts = {word.text for span in spans for word in span.words}
    draft.may_be_price = may_be_price(draft, with_filters=True) and texts.isdisjoint(OF_SPENDING)
    draft.is_empty = _says_nothing(draft)
    return draft


def _frame(spans: Sequence[Span]) -> None:
    """Give what is said of who asks its role: "on behalf of finance: what did we spend?"."""
    end = next((index for index, span in enumerate(spans[:_MAX_FRAME]) if span.text == COMMA), 0)
    framed = spans[:end]
    if framed and framed[0].text == "on behalf of" and not any(span.is_value for span in framed):
        for span in framed:
            span.role = "frame"


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
    is_short = texts[:1] and texts[0] in PREPOSITIONS and len([*content(spans)]) <= MAX_SHORT
    return begins or is_bare or bool(is_short) or any(text in _PRONOUNS for text in texts if text != "this")


def _says_nothing(draft: Draft) -> bool:
    """Whether nothing of it is about costs or prices: "What can you do?"."""
    about = (
        draft.kind,
        draft.moved,
        draft.measures,
        draft.by,
        draft.filters,
        draft.times,
        draft.ranking,
        draft.choices,
    )
    others = (draft.is_compared, draft.is_share, draft.average, draft.count_of, draft.is_trend)
    return not any((*about, *others, draft.wants_total))


def _lacks_its_object(draft: Draft) -> bool:
    """Whether only an order or a comparison is said: "which was the most expensive?"."""
    says_what = draft.kind or draft.times or draft.filters or draft.by or draft.measures or draft.count_of
    says_of_what = draft.kind or draft.times or draft.filters or draft.by or draft.count_of
    is_order = draft.ranking is not None and not says_of_what
    return is_order or (not says_what and (draft.is_compared or draft.is_share))


def _is_measure_alone(spans: Sequence[Span], draft: Draft) -> bool:
    """Whether only another measure is said: "cost again"."""
    says_of_what = draft.kind or draft.times or draft.filters or draft.by or draft.count_of or draft.choices
    return bool(draft.measures) and not says_of_what and len([*content(spans)]) == 1


def _refusal(spans: Sequence[Span]) -> str:
    """Why a question is not answered: it asks to change something."""
    first = next((span for span in spans if not span.is_harmless or span.has("refused")), None)
    if first is None or not first.has("refused"):
        return ""
    following = spans[spans.index(first) + 1 :][:1]
    if first.has("op") and any(span.text in ("in", "of") for span in following):
        return ""  # "drop in costs"
    return f'I answer questions about costs and prices, and change nothing: "{first.shown}" is none of them.'


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
