from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.templatetags.static import static
from django.test import Client

from pricing_site.static_files import HashedFiles

GZIP = {"Accept-Encoding": "gzip, br"}
STYLES = "pricing_site/site.css"
SCRIPT = "pricing_site/copy.js"
ICON = "pricing_site/icon.svg"
ADMIN_STYLES = "admin/css/base.css"


def get(client: Client, url: str, **headers: str) -> Any:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    return answer


@pytest.mark.django_db
def test_a_page_links_to_hashed_names(client: Client) -> None:
    html = get(client, "/").content.decode()

    links = re.findall(r'"(/static/[^"]+)"', html)
    assert {static(ICON), static(STYLES), static(SCRIPT)} <= {*links}
    assert all(re.fullmatch(r"/static/[\w./-]+\.[0-9a-f]{12}\.\w+", link) for link in links)


@pytest.mark.parametrize(
    ("name", "content_type"), [(STYLES, "text/css"), (ICON, "image/svg+xml"), (ADMIN_STYLES, "text/css")]
)
def test_a_hashed_name_is_cached_for_good_and_a_plain_one_for_minutes(
    client: Client, name: str, content_type: str
) -> None:
    hashed, plain = get(client, static(name)), get(client, f"/static/{name}")

    assert hashed["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain["Cache-Control"] == "public, max-age=300"
    assert hashed["Content-Type"] == plain["Content-Type"] == content_type


def test_images_in_the_stylesheets_of_the_admin_are_hashed_and_found(client: Client) -> None:
    styles = get(client, static(ADMIN_STYLES)).content.decode()

    images = set(re.findall(r'url\("\.\./([^"]+)"\)', styles))
    assert len(images) > 5
    for image in images:
        assert "immutable" in get(client, f"/static/admin/{image}")["Cache-Control"]


def test_with_debug_pages_link_to_plain_names(settings: LazySettings) -> None:
    settings.DEBUG = True

    assert static(STYLES) == f"/static/{STYLES}"


def test_a_name_that_does_not_exist_is_an_error_in_a_template() -> None:
    with pytest.raises(ValueError, match=r"nope\.css"):
        static("nope.css")


def test_a_file_is_compressed_for_a_browser_that_asks_for_it(client: Client) -> None:
    whole, small = get(client, static(ADMIN_STYLES)), get(client, static(ADMIN_STYLES), **GZIP)

    assert "Content-Encoding" not in whole
    assert small["Content-Encoding"] == "gzip"
    assert len(small.content) < len(whole.content) / 3
    assert whole["Vary"] == small["Vary"] == "Accept-Encoding"


@pytest.mark.django_db
def test_a_page_is_compressed_to_a_length_that_says_nothing_about_it(client: Client) -> None:
    lengths = {len(get(client, "/", **GZIP).content) for _ in range(20)}

    assert len(lengths) > 1
    assert max(lengths) < len(get(client, "/").content)


def test_a_small_answer_is_not_compressed(client: Client) -> None:
    assert "Content-Encoding" not in client.get("/favicon.ico", headers=GZIP)


def test_a_browser_that_asks_for_the_usual_icon_finds_it(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == static(ICON)


def test_head_has_the_headers_of_get_without_the_body(client: Client) -> None:
    answer = client.head(static(STYLES))

    assert answer.status_code == 200
    assert answer.content == b""
    assert answer["Content-Length"] == str(len(get(client, static(STYLES)).content))
    assert answer["Cache-Control"] == get(client, static(STYLES))["Cache-Control"]


def test_other_methods_are_refused(client: Client) -> None:
    assert client.post(static(STYLES)).status_code == 405


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_file_that_the_browser_has_is_not_sent_again(client: Client, encoding: str) -> None:
    url, headers = f"/static/{STYLES}", {"Accept-Encoding": encoding}
    etag = get(client, url, **headers)["ETag"]

    again = client.get(url, headers={**headers, "If-None-Match": etag})
    assert again.status_code == 304
    assert again.content == b""
    assert again["Cache-Control"] == "public, max-age=300"
    assert client.get(url, headers={**headers, "If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nope.css",
        "admin",
        "admin/css/",
        "pricing_site/site.000000000000.css",
        "../settings.py",
        "..%2fsettings.py",
        "%2e%2e/%2e%2e/settings.py",
        "admin/../../settings.py",
        "/etc/passwd",
        "%00",
    ],
)
def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_of_two_files_with_one_name_the_first_found_wins(settings: LazySettings, tmp_path: Path) -> None:
    _add_file(settings, tmp_path, STYLES, "body {}")

    assert HashedFiles().contents[STYLES] == b"body {}"


def test_a_stylesheet_that_refers_to_a_missing_file_is_an_error(
    settings: LazySettings, tmp_path: Path
) -> None:
    _add_file(settings, tmp_path, STYLES, "body { background: url(nope.png) }")

    with pytest.raises(ValueError, match=r"pricing_site/nope\.png"):
        HashedFiles()


def _add_file(settings: LazySettings, folder: Path, name: str, content: str) -> None:
    (folder / name).parent.mkdir()
    (folder / name).write_text(content)
    settings.STATICFILES_DIRS = [folder]
