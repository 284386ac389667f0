"""Comments in pasted code: they count where the code leaves something open."""

from __future__ import annotations

import re

from catalog.search.query.facts import NamedFact
from catalog.search.query.machine_types import MACHINE, machine_facts
from catalog.search.query.normalize import plain_words
from catalog.search.query.notation import Notation
from catalog.search.query.patterns import A_PLACE
from catalog.search.query.reader import take_facts

_PLACE = re.compile(A_PLACE)


def with_comment(notation: Notation) -> str:
    """The text with what its comment adds: facts of other attributes, and a place.

    If no fact is in the text, the comment counts as a whole.
    """
    if not notation.comment:
        return notation.text
    code, comment = (" ".join(plain_words(text)) for text in (notation.text, notation.comment))
    named = {fact.attribute for fact in _facts(code)}
    if not named:
        return f"{notation.text} {notation.comment}"
    added = [fact.word for fact in _facts(comment) if fact.attribute not in named]
    places = [] if _PLACE.search(code) else [match[0] for match in _PLACE.finditer(comment)]
    return " ".join([notation.text, *dict.fromkeys((*added, *places))])


def _facts(text: str) -> list[NamedFact]:
    machines = [fact for match in MACHINE.finditer(text) for fact in machine_facts(match, is_database=False)]
    return [*machines, *take_facts(MACHINE.sub("  ", text))[0]]
