"""Reads word lists: a line is `key: phrase, phrase`; lines that start with # name the source."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

# What a line may contain beside letters and digits, and what a word consists of; other signs are slips.
_SIGNS = frozenset(" ,:|()=~*/'&.?_[]-")
_WORD = re.compile(r"[a-z0-9]+")


class WordListError(ValueError):
    """A word list has a line that cannot be read; the message names the file and the line."""


def entries(file: Path, *, is_english: bool = True) -> Iterator[tuple[str, str, list[str]]]:
    """The (section, key, phrases) of a word list; a line `[section]` starts a section.

    An indented line continues the one before. "(a|b) c" stands for the two phrases "a c" and "b c".

    Args:
        file: the word list.
        is_english: whether its letters are those of English.

    Raises:
        WordListError: a line has no key or an unknown sign, or repeats a key of its section.
    """
    section, seen = "", set()
    for number, text in _lines(file):
        where = f"{file.name}, line {number}"
        if not all(char in _SIGNS or _is_letter(char, is_english=is_english) for char in text):
            raise WordListError(f"{where}: unknown sign in {text!r}")
        if text.startswith("["):
            section = text.strip("[]")
            continue
        key, colon, phrases = text.partition(":")
        if not colon or (section, key) in seen:
            raise WordListError(f"{where}: {'no key' if not colon else 'repeats the key'} {key!r}")
        seen.add((section, key))
        yield section, key.strip(), _phrases(phrases)


def _is_letter(char: str, *, is_english: bool) -> bool:
    """Whether `char` is a letter, a mark on one or a digit."""
    return unicodedata.category(char)[0] in "LMN" and (char.isascii() or not is_english)


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers; an indented line continues the one before."""
    text, start = "", 1
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace():
            text += f" {line.strip()}"
            continue
        if text:
            yield start, text
        text, start = line.strip(), number
    if text:
        yield start, text


def _phrases(text: str) -> list[str]:
    return [each for pattern in text.split(",") if pattern.strip() for each in alternatives(pattern.strip())]


def alternatives(pattern: str) -> list[str]:
    """The phrases that a pattern stands for: "(idle|unused) ip(| address)" is four phrases."""
    parts = [part.split("|") for part in re.split(r"[()]", pattern)]
    return [" ".join("".join(chosen).split()) for chosen in product(*parts)]


def keys(file: Path, *, is_english: bool = True) -> dict[str, str]:
    """The key of each phrase of a word list.

    Args:
        file: the word list.
        is_english: whether its letters are those of English.

    Raises:
        WordListError: as `entries`, or a phrase has two keys.
    """
    found: dict[str, str] = {}
    for _, key, phrases in entries(file, is_english=is_english):
        for phrase in phrases:
            if phrase in found:
                raise WordListError(f"{file.name}: {phrase!r} has the keys {found[phrase]!r} and {key!r}")
            found[phrase] = key
    return found


def words(file: Path) -> frozenset[str]:
    """The words of a list without keys.

    Raises:
        WordListError: a word has an unknown sign or is listed twice.
    """
    found: set[str] = set()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        for word in line.split() if not line.startswith("#") else ():
            if not _WORD.fullmatch(word) or word in found:
                problem = "is listed twice" if word in found else "has an unknown sign"
                raise WordListError(f"{file.name}, line {number}: {word!r} {problem}")
            found.add(word)
    return frozenset(found)


class Wordings:
    """Phrases with what to say in their place; of those that start at a word the longest counts."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self._meanings = meanings
        self._longest = max(len(phrase.split()) for phrase in meanings)

    def put_into(self, text: str) -> str:
        """`text` with the phrases replaced."""
        words, found, at = text.split(), list[str](), 0
        while at < len(words):
            phrases = (words[at : at + length] for length in range(self._longest, 1, -1))
            phrase = next((each for each in phrases if " ".join(each) in self._meanings), words[at : at + 1])
            found.append(self._meanings.get(" ".join(phrase), " ".join(phrase)))
            at += len(phrase)
        return " ".join(found)
