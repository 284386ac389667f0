"""What people call things that Google's price list calls otherwise. Data only; catalog/question.py reads it.

A spelling widens what a word finds and never hides a SKU that carries the word itself. In a spelling,
"a + b" wants both phrases and "a|b" either word; Google's own spelling stands first, and names that carry
it rank first. A machine family or product that is not listed here is found by its letters.
"""

from __future__ import annotations

# A person's words, folded and singular, and after the colon the spellings that the price list may have of
# any of them.
_SPELLINGS = """
# Processor and memory. Source: SKU names; only Autopilot's say mCPU and Memory.
core: core, cpu, vcpu
cpu, vcpu, processor: core, mcpu, cpu, vcpu
ram, memory, mem: ram, memory
# Machine families that SKU names describe. Source: Compute Engine documentation, "Machine families
# resource and comparison guide", against the names of the price list.
c2: compute optimized, c2
m1: memory optimized, m1
m2: memory optimized upgrade premium, m2
n1: n1, commitment v1 cpu, commitment v1 ram, custom instance, custom extended instance, sole tenancy instance
n1 custom, custom n1: custom instance, custom extended instance
n1 sole tenancy, n1 sole tenant: sole tenancy instance
f1 micro: micro instance, f1 micro
g1 small: small instance, g1 small
f1 micro vm, f1 micro instance: micro instance
g1 small vm, g1 small instance: small instance
tau: t2d, t2a
extended memory: extended, extended memory
upgrade: upgrade premium, upgrade
# GPUs. Source: Compute Engine documentation, "GPU machine types".
a100 40gb: a100 gpu
graphics card, accelerator card: gpu
# Products by their short and former names. Source: their documentation's first pages.
gce: compute engine, gce
gcs, google cloud storage, object storage, blob storage, bucket storage: cloud storage, gcs
gke, google kubernetes engine: kubernetes engine, kubernetes, gke
k8s, kube: kubernetes, k8s
bq: bigquery, bq
postgre, postgres, pgsql: postgresql, postgres
mssql, ms sql, sqlserver: sql server, mssql
cloudsql, google cloud sql: cloud sql, cloudsql
cloud tpu: tpu, cloud tpu
tensor processing unit: tpu
pubsub, pub sub: pub sub, pubsub
kms: key management, kms
gae: app engine, gae
gcf: cloud functions, gcf
gar: artifact registry, gar
dlp: data loss prevention, dlp
cloud cdn, cdn: cdn
cloud nat: nat, cloud nat
cloud vpn: vpn, cloud vpn
# Disks and images. Source: Compute Engine documentation, "Disk types", against the names of the
# price list: "Storage PD Capacity" is the standard disk, "SSD backed PD Capacity" pd-ssd.
persistent disk, boot disk, pd, block storage: pd capacity, pd
pd standard, standard pd, standard persistent disk: storage pd capacity, pd standard, standard pd
standard disk, standard boot disk, hdd, hdd disk: storage pd capacity, pd standard, standard pd
hdd persistent disk, magnetic disk: storage pd capacity, pd standard, standard pd
regional pd standard, regional standard pd: regional storage pd, regional pd
regional standard persistent disk, regional standard disk, regional hdd: regional storage pd, regional pd
regional pd: regional storage pd, regional pd
regional pd ssd, regional ssd pd, regional ssd disk: regional ssd backed pd, regional pd ssd
regional ssd persistent disk: regional ssd backed pd, regional pd ssd
regional pd balanced, regional balanced pd: regional balanced pd, regional pd balanced
regional balanced disk, regional balanced persistent disk: regional balanced pd, regional pd balanced
pd ssd, ssd pd, ssd persistent disk, ssd disk, persistent disk ssd, disk ssd: ssd backed pd, pd ssd
ssd boot disk: ssd backed pd, pd ssd
ssd: ssd backed, ssd
pd balanced, balanced pd, balanced disk, balanced persistent disk: balanced pd, pd balanced
persistent disk balanced, balanced boot disk: balanced pd, pd balanced
pd extreme, extreme pd, extreme disk, extreme persistent disk: extreme pd, pd extreme
persistent disk extreme: extreme pd, pd extreme
local ssd, local ssd disk, scratch disk, local nvme, nvme: ssd backed local storage, local ssd
disk: pd, disk, hyperdisk
provisioned iops: iops
provisioned throughput: throughput throughput
async replication, asynchronous replication: asynchronous replication, async replication
pd async replication: asynchronous replication, async replication
disk snapshot, persistent disk snapshot, pd snapshot, standard snapshot: pd snapshot, standard snapshot
backup: backup, snapshot
snapshot storage, pd snapshot storage, disk snapshot storage: snapshot
instant snapshot, disk instant snapshot: instant snapshot
archive snapshot, archive disk snapshot: archive snapshot
machine image, vm image, machine image storage: machine image
image, custom image, disk image, image storage, custom image storage: image
# Cloud Storage. Source: Cloud Storage documentation, "Storage classes" and "Operation charges".
class a, class a op, class a ops, class a operation: class a operations, class a
class b, class b op, class b ops, class b operation: class b operations, class b
dra: durable reduced availability, dra
early deletion, early delete, minimum duration: early delete, early deletion
multiregion, multi regional, multiregional: multi region, multi regional
dualregion, dual regional: dual region
retrieval fee: retrieval
cold line: coldline
near line: nearline
# Network. Source: "Network pricing" (VPC documentation) and the names of the price list; newer
# names say Data Transfer Out and In, Cloud Storage says Download.
egress, outbound, outgoing, outbound traffic, outbound data transfer: egress, data transfer out, download
data transfer out, egress traffic, outgoing traffic, egress bandwidth: egress, data transfer out, download
egres, data egress: egress, data transfer out, download
ingress, inbound, incoming, inbound traffic, inbound data transfer: ingress, data transfer in
data transfer in: ingress, data transfer in
data transfer, traffic, bandwidth: egress, data transfer, traffic, bandwidth
internet, the internet: internet, download
internet egress, egress internet, egress to internet: internet egress, download
inter region, interregion, cross region, region to region, between region: inter region
inter zone, interzone, cross zone, zone to zone, between zones: inter zone
intra zone, intrazone, same zone: intra zone
standard tier, standard network tier: standard tier
premium tier, premium network tier: network internet
ip, ip address: ip, ip address
unused ip, reserved ip, idle ip, unused ip address, unused static ip, reserved static ip: static ip
unused static ip address, reserved static ip address: static ip
static ip, static ip address, static external ip: static ip, external ip
external ip, external ip address, public ip, public ip address: external ip, static ip
load balancer, lb, load balancing: load balancing, load balancer
tier 1 networking, tier1 networking, tier 1 network: tier 1 networking
tier1: tier 1, tier1
dedicated interconnect: dedicated + interconnect
partner interconnect: partner + interconnect
vlan, vlan attachment, interconnect attachment: vlan attachment
cache egress: cdn, cache egress
# How it is bought. Source: Compute Engine documentation, "Committed use discounts".
cud, committed use, committed use discount, resource based cud, committed: commitment, committed use, cud
flexible cud, flex cud, spend based cud, spend based commitment, flexible commitment: dollar based
sud, sustained use, sustained use discount: sustained use discount
sole tenant, sole tenancy, dedicated host, sole tenant node: sole tenancy
reservation, reserved: reserved, reservation
dynamic workload scheduler, dws, flex start: dws
yr, year: year, yr
# Licences. Source: SKU names; Compute Engine documentation, "Premium images".
license, licence, licensing, license fee, licence fee, licensing fee: licensing fee, licensing, license
os license, os licence, image license: licensing fee, licensing, license
rhel, redhat, red hat, red hat linux: red hat enterprise linux, redhat enterprise linux, rhel
red hat enterprise linux: red hat enterprise linux, redhat enterprise linux, rhel
suse, sles, suse linux, suse linux enterprise: sles, suse linux enterprise, suse enterprise linux
suse linux enterprise server: sles, suse linux enterprise, suse enterprise linux
windows, win, window: windows server, windows
win server, windows server: windows server
# Kubernetes. Source: "Google Kubernetes Engine pricing".
cluster management, management fee, cluster fee: clusters, management fee
cluster management fee, cluster: clusters, cluster
pod cpu: pod mcpu, pod cpu
pod vcpu: pod mcpu
pod ram: pod memory
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    lines = (line.split(": ") for line in table.split("\n") if line and not line.startswith("#"))
    return {word: tuple(spellings.split(", ")) for words, spellings in lines for word in words.split(", ")}


SPELLINGS: dict[str, tuple[str, ...]] = _read(_SPELLINGS)

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
across amd between bucket buckets capacity charge class cloud compute data edition engine family fee fees
gcp generation google instance instances intel kind linux location machine machines management model
network networking nvidia option out over plan product region regions request requests resource series
service services size storage subscription tesla through tier traffic type types unit units usage version
via vm vms within zone zones
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

# Parts of the world that traffic goes to and nothing is sold in. Source: SKU names.
FAR_PLACES: tuple[str, ...] = (
    "americas",
    "apac",
    "asia pacific",
    "central america",
    "china",
    "eastern europe",
    "emea",
    "latin america",
    "northern america",
    "oceania",
    "western europe",
)

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
