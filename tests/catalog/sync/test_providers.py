"""Each provider's list is synced by a run of its own, and has times and faults of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.errors import SourceError
from catalog.models import PricingUpdate, Service, Sku
from catalog.pricing.freshness import of_services, offer
from catalog.providers import registry
from catalog.providers.aws.source import AwsSource
from catalog.providers.source import Source
from catalog.sync.run import sync
from tests.catalog.tables import priced
from tests.catalog.wire import COMPUTE, STORAGE, WireSource, wire_service
from tests.harness.fake_aws_prices import FakeAwsPrices, Rate
from tests.harness.fake_azure_prices import FakeAzurePrices, item

pytestmark = pytest.mark.django_db

NOVA = Rate("USE1-NovaLite-input-tokens", "0.0000600000")
GPT = item("Azure OpenAI", "gpt 4.1 Inp glbl Tokens", "0.002")
AWS = "AmazonBedrock"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of saved answers of all three."""
    (tmp_path / "skus").mkdir()
    services = {"services": [wire_service(COMPUTE, "Compute Engine")]}
    (tmp_path / "services.json").write_text(json.dumps(services), encoding="utf-8")
    (tmp_path / "skus" / f"{COMPUTE}.json").write_text(
        json.dumps({"skus": [priced(1, "A")]}), encoding="utf-8"
    )
    FakeAwsPrices({AWS: [NOVA]}).save(tmp_path)
    FakeAzurePrices([GPT]).save(tmp_path)
    return tmp_path


def run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("sync_catalog", *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def aws(*skus: Any) -> WireSource:
    return WireSource({AWS: skus}, provider="aws")


def gcp(*skus: Any) -> WireSource:
    return WireSource({COMPUTE: skus})


def latest() -> PricingUpdate:
    update = PricingUpdate.objects.latest_completed()
    assert update
    return update


def test_a_folder_with_all_lists_is_synced_by_a_run_for_each(folder: Path) -> None:
    found = run("--source", str(folder))
    assert found["status"] == "completed"
    assert {name: each["skus_synced"] for name, each in found["providers"].items()} == {
        "gcp": 1,
        "aws": 1,
        "azure": 1,
    }
    assert set(Sku.objects.values_list("provider", "service__provider", "display_name")) == {
        ("gcp", "gcp", "N2 Instance Core running in Frankfurt"),
        ("aws", "aws", NOVA.usage_type),
        ("azure", "azure", GPT["meterName"]),
    }


def test_one_provider_of_a_folder_is_synced_alone(folder: Path) -> None:
    assert run("--source", str(folder), "--provider", "azure")["provider"] == "azure"
    assert set(Sku.objects.values_list("provider", flat=True)) == {"azure"}


def test_a_folder_without_a_list_of_the_provider_is_a_wrong_argument(folder: Path) -> None:
    (folder / "services.json").unlink()
    with pytest.raises(CommandError, match="no price list of gcp, only of aws, azure") as caught:
        run("--source", str(folder), "--provider", "gcp")
    assert caught.value.returncode == 2


def test_the_provider_that_fails_leaves_the_others_right(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def failing(_readers: int) -> Iterator[Source]:
        raise SourceError("No network.")
        yield

    with FakeAwsPrices({AWS: [NOVA]}).served() as url:
        live: dict[str, Any] = {
            "gcp": failing,
            "aws": lambda _: AwsSource.connect(url),
            "azure": failing,
        }
        monkeypatch.setattr(registry, "_LIVE", live)
        out = StringIO()
        with pytest.raises(CommandError, match="gcp: No network") as caught:
            call_command("sync_catalog", "--json", stdout=out)
    assert caught.value.returncode == 3
    said = json.loads(out.getvalue())
    assert said["status"] == "partial"
    assert said["providers"]["azure"] == {"status": "failed", "error": "No network."}
    assert Sku.objects.get().provider == "aws"
    assert offer(latest()).freshness.synced_at


def test_a_run_retires_only_skus_of_its_provider() -> None:
    sync(aws(priced(1, "A"), priced(1, "B")))
    sync(gcp(priced(1, "C")))
    sync(aws(priced(1, "A")))
    assert [sku.pk for sku in Sku.objects.exclude(retired_at=None)] == ["B"]
    assert Sku.objects.get(pk="C").provider == "gcp"


def test_each_provider_has_the_time_of_its_own_full_run() -> None:
    sync(gcp(priced(1, "A")))
    long_ago = timezone.now() - timedelta(days=3)
    PricingUpdate.objects.update(started_at=long_ago, completed_at=long_ago)
    sync(aws(priced(1, "B")))
    google, amazon = Service.objects.get(pk=COMPUTE), Service.objects.get(pk=AWS)
    assert of_services([google], latest()).synced_at == long_ago
    assert of_services([amazon], latest()).synced_at == latest().completed_at
    assert of_services([google, amazon], latest()).synced_at == long_ago
    assert not of_services([amazon], latest()).warning(timezone.now())
    assert "36 hours" in of_services([google, amazon], latest()).warning(timezone.now())


def test_a_run_of_one_provider_that_fails_makes_only_its_own_prices_stale() -> None:
    sync(gcp(priced(1, "A")))
    sync(aws(priced(1, "B")))
    with pytest.raises(SourceError):
        sync(WireSource({AWS: SourceError("Gone.")}, provider="aws"))
    google, amazon = Service.objects.get(pk=COMPUTE), Service.objects.get(pk=AWS)
    assert not of_services([google], latest()).warning(timezone.now())
    assert of_services([amazon], latest()).warning(timezone.now())


def test_a_service_that_one_provider_no_longer_lists_keeps_its_time_when_another_is_synced() -> None:
    sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]}))
    sync(gcp(priced(1, "A")))
    before = Service.objects.get(pk=STORAGE).synced_at
    sync(aws(priced(1, "C")))
    assert Service.objects.get(pk=STORAGE).synced_at == before
    assert before


def test_the_first_real_list_of_any_provider_removes_the_sample() -> None:
    call_command("sync_catalog", "--source", "sample", verbosity=0, stdout=StringIO())
    sync(aws(priced(1, "B")))
    assert [sku.pk for sku in Sku.objects.all()] == ["B"]


def test_the_sample_stays_if_the_first_list_cannot_be_read(folder: Path) -> None:
    call_command("sync_catalog", "--source", "sample", verbosity=0, stdout=StringIO())
    (folder / "services.json").write_text("{", encoding="utf-8")
    before = Sku.objects.count()
    with pytest.raises(CommandError) as caught:
        run("--source", str(folder))
    assert caught.value.returncode == 1
    assert Sku.objects.count() == before


def test_past_prices_are_only_googles(folder: Path) -> None:
    run("--source", str(folder))
    with pytest.raises(CommandError, match="Google Cloud's API has past prices"):
        run("--source", str(folder), "--provider", "aws", "--since", "2026-01-01")
