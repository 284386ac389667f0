"""The names of all services, in memory: a question asks them for each of its words and rarely finds one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from catalog.search.query.spelling import Words


class ServiceNames:
    """Finds services by parts of their names: those of service_search, with a space around every word."""

    def __init__(self, names: Iterable[tuple[str, str]] = ()) -> None:
        """`names` are pairs of a service ID and its name."""
        self._ids: list[str] = []
        self._starts: list[int] = []
        lines: list[str] = []
        start = 0
        for service_id, name in names:
            self._ids.append(service_id)
            self._starts.append(start)
            lines.append(f"{name}\n")
            start += len(lines[-1])
        # One text, as Python looks through a long text faster than through many short ones.
        self._text = "".join(lines)
        self._words = Words(self._text.split())

    def containing(self, part: str) -> set[str]:
        """The IDs of the services whose names contain `part`, the start of a word or several."""
        if not self._words.starting_with(part.rsplit(maxsplit=1)[-1]):
            return set()
        found: set[str] = set()
        at = self._text.find(part)
        while at >= 0:
            found.add(self._ids[bisect_right(self._starts, at) - 1])
            at = self._text.find(part, self._text.index("\n", at))
        return found
