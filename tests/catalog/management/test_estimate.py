from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from catalog.management import exit_codes
from catalog.management.commands import estimate as command
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources import offers
from tests.catalog.estimates.terraform.plans import plan, planned
from tests.catalog.factories import NOON, make_service, make_update
from tests.catalog.pricing.known_skus import EGRESS, add_egress, add_n2

pytestmark = pytest.mark.django_db

WHOLE = f"""label,resource,sku_id,region,quantity,unit
web\x1b[2J,n2-standard-8,,europe-west3,3,
,,{EGRESS},,1,TiB
"""
PARTIAL = WHOLE + "open,n2-standard-8,,,1,\nbad,n2-standrad-8,,us-central1,1,\n"


@pytest.fixture(autouse=True)
def catalog() -> None:
    offers.forget()
    make_update()
    add_n2(make_service(display_name="Compute Engine"))
    add_egress()


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "usage.csv"
    path.write_text(WHOLE)
    return path


def run(*arguments: object) -> tuple[str, int]:
    """What the command prints, and its exit code."""
    out = StringIO()
    try:
        call_command("estimate", *map(str, arguments), stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def lines(*arguments: object) -> list[str]:
    return run(*arguments)[0].splitlines()


def test_a_file_is_printed_as_a_table_with_its_total(whole: Path) -> None:
    printed, code = run(whole)

    assert code == 0
    table = printed.splitlines()
    assert table[0].split() == ["label", "resource", "or", "SKU", "region", "usage", "type", "quantity",
                                "hours", "or", "unit", "USD"]  # fmt: skip
    assert table[2].split()[:3] == ["web\\u001b[2J", "n2-standard-8", "europe-west3"]
    assert table[3].split()[-3:] == ["1", "TiB", "110.88"]
    assert table[4].startswith("total ")
    assert len({len(line) for line in table[:5]}) == 1
    assert (
        "  Download Worldwide Destinations (excluding Asia & Australia): 0 of 100 GiBy left (counted)"
        in table
    )


def test_what_usually_costs_too_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text("resource,region\n" + "n2-standard-8,europe-west3\n" * 2)

    [named] = [line for line in lines(path) if "boot disk" in line]
    assert named.startswith(
        "What usually costs too, if no line has it: boot disk, external IP address, egress"
    )


def test_what_is_missing_and_what_needs_a_choice_is_printed_and_the_code_says_partial(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(PARTIAL)

    printed, code = run(path)

    assert code == exit_codes.PARTLY_DONE
    assert "total, in part" in printed
    assert "To choose:\n  open, n2-standard-8: Which region? europe-west1, europe-west3" in printed
    assert "Not in the total:\n  row 5 (bad): There is no resource 'n2-standrad-8'. Nearest: " in printed


def test_a_plan_is_read_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"machine_type": "n2-standard-8", "zone": "europe-west3-a"}
    content = json.dumps(plan(planned("google_compute_instance.x", values), planned("aws_instance.y", {})))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content.encode())))

    printed, code = run("-")

    assert code == exit_codes.PARTLY_DONE
    assert "google_compute_instance.x  n2-standard-8    europe-west3" in printed
    assert "  Types that are not read: aws_instance (1)." in printed


def test_json_prints_one_object_with_what_calculate_answers(whole: Path) -> None:
    printed, code = run(whole, "--json", "--months", 12, "--group-by", "region", "--as-of", "2026-11-20")

    content = json.loads(printed)
    assert (code, content["status"]) == (0, "complete")
    assert [group["value"] for group in content["groups"]] == ["europe-west3", "global"]
    assert content["proof"]["as_of"] <= datetime.now(UTC).isoformat().replace("+00:00", "Z")


def test_out_writes_all_lines_to_a_file(whole: Path, tmp_path: Path) -> None:
    assert run(whole, "--out", tmp_path / "priced.csv")[1] == 0
    assert run(whole, "--out", tmp_path / "priced.json")[1] == 0

    assert (tmp_path / "priced.csv").read_bytes().count(b"\r\n") == 3
    assert len(json.loads((tmp_path / "priced.json").read_text())["items"]) == 2


def test_compare_prints_the_ways_to_buy_beside_each_other(whole: Path) -> None:
    printed = lines(whole, "--compare")

    at = printed.index("USD a month, in each way to buy:")
    assert printed[at + 1].split() == [
        "resource",
        "region",
        "OnDemand",
        "Preemptible",
        "Commit1Yr",
        "Commit3Yr",
    ]


def test_a_long_file_is_printed_in_part_and_by_region(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text("resource,region\n" + "n2-standard-8,europe-west3\n" * 102)

    printed = lines(path)

    assert "2 more lines, which the total counts too; --out FILE.csv has them." in printed
    assert [line.split()[:2] for line in printed if line.startswith("europe-west3")] == [
        ["europe-west3", "102"]
    ]


@pytest.mark.parametrize(
    ("arguments", "content", "code", "says"),
    [
        (["missing.csv"], "", exit_codes.WRONG_ARGUMENTS, "missing.csv cannot be read: No such file"),
        (["usage.csv"], "resource,regoin\n", exit_codes.WRONG_ARGUMENTS, "Unknown column: 'regoin'."),
        (["usage.csv"], "[", exit_codes.WRONG_ARGUMENTS, "The file is not valid JSON"),
        (["usage.csv", "--months", "0"], WHOLE, exit_codes.WRONG_ARGUMENTS, "months must be from 1 to 120"),
        (["usage.csv", "--out", "a.txt"], WHOLE, 1, "a.txt is not a .csv or .json file"),
        (["usage.csv", "--as-of", "yesterday"], WHOLE, 1, "must be a date or time in ISO 8601"),
        (["usage.csv", "--out", "nowhere/a.csv"], WHOLE, exit_codes.FAILED, "cannot be written"),
        (["usage.csv", "--out", "./usage.csv"], WHOLE, exit_codes.WRONG_ARGUMENTS, "--out would overwrite"),
        (["usage.csv"], "resource\nn2-standrad-8\n", exit_codes.FAILED, "Nothing is priced."),
    ],
)  # fmt: skip
def test_a_failure_says_why_and_has_its_code(
    arguments: list[str],
    content: str,
    code: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "usage.csv").write_text(content)

    with pytest.raises(CommandError, match=says) as caught:
        call_command("estimate", *arguments, stdout=StringIO())

    assert caught.value.returncode == code


def test_json_says_why_it_failed(tmp_path: Path) -> None:
    printed, code = run(tmp_path / "missing.csv", "--json")

    assert code == exit_codes.WRONG_ARGUMENTS
    assert json.loads(printed)["status"] == "failed"


def test_an_empty_catalog_is_a_failure(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "snapshot", lambda _: Snapshot(NOON, None, None))

    with pytest.raises(CommandError, match="no prices have been synced yet") as caught:
        call_command("estimate", str(whole))
    assert caught.value.returncode == exit_codes.FAILED


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.Command().create_parser("manage.py", "estimate").parse_args(["--help"])

    assert command.EXAMPLES in capsys.readouterr().out
