"""What people call things that Google's price list calls otherwise. Data only; catalog/question.py reads it.

A spelling widens what a word finds and never hides a SKU that carries the word itself. In a spelling,
"a + b" wants both phrases and "a|b" either word; Google's own spelling stands first, and names that carry
it rank first. A machine family or product that is not listed here is found by its letters.
"""

from __future__ import annotations

# Source: the names of the price list itself, which say Core, Cpu or VCPU for a processor.
_CORE = ("core", "cpu", "vcpu")
_ANY_CORE = ("core", "mcpu", "cpu", "vcpu")
_EGRESS = ("egress", "data transfer out", "download")
_INGRESS = ("ingress", "data transfer in")
_LICENCE = ("licensing fee", "licensing", "license")
_REPLICATION = ("asynchronous replication", "async replication")
_RHEL = ("red hat enterprise linux", "redhat enterprise linux", "rhel")
_SLES = ("sles", "suse linux enterprise", "suse enterprise linux")
_INSTANT = ("instant snapshot",)
_EXTERNAL_IP = ("external ip", "static ip")

# A word or phrase of a person, folded and singular, and the spellings that it may have in the price list.
SPELLINGS: dict[str, tuple[str, ...]] = {
    # Processor and memory. Source: SKU names; only Autopilot's say mCPU and Memory.
    "core": _CORE,
    **dict.fromkeys(("cpu", "vcpu", "processor"), _ANY_CORE),
    **dict.fromkeys(("ram", "memory", "mem"), ("ram", "memory")),
    # Machine families that SKU names describe. Source: Compute Engine documentation, "Machine families
    # resource and comparison guide", against the names of the price list.
    "c2": ("compute optimized", "c2"),
    "m1": ("memory optimized", "m1"),
    "m2": ("memory optimized upgrade premium", "m2"),
    "n1": (
        "n1",
        "commitment v1 cpu",
        "commitment v1 ram",
        "custom instance",
        "custom extended instance",
        "sole tenancy instance",
    ),
    **dict.fromkeys(("n1 custom", "custom n1"), ("custom instance", "custom extended instance")),
    **dict.fromkeys(("n1 sole tenancy", "n1 sole tenant"), ("sole tenancy instance",)),
    "f1 micro": ("micro instance", "f1 micro"),
    "g1 small": ("small instance", "g1 small"),
    **dict.fromkeys(("f1 micro vm", "f1 micro instance"), ("micro instance",)),
    **dict.fromkeys(("g1 small vm", "g1 small instance"), ("small instance",)),
    "tau": ("t2d", "t2a"),
    "milan": ("n2d", "milan"),
    "extended memory": ("extended", "extended memory"),
    "upgrade": ("upgrade premium", "upgrade"),
    # GPUs. Source: Compute Engine documentation, "GPU machine types".
    "a100 40gb": ("a100 gpu",),
    **dict.fromkeys(("graphics card", "accelerator card"), ("gpu",)),
    # Products by their short and former names. Source: their documentation's first pages.
    "gce": ("compute engine", "gce"),
    **dict.fromkeys(
        ("gcs", "google cloud storage", "object storage", "blob storage", "bucket storage"),
        ("cloud storage", "gcs"),
    ),
    **dict.fromkeys(("gke", "google kubernetes engine"), ("kubernetes engine", "kubernetes", "gke")),
    **dict.fromkeys(("k8s", "kube"), ("kubernetes", "k8s")),
    "bq": ("bigquery", "bq"),
    **dict.fromkeys(("postgre", "postgres", "pgsql"), ("postgresql", "postgres")),
    **dict.fromkeys(("mssql", "ms sql", "sqlserver"), ("sql server", "mssql")),
    **dict.fromkeys(("cloudsql", "google cloud sql"), ("cloud sql", "cloudsql")),
    "cloud tpu": ("tpu", "cloud tpu"),
    "tensor processing unit": ("tpu",),
    **dict.fromkeys(("cloud cdn", "cdn"), ("cdn",)),
    "cloud nat": ("nat", "cloud nat"),
    "cloud vpn": ("vpn", "cloud vpn"),
    "ddos": ("cloud armor", "ddos"),
    # Disks and images. Source: Compute Engine documentation, "Disk types", against the names of the price
    # list: "Storage PD Capacity" is the standard disk, "SSD backed PD Capacity" pd-ssd.
    **dict.fromkeys(("persistent disk", "boot disk", "pd", "block storage"), ("pd capacity", "pd")),
    **dict.fromkeys(
        (
            "pd standard",
            "standard pd",
            "standard persistent disk",
            "standard disk",
            "standard boot disk",
            "hdd",
            "hdd disk",
            "hdd persistent disk",
            "magnetic disk",
        ),
        ("storage pd capacity", "pd standard", "standard pd"),
    ),
    **dict.fromkeys(
        (
            "regional pd standard",
            "regional standard pd",
            "regional standard persistent disk",
            "regional standard disk",
            "regional hdd",
            "regional pd",
        ),
        ("regional storage pd", "regional pd"),
    ),
    **dict.fromkeys(
        ("regional pd ssd", "regional ssd pd", "regional ssd disk", "regional ssd persistent disk"),
        ("regional ssd backed pd", "regional pd ssd"),
    ),
    **dict.fromkeys(
        (
            "regional pd balanced",
            "regional balanced pd",
            "regional balanced disk",
            "regional balanced persistent disk",
        ),
        ("regional balanced pd", "regional pd balanced"),
    ),
    **dict.fromkeys(
        (
            "pd ssd",
            "ssd pd",
            "ssd persistent disk",
            "ssd disk",
            "persistent disk ssd",
            "disk ssd",
            "ssd boot disk",
        ),
        ("ssd backed pd", "pd ssd"),
    ),
    "ssd": ("ssd backed", "ssd"),
    **dict.fromkeys(
        (
            "pd balanced",
            "balanced pd",
            "balanced disk",
            "balanced persistent disk",
            "persistent disk balanced",
            "balanced boot disk",
        ),
        ("balanced pd", "pd balanced"),
    ),
    **dict.fromkeys(
        ("pd extreme", "extreme pd", "extreme disk", "extreme persistent disk", "persistent disk extreme"),
        ("extreme pd", "pd extreme"),
    ),
    **dict.fromkeys(
        ("local ssd", "local ssd disk", "scratch disk", "local nvme", "nvme"),
        ("ssd backed local storage", "local ssd"),
    ),
    "disk": ("pd", "disk", "hyperdisk"),
    "provisioned iops": ("iops",),
    "provisioned throughput": ("throughput throughput",),
    **dict.fromkeys(("async replication", "asynchronous replication", "pd async replication"), _REPLICATION),
    **dict.fromkeys(
        ("disk snapshot", "persistent disk snapshot", "pd snapshot", "standard snapshot"),
        ("pd snapshot", "standard snapshot"),
    ),
    **dict.fromkeys(("snapshot", "backup"), ("snapshot", "backup")),
    **dict.fromkeys(("snapshot storage", "pd snapshot storage", "disk snapshot storage"), ("snapshot",)),
    **dict.fromkeys(("instant snapshot", "disk instant snapshot"), _INSTANT),
    **dict.fromkeys(("archive snapshot", "archive disk snapshot"), ("archive snapshot",)),
    **dict.fromkeys(("machine image", "vm image", "machine image storage"), ("machine image",)),
    **dict.fromkeys(
        ("image", "custom image", "disk image", "image storage", "custom image storage"), ("image",)
    ),
    # Cloud Storage. Source: Cloud Storage documentation, "Storage classes" and "Operation charges".
    **dict.fromkeys(
        ("class a", "class a op", "class a ops", "class a operation"), ("class a operations", "class a")
    ),
    **dict.fromkeys(
        ("class b", "class b op", "class b ops", "class b operation"), ("class b operations", "class b")
    ),
    "dra": ("durable reduced availability", "dra"),
    **dict.fromkeys(
        ("early deletion", "early delete", "minimum duration"), ("early delete", "early deletion")
    ),
    **dict.fromkeys(("multiregion", "multi regional", "multiregional"), ("multi region", "multi regional")),
    **dict.fromkeys(("dualregion", "dual regional"), ("dual region",)),
    "retrieval fee": ("retrieval",),
    # Network. Source: "Network pricing" (VPC documentation) and the names of the price list; newer names
    # say Data Transfer Out and In, Cloud Storage says Download.
    **dict.fromkeys(
        ("egress", "outbound", "outgoing", "outbound traffic", "outbound data transfer", "data transfer out"),
        _EGRESS,
    ),
    **dict.fromkeys(
        ("egress traffic", "outgoing traffic", "egress bandwidth", "egres", "data egress"), _EGRESS
    ),
    **dict.fromkeys(
        ("ingress", "inbound", "incoming", "inbound traffic", "inbound data transfer", "data transfer in"),
        _INGRESS,
    ),
    **dict.fromkeys(
        ("data transfer", "traffic", "bandwidth"), ("egress", "data transfer", "traffic", "bandwidth")
    ),
    **dict.fromkeys(("internet", "the internet"), ("internet", "download")),
    **dict.fromkeys(
        ("internet egress", "egress internet", "egress to internet"), ("internet egress", "download")
    ),
    **dict.fromkeys(
        ("inter region", "interregion", "cross region", "region to region", "between region"),
        ("inter region",),
    ),
    **dict.fromkeys(
        ("inter zone", "interzone", "cross zone", "zone to zone", "between zones"), ("inter zone",)
    ),
    **dict.fromkeys(("intra zone", "intrazone", "same zone"), ("intra zone",)),
    **dict.fromkeys(("standard tier", "standard network tier"), ("standard tier",)),
    **dict.fromkeys(("premium tier", "premium network tier"), ("network internet", "google")),
    **dict.fromkeys(("ip", "ip address"), ("ip", "ip address")),
    **dict.fromkeys(
        (
            "unused ip",
            "reserved ip",
            "idle ip",
            "unused ip address",
            "unused static ip",
            "reserved static ip",
            "unused static ip address",
            "reserved static ip address",
        ),
        ("static ip",),
    ),
    **dict.fromkeys(("static ip", "static ip address", "static external ip"), _EXTERNAL_IP[::-1]),
    **dict.fromkeys(("external ip", "external ip address", "public ip", "public ip address"), _EXTERNAL_IP),
    **dict.fromkeys(("load balancer", "lb", "load balancing"), ("load balancing", "load balancer")),
    **dict.fromkeys(("tier 1 networking", "tier1 networking", "tier 1 network"), ("tier 1 networking",)),
    "tier1": ("tier 1", "tier1"),
    **dict.fromkeys(("dedicated interconnect",), ("dedicated + interconnect",)),
    **dict.fromkeys(("partner interconnect",), ("partner + interconnect",)),
    **dict.fromkeys(("vlan", "vlan attachment", "interconnect attachment"), ("vlan attachment",)),
    "cross cloud": ("cross cloud",),
    "cache egress": ("cdn", "cache egress"),
    # How it is bought. Source: Compute Engine documentation, "Committed use discounts".
    **dict.fromkeys(
        ("cud", "committed use", "committed use discount", "resource based cud", "committed"),
        ("commitment", "committed use", "cud"),
    ),
    **dict.fromkeys(
        ("flexible cud", "flex cud", "spend based cud", "spend based commitment", "flexible commitment"),
        ("dollar based",),
    ),
    **dict.fromkeys(("sud", "sustained use", "sustained use discount"), ("sustained use discount",)),
    **dict.fromkeys(("sole tenant", "sole tenancy", "dedicated host", "sole tenant node"), ("sole tenancy",)),
    **dict.fromkeys(("reservation", "reserved"), ("reserved", "reservation")),
    **dict.fromkeys(("dynamic workload scheduler", "dws", "flex start"), ("dws",)),
    **dict.fromkeys(("yr", "year"), ("year", "yr")),
    # Licences. Source: SKU names; Compute Engine documentation, "Premium images".
    **dict.fromkeys(
        ("license", "licence", "licensing", "license fee", "licence fee", "licensing fee"), _LICENCE
    ),
    **dict.fromkeys(("os license", "os licence", "image license"), _LICENCE),
    **dict.fromkeys(("rhel", "redhat", "red hat", "red hat linux", "red hat enterprise linux"), _RHEL),
    **dict.fromkeys(
        ("suse", "sles", "suse linux", "suse linux enterprise", "suse linux enterprise server"), _SLES
    ),
    **dict.fromkeys(("windows", "win", "window"), ("windows server", "windows")),
    **dict.fromkeys(("win server", "windows server"), ("windows server",)),
    # Kubernetes. Source: "Google Kubernetes Engine pricing".
    **dict.fromkeys(("cluster management", "management fee", "cluster fee"), ("clusters", "management fee")),
    **dict.fromkeys(("cluster management fee", "cluster"), ("clusters", "cluster")),
    "pod cpu": ("pod mcpu", "pod cpu"),
    "pod vcpu": ("pod mcpu",),
    "pod ram": ("pod memory",),
    "ephemeral": ("ephemeral storage", "ephemeral"),
    "t4g": ("t4",),
}

# The GPU in a machine type of an accelerator-optimized family, by what its folded name starts with.
# Source: Compute Engine documentation, "GPU machine types".
MACHINE_GPUS: dict[str, str] = {
    "a2 highgpu": "a100 gpu",
    "a2 megagpu": "a100 gpu",
    "a2 ultragpu": "a100 80gb gpu",
    "a3 highgpu": "h100 80gb gpu",
    "a3 megagpu": "h100 80gb mega gpu",
    "a3 edgegpu": "h100 80gb gpu",
    "a3 ultragpu": "h200 141gb gpu",
    "a4 highgpu": "b200 gpu",
    "g2 standard": "l4 gpu",
}

# What a machine type's name says after the family. Source: Compute Engine documentation, "Machine type
# naming"; a family is any letter, digit and perhaps letter.
MACHINE_SHAPES: tuple[str, ...] = (
    "custom",
    "edgegpu",
    "highcpu",
    "highgpu",
    "highmem",
    "hypermem",
    "medium",
    "megagpu",
    "megamem",
    "micro",
    "small",
    "standard",
    "ultragpu",
    "ultramem",
)

# A person's name of a way to buy, folded, and the usage type that it means. Source: the API's usageType
# values; Compute Engine documentation, "Spot VMs".
USAGE_WORDS: dict[str, str] = {
    "on demand": "OnDemand",
    "ondemand": "OnDemand",
    "pay as you go": "OnDemand",
    "payg": "OnDemand",
    "spot": "Preemptible",
    "spot vm": "Preemptible",
    "spot vms": "Preemptible",
    "spot instance": "Preemptible",
    "spot instances": "Preemptible",
    "spot pricing": "Preemptible",
    "spot preemptible": "Preemptible",
    "preemptible": "Preemptible",
    "preemptable": "Preemptible",
    "preempt": "Preemptible",
    "preemptive": "Preemptible",
    "commit1yr": "Commit1Yr",
    "commit3yr": "Commit3Yr",
}

# Words of "committed for three years".
COMMITMENT_WORDS = frozenset({"commitment", "committed", "discount", "months", "one", "three", "years"})

# What marks a usage type in a SKU's name: Cloud TPU lists "Tpu-v2 Preemptible Accelerator" as OnDemand.
USAGE_MARKS: dict[str, tuple[str, ...]] = {
    "OnDemand": (),
    "Preemptible": ("spot", "preemptible"),
    "Commit1Yr": ("1 year",),
    "Commit3Yr": ("3 year", "3 years"),
}

# Words that tell how something is bought: with one of them on demand is not what is meant.
VARIANT_WORDS = frozenset({"commitment", "dollar", "preemptible", "reserved", "spot"})

# Words that a name may carry or not: names that do rank first among equals. Source:
# what kinds of things and whose they are, which a name that tells the thing leaves out ("H200 141GB GPU").
_OPTIONAL = """
amd bucket buckets capacity charge class cloud compute data engine family fee fees gcp generation google instance
instances intel kind linux location machine machines management model network networking nvidia option plan
product region regions request requests resource series service services size storage subscription tesla tier
traffic type types unit units usage vm vms zone zones
"""
OPTIONAL: frozenset[str] = frozenset(_OPTIONAL.split())

# Words that a question has and a SKU name lacks. Source: the usual English stop words, and words of buying.
_FILLERS = """
a about all am an and any are as at be been by can compare could did do does each find for from get
give going had has have hello hey hi how i if in into is it its kindly know let like list looking me month
monthly more much my need of on one or our per please pls plz running s should show sold some tell than thank
thanks that the their them there these they this those to us use used using vs want was we what whats when
where which who why will with would you your
actual current currently keep kept latest new normal old ordinary plain read reading regular store stored
storing total typical unused using whole write writing
amount annual annually bill billed billing budget charged charges cheap cheapest cost costing costs
daily day days dollar dollars estimate expensive gb gib gigabyte hour hourly hours hr hrs much pay paying
price priced prices pricing rate rates sku skus tb tib usd value yearly
"""
FILLERS: frozenset[str] = frozenset(_FILLERS.split()) - {"us", "dollar"}

# Common names of places beside those of catalog/google_cloud/regions.py, each with its name there.
PLACE_NAMES: dict[str, str] = {
    "usa": "us",
    "america": "us",
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
    "bombay": "mumbai",
    "joburg": "johannesburg",
    "mtl": "montreal",
    "sg": "singapore",
    "la": "los angeles",
    "slc": "salt lake city",
    "vegas": "las vegas",
    "ksa": "saudi arabia",
    "telaviv": "tel aviv",
    "frankfurt am main": "frankfurt",
    "zuerich": "zurich",
    "va": "northern virginia",
}
