"""The regions of each cloud that sells models, and the parts of the world for which lists have a price.

Google Cloud's are those of catalog/places.py. AWS's and Azure's are in catalog/offers/data/cloud_regions.csv.
AWS's: botocore's endpoints.json; its parts of the world: Bedrock's "Supported Regions and models for
inference profiles". Azure's: "List of Azure regions"; its parts: the data zones of Foundry's "Deployment
types", that of the EU being its member states. A region that a price list has is one too.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from catalog.errors import InvalidArgumentError
from catalog.meters.meter import UsageKind
from catalog.nearest import closest
from catalog.offers import DATA
from catalog.offers.resources.model_clouds import GCP
from catalog.places import Place, close_places, fold, is_listed, read_place
from catalog.pricing.model_rate import EVERYWHERE
from catalog.pricing.model_rates import skus_counting

REGIONS = DATA / "cloud_regions.csv"
CLOUD_NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}


class CloudRegion(NamedTuple):
    """A region of a cloud, or a part of the world, with the codes of the regions whose prices hold in it."""

    place: Place
    covered_by: frozenset[str]


def regions_called(text: str) -> Mapping[str, CloudRegion]:
    """What a region, place or part of the world is on each cloud that has it.

    Takes one query if no table knows it: a price list may be newer.
    """
    known = {cloud: regions[key] for cloud, regions in _regions().items() if (key := _key(text)) in regions}
    place = read_place(text)
    if place and is_listed(place):
        known[GCP] = CloudRegion(place, frozenset((text.strip().lower(), *place.codes)))
    if _key(text) == EVERYWHERE:
        return {cloud: _own(EVERYWHERE) for cloud in CLOUD_NAMES}
    return known or _listed(text)


def check_region(text: str, clouds: Collection[str]) -> None:
    """Refuse a region that none of some clouds has.

    Raises:
        InvalidArgumentError: it is another cloud's, or no region at all.
    """
    found = regions_called(text)
    if not found.keys().isdisjoint(clouds):
        return
    near = [*(close_places(text) if GCP in clouds else ()), *_near(text, clouds)]
    if found:
        own, others = (" or ".join(CLOUD_NAMES[each] for each in sorted(names)) for names in (found, clouds))
        raise InvalidArgumentError(
            f'"{text}" is a region of {own}, not of {others}.',
            hint=f"Send a region of {others}.",
            candidates=near,
        )
    raise InvalidArgumentError(
        f'No region or place is called "{text}".',
        hint="Send a code of the cloud, such as us-east-1, swedencentral or europe-west3.",
        candidates=near,
    )


def is_part_of_the_world(code: str) -> bool:
    """Whether a code is no region but a part of the world for which lists have a price."""
    return any(code != one and code in each.covered_by for one, each in _every())


def _every() -> list[tuple[str, CloudRegion]]:
    return [(each.place.label, each) for regions in _regions().values() for each in regions.values()]


def _near(text: str, clouds: Collection[str]) -> list[dict[str, str]]:
    codes = {region.place.label for cloud in clouds for region in _regions().get(cloud, {}).values()}
    return [{"region": code} for code in closest(text, sorted(codes))]


def _listed(text: str) -> dict[str, CloudRegion]:
    """The region on each cloud whose price list of models has it."""
    code = text.strip().lower()
    rows = skus_counting(UsageKind.TOKENS).values_list("provider", "sku__service_regions").distinct()
    return {provider: _own(code) for provider, codes in rows if code in codes}


def _own(code: str) -> CloudRegion:
    return CloudRegion(Place(code, (code,)), frozenset((code,)))


@cache
def _regions() -> Mapping[str, Mapping[str, CloudRegion]]:
    """The regions by cloud, and by code and place without blanks and signs."""
    found: defaultdict[str, dict[str, CloudRegion]] = defaultdict(dict)
    with REGIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code, geos = row["code"], row["geos"].split()
            region = CloudRegion(Place(code, (code,)), frozenset((code, *geos)))
            found[row["cloud"]] |= {_key(code): region, _key(row["place"]): region}
            found[row["cloud"]] |= {_key(geo): _own(geo) for geo in geos}
    return found


def _key(text: str) -> str:
    return fold(text).replace(" ", "")
