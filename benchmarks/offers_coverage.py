"""Measures how much of the names of SKUs catalog/offers reads.

    .venv/bin/python -m benchmarks.offers_coverage FOLDER [--words N]

FOLDER is a catalog folder (services.json.gz and skus/). A name is read whole if no word is left over. Words
that are left over often are candidates for a line in catalog/offers/data. A question cannot tell SKUs apart
that share every attribute, word and place.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from catalog.offers.attributes import Attributes
from catalog.offers.named_sku import NamedSku
from catalog.offers.read_sku import read_sku
from catalog.providers.google_cloud.folder import FolderSource
from catalog.providers.records import SkuRecord

Reading = tuple[NamedSku, tuple[str, ...], Attributes]
MAX_SERVICES = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a catalog folder")
    parser.add_argument("--words", type=int, default=40, help="words left over (default: %(default)s)")
    options = parser.parse_args()
    skus = list(named_skus(FolderSource(options.folder)))
    start = time.process_time()
    readings = [(sku, regions, read_sku(sku)) for sku, regions in skus]
    took = time.process_time() - start
    print(f"{len(readings):,} SKUs read in {took:.1f} s, {took / len(readings) * 1e3:.3f} ms each")
    report_shares(readings)
    report_words(readings, options.words)
    report_values(readings)
    print(f"\nSKUs that share every attribute, word and place with another: {alike(readings)}")


def named_skus(source: FolderSource) -> Iterator[tuple[NamedSku, tuple[str, ...]]]:
    """All SKUs of a price list with their regions."""
    for service in source.services():
        for sku in source.skus(service.service_id):
            if isinstance(sku, SkuRecord):
                yield (
                    NamedSku(
                        service.display_name,
                        sku.display_name,
                        sku.resource_family,
                        sku.resource_group,
                        sku.usage_type,
                    ),
                    sku.service_regions,
                )


def report_shares(readings: list[Reading]) -> None:
    whole: defaultdict[str, list[bool]] = defaultdict(list)
    for sku, _, found in readings:
        whole[sku.service].append(not found.unread)
    print(f"\n{'read whole':36}{'SKUs':>8}{'share':>8}")
    largest = sorted(whole.items(), key=lambda entry: -len(entry[1]))[:MAX_SERVICES]
    for service, are_whole in (
        ("all services", [each for found in whole.values() for each in found]),
        *largest,
    ):
        print(f"{service:36}{len(are_whole):8}{sum(are_whole) / len(are_whole):8.3f}")


def report_words(readings: list[Reading], most: int) -> None:
    words = Counter((word, sku.service) for sku, _, found in readings for word in set(found.unread))
    print("\nleft over (SKUs)")
    for (word, service), count in words.most_common(most):
        print(f"{word:24}{count:6}  {service}")


def report_values(readings: list[Reading]) -> None:
    values: defaultdict[str, set[str]] = defaultdict(set)
    for attribute, value in {fact for _, _, found in readings for fact in found.facts}:
        values[attribute].add(value)
    print(
        "\nvalues: " + ", ".join(f"{attribute} {len(found)}" for attribute, found in sorted(values.items()))
    )


def alike(readings: list[Reading]) -> int:
    """How many SKUs no attribute, word or place tells from another."""
    same = Counter(
        (found.facts, regions, found.source, found.destination, found.span, tuple(sorted(found.unread)))
        for _, regions, found in readings
    )
    return sum(count for count in same.values() if count > 1)


if __name__ == "__main__":
    main()
