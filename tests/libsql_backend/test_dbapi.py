from __future__ import annotations

from libsql_backend import dbapi


def test_the_module_has_the_globals_of_pep_249() -> None:
    assert (dbapi.apilevel, dbapi.threadsafety, dbapi.paramstyle) == ("2.0", 1, "qmark")
    assert issubclass(dbapi.IntegrityError, dbapi.DatabaseError)
    assert issubclass(dbapi.InterfaceError, dbapi.Error)
