"""Which services a run copies: its task's share, or the ones that were named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

from rapidfuzz import fuzz, process

from catalog.errors import SyncArgumentError
from catalog.providers.records import ServiceRecord

# Services that are proposed for one that is not listed.
MAX_NEAREST = 3
MIN_SIMILARITY = 60  # percent


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
    """Which services a run syncs: its task's share of `names` (names or ids), or of all if that is empty."""

    task: Task = WHOLE
    names: Collection[str] = ()

    @property
    def is_whole(self) -> bool:
        return self.task.count == 1 and not self.names

    def choose(self, services: Iterable[ServiceRecord]) -> list[ServiceRecord]:
        """The services in scope; a service that is listed twice counts once.

        Raises:
            SyncArgumentError: a named service is not listed, or several have the name.
        """
        listed = {service.service_id: service for service in services}
        named = {_find(name, listed) for name in self.names}
        return [
            service
            for service_id, service in listed.items()
            if self.task.includes(service_id) and (not named or service_id in named)
        ]


EVERYTHING = Scope()


def _find(name: str, listed: Mapping[str, ServiceRecord]) -> str:
    """The id of the service with this id or name; capitals do not matter."""
    if name in listed:
        return name
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for service in listed.values():
        ids[service.service_id.casefold()].append(service.service_id)
        ids[service.display_name.casefold()].append(service.service_id)
    found = ids.get(name.casefold(), [])
    if len(found) == 1:
        return found[0]
    if found:
        raise SyncArgumentError(f"Several services are called {name}: {', '.join(found)}. Use an id.")
    nearest = [
        f"{listed[service_id].display_name} ({service_id})"
        for key, _, _ in process.extract(
            name.casefold(), list(ids), scorer=fuzz.ratio, limit=MAX_NEAREST, score_cutoff=MIN_SIMILARITY
        )
        for service_id in ids[key]
    ]
    meant = f" Did you mean {' or '.join(nearest[:MAX_NEAREST])}?" if nearest else ""
    raise SyncArgumentError(f"The price list has no service {name}.{meant}")
