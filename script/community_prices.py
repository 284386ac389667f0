#!/usr/bin/env python3
"""Cut LiteLLM's list of model prices (MIT) to the three clouds: writes catalog/providers/community.

Download the list first, from its repository or in the package litellm, where it is
litellm/model_prices_and_context_window_backup.json. What is left out is printed with its reason.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from catalog.offers.model_names import Names  # noqa: E402  after the path is set
from catalog.providers.community.prices import PRICES, SOURCE, CommunityPrice  # noqa: E402
from live.model_ids import model_of  # noqa: E402

URL = "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json"
LICENCE = "MIT, Copyright (c) 2023 Berri AI"
EXAMPLES = """examples:
  pip download --no-deps --dest /tmp/litellm litellm && unzip -d /tmp/litellm /tmp/litellm/litellm-*.whl
  script/community_prices.py /tmp/litellm/litellm/model_prices_and_context_window_backup.json \\
      --version 1.110.2 --read-on 2026-11-29
"""
_CLOUDS = (("bedrock", "aws"), ("azure", "azure"), ("vertex_ai", "gcp"))
# "bedrock/us-gov-west-1/…": the price of one region.
_AWS_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
# "us.amazon.nova-lite": where a call may be answered.
_AWS_SCOPE = re.compile(r"(?P<part>us-gov|apac|global|us|eu|jp|au|ca|sa|me|af)\.(?P<name>.+)")
_AZURE_SCOPES = {
    "eu": ("geo", "eu"),
    "us": ("geo", "us"),
    "global": ("global", ""),
    "global-standard": ("global", ""),
}
_SERVICES = frozenset({"bedrock", "bedrock_mantle", "azure", "azure_ai", "vertex_ai"})
_AZURE_VERSION = re.compile(r"(?P<name>.+)-(?P<version>20\d\d-\d\d-\d\d)")
_FIREWORKS = "fw-"
_FIELD = re.compile(
    r"(?P<what>(?:in|out)put_cost_per(?:_audio|_image|_video)?_token"
    r"|cache_(?:read|creation)_input(?:_audio|_image|_video)?_token_cost)"
    r"(?P<hour>_above_1hr)?(?:_above_(?P<long>\d+)k_tokens)?(?:_(?P<tier>priority|flex|batches))?"
)
_TIERS = {None: "standard", "priority": "priority", "flex": "flex", "batches": "batch"}
_MILLION = 1_000_000


class _Sold(NamedTuple):
    """What a name of the list is: whose model, where and how it is sold."""

    provider: str
    model_id: str
    developer: str
    region: str
    scope: str
    variant: str


def main() -> None:
    """Write the prices and say what was left out."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("list", type=Path, help="LiteLLM's model_prices_and_context_window.json")
    parser.add_argument("--version", required=True, help="the version of LiteLLM that has it")
    parser.add_argument("--read-on", required=True, type=date.fromisoformat, help="the day of the copy")
    parser.add_argument("--verbose", action="store_true", help="print each name that is left out")
    sent = parser.parse_args()
    content = sent.list.read_bytes()
    left_out: dict[str, list[str]] = defaultdict(list)
    kept = cut(json.loads(content, parse_float=Decimal), sent.read_on, left_out)
    _write(kept, sent.version, sent.read_on)
    clouds = Counter(price.provider for price in kept)
    models = Counter(provider for provider, _ in {(price.provider, price.model_id) for price in kept})
    for cloud in sorted(clouds):
        sys.stdout.write(f"{cloud}: {clouds[cloud]} prices of {models[cloud]} models\n")
    for reason, names in left_out.items():
        told = f": {', '.join(names)}" if sent.verbose else ""
        sys.stdout.write(f"left out, {reason}: {len(names)}{told}\n")


def cut(listed: Mapping[str, Any], on: date, left_out: Mapping[str, list[str]]) -> list[CommunityPrice]:
    """The prices of the models that the table of names has; those that contradict each other are left out.

    Args:
        listed: LiteLLM's list.
        on: models that were gone by this day are left out.
        left_out: gets the names that are left out, by the reason.
    """
    names = Names()
    found: defaultdict[tuple[str, ...], dict[Decimal, CommunityPrice]] = defaultdict(dict)
    for name, entry in listed.items():
        cloud = _cloud(entry)
        if cloud is None:
            continue
        sold = _sold(cloud, name, names)
        if isinstance(sold, str):
            left_out[sold].append(name)
        elif (gone := entry.get("deprecation_date")) and gone <= on.isoformat():
            left_out["withdrawn"].append(name)
        else:
            for price in _prices(sold, name, entry):
                found[price[:11]].setdefault(price.usd, price)
    for key, prices in found.items():
        if len(prices) > 1:
            told = " or ".join(f"{each.usd} ({each.name})" for each in prices.values())
            left_out["several prices for one thing"].append(f"{' '.join(filter(None, key))}: {told}")
    return [next(iter(prices.values())) for _, prices in sorted(found.items()) if len(prices) == 1]


def _cloud(entry: Mapping[str, Any]) -> str | None:
    provider = entry.get("litellm_provider") or ""
    return next((cloud for start, cloud in _CLOUDS if provider.startswith(start)), None)


def _sold(cloud: str, name: str, names: Names) -> _Sold | str:
    """What a name is, or why it is left out."""
    *parts, called = name.split("/")
    rest = [part for part in parts if part not in _SERVICES]
    region = scope = variant = version = ""
    if cloud == "aws" and len(rest) == 1 and _AWS_REGION.fullmatch(rest[0]):
        region, scope = rest.pop(), "regional"
    elif cloud == "azure" and len(rest) == 1 and rest[0] in _AZURE_SCOPES:
        scope, region = _AZURE_SCOPES[rest.pop()]
    elif cloud == "gcp":
        rest = []  # the publisher
    if rest:
        return "sold by size, step or commitment"
    if cloud == "aws" and (part := _AWS_SCOPE.fullmatch(called)):
        called = part["name"]
        scope, region = ("global", "") if part["part"] == "global" else ("geo", region or part["part"])
    if cloud == "azure":
        variant = "fireworks" if called.lower().startswith(_FIREWORKS) else ""
        if dated := _AZURE_VERSION.fullmatch(called):
            called, version = dated["name"], dated["version"]
    model = model_of(cloud, called, version, names)
    return _Sold(cloud, *model, region, scope, variant) if model else "not in the table of names"


def _prices(sold: _Sold, name: str, entry: Mapping[str, Any]) -> Iterator[CommunityPrice]:
    fields = [
        (match, value) for field, value in entry.items() if (match := _FIELD.fullmatch(field)) and value
    ]
    sizes = {match["long"] for match, _ in fields} - {None}
    plain = {match["what"] for match, _ in fields if not match["long"]}
    for match, value in fields:
        # With several sizes of context, "long" would say nothing; and what has no plain price is a slip.
        if match["long"] and (len(sizes) > 1 or match["what"] not in plain):
            continue
        context = "long" if match["long"] else "short" if sizes else ""
        variant = " ".join(filter(None, (sold.variant, "1h" if match["hour"] else "")))
        yield CommunityPrice(
            sold.provider,
            sold.model_id,
            sold.developer,
            sold.region,
            sold.scope,
            _TIERS[match["tier"]],
            context,
            _modality(match["what"]),
            variant,
            "Output" if match["what"].startswith("output") else "Input",
            "Read" if "_read_" in match["what"] else "Write" if "_creation_" in match["what"] else "Uncached",
            (Decimal(value) * _MILLION).normalize(),
            name,
        )


def _modality(what: str) -> str:
    return next((each for each in ("audio", "image", "video") if f"_{each}_" in what), "text")


def _write(kept: list[CommunityPrice], version: str, read_on: date) -> None:
    with PRICES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CommunityPrice._fields)
        writer.writerows(price._replace(usd=f"{price.usd:f}") for price in kept)  # type: ignore[arg-type]
    source = {
        "name": "LiteLLM",
        "version": version,
        "url": URL,
        "licence": LICENCE,
        "read_on": read_on.isoformat(),
    }
    SOURCE.write_text(f"{json.dumps(source, indent=1)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
