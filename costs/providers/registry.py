"""The sources of cost data, by their kind. Another cloud is a file beside this one and a line here."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import NamedTuple

from costs.errors import LoadError
from costs.identity import OWN, Identity
from costs.providers.folder import FolderSource
from costs.providers.source import Source

# Opens a source: its name, where it is, a folder of its own for what it fetches, and its credentials.
Opener = Callable[[str, str, Path, Identity], Source]


class Remote(NamedTuple):
    """A source that a cloud delivers to, whose client is an extra: it is imported when it is opened.

    Args:
        scheme: how its location begins.
        module: the module with its function `open_source`.
        extra: the extra that has its client.
    """

    scheme: str
    module: str
    extra: str


def _folder(name: str, location: str, _fetched: Path, _identity: Identity) -> Source:
    return FolderSource(name, location)


# The demo's files are made up, but read as those of the clouds are.
_LOCAL: Mapping[str, Opener] = MappingProxyType({"folder": _folder, "demo": _folder})
REMOTE: Mapping[str, Remote] = MappingProxyType(
    {
        "s3": Remote("s3://", "costs.providers.aws", "aws"),
        "azure-blob": Remote("https://", "costs.providers.azure", "azure"),
        "bigquery": Remote("bigquery://", "costs.providers.google_cloud", "bigquery"),
        "cost-explorer": Remote("costexplorer://", "costs.providers.cost_explorer", "aws"),
        "cost-management": Remote("costmanagement://", "costs.providers.cost_management", "azure"),
    }
)


def open_source(kind: str, name: str, location: str, fetched: Path, identity: Identity = OWN) -> Source:
    """Open a source.

    Args:
        kind: what it is, such as folder.
        name: its name.
        location: where it is; for a folder, its path.
        fetched: a folder for what it fetches, kept between loads.
        identity: whose credentials it is read with.

    Raises:
        LoadError: there is no such kind, or its client is not installed.
    """
    if opener := _LOCAL.get(kind):
        return opener(name, location, fetched, identity)
    if kind in REMOTE:
        opener = client_of(kind).open_source
        source: Source = opener(name, location, fetched, identity)
        return source
    raise LoadError(f"There is no kind of source {kind!r}. The kinds are {', '.join([*_LOCAL, *REMOTE])}.")


def kind_of(location: str) -> str:
    """The kind of source that a location is of; "" if its beginning tells none."""
    return next((kind for kind, remote in REMOTE.items() if location.startswith(remote.scheme)), "")


def client_of(kind: str) -> ModuleType:
    """The module that reads a kind of source at a cloud.

    Raises:
        LoadError: its client is not installed.
    """
    remote = REMOTE[kind]
    try:
        return importlib.import_module(remote.module)
    except ModuleNotFoundError as error:
        if f"{error.name}".startswith("costs."):
            raise LoadError(f"{remote.scheme} cannot be read by this version.") from error
        needed = (
            f"its client is not installed: it is the extra {remote.extra} (cloud-pricing[{remote.extra}])"
        )
        raise LoadError(f"{remote.scheme} cannot be read, because {needed}.") from error
