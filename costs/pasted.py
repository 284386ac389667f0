"""Tells secrets among what people write into forms, so that none is stored, shown or logged."""

from __future__ import annotations

import re

_REFERENCE = (
    "Do not paste it here: give the server and the job of load_costs credentials of their own, in an "
    "environment variable or from Secret Manager (docs/deliveries.md). If it was a real one, replace it."
)
# What each looks like. Locations have no queries but BigQuery's, and no user in front of the host.
_SECRETS = (
    ("an access key of AWS", re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,}")),
    ("a secret key", re.compile(r"(?i)(secret|access)_?-?\s?(access)?_?-?\s?key\s*[=:]")),
    ("a signed address", re.compile(r"(?i)[?&](x-amz-signature|x-goog-signature|awsaccesskeyid|signature)=")),
    ("a signature of Azure", re.compile(r"(?i)(\?|&|^)(sig|sv|se|sp)=|sharedaccesssignature")),
    ("a connection string of Azure", re.compile(r"(?i)(accountkey|defaultendpointsprotocol)\s*=")),
    ("a private key", re.compile(r"(?i)private_key|-----BEGIN")),
    ("a JSON key", re.compile(r'^\s*\{|"(type|client_email|client_secret)"\s*:')),
    ("a password", re.compile(r"://[^/@\s]*:[^/@\s]*@")),
    ("a token", re.compile(r"\bya29\.|\beyJ[\w-]{10,}\.|\bGOCSPX-")),
    # The secret half of an AWS key, or the key of an Azure account, alone.
    ("a secret key", re.compile(r"^(?!/)[A-Za-z0-9+/]{40}$|^[A-Za-z0-9+/]{86}==$")),
)


def refusal(text: str) -> str:
    """Why a text may not be kept, in sentences without it; "" if it has no secret that can be told."""
    found = next((name for name, looks in _SECRETS if looks.search(text.strip())), "")
    return f"This looks like {found}. {_REFERENCE}" if found else ""
