"""Real names of SKUs and what they say. Source: the price list of Google Cloud."""

from __future__ import annotations

# Name; service, resource family, resource group and usage type; facts but for the product of the service.
READ_WHOLE = [
    (
        "Cloud Load Balancer Forwarding Rule Minimum for Mumbai (asia-south1)",
        "Networking | Network | LoadBalancing | OnDemand",
        "network=lb part=forwarding-rule term=ondemand",
    ),
    (
        "Cloud Load Balancer Forwarding Rule Additional for Bangkok (asia-southeast3)",
        "Networking | Network | LoadBalancing | OnDemand",
        "network=lb part=forwarding-rule purpose=additional term=ondemand",
    ),
    (
        "External IP Charge on a Standard VM",
        "Compute Engine | Network | IpAddress | OnDemand",
        "part=external-ip term=ondemand",
    ),
    (
        "External IP Charge on a Spot Preemptible VM",
        "Compute Engine | Network | IpAddress | Preemptible",
        "part=external-ip term=spot",
    ),
    (
        "N1 Predefined Instance Ram running in Frankfurt",
        "Compute Engine | Compute | N1Standard | OnDemand",
        "family=n1 part=ram purpose=predefined term=ondemand",
    ),
    (
        "Custom Instance Core running in London",
        "Compute Engine | Compute | CPU | OnDemand",
        "family=n1 part=core purpose=custom term=ondemand",
    ),
    (
        "N2 Custom Extended Instance Ram running in Paris",
        "Compute Engine | Compute | RAM | OnDemand",
        "family=n2 part=ram purpose=custom purpose=extended term=ondemand",
    ),
    (
        "Memory-optimized Instance Core running in Netherlands",
        "Compute Engine | Compute | CPU | OnDemand",
        "family=m1 family=m2 part=core term=ondemand",
    ),
    (
        "Memory Optimized Upgrade Premium for Memory-optimized Instance Core running in Tokyo",
        "Compute Engine | Compute | CPU | OnDemand",
        "class=premium family=m2 part=core purpose=upgrade term=ondemand",
    ),
    (
        "M3 Memory-optimized Instance Ram running in Singapore",
        "Compute Engine | Compute | RAM | OnDemand",
        "family=m3 part=ram term=ondemand",
    ),
    (
        "Compute optimized Core running in Zurich",
        "Compute Engine | Compute | CPU | OnDemand",
        "family=c2 part=core term=ondemand",
    ),
    (
        "Micro Instance with burstable CPU running in Johannesburg",
        "Compute Engine | Compute | F1Micro | OnDemand",
        "family=f1 part=core term=ondemand",
    ),
    (
        "Spot Preemptible T2D AMD Instance Ram running in Melbourne",
        "Compute Engine | Compute | RAM | Preemptible",
        "family=t2d part=ram term=spot",
    ),
    (
        "Sole Tenancy Instance Core running in Hong Kong",
        "Compute Engine | Compute | CPU | OnDemand",
        "family=n1 part=core purpose=sole term=ondemand",
    ),
    (
        "Sole Tenancy Premium for M3 Memory-optimized Sole Tenancy Instance Ram running in Israel",
        "Compute Engine | Compute | RAM | OnDemand",
        "class=premium family=m3 part=ram purpose=sole purpose=sole-premium term=ondemand",
    ),
    (
        "Commitment v1: H3 Cpu in Los Angeles for 1 Year",
        "Compute Engine | Compute | CPU | Commit1Yr",
        "family=h3 part=core term=1y",
    ),
    (
        "Commitment v1: Nvidia Tesla V100 GPU running in Turin for 3 Years",
        "Compute Engine | Compute | GPU | Commit3Yr",
        "family=n1 model=v100 part=gpu term=3y",
    ),
    (
        "Reserved Nvidia Tesla A100 GPU in Columbus",
        "Compute Engine | Compute | GPU | OnDemand",
        "family=a2 model=a100 part=gpu term=reserved",
    ),
    (
        "Nvidia Tesla A100 80GB GPU attached to Spot Preemptible VMs running in Doha",
        "Compute Engine | Compute | GPU | Preemptible",
        "family=a2 model=a100-80gb part=gpu term=spot",
    ),
    (
        "Nvidia H100 80GB Plus GPU running in Americas",
        "Compute Engine | Compute | GPU | OnDemand",
        "family=a3 model=h100-mega part=gpu term=ondemand",
    ),
    (
        "Nvidia H100 80GB Mega GPU running in Tokyo",
        "Compute Engine | Compute | GPU | OnDemand",
        "family=a3 model=h100-mega part=gpu term=ondemand",
    ),
    (
        "SSD backed PD Capacity in London",
        "Compute Engine | Storage | SSD | OnDemand",
        "model=pd-ssd part=capacity term=ondemand",
    ),
    (
        "Storage PD Capacity in Doha",
        "Compute Engine | Storage | PDStandard | OnDemand",
        "model=pd-standard part=capacity term=ondemand",
    ),
    (
        "Regional Balanced PD Capacity in Toronto",
        "Compute Engine | Storage | SSD | OnDemand",
        "location_type=regional model=pd-balanced part=capacity term=ondemand",
    ),
    (
        "Hyperdisk Throughput Throughput in Iowa",
        "Compute Engine | Storage | SSD | OnDemand",
        "model=hyperdisk-throughput part=throughput term=ondemand",
    ),
    (
        "SSD backed Local Storage in Seoul",
        "Compute Engine | Storage | LocalSSD | OnDemand",
        "model=local-ssd part=capacity term=ondemand",
    ),
    (
        "Storage Machine Image in Columbus",
        "Compute Engine | Storage | MachineImage | OnDemand",
        "kind=machine-image part=capacity term=ondemand",
    ),
    (
        "Balanced PD Instant Snapshot data storage in Iowa",
        "Compute Engine | Storage | PDSnapshot | OnDemand",
        "kind=instant-snapshot model=pd-balanced part=capacity term=ondemand",
    ),
    (
        "Asynchronous Replication Protection - Regional PD Balanced in Frankfurt",
        "Compute Engine | Storage | PDStandard | OnDemand",
        "kind=async-replication location_type=regional model=pd-balanced part=capacity term=ondemand",
    ),
    (
        "Network Inter Region Egress from Los Angeles to Columbus",
        "Compute Engine | Network | InterregionEgress | OnDemand",
        "network=inter-region part=egress term=ondemand",
    ),
    (
        "Network Vpn Internet Ingress from Western Europe to Johannesburg",
        "Compute Engine | Network | VPNInternetIngress | OnDemand",
        "network=internet network=vpn part=ingress term=ondemand",
    ),
    (
        "PD Snapshot Egress between Europe and Indonesia",
        "Compute Engine | Network | PremiumInternetEgress | OnDemand",
        "kind=snapshot part=egress term=ondemand",
    ),
    (
        "Preemptible fee for total VM network bandwidth up to 100 Gbps in Israel",
        "Compute Engine | Network | AdvancedNetworking | Preemptible",
        "part=vm-bandwidth size=100gbps term=spot",
    ),
    (
        "Cloud Interconnect - 50Mbps VLAN attachment via Google partner",
        "Compute Engine | Network | InterconnectAttachment | OnDemand",
        "link=partner network=interconnect part=vlan size=50mbps term=ondemand",
    ),
    (
        "Licensing Fee for Ubuntu Pro 24.04 LTS (Noble Numbat) on VM with 9 or more GPU (GPU cost)",
        "Compute Engine | Compute | GPU | OnDemand",
        "licence_part=gpu os=ubuntu-pro part=licence term=ondemand version=24-04",
    ),
    (
        "Licensing Fee for SQL Server 2019 Standard on VM with more than 4 VCPU",
        "Compute Engine | License | Premium Image | OnDemand",
        "class=standard licence_part=cpu os=sql-server part=licence term=ondemand version=2019",
    ),
    (
        "Licensing Fee for Windows Server 2012 Datacenter Edition (CPU cost)",
        "Compute Engine | License | WindowsServer2012 | OnDemand",
        "class=datacenter licence_part=cpu os=windows-server part=licence term=ondemand version=2012",
    ),
    (
        "Licensing Fee for RHEL 7 for SAP HANA (CPU cost)",
        "Compute Engine | License | Google | OnDemand",
        "licence_part=cpu os=rhel part=licence purpose=sap term=ondemand version=7",
    ),
    (
        "Cloud SQL for MySQL: Zonal - db-N1Standard-1-3.75 in us-west2",
        "Cloud SQL | ApplicationServices | SQLGen2InstancesN1Standard | OnDemand",
        "engine=mysql location_type=zonal part=machine shape=1x3-75 term=ondemand",
    ),
    (
        "Cloud SQL for MySQL: Zonal - 96 vCPU + 360GB RAM in Paris",
        "Cloud SQL | ApplicationServices | SQLGen2InstancesN1Standard | OnDemand",
        "engine=mysql location_type=zonal part=machine shape=96x360 term=ondemand",
    ),
    (
        "Archive Storage Osaka/Tokyo Dual-region",
        "Cloud Storage | Storage | ArchiveStorage | OnDemand",
        "class=archive location_type=dual part=capacity term=ondemand",
    ),
    (
        "Nearline Storage Belgium",
        "Cloud Storage | Storage | NearlineStorage | OnDemand",
        "class=nearline part=capacity term=ondemand",
    ),
    (
        "Autopilot Spot Pod mCPU Requests (asia-southeast2)",
        "Kubernetes Engine | Compute | Kubernetes | Preemptible",
        "part=core purpose=autopilot term=spot",
    ),
    (
        "Autopilot T4 Premium (asia-southeast2)",
        "Kubernetes Engine | Compute | Kubernetes | OnDemand",
        "class=premium model=t4 purpose=autopilot term=ondemand",
    ),
    (
        "Regional Kubernetes Clusters",
        "Kubernetes Engine | Compute | Kubernetes | OnDemand",
        "location_type=regional part=cluster term=ondemand",
    ),
    (
        "Tpu-v3 Preemptible Pod Accelerator Asia",
        "Cloud TPU | Compute | TPU | OnDemand",
        "model=tpu-v3 part=accelerator purpose=pod term=spot",
    ),
    (
        "gpt-oss-20b Cached Input",
        "Vertex AI | ApplicationServices | Other | OnDemand",
        "cache=cached direction=input llm=gpt-oss llm_version=20b term=ondemand",
    ),
    (
        "Internal HTTP(S) Load Balancing: Proxy Instance Charge in Frankfurt",
        "Compute Engine | Network | L7InternalLoadBalancing | OnDemand",
        "kind=internal-http network=lb part=proxy term=ondemand",
    ),
    (
        "Download China",
        "Cloud Storage | Network | PremiumInternetEgress | OnDemand",
        "network=internet part=egress term=ondemand",
    ),
    (
        "GCS Class A Operations",
        "App Engine | Storage | Ops | OnDemand",
        "part=class-a product=cloud-storage term=ondemand",
    ),
    (
        "Archive Class A Operations",
        "Cloud Storage | Storage | ArchiveOps | OnDemand",
        "class=archive part=class-a term=ondemand",
    ),
]
