"""The region of a page, and those to choose from."""

from __future__ import annotations

from catalog.errors import InvalidArgumentError
from catalog.places import Place, close_places, read_place
from catalog.providers.google_cloud.regions import MULTI_REGIONS, REGIONS

DEFAULT_REGION = "us-central1"


def region_called(name: str) -> Place:
    """The region of a code, a zone or a name.

    Raises:
        InvalidArgumentError: it is no region, or several.
    """
    place = read_place(name)
    if place is None or place.label not in REGIONS:
        raise InvalidArgumentError(
            f'No region is called "{name}".',
            hint="Send a region code such as europe-west3.",
            candidates=close_places(name),
        )
    return place


def location_called(name: str) -> str:
    """The code of a region, dual-region or multi-region.

    Raises:
        InvalidArgumentError: it is none.
    """
    place = read_place(name)
    if place is None or place.label not in REGIONS.keys() | MULTI_REGIONS.keys():
        raise InvalidArgumentError(
            f'No location is called "{name}".',
            hint="Send a region, or a dual-region or multi-region such as nam4 or us.",
            candidates=close_places(name),
        )
    return place.label


def region_choices() -> list[tuple[str, str]]:
    """All regions with what people call them."""
    return [(code, f"{code} ({region.place})") for code, region in REGIONS.items()]


def location_choices() -> list[tuple[str, str]]:
    """All multi-regions and dual-regions, then the regions."""
    wide = [(code, f"{code} ({each.place})") for code, each in MULTI_REGIONS.items()]
    return [*wide, *region_choices()]
