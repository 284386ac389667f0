"""A document as HTML that the site's policy allows: HTML in it is shown as text, and no style is inline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from console.docs.addresses import target

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")
# Wide tables and long lines scroll by themselves, also for those who have only a keyboard.
_SCROLLS = '<div class="scroll" tabindex="0" role="group" aria-label="Table">'


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the second level, and its anchor."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document as a page has it."""

    title: str
    html: SafeString
    headings: Sequence[Heading]


@lru_cache(maxsize=100)
def render(name: str, text: str) -> Document:
    """The HTML of a document.

    Args:
        name: its path in the repository, against which its links are read.
        text: its Markdown.
    """
    tokens = _PARSER.parse(text)
    anchors: dict[str, int] = {}
    title, headings = name, []
    for heading, inline in _headings(tokens):
        words = _plain(inline)
        anchor = _anchor(words, anchors)
        heading.attrSet("id", anchor)
        if heading.tag == "h1":
            title = words
        if heading.tag == "h2":
            headings.append(Heading(words, anchor))
    html = _PARSER.renderer.render(list(_adapted(tokens, name)), _PARSER.options, {})
    return Document(title, mark_safe(html), headings)  # noqa: S308  the parser escapes all that it reads


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            yield token, inline


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


def _anchor(words: str, used: dict[str, int]) -> str:
    """The anchor of a heading, as GitHub makes it."""
    anchor = _NOT_IN_ANCHORS.sub("", words.lower()).replace(" ", "-")
    count = used.get(anchor, 0)
    used[anchor] = count + 1
    return f"{anchor}-{count}" if count else anchor


def _adapted(tokens: Sequence[Token], name: str) -> Iterator[Token]:
    for token in tokens:
        match token.type:
            case "table_open":
                yield _html(_SCROLLS)
                yield token
            case "table_close":
                yield token
                yield _html("</div>\n")
            case "inline":
                token.children = list(_linked(token.children or (), name))
                yield token
            case _:
                _restyle(token)
                yield token


def _restyle(token: Token) -> None:
    if token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", "")):
        token.attrSet("class", "number" if f"{style}".endswith("right") else "")
    if token.type in ("fence", "code_block"):
        token.attrSet("tabindex", "0")


def _linked(tokens: Sequence[Token], name: str) -> Iterator[Token]:
    """The tokens of a line with links as the site has them; of a link to what it does not have, the words."""
    is_open = True
    for token in tokens:
        if token.type == "link_open":
            link = target(f"{token.attrGet('href')}", name)
            is_open = link is not None
            token.attrSet("href", link or "")
        if token.type == "image":
            token.attrSet("src", target(f"{token.attrGet('src')}", name) or "")
            token.attrSet("loading", "lazy")
        if is_open or token.type not in ("link_open", "link_close"):
            yield token


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)
