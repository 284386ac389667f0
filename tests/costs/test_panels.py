from __future__ import annotations

import re
from pathlib import Path

from costs.panels import PANELS

ROOT = Path(__file__).parents[2]


def test_the_documentation_has_every_panel_and_no_other() -> None:
    document = (ROOT / "docs/panels.md").read_text()

    assert re.findall(r"^\| `([a-z-]+)` \|", document, re.MULTILINE) == list(PANELS)
