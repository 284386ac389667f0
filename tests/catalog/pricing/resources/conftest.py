from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.catalog.pricing.resources.kind_skus import add_kind_skus
from tests.catalog.pricing.resources.machine_skus import add_machine_skus


@pytest.fixture(scope="module")
def machine_prices(
    django_db_setup: None,  # noqa: ARG001
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The SKUs of machines, written once for a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        add_machine_skus()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def kind_prices(
    django_db_setup: None,  # noqa: ARG001
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The SKUs of resources beside machines, written once for a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        add_kind_skus()
        yield
        transaction.set_rollback(True)
