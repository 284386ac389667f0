"""A price list from the Cloud Billing Catalog API, read with Google's own client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.cloud.billing_v1 import CloudCatalogClient, ListServicesRequest, ListSkusRequest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from catalog.errors import SourceError
from catalog.google_cloud.parse import parse_service, parse_sku
from catalog.records import ServiceRecord, SkuRecord

PAGE_SIZE = 5000  # the most that the API gives
CALL_SECONDS = 60

_TRANSIENT = (
    exceptions.TooManyRequests,
    exceptions.InternalServerError,
    exceptions.BadGateway,
    exceptions.ServiceUnavailable,
    exceptions.GatewayTimeout,
)
RETRY = Retry(predicate=if_exception_type(*_TRANSIENT), initial=1, maximum=30, multiplier=2, timeout=120)


class ApiSource:
    """The price list as Google serves it now, in USD."""

    name = "api"

    def __init__(self, client: CloudCatalogClient, retry: Retry = RETRY) -> None:
        self._client = client
        self._options: dict[str, Any] = {"retry": retry, "timeout": CALL_SECONDS}

    @classmethod
    def connect(cls, api_key: str) -> ApiSource:
        """A source that shows `api_key`, or application default credentials where it is empty."""
        try:
            options = {"api_key": api_key} if api_key else None
            return cls(CloudCatalogClient(client_options=options))
        except DefaultCredentialsError as error:
            raise SourceError(
                "Google wants to know who asks: set GOOGLE_API_KEY, or sign in with "
                "`gcloud auth application-default login`."
            ) from error

    def services(self) -> Iterator[ServiceRecord]:
        request = ListServicesRequest(page_size=PAGE_SIZE)
        with _google_errors("The list of services"):
            for page in self._client.list_services(request, **self._options).pages:
                for service in type(page).pb(page).services:
                    yield parse_service(_wire(service))

    def skus(self, service_id: str) -> Iterator[SkuRecord]:
        request = ListSkusRequest(parent=f"services/{service_id}", page_size=PAGE_SIZE)
        with _google_errors(f"Service {service_id}"):
            for page in self._client.list_skus(request, **self._options).pages:
                for sku in type(page).pb(page).skus:
                    yield parse_sku(_wire(sku), service_id)


def _wire(message: Message) -> dict[str, Any]:
    """The message as the REST API would send it, so that there is one parser."""
    wire: dict[str, Any] = MessageToDict(message, always_print_fields_with_no_presence=True)
    return wire


@contextmanager
def _google_errors(what: str) -> Iterator[None]:
    try:
        yield
    except exceptions.RetryError as error:
        raise SourceError(f"{what} cannot be read: {error.cause or error}.", retryable=True) from error
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        raise SourceError(
            f"{what} cannot be read: {error}.", retryable=isinstance(error, _TRANSIENT)
        ) from error
