"""A stand-in for AWS's public price list: the index, the indexes of regions and the files.

Source of the form: AWS Billing user guide, "Reading the price list files"; attributes of products as in
github.com/scttfrdmn/cultivar (internal/bedrock, recorded from the AWS Price List API 2026-07-27).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from tests.harness.http_server import serve

Wire = dict[str, Any]
PUBLISHED = "2026-09-11T12:44:08Z"
VERSION = "20260911124408"
ROOT = "/offers/v1.0/aws"
LOCATIONS = {"us-east-1": "US East (N. Virginia)", "eu-west-1": "EU (Ireland)"}


@dataclass(frozen=True)
class Rate:
    """A product with its price on demand."""

    usage_type: str
    usd: str
    unit: str = "1K tokens"
    region: str = "us-east-1"
    description: str = ""
    since: str = "2026-09-01T00:00:00Z"
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def sku(self) -> str:
        name = f"{self.usage_type} {self.region} {dict(self.attributes)}"
        return hashlib.sha256(name.encode()).hexdigest()[:16].upper()

    def product(self) -> Wire:
        return {
            "sku": self.sku,
            "attributes": {
                "location": LOCATIONS.get(self.region, self.region),
                "locationType": "AWS Region",
                "operation": "",
                "regionCode": self.region,
                "servicename": "Amazon Bedrock",
                "usagetype": self.usage_type,
                **self.attributes,
            },
        }

    def terms(self) -> Wire:
        term, rate = f"{self.sku}.JRTCKXETXF", f"{self.sku}.JRTCKXETXF.6YS6EN2CT7"
        return {
            term: {
                "offerTermCode": "JRTCKXETXF",
                "sku": self.sku,
                "effectiveDate": self.since,
                "priceDimensions": {
                    rate: {
                        "rateCode": rate,
                        "description": self.description
                        or f"${self.usd} per {self.unit} for {self.usage_type}",
                        "beginRange": "0",
                        "endRange": "Inf",
                        "unit": self.unit,
                        "pricePerUnit": {"USD": self.usd},
                        "appliesTo": [],
                    }
                },
                "termAttributes": {},
            }
        }


def offer(code: str, rates: Sequence[Rate]) -> Wire:
    """A price list file."""
    return {
        "formatVersion": "v1.0",
        "disclaimer": "This pricing list is for informational purposes only.",
        "offerCode": code,
        "version": VERSION,
        "publicationDate": PUBLISHED,
        "products": {rate.sku: rate.product() for rate in rates},
        "terms": {"OnDemand": {rate.sku: rate.terms() for rate in rates}},
        "attributesList": {},
    }


def files(offers: Mapping[str, Sequence[Rate]]) -> dict[str, Wire]:
    """All files of a price list, by address."""
    found = {f"{ROOT}/index.json": _index(offers)}
    for code, rates in offers.items():
        regions: defaultdict[str, list[Rate]] = defaultdict(list)
        for rate in rates:
            regions[rate.region].append(rate)
        entries = {
            region: {
                "regionCode": region,
                "currentVersionUrl": f"{ROOT}/{code}/{VERSION}/{region}/index.json",
            }
            for region in regions
        }
        found[f"{ROOT}/{code}/current/region_index.json"] = {
            "formatVersion": "v1.0",
            "disclaimer": "",
            "publicationDate": PUBLISHED,
            "regions": entries,
        }
        found |= {entries[region]["currentVersionUrl"]: offer(code, own) for region, own in regions.items()}
    return found


def _index(offers: Mapping[str, Sequence[Rate]]) -> Wire:
    entries = {
        code: {
            "offerCode": code,
            "versionIndexUrl": f"{ROOT}/{code}/index.json",
            "currentVersionUrl": f"{ROOT}/{code}/current/index.json",
            "currentRegionIndexUrl": f"{ROOT}/{code}/current/region_index.json",
        }
        for code in (*offers, "AmazonEC2")
    }
    return {"formatVersion": "v1.0", "disclaimer": "", "publicationDate": PUBLISHED, "offers": entries}


class FakeAwsPrices:
    """Serves `files`; `failures` holds the answers that an address gives before its content."""

    def __init__(self, offers: Mapping[str, Sequence[Rate]]) -> None:
        self.files = files(offers)
        self.failures: defaultdict[str, deque[Response]] = defaultdict(deque)
        self.asked: list[str] = []

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        if self.failures[request.path]:
            return self.failures[request.path].popleft()
        if request.path not in self.files:
            return Response("AccessDenied", 403)
        return Response(json.dumps(self.files[request.path]), content_type="application/json")

    @contextmanager
    def served(self) -> Iterator[str]:
        with serve(self.answer) as server:
            yield server.url_for("")

    def save(self, folder: Path) -> None:
        """Save every answer at the path of its address."""
        for address, content in self.files.items():
            path = folder / address.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content), encoding="utf-8")
