"""Reads pasted commands and configuration as words: "spot" for `--spot`, "e2-small" for `type: e2-small`.

A question in plain English has none of these signs and stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from catalog.places import fold
from catalog.search.query.known_settings import NOTHING, settings
from catalog.search.query.machine_types import MACHINE
from catalog.search.query.patterns import any_of

_QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'"
_LIST = r"\[[^\]\n{]*\]"
# "# spot", "// spot"; not "C#", "gs://".
_COMMENT = re.compile(r"(?:^|(?<=\s))(?:#+|//)[ \t]*(?P<words>[^\n]*)", re.MULTILINE)
# "--zone=a", "--zone a", "-zone a", "-l a"; the value may be nested: "--accelerator type=a,count=1".
_FLAG = re.compile(
    rf"(?<![^\s(`'\"\[])(?P<dashes>--?)(?P<name>[a-z][\w-]*)"
    rf"(?:(?P<sign>=|\s+(?=[^\s-]))(?P<value>(?:{_QUOTED}|[^\s\"'`\\])+))?"
)
# `zone = "a"`, `"zone": "a"`, "gke-spot: true", "zone: a" at the start of a line.
_ASSIGNMENT = re.compile(
    r"(?P<key>(?P<quote>[\"']?)[A-Za-z_][\w./-]*(?P=quote))"
    r"(?P<sign>\s*:?=\s*(?![=>{])|(?:(?<=[\"'])\s*:\s*|:[ \t]+)(?![{\s]))"
    rf"(?P<value>{_QUOTED}|{_LIST}|\$\{{[^}}\n]*\}}|[^\s,;{{}}()\[\]\"']+)"
)
_LINE_START = re.compile(r"(?:^|\n)[\s{-]*$")
_IS_CODE = re.compile(r"[_/\"'-]|[a-z][A-Z]")
_NESTED = re.compile(r"([\w-]+)=([^,]*)")
# "${REGION:-us-central1}" has a default; anything else that stands for a value says nothing.
_DEFAULT = re.compile(r"\$\{[^}:]*:[-=]([^}]*)\}")
_PLACEHOLDER = re.compile(
    r"[$<%].*|\[[A-Z_]+\]|(?:var|local|data|module|each|self)\..*|null|none", re.IGNORECASE
)
_BOOLEAN = re.compile(r"true|false", re.IGNORECASE)
_SWITCH = re.compile(r"(?:no|enable)-.*")
_ADDRESS = re.compile(r"\bgs://\S*")
# `scheduling {`, `node_pools = [{`, "spec:" on a line of its own.
_BLOCK = re.compile(
    r"(?P<name>[A-Za-z_][\w-]*|[\"'][\w-]+[\"'])(?:\s*[=:]?\s*[\[{]+(?=\s|$|[\"'])|:[ \t]*(?=\n|$))",
    re.MULTILINE,
)
_CREATE = r"(?:create(?:-\w+)*|up)\b"
_ITEM = r"(?:[ \t]+(?![-\\])(?P<{name}>\S+))?"
_GCLOUD = r"\bgcloud\s+(?:(?:alpha|beta|preview)\s+)?"
SPOT = "spot"


@dataclass(slots=True)
class Notation:
    """The question as words, its comments, and the settings that were not read.

    `seen` are the commands and the readings of settings, with the values of the latter.
    """

    text: str
    comment: str = ""
    unread: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def say(self, key: str, value: str, typed: str) -> str:
        """What the setting `key` says as words; notes it if it is not known."""
        reading = settings().reading(key)
        if reading is None:
            self.unread.append(typed.strip())
            return " "
        value = _DEFAULT.sub(r"\1", value.strip("\"'"))
        self.seen.setdefault(reading, value)
        is_said = reading != NOTHING and not _PLACEHOLDER.fullmatch(value)
        return f" {settings().words(reading, value)} " if is_said else " "


def read_notation(query: str) -> Notation:
    """The commands, settings and comments of `query` as words; any other question as it is."""
    comments = [match["words"] for match in _COMMENT.finditer(query)]
    code = _COMMENT.sub(" ", query)
    if comments and not code.strip():
        return read_notation(" ".join(comments))
    found = Notation(query)
    text = _commands().sub(lambda match: _command(match, found), code)
    text = _FLAG.sub(lambda match: _flag(match, found), text)
    text = _ASSIGNMENT.sub(lambda match: _assignment(match, found), text)
    if found.seen.keys() <= {NOTHING} and not found.unread:
        return Notation(query)
    text = _BLOCK.sub(_block, text)
    found.text = " ".join([_ADDRESS.sub(" ", text), *settings().by_default(found.seen)])
    found.comment = read_notation(" ".join(comments)).text
    return found


def _flag(match: re.Match[str], found: Notation) -> str:
    """A command's option as words; an option that takes no value leaves the word after it."""
    name, value = match["name"], match["value"]
    reading = settings().reading(name) if len(name) > 1 else settings().keys.get(name)
    if match["dashes"] == "-" and reading is None:
        return match[0]
    is_apart = bool(match["sign"]) and match["sign"] != "="
    if _SWITCH.fullmatch(name) and reading is None:
        return f" {value}" if is_apart else " "
    if reading == SPOT and (not value or is_apart) and not _BOOLEAN.fullmatch(value or ""):
        return f"{found.say(name, 'true', match[0])}{value or ''}"
    nested = _NESTED.findall((value or "").strip("\"'"))
    if nested:
        known = (f"{name}-{key}" if settings().reading(f"{name}-{key}") else key for key, _ in nested)
        return "".join(found.say(key, inner, match[0]) for key, (_, inner) in zip(known, nested, strict=True))
    return found.say(name, value or "", match[0])


def _assignment(match: re.Match[str], found: Notation) -> str:
    """A setting of a file as words. In plain English, a colon does not set anything."""
    key, value = match["key"].strip("\"'"), match["value"]
    is_line = _LINE_START.search(match.string, 0, match.start()) and "\n" in match.string
    if "=" not in match["sign"] and not is_line and not _IS_CODE.search(match["key"]):
        return match[0]
    if settings().reading(key) is not None:
        return found.say(key, value, match[0])
    says_nothing = _BOOLEAN.fullmatch(value) or _PLACEHOLDER.fullmatch(value.strip("\"'"))
    return " " if says_nothing and _IS_CODE.search(key) else match[0]


def _command(match: re.Match[str], found: Notation) -> str:
    """What a command or a type of resource is about; the name that is given to the thing says nothing."""
    named = match.groupdict("")
    thing = fold(named["thing"] or named["bare"] or named["resource"] or named["bucket"])
    words = settings().things.get(thing, named["other"] or named["resource"])
    found.seen.setdefault(thing or NOTHING, "")
    item = named["item"] or named["bare_item"]
    return f" {words.removeprefix(NOTHING)} {item if MACHINE.fullmatch(fold(item)) else ''} "


def _block(match: re.Match[str]) -> str:
    """What the name of a block says: "scratch_disk" is a local SSD."""
    return f" {settings().things.get(fold(match['name']), '').removeprefix(NOTHING)} "


@cache
def _commands() -> re.Pattern[str]:
    """A pattern for the commands and types of resources."""
    things = any_of([thing.replace(" ", r"[\s_-]+") for thing in settings().things])
    item, bare_item = (_ITEM.format(name=name) for name in ("item", "bare_item"))
    return re.compile(
        rf"{_GCLOUD}(?:(?P<thing>{things})|(?P<other>[\w-]+(?:\s+[\w-]+)*?))\s+{_CREATE}{item}"
        r"|(?:\bgsutil\s+(?:-m\s+)?|^)(?P<bucket>mb)\b(?=\s+(?:-[a-z]\s|gs:)|\s*$)"
        rf"|^\W*(?:(?P<bare>{things})\s+)?{_CREATE}{bare_item}(?=[ \t]+-)"
        r"|\bresource\s+[\"']?(?P<resource>google_\w+)\b[\"']?(?:\s+[\"'][^\"'\n]*[\"'])?",
        re.MULTILINE,
    )
