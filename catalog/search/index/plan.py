"""What statements, ranking and hints read: a request, compiled once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from catalog.offers.attributes import TERMS
from catalog.offers.kinds import attributes
from catalog.places import Place
from catalog.search.index.fts import (
    LISTED_AS_GLOBAL,
    NOTHING,
    both,
    either,
    fact_match,
    filter_token,
    in_column,
    of_services,
    term_match,
)
from catalog.search.index.service_names import ServiceNames
from catalog.search.query import NamedFact, Question, Term
from catalog.search.query.spelling import Words

# Arguments that match a column, with the prefix of their filter tokens.
COLUMNS = {"resource_family": "family", "resource_group": "group", "usage_type": "usage"}
KNOWN_CODE, NEW_CODE = 1, 2
# The region of what is sold everywhere, or listed so.
GLOBAL = "global"
SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """A question with its filters.

    `service_ids` are the services that the argument `service` names, `named_services` those that sell a
    product that the question names. A place is strict if it comes from an argument; if it was read from the
    query, a SKU whose name contains its words matches too. A usage type means how a SKU is sold by its name:
    "Tpu-v2 Preemptible Accelerator" is listed as on demand. `known` are the words of the catalog, `services`
    the names of its services, and `dropped` the words that were ignored because no SKU contains them together
    with the others. Of those, `unsold_terms` said how a SKU is sold. A lenient plan accepts SKUs that lack
    an attribute that need not apply to them. `provider` is the one that is asked for, `providers` are those
    of the catalog in the order of PROVIDERS, with their services that have SKUs.
    """

    question: Question
    service: str | None = None
    service_ids: tuple[str, ...] = ()
    named_services: tuple[str, ...] = ()
    place: Place | None = None
    place_is_strict: bool = False
    resource_family: str | None = None
    resource_group: str | None = None
    usage_type: str | None = None
    known: Words = Words()  # noqa: RUF009
    services: ServiceNames = ServiceNames()  # noqa: RUF009
    dropped: tuple[str, ...] = ()
    unsold_terms: tuple[NamedFact, ...] = ()
    is_lenient: bool = False
    provider: str | None = None
    providers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def may_drop(self, fact: NamedFact) -> bool:
        """Whether relaxation may drop `fact`: before the plan is lenient, only what many things have."""
        return fact.weight > 0 and (fact.is_general or not self.may_be_lenient)

    @property
    def may_be_lenient(self) -> bool:
        """Whether more SKUs may match if those that lack an attribute altogether count."""
        return not self.is_lenient and any(fact.may_lack for fact in self.question.facts)


@dataclass(frozen=True, slots=True)
class Condition:
    """`label` describes the condition in hints; `match` is an FTS5 expression.

    `weight` says how much a word says about what is meant; it is 0 for a condition that cannot be dropped.
    `code` says whether the word identifies a product, as "n2" does: KNOWN_CODE, NEW_CODE or 0.
    """

    label: str
    match: str
    weight: int = 0
    code: int = 0
    service_ids: tuple[str, ...] = ()
    is_place: bool = False
    is_word: bool = False
    fact: NamedFact | None = None


def conditions(plan: Plan) -> list[Condition]:
    """The conditions that a SKU has to meet."""
    return [*argument_conditions(plan), *_question_conditions(plan), *_term_conditions(plan)]


def argument_conditions(plan: Plan) -> list[Condition]:
    found = []
    if plan.service:
        found.append(_of_services(f"service {plan.service}", plan.service_ids))
    if plan.provider and len(plan.providers) > 1:
        found.append(_of_services(f"provider {plan.provider}", plan.providers[plan.provider]))
    if plan.place and plan.place_is_strict:
        found.append(Condition(f"region {plan.place.label}", either(place_scopes(plan)), is_place=True))
    for column, kind in COLUMNS.items():
        value = getattr(plan, column)
        if value in TERMS and column == "usage_type":
            found.append(Condition(f"{column} {value}", _sold_as(value)))
        elif value:
            found.append(Condition(f"{column} {value}", in_column("filters", [filter_token(kind, value)])))
    return found


def _of_services(label: str, service_ids: tuple[str, ...]) -> Condition:
    return Condition(label, of_services(service_ids), service_ids=service_ids)


def by_provider(plan: Plan, match: str) -> list[str]:
    """Expressions for the SKUs of each provider that match, in the order of the providers."""
    if len(plan.providers) < SEVERAL or plan.provider or plan.service:
        return [match]
    _, *others = plan.providers.values()
    of_others = of_services([service_id for ids in others for service_id in ids])
    return [f"({match}) NOT ({of_others})", *(both([match, of_services(ids)]) for ids in others)]


def _sold_as(usage_type: str) -> str:
    """Matches SKUs of a usage type by their names, which Google's label sometimes contradicts.

    What is neither on demand, spot nor a commitment, such as a reservation, counts as what the label says.
    """
    named = in_column("facts", [f"term={TERMS[usage_type]}"])
    others = in_column("facts", [f"term={term}" for term in TERMS.values() if term != TERMS[usage_type]])
    labelled = in_column("filters", [filter_token("usage", usage_type)])
    return either([named, f"({labelled}) NOT ({others})"])


def _question_conditions(plan: Plan) -> list[Condition]:
    found = []
    if ids := plan.question.ids:
        label = f"id {' or '.join(ids)} (only details shows withdrawn SKUs)"
        found.append(Condition(label, either([in_column("sku_id", ids), of_services(ids)])))
    if plan.place and not plan.place_is_strict:
        label = f'"{" ".join(plan.question.place_words)}" (read as region {plan.place.label})'
        found.append(Condition(label, either(place_scopes(plan)), is_place=True))
    facts = [_fact_condition(fact, is_lenient=plan.is_lenient) for fact in plan.question.facts]
    return _without_discounts([*found, *facts], plan)


def _fact_condition(fact: NamedFact, *, is_lenient: bool) -> Condition:
    match = fact_match(fact, may_lack=is_lenient and fact.may_lack)
    code = 0 if fact.is_general or len(fact.facts) > 1 else KNOWN_CODE
    return Condition(f'"{fact.word}"', match, weight=fact.weight, code=code, fact=fact)


def _without_discounts(found: list[Condition], plan: Plan) -> list[Condition]:
    """The conditions, of which the first fact that has to hold leaves out what is found only if asked for."""
    asked = {"=".join(each) for fact in plan.question.facts for each in fact.facts}
    unasked = in_column("facts", sorted(attributes("if asked") - asked))
    first = next((i for i, condition in enumerate(found) if condition.fact and not condition.weight), None)
    if first is not None and unasked != NOTHING:
        found[first] = replace(found[first], match=f"({found[first].match}) NOT ({unasked})")
    return found


def _term_conditions(plan: Plan) -> list[Condition]:
    required = [term for term in plan.question.terms if not term.is_optional]
    return [
        Condition(
            f'"{term.word}"',
            term_match(term, plan.known),
            weight=term.weight,
            code=_code(term, plan.known),
            is_word=True,
        )
        for term in required
    ]


def _code(term: Term, known: Words) -> int:
    """Whether `term` is a code, and whether SKUs contain it."""
    if not term.is_code:
        return 0
    return KNOWN_CODE if any(known.issuperset(synonym.split()) for synonym in term.synonyms) else NEW_CODE


def alternatives(plan: Plan) -> list[tuple[str, str]]:
    """Of an attribute of which the question names several values: the words for each, and what matches it.

    The expression matches the SKUs that have this value and meet all other conditions.
    """
    question = plan.question
    named = [(fact, part) for fact in question.facts for part in fact.parts]
    return [
        (part.word, match_of(conditions(replace(plan, question=_with_part(question, fact, part)))))
        for fact, part in named
    ]


def _with_part(question: Question, fact: NamedFact, part: NamedFact) -> Question:
    alone = replace(part, may_lack=fact.may_lack, is_needed=fact.is_needed)
    return replace(question, facts=tuple(alone if each is fact else each for each in question.facts))


def place_scopes(plan: Plan) -> list[str]:
    """Expressions for where a SKU may be sold, best first.

    The place itself; a wider or an inner place; everywhere, or a name that contains the place.
    """
    place = plan.place
    if place is None:
        return []
    around = [in_column("place", (*place.wider, *place.within)), in_column("reach", place.codes)]
    names = () if plan.place_is_strict else tuple(dict.fromkeys(plan.question.place_words))
    anywhere = [in_column("place", (GLOBAL,)), in_column("name", names)]
    listed = [in_column("filters", [LISTED_AS_GLOBAL])] if GLOBAL in place.codes else []
    return [
        either([in_column("place", place.codes), *listed]),
        either(expression for expression in around if expression != NOTHING),
        either(expression for expression in anywhere if expression != NOTHING),
    ]


def match_of(found: Collection[Condition]) -> str:
    """The expression for SKUs that meet all of `found`."""
    return both(condition.match for condition in found)
