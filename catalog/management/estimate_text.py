"""An estimate as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from catalog.estimates.estimate import Estimate
from catalog.estimates.report import line_row, problems, questions, resource_lines
from catalog.management.terminal import columns, printable
from catalog.pricing.answers import AllowanceRow, CostItem, ResourceLine
from catalog.pricing.whose import COMMUNITY

# Lines and sentences that are printed; the rest is counted.
MAX_LINES = 100
_NAMES = ("label", "resource or SKU", "region", "usage type", "quantity", "hours or unit", "USD")
_NUMBERS = frozenset(("quantity", "USD"))


def text(estimate: Estimate) -> str:
    """The lines and the total in columns, and below them what is missing, open, besides and free."""
    answer = estimate.answer
    sections = [
        _table(estimate),
        _listed("To choose", _open_lines(answer["items"])),
        _listed("Not in the total", problems(estimate)),
        _listed("Incomplete", _incomplete(answer["items"])),
        _listed("Not the provider's word, but a community's list", _of_community(answer["items"])),
        _besides(answer["items"]),
        _groups(estimate),
        _comparison(answer["items"]),
        _listed("Free allowances of a month", map(_allowance, answer["allowances"])),
        _listed("Notes", (*estimate.request.notes, *_free(estimate))),
        answer["assumptions"],
        [f"Estimate {answer['estimate_id']}, at prices of {answer['proof']['as_of']}"],
    ]
    return "\n\n".join("\n".join(section) for section in map(list, sections) if section)


def _table(estimate: Estimate) -> Iterator[str]:
    answer = estimate.answer
    lines = [line_row(line) for line in answer["items"][:MAX_LINES]]
    rows = [
        (
            row["label"],
            row.get("resource") or row.get("sku_id", ""),
            row["region"],
            row.get("usage_type", ""),
            row["quantity"],
            row.get("hours") or row.get("unit", ""),
            row["cost_usd"] or "?",
        )
        for row in lines
    ]
    total = answer["total"]
    label = "total, in part" if total["partial"] else "total"
    yield from columns(_NAMES, [*rows, (label, "", "", "", "", "", total["amount"] or "?")], _NUMBERS)
    if (more := len(answer["items"]) - MAX_LINES) > 0:
        yield f"{more:,} more lines, which the total counts too; --out FILE.csv has them."


def _listed(title: str, sentences: Iterable[str]) -> list[str]:
    found = [printable(sentence) for sentence in sentences]
    if not found:
        return []
    more = [f"  and {len(found) - MAX_LINES:,} more"] if len(found) > MAX_LINES else []
    return [f"{title}:", *(f"  {sentence}" for sentence in found[:MAX_LINES]), *more]


def _name(line: ResourceLine) -> str:
    return f"{line['label']}, {line['resource']}" if line["label"] else line["resource"]


def _open_lines(lines: Sequence[CostItem | ResourceLine]) -> Iterator[str]:
    for line in resource_lines(lines):
        yield from (f"{_name(line)}: {question}" for question in questions(line))


def _incomplete(lines: Sequence[CostItem | ResourceLine]) -> Iterator[str]:
    for line in resource_lines(lines):
        if line["missing"]:
            yield f"{_name(line)}: without {', '.join(line['missing'])}"


def _of_community(lines: Sequence[CostItem | ResourceLine]) -> Iterator[str]:
    for line in resource_lines(lines):
        if any(each.get("source") == COMMUNITY for each in line["components"]):
            yield f"{_name(line)}: {line['cost']} USD"


def _besides(lines: Sequence[CostItem | ResourceLine]) -> list[str]:
    """What usually costs too, each once; other lines may have it."""
    named = dict.fromkeys(name for line in resource_lines(lines) for name in line["not_included"])
    return [f"What usually costs too, if no line has it: {', '.join(named)}."] if named else []


def _groups(estimate: Estimate) -> list[str]:
    groups = estimate.answer["groups"]
    if not groups:
        return []
    rows = [
        (
            group["value"] or "-",
            f"{group['items']}",
            group["cost"] or "?",
            "in part" if group["partial"] else "",
        )
        for group in groups[:MAX_LINES]
    ]
    return list(columns((groups[0]["by"], "items", "USD", ""), rows, ("items", "USD")))


def _comparison(lines: Sequence[CostItem | ResourceLine]) -> list[str]:
    compared = [line for line in resource_lines(lines) if line.get("alternatives")][:MAX_LINES]
    if not compared:
        return []
    ways = [way["usage_type"] for way in compared[0]["alternatives"]]
    rows = [
        (_name(line), line["region"] or "", *(way["monthly"] or "-" for way in line["alternatives"]))
        for line in compared
    ]
    return ["USD a month, in each way to buy:", *columns(("resource", "region", *ways), rows, ways)]


def _allowance(row: AllowanceRow) -> str:
    counted = "counted" if row["applied"] else f"not subtracted; {row['source']}"
    return f"{row['name']}: {row['left']} of {row['given']} {row['unit']} left ({counted})"


def _free(estimate: Estimate) -> Iterator[str]:
    if free := estimate.request.free:
        named = ", ".join(f"{each.type} ({each.count})" for each in free)
        yield f"Types that cost nothing by themselves: {named}."
