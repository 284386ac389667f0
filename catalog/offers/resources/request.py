"""A resource as somebody asks for it, before anything is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# A month of hourly rates (Compute Engine documentation, "VM instance pricing").
HOURS_PER_MONTH = Decimal(730)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRequest:
    """A month of `quantity` resources, each for `hours`; None is what was not said.

    `resource` is a name as gcloud and Terraform write it, such as "n2-standard-8" or "pd-ssd". Sizes are in
    GiB, `throughput` in MiB a second, operations and tokens in ones.
    """

    resource: str
    region: str | None = None
    quantity: Decimal = Decimal(1)
    hours: Decimal = HOURS_PER_MONTH
    usage_type: str = "OnDemand"
    os: str | None = None
    gpu: str | None = None
    gpu_count: int | None = None
    local_ssds: int | None = None
    size_gib: Decimal | None = None
    iops: Decimal | None = None
    throughput: Decimal | None = None
    engine: str | None = None
    ha: bool = False
    storage_class: str | None = None
    class_a_operations: Decimal | None = None
    class_b_operations: Decimal | None = None
    retrieval_gib: Decimal | None = None
    early_deletion_gib_days: Decimal | None = None
    backup_gib: Decimal | None = None
    vms: Decimal | None = None
    vcpus: Decimal | None = None
    memory_gib: Decimal | None = None
    processed_gib: Decimal | None = None
    source: str | None = None
    destination: str | None = None
    cloud: str | None = None
    tier: str | None = None
    context: str | None = None
    scope: str | None = None
    host: str | None = None
    input_tokens: Decimal | None = None
    output_tokens: Decimal | None = None
    cached_input_tokens: Decimal | None = None
    cache_write_tokens: Decimal | None = None
    cache_write_hour_tokens: Decimal | None = None
    batch: bool = False
    label: str | None = None
