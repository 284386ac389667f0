"""Google Cloud's regions and their places, with the names from Google's list of locations and from SKU names.

Names keep their accents; callers that compare them with user input fold accents first.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """One region. `city` and `area` (state, province, county) are empty if Google names none.

    `place` is Google's short name of the region, as in SKU names ("running in Belgium").
    """

    code: str
    place: str
    city: str
    area: str
    country: str
    continent: str


@dataclass(frozen=True, slots=True)
class MultiRegion:
    """A multi-region or dual-region with its member regions."""

    code: str
    place: str
    members: tuple[str, ...]


_REGIONS = (
    Region("africa-south1", "Johannesburg", "Johannesburg", "Gauteng", "South Africa", "Africa"),
    Region("asia-east1", "Taiwan", "", "Changhua County", "Taiwan", "Asia"),
    Region("asia-east2", "Hong Kong", "Hong Kong", "", "Hong Kong", "Asia"),
    Region("asia-northeast1", "Tokyo", "Tokyo", "", "Japan", "Asia"),
    Region("asia-northeast2", "Osaka", "Osaka", "", "Japan", "Asia"),
    Region("asia-northeast3", "Seoul", "Seoul", "", "South Korea", "Asia"),
    Region("asia-south1", "Mumbai", "Mumbai", "Maharashtra", "India", "Asia"),
    Region("asia-south2", "Delhi", "Delhi", "", "India", "Asia"),
    Region("asia-southeast1", "Singapore", "Jurong West", "", "Singapore", "Asia"),
    Region("asia-southeast2", "Jakarta", "Jakarta", "", "Indonesia", "Asia"),
    Region("asia-southeast3", "Bangkok", "Bangkok", "", "Thailand", "Asia"),
    Region("australia-southeast1", "Sydney", "Sydney", "New South Wales", "Australia", "Australia"),
    Region("australia-southeast2", "Melbourne", "Melbourne", "Victoria", "Australia", "Australia"),
    Region("europe-central2", "Warsaw", "Warsaw", "", "Poland", "Europe"),
    Region("europe-north1", "Finland", "Hamina", "", "Finland", "Europe"),
    Region("europe-north2", "Stockholm", "Stockholm", "", "Sweden", "Europe"),
    Region("europe-southwest1", "Madrid", "Madrid", "", "Spain", "Europe"),
    Region("europe-west1", "Belgium", "St. Ghislain", "", "Belgium", "Europe"),
    Region("europe-west2", "London", "London", "England", "United Kingdom", "Europe"),
    Region("europe-west3", "Frankfurt", "Frankfurt", "Hesse", "Germany", "Europe"),
    Region("europe-west4", "Netherlands", "Eemshaven", "", "Netherlands", "Europe"),
    Region("europe-west6", "Zurich", "Zurich", "", "Switzerland", "Europe"),
    Region("europe-west8", "Milan", "Milan", "", "Italy", "Europe"),
    Region("europe-west9", "Paris", "Paris", "", "France", "Europe"),
    Region("europe-west10", "Berlin", "Berlin", "", "Germany", "Europe"),
    Region("europe-west12", "Turin", "Turin", "", "Italy", "Europe"),
    Region("me-central1", "Doha", "Doha", "", "Qatar", "Middle East"),
    Region("me-central2", "Dammam", "Dammam", "", "Saudi Arabia", "Middle East"),
    Region("me-west1", "Tel Aviv", "Tel Aviv", "", "Israel", "Middle East"),
    Region("northamerica-northeast1", "Montréal", "Montréal", "Québec", "Canada", "North America"),
    Region("northamerica-northeast2", "Toronto", "Toronto", "Ontario", "Canada", "North America"),
    Region("northamerica-south1", "Mexico", "Querétaro", "", "Mexico", "North America"),
    Region("southamerica-east1", "São Paulo", "Osasco", "São Paulo", "Brazil", "South America"),
    Region("southamerica-west1", "Santiago", "Santiago", "", "Chile", "South America"),
    Region("us-central1", "Iowa", "Council Bluffs", "Iowa", "United States", "North America"),
    Region("us-central2", "Oklahoma", "", "Oklahoma", "United States", "North America"),
    Region("us-east1", "South Carolina", "Moncks Corner", "South Carolina", "United States", "North America"),
    Region("us-east4", "Northern Virginia", "Ashburn", "Virginia", "United States", "North America"),
    Region("us-east5", "Columbus", "Columbus", "Ohio", "United States", "North America"),
    Region("us-east7", "Alabama", "", "Alabama", "United States", "North America"),
    Region("us-south1", "Dallas", "Dallas", "Texas", "United States", "North America"),
    Region("us-west1", "Oregon", "The Dalles", "Oregon", "United States", "North America"),
    Region("us-west2", "Los Angeles", "Los Angeles", "California", "United States", "North America"),
    Region("us-west3", "Salt Lake City", "Salt Lake City", "Utah", "United States", "North America"),
    Region("us-west4", "Las Vegas", "Las Vegas", "Nevada", "United States", "North America"),
    Region("us-west8", "Phoenix", "Phoenix", "Arizona", "United States", "North America"),
)

REGIONS: dict[str, Region] = {region.code: region for region in _REGIONS}

# Where a SKU without a place in its name is sold, although it is listed as global, if the same thing has SKUs
# with places. Source: the price list, the regions without an SKU of their own beside "Storage PD Capacity".
LIST_PRICE_REGIONS = ("us-central1", "us-east1", "us-west1", "europe-west1", "asia-east1")

# Other names of regions and multi-regions in SKU names: a continent's name for its first region, and a few
# names of countries and states. Source: the price list, SKUs sold in one region only.
SKU_PLACES: dict[str, tuple[str, ...]] = {
    "asia": ("APAC", "Asia Pacific"),
    "asia-east1": ("APAC",),
    "asia-northeast1": ("Japan",),
    "asia1": ("Asia",),
    "eu": ("Europe", "Western Europe", "EMEA"),
    "europe": ("European Union", "Western Europe", "EMEA"),
    "eur4": ("Europe",),
    "eur5": ("Europe",),
    "eur7": ("Europe",),
    "eur8": ("Europe",),
    "europe-west1": ("EMEA",),
    "me-west1": ("Israel",),
    "nam4": ("Northern America", "North America"),
    "us": ("Americas", "North America", "Northern America", "NA"),
    "us-central1": ("Americas",),
    "us-east1": ("Americas",),
    "us-east4": ("Virginia",),
    "us-west1": ("Americas",),
}

# Names of the continents in SKU names of network traffic.
SKU_CONTINENTS: dict[str, tuple[str, ...]] = {
    "Asia": ("Asia", "APAC", "Asia Pacific"),
    "Australia": ("Australia", "Oceania"),
    "Europe": ("Europe", "EMEA"),
    "Middle East": ("Middle East",),
    "North America": ("Northern America", "North America", "NA", "Americas"),
    "South America": ("Latin America", "South America", "Americas"),
}

# Members of us, europe and asia, from the geoTaxonomy of Cloud Storage SKUs in the price list.
_EUROPE = ("europe-north1", "europe-west1", "europe-west3", "europe-west4")
_MULTI_REGIONS = (
    MultiRegion(
        "us",
        "United States",
        ("us-central1", "us-east1", "us-east4", "us-west1", "us-west2", "us-west3"),
    ),
    MultiRegion("eu", "European Union", _EUROPE),
    MultiRegion("europe", "Europe", _EUROPE),
    MultiRegion(
        "asia",
        "Asia",
        (
            "asia-east1",
            "asia-east2",
            "asia-northeast1",
            "asia-northeast2",
            "asia-northeast3",
            "asia-south1",
            "asia-southeast1",
        ),
    ),
    MultiRegion("asia1", "Tokyo and Osaka", ("asia-northeast1", "asia-northeast2")),
    MultiRegion("eur4", "Finland and Netherlands", ("europe-north1", "europe-west4")),
    MultiRegion("eur5", "Belgium and London", ("europe-west1", "europe-west2")),
    MultiRegion("eur7", "London and Frankfurt", ("europe-west2", "europe-west3")),
    MultiRegion("eur8", "Frankfurt and Zurich", ("europe-west3", "europe-west6")),
    MultiRegion("nam4", "Iowa and South Carolina", ("us-central1", "us-east1")),
)

MULTI_REGIONS: dict[str, MultiRegion] = {multi_region.code: multi_region for multi_region in _MULTI_REGIONS}
