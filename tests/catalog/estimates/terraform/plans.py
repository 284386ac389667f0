"""Plans as `terraform show -json` prints them, of the resources that a test names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Resource = dict[str, Any]


def planned(address: str, values: dict[str, Any], **change: Any) -> Resource:
    """A resource with its planned values; `change` has actions and after_unknown."""
    return {"address": address, "values": values, "change": {"actions": ["create"], **change}}


def plan(*resources: Resource, modules: Sequence[Resource] = (), **others: Any) -> dict[str, Any]:
    """A plan; `modules` are resources in a child module of a child module."""
    inner = {"address": "module.a.module.b", "resources": [_row(each) for each in modules]}
    child = {"address": "module.a", "resources": [], "child_modules": [inner]}
    return {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {"resources": [_row(each) for each in resources], "child_modules": [child]}
        },
        "resource_changes": [
            {"address": each["address"], "mode": "managed", "change": each["change"]}
            for each in (*resources, *modules)
        ],
        **others,
    }


def _row(resource: Resource) -> Resource:
    *_, kind, name = resource["address"].partition("[")[0].split(".")
    return {
        "address": resource["address"],
        "mode": "managed",
        "type": kind,
        "name": name,
        "values": resource["values"],
    }


def configuration(**expressions: dict[str, Any]) -> dict[str, Any]:
    """The configuration of resources of the root module, by their types: all are named x."""
    return {
        "configuration": {
            "root_module": {
                "resources": [
                    {"address": f"{kind}.x", "expressions": each} for kind, each in expressions.items()
                ]
            }
        }
    }
