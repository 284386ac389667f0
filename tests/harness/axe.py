"""axe-core, which finds what hinders people who use a keyboard or a screen reader."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.harness.node_tools import MODULES, node

GRAVE = ("serious", "critical")


def faults(page: Page) -> list[str]:
    """What is seriously wrong with a page as it is now, each as "rule: element"."""
    node()
    page.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [
        f"{rule['id']}: {place['html']}"
        for rule in found
        if rule["impact"] in GRAVE
        for place in rule["nodes"]
    ]
