from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.offers import DATA
from catalog.offers.categories import read_categories
from catalog.offers.implied import read_rules
from catalog.offers.phrases import Phrases, texts
from catalog.offers.products import slug
from catalog.offers.vocabulary import (
    EVERYWHERE,
    SIDES,
    Meaning,
    Reading,
    Side,
    Vocabulary,
    parse_facts,
    read_vocabulary,
)
from catalog.words import WordListError, entries

CORE, RAM = ("part", "core"), ("part", "ram")


def words_of(*meanings: tuple[str, str, Side | None, str]) -> Vocabulary:
    """A vocabulary of (phrase, facts, side, section)."""
    phrases: Phrases[Meaning] = Phrases()
    for phrase, facts, side, section in meanings:
        phrases.add(phrase, Meaning(parse_facts(facts), side, section))
    return Vocabulary(phrases)


def read(known: Vocabulary, text: str, side: Side = Side.NAME, *sections: str) -> Reading | None:
    return known.read(texts(text), 0, side, sections)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("-", ()),
        ("part=core", ((CORE,),)),
        ("part=core|ram", ((CORE, RAM),)),
        ("os=sql|engine=sql", ((("os", "sql"), ("engine", "sql")),)),
        ("part=core term=1y", ((CORE,), (("term", "1y"),))),
    ],
)
def test_facts_are_attributes_with_values(text: str, facts: tuple[object, ...]) -> None:
    assert parse_facts(text) == facts


def test_a_value_without_an_attribute_is_refused() -> None:
    with pytest.raises(ValueError, match="no attribute in 'core'"):
        parse_facts("core")


def test_the_longest_phrase_is_read() -> None:
    known = words_of(("ssd", "model=x", None, EVERYWHERE), ("local ssd", "model=y", None, EVERYWHERE))

    assert read(known, "local ssd price") == Reading(2, ((("model", "y"),),))
    assert read(known, "ssd") == Reading(1, ((("model", "x"),),))
    assert read(known, "price") is None


def test_a_phrase_of_one_side_is_not_read_on_the_other() -> None:
    known = words_of(("hdd", "model=x", Side.QUESTION, EVERYWHERE))

    assert read(known, "hdd", Side.NAME) is None
    assert read(known, "hdd", Side.QUESTION) is not None


def test_a_phrase_of_a_service_counts_for_that_service_only() -> None:
    known = words_of(("image", "kind=image", None, "compute-engine"))

    assert read(known, "image", Side.NAME, "compute-engine") is not None
    assert read(known, "image", Side.NAME, "vertex-ai") is None


def test_a_service_means_a_phrase_in_its_own_way() -> None:
    known = words_of(
        ("image", "modality=image", None, EVERYWHERE), ("image", "kind=image", None, "compute-engine")
    )

    assert read(known, "image", Side.NAME, "compute-engine") == Reading(1, ((("kind", "image"),),))
    assert read(known, "image", Side.NAME, "vertex-ai") == Reading(1, ((("modality", "image"),),))


def test_services_that_use_a_phrase_differently_are_alternatives_if_none_is_named() -> None:
    known = words_of(
        ("sql server", "os=sql", None, "compute-engine"), ("sql server", "engine=sql", None, "sql")
    )

    reading = known.read(("sql", "server"), 0, Side.QUESTION, None)

    assert reading == Reading(2, ((("os", "sql"), ("engine", "sql")),))


def test_no_phrase_is_listed_twice_for_the_same_side() -> None:
    listed = Counter(
        (section, side if side in SIDES else "", texts(phrase))
        for section, key, phrases in entries(DATA / "vocabulary.txt")
        for side in [key.partition(" ")[0]]
        for phrase in phrases
    )

    assert [entry for entry, count in listed.items() if count > 1] == []


def test_no_phrase_of_one_side_repeats_one_of_both() -> None:
    both, one = set(), set()
    for section, key, phrases in entries(DATA / "vocabulary.txt"):
        side, _, facts = key.partition(" ")
        for phrase in phrases:
            if side in SIDES:
                one.add((section, facts, texts(phrase)))
            else:
                both.add((section, key, texts(phrase)))

    assert one & both == set()


def test_sections_are_services() -> None:
    services = {
        slug(name.strip()) for _, names, _ in entries(DATA / "products.txt") for name in names.split(",")
    }
    files = ("vocabulary.txt", "patterns.txt")
    sections = {section for file in files for section, _, _ in entries(DATA / file)}

    assert sections <= {EVERYWHERE, *services}


def test_values_are_words_of_an_index() -> None:
    facts = {
        fact
        for _, key, _ in entries(DATA / "vocabulary.txt")
        for alternatives in parse_facts(key.removeprefix("ask ").removeprefix("name "))
        for fact in alternatives
    }

    assert [fact for fact in facts if not re.fullmatch("[a-z_]+=[a-z0-9-]+", "=".join(fact))] == []


READERS: dict[str, Callable[[Path], object]] = {
    "categories.txt": read_categories,
    "implied.txt": read_rules,
    "vocabulary.txt": read_vocabulary,
}


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("categories.txt", "* | License: part=licence\n", "not `service | family | group: facts`"),
        ("categories.txt", "* | * | *: licence\n", "no attribute in 'licence'"),
        ("implied.txt", "part=core: family=n1, term=1y\n", "not `conditions: what follows`"),
        ("vocabulary.txt", "[any]\ncore: core\n", "no attribute in 'core'"),
    ],
)
def test_an_invalid_fact_is_refused_with_its_file(tmp_path: Path, name: str, text: str, problem: str) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(WordListError, match=re.escape(problem)) as error:
        READERS[name](tmp_path / name)

    assert name in str(error.value)
