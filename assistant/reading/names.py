"""Names of the data in a question: customers, models, services, regions and others that charges have."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.reading.words import Word, atoms

# Dimensions of whose values a part is a name too: "opus" is claude-opus-4-6.
PARTIAL = ("customer", "model", "service", "account")
# Of a service, a name is always of all that have it: Claude on Bedrock is billed as services of its own.
ALL_OF = ("service",)
MIN_PART = 3
MAX_WORDS = 12


@dataclass(frozen=True, slots=True)
class Named:
    """What a phrase names: values of one dimension, whole or by a part of them."""

    dimension: str
    values: tuple[str, ...]
    is_whole: bool
    length: int


@dataclass(frozen=True)
class Names:
    """The values of the loaded charges.

    Args:
        values: by dimension.
        models: ids of all models that the catalog knows, which charges may have or not.
        ordinary: words that are no part of a name by themselves, since they mean something else.
    """

    values: Mapping[str, Sequence[str]]
    models: Sequence[str] = ()
    ordinary: frozenset[str] = field(default_factory=frozenset)

    def at(self, sentence: Sequence[Word], start: int) -> list[Named]:
        """What the longest phrase that starts at a word names, in each dimension that has it."""
        if sentence[start].is_date:
            return []
        for length in range(min(MAX_WORDS, len(sentence) - start), 0, -1):
            part = sentence[start : start + length]
            # "$20" is an amount, and not the version of a name.
            if any(word.is_date or not word.shown[:1].isalnum() for word in part):
                continue
            if found := [*self._whole(part, length)] or [*self._partial(part, length)]:
                return found
        return []

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that names consist of."""
        found = {atom for each in self._partial_atoms.values() for value in each.values() for atom in value}
        return frozenset(found | {key for key in self._by_key if key.isalpha()})

    @cached_property
    def _by_key(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Dimensions and values by what they are without signs and capitals."""
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for dimension, values in self.values.items():
            for value in values:
                found["".join(atoms(value))].append((dimension, value))
        for model in self.models:
            key = "".join(atoms(model))
            if all(dimension != "model" for dimension, _ in found[key]):
                found[key].append(("model", model))
        return found

    @cached_property
    def _partial_atoms(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        return {
            dimension: {value: atoms(value) for value in self.values.get(dimension, ())}
            for dimension in PARTIAL
        }

    def _whole(self, part: Sequence[Word], length: int) -> Iterator[Named]:
        key = "".join(atom for word in part for atom in word.atoms)
        by_dimension: defaultdict[str, list[str]] = defaultdict(list)
        for dimension, value in self._by_key.get(key, ()) if key else ():
            by_dimension[dimension].append(value)
        for dimension, values in by_dimension.items():
            others = self._having(dimension, part) if dimension in ALL_OF else []
            yield Named(dimension, tuple(dict.fromkeys([*values, *others])), is_whole=True, length=length)

    def _partial(self, part: Sequence[Word], length: int) -> Iterator[Named]:
        found = [atom for word in part for atom in word.atoms]
        if not self._may_be_part(found):
            return
        for dimension in PARTIAL:
            if values := self._having(dimension, part):
                yield Named(dimension, tuple(values), is_whole=False, length=length)
                return

    def _may_be_part(self, found: Sequence[str]) -> bool:
        """Whether it has a word that means nothing else, and begins with letters."""
        own = [
            atom for atom in found if atom.isalpha() and len(atom) >= MIN_PART and atom not in self.ordinary
        ]
        return bool(own) and not any(atom in self.ordinary for atom in found if atom.isalpha())

    def _having(self, dimension: str, part: Sequence[Word]) -> list[str]:
        """The values that have all of these words, and the numbers of no other version."""
        wanted = Counter(atom for word in part for atom in word.atoms)
        numbers = Counter({atom: count for atom, count in wanted.items() if atom.isdigit()})
        return [
            value
            for value, has in self._partial_atoms.get(dimension, {}).items()
            if not wanted - Counter(has)
            and (not numbers or numbers == Counter(atom for atom in has if atom.isdigit()))
        ]
