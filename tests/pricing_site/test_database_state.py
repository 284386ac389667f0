from __future__ import annotations

import pytest
from django.utils import timezone

from costs.models import CostSource
from pricing_site.database_state import DatabaseState


@pytest.mark.django_db
def test_calls_for_estimates_are_those_of_this_month() -> None:
    this_month = f"{timezone.now():%Y-%m}"
    CostSource.objects.create(name="guess", calls={"2020-01": 9, this_month: 3})
    CostSource.objects.create(name="old-guess", calls={"2020-01": 9})
    CostSource.objects.create(name="bills")

    [calls] = [each for each in DatabaseState().collect() if each.name == "cloud_pricing_cost_estimate_calls"]

    assert {each.labels["source"]: each.value for each in calls.samples} == {"guess": 3, "old-guess": 0}
