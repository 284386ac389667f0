"""The values of a planned resource: known, known only after apply, or not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Absent(Enum):
    """Why there is no value."""

    UNSET = "unset"
    UNKNOWN = "known only after apply"


@dataclass(frozen=True, slots=True)
class Planned:
    """A resource of a plan.

    `unknown` has the form of `values`, with true for what is known only after apply; `configured` the
    expressions of its configuration, None if the plan has none.
    """

    address: str
    type: str
    values: Mapping[str, Any]
    unknown: Mapping[str, Any] = field(default_factory=dict)
    configured: Mapping[str, Any] | None = None

    def get(self, path: str) -> Any:
        """The value at a path such as "scheduling.preemptible", or Absent, as empty lists and texts are."""
        values: Any = self.values
        unknown: Any = self.unknown
        for name in path.split("."):
            values, unknown = _entered(values, name), _entered(unknown, name)
        if values is not None and values not in ("", []):
            return values
        return Absent.UNKNOWN if _is_unknown(unknown) else Absent.UNSET

    def is_configured(self, path: str) -> bool:
        """Whether somebody wrote the argument, as far as the plan says."""
        if self.configured is None:
            return True
        found: Any = self.configured
        for name in path.split("."):
            found = _first(found)
            if not isinstance(found, Mapping):
                return found is not None
            found = found.get(name)
        return found is not None

    def blocks(self, path: str) -> list[Planned]:
        """The blocks at a path, each as a resource of its own: "a.b" are the blocks b of all blocks a."""
        name, _, inner = path.partition(".")
        if inner:
            return [block for outer in self.blocks(name) for block in outer.blocks(inner)]
        found = self.values.get(name)
        unknown = self.unknown.get(name)
        configured = (self.configured or {}).get(name)
        return [
            Planned(
                self.address,
                self.type,
                block,
                _at(unknown, number),
                None if self.configured is None else _at(configured, number),
            )
            for number, block in enumerate(found if isinstance(found, list) else ())
            if isinstance(block, Mapping)
        ]


def _at(blocks: Any, number: int) -> Mapping[str, Any]:
    block = blocks[number] if isinstance(blocks, list) and number < len(blocks) else None
    return block if isinstance(block, Mapping) else {}


def _first(value: Any) -> Any:
    """The block of a list of blocks."""
    return value[0] if isinstance(value, list) and value else value


def _entered(value: Any, name: str) -> Any:
    """What is inside a block; unknown is whatever is inside an unknown one."""
    value = _first(value)
    if value is True:
        return True
    return value.get(name) if isinstance(value, Mapping) else None


def _is_unknown(marks: Any) -> bool:
    if isinstance(marks, list):
        return any(_is_unknown(mark) for mark in marks)
    return marks is True
