"""An installation with bills loaded, in a folder that the next run can use again."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.costs.bills import CLOUDS, MONTHS, RESTATED, Bills

ROOT = Path(__file__).resolve().parent.parent.parent
_PLAN = "loaded.json"


@dataclass(frozen=True, slots=True)
class Installation:
    """A database and a lake."""

    folder: Path

    def migrate(self) -> None:
        self.folder.mkdir(parents=True)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, **self._where())

    def child(self, step: str, *arguments: str) -> dict[str, Any]:
        """Run a step in a process of its own, and return its figures."""
        command = [sys.executable, "-m", "benchmarks.costs.child", step, *arguments]
        output = subprocess.run(  # noqa: S603  our own program
            command, check=True, stdout=subprocess.PIPE, text=True, **self._where()
        )
        figures: dict[str, Any] = json.loads(output.stdout)
        return figures

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "pricing_site.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DATABASE_URL": f"file:{self.folder / 'catalog.db'}",
            "COSTS_DIR": str(self.folder / "lake"),
        }

    def _where(self) -> dict[str, Any]:
        return {"cwd": ROOT, "env": self.environment}


@dataclass(frozen=True, slots=True)
class Loaded:
    """An installation with the bills of all clouds.

    Args:
        installation: where.
        rows: how many charges are loaded.
        as_of: a moment before the restatement.
        billed: the sum of each cloud's bills, added up without the product.
    """

    installation: Installation
    rows: int
    as_of: datetime
    billed: Mapping[str, Decimal]

    def ask(self, label: str, repeats: int) -> dict[str, Any]:
        """The answer to a question, and its figures."""
        return self.installation.child("ask", label, f"{repeats}", f"{self.as_of}")

    def show(self, panel: str) -> dict[str, Any]:
        """How long a panel takes: the first time, and once its results are kept."""
        return self.installation.child("show", panel)


def loaded(folder: Path, bills: Bills) -> Loaded:
    """Load the bills, the restated one twice, unless an earlier run has."""
    installation = Installation(folder / f"{bills.rows}-rows")
    plan = installation.folder / _PLAN
    if not plan.exists():
        installation.migrate()
        as_of = _load(installation, bills)
        billed = {cloud: bills.billed(cloud, *MONTHS) for cloud in CLOUDS}
        plan.write_text(json.dumps({"as_of": f"{as_of}", "billed": billed}, default=str))
    found = json.loads(plan.read_text())
    billed = {cloud: Decimal(amount) for cloud, amount in found["billed"].items()}
    return Loaded(installation, bills.rows, datetime.fromisoformat(found["as_of"]), billed)


def _load(installation: Installation, bills: Bills) -> datetime:
    """Loads all months, and returns a moment before the restatement."""
    inbox = installation.folder / "inbox"
    for cloud in CLOUDS:
        for month in MONTHS:
            bills.write(inbox / cloud / f"{month}.parquet", cloud, month, late=(cloud, month) != RESTATED)
        installation.child("load", cloud, str(inbox / cloud))
    as_of = datetime.now(UTC)
    cloud, month = RESTATED
    bills.write(inbox / cloud / f"{month}.parquet", cloud, month)
    installation.child("load", cloud, str(inbox / cloud))
    return as_of
