from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import grpc
import pytest

from catalog.errors import SourceError
from catalog.models import Sku
from catalog.providers.google_cloud.client import (
    CONCURRENCY,
    DEFAULT_POLICY,
    PAGE_SIZE,
    ApiSource,
    CallPolicy,
)
from catalog.providers.google_cloud.parse import parse_sku
from catalog.sync.content_hash import sku_hash
from catalog.sync.run import sync
from tests.catalog.wire import COMPUTE, STORAGE, wire_price, wire_rate, wire_service, wire_sku
from tests.harness.fake_billing import FakeBilling, client
from tests.harness.ports import free_port
from tests.harness.tcp_proxy import TcpProxy

# Retries like the real policy, but fast.
QUICK = CallPolicy(
    call_seconds=0.3, retry=DEFAULT_POLICY.retry.with_delay(initial=0.01, maximum=0.05).with_timeout(0.3)
)
# gRPC waits about a second before it reconnects.
LASTING = CallPolicy(call_seconds=5, retry=QUICK.retry.with_timeout(10))
UNLIMITED = 60_000


@pytest.fixture
def billing() -> FakeBilling:
    return FakeBilling(
        [wire_service(COMPUTE, "Compute Engine"), wire_service(STORAGE, "Cloud Storage")],
        {COMPUTE: [wire_sku("A"), wire_sku("B"), wire_sku("C")], STORAGE: [wire_sku("D")]},
    )


@pytest.fixture
def source(billing: FakeBilling) -> Iterator[ApiSource]:
    with billing.served() as address, ApiSource.open(partial(client, address), UNLIMITED, QUICK) as source:
        yield source


def sku_ids(source: ApiSource, service_id: str = COMPUTE) -> list[str]:
    [skus] = source.sku_lists([service_id])
    return [sku.sku_id for sku in skus]


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

    [[ours]] = source.sku_lists([COMPUTE])

    theirs = parse_sku(wire, COMPUTE)
    assert ours == theirs
    assert sku_hash(ours) == sku_hash(theirs)


@pytest.mark.parametrize("code", [grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE])
def test_a_transient_failure_is_retried(
    billing: FakeBilling, source: ApiSource, code: grpc.StatusCode
) -> None:
    billing.page_size = 2
    billing.failures[f"services/{COMPUTE}"].extend([code, code])

    assert sku_ids(source) == ["A", "B", "C"]
    assert len(billing.calls) == 4


def test_a_call_that_keeps_failing_ends_in_a_retryable_error(billing: FakeBilling, source: ApiSource) -> None:
    billing.failures["services"].extend([grpc.StatusCode.UNAVAILABLE] * 1000)

    with pytest.raises(SourceError, match="list of services cannot be read: 503 as the test") as caught:
        list(source.services())

    assert caught.value.retryable


@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND])
def test_a_refusal_is_not_retried(billing: FakeBilling, source: ApiSource, code: grpc.StatusCode) -> None:
    billing.failures[f"services/{COMPUTE}"].append(code)

    with pytest.raises(SourceError, match=r"The list of SKUs cannot be read: 40[34]") as caught:
        sku_ids(source)

    assert not caught.value.retryable
    assert len(billing.calls) == 1


@pytest.mark.django_db
def test_a_sync_goes_on_after_a_service_that_the_key_may_not_read(
    billing: FakeBilling, source: ApiSource
) -> None:
    billing.failures[f"services/{COMPUTE}"].append(grpc.StatusCode.PERMISSION_DENIED)

    result = sync(source)

    assert list(Sku.objects.values_list("pk", flat=True)) == ["D"]
    assert result.failures.keys() == {COMPUTE}
    assert (result.update.source, result.update.services_failed) == ("api", 1)
    assert "403 as the test wants it" in (result.update.error_message or "")


@pytest.mark.django_db
def test_a_list_that_fails_halfway_retires_nothing(billing: FakeBilling, source: ApiSource) -> None:
    sync(source)
    billing.page_size = 1
    billing.failures[f"services/{COMPUTE} 1"].append(grpc.StatusCode.PERMISSION_DENIED)

    result = sync(source)

    assert result.failures.keys() == {COMPUTE}
    assert Sku.objects.offered().count() == 4


def test_missing_credentials_are_reported_with_the_ways_to_provide_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")

    with (
        pytest.raises(SourceError, match=r"GOOGLE_API_KEY.*gcloud auth application-default login"),
        ApiSource.connect("", UNLIMITED),
    ):
        pass


def test_the_client_authenticates_with_the_api_key() -> None:
    with ApiSource.connect("made-up-key", UNLIMITED) as source:
        credentials = source._client.transport._credentials  # noqa: SLF001  # they are private

    assert credentials
    assert credentials.token == "made-up-key"


def test_an_empty_page_with_a_token_is_not_the_end(billing: FakeBilling, source: ApiSource) -> None:
    billing.page_size = 1
    billing.empty_pages = 2

    assert sku_ids(source) == ["A", "B", "C"]


def test_requests_stay_within_the_rate_limit(billing: FakeBilling) -> None:
    services = [f"0000-0000-{number:04}" for number in range(20)]
    billing.failures[f"services/{services[3]}"].append(grpc.StatusCode.UNAVAILABLE)

    with billing.served() as address, ApiSource.open(partial(client, address), 3000, QUICK) as source:
        for skus in source.sku_lists(services):
            assert list(skus) == []

    assert len(billing.times) == 21
    assert billing.times[-1] - billing.times[0] > 20 * 60 / 3000 * 0.9


def test_lists_are_fetched_concurrently_and_come_in_the_given_order(
    billing: FakeBilling, source: ApiSource
) -> None:
    services = [f"0000-0000-{number:04}" for number in range(CONCURRENCY)]
    all_are_here = threading.Barrier(CONCURRENCY)
    for service_id in services:
        billing.failures[f"services/{service_id}"].append(partial(all_are_here.wait, 10))
        billing.skus[service_id] = [wire_sku(service_id)]

    assert [[sku.sku_id for sku in skus] for skus in source.sku_lists(services)] == [
        [service_id] for service_id in services
    ]


def test_a_call_that_times_out_is_retried(billing: FakeBilling) -> None:
    billing.failures[f"services/{COMPUTE}"].append(lambda: time.sleep(0.4))
    strict = CallPolicy(call_seconds=0.3, retry=LASTING.retry)

    with (
        billing.served() as address,
        ApiSource.open(partial(client, address), UNLIMITED, strict) as source,
    ):
        assert sku_ids(source) == ["A", "B", "C"]

    assert len(billing.calls) >= 2


def test_a_connection_lost_in_the_middle_of_a_list_is_reopened(billing: FakeBilling) -> None:
    billing.page_size = 1
    with billing.served() as address, TcpProxy(int(address.rpartition(":")[2])).running() as proxy:
        billing.failures[f"services/{COMPUTE} 1"].append(proxy.cut)
        connect = partial(client, f"127.0.0.1:{proxy.port}")
        with ApiSource.open(connect, UNLIMITED, LASTING) as source:
            assert sku_ids(source) == ["A", "B", "C"]

    assert len(billing.calls) == 4


@pytest.mark.parametrize("address", ["127.0.0.1:{port}", "no-such-host.invalid:443"])
def test_an_api_that_cannot_be_reached_is_given_up_within_seconds(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("catalog.providers.google_cloud.client.UNREACHABLE_SECONDS", 0.5)
    started = time.monotonic()
    connect = partial(client, address.format(port=free_port()))

    with (
        ApiSource.open(connect, UNLIMITED, DEFAULT_POLICY) as source,
        pytest.raises(
            SourceError, match="Google's API cannot be reached, so check the network: 503"
        ) as caught,
    ):
        list(source.services())

    assert time.monotonic() - started < 12
    assert caught.value.retryable
    assert "Retrying the list of services: 503" in caplog.text


@contextmanager
def silent_address() -> Iterator[str]:
    """The address of a socket that is never read, as on a network that drops every packet."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"127.0.0.1:{silent.getsockname()[1]}"


def seconds_until_given_up(address: str) -> float:
    started = time.monotonic()
    with (
        ApiSource.open(partial(client, address), UNLIMITED, DEFAULT_POLICY) as source,
        pytest.raises(SourceError, match="cannot be reached, so check the network: 503 Failed to connect"),
    ):
        list(source.services())
    return time.monotonic() - started


def test_a_network_that_drops_every_packet_is_given_up_after_the_first_call(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("catalog.providers.google_cloud.client.CONNECT_SECONDS", 0.7)
    monkeypatch.setattr("catalog.providers.google_cloud.client.UNREACHABLE_SECONDS", 0.5)

    with silent_address() as address:
        assert seconds_until_given_up(address) < 5
    assert caplog.text == ""


@pytest.mark.slow
def test_a_network_that_drops_every_packet_is_given_up_within_12_seconds() -> None:
    with silent_address() as address:
        assert seconds_until_given_up(address) < 12


def test_an_answer_that_is_slow_from_the_start_is_waited_for(
    billing: FakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.providers.google_cloud.client.CONNECT_SECONDS", 0.3)
    monkeypatch.setattr("catalog.providers.google_cloud.client.UNREACHABLE_SECONDS", 0)
    billing.failures["services"].extend([lambda: time.sleep(0.6)] * 2)

    with billing.served() as address, ApiSource.open(partial(client, address), UNLIMITED, LASTING) as source:
        assert len(list(source.services())) == 2

    assert len(billing.calls) == 2


def test_a_connection_that_is_refused_later_is_retried(billing: FakeBilling) -> None:
    with (
        billing.served() as address,
        TcpProxy(int(address.rpartition(":")[2])).running() as proxy,
        ApiSource.open(partial(client, f"127.0.0.1:{proxy.port}"), UNLIMITED, LASTING) as source,
    ):
        list(source.services())
        source._started = 0  # noqa: SLF001  as if it had started long ago
        billing.failures[f"services/{COMPUTE}"].append(proxy.cut)

        assert sku_ids(source) == ["A", "B", "C"]


def test_each_retry_is_logged_with_its_service(
    billing: FakeBilling, source: ApiSource, caplog: pytest.LogCaptureFixture
) -> None:
    billing.failures[f"services/{COMPUTE}"].extend([grpc.StatusCode.RESOURCE_EXHAUSTED] * 2)

    sku_ids(source)

    assert [record.getMessage() for record in caplog.records] == [
        f"Retrying the list of services/{COMPUTE}: 429 as the test wants it"
    ] * 2
