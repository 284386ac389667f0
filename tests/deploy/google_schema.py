"""The schema of Cloud Run's API, as the discovery document of Google's own Python client has it.

`gcloud run services replace` and `gcloud run jobs replace` take what this API takes, and refuse other fields.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

DOCUMENTS = "googleapiclient.discovery_cache"


def faults(document: dict[str, Any]) -> list[str]:
    """What of a manifest the API would not know, or would read as something else."""
    return faults_of(document, "run.v1", document["kind"])


def faults_of(document: dict[str, Any], api: str, name: str) -> list[str]:
    """The same of any document, as a schema of an API."""
    schema = _schemas(api) | {"$ref": f"#/$defs/{name}"}
    found = Draft202012Validator(schema).iter_errors(document)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


@functools.cache
def _schemas(api: str) -> dict[str, Any]:
    file = resources.files(DOCUMENTS) / "documents" / f"{api}.json"
    schemas = json.loads(file.read_text())["schemas"]
    return {"$defs": {name: _strict(schema) for name, schema in schemas.items()}}


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of a discovery document as JSON Schema that refuses unknown fields."""
    if reference := schema.get("$ref"):
        return {"$ref": f"#/$defs/{reference}"}
    if schema["type"] == "any":
        return {}
    # A string of the format google-datetime or int64 is a string in JSON too.
    strict: dict[str, Any] = {"type": schema["type"]}
    if strict["type"] == "array":
        strict["items"] = _strict(schema["items"])
    if strict["type"] == "object":
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        strict["properties"] = {name: _strict(each) for name, each in properties.items()}
        strict["additionalProperties"] = _strict(others) if others else False
    return strict
