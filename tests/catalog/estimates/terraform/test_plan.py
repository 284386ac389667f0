from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from catalog.errors import InvalidArgumentError
from catalog.estimates.request import FileRequest, Unread
from catalog.estimates.terraform import is_plan, read_plan
from catalog.estimates.terraform.types import is_free, is_ignored, types
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest
from tests.catalog.estimates.terraform.plans import Resource, configuration, plan, planned

DISK = {"type": "pd-ssd", "size": 500, "zone": "europe-west3-b"}


def machine(machine_type: str = "n2-standard-8", **values: Any) -> dict[str, Any]:
    boot = {"initialize_params": [{"size": 100, "type": "pd-balanced"}]}
    return {"machine_type": machine_type, "zone": "europe-west3-a", "boot_disk": [boot], **values}


def read(*resources: Resource, **others: Any) -> FileRequest:
    return read_plan(plan(*resources, **others))


def items(*resources: Resource, **others: Any) -> list[dict[str, Any]]:
    """What is said of each item."""
    return [
        {
            field.name: f"{value}" if isinstance(value, Decimal) else value
            for field in fields(item)
            if field.name != "label" and (value := getattr(item, field.name)) != field.default
        }
        for item in read(*resources, **others).items
    ]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (
            "google_compute_instance",
            machine(),
            [
                {"resource": "n2-standard-8", "region": "europe-west3-a"},
                {"resource": "pd-balanced", "region": "europe-west3-a", "size_gib": "100"},
            ],
        ),
        (
            "google_compute_instance",
            machine(
                "n1-standard-4",
                guest_accelerator=[{"type": "nvidia-tesla-t4", "count": 2}],
                scratch_disk=[{"interface": "NVME", "size": 375}] * 3,
                scheduling=[{"preemptible": True, "provisioning_model": "SPOT"}],
                boot_disk=[{"source": "projects/p/zones/z/disks/d", "initialize_params": []}],
            ),
            [
                {
                    "resource": "n1-standard-4",
                    "region": "europe-west3-a",
                    "usage_type": "spot",
                    "gpu": "nvidia-tesla-t4",
                    "gpu_count": 2,
                    "local_ssds": 3,
                }
            ],
        ),
        (
            "google_compute_instance",
            machine(scheduling=[{"preemptible": True, "provisioning_model": ""}], boot_disk=[]),
            [{"resource": "n2-standard-8", "region": "europe-west3-a", "usage_type": "spot"}],
        ),
        (
            "google_compute_instance",
            machine(scheduling=[{"preemptible": False, "provisioning_model": "STANDARD"}], boot_disk=[]),
            [{"resource": "n2-standard-8", "region": "europe-west3-a"}],
        ),
        # Its GPU and disks come with the machine.
        (
            "google_compute_instance",
            machine(
                "a2-ultragpu-1g",
                boot_disk=[],
                scratch_disk=[{}],
                guest_accelerator=[{"type": "nvidia-a100-80gb", "count": 1}],
            ),
            [{"resource": "a2-ultragpu-1g", "region": "europe-west3-a"}],
        ),
        (
            "google_compute_disk",
            {"type": "hyperdisk-balanced", "size": 10, "zone": "us-central1-a", "provisioned_iops": 4000},
            [{"resource": "hyperdisk-balanced", "region": "us-central1-a", "size_gib": "10", "iops": "4000"}],
        ),
        (
            "google_compute_disk",
            {"size": 10, "zone": "us-central1-a", "provisioned_iops": 0},
            [{"resource": "pd-standard", "region": "us-central1-a", "size_gib": "10"}],
        ),
        (
            "google_compute_region_disk",
            {"type": "pd-balanced", "size": 200, "region": "europe-west3"},
            [{"resource": "pd-balanced", "region": "europe-west3", "size_gib": "200", "ha": True}],
        ),
        (
            "google_sql_database_instance",
            {
                "database_version": "POSTGRES_15",
                "region": "europe-west3",
                "settings": [
                    {
                        "tier": "db-custom-2-7680",
                        "availability_type": "REGIONAL",
                        "disk_size": 50,
                        "disk_type": "PD_HDD",
                    }
                ],
            },
            [
                {
                    "resource": "db-custom-2-7680",
                    "region": "europe-west3",
                    "engine": "POSTGRES_15",
                    "ha": True,
                    "size_gib": "50",
                    "tier": "hdd",
                }
            ],
        ),
        (
            "google_container_cluster",
            {"location": "europe-west3", "enable_autopilot": True},
            [{"resource": "gke-cluster", "region": "europe-west3", "tier": "autopilot"}],
        ),
        (
            "google_container_cluster",
            {"location": "europe-west3", "remove_default_node_pool": True, "initial_node_count": 1},
            [{"resource": "gke-cluster", "region": "europe-west3", "tier": "regional"}],
        ),
        # A pool of its own, in its zone and two more.
        (
            "google_container_cluster",
            {"location": "us-central1-a", "initial_node_count": 2, "node_locations": ["b", "c"]},
            [
                {"resource": "gke-cluster", "region": "us-central1-a", "tier": "zonal"},
                {"resource": "e2-medium", "region": "us-central1-a", "quantity": "6"},
                {"resource": "pd-balanced", "region": "us-central1-a", "quantity": "6", "size_gib": "100"},
            ],
        ),
        (
            "google_container_cluster",
            {"location": "us-central1", "node_pool": [{"node_count": 1, "node_config": [{"spot": True}]}]},
            [
                {"resource": "gke-cluster", "region": "us-central1", "tier": "regional"},
                {"resource": "e2-medium", "region": "us-central1", "quantity": "3", "usage_type": "spot"},
                {"resource": "pd-balanced", "region": "us-central1", "quantity": "3", "size_gib": "100"},
            ],
        ),
        (
            "google_container_node_pool",
            {
                "location": "europe-west3",
                "node_count": 2,
                "node_locations": ["europe-west3-a", "europe-west3-b"],
                "node_config": [{"machine_type": "e2-standard-4", "disk_size_gb": 50, "disk_type": "pd-ssd"}],
            },
            [
                {"resource": "e2-standard-4", "region": "europe-west3", "quantity": "4"},
                {"resource": "pd-ssd", "region": "europe-west3", "quantity": "4", "size_gib": "50"},
            ],
        ),
        (
            "google_compute_address",
            {"region": "europe-west3", "address_type": "EXTERNAL"},
            [{"resource": "static-ip", "region": "europe-west3"}],
        ),
        ("google_compute_address", {"region": "europe-west3", "address_type": "INTERNAL"}, []),
        (
            "google_compute_router_nat",
            {"region": "europe-west3"},
            [{"resource": "nat-gateway", "region": "europe-west3"}],
        ),
        (
            "google_compute_vpn_tunnel",
            {"region": "europe-west3"},
            [{"resource": "vpn-tunnel", "region": "europe-west3"}],
        ),
        (
            "google_compute_global_address",
            {"address_type": "EXTERNAL"},
            [{"resource": "static-ip", "region": "us-central1"}],
        ),
        # Places may be paths.
        (
            "google_compute_disk",
            DISK | {"zone": "projects/p/zones/us-central1-b"},
            [{"resource": "pd-ssd", "region": "us-central1-b", "size_gib": "500"}],
        ),
        (
            "google_container_cluster",
            {"location": "projects/p/zones/us-central1-b", "remove_default_node_pool": True},
            [{"resource": "gke-cluster", "region": "us-central1-b", "tier": "zonal"}],
        ),
        # Its external addresses are those of all of its interfaces, on a machine bought as it is.
        (
            "google_compute_instance",
            machine(boot_disk=[], network_interface=[{"access_config": [{}]}, {"access_config": []}]),
            [
                {"resource": "n2-standard-8", "region": "europe-west3-a"},
                {"resource": "external-ip", "region": "europe-west3-a"},
            ],
        ),
        (
            "google_compute_instance",
            machine(
                boot_disk=[],
                scheduling=[{"provisioning_model": "SPOT"}],
                network_interface=[{"access_config": [{}]}] * 2,
            ),
            [
                {"resource": "n2-standard-8", "region": "europe-west3-a", "usage_type": "spot"},
                {"resource": "external-ip", "region": "europe-west3-a", "usage_type": "spot"},
                {"resource": "external-ip", "region": "europe-west3-a", "usage_type": "spot"},
            ],
        ),
        ("google_compute_global_forwarding_rule", {}, [{"resource": "global-forwarding-rule"}]),
        (
            "google_tpu_v2_vm",
            {"accelerator_type": "v2-8", "zone": "us-central1-c", "scheduling_config": [{"spot": True}]},
            [{"resource": "v2-8", "region": "us-central1-c", "usage_type": "spot"}],
        ),
    ],
)
def test_a_resource_is_read_as_the_items_that_it_is_billed_for(
    kind: str, values: dict[str, Any], expected: list[dict[str, Any]]
) -> None:
    request = read(planned(f"{kind}.x", values))

    assert items(planned(f"{kind}.x", values)) == expected
    assert request.gaps == ()
    assert request.unread == ()


ADDRESSED: list[dict[str, Any]] = [{"access_config": [{}]}]
STOPPED_DISK = [{"resource": "pd-balanced", "region": "europe-west3-a", "size_gib": "100"}]


@pytest.mark.parametrize(
    "status", [{"desired_status": "TERMINATED"}, {"desired_status": None, "current_status": "TERMINATED"}]
)
def test_a_stopped_machine_is_priced_as_its_disks_and_that_is_told(status: dict[str, Any]) -> None:
    resource = planned("google_compute_instance.x", machine(network_interface=ADDRESSED, **status))

    assert items(resource) == STOPPED_DISK
    assert read(resource).gaps == ()
    assert read(resource).notes == ("google_compute_instance.x: it is stopped; only its disks are priced.",)


def test_a_suspended_machine_is_priced_as_its_disks_and_its_memory_is_told_as_open() -> None:
    values = machine(network_interface=ADDRESSED, desired_status="SUSPENDED")
    resource = planned("google_compute_instance.x", values)

    assert items(resource) == STOPPED_DISK
    [gap] = read(resource).gaps
    assert gap.startswith(
        "google_compute_instance.x: it is suspended; only its disks are priced, without the"
    )


def test_a_machine_that_is_to_be_started_is_priced_as_running() -> None:
    values = machine(desired_status="RUNNING", current_status="TERMINATED", boot_disk=[])

    assert [each["resource"] for each in items(planned("google_compute_instance.x", values))] == [
        "n2-standard-8"
    ]


@pytest.mark.parametrize(
    ("edition", "storage"),
    [
        ({}, "cloud-sql-storage"),
        ({"edition": "ENTERPRISE"}, "cloud-sql-storage"),
        ({"edition": "ENTERPRISE_PLUS"}, "cloud-sql-enterprise-plus-storage"),
    ],
)
def test_a_stopped_database_is_priced_as_its_storage(edition: dict[str, str], storage: str) -> None:
    settings = {"tier": "db-custom-2-7680", "disk_size": 50, "activation_policy": "NEVER", **edition}
    values = {"database_version": "POSTGRES_15", "region": "europe-west3", "settings": [settings]}
    request = read(planned("google_sql_database_instance.x", values))

    [item] = items(planned("google_sql_database_instance.x", values))
    assert item["resource"] == storage
    assert (item["engine"], item["size_gib"]) == ("POSTGRES_15", "50")
    assert request.gaps == ()
    assert request.notes == (
        "google_sql_database_instance.x: it is stopped; only its storage is priced, not its address.",
    )


def test_external_addresses_that_are_not_known_are_told() -> None:
    unknown = {"network_interface": [{"access_config": True}]}
    resource = planned(
        "google_compute_instance.x", machine(network_interface=[{"network": "n"}]), after_unknown=unknown
    )

    [gap] = read(resource).gaps
    assert gap.startswith("google_compute_instance.x: network_interface.access_config is known only after")


@pytest.mark.parametrize(
    ("static", "nat_ip", "references", "is_used"),
    [
        (
            "google_compute_address.x",
            None,
            ["google_compute_address.x.address", "google_compute_address.x"],
            True,
        ),
        ("google_compute_address.x[0]", None, ["google_compute_address.x", "count.index"], True),
        (
            "google_compute_address.x[0]",
            None,
            ["google_compute_address.x[0]", "google_compute_address.x"],
            True,
        ),
        (
            "google_compute_address.x[1]",
            None,
            ["google_compute_address.x[0]", "google_compute_address.x"],
            False,
        ),
        ("google_compute_address.y", None, ["google_compute_address.x"], False),
        ("google_compute_address.y", "203.0.113.7", [], True),
    ],
)
def test_a_static_address_that_a_machine_uses_is_not_counted_again(
    static: str, nat_ip: str | None, references: list[str], is_used: bool
) -> None:
    interface = {"network_interface": [{"access_config": [{"nat_ip": {"references": references}}]}]}
    request = read(
        planned(static, {"region": "europe-west3", "address": "203.0.113.7"}),
        planned(
            "google_compute_instance.x",
            machine(boot_disk=[], network_interface=[{"access_config": [{"nat_ip": nat_ip}]}]),
        ),
        **configuration(google_compute_instance=interface),
    )

    assert (static not in request.names) == is_used
    assert (f"{static}: a machine of the plan uses it; it is priced there." in request.notes) == is_used


def test_a_static_address_of_a_stopped_machine_is_one_that_nothing_uses() -> None:
    interface = [{"access_config": [{"nat_ip": "203.0.113.7"}]}]
    request = read(
        planned("google_compute_address.x", {"region": "europe-west3", "address": "203.0.113.7"}),
        planned(
            "google_compute_instance.x", machine(network_interface=interface, desired_status="TERMINATED")
        ),
    )

    assert "google_compute_address.x" in request.names


def test_each_instance_of_count_and_for_each_in_each_module_is_an_item_by_its_address() -> None:
    request = read(
        planned("google_compute_disk.x[0]", DISK),
        planned("google_compute_disk.x[1]", DISK),
        modules=[planned('module.a.module.b.google_compute_disk.y["eu.west"]', DISK)],
    )

    assert request.names == (
        "google_compute_disk.x[0]",
        "google_compute_disk.x[1]",
        'module.a.module.b.google_compute_disk.y["eu.west"]',
    )
    assert [item.label for item in request.items] == list(request.names)


def test_what_does_not_change_counts_and_what_is_deleted_does_not() -> None:
    request = read(
        planned("google_compute_disk.kept", DISK, actions=["no-op"]),
        planned("google_compute_disk.replaced", DISK, actions=["delete", "create"]),
        planned("google_compute_disk.gone", DISK, actions=["delete"]),
    )

    assert request.names == ("google_compute_disk.kept", "google_compute_disk.replaced")
    assert request.notes == ("The plan deletes 1 resource, which is not counted.",)


def test_what_an_earlier_apply_left_over_is_no_change_of_the_resource() -> None:
    content = plan(planned("google_compute_disk.x", DISK))
    content["resource_changes"].append(
        {"address": "google_compute_disk.x", "deposed": "1", "change": {"actions": ["delete"]}}
    )

    assert read_plan(content).names == ("google_compute_disk.x",)


def test_data_sources_are_no_resources() -> None:
    content = plan(planned("google_compute_disk.x", DISK))
    content["planned_values"]["root_module"]["resources"][0]["mode"] = "data"

    assert read_plan(content).items == ()


@pytest.mark.parametrize("argument", ["size", "type", "zone"])
def test_a_disk_of_which_something_is_known_only_after_apply_is_not_priced(argument: str) -> None:
    values = {name: value for name, value in DISK.items() if name != argument}

    request = read(planned("google_compute_disk.x", values, after_unknown={argument: True, "id": True}))

    assert request.items == ()
    assert request.gaps == (
        f"google_compute_disk.x: {argument} is known only after apply; it is not priced.",
    )


def test_a_machine_is_priced_where_only_its_boot_disk_is_unknown() -> None:
    boot = [{"initialize_params": [{"type": "pd-balanced"}]}]
    unknown = {"boot_disk": [{"initialize_params": [{"size": True}]}]}

    request = read(planned("google_compute_instance.x", machine(boot_disk=boot), after_unknown=unknown))

    assert [item.resource for item in request.items if isinstance(item, ResourceRequest)] == ["n2-standard-8"]
    [gap] = request.gaps
    assert gap.startswith("google_compute_instance.x boot_disk: initialize_params.size is known only after")
    assert gap.endswith("it is not priced.")


def test_unknown_gpus_are_told_if_the_configuration_has_them_or_is_not_there() -> None:
    resource = planned(
        "google_compute_instance.x", machine(boot_disk=[]), after_unknown={"guest_accelerator": True}
    )
    told = tuple(
        f"google_compute_instance.x: guest_accelerator.{name} is known only after apply;"
        " it is priced without that."
        for name in ("type", "count")
    )

    assert read(resource).gaps == told
    configured = configuration(google_compute_instance={"guest_accelerator": [{"type": {}, "count": {}}]})
    assert read(resource, **configured).gaps == told
    assert read(resource, **configuration(google_compute_instance={"machine_type": {}})).gaps == ()


@pytest.mark.parametrize(
    "expression",
    [{"constant_value": "us-east1"}, {"references": ["var.where"]}],
    ids=["constant", "variable"],
)
def test_a_resource_without_a_place_is_where_the_provider_is(expression: dict[str, Any]) -> None:
    provider = {"google": {"name": "google", "expressions": {"region": expression}}}
    resources = [{"address": "google_compute_disk.x", "expressions": {"size": {}}}]
    [disk] = items(
        planned("google_compute_disk.x", {"size": 10}, after_unknown={"zone": True}),
        configuration={"provider_config": provider, "root_module": {"resources": resources}},
        variables={"where": {"value": "us-east1"}},
    )

    assert disk["region"] == "us-east1"


@pytest.mark.parametrize(
    ("image", "os"),
    [
        ("windows-cloud/windows-server-2022-dc-v20260101", "windows-server"),
        ("windows-sql-cloud/sql-std-2022-win-2022", "sql-server-standard"),
        ("rhel-cloud/rhel-9", "rhel"),
        ("rhel-sap-cloud/rhel-9-2-sap-ha", "rhel-sap"),
        ("suse-cloud/sles-15", "sles"),
        ("debian-cloud/debian-12", None),
    ],
)
def test_the_licence_of_an_image_is_read_from_its_name(image: str, os: str | None) -> None:
    boot = [{"initialize_params": [{"size": 10, "type": "pd-ssd", "image": image}]}]

    found = items(planned("google_compute_instance.x", machine(boot_disk=boot)))

    assert found[0].get("os") == os


def test_a_default_that_nobody_configured_is_taken_and_one_that_is_not_known_is_told() -> None:
    pool = {"location": "us-central1-a", "initial_node_count": 2}
    unknown = {"node_count": True, "node_config": True}
    resource = planned("google_container_node_pool.x", pool, after_unknown=unknown)

    configured = configuration(google_container_node_pool={"initial_node_count": {}})

    assert items(resource, **configured) == [
        {"resource": "e2-medium", "region": "us-central1-a", "quantity": "2"},
        {"resource": "pd-balanced", "region": "us-central1-a", "quantity": "2", "size_gib": "100"},
    ]
    assert read(resource).gaps[0] == (
        "google_container_node_pool.x: node_config.machine_type is known only after apply; it is not priced."
    )


def test_what_is_neither_said_nor_unknown_is_not_taken_as_nothing() -> None:
    request = read(
        planned("google_container_node_pool.x", {"location": "us-central1-a"}),
        planned("google_compute_disk.x", {"zone": "us-central1-a"}),
    )

    assert request.items == ()
    assert request.gaps == (
        "google_container_node_pool.x: node_count is not said; it is not priced.",
        "google_compute_disk.x: size is not said; it is not priced.",
    )


@pytest.mark.parametrize("value", ["many", {"a": 1}, [[]], -1, Decimal("1e400")])
def test_a_value_that_is_none_is_told(value: object) -> None:
    request = read(planned("google_compute_disk.x", DISK | {"size": value}))

    assert request.items == ()
    assert len(request.gaps) == 1


def test_forwarding_rules_of_a_region_are_counted_together() -> None:
    rules = [
        planned(f"google_compute_forwarding_rule.{name}", {"region": region})
        for name, region in [("a", "us-east1"), ("b", "us-west1"), ("c", "us-east1")]
    ]

    request = read(*rules)

    assert [(item.label, item.region, f"{item.quantity}") for item in request.items] == [
        ("google_compute_forwarding_rule", "us-east1", "2"),
        ("google_compute_forwarding_rule.b", "us-west1", "1"),
    ]


def test_a_bucket_is_told_as_what_a_plan_does_not_say() -> None:
    request = read(planned("google_storage_bucket.x", {"location": "EU", "storage_class": "NEARLINE"}))

    assert request.items == ()
    [gap] = request.gaps
    assert gap.startswith("google_storage_bucket.x: a plan does not say what it stores, and its operations")


def test_types_that_are_not_read_are_listed_with_their_number() -> None:
    request = read(
        planned("google_pubsub_topic.x[0]", {}),
        planned("google_pubsub_topic.x[1]", {}),
        planned("aws_instance.x", {}),
        planned("google_project_iam_member.x", {}),
        planned("random_id.x", {}),
    )

    assert request.unread == (Unread("aws_instance", 1), Unread("google_pubsub_topic", 2))
    assert request.free == (Unread("google_project_iam_member", 1),)


def test_a_state_is_read_as_what_there_is() -> None:
    content = plan(planned("google_compute_disk.x", DISK))
    content["values"] = content.pop("planned_values")

    assert is_plan(content)
    assert read_plan(content).names == ("google_compute_disk.x",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"format_version": "2.0", "planned_values": {}}, "The plan has the format version 2"),
        ({"format_version": "1.0", "resource_changes": []}, "The plan has no planned_values"),
        (
            {"version": 4, "terraform_version": "1.9.0", "resources": []},
            "The file is a Terraform state as it is",
        ),
        ({"planned_values": {"root_module": {"resources": "x"}}}, "The plan's resources are no list"),
        ({"planned_values": {"root_module": {"resources": [1]}}}, "The plan's resources are no list"),
        (
            {"planned_values": {"root_module": {}}, "resource_changes": 1},
            "The plan's resource_changes are no",
        ),
    ],
)
def test_what_is_no_plan_of_a_known_version_is_refused(content: dict[str, Any], says: str) -> None:
    assert is_plan(content)
    with pytest.raises(InvalidArgumentError, match=re.escape(says)):
        read_plan(content)


def test_the_table_of_types_has_arguments_of_items_only() -> None:
    known = {field.name for field in fields(ResourceRequest)}

    for name, rules in types().items():
        assert rules.items or rules.says, name
        assert not is_free(name)
        assert not is_ignored(name)
        for item in rules.items:
            assert "resource" in item.arguments
            assert item.arguments.keys() <= known


def test_the_table_of_types_names_resources_that_there_are() -> None:
    named = {item.arguments["resource"].default for rules in types().values() for item in rules.items}

    for name in filter(None, named):
        assert read_bill(ResourceRequest(resource=name, region="us-central1")).resource


def test_each_type_that_is_read_is_documented_and_no_other() -> None:
    document = (settings.BASE_DIR / "docs" / "estimates.md").read_text()
    rows = re.findall(r"^\| (`google_.*?) \|", document, re.MULTILINE)

    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(types())
