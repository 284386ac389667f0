"""Starts bqemulator, in its own virtual environment: python serve.py PORT GRPC_PORT.

Its start would download DuckDB's extensions for maps and Avro, which bills have no need of.
"""

# mypy: ignore-errors
# What it imports is in its own environment only.

from __future__ import annotations

import sys

from bqemulator.cli import main
from bqemulator.storage import engine

for each in vars(engine).values():
    if isinstance(each, type) and hasattr(each, "_load_spatial"):
        each._load_spatial = each._load_format_extensions = lambda self: None  # noqa: ARG005, SLF001

_, port, grpc_port = sys.argv
sys.argv = ["bqemulator", "start", "--rest-port", port, "--grpc-port", grpc_port, "--log-level", "error"]
main()
