"""What a file asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.usage import Item


@dataclass(frozen=True, slots=True)
class Unread:
    """Resources of a file that it was not read for: all of one type."""

    type: str
    count: int


@dataclass(frozen=True, slots=True)
class FileRequest:
    """The items of a file.

    `names` say where in the file each item is. `gaps` are sentences about what the file leaves open, `unread`
    the types of resources that have no items, `free` those that cost nothing by themselves.
    """

    items: tuple[Item | ResourceRequest, ...]
    names: tuple[str, ...]
    gaps: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    free: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def named(self) -> Mapping[int, Item | ResourceRequest]:
        return dict(enumerate(self.items))
