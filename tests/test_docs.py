from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
# gunicorn reads it itself; the others are read in our code.
READ_BY_GUNICORN = {"WEB_CONCURRENCY"}
OWN_APPS = {"accounts", "catalog", "mcp_api", "pricing_site"}
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXT = "\n".join(document.read_text() for document in DOCUMENTS)


def names(pattern: str, file: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / file).read_text(), re.MULTILINE))


def variables_read() -> set[str]:
    read_by_us = names(r'\benv\.\w+\(\s*"(\w+)"', "pricing_site/settings.py")
    read_by_us |= names(r"os\.environ\.get\(['\"](\w+)", "gunicorn.conf.py")
    return read_by_us | READ_BY_GUNICORN


def test_the_example_environment_has_every_variable_and_no_other() -> None:
    assert names(r"^# ([A-Z_]+)=", ".env.example") == variables_read()


def test_the_readme_has_every_variable_and_no_other() -> None:
    assert names(r"^\| `([A-Z_]+)` \|", "README.md") == variables_read()


def test_commands_named_in_the_documents_exist() -> None:
    named = set(re.findall(r"manage\.py (\w+)", TEXT))
    assert named
    assert named <= set(get_commands())


def test_our_own_commands_are_documented() -> None:
    own = {name for name, app in get_commands().items() if app in OWN_APPS}
    assert own
    assert {name for name in own if not re.search(rf"\b{name}\b", TEXT)} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []
