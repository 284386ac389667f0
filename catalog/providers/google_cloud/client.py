"""A price list from the Cloud Billing Catalog API, read with Google's own asynchronous client.

The event loop runs only while a page is waited for. The lists that come next are fetched meanwhile, so that
several calls are under way at a time, within the budget of requests that the project may send a minute.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from aiolimiter import AsyncLimiter
from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.api_core.retry import AsyncRetry, if_exception_type
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.cloud.billing_v1 import CloudCatalogAsyncClient, ListServicesRequest, ListSkusRequest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from catalog.errors import SourceError
from catalog.providers.google_cloud.months import months
from catalog.providers.google_cloud.parse import parse_service, parse_sku
from catalog.providers.records import ServiceRecord, SkuRecord

PAGE_SIZE = 5000  # the most that the API gives
CONCURRENCY = 8  # lists under way: enough for five requests a second that take a second each

_TRANSIENT = (
    exceptions.TooManyRequests,
    exceptions.InternalServerError,
    exceptions.BadGateway,
    exceptions.ServiceUnavailable,
    exceptions.GatewayTimeout,
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take, and the retry that google-api-core makes of it, backed off with jitter."""

    call_seconds: float
    retry: AsyncRetry


PATIENCE = Patience(
    call_seconds=60,
    retry=AsyncRetry(
        predicate=if_exception_type(*_TRANSIENT), initial=1, maximum=30, multiplier=2, timeout=120
    ),
)

Method = Callable[..., Awaitable[Any]]
Request = ListServicesRequest | ListSkusRequest


class ApiSource:
    """The price list as Google serves it, in USD.

    Args:
        client: Google's client.
        loop: where its calls run.
        requests_per_minute: the most that are sent, repeated ones included.
        patience: how long to wait and what to ask again.
    """

    name = "api"

    def __init__(
        self,
        client: CloudCatalogAsyncClient,
        loop: asyncio.AbstractEventLoop,
        requests_per_minute: float,
        patience: Patience,
    ) -> None:
        self._client = client
        self._loop = loop
        # One at a time: a bucket that holds a minute's worth would send it at once, and then as much again.
        self._budget = AsyncLimiter(1, 60 / requests_per_minute)
        self._patience = patience

    @classmethod
    @contextmanager
    def open(
        cls,
        make_client: Callable[[], CloudCatalogAsyncClient],
        requests_per_minute: float,
        patience: Patience = PATIENCE,
    ) -> Iterator[ApiSource]:
        """A source that asks through the client of `make_client`; the rest as for the class."""
        with asyncio.Runner() as runner:
            client = runner.run(_made(make_client))
            try:
                yield cls(client, runner.get_loop(), requests_per_minute, patience)
            finally:
                runner.run(client.transport.close())  # type: ignore[no-untyped-call]

    @classmethod
    def connect(cls, api_key: str, requests_per_minute: float) -> AbstractContextManager[ApiSource]:
        """A source that shows `api_key`, or application default credentials where it is empty.

        Raises:
            SourceError: there are no credentials, found out on entering.
        """
        options = ClientOptions(api_key=api_key or None)
        return cls.open(partial(CloudCatalogAsyncClient, client_options=options), requests_per_minute)

    def services(self) -> Iterator[ServiceRecord]:
        with _google_errors("The list of services"):
            for page in self._pages(self._client.list_services, ListServicesRequest(page_size=PAGE_SIZE)):
                for service in page.services:
                    yield parse_service(_wire(service))

    def sku_lists(self, service_ids: Sequence[str]) -> Iterator[Iterator[SkuRecord]]:
        """The SKUs of each service, in the order given, with the prices that apply now."""
        return self._sku_lists(service_ids, [{}])

    def past_sku_lists(
        self, service_ids: Sequence[str], since: datetime, until: datetime
    ) -> Iterator[Iterator[SkuRecord]]:
        """The SKUs of each service, in the order given, with the prices of a time past.

        A SKU comes once for each month in which it had a price.

        Args:
            service_ids: the services.
            since: from when on.
            until: until when; not in the future.
        """
        periods = [{"start_time": start, "end_time": end} for start, end in months(since, until)]
        return self._sku_lists(service_ids, periods)

    def _sku_lists(
        self, service_ids: Sequence[str], periods: Sequence[dict[str, datetime]]
    ) -> Iterator[Iterator[SkuRecord]]:
        ahead: deque[Iterator[SkuRecord]] = deque()
        for service_id in service_ids:
            requests = [
                ListSkusRequest(parent=f"services/{service_id}", page_size=PAGE_SIZE, **period)
                for period in periods
            ]
            ahead.append(self._skus(service_id, requests))
            if len(ahead) == CONCURRENCY:
                yield ahead.popleft()
        yield from ahead

    def _skus(self, service_id: str, requests: Sequence[ListSkusRequest]) -> Iterator[SkuRecord]:
        """The SKUs of a service; the first request is sent at once, the others when their turn comes."""
        method = self._client.list_skus
        first = self._pages(method, requests[0])
        rest = (page for request in requests[1:] for page in self._pages(method, request))
        return self._read_skus(service_id, chain(first, rest))

    def _read_skus(self, service_id: str, pages: Iterable[Any]) -> Iterator[SkuRecord]:
        with _google_errors(f"Service {service_id}"):
            for page in pages:
                for sku in page.skus:
                    yield parse_sku(_wire(sku), service_id)

    def _pages(self, method: Method, request: Request) -> Iterator[Any]:
        """The pages of a list, the first of which is asked for at once."""
        return self._following_pages(method, request, self._begin(method, request))

    def _following_pages(self, method: Method, request: Request, call: asyncio.Task[Any]) -> Iterator[Any]:
        while True:
            page = self._loop.run_until_complete(call)
            if page.next_page_token:
                request.page_token = page.next_page_token
                call = self._begin(method, request)
            yield page
            if not page.next_page_token:
                return

    def _begin(self, method: Method, request: Request) -> asyncio.Task[Any]:
        return self._loop.create_task(self._call(method, request))

    async def _call(self, method: Method, request: Request) -> Any:
        async def attempt() -> Any:
            async with self._budget:
                return await method(request, retry=None, timeout=self._patience.call_seconds)

        pager = await self._patience.retry(attempt)()
        page = await anext(pager.pages)
        return type(page).pb(page)


async def _made(make_client: Callable[[], CloudCatalogAsyncClient]) -> CloudCatalogAsyncClient:
    """The client, made where a loop is running because its channel belongs to one."""
    try:
        return make_client()
    except DefaultCredentialsError as error:
        raise SourceError(
            "Google wants to know who asks: set GOOGLE_API_KEY, or sign in with "
            "`gcloud auth application-default login`."
        ) from error


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
