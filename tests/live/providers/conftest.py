from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness import fake_azure_monitor, fake_monitoring
from tests.harness.fake_azure_monitor import FakeAzure
from tests.harness.fake_monitoring import FakeMonitoring
from tests.harness.moto_server import Door, door, moto_server


@pytest.fixture(scope="session")
def moto_port() -> Iterator[int]:
    with moto_server() as port:
        yield port


@pytest.fixture
def cloudwatch(moto_port: int) -> Iterator[Door]:
    """CloudWatch on loopback."""
    with door(moto_port) as found:
        yield found


@pytest.fixture
def monitoring() -> Iterator[FakeMonitoring]:
    with fake_monitoring.serve(FakeMonitoring()) as fake:
        yield fake


@pytest.fixture
def azure() -> Iterator[FakeAzure]:
    with fake_azure_monitor.serve(FakeAzure()) as fake:
        yield fake
