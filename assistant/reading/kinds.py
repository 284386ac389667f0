"""Which part of the product a question is for: costs unless it says another."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.draft import Draft
from assistant.reading.plan import Kind
from assistant.reading.spans import Span
from catalog.offers.resources.model_clouds import model_clouds

# The first one that a question has counts: a budget may be forecast, and a forecast be unusual.
_ORDER = (Kind.BUDGETS, Kind.ANOMALIES, Kind.MODELS, Kind.FORECAST, Kind.PRICE, Kind.LIVE)
_PLAIN = ("now", "hour", "minutes")


def read_kind(spans: Sequence[Span], draft: Draft) -> None:
    """Say in the draft which part is meant, and give the words for it a role."""
    kind = _kind(spans, draft)
    if kind is None:
        return
    draft.kind = kind
    for span in spans:
        # Whether a budget will hold is a forecast of it.
        is_ahead = kind is Kind.BUDGETS and span.has("kind", Kind.FORECAST)
        if span.has("kind", kind.value) or is_ahead or _helps(span, kind):
            span.role = span.role or "kind"
    if kind is Kind.MODELS:
        _candidates(spans, draft)
    elif kind is Kind.PRICE:
        _search_words(spans, draft)
    elif kind is Kind.LIVE:
        counted = [span for span in spans if span.has("measure", "tokens", "requests")]
        draft.usage = bool(counted) or any(span.has("op", "usage") for span in spans)


def _kind(spans: Sequence[Span], draft: Draft) -> Kind | None:
    if _asks_elsewhere(spans):
        return Kind.MODELS
    kinds = {key for span in spans for key in span.keys("kind")}
    kind = next((each for each in _ORDER if each.value in kinds), None)
    if kind is Kind.PRICE and not _is_list_price(spans):
        kind = None
    return Kind.LIVE if kind is None and _is_live(draft) else kind


def _helps(span: Span, kind: Kind) -> bool:
    """Whether a word only belongs to the way in which such questions are put."""
    helpers = {
        Kind.BUDGETS: ("left", "which", "usage", "weak change", "all", "total"),
        Kind.FORECAST: ("total", "usage", "which"),
        Kind.ANOMALIES: ("which", "change", "weak change", "usage", "why", "all"),
        Kind.MODELS: ("would", "usage", "which", "weak change", "least", "compare", "versus", "than"),
        Kind.LIVE: ("usage", "which", "total"),
        Kind.PRICE: ("which",),
    }[kind]
    is_money = span.has("measure", "billed_cost") and kind not in (Kind.PRICE, Kind.LIVE)
    return is_money or span.has("op", *helpers)


def _asks_elsewhere(spans: Sequence[Span]) -> bool:
    """As in "What would the same tokens cost on Gemini?"."""
    texts = [span.text for span in spans]
    would = [index for index, span in enumerate(spans) if span.has("op", "would")]
    costs = any(span.has("measure") or span.text in ("cheaper", "cheapest") for span in spans)
    return bool(would) and costs and any(span.is_value for span in spans) and "like" not in texts


def _is_list_price(spans: Sequence[Span]) -> bool:
    """Whether a price is asked for, rather than a cost at list price or what was paid."""
    return not any(
        span.time or span.has("measure", "list_cost") or span.text in ("paid", "pay", "paying")
        for span in spans
    )


def _is_live(draft: Draft) -> bool:
    if draft.compared or len(draft.times) != 1:
        return False
    return draft.times[0].live in _PLAIN or draft.times[0].live == "day"


def _candidates(spans: Sequence[Span], draft: Draft) -> None:
    """The models and clouds to compare with: those after "on", "to", "with"; others narrow what was used."""
    than = next((index for index, span in enumerate(spans) if span.has("op", "than")), 0)
    for index, span in enumerate(spans):
        if not span.is_value:
            continue
        readings = span.readings()
        before = [each.text for each in spans[max(index - 3, 0) : index]]
        # "Would Gemini be cheaper than Opus?" asks of moving from the one to the other.
        is_target = _is_target(before) or (index < than and "model" in readings)
        if not is_target:
            continue
        span.role = "candidate"
        if "model" in readings:
            draft.candidates += [
                model for model in _models(span, readings["model"]) if model not in draft.candidates
            ]
        elif "developer" in readings and "cloud" not in readings:
            span.role = ""
        elif "cloud" in readings:
            draft.clouds += [f"{value}" for value in readings["cloud"]]
        else:
            span.role = ""


def _is_target(before: Sequence[str]) -> bool:
    """Whether what is said before a name makes it what to move to."""
    for text in reversed(before):
        if text in ("on", "to", "with", "using", "used", "in", "onto") or text.endswith(
            (" used", " to", " ran")
        ):
            return True
        if text not in ("the", "a", "only", "all"):
            return False
    return False


def _models(span: Span, values: Sequence[str | None]) -> list[str]:
    """The models of the catalog that a name is of; those of the charges if the catalog has none."""
    if any(each.dimension == "model" and each.is_whole for each in span.named):
        return [f"{value}" for value in values]
    words = [word for each in span.words for word in each.atoms]
    known = model_clouds()
    found = [model for model in known if all(word in model.replace(".", "-").split("-") for word in words)]
    return found or [f"{value}" for value in values]


def _search_words(spans: Sequence[Span], draft: Draft) -> None:
    """All words but those that say that a price is asked for: the search reads the rest."""
    text = ""
    for span in spans:
        if not (
            span.role == "kind"
            or span.is_harmless
            or span.has("op", "which", "compare", "versus")
            or span.has("measure", "billed_cost")
        ):
            for word in span.words:
                text += f"{word.glue if text else ''}{word.shown}"
        span.role = "search"
    draft.name = text.strip()
