"""The words of a query as the catalog spells them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.places import REGION_PART
from catalog.search.query.facts import NamedFact
from catalog.search.query.languages import apart
from catalog.search.query.services import NamesOfServices, take_models, take_services


@dataclass(frozen=True, slots=True)
class Spelled:
    """The words of a query, and how the catalog spells them.

    `typed` are all words, `unread` those of another language, if the query `is_other` than English. `text` is
    the rest but for the full names of `services`, `whole` with them. `corrected` pairs words with their
    corrections.
    """

    typed: Sequence[str]
    unread: tuple[str, ...]
    is_other: bool
    services: Sequence[NamedFact]
    text: str
    whole: str
    corrected: tuple[tuple[str, str], ...]

    @property
    def uncertain(self) -> set[str]:
        """The words that corrections consist of."""
        return {word for _, new in self.corrected for word in new.split()}


def spell(
    typed: Sequence[str],
    correct: Callable[[str], str],
    base_form: Callable[[str], str],
    services: NamesOfServices,
) -> Spelled:
    """The words in English, spelled; of another language only names are read, as they are."""
    read = apart(typed)
    plain = " ".join(read.words)
    if read.is_other:
        correct = base_form = str
    named, rest = take_services(plain, services)
    models, rest = take_models(rest, services)
    forms = [base_form(word) for word in rest.split()]
    # The code of a region that we do not know yet is not a misspelling.
    words = [word if REGION_PART.fullmatch(word) else correct(word) for word in forms]
    corrected = ((old, new) for old, new in zip(forms, words, strict=True) if old != new)
    spelled = dict(zip(rest.split(), words, strict=True))
    return Spelled(
        typed=typed,
        unread=read.unread,
        is_other=read.is_other,
        services=[*named, *models],
        text=" ".join(words),
        whole=" ".join(spelled.get(word, word) for word in plain.split()),
        corrected=tuple(dict.fromkeys(corrected)),
    )
