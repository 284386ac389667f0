"""A Django database backend for libSQL servers (Turso, libsql-server), on Django's own sqlite3 backend."""
