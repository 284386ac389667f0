from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from pricing_site import static_files


@pytest.fixture
def static() -> TestClient:
    return TestClient(static_files.application)


@pytest.mark.parametrize("name", ["pricing_site/site.css", "pricing_site/icon.svg", "admin/css/base.css"])
def test_the_files_of_each_app_are_served(static: TestClient, name: str) -> None:
    answer = static.get(f"/static/{name}")
    assert answer.status_code == 200
    assert static.get(f"/static/{name}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", ["", "nope.css", "admin", "..%2fsettings.py", "%2e%2e/%2e%2e/settings.py"])
def test_nothing_else_is(static: TestClient, path: str) -> None:
    assert static.get(f"/static/{path}").status_code == 404
