"""What settings and commands say about a price, by the lists of en/settings.txt."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from catalog.places import fold
from catalog.words import WordListError, entries

NOTHING, ANY, ALL_OF = "-", "*", "&"
KEYS, THINGS, UNLESS = "keys", "things", "unless "
# "machineType"
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# The owner of a key, the folder of a value: "cloud.google.com/gke-spot", "rhel-cloud/rhel-9".
_OWNER = re.compile(r"^.*/")


@dataclass(frozen=True, slots=True)
class _Value:
    """What the values that `pattern` matches say.

    In the words, `*` stands for the rest of the value, and without other words for all of it.
    """

    pattern: re.Pattern[str]
    words: str

    def read(self, value: str) -> str | None:
        found = self.pattern.fullmatch(value)
        if not found:
            return None
        is_whole = self.words == ANY or not self.pattern.groups
        return self.words.replace(ANY, value if is_whole else found[1])


@dataclass(frozen=True, slots=True)
class _Default:
    """The `words` for what a command makes if it leaves out all settings of `unless`."""

    unless: frozenset[str]
    words: str
    conditions: tuple[frozenset[str], ...]


@dataclass(slots=True)
class Settings:
    """The lists: readings by key, values by reading, words by command, and what is made by default."""

    keys: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[_Value]] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)
    defaults: list[_Default] = field(default_factory=list)

    def reading(self, key: str, value: str) -> str | None:
        """How the value of `key` is read, `-` if it says nothing about a price, None if the key is unknown.

        A key is also known by its end, if the value is known as well: `instance_class` is no storage class.
        """
        words = fold(_HUMP.sub(" ", _OWNER.sub("", key))).split()
        if known := self.keys.get(" ".join(words)):
            return known
        ends = (self.keys.get(" ".join(words[start:]), NOTHING) for start in range(1, len(words)))
        return next((reading for reading in ends if reading != NOTHING and self.knows(reading, value)), None)

    def knows(self, reading: str, value: str) -> bool:
        """Whether the lists say what `value` means, or leave it to the reader of words."""
        return reading not in self.values or bool(self._listed(reading, value))

    def words(self, reading: str, value: str) -> str:
        """What `value` says as words."""
        listed = self._listed(reading, value)
        return _OWNER.sub("", value) if listed is None else listed

    def _listed(self, reading: str, value: str) -> str | None:
        """The words that the lists have for `value`, empty if it says nothing, None if it is not listed."""
        folded = fold(_OWNER.sub("", value))
        found = (each.read(folded) for each in self.values.get(reading, ()))
        return next((words.removeprefix(NOTHING) for words in found if words is not None), None)

    def is_switch(self, reading: str | None) -> bool:
        """Whether values of `reading` are true or false, so that an option without a value is true."""
        return any(each.pattern.pattern == "true" for each in self.values.get(reading or "", ()))

    def by_default(self, seen: Mapping[str, str]) -> Iterator[str]:
        """The words for what was left out.

        Args:
            seen: the commands and the readings, with their values.
        """
        for default in self.defaults:
            met = [each for each in default.conditions if each <= seen.keys()]
            if met and default.unless.isdisjoint(seen):
                yield default.words.replace(ANY, seen[min(met[0])])


@cache
def settings() -> Settings:
    return read_settings(Path(__file__).with_name("en") / "settings.txt")


def read_settings(file: Path) -> Settings:
    """The lists in `file`.

    Raises:
        WordListError: a line is outside a section, or a key or a command is listed twice.
    """
    found = Settings()
    for section, key, phrases in entries(file):
        if not section:
            raise WordListError(f"{file.name}, {key!r}: no section")
        if section in {KEYS, THINGS}:
            _add(file, found.keys if section == KEYS else found.things, key, phrases)
        elif section.startswith(UNLESS):
            unless = frozenset(section.removeprefix(UNLESS).split(", "))
            found.defaults.append(_Default(unless, key, tuple(map(_condition, phrases))))
        else:
            found.values.setdefault(section, []).extend(_values(key, phrases))
    return found


def _add(file: Path, found: dict[str, str], key: str, phrases: Collection[str]) -> None:
    for phrase in phrases:
        if phrase in found:
            raise WordListError(f"{file.name}: {phrase!r} has the keys {found[phrase]!r} and {key!r}")
        found[phrase] = key


def _condition(phrase: str) -> frozenset[str]:
    return frozenset(each.strip() for each in phrase.split(ALL_OF))


def _values(words: str, phrases: Sequence[str]) -> Iterator[_Value]:
    for phrase in phrases:
        yield _Value(re.compile(re.escape(phrase).replace(r"\*", "(.*)")), words)
