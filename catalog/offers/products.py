"""Products: the names that people and SKUs call them by, and the services that sell them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from catalog.offers import DATA
from catalog.offers.phrases import Phrases, texts
from catalog.places import fold
from catalog.words import entries

# So many words of a name are a name of their own; a single word may be an ordinary one.
MIN_WORDS = 2
# The sections of other companies' products, of features, and of words that also say what a machine is for.
OTHERS, FEATURES, USES = "others", "features", "uses"
# The other providers whose lists are read, by the slugs of their clouds and of what they sell models as.
_PROVIDERS = {
    "amazon-web-services": "aws",
    "amazon-bedrock": "aws",
    "microsoft-azure": "azure",
    "foundry-models": "azure",
}


@dataclass(frozen=True, slots=True)
class Product:
    """`services` are the names of the services that may sell it, its own first.

    A foreign product is another company's; a feature is billed as the thing that has it.
    """

    name: str
    services: tuple[str, ...]
    is_foreign: bool = False
    is_feature: bool = False

    @property
    def slug(self) -> str:
        return slug(self.name)


@cache
def slug(name: str) -> str:
    """`name` as a value of an attribute or a section of the vocabulary: "cloud-sql"."""
    return fold(name).replace(" ", "-")


@cache
def products() -> dict[str, Product]:
    """The products of data/products.txt by slug."""
    found = (_product(key, section) for section, key, _ in entries(DATA / "products.txt") if section != USES)
    return {product.slug: product for product in found}


def _product(key: str, section: str = "") -> Product:
    services = tuple(name.strip() for name in key.split(","))
    return Product(services[0], services, is_foreign=section == OTHERS, is_feature=section == FEATURES)


@cache
def product_names() -> Phrases[str]:
    """What products are called, each with the slug of the product."""
    names: Phrases[str] = Phrases()
    for section, key, aliases in entries(DATA / "products.txt"):
        if section == USES:
            continue
        product = _product(key)
        full = [product.name] if len(fold(product.name).split()) >= MIN_WORDS else []
        for alias in dict.fromkeys((*aliases, *full)):
            names.add(alias, product.slug)
    return names


@cache
def product_of(service: str) -> str:
    """The slug of the product that `service` sells above all: its own, else one that it may sell."""
    selling = [product for product in products().values() if service in product.services]
    own = [product for product in selling if product.services[0] == service]
    return next((product.slug for product in (*own, *selling)), slug(service))


@cache
def _uses() -> frozenset[tuple[str, ...]]:
    listed = (phrases for section, _, phrases in entries(DATA / "products.txt") if section == USES)
    return frozenset(texts(phrase) for phrases in listed for phrase in phrases)


def is_use(name: str, product: str) -> bool:
    """Whether `name`, which means `product`, also says what another thing is for.

    That is so of listed words, and of services that the list lacks: most are other companies' programs.
    """
    return texts(name) in _uses() or product not in products()


def product_name(product: str) -> str:
    """What `product`, a slug, is called; the slug itself of a service that the list lacks."""
    known = products().get(product)
    return known.name if known else product


def is_of_others(product: str) -> bool:
    """Whether another company sells `product`, a slug."""
    known = products().get(product)
    return bool(known and known.is_foreign)


def provider_of(product: str) -> str | None:
    """The provider whose cloud, or service of models, `product` is, a slug."""
    return _PROVIDERS.get(product)


def is_feature(product: str) -> bool:
    """Whether `product`, a slug, is a feature of another product."""
    known = products().get(product)
    return bool(known and known.is_feature)


def provider_called(name: str) -> str | None:
    """The provider whose cloud, or service of models, people call `name`."""
    words = texts(name)
    found = product_names().at(words, 0) if words else []
    return next((_PROVIDERS.get(product) for end, product in found if end == len(words)), None)


def services_called(name: str) -> tuple[str, ...]:
    """The services that may sell the product that people call `name`, its own first; empty if none is."""
    words = texts(name)
    called = [product for end, product in product_names().at(words, 0) if end == len(words)] if words else []
    return products()[called[0]].services if called else ()
