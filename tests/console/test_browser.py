"""The pages of prices in a real browser, from the real server with the sample."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.harness import axe
from tests.harness.browser import chromium, watched_page
from tests.harness.product import Product, install, serve

SMALL = ViewportSize(width=320, height=640)
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
EGRESS = "22EB-AAE8-FBCD"
ADDRESSES = [
    "/",
    "/search?q=n2+core",
    "/search?q=n2-standard-8+belgium",
    "/search?q=zzzz",
    "/search?region=nowhere",
    f"/skus/{EGRESS}/?quantity=1024",
    f"/skus/{EGRESS}/?quantity=999999999999999999",
    "/search?q=A100+spot",
    "/machines/n2-standard-8/",
    "/changes/",
    "/changes/1/",
    "/status/",
    "/accuracy/",
    "/docs/",
    "/docs/settings/",
    "/machines/?region=europe-west1&series=n2",
    "/gpus/",
    "/disks/",
    "/buckets/",
    "/models/",
    "/compare/",
    "/compare/?q=n2-standard-8",
    "/compare/?q=n2+core&q=e2+core&q=n2-standard-9",
    "/compare/?q=claude-sonnet-4.6&q=qwen3-32b&q=n2-standard-8&input_tokens=1000&cached_input_tokens=1000",
    "/compare/?q=claude-sonnet-4.5",
    "/machines/claude-sonnet-4.6/",
    "/estimate/",
    "/estimate/?csv=resource,region%0An2-standard-8,%0Apd-ssd,europe-west1%0Acloud-sql,%0Afrobnicate,&change=1",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    product = install(folder, "sample")
    with serve(product, folder / "server.log"):
        yield product


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page in either colour scheme. Errors of scripts and of the content security policy fail the test."""
    faults: list[str] = []
    with watched_page(browser, faults, viewport=DESKTOP, color_scheme=request.param) as page:
        yield page
    # The browser logs each answer of 400 as an error.
    assert [fault for fault in faults if "status of 400" not in fault] == []


def test_pages_fit_their_screen_and_hinder_nobody(product: Product, page: Page) -> None:
    for address in ADDRESSES:
        page.goto(product.url + address)
        for size in (SMALL, PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
            assert axe.faults(page) == [], address


# The words of cells that are broken: the range of such a word has several boxes.
BROKEN_WORDS = """
() => {
  const found = [];
  for (const cell of document.querySelectorAll(".prices thead th, .prices td")) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      for (const word of texts.currentNode.data.matchAll(/\\w+/g)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, word.index);
        range.setEnd(texts.currentNode, word.index + word[0].length);
        if (range.getClientRects().length > 1) found.push(word[0]);
      }
    }
  }
  return found;
}
"""


@pytest.mark.parametrize("question", ["n2+core", "windows+server+licence", "A100+spot"])
def test_no_word_breaks_on_a_wide_screen(product: Product, page: Page, question: str) -> None:
    page.goto(f"{product.url}/search?q={question}")

    assert page.evaluate(BROKEN_WORDS) == []


def test_results_follow_the_typing_and_so_does_the_address(product: Product, page: Page) -> None:
    page.goto(product.url + "/search")
    page.keyboard.press("/")
    page.keyboard.type("n2 core belgium", delay=20)

    expect(page.get_by_role("link", name="N2 Instance Core running in EMEA").first).to_be_visible()
    expect(page).to_have_url(product.url + "/search?q=n2%20core%20belgium")
    link = page.get_by_role("link", name="JSON")
    expect(link).to_have_attribute("href", "/search.json?q=n2%20core%20belgium")
    page.reload()
    expect(page.get_by_role("link", name="N2 Instance Core running in EMEA").first).to_be_visible()
    assert page.get_by_role("searchbox").input_value() == "n2 core belgium"


def test_a_search_from_home_leads_to_the_price_and_to_the_cost_of_usage(product: Product, page: Page) -> None:
    page.goto(product.url)
    page.get_by_role("searchbox").fill(EGRESS)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Download Worldwide Destinations").first.click()
    page.get_by_label("Quantity").fill("1024")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("$110.88 for 1024 GiBy")


def test_an_estimate_is_built_and_completed_by_the_keyboard_alone(product: Product, page: Page) -> None:
    page.goto(product.url + "/estimate/")
    page.get_by_label("Resource, SKU or question").focus()
    page.keyboard.type("n2-standard-8")
    page.keyboard.press("Enter")
    page.get_by_label("Which region").focus()
    page.keyboard.type("europe-west1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("row", name="n2-standard-8")).to_contain_text("europe-west1")


def test_models_are_filtered_and_sorted_without_scripts(product: Product, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(product.url + "/models/")
    cloud = page.locator("select[name=cloud]")
    cloud.select_option("azure")
    page.locator("select[name=sort]").select_option("-output")
    page.get_by_role("button", name="Show").click()

    expect(cloud).to_have_value("azure")
    cells = page.locator('td[data-label="Output"] a').all_text_contents()
    amounts = [float(text.lstrip("$").replace(",", "")) for text in cells]
    assert amounts == sorted(amounts, reverse=True)
    assert {*page.locator('td[data-label="Cloud"]').all_text_contents()} == {"Azure"}
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("on all clouds")
    context.close()


def test_pages_work_without_scripts(product: Product, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(product.url)
    page.get_by_role("searchbox").fill("n2 core belgium")
    page.get_by_role("button", name="Search").click()

    expect(page.get_by_role("link", name="N2 Instance Core running in EMEA").first).to_be_visible()
    context.close()
