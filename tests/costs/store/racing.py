"""A program that reads costs until the file "written" appears, while another reloads them.

    python -m tests.costs.store.racing read|write FOLDER [RELOADS]

Each load has charges that sum to 1000, of one reload. It prints how many reads
there were, and those that were torn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import django

django.setup()

from sqlglot import exp  # noqa: E402  # Django comes first

from costs.store.lake import Lake  # noqa: E402
from tests.costs.store.lakes import publish  # noqa: E402

SOURCES = ("aws", "gcp")
MONTHS = ("2026-09", "2026-10")
_SELECT = (
    exp.select("x_Source", "x_LoadId", "count(distinct x_Meter)", "sum(BilledCost)")
    .from_("unified_costs")
    .group_by("1", "2")
)


def write(reloads: int) -> None:
    for number in range(reloads):
        source, month = SOURCES[number % 2], MONTHS[number // 2 % 2]
        parts = number % 40 + 1
        publish(
            source, month, ["1000", *["0"] * parts] if number % 3 else ["400", "600"], x_Meter=f"{number}"
        )


def read(until: Path) -> None:
    reads, torn = 0, []
    while not until.exists():
        rows = Lake().run(_SELECT)
        found = sorted(row[1] for row in rows.rows)
        is_whole = all(row[2:] == (1, 1000) for row in rows.rows)
        if not is_whole or found != sorted(load.id for load in rows.loads) or len(found) != 4:
            torn.append(str(rows.rows))
        reads += 1
    sys.stdout.write(f"{reads} {len(torn)} {torn[:1]}\n")


if __name__ == "__main__":
    mode, folder = sys.argv[1], Path(sys.argv[2])
    if mode == "read":
        (folder / "reading").touch()
        read(folder / "written")
    else:
        write(int(sys.argv[3]))
