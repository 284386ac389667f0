"""What people call things that Google's SKU names call otherwise. Data only; catalog/question.py reads it.

A spelling widens what a word finds and never hides a SKU that carries the word itself. Google's own
spelling stands first: names that carry it rank first.
"""

from __future__ import annotations

# A word or phrase of a person, folded and singular, and the spellings that it may have in the price list.
SPELLINGS: dict[str, tuple[str, ...]] = {
    # Processor and memory: SKU names say Core, Cpu, VCPU and Ram; only Autopilot's say mCPU and Memory.
    "core": ("core", "cpu", "vcpu"),
    **dict.fromkeys(("cpu", "vcpu"), ("core", "cpu", "vcpu", "mcpu")),
    **dict.fromkeys(("ram", "memory", "mem"), ("ram", "memory")),
    # Machine families and types that SKU names describe instead of naming.
    "c2": ("compute optimized", "c2"),
    "m1": ("memory optimized", "m1"),
    "m2": ("memory optimized upgrade premium", "m2"),
    "f1 micro": ("micro instance", "f1 micro"),
    "g1 small": ("small instance", "g1 small"),
    # Products by their short names.
    "gce": ("compute engine", "gce"),
    "gcs": ("cloud storage", "gcs"),
    "gke": ("kubernetes engine", "kubernetes", "gke"),
    "k8s": ("kubernetes", "k8s"),
    "bq": ("bigquery", "bq"),
    "postgres": ("postgresql", "postgres"),
    # Disks: "Storage PD Capacity", "SSD backed PD Capacity", "SSD backed Local Storage".
    "persistent disk": ("pd", "persistent disk"),
    "pd standard": ("storage pd", "pd standard"),
    "standard pd": ("storage pd", "standard pd"),
    "standard persistent disk": ("storage pd", "standard persistent disk"),
    "pd ssd": ("ssd backed pd", "pd ssd"),
    "ssd pd": ("ssd backed pd", "ssd pd"),
    "ssd persistent disk": ("ssd backed pd", "ssd persistent disk"),
    "pd balanced": ("balanced pd", "pd balanced"),
    "balanced persistent disk": ("balanced pd", "balanced persistent disk"),
    "pd extreme": ("extreme pd", "pd extreme"),
    "local ssd": ("ssd backed local storage", "local ssd"),
    "disk": ("pd", "disk", "hyperdisk"),
    # Network. Newer SKU names say Data Transfer Out and In; Cloud Storage says Download.
    **dict.fromkeys(("egress", "outbound", "data transfer out"), ("egress", "data transfer out", "download")),
    **dict.fromkeys(("ingress", "inbound", "data transfer in"), ("ingress", "data transfer in")),
    "ip address": ("ip", "ip address", "ipaddress"),
    "load balancer": ("load balancing", "load balancer"),
    "multiregion": ("multi region", "multiregion"),
    "dualregion": ("dual region", "dualregion"),
    # How it is bought and licensed.
    **dict.fromkeys(("cud", "committed use", "committed use discount"), ("commitment", "cud")),
    "committed": ("commitment", "committed"),
    **dict.fromkeys(("license", "licence"), ("licensing", "license")),
    **dict.fromkeys(("yr", "year"), ("year", "yr")),
}

# A person's name of a way to buy, folded, and the usage type that it means.
USAGE_WORDS: dict[str, str] = {
    "on demand": "OnDemand",
    "ondemand": "OnDemand",
    "spot": "Preemptible",
    "preemptible": "Preemptible",
    "preemptable": "Preemptible",
    "commit1yr": "Commit1Yr",
    "commit3yr": "Commit3Yr",
}

# What marks a usage type in a SKU's name: Cloud TPU lists "Tpu-v2 Preemptible Accelerator" as OnDemand.
USAGE_MARKS: dict[str, tuple[str, ...]] = {
    "OnDemand": (),
    "Preemptible": ("spot", "preemptible"),
    "Commit1Yr": ("for 1 year",),
    "Commit3Yr": ("for 3 year",),
}

# What makes a name a variant of the plain SKU.
VARIANTS: tuple[str, ...] = (
    "commitment",
    "custom",
    "discount",
    "dws",
    "early delete",
    "overcommit",
    "preemptible",
    "premium for",
    "reserved",
    "sole tenancy",
    "spot",
    "upgrade premium",
)

# Words that a question has and a SKU name lacks.
_FILLERS = """
an and at by cost costs do does find for from get give how in is list many me much my of on per please
price prices pricing rate rates running show that the to want what which with
"""
FILLERS: frozenset[str] = frozenset(_FILLERS.split())

# Common names of places beside those of catalog/google_cloud/regions.py, each with its name there.
PLACE_NAMES: dict[str, str] = {
    "usa": "us",
    "eu": "europe",
    "european union": "europe",
    "uk": "united kingdom",
    "great britain": "united kingdom",
    "n virginia": "northern virginia",
    "holland": "netherlands",
    "korea": "south korea",
    "sidney": "sydney",
    "new delhi": "delhi",
    "brasil": "brazil",
}
