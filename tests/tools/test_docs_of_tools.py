"""docs/tools.md against the schemas, both ways, and its examples against the tools' answers."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from pydantic import TypeAdapter

from accounts.models import User
from catalog.errors import CatalogError
from catalog.pricing.quantities import MAX_QUANTITY
from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync
from costs.query.dimensions import DIMENSIONS
from costs.query.question import MAX_VALUES, MEASURES
from costs.store import configured
from tests.costs.alerts.making import make_budget
from tests.costs.stores import MemoryStore, charge, tokens
from tests.live import scripted as live
from tools import errors, registry
from tools.callers import Caller
from tools.json_schema import Schema
from tools.prices_schema import MAX_CHARACTERS, CalculateItem, Envelope

pytestmark = pytest.mark.one_database

TEXT = (settings.BASE_DIR / "docs" / "tools.md").read_text()
# Where something is left out of an example.
MARK = "…"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z"
# Fields whose values depend on when and where an example was made, with their form.
FORMS = {
    "synced_at": TIME,
    "as_of": TIME,
    "prices_as_of": TIME,
    "recorded_at": TIME,
    "first_synced_at": TIME,
    "last_seen_at": TIME,
    "loaded_at": TIME,
    "update_id": r"\d+",
    "pricing_info_id": r"\d+",
    "pricing_info_ids": r"\[\d+\]",
    "next_cursor": r"MS[45]\w+",
}

# Numbers that are sent as text.
AMOUNTS = {name for name, field in CalculateItem.model_fields.items() if "Decimal" in str(field.annotation)}
# Limits that a schema cannot say.
WORDED_LIMITS = {
    "as_of": "ISO 8601 date or time",
    "start": "ISO 8601 date",
    "end": "ISO 8601 date",
    "until": "ISO 8601 date",
    "hour": "ISO 8601 time",
    "day": "ISO 8601 date",
    "usd_per_hour": "above 0, up to 15 digits and 18 decimals",
    "filters": f"at most {MAX_VALUES} values each",
}

Rows = list[tuple[str, ...]]


class Place(NamedTuple):
    """A heading of the second level, and one of the third below it."""

    section: str
    heading: str


def heading(body: str) -> str:
    return body.splitlines()[0].replace("`", "")


def bodies() -> Iterator[tuple[Place, str]]:
    """The text under each heading."""
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        title, *parts = re.split(r"^### ", section, flags=re.MULTILINE)
        name = heading(title)
        yield Place(name, ""), title
        for part in parts:
            yield Place(name, heading(part)), part


def tables(first_column: str) -> dict[Place, Rows]:
    """The rows of each table that begins with this column, without its head."""
    found = {}
    for place, body in bodies():
        lines = [line for line in body.splitlines() if line.startswith("|")]
        if lines and lines[0].startswith(f"| {first_column} |"):
            found[place] = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in lines[2:]]
    return found


def columns(rows: Rows, *numbers: int) -> Rows:
    assert all(all(row) for row in rows), "an empty cell"
    return [tuple(row[number] for number in numbers) for row in rows]


def code(value: object) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def kind(schema: Schema, definitions: Schema) -> str:
    """The type of a value, in words."""
    if "$ref" in schema:
        return "object"
    if "const" in schema:
        return code(schema["const"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(option, definitions) for option in schema["anyOf"]))
    if schema["type"] == "array":
        return f"list of {kind(schema['items'], definitions)}s"
    return schema["type"] if isinstance(schema["type"], str) else " or ".join(schema["type"])


def limits(name: str, schema: Schema) -> str:
    """The limits of an argument, in words."""
    if name in AMOUNTS:
        return f"0 to 10^{MAX_QUANTITY.adjusted()}"
    if name in WORDED_LIMITS:
        return WORDED_LIMITS[name]
    if schema["type"] == "string" and not {"enum", "maxLength"} & schema.keys():
        return f"at most {MAX_CHARACTERS} characters"
    found = []
    if "enum" in schema:
        *some, last = (f"`{value}`" for value in schema["enum"])
        found.append(f"{', '.join(some)} or {last}")
    for least, most, unit in (
        ("minimum", "maximum", ""),
        ("minItems", "maxItems", " items"),
        ("minLength", "maxLength", " characters"),
    ):
        if most in schema:
            unit = unit.removesuffix("s") if schema[most] == 1 else unit  # noqa: PLW2901
            found.append(
                f"{schema[least]} to {schema[most]}{unit}"
                if least in schema
                else f"at most {schema[most]}{unit}"
            )
    if schema["type"] == "array" and "maxLength" in schema["items"]:
        found.append(f"each {limits('', schema['items'])}")
    return ", ".join(found) or "—"


def argument_rows(schema: Schema) -> Rows:
    rows: Rows = []
    for name, argument in schema["properties"].items():
        default = "required" if name in schema.get("required", ()) else code(argument.get("default"))
        example = code(argument["examples"][0]) if "examples" in argument else "see below"
        rows.append((f"`{name}`", kind(argument, {}), default, limits(name, argument), example))
    return rows


def arguments() -> dict[Place, Rows]:
    found = {}
    for name, tool in registry.TOOLS.items():
        schema = tool.input_schema
        found[Place(name, "Arguments")] = argument_rows(schema)
        for argument, inner in schema["properties"].items():
            if "properties" in inner.get("items", {}):
                found[Place(name, f"Arguments: {argument}[]")] = argument_rows(inner["items"])
    return found


class Fields:
    """The tables of answer fields: each type of object has one, where it first occurs."""

    def __init__(self) -> None:
        self.tables: dict[Place, Rows] = {}
        self._seen: set[str] = set()

    def add(self, place: Place, schema: Schema, definitions: Schema, without: frozenset[str]) -> None:
        rows: Rows = []
        inner: list[tuple[str, str]] = []
        for name, field in schema["properties"].items():
            if name in without:
                continue
            optional = "" if name in schema.get("required", ()) else ", optional"
            rows.append((f"`{name}`", kind(field, definitions) + optional))
            path = name if place.heading in ("", "Answer") else f"{place.heading}.{name}"
            inner += [(path + suffix, ref) for suffix, ref in references(field)]
        self.tables[place] = rows
        for path, ref in inner:
            if ref not in self._seen:
                self._seen.add(ref)
                at = Place(place.section, path)
                if at in self.tables:
                    # A list of objects of several types.
                    at = Place(place.section, f"{path}: {ref}")
                self.add(at, definitions[ref], definitions, frozenset())


def references(field: Schema) -> list[tuple[str, str]]:
    """The types of objects that a field holds, each with "[]" if it is a list of them."""
    if "$ref" in field:
        return [("", field["$ref"].removeprefix("#/$defs/"))]
    if "items" in field:
        return [("[]", ref) for _, ref in references(field["items"])]
    return [found for option in field.get("anyOf", ()) for found in references(option)]


def fields() -> dict[Place, Rows]:
    found = Fields()
    for place, answer, without in [
        (Place("Every answer", ""), Envelope, frozenset[str]()),
        *(
            (Place(name, "Answer"), tool.answer, frozenset(Envelope.__annotations__))
            for name, tool in registry.TOOLS.items()
        ),
    ]:
        schema = TypeAdapter(answer).json_schema(mode="serialization")
        found.add(place, schema, schema["$defs"], without)
    return found.tables


def codes() -> set[str]:
    of_tools = set(re.findall(r'"code": "(\w+)"', inspect.getsource(errors)))
    return of_tools | {error.code for error in subclasses(CatalogError) if hasattr(error, "code")}


def subclasses(error: type[CatalogError]) -> Iterator[type[CatalogError]]:
    for kind in error.__subclasses__():
        yield kind
        yield from subclasses(kind)


def test_each_argument_is_documented_with_its_schema_and_no_other() -> None:
    documented = {place: columns(rows, 0, 1, 2, 3, 5) for place, rows in tables("argument").items()}

    assert documented == arguments()


def test_each_answer_field_is_documented_with_its_type_and_no_other() -> None:
    documented = {place: columns(rows, 0, 1) for place, rows in tables("field").items()}

    assert documented.pop(Place("Errors", "")) == [
        ("`code`", "string"),
        ("`message`", "string"),
        ("`hint`", "string or null"),
        ("`candidates`", "list"),
    ]
    assert documented == fields()


def test_each_error_code_is_documented_and_no_other() -> None:
    [rows] = tables("code").values()

    assert {row[0].strip("`") for row in columns(rows, 0)} == codes()


def listed(first_column: str) -> list[str]:
    """The names in the first column of the only table that begins with it."""
    [table] = re.findall(rf"^\| {first_column} \|.*\n\|-.*\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def test_each_measure_and_dimension_is_documented_in_order() -> None:
    assert listed("measure") == list(MEASURES)
    assert listed("dimension") == list(DIMENSIONS)


def test_the_values_of_closed_dimensions_are_documented() -> None:
    for name, dimension in DIMENSIONS.items():
        [meaning] = re.findall(rf"^\| `{name}` \| (.+) \|$", TEXT.split("| dimension |")[1], re.MULTILINE)[:1]
        assert set(dimension.values) <= set(re.findall(r"`([\w-]+)`", meaning))


def as_shown(actual: Any, shown: Any, name: str = "") -> Any:
    """`actual`, shortened at the marks of `shown`, and with its run-dependent values if they have the form.

    Args:
        actual: a value of an answer.
        shown: the same value in the document.
        name: the field that has the value.
    """
    if name in FORMS and all(re.fullmatch(FORMS[name], str(value)) for value in (actual, shown)):
        return shown
    if isinstance(actual, dict) and isinstance(shown, dict):
        kept = {key: value for key, value in actual.items() if key in shown or MARK not in shown}
        kept = {key: as_shown(value, shown.get(key), key) for key, value in kept.items()}
        return kept | {MARK: MARK} if MARK in shown and len(kept) < len(actual) else kept
    if isinstance(actual, list) and isinstance(shown, list):
        count = shown.index(MARK) if MARK in shown else len(actual)
        kept_items = [as_shown(*pair) for pair in zip(actual[:count], shown, strict=False)]
        return [*kept_items, MARK] if count < len(actual) else kept_items
    return actual


EXAMPLES = {
    place: [json.loads(block) for block in re.findall(r"```json\n(.*?)```", body, re.DOTALL)]
    for place, body in bodies()
    if "```json" in body
}


def test_each_tool_has_an_example() -> None:
    assert set(EXAMPLES) >= {Place(name, "Example") for name in registry.TOOLS}


def made_up_costs() -> MemoryStore:
    """Two months of tokens and searches."""
    meter: dict[str, Any] = {
        "x_Meter": "USE1-input-tokens",
        "PricingUnit": "1M tokens",
        "ContractedUnitPrice": Decimal(3),
        "x_TokenCacheAction": "Uncached",
        "x_Modality": "text",
        "x_ServiceTier": "standard",
    }
    searches = {"x_Meter": "Grounding searches", "ServiceName": "Vertex AI", "x_Cloud": "gcp"}
    return MemoryStore(
        [
            tokens("250000000", cost="750", PricingQuantity=Decimal(250), **meter),
            tokens("50000000", "2026-10-06", cost="150", PricingQuantity=Decimal(50), **meter),
            tokens("200000000", "2026-09-05", cost="600", PricingQuantity=Decimal(200), **meter),
            charge(cost="390", **searches),
            charge("2026-09-05", cost="400", **searches),
        ],
        demo=frozenset({"aws", "gcp"}),
        loaded_at=dict.fromkeys(
            ["aws-2026-09", "aws-2026-10", "gcp-2026-09", "gcp-2026-10"],
            datetime(2026, 11, 3, 12, tzinfo=UTC),
        ),
    )


def made_up_days() -> MemoryStore:
    """Four months of days, on one of which a customer used three times as much as usual."""
    first = date(2026, 8, 1)
    days = [first + timedelta(days=number) for number in range((date(2026, 11, 20) - first).days)]
    acme = {"x_ConsumerId": "acme", "x_Meter": "USE1-input-tokens"}
    costs = {day: 300 if day == date(2026, 11, 12) else 40 if day.weekday() >= 5 else 100 for day in days}
    delivered = datetime(2026, 11, 20, 6, tzinfo=UTC)
    return MemoryStore(
        [
            *(tokens("1000000", f"{day}", f"{cost}", **acme) for day, cost in costs.items()),
            *(charge(f"{day}", "50", x_Cloud="gcp", x_Meter="Grounding searches") for day in days),
        ],
        loaded_at={"aws-2026-11": delivered, "gcp-2026-11": delivered},
    )


@pytest.mark.django_db
@pytest.mark.parametrize("place", EXAMPLES, ids="-".join)
def test_an_example_shows_what_the_tool_answers_on_the_sample(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(SampleSource())
    of_days = place.section in ("forecast_costs", "find_anomalies", "budget_status")
    make_budget("acme", "2500", filters={"customer": ["acme"]}, owners=["ada@example.com"])
    monkeypatch.setattr(configured, "open_store", made_up_days if of_days else made_up_costs)
    if "live" in place.section:
        live.used()
        monkeypatch.setattr("django.utils.timezone.now", lambda: live.NOON + timedelta(seconds=20))
        monkeypatch.setattr(configured, "open_store", live.bill)
    request, shown = EXAMPLES[place]

    caller = Caller(User.objects.create(username="ada").pk)
    actual = registry.call(place.section, request, caller).content

    assert shown == as_shown(actual, shown)
