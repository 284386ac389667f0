"""A Django database backend for libSQL servers (Turso, libsql-server), built on Django's sqlite3 backend.

`dbapi` is a DB-API 2.0 driver that works without Django.
"""
