"""The words and numbers that times consist of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from assistant.reading.periods import Time
from assistant.reading.vocabulary import times
from assistant.reading.words import Word

# The number of words of a time, and the time.
Found = tuple[int, Time]
Rule = Callable[[int], Found | None]
ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
YEAR = re.compile(r"(?:19|20|21)\d\d")
MINUTES = {"minute": 1, "hour": 60}
# Names of months and days that are other words as well.
OTHER_WORDS = frozenset({"may", "mar", "march", "sat", "sun", "mon", "wed"})
_BEFORE_TIMES = frozenset(
    {"in", "of", "for", "during", "since", "until", "till", "to", "from", "between", "and", "or", "than"}
    | {"versus", "vs", "with", "last", "this", "next", "on", "by", "through"}
)
_MAX_COUNT = 1000


class TimeWords:
    """The words of a sentence, as times read them.

    Args:
        sentence: its words.
        today: the day on which it is asked.
    """

    def __init__(self, sentence: Sequence[Word], today: date) -> None:
        self._words = sentence
        self._today = today

    def _lexed(self, start: int, section: str) -> tuple[int, str] | None:
        for length, meanings in times().at(self._words, start):
            for meaning in meanings:
                if meaning.section == section:
                    return length, meaning.key
        return None

    def _text(self, at: int) -> str:
        return self._words[at].text if 0 <= at < len(self._words) else ""

    def _glue(self, at: int) -> str:
        return self._words[at].glue if 0 <= at < len(self._words) else ""

    def _the(self, at: int) -> int:
        return 1 if self._text(at) == "the" else 0

    def _is(self, at: int, *texts: str) -> bool:
        return self._text(at) in texts

    def _number(self, at: int) -> tuple[int, int] | None:
        text = self._text(at)
        if text.isdecimal() and 1 <= int(text) <= _MAX_COUNT:
            return 1, int(text)
        lexed = self._lexed(at, "number")
        return (lexed[0], int(lexed[1])) if lexed else None

    def _ordinal(self, at: int) -> tuple[int, int] | None:
        if match := ORDINAL.fullmatch(self._text(at)):
            return 1, int(match[1])
        lexed = self._lexed(at, "ordinal")
        return (lexed[0], int(lexed[1])) if lexed else None

    def _day_number(self, at: int) -> tuple[int, int] | None:
        """The number of a day in a month: 3, 3rd or third."""
        text = self._text(at)
        if text.isdecimal() and len(text) <= 2:  # noqa: PLR2004 digits of a day
            return 1, int(text)
        return self._ordinal(at)

    def _year_at(self, at: int) -> tuple[int, int] | None:
        """A year with "," or "of" before it, which are gone or one word."""
        skip = 1 if self._is(at, "of", "in", ",") else 0
        return (skip + 1, int(self._text(at + skip))) if YEAR.fullmatch(self._text(at + skip)) else None

    def _month_name(self, at: int) -> tuple[int, int] | None:
        lexed = self._lexed(at, "month")
        if lexed is None or (self._text(at) in OTHER_WORDS and not self._is_meant(at)):
            return None
        return lexed[0], int(lexed[1])

    def _is_meant(self, at: int) -> bool:
        """Whether a name that is another word too stands where a time does."""
        following = self._text(at + 1)
        is_dated = following.isdecimal() or bool(ORDINAL.fullmatch(following))
        return (
            self._text(at - 1) in _BEFORE_TIMES
            or is_dated
            or self._text(at - 1).isdecimal()
            or (at > 0 and self._words[at].is_capital)
        )
