"""The engines of databases of Cloud SQL, by what people call them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.offers import DATA
from catalog.offers.vocabulary import Fact

SQL_SERVER, MYSQL = "sqlserver", "mysql"
_SEPARATORS = re.compile(r"[\s_.-]+")
_NUMBER = re.compile(r"[\d.]+")


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine as SKUs call it, and for SQL Server its edition and version."""

    name: str
    edition: str | None = None
    version: str | None = None


def engine_named(text: str) -> Engine:
    """The engine of a name, with a version or without: "POSTGRES_15", "SQL Server 2019 Web"."""
    words = (
        _SEPARATORS.sub("-", text.strip().lower())
        .replace("sql-server", SQL_SERVER)
        .replace("mssql", SQL_SERVER)
    )
    numbers = [word for word in words.split("-") if _NUMBER.fullmatch(word)]
    name = "-".join(word for word in words.split("-") if not _NUMBER.fullmatch(word))
    if name == SQL_SERVER:
        return Engine(SQL_SERVER)
    known = data()["engine"].get(name)
    if known is None:
        raise InvalidArgumentError(
            f"Cloud SQL has no engine {text!r}.",
            hint=f"Send one of {', '.join(engines())}.",
            candidates=list(engines()),
        )
    own, _, edition = known.partition("-")
    return Engine(own, edition or None, numbers[0] if edition and numbers else None)


def engines() -> tuple[str, ...]:
    """The engines and editions, each by one name."""
    return tuple(dict.fromkeys(data()["engine"].values()))


def facts_of(engine: Engine, *, ha: bool) -> tuple[Fact, ...]:
    location = "regional" if ha else "zonal"
    return ("product", "cloud-sql"), ("engine", engine.name), ("location_type", location)


@cache
def data() -> dict[str, Any]:
    """The file of databases."""
    return tomllib.loads((DATA / "databases.toml").read_text(encoding="utf-8"))
