"""The sources of cost data, by their kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from costs.errors import LoadError
from costs.providers.folder import FolderSource
from costs.providers.source import Source

_KINDS: Mapping[str, Callable[[str, str], Source]] = MappingProxyType(
    # The demo's files are made up, but read as those of the clouds are.
    {"folder": FolderSource, "demo": FolderSource}
)


def open_source(kind: str, name: str, location: str) -> Source:
    """Open a source.

    Args:
        kind: what it is, such as folder.
        name: its name.
        location: where it is; for a folder, its path.

    Raises:
        LoadError: there is no such kind.
    """
    if kind not in _KINDS:
        raise LoadError(f"There is no kind of source {kind!r}. The kinds are {', '.join(_KINDS)}.")
    return _KINDS[kind](name, location)
