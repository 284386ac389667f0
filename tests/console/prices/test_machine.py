"""The page of a whole resource."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kind_prices")]


def test_a_month_that_is_partly_free_is_said_to_be_in_tiers(client: Client) -> None:
    html = client.get("/machines/external-ip/").content.decode()

    assert "<strong>$0</strong> a month in tiers, on demand" in html
    assert '$0 <span class="unit">in tiers</span>' in html
    assert '$1.46 <span class="unit">$0.002/h</span>' in html
