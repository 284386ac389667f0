"""SKU ids as people and agents type them: normalization, and suggestions for unknown ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q
from rapidfuzz import fuzz, process

from catalog.models import Sku
from catalog.pricing.answers import Candidate

_GOOGLE_ID = re.compile(r"([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})", re.IGNORECASE)
# The name of a SKU in Google's API (Cloud Billing Catalog API, `Sku.name`), or its URL.
_RESOURCE_NAME = re.compile(r"(?:\S*/)?services/[^/\s]+/skus/([^/\s]+)")
_GROUP = 4
_MAX_CANDIDATES = 3
# Each costs a scan of the SKUs; an agent that gets more ids wrong made them up.
_MAX_LOOKUPS = 3
_MIN_SIMILARITY = 75  # percent


def normalize(text: str) -> str:
    """The id as the catalog spells it: a Google id gets its dashes and capitals, others stay as they are.

    The name of a SKU in Google's API, services/SERVICE/skus/ID, is read as the id.
    """
    text = text.strip()
    if name := _RESOURCE_NAME.fullmatch(text):
        text = name[1]
    match = _GOOGLE_ID.fullmatch(text)
    return "-".join(match.groups()).upper() if match else text


def nearest(sku_ids: Iterable[str]) -> dict[str, list[Candidate]]:
    """Suggestions for unknown ids: SKUs whose ids differ by a wrong, missing or extra character.

    Such a typo changes one of the three groups of an id, so the intended id shares its first or last group.

    Args:
        sku_ids: ids that are not in the catalog.

    Returns:
        Candidates by id, closest first; an empty list for an id that resembles no other, and for every id
        after the first three.
    """
    unknown = list(dict.fromkeys(sku_ids))
    texts = {sku_id: sku_id.upper() for sku_id in unknown[:_MAX_LOOKUPS]}
    names = _similar_skus([text for text in texts.values() if len(text) > 2 * _GROUP])
    found: dict[str, list[Candidate]] = {
        sku_id: [
            {"sku_id": match, "display_name": names[match]}
            for match, _, _ in process.extract(
                text, list(names), scorer=fuzz.ratio, limit=_MAX_CANDIDATES, score_cutoff=_MIN_SIMILARITY
            )
        ]
        for sku_id, text in texts.items()
    }
    return {sku_id: found.get(sku_id, []) for sku_id in unknown}


def _similar_skus(ids: list[str]) -> dict[str, str]:
    if not ids:
        return {}
    similar = [Q(sku_id__startswith=text[:_GROUP]) | Q(sku_id__endswith=text[-_GROUP:]) for text in ids]
    return dict(Sku.objects.filter(reduce(or_, similar)).values_list("sku_id", "display_name"))
