"""Settles the facts of a question: what is meant if several are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from catalog.offers.kinds import attributes
from catalog.offers.products import is_feature, is_of_others
from catalog.offers.vocabulary import Fact
from catalog.search.query.beside import without_void
from catalog.search.query.facts import NamedFact, has

# What else Google sells in the rooms of another product is asked for by that product's name.
GENERAL_PRODUCT = frozenset({"product=compute-engine"})
# What a machine type stands for beside one of these is left out.
LICENCE, IMAGE = frozenset({"part=licence"}), frozenset({"kind=image"})


@dataclass(frozen=True, slots=True)
class Settled:
    """The facts that hold, and the words that do not count.

    `foreign` are the names of other companies' products, `features` those of features that have no SKUs,
    `left_out` those of machines, operating systems and disks that have SKUs of their own.
    """

    facts: tuple[NamedFact, ...]
    foreign: tuple[str, ...]
    features: tuple[str, ...]
    left_out: tuple[str, ...]


def settle(found: Iterable[NamedFact], *, has_machine: bool = False) -> Settled:
    """The facts without those that others make void, with the values of one attribute joined.

    Args:
        found: the facts in the order of the question.
        has_machine: whether the question names a machine type.
    """
    named = list(found)
    facts = _with_machine(named) if has_machine else named
    foreign, features = _foreign_set_aside(facts), _features_set_aside(facts)
    facts = [fact for fact in facts if fact not in (*foreign, *features)]
    facts = without_void(_without_general_product(facts))
    return Settled(
        tuple(_with_needs(_joined(facts))), _words(foreign), _words(features), _left_out(named, facts)
    )


def _words(facts: Iterable[NamedFact]) -> tuple[str, ...]:
    return tuple(fact.word for fact in facts)


def _with_machine(facts: list[NamedFact]) -> list[NamedFact]:
    """The facts beside a machine type, without its disk, image and system, unless a licence is asked for."""
    kept = [fact for fact in facts if not fact.is_one_of(attributes("disks"))]
    if any(fact.is_one_of(LICENCE) for fact in facts):
        return kept
    wants_image = has(facts, "version") or any(fact.is_one_of(IMAGE) for fact in facts)
    kept = [fact for fact in kept if not _is_system(fact) or (wants_image and not _is_free(fact))]
    return kept if has(kept, "os") else [fact for fact in kept if fact.attribute != "version"]


def _is_system(fact: NamedFact) -> bool:
    """Whether the fact is an operating system, and cannot be the engine of a database."""
    return all(attribute == "os" for attribute, _ in fact.facts)


def _is_free(system: NamedFact) -> bool:
    return system.is_one_of(attributes("free"))


def _foreign_set_aside(facts: Sequence[NamedFact]) -> list[NamedFact]:
    """The products of other companies, which are no subject if something of Google's is named."""
    foreign = [fact for fact in facts if fact.attribute == "product" and is_of_others(fact.facts[0][1])]
    own = (fact for fact in facts if fact not in foreign)
    return foreign if any(fact.is_identity or fact.attribute == "purpose" for fact in own) else []


def _features_set_aside(facts: Sequence[NamedFact]) -> list[NamedFact]:
    """The features, which are no subject beside the thing that has them: it is what is billed."""
    features = [fact for fact in facts if fact.attribute == "product" and is_feature(fact.facts[0][1])]
    return features if any(map(_is_billed, facts)) else []


def _is_billed(fact: NamedFact) -> bool:
    """Whether the fact says which SKU of a product is meant."""
    is_part = fact.attribute == "part" and not fact.is_general and len(fact.facts) == 1
    return is_part or fact.attribute == "class" or _is_thing(fact)


def _without_general_product(facts: list[NamedFact]) -> list[NamedFact]:
    """The facts without Compute Engine beside another product."""
    particular = [fact for fact in facts if not fact.is_one_of(GENERAL_PRODUCT)]
    return particular if has(particular, "product") else facts


def _joined(facts: Sequence[NamedFact]) -> list[NamedFact]:
    """Several values of an attribute are alternatives; a particular value makes a general one void."""
    found: list[NamedFact] = []
    for attribute in dict.fromkeys(fact.attribute for fact in facts):
        same = list({fact.facts: fact for fact in facts if fact.attribute == attribute}.values())
        chosen = [fact for fact in same if not fact.is_general] or same
        chosen = _common([fact for fact in chosen if not _is_vague_beside(fact, chosen)])
        found += chosen if attribute in attributes("together") else [_either(chosen)]
    return found


def _common(facts: list[NamedFact]) -> list[NamedFact]:
    """What all of several vague facts about a thing can mean, if there is such a value."""
    common = set.intersection(*(set(fact.facts) for fact in facts))
    if len(facts) == 1 or not common or not facts[0].is_identity:
        return facts
    return [replace(_either(facts), facts=tuple(sorted(common)), parts=())]


def _is_vague_beside(fact: NamedFact, others: Sequence[NamedFact]) -> bool:
    """Whether another fact says which of several values is meant, or names a part where this one only hints.

    Another thing does not: "h100 with pd-ssd" is about two.
    """
    single = {other.facts[0] for other in others if len(other.facts) == 1}
    if len(fact.facts) == 1 or not single:
        return False
    return not fact.is_identity or not single.isdisjoint(fact.facts)


def _either(facts: Sequence[NamedFact]) -> NamedFact:
    alternatives: list[Fact] = [fact for named in facts for fact in named.facts]
    words = " ".join(dict.fromkeys(named.word for named in facts))
    parts = tuple(facts) if len(facts) > 1 else ()
    return replace(facts[0], word=words, facts=tuple(dict.fromkeys(alternatives)), parts=parts)


def _with_needs(facts: Sequence[NamedFact]) -> list[NamedFact]:
    """The facts, each with whether a SKU may lack it and whether it cannot be given up."""
    is_anchored = any(map(_is_anchor, facts))
    has_family, has_kind = has(facts, "family"), any(map(_is_thing, facts))
    return [
        replace(
            fact,
            may_lack=is_anchored and fact.attribute in attributes("where it applies"),
            # The cores of a family are not its memory, and a load balancer's rules not its traffic.
            is_needed=fact.attribute == "part" and (has_family if fact.is_general else has_kind),
        )
        for fact in facts
    ]


def _is_anchor(fact: NamedFact) -> bool:
    """Whether the fact says enough for others not to apply."""
    return not fact.is_general if fact.attribute == "part" else fact.is_identity


def _is_thing(fact: NamedFact) -> bool:
    """Whether the fact says what is meant; a product sells many things."""
    return fact.is_identity and fact.attribute != "product"


def _left_out(named: Sequence[NamedFact], kept: Sequence[NamedFact]) -> tuple[str, ...]:
    """The words for a machine, an operating system or a disk of which nothing is left.

    A disk beside its snapshot is no second thing.
    """
    words = {fact.word for fact in kept}
    things = {"family", "os"} if has(kept, "kind") else {"family", "os", "model", "kind"}
    left = (fact.word for fact in named if fact.attribute in things and fact.word not in words)
    return tuple(dict.fromkeys(left))
