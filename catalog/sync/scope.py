"""Which services a run copies: its task's share, or the ones that were named."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zlib import crc32

from catalog.errors import SourceError
from catalog.providers.records import ServiceRecord


@dataclass(frozen=True, slots=True)
class Task:
    """One of `count` parallel tasks, each with its share of the services; `index` counts from 0."""

    index: int = 0
    count: int = 1

    def includes(self, service_id: str) -> bool:
        """Whether the service belongs to this task; depends on the service's id alone."""
        return crc32(service_id.encode()) % self.count == self.index


WHOLE = Task()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which services a run syncs: its task's share of `service_ids`, or of all services if that is empty."""

    task: Task = WHOLE
    service_ids: Collection[str] = ()

    @property
    def is_whole(self) -> bool:
        return self.task.count == 1 and not self.service_ids

    def choose(self, services: Iterable[ServiceRecord]) -> list[ServiceRecord]:
        """The services in scope; a service that is listed twice counts once.

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
