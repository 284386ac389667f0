from __future__ import annotations

from tests.catalog.pricing.resources.conftest import kind_prices, machine_prices

__all__ = ["kind_prices", "machine_prices"]
