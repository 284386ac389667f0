"""Reads a request for a resource into its bill, whatever kind of resource it is."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from catalog.errors import NotFoundError
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.database_storage import is_storage, storage_bill, storage_names
from catalog.offers.resources.databases import database_bill, is_database, machines
from catalog.offers.resources.gpus import gpu_alone
from catalog.offers.resources.kind_table import kinds
from catalog.offers.resources.kinds import kind_bill
from catalog.offers.resources.machines import is_machine, machine_bill
from catalog.offers.resources.model_clouds import model_ids
from catalog.offers.resources.open_names import open_name
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import machine_types, nodes
from catalog.offers.resources.tokens import is_model, model_names, tokens_bill
from catalog.offers.resources.tpus import is_tpu, tpu_bill, tpu_names
from catalog.offers.resources.traffic import NAMES as TRAFFIC
from catalog.offers.resources.traffic import traffic_bill

MAX_CANDIDATES = 5
MIN_SIMILARITY = 60  # percent
_SEPARATORS = re.compile(r"[\s_]+")
_PLACE = re.compile(r"(?:zones|regions)/(?P<place>[^/]+)/")


def read_bill(request: ResourceRequest) -> Bill:
    """What a resource is billed as.

    Raises:
        NotFoundError: no resource has this name; the candidates are the nearest ones.
        InvalidArgumentError: the arguments do not go together.
    """
    name = resource_name(request.resource)
    bill = _bill(request, name)
    if bill is None:
        raise NotFoundError(
            f"There is no resource {request.resource!r}.",
            hint="Name a machine type as gcloud does, such as n2-standard-8, or search for a SKU.",
            candidates=[{"resource": near} for near in nearest(name)],
        )
    return bill


def _bill(request: ResourceRequest, name: str) -> Bill | None:
    if is_machine(name):
        return machine_bill(request, name)
    if kind := kinds().get(name):
        return kind_bill(request, kind)
    for is_of_this_kind, bill_of in (
        (TRAFFIC.__contains__, traffic_bill),
        (is_database, database_bill),
        (is_storage, storage_bill),
        (is_tpu, tpu_bill),
        (is_model, tokens_bill),
    ):
        if is_of_this_kind(name):
            return bill_of(request, name)
    return gpu_alone(name) or open_name(name, names())


def resource_name(text: str) -> str:
    """A name as gcloud writes it: the last part of a URL, in lower case, with hyphens."""
    return _SEPARATORS.sub("-", text.strip().rpartition("/")[2].lower())


def place_in_name(text: str) -> str | None:
    """The zone or region in a name that is a path, as the Compute Engine API has them."""
    match = _PLACE.search(text)
    return match["place"] if match else None


def names() -> list[str]:
    """The names of all resources that have one; custom machines have none, models have others too."""
    return [
        *machine_types(),
        *nodes(),
        *kinds(),
        *TRAFFIC,
        *machines(),
        *storage_names(),
        *tpu_names(),
        *dict.fromkeys((*model_names(), *model_ids())),
    ]


def nearest(name: str) -> list[str]:
    """The names most like `name`."""
    matches = process.extract(
        name, names(), scorer=fuzz.ratio, limit=MAX_CANDIDATES, score_cutoff=MIN_SIMILARITY
    )
    return [match for match, _, _ in matches]
