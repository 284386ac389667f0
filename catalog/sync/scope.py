"""Which services a run copies: its task's part, or those that are named."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zlib import crc32

from catalog.errors import SourceError
from catalog.providers.records import ServiceRecord


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the services: `index` of `count` parts that parallel runs share between them."""

    index: int = 0
    count: int = 1

    def includes(self, service_id: str) -> bool:
        """Whether the service belongs to this part; the same parts whatever else the price list holds."""
        return crc32(service_id.encode()) % self.count == self.index


WHOLE = Task()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which services a run syncs: its task's part, of `service_ids` where some are named."""

    task: Task = WHOLE
    service_ids: Collection[str] = ()

    @property
    def is_whole(self) -> bool:
        return self.task.count == 1 and not self.service_ids

    def choose(self, services: Iterable[ServiceRecord]) -> list[ServiceRecord]:
        """The services in scope; one that is listed twice counts once.

        Raises:
            SourceError: a named service is not listed.
        """
        listed = {service.service_id: service for service in services}
        unknown = sorted(set(self.service_ids) - listed.keys())
        if unknown:
            raise SourceError(f"The price list has no service {', '.join(unknown)}.")
        return [
            service
            for service_id, service in listed.items()
            if self.task.includes(service_id) and (not self.service_ids or service_id in self.service_ids)
        ]


EVERYTHING = Scope()
