"""docs/mcp.md against the resources and prompts, both ways."""

from __future__ import annotations

import re

from tools import documents, prompts, resources

TEXT = documents.read("docs/mcp.md")


def test_the_document_has_every_resource_and_no_other() -> None:
    named = re.findall(r"^\| `(\w+://[^`]+)` \|", TEXT, re.MULTILINE)

    assert named == [*resources.listed(), f"{resources.SKU_PREFIX}{{sku_id}}"]
    assert f"{resources.MAX_SERVICES} services" in TEXT


def test_the_document_has_every_prompt_with_its_arguments_and_scope() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \| `([a-z]+:read)` \|$", TEXT, re.MULTILINE)

    assert {name: (re.findall(r"`(\w+)`", text), scope) for name, text, scope in rows} == {
        name: ([argument.name for argument in prompt.arguments], prompt.scope)
        for name, prompt in prompts.PROMPTS.items()
    }
    assert f"{prompts.MAX_ARGUMENT_LENGTH:,} characters" in TEXT
