"""What a SKU must meet to be found, on `skus AS k` and `services AS s`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.places import Place
from catalog.question import Question
from catalog.search.sql import Sql, any_of, compose, contains, has_word, one_of
from catalog.words import USAGE_MARKS

NAME = "' ' || lower(k.display_name) || ' '"
OFFERED_OF_SERVICE = "SELECT 1 FROM skus AS k WHERE k.service_id = s.service_id AND k.retired_at IS NULL"
# Arguments that are compared with a column.
COLUMNS = ("resource_family", "resource_group", "usage_type")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question with its filters.

    `service` is an id or name and what else it may be called. A place or usage type is strict where an
    argument asks for it. What was merely read out of the words is not: a SKU whose name carries the
    words counts too, as "Tpu-v2 Preemptible Accelerator" does, which is listed as on demand.
    """

    question: Question
    service: tuple[str, ...] = ()
    place: Place | None = None
    place_is_strict: bool = False
    resource_family: str | None = None
    resource_group: str | None = None
    usage_type: str | None = None
    usage_type_is_strict: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """`label` is what a person would drop, `argument` the argument that asks for it, if one does."""

    label: str
    sql: Sql
    argument: str | None = None


def conditions(wanted: Wanted) -> list[Condition]:
    """All but the words."""
    return [*asked_by_arguments(wanted), *_read_from_words(wanted)]


def asked_by_arguments(wanted: Wanted) -> list[Condition]:
    found = []
    if wanted.service:
        found.append(Condition(f"service {wanted.service[0]}", is_service(wanted.service), "service"))
    if wanted.place and wanted.place_is_strict:
        found.append(Condition(f"region {wanted.place.label}", _is_sold(wanted), "region"))
    for column in COLUMNS:
        value = getattr(wanted, column)
        if value and (column != "usage_type" or wanted.usage_type_is_strict):
            found.append(Condition(f"{column} {value}", is_called(f"k.{column}", value), column))
    return found


def _read_from_words(wanted: Wanted) -> list[Condition]:
    found = []
    if ids := wanted.question.ids:
        is_id = any_of([one_of("k.sku_id", ids), one_of("k.service_id", ids)])
        found.append(Condition(_id_label(ids), is_id))
    if wanted.place and not wanted.place_is_strict:
        label = f'"{" ".join(wanted.question.place_words)}" (read as region {wanted.place.label})'
        found.append(Condition(label, _is_sold(wanted)))
    if wanted.usage_type and not wanted.usage_type_is_strict:
        named = [contains(NAME, f" {mark}") for mark in USAGE_MARKS[wanted.usage_type]]
        is_bought = any_of([Sql("k.usage_type = %s", (wanted.usage_type,)), *named])
        found.append(Condition(f"the words read as usage_type {wanted.usage_type}", is_bought))
    return found


def _id_label(ids: tuple[str, ...]) -> str:
    return f"id {' or '.join(ids)} (withdrawn SKUs are in details only)"


def service_conditions(wanted: Wanted) -> list[Condition]:
    """What a service must meet, on `services AS s`; arguments about SKUs keep services with such SKUs."""
    found = []
    if ids := wanted.question.ids:
        found.append(Condition(_id_label(ids), one_of("s.service_id", ids)))
    for condition in asked_by_arguments(wanted):
        sql = condition.sql if condition.argument == "service" else _has_sku(condition.sql)
        found.append(Condition(condition.label, sql, condition.argument))
    return found


def _has_sku(sql: Sql) -> Sql:
    return compose(f"EXISTS ({OFFERED_OF_SERVICE} AND {{sql}})", sql=sql)


def is_service(names: Sequence[str]) -> Sql:
    by_name = [is_called("s.display_name", name) for name in names]
    return any_of([is_called("s.service_id", names[0]), *by_name])


def is_called(column: str, value: str) -> Sql:
    """In whatever case a person writes it; SQL lowers both sides, as it leaves letters like É alone."""
    return Sql(f"lower({column}) = lower(%s)", (value,))


def _is_sold(wanted: Wanted) -> Sql:
    return compose("({rank} IS NOT NULL)", rank=region_rank(wanted))


def region_rank(wanted: Wanted) -> Sql:
    """0 sold in the place itself, 1 in a wider or inner one, 2 named after it, 3 global, NULL elsewhere."""
    place = wanted.place
    if place is None:
        return Sql("0")
    names = () if wanted.place_is_strict else wanted.question.place_words
    around = [
        _lists("k.service_regions", (*place.wider, *place.within)),
        _lists("k.geo_taxonomy_regions", place.codes),
    ]
    return compose(
        "CASE WHEN {here} THEN 0 WHEN {around} THEN 1 WHEN {named} THEN 2 WHEN {is_global} THEN 3 END",
        here=_lists("k.service_regions", place.codes),
        around=any_of(around),
        named=any_of(has_word(NAME, name) for name in names),
        is_global=_lists("k.service_regions", ["global"]),
    )


def _lists(column: str, codes: Iterable[str]) -> Sql:
    """The JSON array `column` has one of `codes`: a search in its text takes a fraction of json_each."""
    return any_of(contains(column, f'"{code}"') for code in codes)
