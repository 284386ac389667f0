"""The words of a question, in order, each with what was written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 500

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ISO_DATE = r"\d{4}-\d{1,2}(?:-\d{1,2})?(?![\w-])|\d{4}/\d{1,2}/\d{1,2}(?![\w/])"
# Of these, nobody knows which is the day.
_OTHER_DATE = r"\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\w/])|\d{1,2}\.\d{1,2}\.(?:\d{2,4})?(?!\w)"
_DATE = f"{_ISO_DATE}|{_OTHER_DATE}"
_QUOTED = r"[\"“”«]([^\"“”«»]{1,200})[\"“”»]"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)"
# An amount is one word, which nothing here asks for.
_AMOUNT = r"[$\u20ac\u00a3]\s?\d[\d,.]*\w*"
_WORD = r"[^\W_]+(?:[.'\u2019][^\W_]+)*"
_TOKEN = re.compile(f"{_QUOTED}|({_DATE})|({_AMOUNT}|{_NUMBER}|{_WORD})|(!=|<>|:(?=\\s)|[%$€£&+<>=,;\u00d7])")
# A value's smallest parts: "m7i" is m and 7i, "4.6" is 4 and 6, "32b" is one.
_ATOM = re.compile(r"\d+[a-z]+|\d+|[^\W\d_]+")
_SIGNS = {
    "%": "percent",
    "$": "usd",
    "€": "eur",
    "£": "gbp",
    "&": "and",
    "+": "and",
    ";": ",",
    ":": ",",
    "!=": "not",
    "<>": "not",
    "\u00d7": "x",
}
# A dash with blanks between two days or months says "to"; other dashes are punctuation.
_DASH = re.compile(r"[\u2010-\u2015]")
_RANGE = re.compile(rf"(?<=[\w.])\s+-\s+(?=\d|(?:{_MONTHS}))", re.IGNORECASE)
_BEGINS_RANGE = re.compile(rf"(?:\d\.?|\d(?:st|nd|rd|th)|(?:{_MONTHS})[a-z]*)$", re.IGNORECASE)
_GLUES = ("-", "_", "/", ".", ":")
_CONTRACTED = {
    "s": {
        "what": "is",
        "who": "is",
        "how": "is",
        "where": "is",
        "that": "is",
        "it": "is",
        "there": "is",
        "let": "us",
    }
}
_SHORT_SPAN = re.compile(r"(\d{1,3})(h|hrs?|d|w)")
_SHORT_UNITS = {"h": "hours", "hr": "hours", "hrs": "hours", "d": "days", "w": "weeks"}
_APOSTROPHE = {"hows": "how's", "whos": "who's", "wheres": "where's"}
_ENDINGS = {"re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question.

    Args:
        text: in small letters, without accents.
        shown: as it was written.
        is_quoted: whether it stood in quotation marks, which make a name of any words.
        is_date: whether it is a date in digits.
        glue: what stands between the word before and it: a blank, or the sign that joins them.
    """

    text: str
    shown: str
    is_quoted: bool = False
    is_date: bool = False
    glue: str = " "

    @property
    def atoms(self) -> tuple[str, ...]:
        return atoms(self.text)

    @property
    def is_capital(self) -> bool:
        return self.shown[:1].isupper()


def atoms(text: str) -> tuple[str, ...]:
    """The letters and numbers of a name, without its signs."""
    return tuple(_ATOM.findall(folded(text)))


def folded(text: str) -> str:
    """A text in small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()


def split(text: str) -> list[Word]:
    """The words of a question; signs between them are left out, unless they say something."""
    found: list[Word] = []
    ended = 0
    text = _RANGE.sub(_to, _DASH.sub("-", text))
    for match in _TOKEN.finditer(text):
        between = text[ended : match.start()]
        ended = match.end()
        quoted, day, word, sign = match.groups()
        if quoted is not None:
            found.append(Word(folded(quoted).strip(), quoted.strip(), is_quoted=True))
        elif day is not None:
            found.append(Word(day, day, is_date=True))
        elif sign is not None:
            found.append(Word(_SIGNS.get(sign, sign), sign))
        else:
            found += _plain(word, between if between in _GLUES else " ")
    return found


def _to(match: re.Match[str]) -> str:
    """A dash between two times as the word that it stands for."""
    before = match.string[: match.start()]
    return " to " if _BEGINS_RANGE.search(before) else match[0]


def _plain(shown: str, glue: str) -> list[Word]:
    """A word without its apostrophe: "what's" is two words, "acme's" is acme."""
    text = folded(shown)
    if match := _SHORT_SPAN.fullmatch(text):
        return [Word(match[1], shown, glue=glue), Word(_SHORT_UNITS[match[2]], match[2])]
    if re.fullmatch(r"[\d,]+(\.\d+)?", text):
        return [Word(text.replace(",", ""), shown, glue=glue)]
    stem, mark, ending = _APOSTROPHE.get(text, text).rpartition("'")
    if not mark:
        return [Word(text, shown, glue=glue)]
    if ending == "t":
        first = {"can": "can", "won": "will"}.get(stem, stem.removesuffix("n"))
        return [Word(first, shown), Word("not", shown)]
    if second := _CONTRACTED.get(ending, {}).get(stem) or _ENDINGS.get(ending):
        return [Word(stem, shown), Word(second, shown)]
    kept = shown[: len(stem)] if ending in ("s", "") else shown
    return [Word(stem if ending in ("s", "") else text.replace("'", ""), kept)]
