"""The job as a process over Blob Storage: killed, and with much to fetch."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient
from werkzeug import Request

from tests.costs.providers.blob_storage import Export, Front, before
from tests.costs.providers.writers import Row, rows
from tests.harness.azurite import Azurite
from tests.harness.product import ROOT, Product, install

pytestmark = pytest.mark.slow

ALL = rows("azure")
MAY = "2026-05"
MB = 1000**2
FETCH = """
import sys
from pathlib import Path
from costs.providers.registry import open_source
list(open_source("azure-blob", "azure", sys.argv[1], Path(sys.argv[2])).deliveries())
[most] = [line for line in open("/proc/self/status") if line.startswith("VmHWM:")]
print(most.split()[1])
"""


@pytest.fixture(scope="module")
def azurite() -> Iterator[Azurite]:
    with Azurite() as running:
        yield running


@pytest.fixture
def export(azurite: Azurite, tmp_path: Path) -> Iterator[Export]:
    with ContainerClient.from_connection_string(azurite.connection_string(), "costs") as client:
        yield Export(client, tmp_path / "by-hand")
        client.delete_container()


@pytest.fixture
def front(azurite: Azurite) -> Iterator[Front]:
    with before(azurite) as front:
        yield front


@pytest.fixture
def product(front: Front, tmp_path: Path) -> Product:
    (tmp_path / "product").mkdir()
    return install(
        tmp_path / "product",
        COSTS_DIR=f"{tmp_path / 'costs'}",
        AZURE_STORAGE_CONNECTION_STRING=front.connection_string(),
    )


def test_whenever_the_job_is_killed_the_month_is_a_whole_old_or_a_whole_new_one(
    export: Export, front: Front, product: Product, tmp_path: Path
) -> None:
    chance = random.Random(21)  # noqa: S311  # moments, not secrets
    export.run(MAY, "2026-05-01T06:00:00Z", [ALL[:10]], run="run-00")
    product.manage("load_costs", "--source", export.location)
    seen = [billed(product)]
    assert seen == [total(ALL[:10])]
    for number in range(1, 11):
        charges = ALL[: 10 + 4 * number]
        submitted = f"2026-05-{number + 1:02}T06:00:00Z"
        export.run(MAY, submitted, [charges[::2], charges[1::2]], run=f"run-{number:02}")
        # The list, the manifest and two parts; then the load itself.
        _load_and_kill(product, front, requests=number if number < 5 else 4, more=chance.uniform(0, 3))
        seen.append(billed(product))
        assert seen[-1] in {seen[-2], total(charges)}

    assert seen[4] == seen[0]
    with product.start("load_costs", "--source", export.location) as process:
        output, _ = process.communicate()
    # Nothing of what Azure's clients log of each request.
    assert [line for line in output.splitlines() if " INFO " in line] == []
    assert billed(product) == total(ALL[:50])
    copied = [path for path in (tmp_path / "costs" / ".fetched").rglob("*part*") if path.is_file()]
    assert {path.parent.name for path in copied} == {"run-10"}


def _load_and_kill(product: Product, front: Front, *, requests: int, more: float) -> None:
    """Kill a load at one of its requests, or some seconds after the last."""
    left = requests

    def count(_: Request) -> None:
        nonlocal left
        left -= 1
        if not left and requests < 4:
            process.kill()

    with product.start("load_costs", "--source", "daily-focus") as process:
        front.fault = count
        while left > 0 and process.poll() is None:
            time.sleep(0.02)
        time.sleep(more if requests == 4 else 0)
        process.kill()
    front.fault = lambda _: None


def total(charges: tuple[Row, ...]) -> Decimal:
    return sum((Decimal(row["BilledCost"]) for row in charges), Decimal(0))


def billed(product: Product) -> Decimal:
    answer = json.loads(product.manage("query_costs", "--json"))
    return Decimal(answer["totals"][0]["billed_cost"])


def test_a_large_part_is_fetched_within_the_memory_of_a_small_one(
    export: Export, product: Product, tmp_path: Path
) -> None:
    manifest = export.run(MAY, "2026-05-21T06:00:00Z", [ALL])
    body = json.loads(manifest.read_text())
    part = manifest.parent / "part_0_0001.csv.gz"
    part.write_bytes(os.urandom(MB) * 400)
    body["blobs"][0]["byteCount"] = part.stat().st_size
    manifest.write_text(json.dumps(body))
    with part.open("rb") as file:
        export.container.upload_blob(export.name(part), file, overwrite=True, max_concurrency=4)
    export.container.upload_blob(export.name(manifest), manifest.read_bytes(), overwrite=True)

    command = [sys.executable, "-c", FETCH, export.location, f"{tmp_path / 'copy'}"]
    done = subprocess.run(  # noqa: S603  # our own program
        command, cwd=ROOT, env=product.environment, stdout=subprocess.PIPE, text=True, check=True
    )

    [copied] = (tmp_path / "copy").rglob("part_*")
    assert copied.stat().st_size == part.stat().st_size
    assert int(done.stdout) * 1024 < 200 * MB
