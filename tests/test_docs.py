from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.db import connection
from django.db.models import Model

ROOT = Path(__file__).resolve().parent.parent
OWN_APPS = {"accounts", "assistant", "catalog", "costs", "live", "mcp_api", "pricing_site"}
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXT = "\n".join(document.read_text() for document in DOCUMENTS)


# How the default of a setting is documented that is empty and means neither "none" nor "required".
EMPTY = {
    "GITHUB_URL": ["github.com"],
    "STAFF_GITHUB_IDS": ["no one"],
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
    "Dockerfile": names(r"^CMD .*\$([A-Z_]+)", "Dockerfile"),
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
    found += re.findall(
        r"os\.environ\.get\(['\"](\w+)['\"], (['\"]\w+['\"])\)", (ROOT / "gunicorn.conf.py").read_text()
    )
    return [(name, _as_documented(ast.literal_eval(default))) for name, default in found]


def _as_documented(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value == [] else str(value)


def test_commands_named_in_the_documents_exist() -> None:
    named = set(re.findall(r"manage\.py (\w+)", TEXT))
    assert named
    assert named <= set(get_commands())


# A checkout has these in .venv/bin, and Debian has none of them; a container has its own.
MISSPELLED = re.compile(
    r"(?<!\.venv/bin/)\b(?:python (?:-|manage)|pytest (?:-|tests))"
    r"|(?<!python -m )\bgunicorn -"
    r"|(?<!\.venv/bin/python )\bmanage\.py [a-z]"
)
SHOWING_COMMANDS = [
    *DOCUMENTS,
    ROOT / ".env.example",
    *ROOT.glob("*/templates/**/*.*"),
    *ROOT.glob("benchmarks/**/*.py"),
]


@pytest.mark.parametrize("document", SHOWING_COMMANDS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_are_spelled_as_they_run_in_a_checkout(document: Path) -> None:
    lines = [line for line in document.read_text().splitlines() if not line.startswith("docker run ")]

    assert [line for line in lines if MISSPELLED.search(line)] == []


def test_our_own_commands_are_documented() -> None:
    own = {name for name, app in get_commands().items() if app in OWN_APPS}
    assert own
    assert {name for name in own if not re.search(rf"\b{name}\b", TEXT)} == set()


DATA_MODEL = (ROOT / "docs/data-model.md").read_text()
COLUMN = re.compile(r"^\| `(\w+)` \| ([^|,]+?)(?:, JSON)? \| (yes|no) \|", re.MULTILINE)
SEARCH_TABLES = ["sku_search", "service_search"]
MODELS = [
    model
    for app in ("catalog", "costs", "live", "assistant", "accounts")
    for model in apps.get_app_config(app).get_models()
]


def documented_tables() -> dict[str, list[tuple[str, str, bool]]]:
    """The columns of each table in docs/data-model.md, as (name, type, may be null)."""
    sections = re.split(r"^### `(\w+)`$", DATA_MODEL, flags=re.MULTILINE)[1:]
    return {
        table: [(name, kind, null == "yes") for name, kind, null in COLUMN.findall(text)]
        for table, text in zip(sections[::2], sections[1::2], strict=True)
    }


def test_the_data_model_has_every_table_and_no_other() -> None:
    assert set(documented_tables()) == {model._meta.db_table for model in MODELS} | set(SEARCH_TABLES)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_the_data_model_has_every_column_of_a_model_and_no_other(model: type[Model]) -> None:
    fields = model._meta.local_fields
    columns = [(field.column, field.db_type(connection), field.null) for field in fields]

    assert sorted(documented_tables()[model._meta.db_table]) == sorted(columns)
    for name in [named.name for named in (*model._meta.indexes, *model._meta.constraints)]:
        assert f"`{name}`" in DATA_MODEL


@pytest.mark.django_db
@pytest.mark.parametrize("table", SEARCH_TABLES)
def test_the_data_model_has_every_column_of_the_search_index(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute('SELECT name, lower(type), NOT ("notnull" OR pk) FROM pragma_table_info(%s)', [table])
        columns = [(name, kind, bool(null)) for name, kind, null in cursor.fetchall()]

    assert documented_tables()[table] == columns


def test_the_data_model_names_the_tables_of_libraries() -> None:
    others = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}

    assert {table for table in others if f"`{table}`" not in DATA_MODEL} == set()


def test_the_architecture_has_the_import_contracts_of_the_linter_and_no_other() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    architecture = (ROOT / "docs/architecture.md").read_text()
    rows = re.findall(r"^\| ((?:Layers of|Rooms) [\w. ]+) \| (.+) \|$", architecture, re.MULTILINE)
    documented = {name: layers.replace("`", "").replace(" and ", " | ").split(", ") for name, layers in rows}

    assert documented == {
        contract["name"]: contract["layers"] for contract in contracts if "layers" in contract
    }
    others = {contract["name"] for contract in contracts if "layers" not in contract}
    assert set(re.findall(r"^- \*\*(.+)\*\*:", architecture, re.MULTILINE)) == others


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_each_fault_names_the_tests_that_make_it_happen() -> None:
    rows = re.findall(r"^\| (?!fault|---)(.*) \|$", (ROOT / "docs/reliability.md").read_text(), re.MULTILINE)
    named = [re.findall(r"`([\w/]+\.py)`", row.rpartition("|")[2]) for row in rows]

    assert rows
    assert [row for row, files in zip(rows, named, strict=True) if not files] == [OUTSIDE]
    assert [file for files in named for file in files if not (ROOT / "tests" / file).is_file()] == []


# A library's own fault.
OUTSIDE = "the collector of traces is away | nothing; the log says so | its spans | the library's own"
