"""Places: what people call regions, and the regions that a name covers."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from catalog.providers.google_cloud.regions import (
    MULTI_REGIONS,
    REGIONS,
    SKU_CONTINENTS,
    SKU_PLACES,
    MultiRegion,
    Region,
)
from catalog.words import Wordings, keys

MAX_CANDIDATES = 5
DUAL = 2
MIN_SIMILARITY = 60  # percent
# Names of cities are short, so other names are soon alike: "Ireland" is 62 % of "Milan".
MIN_SIMILARITY_OF_REGIONS = 75
# Additional codes of a multi-region: Cloud Storage lists "europe", BigQuery "eu".
OTHER_CODES = {"europe": ("eu",)}
# A word in Latin letters and digits, or in another script.
WORD = re.compile(r"[^\W_\u0250-\U0010ffff]+|[^\W_\x00-\u024f]+")
LATIN, KATAKANA = re.compile(r"[a-z]"), re.compile(r"[\u30a1-\u30fa\u30fc]")
# The marks of kana, which are other letters with them: "ga" and "ka".
VOICED = "\u3099\u309a"
# Greek and Cyrillic
INFLECTED = re.compile(r"[\u0370-\u052f]")
# The second half of a folded code, and its side of the continent: "southeast1".
SIDE = r"(?:north|south|east|west|central)+"
REGION_PART = re.compile(rf"{SIDE}\d{{1,2}}")
# A folded code, with or without the letter of a zone: "europe west3", "europe west3 a".
REGION_CODE = re.compile(
    rf"(?P<region>(?:{'|'.join(sorted({code.split('-')[0] for code in REGIONS}))}) "
    rf"{REGION_PART.pattern})(?: [a-f])?"
)


def fold(text: str) -> str:
    """`text` as lower-case words without accents, separated by single spaces; each is of one script."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in decomposed if unicodedata.category(char)[0] != "M" or char in VOICED)
    return " ".join(WORD.findall(unicodedata.normalize("NFC", plain).casefold()))


# What people call places, with their names in catalog/providers/google_cloud/regions.py.
NAMES = Path(__file__).with_suffix(".txt")
# What other languages call places, with their names in English.
EXONYMS_FILE = Path(__file__).with_name("exonyms.txt")
EXONYMS = {fold(name): fold(place) for name, place in keys(EXONYMS_FILE, is_english=False).items()}


@dataclass(frozen=True, slots=True)
class Place:
    """A region, a multi-region, or a country or continent with several regions.

    `codes` are the place itself, `wider` the multi-regions that include it, `within` the regions of a
    multi-region. `label` is the code, or the name if there are several codes; `read_place` accepts it.
    `names` are its names in SKU names, lower-case and narrowest first, `around` those of its continent.
    `members` are the places of a list such as "Iowa, Oregon", which is several places to buy in.
    """

    label: str
    codes: tuple[str, ...]
    wider: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    members: tuple[Place, ...] = ()

    @property
    def is_one(self) -> bool:
        """Whether it is one place to buy in, and not a country with several regions."""
        return not self.members and (len(self.codes) == 1 or bool(self.within))

    @property
    def is_multi_region(self) -> bool:
        """Whether it has more regions than a dual-region."""
        return len(self.within) > DUAL

    def covers(self, other: Place) -> bool:
        return {*other.codes, *other.within} <= {*self.codes, *self.within}


def in_english(text: str) -> str:
    """Folded `text` with the places of other languages as English calls them."""
    if not text.isascii():
        text = _other_scripts().sub(lambda match: f" {match[match.lastindex or 0]} ", text)
    return _in_english().put_into(text)


@cache
def _in_english() -> Wordings:
    return Wordings({**EXONYMS, **{name: name for name in PLACES}})


@cache
def _other_scripts() -> re.Pattern[str]:
    """The names in other scripts, with blanks between words or without, and with the endings of their cases.

    Katakana also spells other words, so a name is all of it: タイ is Thailand, but not in リアルタイム.
    """
    names = [name for name in EXONYMS if not LATIN.search(name)]
    kana = _one_of(name for name in names if KATAKANA.match(name))
    inflected = _one_of(name for name in names if INFLECTED.match(name))
    others = _one_of(name for name in names if not (KATAKANA.match(name) or INFLECTED.match(name)))
    return re.compile(
        rf"(?<!{KATAKANA.pattern}){kana}(?!{KATAKANA.pattern})|\b{inflected}\w{{0,2}}\b|{others}"
    )


def _one_of(names: Iterable[str]) -> str:
    return f"({'|'.join(sorted(names, key=len, reverse=True))})"


@lru_cache(maxsize=4096)
def read_place(text: str) -> Place | None:
    """The place that `text` names, by name, region code or zone, or None.

    A code of the usual form is accepted even if the table lacks it, as Google opens regions every year.
    """
    name = in_english(fold(text))
    if match := REGION_CODE.fullmatch(name):
        name = match["region"]
        return PLACES.get(name) or Place(name.replace(" ", "-"), (name.replace(" ", "-"),))
    return PLACES.get(name)


def own_region(text: str) -> str | None:
    """The region that `text` names by its code, a zone, or its own place or city.

    A country of the same name comes first: Singapore is the country.
    """
    name = in_english(fold(text))
    if match := REGION_CODE.fullmatch(name):
        code = match["region"].replace(" ", "-")
        return code if code in REGIONS else None
    return _own_names().get(_others().get(name, name))


@cache
def _own_names() -> dict[str, str]:
    """The regions by the folded names of their places and cities."""
    names = {fold(name): each.code for each in REGIONS.values() for name in (each.place, each.city) if name}
    return {name: code for name, code in names.items() if name not in countries()}


@cache
def _others() -> dict[str, str]:
    """What people call places, with the folded names in the table."""
    return {name: fold(known) for name, known in keys(NAMES, is_english=False).items()}


@cache
def countries() -> frozenset[str]:
    """The folded names of the countries that have regions."""
    return frozenset(fold(region.country) for region in REGIONS.values())


def is_listed(place: Place) -> bool:
    """Whether our table of regions contains `place`. Other codes of the right form may be misspelled."""
    return all(fold(each.label) in PLACES for each in place.members or (place,))


def close_places(text: str) -> list[dict[str, str]]:
    """Places to buy in with a name or code similar to `text`, the most similar first.

    Of a country or continent, they are its regions.
    """
    places = dict.fromkeys(PLACES[name] for name in _closest(text, PLACES, MIN_SIMILARITY))
    single = [one for place in places for one in ([place] if place.is_one else map(_region, place.codes))]
    return _candidates(single)


def close_regions(text: str) -> list[dict[str, str]]:
    """Regions whose code, place or city is similar to `text`, the most similar first."""
    named = {**_own_names(), **{fold(code): code for code in REGIONS}}
    return _candidates(_region(named[name]) for name in _closest(text, named, MIN_SIMILARITY_OF_REGIONS))


def _closest(text: str, known: Collection[str], similarity: int) -> list[str]:
    matches = process.extract(
        fold(text), list(known), scorer=fuzz.ratio, limit=MAX_CANDIDATES, score_cutoff=similarity
    )
    return [name for name, _, _ in matches]


def _region(code: str) -> Place:
    return PLACES[fold(code)]


def _candidates(places: Iterable[Place]) -> list[dict[str, str]]:
    found = list(dict.fromkeys(places))[:MAX_CANDIDATES]
    return [{"region": place.label, "place": _place_name(place)} for place in found]


def _place_name(place: Place) -> str:
    known = REGIONS.get(place.label) or MULTI_REGIONS.get(place.label)
    return known.place if known else ", ".join(place.codes)


def _named_places() -> dict[str, Place]:
    """Places by folded name. Multi-regions take precedence over continents and countries of the same name."""
    places = {fold(name): _place(name, codes) for name, codes in _names_of_regions().items()}
    for multi_region in MULTI_REGIONS.values():
        place = _multi_region(multi_region)
        places[fold(multi_region.code)] = places[fold(multi_region.place)] = place
    return places | {name: places[fold(known)] for name, known in keys(NAMES, is_english=False).items()}


def _names_of_regions() -> dict[str, list[str]]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for region in REGIONS.values():
        for name in dict.fromkeys(_names(region)):
            names[name].append(region.code)
    return names


def _names(region: Region) -> Iterator[str]:
    yield from (region.code, region.country, region.continent)
    yield from (name for name in (region.place, region.city, region.area) if name)


def _place(name: str, codes: list[str]) -> Place:
    wider = [multi.code for multi in MULTI_REGIONS.values() if not set(codes).isdisjoint(multi.members)]
    continents = {REGIONS[code].continent for code in codes}
    around = _lower_case(
        found for continent in sorted(continents) for found in SKU_CONTINENTS.get(continent, ())
    )
    if len(codes) == 1:
        return Place(
            codes[0], tuple(codes), wider=tuple(wider), names=_sku_names(REGIONS[codes[0]]), around=around
        )
    names = _lower_case((name, *SKU_CONTINENTS.get(name, ())))
    return Place(name, tuple(codes), wider=tuple(wider), names=names, around=around)


def _sku_names(region: Region) -> tuple[str, ...]:
    names = (region.place, region.city, region.area, *SKU_PLACES.get(region.code, ()), region.country)
    return _lower_case(name for name in names if name)


def _lower_case(names: Iterable[str]) -> tuple[str, ...]:
    """The names in lower case, with and without accents, as in the search index."""
    return tuple(dict.fromkeys(lower for name in names for lower in (fold(name), name.casefold())))


def _multi_region(multi_region: MultiRegion) -> Place:
    """A multi-region with its members and the other regions of the continent or country of that name."""
    named = [region.code for region in REGIONS.values() if multi_region.place in _names(region)]
    codes = (multi_region.code, *OTHER_CODES.get(multi_region.code, ()))
    also = SKU_PLACES.get(multi_region.code, ())
    names = dict.fromkeys(fold(name) for name in (multi_region.place, multi_region.code, *also))
    return Place(
        codes[0], codes, within=tuple(dict.fromkeys((*multi_region.members, *named))), names=tuple(names)
    )


PLACES: dict[str, Place] = _named_places()
