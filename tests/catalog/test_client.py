from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.api_core.retry import Retry

from catalog.content_hash import sku_hash
from catalog.errors import SourceError
from catalog.google_cloud.client import PAGE_SIZE, RETRY, ApiSource
from catalog.google_cloud.parse import parse_sku
from catalog.models import Sku
from catalog.sync import sync
from tests.catalog.fake_billing import FakeBilling
from tests.catalog.wire import COMPUTE, STORAGE, wire_price, wire_rate, wire_service, wire_sku

# As patient as the real one with what it retries, but quick.
QUICK: Retry = RETRY.with_delay(initial=0.01, maximum=0.05).with_timeout(0.3)


@pytest.fixture
def billing() -> FakeBilling:
    return FakeBilling(
        [wire_service(COMPUTE, "Compute Engine"), wire_service(STORAGE, "Cloud Storage")],
        {COMPUTE: [wire_sku("A"), wire_sku("B"), wire_sku("C")], STORAGE: [wire_sku("D")]},
    )


@pytest.fixture
def source(billing: FakeBilling) -> Iterator[ApiSource]:
    with billing.client() as client:
        yield ApiSource(client, retry=QUICK)


def sku_ids(source: ApiSource, service_id: str = COMPUTE) -> list[str]:
    return [sku.sku_id for sku in source.skus(service_id)]


def test_all_pages_of_services_and_skus_are_read(billing: FakeBilling, source: ApiSource) -> None:
    billing.page_size = 1

    assert [service.display_name for service in source.services()] == ["Compute Engine", "Cloud Storage"]
    assert sku_ids(source) == ["A", "B", "C"]
    assert len(billing.calls) == 5
    assert {call.page_size for call in billing.calls} == {PAGE_SIZE}


def test_a_sku_reads_the_same_over_grpc_as_in_json(billing: FakeBilling, source: ApiSource) -> None:
    price = wire_price(wire_rate("0", 0), wire_rate("12", 5, start=0.1), wire_rate("-3", -7, start=2**40))
    price["aggregationInfo"] = {
        "aggregationLevel": "ACCOUNT",
        "aggregationInterval": "MONTHLY",
        "aggregationCount": 1,
    }
    price["pricingExpression"]["baseUnitConversionFactor"] = 2875910101401600.0
    wire = wire_sku("A", price, description="🚀 São Paulo")
    billing.skus[COMPUTE] = [wire]

    [ours] = source.skus(COMPUTE)

    theirs = parse_sku(wire, COMPUTE)
    assert ours == theirs
    assert sku_hash(ours) == sku_hash(theirs)


@pytest.mark.parametrize("code", [grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE])
def test_a_call_that_fails_in_passing_is_made_again(
    billing: FakeBilling, source: ApiSource, code: grpc.StatusCode
) -> None:
    billing.page_size = 2
    billing.failures[f"services/{COMPUTE}"].extend([code, code])

    assert sku_ids(source) == ["A", "B", "C"]
    assert len(billing.calls) == 4


def test_a_call_that_keeps_failing_is_given_up_and_may_be_retried_later(
    billing: FakeBilling, source: ApiSource
) -> None:
    billing.failures["services"].extend([grpc.StatusCode.UNAVAILABLE] * 1000)

    with pytest.raises(SourceError, match="list of services cannot be read: 503 as the test") as caught:
        list(source.services())

    assert caught.value.retryable


@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND])
def test_a_refusal_is_not_asked_again(billing: FakeBilling, source: ApiSource, code: grpc.StatusCode) -> None:
    billing.failures[f"services/{COMPUTE}"].append(code)

    with pytest.raises(SourceError, match=f"Service {COMPUTE} cannot be read: 40[34]") as caught:
        sku_ids(source)

    assert not caught.value.retryable
    assert len(billing.calls) == 1


@pytest.mark.django_db
def test_a_sync_goes_on_past_a_service_that_this_key_may_not_see(
    billing: FakeBilling, source: ApiSource
) -> None:
    billing.failures[f"services/{COMPUTE}"].append(grpc.StatusCode.PERMISSION_DENIED)

    result = sync(source)

    assert list(Sku.objects.values_list("pk", flat=True)) == ["D"]
    assert result.failures.keys() == {COMPUTE}
    assert (result.update.source, result.update.services_failed) == ("api", 1)
    assert "403 as the test wants it" in (result.update.error_message or "")


@pytest.mark.django_db
def test_a_list_that_breaks_off_midway_retires_nothing(billing: FakeBilling, source: ApiSource) -> None:
    sync(source)
    billing.page_size = 1
    billing.failures[f"services/{COMPUTE} 1"].append(grpc.StatusCode.PERMISSION_DENIED)

    result = sync(source)

    assert result.failures.keys() == {COMPUTE}
    assert Sku.objects.offered().count() == 4


def test_without_any_credentials_it_says_which_ones_would_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")

    with pytest.raises(SourceError, match=r"GOOGLE_API_KEY.*gcloud auth application-default login"):
        ApiSource.connect("")


def test_an_api_key_is_what_the_client_shows() -> None:
    source = ApiSource.connect("made-up-key")

    credentials = source._client.transport._credentials  # noqa: SLF001  # it hides them, rightly
    assert credentials
    assert credentials.token == "made-up-key"
