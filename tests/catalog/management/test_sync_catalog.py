from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from tqdm import tqdm

from catalog.errors import SourceError
from catalog.models import PricingUpdate, Sku, SkuChange
from catalog.providers.google_cloud.client import ApiSource
from catalog.search import SearchRequest, search
from catalog.search.index import schema
from tests.catalog.factories import make_update
from tests.catalog.wire import COMPUTE, STORAGE, Wire, wire_service, wire_sku

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    services = [wire_service(COMPUTE, "Compute Engine"), wire_service(STORAGE, "Cloud Storage")]
    (tmp_path / "skus").mkdir()
    (tmp_path / "services.json").write_text(json.dumps({"services": services}))
    put(tmp_path, COMPUTE, {"skus": [wire_sku("A")]})
    return tmp_path


def put(folder: Path, service_id: str, body: Wire) -> None:
    (folder / "skus" / f"{service_id}.json").write_text(json.dumps(body))


def run(source: Path | str, **options: Any) -> str:
    out = StringIO()
    call_command("sync_catalog", source=str(source), stdout=out, **options)
    return out.getvalue()


def test_a_folder_is_synced_and_the_last_line_is_a_summary(folder: Path) -> None:
    assert "from folder: 2 services, 1 SKUs, 1 changed, 0 retired" in run(folder)
    assert Sku.objects.get().pk == "A"


def test_the_sample_is_synced_by_its_name() -> None:
    assert "from sample: 9 services" in run("sample")


def test_a_sync_records_what_it_changed_and_a_dry_run_does_not(folder: Path) -> None:
    run(folder)
    put(folder, COMPUTE, {"skus": [wire_sku("A"), wire_sku("B")]})
    run(folder, dry_run=True)
    assert not SkuChange.objects.exists()

    run(folder)

    assert list(SkuChange.objects.values_list("sku_id", "kind")) == [("B", "new")]


def test_a_sync_leaves_each_word_in_one_place_of_the_search_index(folder: Path) -> None:
    put(folder, STORAGE, {"skus": [wire_sku("B")]})
    run(folder)
    put(folder, COMPUTE, {"skus": [wire_sku("C")]})
    run(folder)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT segid) FROM sku_words_idx")
        assert cursor.fetchone() == (1,)


def test_a_sync_makes_a_search_index_of_earlier_code_anew(folder: Path) -> None:
    run(folder)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER search_sku_update")
        cursor.execute("CREATE TRIGGER search_sku_update AFTER UPDATE ON skus BEGIN SELECT 1; END")
    assert not schema.is_current()

    run(folder)

    assert schema.is_current()
    Sku.objects.update(display_name="Renamed Widget")
    assert search(SearchRequest("renamed widget", kind="skus"))["skus"]


def test_if_empty_does_nothing_once_a_sync_has_completed() -> None:
    make_update(status=PricingUpdate.Status.FAILED)
    assert run("sample", if_empty=True)

    assert run("sample", if_empty=True) == ""
    assert PricingUpdate.objects.count() == 2


def test_a_service_that_fails_gives_exit_code_3_and_its_line(folder: Path) -> None:
    put(folder, STORAGE, {"skus": [{"description": "no id"}]})

    with pytest.raises(CommandError) as caught:
        run(folder)

    assert caught.value.returncode == 3
    assert str(caught.value).splitlines() == [
        f"Cloud Storage ({STORAGE}): SKU no id: skuId is missing.",
        "What could not be read keeps its previous prices.",
    ]
    assert Sku.objects.count() == 1


def test_a_price_list_that_cannot_be_read_gives_exit_code_1(folder: Path) -> None:
    (folder / "services.json").write_text("{")

    with pytest.raises(CommandError, match="cannot be read") as caught:
        run(folder)

    assert caught.value.returncode == 1
    assert PricingUpdate.objects.get().status == PricingUpdate.Status.FAILED


def arguments_are_refused(*arguments: str) -> str:
    """The message of a call whose arguments are refused, which leaves no run in the history."""
    with pytest.raises(CommandError) as caught:
        call_command("sync_catalog", *arguments)
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)
    assert not PricingUpdate.objects.exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("sampel", "sampel is not a folder."),
        ("https://example.com/prices", "https://example.com/prices is a URL."),
    ],
)
def test_a_source_that_does_not_exist_is_refused_with_those_that_do(source: str, what: str) -> None:
    message = arguments_are_refused("--source", source)

    assert message == f"{what} The sources are api, sample or a folder of API responses."


def test_a_folder_without_a_price_list_is_refused(tmp_path: Path) -> None:
    assert "contains neither services.json" in arguments_are_refused("--source", str(tmp_path))


def test_an_unknown_service_is_refused_with_the_nearest(folder: Path) -> None:
    message = arguments_are_refused("--source", str(folder), "--service", "Cloud Storag")

    assert message == f"The price list has no service Cloud Storag. Did you mean Cloud Storage ({STORAGE})?"


@pytest.mark.parametrize("options", [["--since", "2026-01-01", "--dry-run"], ["--until", "2026-01-01"]])
def test_arguments_are_checked_before_credentials(options: list[str]) -> None:
    assert arguments_are_refused(*options).startswith("--since must be earlier than --until")


def test_a_terminal_shows_the_progress_in_skus_of_those_in_the_catalog(folder: Path) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    run(folder)
    put(folder, STORAGE, {"skus": [wire_sku("B")]})
    bars: list[tqdm[Any]] = []

    class Watched(tqdm):  # type: ignore[type-arg]
        def close(self) -> None:
            bars.append(self)
            super().close()

    with patch("catalog.management.commands.sync_catalog.tqdm", Watched):
        run(folder, stderr=Terminal())

    assert [(bar.total, bar.n, bar.unit) for bar in bars] == [(1, 2, " SKUs")]


def test_json_says_why_a_sync_failed() -> None:
    out = StringIO()

    with pytest.raises(CommandError) as caught:
        call_command("sync_catalog", source="sampel", json=True, stdout=out)

    assert json.loads(out.getvalue()) == {"status": "failed", "error": str(caught.value)}


def test_the_help_has_examples_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("sync_catalog", "--help")

    text = capsys.readouterr().out
    assert '\n  sync_catalog --service "Compute Engine"' in text
    assert "exit codes: 0 complete, 1 failed, 2 wrong arguments, 3 complete except" in text


def test_the_sample_is_refused_over_a_real_price_list(folder: Path) -> None:
    run(folder)

    with pytest.raises(CommandError, match="contains a real price list"):
        run("sample")


def test_ctrl_c_ends_with_a_message(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("catalog.providers.google_cloud.folder.FolderSource.skus", interrupt)

    with pytest.raises(CommandError, match="Stopped"):
        run(folder)

    assert PricingUpdate.objects.get().status == PricingUpdate.Status.FAILED


def test_the_api_is_the_default_source_with_the_key_from_the_settings(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GOOGLE_API_KEY = "made-up-key"
    connect = Mock(side_effect=SourceError("Google is not asked in a test."))
    monkeypatch.setattr(ApiSource, "connect", connect)

    with pytest.raises(CommandError, match="not asked in a test"):
        call_command("sync_catalog", provider="gcp")

    connect.assert_called_once_with("made-up-key", 300)


def test_some_services_are_synced_by_their_ids(folder: Path) -> None:
    put(folder, STORAGE, {"skus": [wire_sku("B")]})

    run(folder, service=[STORAGE])

    assert Sku.objects.get().pk == "B"


def test_a_dry_run_lists_the_changes_and_writes_nothing(folder: Path) -> None:
    run(folder)
    put(folder, COMPUTE, {"skus": [wire_sku("A", description="N2 Core"), wire_sku("B")]})
    put(folder, STORAGE, {"skus": [wire_sku(f"S-{number:02}") for number in range(25)]})

    lines = run(folder, dry_run=True).splitlines()

    assert lines[:4] == [
        f"Compute Engine ({COMPUTE}):",
        "  change A N2 Core",
        "  add B N2 Instance Core running in Frankfurt",
        f"Cloud Storage ({STORAGE}):",
    ]
    assert lines[-2] == "  and 5 more"
    assert lines[-1].startswith("Dry run of gcp from folder: 2 services, 27 SKUs, 27 changed, 0 retired")
    assert PricingUpdate.objects.count() == Sku.objects.count() == 1


def test_a_dry_run_lists_the_skus_to_retire(folder: Path) -> None:
    run(folder)
    put(folder, COMPUTE, {"skus": [wire_sku("B")]})

    assert "  retire A" in run(folder, dry_run=True).splitlines()
    assert Sku.objects.offered().count() == 1


def test_a_dry_run_says_that_the_sample_would_be_removed(folder: Path) -> None:
    run("sample")

    assert run(folder, dry_run=True).startswith("The sample would be removed.\n")
    assert Sku.objects.from_sample().exists()


def test_a_dry_run_is_refused_if_the_sync_would_be(folder: Path) -> None:
    run(folder)

    with pytest.raises(CommandError, match="contains a real price list"):
        run("sample", dry_run=True)


def test_json_contains_the_counts_of_the_run(folder: Path) -> None:
    answer = json.loads(run(folder, json=True))

    assert answer == {
        "update_id": PricingUpdate.objects.get().pk,
        "status": "completed",
        "source": "folder",
        "provider": "gcp",
        "services_synced": 2,
        "skus_synced": 1,
        "pricing_records_synced": 1,
        "skus_changed": 1,
        "skus_retired": 0,
        "skus_skipped": 0,
        "skus_malformed": {},
        "services_failed": {},
    }


def test_json_names_the_services_that_failed(folder: Path) -> None:
    put(folder, STORAGE, {"skus": [{"description": "no id"}]})
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("sync_catalog", source=str(folder), json=True, stdout=out)

    assert json.loads(out.getvalue())["services_failed"].keys() == {STORAGE}


def test_json_of_a_dry_run_lists_the_planned_changes(folder: Path) -> None:
    answer = json.loads(run(folder, json=True, dry_run=True))

    assert (answer["update_id"], answer["status"]) == (None, "dry run")
    assert answer["planned"][0] == f"Compute Engine ({COMPUTE}):"


def test_a_task_of_a_cloud_run_job_syncs_its_share(settings: Any, folder: Path) -> None:
    put(folder, STORAGE, {"skus": [wire_sku("B")]})
    settings.SYNC_TASK_COUNT = 2

    for settings.SYNC_TASK_INDEX in range(2):
        run(folder)

    assert set(Sku.objects.values_list("pk", flat=True)) == {"A", "B"}
    assert PricingUpdate.objects.filter(services_synced__lt=2, task_count=2).count() == 2


def test_only_the_api_has_past_prices(folder: Path) -> None:
    run(folder)

    with pytest.raises(CommandError, match="has past prices"):
        run(folder, since=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "options",
    [
        ["--until", "2026-01-01"],
        ["--since", "2026-01-02", "--until", "2026-01-02"],
        ["--since", "2026-01-01", "--dry-run"],
    ],
)
def test_an_invalid_time_range_is_refused(folder: Path, options: list[str]) -> None:
    with pytest.raises(CommandError, match="--since must be earlier than --until"):
        call_command("sync_catalog", "--source", str(folder), *options)


@pytest.mark.parametrize(
    ("since", "reason"),
    [
        ("yesterday", "must be a date or time in ISO 8601"),
        ("2026-W48", "must be a day, not a week"),
        ("2026-02-30", "2026-02-30 does not exist"),
    ],
)
def test_a_malformed_date_is_refused(folder: Path, since: str, reason: str) -> None:
    with pytest.raises(CommandError, match=f"argument --since: {reason}"):
        call_command("sync_catalog", "--source", str(folder), "--since", since)
