from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
OWN_APPS = {"accounts", "catalog", "mcp_api", "pricing_site"}
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXT = "\n".join(document.read_text() for document in DOCUMENTS)


# How the default of a setting is documented that is empty and means neither "none" nor "required".
EMPTY = {
    "GITHUB_URL": ["github.com"],
    "STAFF_GITHUB_IDS": ["nobody"],
    "ALLOWED_GITHUB_IDS": ["everyone"],
    "ALLOWED_GITHUB_ORGS": ["everyone"],
}


class Setting(NamedTuple):
    """A row of docs/settings.md."""

    name: str
    default: str
    meaning: str
    example: str
    readers: str


def names(pattern: str, file: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / file).read_text(), re.MULTILINE))


def documented_settings() -> list[Setting]:
    lines = (ROOT / "docs/settings.md").read_text().splitlines()
    return [Setting(*_cells(line)) for line in lines if re.match(r"\| `[A-Z_]+` \|", line)]


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip("|").split("|")]


READERS = {
    "settings.py": names(r'\benv\.\w+\(\s*"(\w+)"', "pricing_site/settings.py"),
    "gunicorn.conf.py": names(r"os\.environ\.get\(['\"](\w+)", "gunicorn.conf.py"),
    "script/run": names(r"(?:\$\{|'\^)([A-Z_]+)(?::-|=)", "script/run"),
    "Dockerfile": names(r"\$\{([A-Z_]+):-", "Dockerfile"),
    # In gunicorn's own code.
    "gunicorn": {"WEB_CONCURRENCY"},
}


def test_the_settings_document_has_every_variable_once_and_no_other() -> None:
    documented = [setting.name for setting in documented_settings()]

    assert set(documented) == set().union(*READERS.values())
    assert len(documented) == len(set(documented))


def test_the_example_environment_has_every_variable_and_no_other() -> None:
    assert names(r"^# ([A-Z_]+)=", ".env.example") == {setting.name for setting in documented_settings()}


@pytest.mark.parametrize("setting", documented_settings(), ids=lambda setting: setting.name)
def test_a_setting_is_documented_with_its_readers_and_an_example(setting: Setting) -> None:
    readers = set(setting.readers.replace("`", "").split(", "))

    assert readers == {reader for reader, variables in READERS.items() if setting.name in variables}
    assert setting.meaning
    assert setting.example


def test_the_settings_document_has_the_defaults_of_the_code() -> None:
    defaults = dict(_defaults())
    documented = {setting.name: setting.default for setting in documented_settings()}

    assert set(defaults) == READERS["settings.py"] | READERS["gunicorn.conf.py"]
    for name, default in defaults.items():
        assert documented[name] in ([default] if default else EMPTY.get(name, ["none", "required"]))


def _defaults() -> list[tuple[str, str]]:
    read = r'\benv\.\w+\(\s*"(\w+)", default=("[^"]*"|\w+|\[\])'
    found = re.findall(read, (ROOT / "pricing_site/settings.py").read_text())
    found += re.findall(r"os\.environ\.get\('(\w+)', ('\d+')\)", (ROOT / "gunicorn.conf.py").read_text())
    return [(name, _as_documented(ast.literal_eval(default))) for name, default in found]


def _as_documented(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value == [] else str(value)


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
