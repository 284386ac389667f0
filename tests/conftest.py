from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.needs import skip_or_fail
from tests.sqld import Sqld, SqldMissingError


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Starts the server that the whole suite runs on where TEST_DATABASE asks for one."""
    if not settings.ON_LIBSQL:
        yield
        return
    port = urlsplit(settings.DATABASES["default"]["NAME"]).port
    try:
        server = Sqld(tmp_path_factory.mktemp("sqld"), port)
    except SqldMissingError as error:
        skip_or_fail(str(error))
    with server:
        yield
