"""A price list from the Cloud Billing Catalog API, read with Google's own asynchronous client.

The event loop runs only while the sync waits for a page. The next lists are fetched meanwhile, so that
several calls are in flight at a time, within the project's quota of requests per minute.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from time import monotonic
from typing import Any

from aiolimiter import AsyncLimiter
from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.api_core.retry import AsyncRetry, if_exception_type
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.cloud.billing_v1 import CloudCatalogAsyncClient, ListServicesRequest, ListSkusRequest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from grpc import ChannelConnectivity
from grpc.aio import Channel

from catalog.errors import SourceError
from catalog.providers.google_cloud.months import months
from catalog.providers.google_cloud.parse import parse_service, read_sku
from catalog.providers.records import GCP, ServiceRecord
from catalog.providers.source import Entry

logger = logging.getLogger(__name__)

PAGE_SIZE = 5000  # the API's maximum
# Before the first answer, a call waits less long for a connection, and an unreachable API is given up after a
# few attempts. Together with the start of the command, that takes less than 15 seconds.
CONNECT_SECONDS = 10
UNREACHABLE_SECONDS = 2
CONCURRENCY = 8  # lists in flight: enough for five requests per second that take a second each

_TRANSIENT = (
    exceptions.TooManyRequests,
    exceptions.InternalServerError,
    exceptions.BadGateway,
    exceptions.ServiceUnavailable,
    exceptions.GatewayTimeout,
)

# In grpc's messages.
_UNREACHABLE = ("resolving", "resolution", "resolver", "failed to connect", "network is unreachable")


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """The timeout of a call, and how google-api-core retries it: exponential backoff with jitter."""

    call_seconds: float
    retry: AsyncRetry


DEFAULT_POLICY = CallPolicy(
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
        loop: the event loop for its calls.
        requests_per_minute: the maximum, retries included.
        policy: the timeout and retries of each call.
    """

    name = "api"
    provider = GCP

    def __init__(
        self,
        client: CloudCatalogAsyncClient,
        loop: asyncio.AbstractEventLoop,
        requests_per_minute: float,
        policy: CallPolicy,
    ) -> None:
        self._client = client
        self._loop = loop
        # A capacity of 1: a bucket for a whole minute would send it all at once, and then as much again.
        self._limiter = AsyncLimiter(1, 60 / requests_per_minute)
        self._policy = policy
        self._started = monotonic()
        self._is_reached = False

    @classmethod
    @contextmanager
    def open(
        cls,
        make_client: Callable[[], CloudCatalogAsyncClient],
        requests_per_minute: float,
        policy: CallPolicy = DEFAULT_POLICY,
    ) -> Iterator[ApiSource]:
        """A source that uses the client of `make_client`; other arguments as for the class."""
        with asyncio.Runner() as runner:
            client = runner.run(_create_client(make_client))
            try:
                yield cls(client, runner.get_loop(), requests_per_minute, policy)
            finally:
                runner.run(client.transport.close())  # type: ignore[no-untyped-call]

    @classmethod
    def connect(cls, api_key: str, requests_per_minute: float) -> AbstractContextManager[ApiSource]:
        """A source that authenticates with `api_key`, or with application default credentials if it is empty.

        Raises:
            SourceError: no credentials were found; raised on entering.
        """
        options = ClientOptions(api_key=api_key or None)
        return cls.open(partial(CloudCatalogAsyncClient, client_options=options), requests_per_minute)

    def services(self) -> Iterator[ServiceRecord]:
        with _translated_errors("The list of services"):
            for page in self._pages(self._client.list_services, ListServicesRequest(page_size=PAGE_SIZE)):
                for service in page.services:
                    yield parse_service(_wire(service))

    def sku_lists(self, service_ids: Sequence[str]) -> Iterator[Iterator[Entry]]:
        """The SKUs of each service, in the given order, with current prices."""
        return self._sku_lists(service_ids, [{}])

    def past_sku_lists(
        self, service_ids: Sequence[str], since: datetime, until: datetime
    ) -> Iterator[Iterator[Entry]]:
        """The SKUs of each service, in the given order, with the prices of a past period.

        A SKU comes once for each month in which it had a price.

        Args:
            service_ids: the services.
            since: the start of the period.
            until: its end, not in the future.
        """
        periods = [{"start_time": start, "end_time": end} for start, end in months(since, until)]
        return self._sku_lists(service_ids, periods)

    def _sku_lists(
        self, service_ids: Sequence[str], periods: Sequence[dict[str, datetime]]
    ) -> Iterator[Iterator[Entry]]:
        ahead: deque[Iterator[Entry]] = deque()
        for service_id in service_ids:
            requests = [
                ListSkusRequest(parent=f"services/{service_id}", page_size=PAGE_SIZE, **period)
                for period in periods
            ]
            ahead.append(self._skus(service_id, requests))
            if len(ahead) == CONCURRENCY:
                yield ahead.popleft()
        yield from ahead

    def _skus(self, service_id: str, requests: Sequence[ListSkusRequest]) -> Iterator[Entry]:
        """The SKUs of a service; the first request is sent at once, each other one when it is needed."""
        method = self._client.list_skus
        first = self._pages(method, requests[0])
        rest = (page for request in requests[1:] for page in self._pages(method, request))
        return self._read_skus(service_id, chain(first, rest))

    def _read_skus(self, service_id: str, pages: Iterable[Any]) -> Iterator[Entry]:
        with _translated_errors("The list of SKUs"):
            for page in pages:
                for sku in page.skus:
                    yield read_sku(_wire(sku), service_id)

    def _pages(self, method: Method, request: Request) -> Iterator[Any]:
        """The pages of a list; the first is requested at once."""
        return self._following_pages(method, request, self._start_call(method, request))

    def _following_pages(self, method: Method, request: Request, call: asyncio.Task[Any]) -> Iterator[Any]:
        while True:
            page = self._loop.run_until_complete(call)
            if page.next_page_token:
                request.page_token = page.next_page_token
                call = self._start_call(method, request)
            yield page
            if not page.next_page_token:
                return

    def _start_call(self, method: Method, request: Request) -> asyncio.Task[Any]:
        return self._loop.create_task(self._call(method, request))

    async def _call(self, method: Method, request: Request) -> Any:
        async def attempt() -> Any:
            async with self._limiter:
                return await self._attempt(method, request)

        def log(error: Exception) -> None:
            subject = getattr(request, "parent", "") or "services"
            logger.warning("Retrying the list of %s: %s", subject, error)

        pager = await self._policy.retry.with_predicate(self._is_worth_a_retry)(attempt, on_error=log)()
        self._is_reached = True
        page = await anext(pager.pages)
        return type(page).pb(page)

    async def _attempt(self, method: Method, request: Request) -> Any:
        """One call. A network that drops every packet only shows in that there is no connection in time."""
        seconds = self._policy.call_seconds
        if self._is_reached or self._is_connected():
            return await method(request, retry=None, timeout=seconds)
        seconds = min(seconds, CONNECT_SECONDS)
        try:
            return await method(request, retry=None, timeout=seconds)
        except exceptions.DeadlineExceeded as error:
            if self._is_connected():
                raise  # the answer is slow
            message = f"Failed to connect within {seconds} seconds"
            raise exceptions.ServiceUnavailable(message) from error  # type: ignore[no-untyped-call]

    def _is_connected(self) -> bool:
        channel: Channel = self._client.transport.grpc_channel  # type: ignore[attr-defined]
        return channel.get_state() is ChannelConnectivity.READY

    def _is_worth_a_retry(self, error: BaseException) -> bool:
        """Whether the error is transient. A network that is not there from the start usually is not."""
        is_given_up = not self._is_reached and monotonic() - self._started > UNREACHABLE_SECONDS
        return isinstance(error, _TRANSIENT) and not (is_given_up and _is_unreachable(error))


async def _create_client(make_client: Callable[[], CloudCatalogAsyncClient]) -> CloudCatalogAsyncClient:
    """The client, created in a running loop because its channel belongs to one."""
    try:
        return make_client()
    except DefaultCredentialsError as error:
        raise SourceError(
            "No Google credentials found: set GOOGLE_API_KEY or run `gcloud auth application-default login`."
        ) from error


def _wire(message: Message) -> dict[str, Any]:
    """The message in the REST API's form, so that one parser is enough."""
    wire: dict[str, Any] = MessageToDict(message, always_print_fields_with_no_presence=True)
    return wire


@contextmanager
def _translated_errors(subject: str) -> Iterator[None]:
    try:
        yield
    except exceptions.RetryError as error:
        raise SourceError(
            f"{subject} cannot be read: {_text(error.cause or error)}.", retryable=True
        ) from error
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        if _is_unreachable(error):
            message = f"Google's API cannot be reached, so check the network: {_text(error)}."
            raise SourceError(message, retryable=True) from error
        raise SourceError(
            f"{subject} cannot be read: {_text(error)}.", retryable=isinstance(error, _TRANSIENT)
        ) from error


def _is_unreachable(error: BaseException) -> bool:
    """Whether there is no connection at all: the name does not resolve, or every address refuses."""
    text = f"{error}".casefold()
    return isinstance(error, exceptions.ServiceUnavailable) and any(sign in text for sign in _UNREACHABLE)


def _text(error: BaseException) -> str:
    return str(error).rstrip(".")
