from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.conf import settings

from catalog.errors import InvalidArgumentError
from catalog.estimates import files
from catalog.estimates.files import read_file
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.usage import Item

DOCUMENT = settings.BASE_DIR / "docs" / "estimates.md"
MACHINE = ResourceRequest(resource="n2-standard-8", region="europe-west3", quantity=Decimal(3))
USAGE = Item("22EB-AAE8-FBCD", Decimal("0.1"), "TiB", label='down, "all"')


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_csv_file_has_an_item_a_row_named_by_its_line(delimiter: str, ends: str) -> None:
    rows = [
        ("Resource", "sku_id", "region", "quantity", "unit", "label"),
        ("n2-standard-8", "", "europe-west3", "3", "", ""),
        ("",) * 6,
        ("", "22EB-AAE8-FBCD", "", "0.1", "TiB", '"down, ""all"""'),
    ]

    request = read_file(("\ufeff" + ends.join(delimiter.join(row) for row in rows)).encode())

    assert request.items == (MACHINE, USAGE)
    assert request.names == ("row 2", "row 4")


@pytest.mark.parametrize("is_wrapped", [True, False])
def test_a_json_file_has_a_list_of_items_as_calculate_takes_them(is_wrapped: bool) -> None:
    machine = '{"resource": "n2-standard-8", "region": "europe-west3", "quantity": 3}'
    usage = '{"sku_id": "22EB-AAE8-FBCD", "quantity": 0.1, "unit": "TiB", "label": "down, \\"all\\""}'
    items = f"[{machine}, {usage}]"

    request = read_file((f'{{"items": {items}}}' if is_wrapped else items).encode())

    assert request.items == (MACHINE, USAGE)
    assert request.names == ("items[0]", "items[1]")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_examples_of_the_document_are_read(form: str) -> None:
    [example] = re.findall(rf"^```{form}\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)

    assert next(item.label for item in read_file(example.encode()).items) == "web"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "The file is empty."),
        ("resource,regoin,hors\n", "Unknown columns: 'regoin', 'hors'. Send region for 'regoin', hours for"),
        ("resource,region,region\n", "A column is there twice."),
        ("resource,region\n\n", "The file has no rows below its header."),
        ('[{"resource": "a", "hours": 1, "hours": 2}]', "The key 'hours' is twice in an object."),
        ('{"planned_values": {"root_module": {"a": 1, "a": 2}}}', "The key 'a' is twice in an object."),
        ("resource,\nn2-standard-8,1\n", "row 2: it has a cell in a column without a name."),
        ("resource,hours\na,x\nb,1,2\n", "row 2: hours: 'x' is not a quantity. row 3: it has a cell in a"),
        ('resource\n"n2', "row 2: unexpected end of data."),
        ('{"items": 1}', "The file has no list of items."),
        ('{"items": [], "months": 2}', "Unknown key beside items: months. Send months and as_of as options"),
        ("[1]", "items[0]: it is not an object."),
        ('[{"resource": "a", "hours": NaN}]', "The file is not valid JSON: NaN is not a number."),
        ("[" * 100_000, "The file is not valid JSON:"),
        ("{", "The file is not valid JSON:"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_by_name(content: str, says: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_file(content.encode())

    assert f"{caught.value.message} {caught.value.hint}".startswith(says)


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="The file is not UTF-8"):
        read_file("resource,label\nn2-standard-8,Zürich".encode("latin-1"))


def test_a_file_over_the_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_ITEMS", 2)
    with pytest.raises(InvalidArgumentError, match="The file has 3 items, over 2"):
        read_file(b"resource\na\nb\nc\n")
    monkeypatch.setattr(files, "MAX_BYTES", 2**20)
    with pytest.raises(InvalidArgumentError, match="The file has over 1 MiB"):
        read_file(b" " * (2**20 + 1))
