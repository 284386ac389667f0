"""The whole resources that a question names, such as machines, with their prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice

from catalog.errors import CatalogError
from catalog.offers.attributes import TERMS
from catalog.offers.products import products
from catalog.offers.resources.bill import Bill, Terms
from catalog.offers.resources.model_clouds import models_in, read_model_name
from catalog.offers.resources.read import nearest, read_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import gpus
from catalog.offers.resources.terms import USAGE_TYPES
from catalog.places import Place, read_place
from catalog.pricing.answers import ResourceExample, ResourceExampleItem
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.model_rate import RateSource
from catalog.pricing.model_rates import rates_of
from catalog.pricing.resources.components import compose
from catalog.pricing.resources.composed import Composed
from catalog.pricing.resources.parts import ON_DEMAND
from catalog.pricing.resources.rates import Rate, rate_of
from catalog.pricing.resources.regions import texts_anywhere
from catalog.pricing.resources.rows import notes_of, why_unpriced
from catalog.pricing.resources.wanted import Wanted
from catalog.search.contract import FoundResource, ResourcePrice, SearchRequest
from catalog.search.index.plan import Plan
from catalog.search.index.vocabulary import Vocabulary
from catalog.search.query import NamedFact, Question, gpu_count

# Of a place with more regions, such as a continent, none is chosen.
MAX_REGIONS = 3
MAX_RESOURCES = 10
COMPUTE_ENGINE = "compute-engine"
# What a question about a machine says; anything else, such as a licence or traffic, is what it is about.
OF_MACHINES = frozenset({"family", "part", "model", "term", "product", "purpose"})
OWN_PRODUCT, OWN_PURPOSE, FAMILY_RESOURCE = frozenset({"product=compute-engine"}), "custom", "Compute"
MACHINE_PARTS, GPU_PART = frozenset({"core", "ram"}), frozenset({"gpu"})


@dataclass(frozen=True, slots=True)
class Resources:
    """The resources with the sentences to say about them, and about those that are not."""

    found: Sequence[FoundResource] = ()
    said: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A machine that is asked for, and how many of it, if the question says so."""

    request: ResourceRequest
    bill: Bill
    count: int | None


@dataclass(frozen=True, slots=True)
class AskedResources:
    """The resources that a question names, without prices.

    `counts` says how many of each there are to be, if the question does; `said` why others are none.
    `of_models` is the request if it names models: if one is sold, these are the resources.
    """

    wanted: Sequence[Wanted] = ()
    counts: Mapping[str, int | None] = field(default_factory=dict)
    said: Sequence[str] = ()
    of_models: SearchRequest | None = None

    @property
    def facts(self) -> list[str]:
        """The facts of the SKUs that may price them."""
        return [text for each in self.wanted[:MAX_RESOURCES] for text in texts_anywhere(each)]


def asked_in(plan: Plan, request: SearchRequest, vocabulary: Vocabulary) -> AskedResources:
    """The resources that a question names, one for each region and usage type that it names.

    Args:
        plan: compiled from `request`; all that is said about a resource was read into them.
        request: what to look for.
        vocabulary: knows the services.
    """
    of_models = request if request.kind == "all" and models_in(request.query) else None
    terms = _terms(plan)
    if not terms or not _may_be_machines(plan, request, vocabulary):
        return AskedResources(of_models=of_models)
    asked, said = _asked(plan.question)
    wanted = [
        Wanted(each.request, each.bill, place, term)
        for each in asked
        for place in _places(plan.place)
        for term in terms
    ]
    counts = {each.request.resource: each.count for each in asked}
    return AskedResources(wanted, counts, said, of_models)


def priced(asked: Sequence[AskedResources], snapshot: Snapshot) -> list[Resources]:
    """The resources of several questions at list prices.

    Args:
        asked: what each question names.
        snapshot: the present; gets the services of the SKUs.

    Returns:
        Those of each question. If no region is named, or one with many, a resource has no price. Takes no
        query if none is named; otherwise two, or one if their SKUs are in memory, and one more if a region
        does not sell one.
    """
    wanted = [one for each in asked for one in each.wanted[:MAX_RESOURCES]]
    composed = iter(compose(wanted, snapshot, offers_regions=False) if wanted else ())
    found = [_priced(each, [*islice(composed, min(len(each.wanted), MAX_RESOURCES))]) for each in asked]
    models = [_models_of(each.of_models, snapshot) if each.of_models else [] for each in asked]
    return [Resources(named) if named else others for named, others in zip(models, found, strict=True)]


def _priced(asked: AskedResources, composed: Sequence[Composed]) -> Resources:
    found, said = [], [*asked.said]
    for one in composed:
        if one.choices or _is_sold(one):
            found.append(_row(one, asked.counts[one.wanted.request.resource]))
        else:
            said.append(why_unpriced(one))
    said += [_which_region(row["resource"]) for row in found if row["region"] is None][:1]
    if len(asked.wanted) > MAX_RESOURCES:
        said.append(
            f"Only {MAX_RESOURCES} of {len(asked.wanted)} resources are shown: ask for fewer at once."
        )
    return Resources(found, said)


def _models_of(request: SearchRequest, snapshot: Snapshot) -> list[FoundResource]:
    """The models that a question names, which `details` has the prices of and `calculate` the costs."""
    found: list[FoundResource] = []
    for name in models_in(request.query)[:MAX_RESOURCES]:
        read = read_model_name(name)
        clouds = [read.cloud] if read.cloud else [request.provider] if request.provider else []
        rates = rates_of(snapshot, model_id=read.model_id or "").rates
        sources = {each.counted.provider: each.source for each in rates}
        sold_on = {cloud: source for cloud, source in sources.items() if not clouds or cloud in clouds}
        if sold_on:
            found.append(_model(name, sold_on))
    return found


def _model(name: str, sources: Mapping[str, RateSource]) -> FoundResource:
    """A model with the clouds that have it, and who says what it costs there."""
    listed = [cloud for cloud, source in sources.items() if source is RateSource.LIST]
    others = [cloud for cloud in sources if cloud not in listed]
    notes = [f"Listed on {', '.join(listed)}; it has prices by tokens, in details."] if listed else []
    if others:
        notes.append(f"On {', '.join(others)} only a community's list has prices of it: source community.")
    row: FoundResource = {
        "resource": name,
        "region": None,
        "usage_type": USAGE_TYPES[ON_DEMAND],
        "price": None,
        "notes": notes,
        "example": {"items": [{"resource": name, "input_tokens": "1000000", "output_tokens": "1000000"}]},
    }
    if not listed:
        row["source"] = RateSource.COMMUNITY.value
    return row


def _may_be_machines(plan: Plan, request: SearchRequest, vocabulary: Vocabulary) -> bool:
    """Whether the question asks for machines, rather than for SKUs or for something beside a machine."""
    if not plan.question.machines or request.kind != "all" or plan.resource_group:
        return False
    if plan.resource_family not in (None, FAMILY_RESOURCE):
        return False
    own = vocabulary.service_ids(products()[COMPUTE_ENGINE].services)
    if plan.service and set(own).isdisjoint(plan.service_ids):
        return False
    return _is_about_machines(plan.question)


def _is_about_machines(question: Question) -> bool:
    facts = question.facts
    if not question.attributes <= OF_MACHINES or "family" not in question.attributes:
        return False
    if any(fact.attribute == "product" and not fact.is_one_of(OWN_PRODUCT) for fact in facts):
        return False
    if any(fact.attribute == "purpose" and fact.values() != [OWN_PURPOSE] for fact in facts):
        return False
    parts = {value for fact in facts if fact.attribute == "part" for value in fact.values()}
    # The core of a machine is a SKU. A GPU may be named as such: "with 1 T4 GPU".
    return not parts or parts >= MACHINE_PARTS or (parts == GPU_PART and bool(_models(question)))


def _terms(plan: Plan) -> list[str]:
    """How the machines are to be bought; nothing if in a way that no machine is sold."""
    if plan.usage_type:
        terms = [TERMS.get(plan.usage_type, "")]
    else:
        facts = (fact for fact in plan.question.facts if fact.attribute == "term")
        terms = [value for fact in facts for value in fact.values()] or [ON_DEMAND]
    return terms if all(term in USAGE_TYPES for term in terms) else []


def _places(place: Place | None) -> list[Place | None]:
    """The regions to show prices of; None if they are left open."""
    if place is None or (place.is_one and not place.within):
        return [place]
    codes = [code for each in place.members or (place,) for code in each.within or each.codes]
    regions = [read_place(code) for code in dict.fromkeys(codes)]
    return [*regions] if len(regions) <= MAX_REGIONS else [None]


def _models(question: Question) -> list[NamedFact]:
    """The models that the question names apart from machine types."""
    named = (part for fact in question.facts for part in fact.parts or (fact,))
    return [fact for fact in named if all(attribute == "model" for attribute, _ in fact.facts)]


def _asked(question: Question) -> tuple[list[_Asked], list[str]]:
    """The machines that exist, and sentences about the others."""
    with_gpu = list(_read(question, _gpu(question)))
    takes_gpu = any(isinstance(each, _Asked) for each in with_gpu)
    # "n1-standard-4 with a T4 or g2-standard-4": the GPU is for the machine that takes it.
    without = list(_read(question, None)) if takes_gpu else with_gpu
    read = [
        each if isinstance(each, _Asked) else other for each, other in zip(with_gpu, without, strict=True)
    ]
    return (
        [each for each in read if isinstance(each, _Asked)],
        [each for each in read if isinstance(each, str)],
    )


@dataclass(frozen=True, slots=True)
class _Gpu:
    name: str
    count: int | None


def _gpu(question: Question) -> _Gpu | None:
    """The GPU that is named apart from machine types."""
    by_model = {gpu.model: gpu.name for gpu in gpus().values()}
    for fact in _models(question):
        name = by_model.get(fact.facts[0][1])
        if name:
            return _Gpu(name, gpu_count(fact.word, question.text))
    return None


def _read(question: Question, gpu: _Gpu | None) -> Iterator[_Asked | str]:
    """Each machine of the question, or why it is none."""
    for machine in question.machines:
        request = ResourceRequest(resource=machine.name)
        if gpu:
            request = replace(request, gpu=gpu.name, gpu_count=gpu.count)
        try:
            yield _Asked(request, read_bill(request), machine.count)
        except CatalogError as error:
            yield _why_not(machine.name, error)


def _why_not(name: str, error: CatalogError) -> str:
    near = nearest(name) if error.code == "not_found" else []
    hint = f"The nearest are {', '.join(near)}." if near else error.hint
    message = f"There is no machine type {name}." if error.code == "not_found" else error.message
    return f"{message} {hint}".rstrip()


def _which_region(name: str) -> str:
    return f"Name a region for the price of {name}, or send it to details as one of `resources` for all."


def _is_sold(composed: Composed) -> bool:
    """Whether there is a price of what makes it the machine that it is; a GPU may be lacking."""
    needed = {part.name for part in composed.wanted.bill.parts if part.terms is Terms.ALL}
    return bool(composed.components) and needed.isdisjoint(composed.missing)


def _row(composed: Composed, count: int | None) -> FoundResource:
    wanted = composed.wanted
    rate = rate_of(composed)
    return {
        "resource": wanted.bill.resource,
        "region": wanted.place.label if wanted.place else None,
        "usage_type": USAGE_TYPES[wanted.term],
        "price": _price(rate) if rate else None,
        "notes": notes_of(composed),
        "example": _example(wanted, count),
    }


def _price(rate: Rate) -> ResourcePrice | None:
    if rate.hour is None:
        return None
    return {"amount": plain(rate.hour), "per": "hour", "per_month": plain(rate.month)}


def _example(wanted: Wanted, count: int | None) -> ResourceExample:
    """A calculate call for the resources, with what differs from the defaults."""
    request = wanted.request
    item: ResourceExampleItem = {"resource": wanted.bill.resource}
    if wanted.place:
        item["region"] = wanted.place.label
    if count:
        item["quantity"] = plain(Decimal(count))
    if wanted.term != ON_DEMAND:
        item["usage_type"] = USAGE_TYPES[wanted.term]
    if request.gpu:
        item["gpu"] = request.gpu
    if request.gpu_count:
        item["gpu_count"] = request.gpu_count
    return {"items": [item]}
