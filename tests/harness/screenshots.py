"""Pictures of the pages, for the README and the documents: script/screenshots runs it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize

from tests.harness.browser import chromium
from tests.harness.product import install, serve
from tests.harness.session import SESSION

WINDOW = ViewportSize(width=1100, height=760)
PICTURES = {
    "home": "/",
    "search": "/search?q=n2+core+belgium",
    "sku": "/skus/22EB-AAE8-FBCD/?quantity=1024",
    "compare": "/compare/?q=n2+core",
    "machine": "/machines/n2-standard-8/",
    "costs": "/costs/",
}


def main(folder: Path) -> None:
    """Write each picture into a folder."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        product = install(Path(name), "sample", COSTS_DIR=f"{name}/costs")
        product.manage("demo_costs")
        session = product.manage("shell", "-v0", "-c", SESSION).strip()
        with serve(product, Path(name, "log")):
            page = browser.new_page(viewport=WINDOW)
            for picture, address in PICTURES.items():
                if address.startswith("/costs/"):
                    page.context.add_cookies([{"name": "sessionid", "value": session, "url": product.url}])
                page.goto(product.url + address)
                page.screenshot(path=folder / f"{picture}.png")
                sys.stdout.write(f"{folder / picture}.png\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
