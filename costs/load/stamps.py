"""The model names and customer rules of now, by which months are stamped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from catalog.offers import model_names
from catalog.offers.model_names import Names
from costs import stamp
from costs.customers import Rules
from costs.models import ConsumerRule, ModelName


@dataclass(frozen=True, slots=True)
class Stamps:
    """What months are stamped by. A month with another version is stamped again."""

    names: Names
    rules: Rules
    version: str


def stamps_of_now() -> Stamps:
    """The stamps by the rows of the admin and the words of this code."""
    names = list(ModelName.objects.values_list("cloud", "product", "billing_model", "model_id", "developer"))
    rules = Rules.of(ConsumerRule.objects.values_list("kind", "name", "value", "consumer"))
    parts = [model_names.version(), stamp.version(), names, rules.version()]
    return Stamps(Names(names), rules, sha256(json.dumps(parts).encode()).hexdigest()[:16])
