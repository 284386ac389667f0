"""The product as a server on the internet has it: people sign in with GitHub."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.harness import fake_github
from tests.harness.ports import free_port
from tests.harness.product import Product, copy_database, over, serve


@contextlib.contextmanager
def serve_with_github(folder: Path, database: str = "", **settings: str) -> Iterator[Product]:
    """Serve `database`, by default a file in `folder` with the sample; a fault in the log fails the test."""
    if not database:
        path = folder / "catalog.db"
        copy_database(path, "sample")
        database = f"file:{path}"
    port = free_port()
    product = over(
        database,
        GITHUB_CLIENT_ID=fake_github.CLIENT_ID,
        GITHUB_CLIENT_SECRET=fake_github.CLIENT_SECRET,
        GITHUB_URL=f"http://127.0.0.1:{port}",
        **settings,
    )
    log = folder / "server.log"
    with fake_github.serve(port), serve(product, log):
        yield product
    assert "Traceback" not in log.read_text()
