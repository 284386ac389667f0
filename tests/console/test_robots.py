from __future__ import annotations

import pytest
from django.test import Client

from tests.catalog.factories import make_update


def test_robots_may_read_things_and_not_each_question(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /search\n" in text
    assert "Disallow: /skus/" not in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.txt" in text


@pytest.mark.django_db
def test_the_sitemap_names_pages_that_exist(client: Client) -> None:
    make_update()
    found = client.get("/sitemap.txt").content.decode().splitlines()

    assert "http://127.0.0.1:8000/machines/n2-standard-8/" in found
    paths = [address.removeprefix("http://127.0.0.1:8000") for address in found]
    pages = [path for path in paths if not path.startswith("/machines/n") and path.count("/") < 3]
    assert {client.get(path).status_code for path in pages} == {200}
