"""Tells secrets among what people write into forms, so that none is stored, shown or logged."""

from __future__ import annotations

import re
from urllib.parse import unquote

_REFERENCE = (
    "Do not paste it here: give the server and the job of load_costs credentials of their own, in an "
    "environment variable or from Secret Manager (docs/deliveries.md). If it was a real one, replace it."
)
# What each looks like, anywhere in a text. Locations have options alone, and no user before the host.
_NAMED = "access_?token|token|api_?key|key|password|passwd|pwd|secret|client_?secret|auth"
_SECRETS = (
    ("an access key of AWS", re.compile(r"(?<![A-Z0-9])(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}")),
    ("a secret key", re.compile(r"(?i)(secret|access)_?-?\s?(access)?_?-?\s?key\s*[=:]")),
    ("a signed address", re.compile(r"(?i)[?&](x-amz-signature|x-goog-signature|awsaccesskeyid|signature)=")),
    ("a signature of Azure", re.compile(r"(?i)(\?|&|^)(sig|sv|se|sp)=|[#;/]sig=|sharedaccesssignature")),
    ("a connection string of Azure", re.compile(r"(?i)(accountkey|defaultendpointsprotocol)\s*=")),
    ("a private key", re.compile(r"(?i)private_key|-----BEGIN")),
    ("a JSON key", re.compile(r'^\s*\{|"(type|client_email|client_secret)"\s*:')),
    ("a password", re.compile(r"://[^/@\s]*:[^/@\s]*@")),
    ("a token", re.compile(r"\bya29\.|\beyJ[\w-]{10,}\.|\bGOCSPX-|\b(IQoJb3JpZ2lu|FwoGZXIvYXdz)")),
    ("a token", re.compile(r"\b(gh[opsu]_|github_pat_|glpat-|xox[abeprs]-|sk-|hf_|AIza)[\w-]{20,}")),
    ("a secret of Azure", re.compile(r"[\w~.]{3}\dQ~[\w~.-]{31,}")),
    ("a secret", re.compile(rf"(?i)[?&#;]({_NAMED})=")),
    # The secret half of an AWS key, or the key of an Azure account, alone.
    ("a secret key", re.compile(r"^(?!/)[A-Za-z0-9+/]{40}$|[A-Za-z0-9+/]{86}==")),
)
# The secret half of an AWS key, which may have slashes, as some whole parts of a path.
_AWS_KEY = re.compile(r"(?<![^/?#&=:\s])(?=([A-Za-z0-9+/]{40})(?![A-Za-z0-9+]))")
_PART = re.compile(r"[A-Za-z0-9+_~]{24,}")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
# Letters and digits that chance has put together change between capitals, small letters and digits after 1.9
# signs on average; names that people make up are of longer words. The key in AWS's documents has 3.2.
_OF_CHANCE, _OF_A_KEY = 2.3, 3.25


def refusal(text: str) -> str:
    """Why a text may not be kept, in sentences without it; "" if it has no secret that can be told."""
    found = next(filter(None, map(_told, dict.fromkeys((text.strip(), unquote(text.strip()))))), "")
    return f"This looks like {found}. {_REFERENCE}" if found else ""


def _told(text: str) -> str:
    found = next((name for name, looks in _SECRETS if looks.search(text)), "")
    if not found and any(_is_mixed(each[1], _OF_A_KEY) for each in _AWS_KEY.finditer(text)):
        return "a secret key"
    if not found and any(_is_mixed(each, _OF_CHANCE) for each in _PART.findall(text)):
        return "a secret"
    return found


def _is_mixed(text: str, most: float) -> bool:
    """Whether capitals, small letters and digits change after fewer signs than those of words do."""
    words = _WORD.findall(text)
    has_all = all(any(map(kind, text)) for kind in (str.isupper, str.islower, str.isdigit))
    return has_all and sum(map(len, words)) < most * len(words)
