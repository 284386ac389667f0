from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from console.docs import addresses, markdown
from tools import documents

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LINK = re.compile(r'(?:href|src)="(/docs/[^"]*)"')


def article(client: Client, name: str) -> str:
    answer = client.get(addresses.address(name))
    assert answer.status_code == 200
    return re.split(r"</?article[^>]*>", answer.content.decode())[1]


def test_every_document_has_a_page() -> None:
    root = Path(settings.BASE_DIR)
    below = {path.relative_to(root).as_posix() for path in (root / "docs").rglob("*.md")}

    assert set(addresses.pages().values()) == below | set(documents.AT_ROOT)
    assert addresses.address("docs/oauth.md") == "/docs/oauth/"
    assert addresses.address("CHANGELOG.md") == "/docs/changelog/"
    assert addresses.address("docs/decisions/0003-staged-writes.md") == "/docs/decisions/0003-staged-writes/"


def test_links_between_documents_lead_to_pages_and_to_headings_that_exist(client: Client) -> None:
    articles = {addresses.address(name): article(client, name) for name in documents.names()}
    links = {(page, link) for page, html in articles.items() for link in LINK.findall(html)}

    assert ("/docs/", "/docs/images/home/") not in links
    assert ("/docs/", "/docs/images/home.png") in links
    assert ("/docs/", "/docs/settings/#server-process") in links
    wrong = []
    for page, link in sorted(links):
        parts = urlsplit(link)
        if parts.path.endswith(".png"):
            is_right = client.get(parts.path)["Content-Type"] == "image/png"
        else:
            there = articles.get(parts.path, "") if parts.fragment != "documents" else 'id="documents"'
            is_right = bool(there) and (not parts.fragment or f'id="{parts.fragment}"' in there)
        wrong += [] if is_right else [(page, link)]
    assert wrong == []


def test_no_page_has_style_or_script_of_a_document_inside(client: Client) -> None:
    for name in documents.names():
        assert not re.search(r"<(?:script|style|iframe)| style=| on\w+=", article(client, name))


def test_html_in_a_document_is_shown_and_a_script_is_no_link() -> None:
    text = "# A <b>\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b](//evil.example) ![c](data:x)"
    html = markdown.render("docs/a.md", text).html

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<b>" not in html
    assert "href" not in html
    assert "<img" not in html


def test_a_link_to_a_file_that_the_site_does_not_have_is_its_words() -> None:
    html = markdown.render(
        "docs/a.md", "[the *runner*](../script/test), [docs](decisions/), [out](https://a.b/)"
    ).html

    assert html == (
        '<p>the <em>runner</em>, <a href="/docs/#documents">docs</a>, <a href="https://a.b/">out</a></p>\n'
    )


def test_headings_have_the_anchors_of_github_and_tables_scroll() -> None:
    shown = markdown.render(
        "docs/a.md", "# T\n\n## A `b`, c!\n\n## A b c\n\n## A b, c\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n"
    )

    assert [heading.anchor for heading in shown.headings] == ["a-b-c", "a-b-c-1", "a-b-c-2"]
    assert shown.title == "T"
    assert '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>' in shown.html
    assert '<td class="number">2</td>' in shown.html


def test_a_page_that_is_unchanged_is_not_sent_again(client: Client) -> None:
    first = client.get("/docs/oauth/")

    assert client.get("/docs/oauth/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    image = client.get("/docs/images/home.png")
    assert image["Cache-Control"] == "public, max-age=3600"
    assert image.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["nothing/", "../../etc/passwd/", "images/nothing.png", "docs/oauth.md/"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/docs/{path}").status_code == 404


def test_pages_are_small_when_they_are_sent(client: Client) -> None:
    for name in documents.names():
        answer = client.get(addresses.address(name), headers={"Accept-Encoding": "gzip"})
        assert len(answer.content) < 40_000


def test_an_installation_without_documents_says_where_they_are(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(documents, "HERE", tmp_path)
    monkeypatch.setattr(documents, "_CHECKOUT", tmp_path)
    monkeypatch.setattr(addresses, "pages", dict)

    answer = client.get("/docs/")
    assert answer.status_code == 404
    assert "came without its documents" in answer.content.decode()
    assert client.get("/docs/oauth/").status_code == 404
