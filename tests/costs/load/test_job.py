from __future__ import annotations

import gzip
import json
import os
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from costs.errors import NotLoadedError
from costs.load import months
from costs.load.job import load
from costs.load.report import LoadReport, Outcome, changes
from costs.models import ConsumerRule, CostLoad, CostSource, ModelName
from costs.store.engine import WRITER_MEMORY, open_writer
from costs.store.kept import RESULTS
from costs.store.lake import Lake
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill
from tests.costs.providers.writers import deliver_azure, google_row, rows, write_json, write_lines

pytestmark = pytest.mark.django_db

UNKNOWN_MODEL = "USE1-Quokka9Ultra-input-tokens"


def outcomes(report: LoadReport) -> list[tuple[str, str]]:
    return [(month.period, month.outcome) for month in report.months]


def ask(*columns: str, as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    """Columns of the table, in order of all of them."""
    order = [f"{position} nulls first" for position in range(1, len(columns) + 1)]
    select = exp.select(*columns).from_("unified_costs").order_by(*order)
    loads = Lake().loads(as_of=as_of) if as_of else None
    return list(Lake().run(select, loads=loads).rows)


def billed(as_of: datetime | None = None) -> Decimal:
    total: Decimal = ask("sum(BilledCost)", as_of=as_of)[0][0]
    return total


def files(costs_dir: Path) -> list[str]:
    """All files of loads, whole or not."""
    found = (path.relative_to(costs_dir) for path in costs_dir.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if path.parts[0] != RESULTS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bills"


@pytest.fixture
def source(folder: Path) -> CostSource:
    return make_source(folder)


def test_a_bill_is_loaded_to_the_last_digit_with_models_tokens_and_customers(
    folder: Path, source: CostSource
) -> None:
    write_bill(folder, OCTOBER, [charge("0.123456789012345678"), charge("2", tags={"Customer": "acme"})])

    report = load(source)

    assert outcomes(report) == [(OCTOBER, Outcome.LOADED)]
    assert billed() == Decimal("2.123456789012345678")
    assert ask("x_ConsumerId", "x_ModelId", "x_TokenDirection", "x_Tokens", "x_LoadId") == [
        (None, "claude-3-5-haiku", "Input", Decimal(1_000_000), report.months[0].load),
        ("acme", "claude-3-5-haiku", "Input", Decimal(1_000_000), report.months[0].load),
    ]


def test_what_is_rounded_or_lacking_is_said_with_the_load(folder: Path, source: CostSource) -> None:
    bill = charge("0.12345678901234567891")
    write_bill(folder, OCTOBER, [{name: value for name, value in bill.items() if name != "Tags"}])

    lacking, rounded = load(source).months[0].warnings

    assert lacking == "The files have no column Tags: no customer is known by a tag."
    assert rounded.startswith("Rounded to 18 decimals: BilledCost on 1 row (by at most ")
    assert CostLoad.objects.get().checks == [lacking, rounded]


def test_what_takes_more_memory_than_a_load_begins_with_is_made_with_more(
    folder: Path, source: CostSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bill(folder, OCTOBER, [charge("3")])
    given = list[str]()

    def opened(*arguments: Any, memory: str) -> Any:
        given.append(memory)
        return open_writer(*arguments, memory=memory)

    monkeypatch.setattr(months, "LOAD_MEMORY", "1kB")
    monkeypatch.setattr(months, "open_writer", opened)

    assert outcomes(load(source)) == [(OCTOBER, Outcome.LOADED)]
    assert given == ["1kB", WRITER_MEMORY]

    monkeypatch.setattr(months, "WRITER_MEMORY", "1kB")
    write_bill(folder, OCTOBER, [charge("4")])
    assert "Out of Memory" in load(source).problems()[0]
    assert billed() == Decimal(3)


def test_the_same_delivery_again_is_no_load(folder: Path, source: CostSource, costs_dir: Path) -> None:
    write_bill(folder, OCTOBER, [charge()])
    load(source)
    before = files(costs_dir)

    assert outcomes(load(source)) == [(OCTOBER, Outcome.UNCHANGED)]
    assert files(costs_dir) == before
    assert CostLoad.objects.count() == 1


def test_the_same_charges_in_another_file_are_no_load_but_their_revision_is_noted(
    folder: Path, source: CostSource
) -> None:
    charges = [charge(str(cost)) for cost in range(1, 20)]
    path = write_bill(folder, OCTOBER, charges)
    load(source)
    old = CostLoad.objects.get()
    path.unlink()
    write_bill(folder, OCTOBER, charges[::-1], name="again.csv")

    assert outcomes(load(source)) == [(OCTOBER, Outcome.UNCHANGED)]
    new = CostLoad.objects.get()
    assert (new.pk, new.sha256) == (old.pk, old.sha256)
    assert new.revision != old.revision
    assert new.origin.endswith("again.csv")


def test_late_rows_replace_the_month_whole_and_the_report_says_by_how_much(
    folder: Path, source: CostSource
) -> None:
    write_bill(folder, OCTOBER, [charge("1.5")])
    write_bill(folder, NOVEMBER, [charge("7")])
    first = load(source).months[0].load
    write_bill(folder, OCTOBER, [charge("1.5"), charge("0.25")])

    report = load(source)

    assert outcomes(report) == [(OCTOBER, Outcome.REPLACED), (NOVEMBER, Outcome.UNCHANGED)]
    assert report.months[0].difference == {"USD": Decimal("0.25")}
    assert "1.75 USD (0.25 USD more)" in report.summary()
    assert billed() == Decimal("8.75")
    old = CostLoad.objects.get(pk=first)
    assert (old.status, old.replaced_by_id) == (CostLoad.Status.SUPERSEDED, report.months[0].load)


def test_changes_in_several_currencies_are_said_by_their_direction() -> None:
    less = {"EUR": Decimal(-7), "USD": Decimal(-100)}
    assert changes(less) == "7 EUR and 100 USD less"
    assert changes({**less, "GBP": Decimal(2)}) == "2 GBP more and 7 EUR and 100 USD less"
    assert changes({}) == "the same sum"


def test_a_question_about_a_moment_before_a_restatement_gets_the_old_sum(
    folder: Path, source: CostSource
) -> None:
    start = timezone.now()
    write_bill(folder, OCTOBER, [charge("10")])
    load(source)
    before = timezone.now()
    write_bill(folder, OCTOBER, [charge("8")])
    load(source)

    assert (billed(as_of=before), billed()) == (Decimal(10), Decimal(8))
    assert billed(as_of=timezone.now()) == Decimal(8)
    with pytest.raises(NotLoadedError, match="No costs were loaded then"):
        billed(as_of=start)


def test_each_moment_has_exactly_one_load_of_a_month_even_if_the_clock_is_set_back(
    folder: Path, source: CostSource
) -> None:
    future = timezone.now().replace(year=2999)
    write_bill(folder, OCTOBER, [charge("10")])
    load(source)
    CostLoad.objects.update(current_from=future)
    write_bill(folder, OCTOBER, [charge("8")])
    load(source)

    old, new = CostLoad.objects.order_by("current_from")
    assert old.current_until == new.current_from
    assert new.current_from
    assert new.current_from > future
    assert billed(as_of=future) == Decimal(10)


@pytest.mark.parametrize(
    ("charges", "reason"),
    [
        ([charge("1,5")], "BilledCost"),
        ([charge(BillingCurrency="")], "BillingCurrency is missing on 1 row"),
    ],
)
def test_a_broken_delivery_leaves_the_old_load_current_and_says_why(
    folder: Path, source: CostSource, costs_dir: Path, charges: list[dict[str, str]], reason: str
) -> None:
    write_bill(folder, OCTOBER, [charge("3")])
    load(source)
    before = files(costs_dir)
    write_bill(folder, OCTOBER, [charge("4"), *charges])

    report = load(source)

    assert outcomes(report) == [(OCTOBER, Outcome.FAILED)]
    assert reason in report.problems()[0]
    assert billed() == Decimal(3)
    failed = CostLoad.objects.get(status=CostLoad.Status.FAILED)
    assert failed.error
    assert reason in failed.error
    assert files(costs_dir) == before


def test_a_source_that_cannot_be_read_says_so_and_recovers(folder: Path, source: CostSource) -> None:
    write_bill(folder, OCTOBER, [charge("3")])
    load(source)
    read_at = source.read_at
    folder.rename(folder.with_name("elsewhere"))

    assert "is not a folder" in load(source).problems()[0]
    source.refresh_from_db()
    assert source.read_at == read_at
    assert "is not a folder" in str(source.error)
    assert billed() == Decimal(3)

    folder.with_name("elsewhere").rename(folder)
    load(source)
    source.refresh_from_db()
    assert source.error is None


def test_a_file_of_a_loaded_month_that_is_cut_off_to_nothing_leaves_the_month_as_it_was(
    folder: Path, source: CostSource
) -> None:
    write_bill(folder / "one", OCTOBER, [charge("3")])
    write_bill(folder / "two", OCTOBER, [charge("4", ResourceId="other")])
    load(source)
    [cut_off] = (folder / "two").iterdir()
    cut_off.write_bytes(b"")

    assert f"two/{cut_off.name} is empty" in load(source).problems()[0]
    assert billed() == Decimal(7)


def test_a_restated_file_beside_the_old_one_leaves_the_month_as_it_was(
    folder: Path, source: CostSource
) -> None:
    old = [charge("3", ResourceId="a"), charge("4", ResourceId="b")]
    write_bill(folder, OCTOBER, old, name="20-october.csv")
    load(source)
    write_bill(folder, OCTOBER, [*old[:1], charge("3.5", ResourceId="b")], name="31-october.csv")

    [problem] = load(source).problems()

    assert problem == (
        "bills: 2026-10 not loaded: 2 of 2 charges of 20-october.csv are in 31-october.csv too, so they "
        "would count twice. Move the older file out of the folder, or export both again without the charges "
        "of the other."
    )
    assert billed() == Decimal(7)


def test_a_file_that_is_not_utf_8_is_refused_in_one_sentence(folder: Path, source: CostSource) -> None:
    write_bill(folder, OCTOBER, [charge("3", SubAccountName="Müller")])
    [file] = folder.iterdir()
    file.write_bytes(file.read_text().encode("latin-1"))

    [problem] = load(source).problems()

    assert problem.endswith(f"{file.name} is not UTF-8: save it as UTF-8.")
    assert len(problem.splitlines()) == 1


@pytest.mark.parametrize("location", [".", "lake", "lake/2026-10"])
def test_our_own_files_are_never_loaded_as_a_bill(tmp_path: Path, location: str, costs_dir: Path) -> None:
    (costs_dir / OCTOBER).mkdir(parents=True)
    write_bill(tmp_path / location, OCTOBER, [charge("3")])

    report = load(make_source(tmp_path / location))

    assert "overlaps COSTS_DIR" in report.problems()[0]
    assert not CostLoad.objects.exists()


def test_what_was_refused_is_kept_with_the_source_until_the_month_is_loaded(
    folder: Path, source: CostSource
) -> None:
    write_bill(folder, OCTOBER, [charge("x")])
    write_bill(folder, NOVEMBER, [charge("4")])
    load(source)
    source.refresh_from_db()
    assert source.refused[OCTOBER]["why"].startswith("1 value of BilledCost cannot be read")

    load(source, period=NOVEMBER)
    [state] = Lake().sources()
    assert (state.name, state.was_loaded, state.was_read) == ("bills", True, True)
    assert [refusal.month for refusal in state.refusals] == [OCTOBER]

    write_bill(folder, OCTOBER, [charge("3")])
    load(source, period=OCTOBER)
    assert Lake().sources()[0].refusals == []


def test_a_source_that_never_brought_anything_is_known_and_a_disabled_or_made_up_one_is_not_missed(
    source: CostSource,
) -> None:
    load(source)
    assert [(state.was_loaded, state.was_read) for state in Lake().sources()] == [(False, False)]
    CostSource.objects.create(name="demo", kind="demo")
    CostSource.objects.filter(name="bills").update(is_enabled=False)
    assert Lake().sources() == []


def test_only_a_delivery_tells_when_charges_came_and_not_that_they_were_stamped_again(
    folder: Path, source: CostSource
) -> None:
    path = write_bill(folder, OCTOBER, [charge("3"), charge("4", SubAccountId="777788889999")])
    load(source)
    delivered = timezone.now() - timedelta(days=30)
    CostLoad.objects.update(delivered_at=delivered)
    os.utime(path, (delivered.timestamp(), delivered.timestamp()))
    ConsumerRule.objects.create(position=1, kind="account", value="777788889999", consumer="acme")
    assert outcomes(load(source)) == [(OCTOBER, Outcome.RESTAMPED)]
    assert CostLoad.objects.current().get().delivered_at == delivered

    path.touch()
    assert outcomes(load(source)) == [(OCTOBER, Outcome.UNCHANGED)]
    again = CostLoad.objects.current().get().delivered_at
    assert again
    assert again > delivered + timedelta(days=29)

    CostLoad.objects.update(delivered_at=delivered)
    write_bill(folder, OCTOBER, [charge("4", SubAccountId="777788889999"), charge("3")])
    assert outcomes(load(source)) == [(OCTOBER, Outcome.UNCHANGED)]
    again = CostLoad.objects.current().get().delivered_at
    assert again
    assert again > delivered + timedelta(days=29)


@pytest.mark.parametrize(
    "charges",
    [
        [charge("1", ConsumedQuantity="900000000000000000000", ConsumedUnit="1M tokens")],
        [charge("9e19", ResourceId="a"), charge("9e19", ResourceId="b"), charge("9e19", ResourceId="c")],
    ],
    ids=["tokens", "sum"],
)
def test_what_has_too_many_digits_refuses_its_month_in_one_sentence(
    folder: Path, source: CostSource, charges: list[dict[str, str]]
) -> None:
    write_bill(folder, OCTOBER, charges)
    write_bill(folder, NOVEMBER, [charge("4")])

    report = load(source)

    assert outcomes(report) == [(OCTOBER, Outcome.FAILED), (NOVEMBER, Outcome.LOADED)]
    [problem] = report.problems()
    assert "has more digits than can be kept: money has 20 before the point" in problem
    assert len(problem.splitlines()) == 1
    assert not CostLoad.objects.filter(status=CostLoad.Status.RUNNING).exists()


def test_a_file_that_may_be_cut_off_is_said_and_one_with_signs_in_its_name_is_loaded(
    folder: Path, source: CostSource
) -> None:
    path = write_bill(folder / "a [b]*?", OCTOBER, [charge("3")], name="it's [a]*?.csv")
    assert not load(source).months[0].warnings
    path.write_bytes(path.read_bytes().rstrip())

    write_bill(folder / "a [b]*?", NOVEMBER, [charge("4")])
    report = load(source)

    assert billed() == Decimal(7)
    assert report.months[0].outcome == Outcome.UNCHANGED
    path.write_bytes(path.read_bytes().replace(b",3,", b",5,"))
    [warning] = load(source).months[0].warnings
    assert warning == "it's [a]*?.csv does not end with the end of a line: if it was cut off, copy it again."


def packed(data: bytes, *, damage: bytes, to: bytes) -> bytes:
    """Data in gzip's format with another value, of which only the checksum tells."""
    whole = gzip.compress(data, compresslevel=0, mtime=0)
    start, _, end = whole.rpartition(damage)
    return start + to + end


def test_a_packed_bill_that_differs_from_its_checksum_is_refused(folder: Path, source: CostSource) -> None:
    """Beyond what tells which kind of file it is."""
    path = write_bill(folder, OCTOBER, [charge("3.25", ResourceId=f"r{number}") for number in range(1000)])
    path.with_suffix(".csv.gz").write_bytes(packed(path.read_bytes(), damage=b"3.25", to=b"9.25"))
    path.unlink()

    [problem] = load(source).problems()

    assert problem == f"bills: {OCTOBER} not loaded: {OCTOBER}.csv.gz is damaged: copy it again."


def test_packed_rows_of_google_cloud_that_differ_from_their_checksum_are_refused(
    folder: Path, source: CostSource
) -> None:
    path = write_lines(folder / "rows.jsonl", [google_row(cost=f"3.{number:04}") for number in range(1000)])
    path.with_suffix(".jsonl.gz").write_bytes(packed(path.read_bytes(), damage=b"3.0998", to=b"8.0998"))
    path.unlink()

    [problem] = load(source).problems()

    assert problem == "bills: 2026-05 not loaded: rows.jsonl.gz is damaged: copy it again."


def test_parts_of_an_export_that_are_copies_of_each_other_are_refused_unless_they_have_no_rows(
    folder: Path, source: CostSource
) -> None:
    parts = [rows("azure")[:30], rows("azure")[30:]]
    deliver_azure(folder, "2026-05", "2026-05-20T06:00:00Z", [*parts, parts[0]])
    [problem] = load(source).problems()
    assert "30 of 30 charges of part_0_0001.csv.gz are in part_2_0001.csv.gz too" in problem

    manifest = deliver_azure(folder, "2026-05", "2026-05-20T06:00:00Z", [*parts, parts[0]])
    part = gzip.decompress((manifest.parent / "part_0_0001.csv.gz").read_bytes())
    header = gzip.compress(part.partition(b"\n")[0])
    body = json.loads(manifest.read_text())
    for blob in body["blobs"][1:]:
        (manifest.parent / PurePath(blob["blobName"]).name).write_bytes(header)
        blob.update(byteCount=len(header), dataRowCount=0)
    write_json(manifest, {**body, "dataRowCount": 30})
    assert outcomes(load(source)) == [("2026-05", Outcome.LOADED)]


def test_only_the_asked_period_is_loaded(folder: Path, source: CostSource) -> None:
    write_bill(folder, OCTOBER, [charge("3")])
    write_bill(folder, NOVEMBER, [charge("4")])

    assert outcomes(load(source, period=NOVEMBER)) == [(NOVEMBER, Outcome.LOADED)]
    assert load(source, period="2020-01").error == "There is no delivery of 2020-01."


def test_a_dry_run_says_what_would_be_and_writes_nothing(
    folder: Path, source: CostSource, costs_dir: Path
) -> None:
    write_bill(folder, OCTOBER, [charge("3")])
    load(source)
    before = (files(costs_dir), list(CostLoad.objects.values()), list(CostSource.objects.values()))
    write_bill(folder, OCTOBER, [charge("5")])
    write_bill(folder, NOVEMBER, [charge("4")])

    report = load(source, dry_run=True)

    assert report.summary().splitlines() == [
        "Would be: bills 2026-10 replaced: 1 row, 5 USD (2 USD more).",
        "Would be: bills 2026-11 loaded: 1 row, 4 USD.",
    ]
    assert (files(costs_dir), list(CostLoad.objects.values()), list(CostSource.objects.values())) == before


def test_a_new_model_name_stamps_loaded_months_again_without_the_bill(
    folder: Path, source: CostSource
) -> None:
    write_bill(folder, OCTOBER, [charge("3", x_UsageType=UNKNOWN_MODEL), charge("4")])
    load(source)
    (name,) = {name for name, model in ask("x_BillingModel", "x_ModelId") if model is None}
    (folder / f"{OCTOBER}.csv").unlink()
    ModelName.objects.create(cloud="aws", billing_model=name, model_id="quokka-9", developer="Quokka")

    report = load(source)

    assert outcomes(report) == [(OCTOBER, Outcome.RESTAMPED)]
    assert ask("x_ModelId", "BilledCost") == [("claude-3-5-haiku", Decimal(4)), ("quokka-9", Decimal(3))]
    new = CostLoad.objects.current().get()
    assert new.reason == CostLoad.Reason.NAMES
    assert outcomes(load(source)) == []


def test_a_new_customer_rule_stamps_loaded_months_again(folder: Path, source: CostSource) -> None:
    write_bill(folder, OCTOBER, [charge("3"), charge("4", SubAccountId="777788889999")])
    load(source)
    ConsumerRule.objects.create(position=1, kind="account", value="777788889999", consumer="acme")

    assert outcomes(load(source)) == [(OCTOBER, Outcome.RESTAMPED)]
    assert ask("x_ConsumerId", "BilledCost") == [(None, Decimal(3)), ("acme", Decimal(4))]


def test_a_rule_that_changes_nothing_makes_no_new_load(folder: Path, source: CostSource) -> None:
    write_bill(folder, OCTOBER, [charge("3", tags={"team": "blue"})])
    load(source)
    ConsumerRule.objects.create(position=1, kind="tag", name="team")

    assert outcomes(load(source)) == [(OCTOBER, Outcome.UNCHANGED)]
    assert CostLoad.objects.count() == 1


def test_a_damaged_file_is_not_stamped_again(folder: Path, source: CostSource, costs_dir: Path) -> None:
    write_bill(folder, OCTOBER, [charge("3")])
    load(source)
    (costs_dir / CostLoad.objects.get().path).write_bytes(b"PAR1 but no more")
    ConsumerRule.objects.create(position=1, kind="tag", name="owner")

    assert outcomes(load(source)) == [(OCTOBER, Outcome.FAILED)]


def test_a_month_whose_file_is_gone_is_loaded_again(
    folder: Path, source: CostSource, costs_dir: Path
) -> None:
    write_bill(folder, OCTOBER, [charge("3")])
    load(source)
    (costs_dir / CostLoad.objects.get().path).unlink()
    with pytest.raises(NotLoadedError, match=r"The file of bills 2026-10 \(load .*\) is missing") as caught:
        billed()
    assert "load_costs --source bills" in caught.value.hint

    load(source)

    assert billed() == Decimal(3)


def test_tags_that_look_like_sql_stay_text(folder: Path, source: CostSource) -> None:
    evil = "'); drop view unified_costs; select read_text('/etc/passwd') --"
    tags = {"customer": evil, "a'b\"c/d~e$f": evil}
    write_bill(folder, OCTOBER, [charge("3", tags=tags, ServiceName=evil, x_UsageType=evil)])
    ConsumerRule.objects.create(position=1, kind="tag", name="a'b\"c/d~e$f", value=evil, consumer=evil)

    load(source)

    assert ask("x_ConsumerId", "ServiceName", "x_Meter") == [(evil, evil, evil)]


def test_nothing_of_the_costs_is_readable_by_others(
    folder: Path, source: CostSource, costs_dir: Path
) -> None:
    write_bill(folder, OCTOBER, [charge("3")])
    load(source)

    path = costs_dir / CostLoad.objects.get().path
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


CHARGES = st.lists(
    st.builds(
        charge,
        st.decimals(-9, 9, places=18).map(str),
        tags=st.dictionaries(st.sampled_from(["Team", "x"]), st.sampled_from(["a", "b"])),
        x_UsageType=st.sampled_from(["USE1-NovaLite-output-tokens", UNKNOWN_MODEL, ""]),
        ChargePeriodStart=st.sampled_from(["2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"]),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.one_database
@settings(max_examples=8)
@given(charges=CHARGES, data=st.data())
def test_any_order_of_charges_is_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, charges: list[dict[str, str]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("bills")
    write_bill(folder, OCTOBER, charges)
    CostSource.objects.all().delete()
    source = make_source(folder)
    try:
        load(source)
        sha256 = CostLoad.objects.get().sha256
        write_bill(folder, OCTOBER, data.draw(st.permutations(charges)))
        load(source)
        assert CostLoad.objects.get().sha256 == sha256
        assert billed() == sum(Decimal(row["BilledCost"]) for row in charges)
    finally:
        CostLoad.objects.all().delete()


@pytest.mark.one_database
@settings(max_examples=6)
@given(order=st.permutations([(OCTOBER, "1"), (OCTOBER, "2"), (NOVEMBER, "3"), (NOVEMBER, "4")]))
def test_any_order_of_deliveries_ends_in_the_table_of_the_last_ones(
    tmp_path_factory: pytest.TempPathFactory, order: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("bills")
    source = make_source(folder)
    CostSource.objects.update(location=str(folder))
    source.refresh_from_db()
    try:
        for month, cost in order:
            write_bill(folder, month, [charge(cost)])
            load(source)
        last = dict(order)
        assert ask("strftime(BillingPeriodStart, '%Y-%m')", "BilledCost") == [
            (month, Decimal(last[month])) for month in (OCTOBER, NOVEMBER)
        ]
    finally:
        CostLoad.objects.update(replaced_by=None)
        CostLoad.objects.all().delete()
