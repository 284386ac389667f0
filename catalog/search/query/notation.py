"""Reads pasted commands and configuration as words: "spot" for `--spot`, "e2-small" for `type: e2-small`.

A question in plain English has none of these signs and stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from catalog.offers.phrases import texts
from catalog.offers.products import product_names
from catalog.places import fold, read_place
from catalog.search.query.dictionary import CODE
from catalog.search.query.known_settings import NOTHING, settings
from catalog.search.query.machine_types import MACHINE
from catalog.search.query.patterns import any_of

_TOOL, _RELEASE, _CREATE = (any_of(CODE[words]) for words in ("tool", "release", "create"))
_BUCKET_TOOL, _MAKE_BUCKET = (any_of(CODE[words]) for words in ("bucket tool", "make bucket"))
_RESOURCE, _OF_GOOGLE = (any_of(CODE[words]) for words in ("resource", "resource of google"))
# Without any of these, a question is plain English.
_SIGN = re.compile(
    rf"[=#:]|//|(?<!\S)--?[a-z]|{any_of([*CODE['tool'], *CODE['make bucket'], *CODE['resource']])}",
    re.IGNORECASE,
)
_QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'"
_LIST = r"\[[^\]\n{]*\]"
# "# spot", "// spot"; not "C#", "gs://".
_COMMENT = re.compile(r"(?:^|(?<=\s))(?:#+|//)[ \t]*(?P<words>[^\n]*)", re.MULTILINE)
# "--zone=a", "--zone a", "-zone a", "-l a"; the value may be nested: "--accelerator type=a,count=1".
_FLAG = re.compile(
    rf"(?<![^\s(`'\"\[])(?P<dashes>--?)(?P<name>[a-z][\w-]*)"
    rf"(?:(?P<sign>=|\s+(?=[^\s-]))(?P<value>(?:(?<=[=:,\s])(?:{_QUOTED})|[^\s\"'`\\])+))?"
)
# `zone = "a"`, `"zone": "a"`, "gke-spot: true", "zone: a" at the start of a line.
_ASSIGNMENT = re.compile(
    r"(?P<key>(?P<quote>[\"']?)[A-Za-z_][\w./-]*(?P=quote))"
    r"(?P<sign>\s*:?=\s*(?![=>{])|(?:(?<=[\"'])\s*:\s*|:[ \t]*)(?![{\s]))"
    rf"(?P<value>{_QUOTED}|{_LIST}|\$\{{[^}}\n]*\}}|[^\s,;{{}}()\[\]\"']++(?!\s*=))"
)
_LINE_START = re.compile(r"(?:^|\n)[\s{-]*$")
_IS_CODE = re.compile(r"[_/\"'-]|[a-z][A-Z]")
_NESTED = re.compile(r"([\w-]+)=([^,]*)")
# "${REGION:-us-central1}" has a default; anything else that stands for a value says nothing.
_DEFAULT = re.compile(r"\$\{[^}:]*:[-=]([^}]*)\}")
_PLACEHOLDER = re.compile(
    rf"[$<%].*|\[[A-Z_]+\]|{any_of(CODE['elsewhere'])}\..*|{any_of(CODE['no value'])}", re.IGNORECASE
)
_BOOLEAN = re.compile(any_of(CODE["boolean"]), re.IGNORECASE)
_SWITCH = re.compile(rf"{any_of(CODE['switch'])}-.*")
_ADDRESS = re.compile(r"\bgs://\S*")
# `scheduling {`, `node_pools = [{`, "spec:" on a line of its own.
_BLOCK = re.compile(
    r"(?P<name>[A-Za-z_][\w-]*|[\"'][\w-]+[\"'])(?:\s*[=:]?\s*[\[{]+(?=\s|$|[\"'])|:[ \t]*(?=\n|$))",
    re.MULTILINE,
)
_ITEM = r"(?:[ \t]+(?![-\\])(?P<{name}>\S+))?"
_GCLOUD = rf"{_TOOL}\s+(?:{_RELEASE}\s+)?"
# Options may stand within the command: "gcloud compute --project=shop instances create".
_OPTIONS_FIRST = re.compile(
    rf"(?P<head>{_TOOL}(?:\s+[a-z][\w-]*)*?)(?P<options>(?:\s+--[\w-]+=\S+)+)(?P<tail>(?:\s+[a-z][\w-]*)+)"
)


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
        value = _DEFAULT.sub(r"\1", value.strip("\"'"))
        reading = settings().reading(key, value)
        if reading is None:
            self.unread.append(typed.strip())
            return " "
        self.seen.setdefault(reading, value)
        is_said = reading != NOTHING and not _PLACEHOLDER.fullmatch(value)
        return f" {settings().words(reading, value)} " if is_said else " "


def read_notation(query: str) -> Notation:
    """The commands, settings and comments of `query` as words; any other question as it is."""
    if not _SIGN.search(query):
        return Notation(query)
    comments = [match["words"] for match in _COMMENT.finditer(query)]
    code = _COMMENT.sub(" ", query)
    if comments and not code.strip():
        return read_notation(" ".join(comments))
    found = Notation(query)
    text = _commands().sub(
        lambda match: _command(match, found), _OPTIONS_FIRST.sub(r"\g<head>\g<tail>\g<options>", code)
    )
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
    name, value = match["name"], match["value"] or ""
    reading = settings().reading(name, value or "true")
    if match["dashes"] == "-" and reading is None:
        return match[0]
    apart = value if match["sign"] != "=" else ""
    if _SWITCH.fullmatch(name) and reading is None:
        return f" {apart}"
    if settings().is_switch(reading) and apart == value and not _BOOLEAN.fullmatch(value):
        return f"{found.say(name, 'true', match[0])}{value}"
    nested = _NESTED.findall(value.strip("\"'")) if reading != NOTHING else ()
    if nested and not any(read_place(key) for key, _ in nested):
        return "".join(found.say(_inner(name, *pair), pair[1], match[0]) for pair in nested)
    return found.say(name, value, match[0])


def _inner(outer: str, key: str, value: str) -> str:
    """The name of a setting inside an option: `--accelerator=type=a` sets the type of the accelerator."""
    return f"{outer}-{key}" if settings().reading(f"{outer}-{key}", value) else key


def _assignment(match: re.Match[str], found: Notation) -> str:
    """A setting of a file as words. In plain English, a colon does not set anything."""
    key, value = match["key"].strip("\"'"), match["value"].strip("\"'")
    if "=" not in match["sign"] and not _IS_CODE.search(match["key"]) and not _starts_line(match):
        return match[0]
    if match["sign"] == ":" and "/" not in key and not match["quote"]:
        return match[0]
    if len(key) > 1 and settings().reading(key, value):
        return found.say(key, value, match[0])
    says_nothing = _BOOLEAN.fullmatch(value) or _PLACEHOLDER.fullmatch(value)
    return " " if says_nothing and _IS_CODE.search(key) else match[0]


def _starts_line(match: re.Match[str]) -> bool:
    """Whether the match starts one of several lines."""
    return "\n" in match.string and _LINE_START.search(match.string, 0, match.start()) is not None


def _command(match: re.Match[str], found: Notation) -> str:
    """What a command or a type of resource is about; the name that is given to the thing says nothing."""
    named = match.groupdict("")
    thing = fold(named["thing"] or named["bare"] or named["resource"] or named["bucket"])
    if (made := fold(f"{thing} {named['verb']}")) in settings().things:
        thing = made
    words = settings().things.get(thing, named["other"] or named["resource"]).removeprefix(NOTHING)
    if named["thing"] and not named["verb"]:
        # "instances suspend": nothing is made, so there are no defaults.
        found.seen.setdefault(NOTHING, "")
        return f" {words or thing} "
    found.seen.setdefault(thing or NOTHING, "")
    item = named["item"] or named["bare_item"]
    return f" {words} {item if MACHINE.fullmatch(fold(item)) else ''} "


def _block(match: re.Match[str]) -> str:
    """What the name of a block says: "scratch_disk" is a local SSD, and "filestore" a product."""
    name = fold(match["name"])
    words = texts(name)
    is_product = any(end == len(words) for end, _ in product_names().at(words, 0)) if words else False
    return f" {name if is_product else settings().things.get(name, NOTHING).removeprefix(NOTHING)} "


@cache
def _commands() -> re.Pattern[str]:
    """A pattern for the commands and types of resources."""
    listed = (thing for thing in settings().things if not re.search(_CREATE, thing))
    things = any_of([thing.replace(" ", r"[\s_-]+") for thing in listed])
    item, other_item, bare_item = (_ITEM.format(name=f"{kind}item") for kind in ("", "other_", "bare_"))
    return re.compile(
        rf"{_GCLOUD}(?:(?P<thing>{things})(?:\s+(?P<verb>{_CREATE}){item})?|(?P<other>[\w-]+(?:\s+[\w-]+)*?)\s+{_CREATE}"
        rf"{other_item})"
        rf"|(?:{_BUCKET_TOOL}\s+(?:-m\s+)?|^)(?P<bucket>{_MAKE_BUCKET})(?=\s+(?:-[a-z]\s|gs:)|\s*$)"
        rf"|^\W*(?:(?P<bare>{things})\s+)?{_CREATE}{bare_item}(?=[ \t]+-)"
        rf"|{_RESOURCE}\s+[\"']?(?P<resource>{_OF_GOOGLE})[\"']?(?:\s+[\"'][^\"'\n]*[\"'])?\s*\{{?",
        re.MULTILINE,
    )
