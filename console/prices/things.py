"""What a question on a page of comparison is about: a whole resource, a SKU, or something left open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from catalog import search as catalog_search
from catalog.errors import CatalogError, InvalidArgumentError
from catalog.offers.attributes import TERMS
from catalog.offers.resources.machines import is_machine
from catalog.offers.resources.model_clouds import ModelName, read_model_name
from catalog.offers.resources.read import read_bill, resource_name
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.parts import ON_DEMAND, texts_of
from catalog.pricing.sku_ids import normalize
from catalog.search.ambiguity import NONE
from catalog.search.ambiguity import sentence as ambiguous_sentence
from catalog.search.contract import SearchAnswer
from console.prices.names import shared_name
from tools.prices_schema import MAX_CHARACTERS

# SKUs that are read to choose from if the question leaves something open, and the things that are shown of
# them: many differ by place alone.
MAX_CANDIDATES = 25
MAX_CHOICES = 5
SKU_ID = re.compile(r"[0-9A-F]{4}(?:-[0-9A-F]{4}){2}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A question to answer, with the words that stand for each answer and the question that they make."""

    ask: str
    values: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Open:
    """What a question leaves open, or why it has no answer."""

    says: str
    choices: Sequence[Choice] = ()

    def as_json(self) -> dict[str, Any]:
        choices = [
            {"ask": each.ask, "values": [{"value": label, "q": q} for label, q in each.values]}
            for each in self.choices
        ]
        return {"says": self.says, "choices": choices}


@dataclass(frozen=True, slots=True)
class Thing:
    """What a question names: a resource by its `request`, a SKU by its id, or a model; none if `left` open.

    `term` is how it is bought if the question says so.
    """

    question: str
    request: ResourceRequest | None = None
    sku_id: str | None = None
    term: str | None = None
    left: Open | None = None
    model: ModelName | None = None


def read_things(questions: Sequence[str], snapshot: Snapshot, term: str | None = None) -> list[Thing]:
    """Read questions as the search tool does; nothing is guessed.

    Args:
        questions: each is the name of a machine type, a SKU id, or anything that search understands.
        snapshot: the present.
        term: how they are bought, if the page says so.

    Returns:
        The things in order. Takes no query for names and ids, otherwise those of a search for all questions,
        which reads the SKUs of named machines too.

    Raises:
        InvalidArgumentError: a question is too long.
    """
    named = {question: _named(question) for question in questions}
    sought = [question for question, thing in named.items() if thing is None]
    facts = facts_of(
        [thing.request for thing in named.values() if thing and thing.request], term or ON_DEMAND
    )
    answers = catalog_search.search_several(sought, MAX_CANDIDATES, snapshot, facts) if sought else []
    found: dict[str, Thing] = {question: thing for question, thing in named.items() if thing}
    for question, (answer, groups) in zip(sought, answers, strict=True):
        thing = _resource_of(question, answer) or _sku_of(question, answer)
        found[question] = thing or _left_open(question, answer, groups)
    return [found[question] for question in questions]


def facts_of(requests: Iterable[ResourceRequest], term: str) -> list[str]:
    """The facts of the SKUs that price resources, wherever they are sold."""
    parts = (part for request in requests for part in read_bill(request).parts)
    return [text for part in parts for text in texts_of(part, term)]


def _named(question: str) -> Thing | None:
    """The SKU, the machine type or the model that the question is the name of."""
    if len(question) > MAX_CHARACTERS:
        raise InvalidArgumentError(f"q: must have at most {MAX_CHARACTERS} characters.")
    sku_id = normalize(question)
    if SKU_ID.fullmatch(sku_id):
        return Thing(question, sku_id=sku_id)
    if request := _machine(question):
        return Thing(question, request)
    return _model(question, question)


def _model(question: str, name: str) -> Thing | None:
    read = read_model_name(name)
    return Thing(question, model=read) if read.model_id else None


def _machine(question: str) -> ResourceRequest | None:
    name = resource_name(question)
    request = ResourceRequest(resource=name)
    try:
        return request if is_machine(name) and not read_bill(request).choices else None
    except CatalogError:
        return None


def _resource_of(question: str, answer: SearchAnswer) -> Thing | None:
    """The one resource that is named; the question which, if there are several."""
    examples = [each["example"]["items"][0] for each in answer["resources"]]
    if any("input_tokens" in each for each in examples):
        return _one_model(question, [each["resource"] for each in examples])
    requests = dict.fromkeys(
        ResourceRequest(resource=each["resource"], gpu=each.get("gpu"), gpu_count=each.get("gpu_count"))
        for each in examples
    )
    terms = {TERMS[each["usage_type"]] for each in answer["resources"]}
    if len(requests) > 1:
        names = [(each.resource, each.resource) for each in requests]
        return Thing(question, left=Open("This names several machines.", [Choice("Which one?", names)]))
    term = terms.pop() if len(terms) == 1 and terms != {ON_DEMAND} else None
    return next((Thing(question, request, term=term) for request in requests), None)


def _one_model(question: str, names: Sequence[str]) -> Thing | None:
    if len(names) == 1:
        return _model(question, names[0])
    choice = Choice("Which one?", [(name, name) for name in names])
    return Thing(question, left=Open("This names several models.", [choice]))


def _sku_of(question: str, answer: SearchAnswer) -> Thing | None:
    """The first SKU, if the answer leaves nothing open but the region and has nothing else to say."""
    left = answer["ambiguous_in"] or []
    is_settled = all(each["attribute"] == "region" for each in left)
    if not answer["skus"] or not is_settled or (answer["hint"] or "") != ambiguous_sentence(left):
        return None
    return Thing(question, sku_id=answer["skus"][0]["sku_id"])


def _left_open(question: str, answer: SearchAnswer, groups: Sequence[Sequence[str]]) -> Thing:
    # The region, for which its sentence asks, does not matter here.
    asked = ambiguous_sentence(answer["ambiguous_in"] or [])
    says = (answer["hint"] or "").replace(asked, "").strip()
    says = says or ("Several SKUs fit equally well." if asked else "Nothing in the catalog matches.")
    return Thing(question, left=Open(says, [*_choices(question, answer, groups)]))


def _choices(question: str, answer: SearchAnswer, groups: Sequence[Sequence[str]]) -> Iterator[Choice]:
    """The open questions but for the region, which does not matter here, and the SKUs themselves."""
    for each in answer["ambiguous_in"] or ():
        values = [value["value"] for value in each["values"] if value["value"] != NONE]
        if each["attribute"] != "region" and values:
            yield Choice(each["ask"], [(value, f"{question} {value}") for value in values])
    if answer["skus"]:
        names = {sku["sku_id"]: sku["display_name"] for sku in answer["skus"]}
        skus = [(shared_name(names[group[0]], {names[each] for each in group}), group[0]) for group in groups]
        yield Choice("One of these SKUs, wherever it is sold?", skus[:MAX_CHOICES])
