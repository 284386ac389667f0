"""What a question names and the catalog does not have: another thing's price is no answer to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog.offers.products import Product, products, provider_of
from catalog.places import Place
from catalog.search.contract import Missing
from catalog.search.index.plan import Plan
from catalog.search.index.vocabulary import Vocabulary
from catalog.search.query import NamedFact

NO_SKUS = "the catalog has no SKUs of it"
# Regions that a sentence names; `sold_in` has all.
MAX_REGIONS = 12
NOT_READ = "the question was not read; ask in English"
NO_SUCH_NAME = "no product, SKU or place is called that"


def missing_in(plan: Plan, vocabulary: Vocabulary) -> list[Missing]:
    """What no SKU can have, whatever else the question says."""
    if plan.question.is_in_another_language:
        return [Missing(what="language", value=plan.question.typed, why=NOT_READ)]
    found = list(_absent_facts(plan, vocabulary))
    if not found and all(fact.is_general for fact in plan.question.facts):
        found = [Missing(what="name", value=word, why=NO_SUCH_NAME) for word in plan.question.unknown_names]
    return found


def region_missing(place: Place, sold_in: Iterable[str]) -> Missing:
    """A thing that is not sold in `place`, but in other regions, with where."""
    regions = sorted(dict.fromkeys(sold_in))
    more = f" and {len(regions) - MAX_REGIONS} more" if len(regions) > MAX_REGIONS else ""
    why = f"not sold there; sold in {', '.join(regions[:MAX_REGIONS])}{more}"
    return Missing(what="region", value=place.label, why=why, sold_in=regions)


def _absent_facts(plan: Plan, vocabulary: Vocabulary) -> Iterator[Missing]:
    """One for each name, which may say several things: the name of a language model says its version too."""
    named = (part for fact in plan.question.facts for part in fact.parts or (fact,))
    told: set[str] = set()
    for fact in named:
        is_absent = fact.is_identity and not any(vocabulary.has_fact(*each) for each in fact.facts)
        if is_absent and (name := name_of(fact)) not in told:
            told.add(name)
            yield Missing(what=fact.attribute, value=name, why=_why(fact, vocabulary))


def _why(fact: NamedFact, vocabulary: Vocabulary) -> str:
    """Why a thing has no SKUs, and for a feature or a cloud, what to ask for instead."""
    product = _product(fact)
    if product and (provider := provider_of(product.slug)) in vocabulary.providers:
        return f"the catalog has only its models; name one, or send provider {provider}"
    if product and product.is_feature:
        return f"a feature without SKUs of its own; ask for {', '.join(product.services[1:])}"
    return NO_SKUS


def name_of(fact: NamedFact) -> str:
    """What people call the value of a fact: the name of a product, else the words of the question."""
    product = _product(fact)
    return product.name if product else fact.word


def _product(fact: NamedFact) -> Product | None:
    """The product that the fact is, if data/products.txt has it."""
    attribute, value = fact.facts[0]
    return products().get(value) if attribute == "product" else None


def sentence(missing: Missing) -> str:
    return f"{missing['value']} ({missing['what'].replace('_', ' ')}): {missing['why']}."
