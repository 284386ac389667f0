"""/server.json against the MCP registry's own schema.

data/server.schema.json is schemas/2025-12-11/server.schema.json of github.com/modelcontextprotocol/static at
a9ba437d9fbbe92076a24b20d56449ac7c7786ac (MIT License, Copyright (c) 2025 Model Context Protocol).
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mcp_api import registry_entry
from mcp_api.server import server
from tools.version import product_version

SCHEMA = json.loads((Path(__file__).parent / "data" / "server.schema.json").read_text())


def public(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://pricing.example.com"
    settings.MCP_RESOURCE = "https://pricing.example.com/mcp"
    settings.IS_LOCAL = False


def test_the_entry_is_one_of_the_registrys_schema(settings: Settings) -> None:
    assert SCHEMA["$id"] == registry_entry.SCHEMA
    jsonschema.validate(registry_entry.entry(), SCHEMA)
    public(settings)
    jsonschema.validate(registry_entry.entry(), SCHEMA)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**registry_entry.entry(), "name": "cloud-pricing"}, SCHEMA)


def test_a_public_server_is_named_after_its_host_and_led_to_by_its_address(
    client: Client, settings: Settings
) -> None:
    public(settings)
    found = client.get("/server.json").json()

    assert found["name"] == "com.example.pricing/cloud-pricing"
    assert found["remotes"] == [{"type": "streamable-http", "url": "https://pricing.example.com/mcp"}]


def test_the_entry_and_the_server_say_the_same_of_themselves() -> None:
    found = registry_entry.entry()

    assert (found["version"], found["title"]) == (server.version, server.title)
    assert found["version"] == product_version()
