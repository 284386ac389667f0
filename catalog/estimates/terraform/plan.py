"""A plan: its resources, and all that becomes of them.

The format: Terraform documentation, "JSON Output Format", versions 0.1 to 1.x.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.estimates.request import FileRequest, Unread
from catalog.estimates.terraform.addresses import INDEX, in_use
from catalog.estimates.terraform.items import Gap, Note, items_of
from catalog.estimates.terraform.types import is_free, is_ignored, types
from catalog.estimates.terraform.values import Planned
from catalog.offers.resources.request import ResourceRequest

_VERSIONS = ("0", "1")
_DELETE = ["delete"]


def is_plan(content: Any) -> bool:
    """Whether parsed JSON is a plan or a state."""
    return isinstance(content, Mapping) and (
        "planned_values" in content
        or ("format_version" in content and "items" not in content)
        or _is_state_file(content)
    )


def _is_state_file(content: Mapping[str, Any]) -> bool:
    """Whether it is a .tfstate, which has no stable format."""
    return "resources" in content and not content.keys().isdisjoint(
        ("terraform_version", "lineage", "version")
    )


def read_plan(plan: Mapping[str, Any]) -> FileRequest:
    """Read what a plan will have after it is applied, unchanged resources too.

    Raises:
        InvalidArgumentError: it is of a later version of the format, or has no planned values.
    """
    if "planned_values" not in plan and _is_state_file(plan):
        raise InvalidArgumentError(
            "The file is a Terraform state as it is stored, which is not read.",
            hint="Run `terraform show -json > state.json` where it is used, and send state.json.",
        )
    if (version := f"{plan.get('format_version', '1')}").partition(".")[0] not in _VERSIONS:
        raise InvalidArgumentError(
            f"The plan has the format version {version}, which is not read.", hint="Versions 0 and 1 are."
        )
    values = plan.get("planned_values") or plan.get("values")
    if not isinstance(values, Mapping):
        raise InvalidArgumentError(
            "The plan has no planned_values.", hint="Send what `terraform show -json PLAN` prints."
        )
    place = _place(plan)
    resources = list(_resources(plan, values))
    found = [(each, _found(each, place)) for each in resources]
    used = in_use((each for each, own in found if _has_address(own)), resources)
    all_found = [
        one for each, own in found for one in ([_used_note(each.address)] if each.address in used else own)
    ]
    counts = Counter(each.type for each in resources)
    items = [each for each in all_found if isinstance(each, ResourceRequest)]
    gaps = [each.text for each in all_found if isinstance(each, Gap)]
    states = [each.text for each in all_found if isinstance(each, Note)]
    items = _together(items)
    return FileRequest(
        tuple(items),
        tuple(item.label or item.resource for item in items),
        tuple(dict.fromkeys(gaps)),
        _listed(counts, lambda name: name not in types() and not is_free(name) and not is_ignored(name)),
        _listed(counts, is_free),
        (*states, *_notes(counts, plan)),
    )


def _found(resource: Planned, place: str | None) -> list[ResourceRequest | Gap | Note]:
    rules = types().get(resource.type)
    return [] if rules is None else list(items_of(resource, rules, place))


def _used_note(address: str) -> Note:
    return Note(f"{address}: a machine of the plan uses it; it is priced there.")


def _has_address(found: Iterable[object]) -> bool:
    return any(isinstance(each, ResourceRequest) and each.resource == "external-ip" for each in found)


def _listed(counts: Counter[str], is_wanted: Any) -> tuple[Unread, ...]:
    return tuple(Unread(name, count) for name, count in sorted(counts.items()) if is_wanted(name))


def _notes(counts: Counter[str], plan: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(counts):
        if rules := types().get(name):
            yield from (f"{name}: {note}." for note in rules.notes)
    deleted = sum(_actions(change) == _DELETE for change in _changes(plan))
    if deleted:
        which = "resources, which are" if deleted > 1 else "resource, which is"
        yield f"The plan deletes {deleted} {which} not counted."


def _together(items: Iterable[ResourceRequest]) -> list[ResourceRequest]:
    """Items of types that are priced together: those that are alike as one."""
    found: list[ResourceRequest] = []
    alike: dict[tuple[object, ...], int] = {}
    for item in items:
        name = _type_of(item.label or "")
        rules = types().get(name)
        if rules is None or not rules.together:
            found.append(item)
            continue
        own = ("label", "quantity")
        key = tuple(getattr(item, field.name) for field in fields(item) if field.name not in own)
        if key in alike:
            first = found[alike[key]]
            found[alike[key]] = replace(first, quantity=first.quantity + item.quantity, label=name)
        else:
            alike[key] = len(found)
            found.append(item)
    return found


def _type_of(address: str) -> str:
    """The type in an address: module.web["a"].google_compute_disk.data[0]."""
    return INDEX.sub("", address).split(".")[-2] if "." in address else address


def _resources(plan: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Planned]:
    changes = {change.get("address"): change for change in _changes(plan)}
    configuration = plan.get("configuration")
    configured = dict(_configured(configuration)) if isinstance(configuration, Mapping) else None
    for resource in _modules(values.get("root_module")):
        address = f"{resource.get('address')}"
        change = changes.get(address, {})
        if resource.get("mode", "managed") != "managed" or _actions(change) == _DELETE:
            continue
        unknown = _mapping(change.get("change")).get("after_unknown")
        yield Planned(
            address,
            f"{resource.get('type')}",
            _mapping(resource.get("values")),
            _mapping(unknown),
            None if configured is None else configured.get(INDEX.sub("", address), {}),
        )


def _modules(module: Any) -> Iterator[Mapping[str, Any]]:
    """The resources of a module and of those in it."""
    module = _mapping(module)
    yield from _objects(module, "resources")
    for child in _objects(module, "child_modules"):
        yield from _modules(child)


def _objects(module: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects that a module or a plan lists."""
    found = module.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise InvalidArgumentError(
            f"The plan's {name} are no list of objects.", hint="Send what `terraform show -json PLAN` prints."
        )
    return found


def _changes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The changes of resources, without those of objects that an earlier apply left over."""
    for change in _objects(plan, "resource_changes"):
        if "deposed" not in change and change.get("mode") != "data":
            yield change


def _actions(change: Mapping[str, Any]) -> Any:
    return _mapping(change.get("change")).get("actions")


def _configured(configuration: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The expressions of each resource of a configuration, by its address without an index."""
    yield from _configured_in(_mapping(configuration.get("root_module")), "")


def _configured_in(module: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for resource in _objects(module, "resources"):
        yield path + f"{resource.get('address')}", _mapping(resource.get("expressions"))
    for name, call in _mapping(module.get("module_calls")).items():
        yield from _configured_in(_mapping(_mapping(call).get("module")), f"{path}module.{name}.")


def _place(plan: Mapping[str, Any]) -> str | None:
    """The zone or region that the provider is configured with."""
    provider = _mapping(_mapping(_mapping(plan.get("configuration")).get("provider_config")).get("google"))
    expressions = _mapping(provider.get("expressions"))
    for name in ("zone", "region"):
        expression = _mapping(expressions.get(name))
        if value := expression.get("constant_value"):
            return f"{value}"
        for reference in expression.get("references") or ():
            variable = _mapping(plan.get("variables")).get(f"{reference}".removeprefix("var."))
            if value := _mapping(variable).get("value"):
                return f"{value}"
    return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
