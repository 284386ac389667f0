"""Synonyms and other words that connect people's questions with Google's price list. Data only.

A synonym widens what a word finds and never hides a SKU whose name contains the word itself. In a synonym,
"a + b" requires both phrases and "a|b" either word. Google's own term comes first, and names that contain it
rank first. A machine family or product that is not listed here is found by its letters.
"""

from __future__ import annotations

import re
from itertools import product

# A person's words, folded and singular, and after the colon what the price list may call any of them.
# "(a|b) c" stands for "a c" and "b c".
_SYNONYMS = """
# Processor and memory. Source: SKU names; only Autopilot's say mCPU and Memory.
core: core, cpu, vcpu
cpu, vcpu, processor: core, mcpu, cpu, vcpu
ram, memory, mem: ram, memory
altra, ampere altra: arm
epyc: amd
shared core: burstable, small instance
(oversubscribe|oversubscribing|oversubscription|overprovisioning|overcommitting): overcommit
millicore, millicpu: mcpu
hibernated, hibernate, paused: suspended
# Machine families that SKU names describe. Source: Compute Engine documentation, "Machine families
# resource and comparison guide", against the names of the price list.
c2: compute optimized, c2
m1: memory optimized, m1
m2: memory optimized upgrade premium, m2, memory optimized
n1: n1, commitment v1 cpu, commitment v1 ram, custom instance, custom extended instance, sole tenancy instance
memory (optimized|optimised): memory optimized
compute (optimized|optimised): compute optimized
n1 custom, custom n1: custom instance, custom extended instance
n1 sole tenancy, n1 sole tenant: sole tenancy instance
f1 micro: micro instance, f1 micro
g1 small: small instance, g1 small
f1 micro vm, f1 micro instance, f1micro: micro instance
g1 small vm, g1 small instance: small instance
tau: t2d, t2a
extended memory: extended, extended memory
upgrade: upgrade premium, upgrade
# GPUs. Source: Compute Engine documentation, "GPU machine types".
a100 40gb: a100 gpu
a100 80: a100 80gb
h100 80: h100 80gb
(|graphics |accelerator |video |graphic )card: gpu
# Products by their short and former names. Source: their documentation's first pages.
gce: compute engine, gce
gcs, google (|cloud )storage, (object|blob|bucket) storage, (storage|gcs) bucket: cloud storage, gcs
gke, google kubernetes engine: kubernetes engine, kubernetes, gke
(gke|kubernetes|k8s) (node|worker): instance
k8s, kube: kubernetes, k8s
bq: bigquery, bq
postgre, postgres, pgsql: postgresql, postgres
mssql, ms sql, msft sql, microsoft sql, sqlserver, sql server: sql server, mssql
managed (mysql|database mysql): cloud sql + mysql
managed (postgres|postgresql): cloud sql + postgresql|postgres
managed (sql server|mssql): cloud sql + sql server
managed (database|db): cloud sql
cloudsql, google cloud sql: cloud sql, cloudsql
cloud tpu: tpu, cloud tpu
tensor processing unit: tpu
pubsub, pub sub: pub sub, pubsub
kms: key management, kms
gae: app engine, gae
cloud run: cloud run
gcf: cloud functions, gcf
gar: artifact registry, gar
dlp: data loss prevention, dlp
cloud cdn, cdn: cdn
cloud nat: nat, cloud nat
dataproc: dataproc
cloud vpn, ipsec, tunnel: vpn, cloud vpn
waf, web application firewall, ddos, ddos protection: cloud armor
# Disks and images. Source: Compute Engine documentation, "Disk types", against the names of the
# price list: "Storage PD Capacity" is the standard disk, "SSD backed PD Capacity" pd-ssd.
persistent disk, boot disk, pd, block storage: pd capacity, pd
pd standard, standard pd, standard persistent disk: storage pd capacity, pd standard, standard pd
standard disk, standard boot disk, hdd, hdd disk: storage pd capacity, pd standard, standard pd
hdd persistent disk, magnetic disk: storage pd capacity, pd standard, standard pd
regional pd standard, regional standard pd: regional storage pd, regional pd
regional standard persistent disk, regional standard disk, regional hdd: regional storage pd, regional pd
regional pd, (regional|region) (disk|persistent disk): regional storage pd, regional + pd
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
provisioned throughput, mibps, mbps, mib s, mb s, mb sec, megabyte per second: throughput throughput
async replication, asynchronous replication: asynchronous replication, async replication
pd async replication: asynchronous replication, async replication
(|standard |persistent |standard persistent )disk snapshot: pd snapshot, standard snapshot, snapshot
(|standard )pd snapshot(| storage), standard snapshot: pd snapshot, standard snapshot, snapshot
backup: backup, snapshot
snapshot storage, disk snapshot storage: snapshot
instant snapshot, disk instant snapshot: instant snapshot
archive snapshot, archive disk snapshot: archive snapshot
machine image, machine image storage: machine image
image, golden image, custom image, disk image, image storage, custom image storage: image
(|custom )(os|boot|boot disk|vm disk|persistent disk) image: image
# Cloud Storage. Source: Cloud Storage documentation, "Storage classes" and "Operation charges".
class a, class a op, class a ops, class a operation: class a operations, class a
class b, class b op, class b ops, class b operation: class b operations, class b
(put|post|list|copy|write|insert|upload|create) (request|op|operation|call): class a operations
(put|post|list|copy|write|insert|upload|create) api (call|request): class a operations
(put|post|list|copy|write|insert|upload|create) and (list|put) (request|op|operation|call): class a operations
(get|read|head|download) (request|op|operation|call|api call|api request): class b operations
put, upload: class a operations, upload
dra: durable reduced availability, dra
(early|premature)(| object) (deletion|delete|removal): early delete, early deletion
minimum (|storage )(duration|period|retention), before (|the )minimum: early delete, early deletion
(deleted|deleting|delete|erased|purged) (early|too early|before|after): early delete, early deletion
(removed|removing|remove) (early|too early|before|after): early delete, early deletion
before (30|90|365) day, penalty, early: early delete, early deletion
multiregion, multi regional, multiregional: multi region, multi regional
dualregion, dual regional, dual region, two region, 2 region, both region: dual region, regional
(single|one) (region|location): regional, region
(single|one|1) zone, single az, zonal: zonal
(two|2|multiple|across two|across 2|several) (zone|az), multi (zone|az): regional, zone
(replicated|mirrored|copied|redundant) (|in |across |between )(two|2|both|multiple) (zone|az): regional
zone, az, availability zone: zone, zonal
ha, high availability, highly available, failover, standby: regional, high availability
autoclass, auto class, (auto|automatic|intelligent) tiering: autoclass
object (monitoring|management) fee, monitoring fee: management fee
turbo: turbo
bring your own (license|licence), byol: byol, byos
bring your own subscription, byos: byos, byol
bucket: cloud storage, bucket
restore, restoring, retrieve, retrieving, read back: retrieval
hot: standard
retrieval fee: retrieval
cold line: coldline
cold: coldline, archive
coldest, tape: archive
near line: nearline
# Network. Source: "Network pricing" (VPC documentation) and the names of the price list; newer
# names say Data Transfer Out and In, Cloud Storage says Download.
egress, outbound, outgoing, outbound traffic, outbound data transfer: egress, data transfer out, download
data transfer out, egress traffic, outgoing traffic, egress bandwidth: egress, data transfer out, download
egres, data egress: egress, data transfer out, download
ingress, inbound, incoming, inbound traffic, inbound data transfer: ingress, data transfer in
data transfer in: ingress, data transfer in
data transfer, traffic, bandwidth, transfer: egress, data transfer, traffic, bandwidth
internet, the internet: internet, download
(vm|instance|server|machine) to (vm|instance|server|machine): inter region, inter zone, intra zone
(private|internal) (ip|network): inter region, inter zone, intra zone
internet egress, egress internet, egress to internet: internet egress, download
inter region, interregion, cross region, region to region, between region: inter region, between
(inter|cross|between|across)(| the| availability) (zone|az), interzone: inter zone
(zone|az) to (zone|az), between two (zone|az): inter zone
one (zone|az) to (another|the other), another zone: inter zone
one region to another, between the region, across region: inter region
intra zone, intrazone, same zone: intra zone
(standard|std|cheap|cheaper) (|network )tier: standard tier
(standard|std) (|network )tier egress: standard tier egress
std: standard
ent: enterprise
premium tier, premium network tier: network internet
ip, ip address: ip, ip address
(unused|idle|reserved|orphaned|fixed|permanent) (|public |external |static )(ip|ipv4)(| address): static ip
(reserved unused|idle reserved) (|public |external |static )(ip|ipv4)(| address): static ip
(unattached|dangling|elastic) (|public |external |static )(ip|ipv4)(| address): static ip
static (|public |external )(ip|ipv4)(| address): static ip, external ip
(external|public) static (ip|ipv4)(| address): static ip, external ip
(external|public|ephemeral) (ip|ipv4)(| address): external ip, static ip
ipv4: ip
load balancer, lb, load balancing: load balancing, load balancer
tier 1 networking, tier1 networking, tier 1 network: tier 1 networking, total vm network bandwidth
tier1: tier 1, total vm network bandwidth
dedicated interconnect: dedicated + interconnect, interconnect
partner interconnect: partner + interconnect, interconnect
direct connect, expressroute, private line, leased line: interconnect
link, cable, port, pipe: circuit, link
vlan, vlan attachment, interconnect attachment: vlan attachment
cache egress: cdn, cache egress
# Usage types and commitments. Source: Compute Engine documentation, "Committed use discounts".
cud, committed use, committed use discount, resource based cud: commitment, committed use, cud
committed, commit: commitment, committed use, cud
(flexible|flex|spend based|spend|dollar based) (cud|commitment|commit): dollar based
flexible, flex, committed spend: dollar based
sud, sustained use, sustained use discount: sustained use discount
(sole|single) (tenant|tenancy)(| node| host| server): sole tenancy
dedicated (host|node|server|hardware): sole tenancy
surcharge, uplift, markup, extra fee, extra charge, additional (fee|charge): premium, fee
reservation, reserved: reserved, reservation
dynamic workload scheduler, dws: dws, calendar mode
flex start: dws
yr, year: year, yr
# Products by their own names, which say more than other words. Source: the names of the price list.
mysql: mysql
sql: sql
nearline: nearline
coldline: coldline
archive: archive
autopilot: autopilot
hyperdisk: hyperdisk
tpu: tpu
vpn: vpn
snapshot: snapshot
replication: replication
interconnect: interconnect
# Destinations of traffic without SKUs, with the price list's name for their country.
shanghai, beijing, shenzhen, guangzhou: china
perth, brisbane, adelaide, canberra: australia
# Names from other clouds. Source: Google Cloud documentation, "Compare AWS and Azure services to Google
# Cloud".
reserved instance, savings plan: commitment
graviton: arm
ebs: pd capacity, pd
eks, aks: kubernetes
fargate: autopilot
cloudfront: cdn
elb, alb, nlb: load balancing, load balancer
glacier: archive
rds: cloud sql
s3: cloud storage
ec2: instance
aws, amazon, azure, (another|other) cloud(| provider): cross cloud
# Licences. Source: SKU names; Compute Engine documentation, "Premium images".
premium image, premium os: licensing fee, licensing
vws, virtual workstation: virtual workstation, quadro
license, licence, licensing, license fee, licence fee, licensing fee: licensing fee, licensing, license
(os|image) (license|licence|license fee|licence fee): licensing fee, licensing, license
4 sap: for sap
rhel, redhat, red hat, red hat linux: red hat enterprise linux, redhat enterprise linux, rhel
red hat enterprise linux: red hat enterprise linux, redhat enterprise linux, rhel
suse, sles, suse linux, suse linux enterprise: sles, suse linux enterprise, suse enterprise linux
suse linux enterprise server: sles, suse linux enterprise, suse enterprise linux
windows, win, window: windows server, windows
win server, windows server: windows server
# Kubernetes. Source: "Google Kubernetes Engine pricing".
cluster management, cluster fee, cluster management fee, cluster, control plane: clusters, cluster
extended (support|channel|release|release channel): extended period
(|past )(end|out) of (|standard |normal )support: extended period
(|past )end of life, past support, (old|older|outdated) (|kubernetes |k8s |gke )version: extended period
pod cpu: pod mcpu, pod cpu
pod vcpu: pod mcpu
pod ram: pod memory
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    lines = (line.split(": ") for line in table.split("\n") if line and not line.startswith("#"))
    return {
        word: tuple(synonyms.split(", "))
        for words, synonyms in lines
        for pattern in words.split(", ")
        for word in _each(pattern)
    }


def _each(pattern: str) -> list[str]:
    """The phrases that `pattern` stands for: "(idle|unused) ip(| address)" is four phrases."""
    parts = [part.split("|") for part in re.split(r"[()]", pattern)]
    return ["".join(chosen) for chosen in product(*parts)]


SYNONYMS: dict[str, tuple[str, ...]] = _read(_SYNONYMS)

# Words with a meaning of their own when combined, in any order and any form ("objects that were deleted too
# early"). A context word, marked with "~", has to be present and keeps its own meaning. Source: the
# documentation of the products that SKU names mention.
_COLLOCATIONS = """
# Machines and their usage types.
(extra|additional|beyond|above|exceed|past|over|more) (limit|ratio|maximum) (ram|memory): extended + ram
(extra|additional|beyond|above|exceed|past|over) (ram|memory) ~custom: extended + ram
(tiny|tiniest|teeny) (vm|instance|machine): micro instance
smallest (vm|machine): micro instance
(hibernate|pause|sleep|park|suspend) (vm|instance|machine): suspended
(additional|extra|added|surcharge|uplift|upcharge|markup) ~(tenancy|tenant|host): premium
(promise|pledge|commit|commitment) spend: dollar based
(take|taken) away: preemptible, spot
(stop|kill|reclaim|evict|revoke|terminate) (anytime|time|moment|notice): preemptible, spot
(book|reserve|block|schedule) (ahead|advance|future|upfront|calendar): calendar mode
(limit|fix|define|max|maximum) (time|duration|runtime|lifetime): defined duration, dws
(dedicated|physical|isolated|tenant) (host|node|server|hardware|machine): sole tenancy
(automatic|automatically) discount: sustained use discount
(third|3rd) (gen|generation) ~tpu: v3
(second|2nd) (gen|generation) ~tpu: v2
(fourth|4th) (gen|generation) ~tpu: v4
(os|system) (license|licence|surcharge|fee): licensing fee, licensing
image (license|licence|licensing): licensing fee, licensing
# Disks, snapshots and images.
(hard|spinning|magnetic|mechanical|rotating|platter) (disk|drive): storage pd capacity, pd
solid state: ssd backed, ssd
(mirror|synchronous|redundant|duplicate) ~(disk|pd|ssd|hdd|balanced|volume): regional
(replicate|replica|survive|span|spread|redundant|mirror|duplicate|failure|outage) zone: regional
(standard|ordinary|plain|regular|normal|usual) ~snapshot: pd snapshot, standard snapshot
(synchronous|sync) (replicate|replica): regional
(performance|bandwidth|speed|mb|mib|megabyte) ~hyperdisk ~throughput: throughput throughput
(io|operation|input|transaction) (second|provision) ~(disk|pd|hyperdisk): iops
(scratch|temporary|temp|ephemeral) (disk|ssd|drive|nvme): ssd backed local storage, local ssd
(ephemeral|temporary|temp|scratch) (disk|storage|space) ~(pod|autopilot|container): ephemeral storage
(get|bring|pull|read|take|fetch) (back|out) ~(archive|nearline|coldline|cold): retrieval
(access|read|retrieve) (fee|charge|cost) ~(archive|nearline|coldline|cold): retrieval
(recover|rehydrate|thaw|restore|fetch) ~(archive|nearline|coldline|cold): retrieval
# Cloud Storage.
(delete|erase|remove|purge|expire) (early|soon|premature|minimum|penalty|before): early delete, early deletion
(destroy|drop|wipe|overwrite) (early|soon|premature|minimum|penalty|before): early delete, early deletion
(delete|erase|remove|purge|overwrite|destroy|wipe) ~(nearline|coldline|archive): early delete, early deletion
(minimum|min) (duration|retention|period|term): early delete, early deletion
(write|put|upload|create|insert|list|copy|post) (request|operation|op|call|api): class a operations
(write|put|create|list) object ~(request|operation|op|call|charge|api): class a operations
(write|put|upload|insert) (list|copy|post): class a operations
(read|head|fetch|view|download) (request|operation|op|call|api): class b operations
(automatic|auto) (class|tier|move|transition|switch|change) ~(bucket|object|storage|gcs|class): autoclass
(pick|choose|decide|manage|select) (class|tier) ~(bucket|object|gcs): autoclass
(15|fifteen) (minute|min) ~(replicate|rpo|bucket|region|dual): turbo
rpo ~(bucket|region|dual|object): turbo
(fast|quick|premium|accelerate|guarantee) replicate ~(bucket|region|dual|object): turbo
# Network.
(user|visitor|player|viewer|browser) ~(egress|outgoing|outbound|traffic|serve|bandwidth): internet, download
customer ~(egress|outgoing|outbound|traffic|serve|bandwidth): internet, download
(vm|instance|machine|extra|more) (bandwidth|throughput) ~(gbps|gbit): total vm network bandwidth
(cheap|basic|economy|budget) tier ~(egress|network|internet|traffic|outbound|outgoing): standard tier
(another|different|other|second|cross) region ~(egress|traffic|transfer|network|vm): inter region
(another|different|other|second|cross) region ~(outgoing|outbound|send): inter region
(another|different|other|second|cross) (zone|az) ~(egress|traffic|transfer|network|vm): inter zone
(another|different|other|second|cross) (zone|az) ~(outgoing|outbound|send): inter zone
(reserve|unused|idle|static|unattached|dangling|nobody) (ip|ipv4|address): static ip
(fix|permanent|elastic|park) (ip|ipv4|address): static ip
(public|external|ephemeral) (ip|ipv4|address): external ip, static ip
(another|second|other|different) cloud ~(line|link|interconnect|circuit|private|dedicated): cross cloud
(aws|azure|oracle) cloud ~(line|link|interconnect|circuit|private|dedicated): cross cloud
(youtube|gmail|workspace) ~(egress|traffic|vm|outbound|send): google egress
google (api|service) ~(egress|traffic|vm|outbound): google egress
(mirror|copy|tap|inspect) packet: packet mirroring
(mirror|tap) (traffic|vpc): packet mirroring
(direct|isp|telco) peering: carrier peering
(direct|private) (circuit|fiber|fibre|line) ~(gbps|gbit|gig|gigabit): dedicated
# Kubernetes.
(old|outdated|past|eol) (support|version|release|maintenance) ~(gke|cluster|kubernetes|k8s): extended period
(unsupported|extended|end) (support|version|release) ~(gke|cluster|kubernetes|k8s): extended period
"""
COLLOCATIONS: dict[str, tuple[str, ...]] = _read(_COLLOCATIONS)

# Abbreviations and the words that they stand for.
_SHORT_FORMS = """
acct: account; addr: address; autoscale: scale; chinese: china; cn: china; conn: connection; cust: customer
dbs: databases; dc: datacenter; img: image; imgs: images; lic: license; lssd: local ssd; mgmt: management
nics: nic; pkt: packet; preempt: preemptible; proc: processor; repl: replication; snap: snapshot
snaps: snapshots; ssds: ssd; std: standard; stor: storage; svc: service; thruput: throughput; vol: volume
vols: volumes; win10: windows 10; win2012: windows 2012; win2016: windows 2016; win2019: windows 2019
win2022: windows 2022; xfer: transfer
"""
SHORT_FORMS: dict[str, str] = dict(
    entry.split(": ") for line in _SHORT_FORMS.strip().splitlines() for entry in line.split("; ")
)

# GPUs that can be attached to a machine. Source: Compute Engine documentation, "GPU platforms".
GPU_MODELS = frozenset({"k80", "p4", "p100", "t4", "v100"})

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

# The part of a machine type's name after the family. Source: Compute Engine documentation, "Machine type
# naming". A family is a letter, a digit and sometimes another letter.
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

# People's names for usage types, folded. Source: the API's usageType values; Compute Engine documentation,
# "Spot VMs".
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
    "interruptible": "Preemptible",
    "interrupted": "Preemptible",
    "low priority": "Preemptible",
    "commit1yr": "Commit1Yr",
    "commit3yr": "Commit3Yr",
}

# Words used in commitments: "committed for three years".
COMMITMENT_WORDS = frozenset({"commitment", "committed", "discount", "months", "one", "three", "years"})

# Words in SKU names that mark a usage type: Cloud TPU lists "Tpu-v2 Preemptible Accelerator" as OnDemand.
USAGE_MARKS: dict[str, tuple[str, ...]] = {
    "OnDemand": (),
    "Preemptible": ("spot", "preemptible"),
    "Commit1Yr": ("1 year",),
    "Commit3Yr": ("3 year", "3 years"),
}

# Words of other usage types: a question with one of them is not about on demand.
VARIANT_WORDS = frozenset({"commitment", "dollar", "preemptible", "reserved", "spot"})

# Synonyms that say how something is sold rather than what it is.
SALE_TERMS = frozenset(["dual region", "fee", "premium", "regional", "standard", "zonal"])

# Parts that every machine has.
_MACHINE_PARTS = "core cores cpu cpus gpu gpus mem memory processor processors ram vcpu vcpus"
MACHINE_PARTS: frozenset[str] = frozenset(_MACHINE_PARTS.split())

# Words that say little about what is meant: they are dropped before any other.
_GENERIC = """
app application applications box boxes database databases db destination destinations device devices file
files gcp google hana host hosts instance instances machine machines node nodes object objects project
projects server servers service small system team user users vm vms volume volumes web workload workloads
"""
GENERIC: frozenset[str] = frozenset(_GENERIC.split())

# Marks of charges on top of the product itself: they rank after it unless the question asks for them.
SIDE_CHARGES: tuple[str, ...] = (
    "retrieval",
    "early delete",
    "early deletion",
    "download",
    "upload",
    "ingress",
    "tagging",
    "turbo",
    "sap",
)

# Marks of SKUs for a special purpose, with the words that ask for it: without one of these they rank last.
UNLESS_ASKED: dict[str, frozenset[str]] = {"cache fill": frozenset({"cache", "cdn", "edge", "fill"})}

# Marks of what is sold for several regions together.
MULTI_REGION_MARKS = ("multi region", "dual region")

# Words that refer to a licence.
_LICENSE_WORDS = """
byol byos centos debian fips license licence licensing mssql redhat rhel sles sqlserver suse ubuntu windows
"""
LICENSE_WORDS: frozenset[str] = frozenset(_LICENSE_WORDS.split())

# The numbers of processors that a licence covers: from, to, and the words for it. Source: SKU names.
_RANGES = "1-2 1-3 1-4 2-3 3-4 4-5 6-9 10-17 18-49 50-79 80-97 98-221"
VCPU_RANGES: tuple[tuple[int, int, str], ...] = (
    *(
        (int(least), int(most), f"{least} to {most} vcpu")
        for least, most in re.findall(r"(\d+)-(\d+)", _RANGES)
    ),
    *((1, most, f"up to {most} vcpu") for most in (1, 3, 4)),
    *((least + 1, 999, f"more than {least} vcpu") for least in (2, 4)),
    *((least, 999, f"{least} or more vcpu") for least in (5, 6, 222)),
)

# Words that a name need not contain; among equals, names that do rank first. Source: words for the kind or
# the maker of a product, which names often leave out ("H200 141GB GPU").
_OPTIONAL = """
across amd backup backups between capacity charge class cloud compute data edition engine family fee fees
gcp generation google instance instances intel kind linux location machine machines management model
network networking nvidia option out over plan product region regions request requests resource series
service services size storage subscription tesla through tier traffic type types unit units usage version
via vm vms within zone zones
"""
# A question that mentions another cloud is seldom about the connection to it.
_OTHER_CLOUDS = frozenset(word for word, synonyms in SYNONYMS.items() if synonyms == ("cross cloud",))
OPTIONAL: frozenset[str] = (
    frozenset(_OPTIONAL.split()) | _OTHER_CLOUDS | {"ec2", "rds", "s3", "single region", "one region"}
)

# Words that questions contain and SKU names do not. Source: the usual English stop words, words about buying
# and politeness, and another cloud's names for disks ("gp3").
_STOP_WORDS = """
a able about across actual add additional against ago all almost alone along already alright also although
always am among amount an and annual annually another any anybody anyone anything are around as ask asks at
attach attached away back basically be became because become been before behind being besides better big
bigger bill billed billing bit both budget bunch but buy by bye came can case cause charged charges charging
cheap cheaper cheapest check come comes compare consider considering cost costing costs could current
currently customer customers daily day days deal did difference different do does dollar dollars done dont
down during each either else enough estimate estimating even ever every everything exactly except expensive
find fine first following for former found from full further gb gbs general generally get gets getting gib gig
gigabyte gigabytes gigs give gives goes going gonna good got gotta gp2 gp3 guess guys had happen has have
heard hello help her here hey hi him his hour hourly hours how hr hrly hrs i ideally if im in include included
including inside instead into invoice invoiced io1 io2 is isnt it its itself ive just keep keeps kept kind
kindly know large larger last later latest latter least left less let lets like line list little ll long look
looking lot lots made main mainly make makes making many may maybe me mean means might min minute minutes mo
moment month monthly months more mos most mostly move moved moving mth mths much must my myself name need
needs never new next no nobody non none nope nor normal not nothing now obviously of off often oh ok okay old
on once one only onto or ordinary other others otherwise our out over own part particular pay paying people
per perhaps plain please pls plz possible pr prefer price priced prices pricing probably purpose put quick
quite rate rates rather re read reading real really regular replicate replicates replicating request requested
right run running runs s same save saw say see seem seen set several shall she should show side since sku skus
so sold some somebody something sometimes somewhere soon sort still store stored storing stuff sure take taken
taking tb team tell than thank thanks that the their theirs them themselves then there theres these they thing
things think thinking this those though thought through thus thx tib tiny to together too top total toward
towards tried try trying turn two typical under unless until unused up upon us usd use used useful using
usually value various versus very via vs w want wants was way we week weeks well were what whats when whenever
where whereas whether which while who whole whose why will wise with within without wonder wondering wont work
works worth would write writing wrong yeah year yearly years yes yet you your yr yrs
"""
STOP_WORDS: frozenset[str] = frozenset(_STOP_WORDS.split()) - {"us", "dollar"}

# Destinations of traffic where nothing is sold, each with what SKU names call the area around it. Source: SKU
# names, and common usage for which countries and cities belong to an area.
_DESTINATIONS = """
china, beijing, shanghai, shenzhen: china, apac, asia
bangalore, bengaluru, hyderabad, chennai, pune: india, apac, asia
new york, chicago, boston, seattle, san francisco, miami, houston, denver: americas, north america
munich, hamburg, dublin, lisbon, porto, vienna, copenhagen, oslo, athens: western europe, europe, emea
barcelona, lyon, marseille, rome, naples, manchester, geneva: western europe, europe, emea
prague, budapest, bucharest, sofia, moscow, kyiv, belgrade: eastern europe, europe, emea
istanbul, riyadh, abu dhabi: middle east, emea
cairo, lagos, nairobi, casablanca, accra: africa, emea
manila, hanoi, kuala lumpur, ho chi minh city: apac, asia pacific, asia
auckland, perth, brisbane: oceania, australia
buenos aires, lima, bogota: south america, latin america, americas
apac: asia pacific, asia
asia pacific: apac, asia
emea: europe
americas: northern america, north america
northern america: north america, americas
latin america: south america, americas
central america: latin america, americas
oceania: australia
western europe, eastern europe: europe, emea
austria, denmark, greece, iceland, ireland, luxembourg, malta, norway, portugal: western europe, europe, emea
scandinavia, nordics: western europe, europe, emea
belarus, bulgaria, croatia, czechia, czech republic, estonia, hungary, latvia: eastern europe, europe, emea
lithuania, moldova, romania, russia, serbia, slovakia, slovenia, ukraine: eastern europe, europe, emea
algeria, angola, egypt, ethiopia, ghana, kenya, morocco, nigeria, rwanda, senegal: africa, emea
tanzania, tunisia, uganda, zambia, zimbabwe: africa, emea
bahrain, dubai, emirates, iraq, jordan, kuwait, lebanon, oman, turkey, uae: middle east, emea
united arab emirates: middle east, emea
bangladesh, cambodia, malaysia, nepal, pakistan, philippines, sri lanka, vietnam: apac, asia pacific, asia
new zealand, fiji: oceania, australia
costa rica, cuba, dominican republic, el salvador, guatemala: central america, latin america, americas
honduras, jamaica, nicaragua, panama, puerto rico, caribbean: central america, latin america, americas
argentina, bolivia, colombia, ecuador, paraguay, peru: south america, latin america, americas
uruguay, venezuela: south america, latin america, americas
"""
DESTINATIONS: dict[str, tuple[str, ...]] = _read(_DESTINATIONS)
