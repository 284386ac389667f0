"""A backup that is made while others write, and restored elsewhere, where it gives the same answers."""

from __future__ import annotations

import errno
import json
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import ANY

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pricing_site import backup, database
from tests.costs.bills import charge, write_bill
from tests.harness.databases import ServerDatabase, open_database
from tests.harness.product import Product, copy_database, install, over
from tests.harness.sqld import Sqld

# What a person and an agent would ask, with what the index, the prices and the costs say.
QUESTIONS = """
import json
from catalog.models import PricingInfo, Sku
from tools import registry
def ask(tool, arguments):
    answer = registry.call(tool, arguments)
    assert not answer.is_error, answer
    return answer.content
found = ask("search", {"query": "n2 core frankfurt"})
sku = found["skus"][0]["sku_id"]
costs = ask("query_costs", {"measures": ["billed_cost"], "dimensions": ["model", "billing_month"]})
costs.pop("as_of")
print(json.dumps([found, ask("details", {"sku_ids": [sku], "history": True, "as_of": "2026-11-01"}),
    ask("calculate", {"items": [{"sku_id": sku, "quantity": 7}], "as_of": "2026-11-01"}), costs,
    Sku.objects.count(), PricingInfo.objects.count()], sort_keys=True, default=str))
"""


def answers(product: Product) -> str:
    return product.manage("shell", "-v0", "-c", QUESTIONS)


def with_costs(url: str, folder: Path) -> Product:
    """A product over a database, with costs beside it."""
    product = over(url, COSTS_DIR=str(folder / "costs"))
    bills = folder / "bills"
    write_bill(bills, "2026-10", [charge("0.100000000000000001"), charge("2.5", RegionId="us-west-2")])
    product.manage("load_costs", "--source", str(bills))
    return product


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The settings of an empty installation, to be changed."""

    class Configured(SimpleNamespace):
        def use(self, url: str, costs: str = "costs") -> None:
            self.DATABASES = {"default": database.from_url(url, tmp_path)}
            self.COSTS_DIR = tmp_path / costs

    settings = Configured()
    monkeypatch.setattr(backup, "settings", settings)
    settings.use("file:catalog.db")
    return settings


def test_a_backup_restored_elsewhere_gives_the_same_answers(tmp_path: Path) -> None:
    install(tmp_path, "sample")
    product, saved = with_costs(f"file:{tmp_path / 'catalog.db'}", tmp_path), tmp_path / "saved"
    asked = answers(product)
    assert f"{saved}: the database and 1 files of costs" in product.manage("backup", str(saved))
    assert saved.stat().st_mode & 0o077 == 0
    shutil.rmtree(tmp_path / "costs")

    other = over(f"file:{tmp_path / 'other.db'}", COSTS_DIR=str(tmp_path / "other-costs"))
    assert other.manage("restore", str(saved)).endswith("1 files of costs. Run migrate next.\n")
    assert answers(other) == asked
    # The first has lost its costs, which a backup says.
    with product.start("backup", str(tmp_path / "again")) as process:
        said, _ = process.communicate()
    assert process.returncode == 3
    assert "Missing or damaged in COSTS_DIR: " in said


def test_a_server_becomes_a_file_and_the_file_a_server(tmp_path: Path, configured: SimpleNamespace) -> None:
    tables = "SELECT name FROM sqlite_master WHERE type IN ('table', 'index', 'trigger') ORDER BY name"
    rows = [f"SELECT * FROM {name}" for name in ("skus", "pricing_info", "sku_search", "sku_vocabulary")]  # noqa: S608
    saved, new = tmp_path / "saved", tmp_path / "new"
    with open_database("server", tmp_path, "sample") as source:
        configured.use(source.url)
        backup.make(saved)
        kept = [source.query(query) for query in (tables, *rows)]
    new.mkdir()
    with Sqld(new) as server:
        configured.use(server.url, "new-costs")
        backup.restore(saved)
        assert [ServerDatabase(server).query(query) for query in (tables, *rows)] == kept
    assert len(kept[1]) > 300


@pytest.mark.usefixtures("configured")
def test_a_backup_that_is_made_while_others_write_has_one_state(tmp_path: Path) -> None:
    path, stopped = tmp_path / "catalog.db", threading.Event()
    copy_database(path)
    with closing(sqlite3.connect(path)) as file:
        file.executescript("CREATE TABLE debit (amount INTEGER); CREATE TABLE credit (amount INTEGER)")

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=20)) as file:
            while not stopped.is_set():
                with file:
                    file.execute("INSERT INTO debit VALUES (1)")
                    file.execute("INSERT INTO credit VALUES (1)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [tmp_path / f"saved-{number}" for number in range(10)]
        for folder in backups:
            backup.make(folder)
    finally:
        stopped.set()
        writer.join()

    count = "SELECT (SELECT count(*) FROM debit), (SELECT count(*) FROM credit)"
    counted = []
    for folder in backups:
        with closing(sqlite3.connect(folder / "catalog.db")) as file:
            debits, credits_ = file.execute(count).fetchone()
            assert debits == credits_
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            counted.append(debits)
    assert counted == sorted(counted)
    assert counted[0] < counted[-1]


def test_nothing_is_overwritten(tmp_path: Path, configured: SimpleNamespace) -> None:
    copy_database(tmp_path / "catalog.db")
    saved = tmp_path / "saved"
    backup.make(saved)

    with pytest.raises(backup.BackupError, match="is there already: name a new folder"):
        backup.make(saved)
    with pytest.raises(backup.BackupError, match="The database has tables: set DATABASE_URL to an empty one"):
        backup.restore(saved)
    configured.use("file:other.db", "saved")
    with pytest.raises(backup.BackupError, match="saved has files: set COSTS_DIR to a new folder"):
        backup.restore(saved)
    assert list(tmp_path.glob(".saved-*")) == []


def saved_with_costs(folder: Path, configured: SimpleNamespace) -> Path:
    """A backup with a file of costs; the settings are then those of an empty installation."""
    copy_database(folder / "catalog.db")
    file = folder / "costs" / "2026-10" / "a.parquet"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"charges")
    with closing(sqlite3.connect(folder / "catalog.db")) as database, database:
        # Other columns are not read by a backup.
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("DROP TABLE cost_loads")
        database.execute("CREATE TABLE cost_loads (path TEXT, sha256 TEXT, status TEXT)")
        row = ["2026-10/a.parquet", sha256(b"charges").hexdigest(), "current"]
        database.execute("INSERT INTO cost_loads VALUES (?, ?, ?)", row)
    assert backup.make(folder / "saved") == backup.Backup(ANY, 1, [])
    configured.use("file:other.db", "other-costs")
    return folder / "saved"


def test_a_restore_that_fails_leaves_nothing_and_the_next_one_restores_all(
    tmp_path: Path, configured: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, costs = saved_with_costs(tmp_path, configured), tmp_path / "other-costs"

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for module, name in ((backup, "_fill"), (shutil, "copyfile")):
        with monkeypatch.context() as broken:
            broken.setattr(module, name, full)
            with pytest.raises(backup.BackupError, match=r"cannot be restored: .* No space left on device"):
                backup.restore(saved)
        assert list(costs.iterdir()) == []
    # One that was killed.
    (costs / ".restoring-x").mkdir()
    (costs / ".restoring-x" / "part").touch()

    assert backup.restore(saved).missing == []
    assert (costs / "2026-10" / "a.parquet").read_bytes() == b"charges"
    assert [each.name for each in costs.glob(".*")] == [".restoring-x"]


def test_a_damaged_file_of_costs_is_left_out_and_named(tmp_path: Path, configured: SimpleNamespace) -> None:
    saved = saved_with_costs(tmp_path, configured)
    for folder in (saved / "costs", tmp_path / "costs"):
        (folder / "2026-10" / "a.parquet").write_bytes(b"charge")

    assert backup.restore(saved) == backup.Backup(ANY, 0, ["2026-10/a.parquet"])
    assert not (tmp_path / "other-costs" / "2026-10" / "a.parquet").exists()
    configured.use("file:catalog.db")
    assert backup.make(tmp_path / "again") == backup.Backup(ANY, 0, ["2026-10/a.parquet"])


def test_the_database_is_saved_and_restored_alone(tmp_path: Path, configured: SimpleNamespace) -> None:
    saved_with_costs(tmp_path, configured)
    alone = tmp_path / "alone"
    configured.use("file:catalog.db")
    assert backup.make(alone, with_costs=False) == backup.Backup(ANY, 0, [])
    assert [each.name for each in alone.iterdir()] == ["catalog.db"]

    # The files are there already.
    configured.use("file:other.db")
    assert backup.restore(alone, with_costs=False) == backup.Backup(ANY, 0, [])
    assert (tmp_path / "costs" / "2026-10" / "a.parquet").exists()
    with closing(sqlite3.connect(tmp_path / "other.db")) as file:
        assert file.execute("SELECT count(*) FROM cost_loads").fetchone() == (1,)


def test_a_database_without_tables_is_not_saved(tmp_path: Path, configured: SimpleNamespace) -> None:
    configured.use("file:catalogue.db")

    with pytest.raises(backup.BackupError, match="no tables: set DATABASE_URL to the one to save"):
        backup.make(tmp_path / "backups" / "saved")
    assert not (tmp_path / "backups").exists()


@pytest.mark.usefixtures("configured")
def test_the_newest_dated_backups_are_kept_and_what_else_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_database(tmp_path / "catalog.db")
    folder = tmp_path / "backups"
    (folder / "2026-11-01-before-the-upgrade").mkdir(parents=True)
    for day in (28, 29, 30):
        monkeypatch.setattr(timezone, "now", lambda day=day: datetime(2026, 11, day, 2, tzinfo=UTC))
        call_command("backup", str(folder), "--dated", "--keep", "2", "--without-costs", stdout=StringIO())

    kept = ["2026-11-01-before-the-upgrade", "2026-11-29T020000Z", "2026-11-30T020000Z"]
    assert sorted(each.name for each in folder.iterdir()) == kept
    for wrong in (["--dated", "--keep", "0"], ["--keep", "2"]):
        with pytest.raises(CommandError, match="--keep takes a number from 1, with --dated"):
            call_command("backup", str(folder), *wrong)
    assert sorted(each.name for each in folder.iterdir()) == kept


def test_what_is_no_backup_or_damaged_is_refused(tmp_path: Path, configured: SimpleNamespace) -> None:
    copy_database(tmp_path / "catalog.db")
    saved = tmp_path / "saved"
    with pytest.raises(backup.BackupError, match=r"saved has no catalog.db: name a folder"):
        backup.restore(saved)
    backup.make(saved)
    with (saved / "catalog.db").open("r+b") as file:
        file.seek(8192)
        file.write(b"x" * 4096)
    configured.use("file:other.db", "other-costs")

    with pytest.raises(backup.BackupError, match=r"damaged|malformed"):
        backup.restore(saved)
    assert not (tmp_path / "other-costs").exists()


@pytest.mark.slow
def test_a_database_of_an_earlier_version_gives_the_same_answers_after_an_upgrade(tmp_path: Path) -> None:
    install(tmp_path, "sample")
    product = with_costs(f"file:{tmp_path / 'catalog.db'}", tmp_path)
    asked = answers(product)
    # The tables as they were then, with what is in them now.
    for state in (("catalog", "0006_full_runs"), ("costs", "0003_doubts")):
        product.manage("migrate", *state, "--verbosity", "0")
    product.manage("backup", str(tmp_path / "before"))

    product.manage("migrate", "--verbosity", "0")
    assert answers(product) == asked
    other = over(f"file:{tmp_path / 'other.db'}", COSTS_DIR=str(tmp_path / "other-costs"))
    other.manage("restore", str(tmp_path / "before"))
    other.manage("migrate", "--verbosity", "0")
    assert answers(other) == asked
    assert json.loads(asked)[0]["skus"]
