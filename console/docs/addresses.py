"""Where the repository's documents are on the site: docs/oauth.md at /docs/oauth/, README.md at /docs/."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from posixpath import dirname, join, normpath
from urllib.parse import urlsplit

from django.urls import reverse

from tools import documents

START = "README.md"
FOLDER, IMAGES = "docs/", "docs/images/"


@cache
def pages() -> Mapping[str, str]:
    """The names of documents by the part of their address after /docs/."""
    return {_key(name): name for name in documents.names()}


def _key(name: str) -> str:
    if name == START:
        return ""
    return name.removeprefix(FOLDER).removesuffix(".md").lower()


def address(name: str) -> str:
    """The path of a document on the site."""
    key = _key(name)
    return reverse("doc", args=[key]) if key else reverse("docs")


def target(link: str, document: str) -> str | None:
    """Where a link of a document leads on the site.

    Args:
        link: as the document has it: an address, or the path of a file in the repository.
        document: the name of the document.

    Returns:
        The address; None if the link is to a file that the site does not have.
    """
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return link if parts.scheme in ("http", "https", "mailto") else None
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    if not parts.path:
        return fragment
    path = normpath(join(dirname(document), parts.path))
    if path in documents.names():
        return address(path) + fragment
    if path.startswith(IMAGES):
        return reverse("docs-image", args=[path.removeprefix(IMAGES).removesuffix(".png")])
    return f"{reverse('docs')}#documents" if f"{path}/".startswith(FOLDER) else None
