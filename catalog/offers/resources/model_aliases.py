"""Which model a name is that people send: only a whole name is one, whatever cloud sells it.

A name is whole if it has every word of the model's id. Capitals and the signs between words do not count, nor
does ".0" of a version; the developer's name may stand before it ("openai gpt-5"). The words may have another
order ("claude 4.5 sonnet"), as long as its numbers keep theirs. The brand may be left out if a tier of
language_models.txt stands for it ("opus 5"). Any other name is no model: at most it leaves open which one.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

from catalog.offers.language_models import brand_of_tier
from catalog.offers.model_names import BUNDLED
from catalog.providers.community import prices as community

# "qwen3" is two words, "70b" and "4o" are one.
_WORD = re.compile(r"[a-z]+|\d+[a-z]*")
_SIGNS = re.compile(r"[\s._/@:-]+")
_ZERO = re.compile(r"(?<=\d)\.0(?!\d)")
# What the names of developers have and do not need.
_FILLERS = frozenset({"ai"})

Words = tuple[str, ...]
Form = TypeVar("Form")


class _Key(NamedTuple):
    """A whole name without the order of its words; numbers keep theirs."""

    words: Words
    numbers: Words


def id_called(name: str) -> str | None:
    """The id of the model whose whole name `name` is, or None."""
    words = words_of_name(name)
    exact = _by_spelling().get(_spelled(name))
    return exact or _only(_in_order().get(words, ())) or _only(_unordered().get(_key(words), ()))


def ids_meant_by(name: str) -> tuple[str, ...]:
    """The models that a name may mean which is not whole: those that have all its words.

    There are none if it names no brand, developer or tier of a brand: "large" says nothing of models.
    """
    words = set(words_of_name(name))
    found = []
    for model_id, developer in developers().items():
        own, of_developer = words_of_name(model_id), set(words_of_name(developer)) - _FILLERS
        starts = {own[0], *of_developer} | {word for word in own if brand_of_tier(word) == own[0]}
        if words & starts and words <= {*own, *of_developer, *_FILLERS}:
            found.append(model_id)
    return tuple(found)


def words_of_name(name: str) -> Words:
    """The words of a name: lower case, without signs and without ".0" of a version."""
    parts = _SIGNS.split(_ZERO.sub("", name.strip().lower()))
    return tuple(word for part in parts for word in _WORD.findall(part))


@cache
def developers() -> Mapping[str, str]:
    """Who makes each model of the table of names and of the community's list, by its id."""
    found: dict[str, str] = {}
    with BUNDLED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["model_id"], row["developer"])
    for price in community.prices():
        found.setdefault(price.model_id, price.developer)
    return found


@cache
def _by_spelling() -> Mapping[str, str]:
    return {_spelled(model_id): model_id for model_id in developers()}


def _spelled(name: str) -> str:
    return "-".join(filter(None, _SIGNS.split(name.strip().lower())))


@cache
def _in_order() -> Mapping[Words, tuple[str, ...]]:
    return _table((words, model_id) for model_id in developers() for words in _forms(model_id))


def _forms(model_id: str) -> Iterator[Words]:
    """The id in words, and without its brand if one of the others stands for that."""
    words = words_of_name(model_id)
    yield words
    if any(brand_of_tier(word) == words[0] for word in words[1:]):
        yield words[1:]


@cache
def _unordered() -> Mapping[_Key, tuple[str, ...]]:
    return _table(
        (key, model_id) for model_id, maker in developers().items() for key in _keys(model_id, maker)
    )


def _keys(model_id: str, developer: str) -> Iterator[_Key]:
    """The id in any order, alone, and with its developer's name."""
    words, maker = words_of_name(model_id), words_of_name(developer)
    short = tuple(word for word in maker if word not in _FILLERS)
    yield from dict.fromkeys((_key(words), _key((*short, *words)), _key((*maker, *words))))


def _key(words: Sequence[str]) -> _Key:
    numbers = tuple(word for word in words if word.isdigit())
    return _Key(tuple(sorted(word for word in words if not word.isdigit())), numbers)


def _table(forms: Iterator[tuple[Form, str]]) -> Mapping[Form, tuple[str, ...]]:
    found: defaultdict[Form, dict[str, None]] = defaultdict(dict)
    for form, model_id in forms:
        found[form][model_id] = None
    return {form: tuple(ids) for form, ids in found.items()}


def _only(ids: Sequence[str]) -> str | None:
    return ids[0] if len(ids) == 1 else None
