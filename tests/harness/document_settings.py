"""The product's settings, but for one: documents may be fetched from tests/harness/document_host.py."""

from pricing_site.settings import *  # noqa: F403
from pricing_site.settings import OAUTH2_PROVIDER

OAUTH2_PROVIDER["CIMD_METADATA_FETCHER"] = "tests.harness.document_host.LoopbackFetcher"
