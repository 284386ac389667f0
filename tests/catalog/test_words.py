from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import catalog
from catalog.words import Wordings, WordListError, alternatives, entries, keys, words

CATALOG = Path(catalog.__file__).parent
# Units that are joined to numbers.
UNITS = {("normalize.py", "bits")}
# Group names, escapes and character classes of an expression, which are no words.
NO_WORD = re.compile(r"\?P[<=]\w+|\\u\w{4}|\\U\w{8}|\\\w|\[[^]]*]")


@pytest.fixture
def word_list(tmp_path: Path) -> Path:
    return tmp_path / "words.txt"


def test_a_line_is_a_key_with_its_phrases(word_list: Path) -> None:
    word_list.write_text("# a comment\n\ncore: core, virtual cpu\n")

    assert list(entries(word_list)) == [("", "core", ["core", "virtual cpu"])]


def test_lines_belong_to_the_section_above_them(word_list: Path) -> None:
    word_list.write_text("a: b\n[cloud-sql]\na: c\n")

    assert list(entries(word_list)) == [("", "a", ["b"]), ("cloud-sql", "a", ["c"])]


def test_an_indented_line_continues_the_one_before(word_list: Path) -> None:
    word_list.write_text("a: b,\n    c\n# a comment\n    d e\nf: g\n")

    assert list(entries(word_list)) == [("", "a", ["b", "c d e"]), ("", "f", ["g"])]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: b\n\na: c\n", "words.txt, line 3: repeats the key 'a'"),
        ("a: b\nc\n", "words.txt, line 2: no key 'c'"),
        ("a: b\nc: d;\n", "words.txt, line 2: unknown sign in 'c: d;'"),
        ("a: b,\n    c\nä: b\n", "words.txt, line 3: unknown sign in 'ä: b'"),
        ("a: b\nc: d,\n    e;\n", "words.txt, line 2: unknown sign in 'c: d, e;'"),
    ],
)
def test_an_invalid_line_is_refused_with_its_file_and_number(
    word_list: Path, text: str, problem: str
) -> None:
    word_list.write_text(text)

    with pytest.raises(WordListError) as error:
        list(entries(word_list))

    assert str(error.value) == problem


@pytest.mark.parametrize(
    ("pattern", "phrases"),
    [
        ("ip", ["ip"]),
        ("(idle|unused) ip", ["idle ip", "unused ip"]),
        ("static ip(| address)", ["static ip", "static ip address"]),
        ("(a|b) c (d|e)", ["a c d", "a c e", "b c d", "b c e"]),
    ],
)
def test_a_pattern_stands_for_all_its_phrases(pattern: str, phrases: list[str]) -> None:
    assert alternatives(pattern) == phrases


def test_each_phrase_has_its_key(word_list: Path) -> None:
    word_list.write_text("zonal: zone, az\nsnapshot: (|disk )backup\n")

    assert keys(word_list) == {
        "zone": "zonal",
        "az": "zonal",
        "backup": "snapshot",
        "disk backup": "snapshot",
    }


def test_a_phrase_with_two_keys_is_refused(word_list: Path) -> None:
    word_list.write_text("zonal: zone\nregional: zone\n")

    with pytest.raises(WordListError, match=r"words.txt: 'zone' has the keys 'zonal' and 'regional'"):
        keys(word_list)


def test_a_list_without_keys_is_a_set_of_words(word_list: Path) -> None:
    word_list.write_text("# a comment\na b\n\nc\n")

    assert words(word_list) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a b\nc a\n", "words.txt, line 2: 'a' is listed twice"),
        ("a b\nc, d\n", "words.txt, line 2: 'c,' has an unknown sign"),
    ],
)
def test_a_word_listed_twice_or_with_another_sign_is_refused(
    word_list: Path, text: str, problem: str
) -> None:
    word_list.write_text(text)

    with pytest.raises(WordListError) as error:
        words(word_list)

    assert str(error.value) == problem


def test_a_list_that_is_not_english_may_have_any_letters(word_list: Path) -> None:
    word_list.write_text("Tokyo: 東京, Tóquio, โตเกียว\n")

    assert keys(word_list, is_english=False) == {"東京": "Tokyo", "Tóquio": "Tokyo", "โตเกียว": "Tokyo"}


def test_a_list_that_is_not_english_has_the_same_signs(word_list: Path) -> None:
    word_list.write_text("Tokyo: 東京; Tóquio\n")

    with pytest.raises(WordListError, match="unknown sign"):
        keys(word_list, is_english=False)


@pytest.mark.parametrize(
    ("text", "put"),
    [
        ("n2 std core", "n2 standard core"),
        ("no premium tier please", "standard please"),
        ("no premium please", "standard please"),
        ("no", "no"),
        ("", ""),
    ],
)
def test_the_longest_phrase_at_a_word_is_replaced(text: str, put: str) -> None:
    wordings = Wordings({"std": "standard", "no premium": "standard", "no premium tier": "standard"})

    assert wordings.put_into(text) == put


def _expressions() -> Iterator[tuple[str, str]]:
    """The literal parts of the expressions that names and questions are read with, and their modules."""
    modules = [CATALOG / "places.py", *(CATALOG / "offers").glob("*.py"), *(CATALOG / "search").rglob("*.py")]
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
                yield from ((module.name, text) for text in _literals(node.args[0]))


def _literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield from (str(part.value) for part in node.values if isinstance(part, ast.Constant))


def test_words_are_in_lists_and_not_in_expressions() -> None:
    found = [(module, re.findall("[A-Za-z]{4,}", NO_WORD.sub(" ", text))) for module, text in _expressions()]

    assert len(found) > 30
    assert {(module, word) for module, listed in found for word in listed} - UNITS == set()
