"""Endpoints on this machine, and a worker that is driven by hand."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.core.settings import get_settings
from account_portal.events import EventType, Told, record
from account_portal.webhooks import service
from account_portal.webhooks.schemas import CreateWebhook, WebhookWithSecret
from account_portal.webhooks.worker import find_due, hand_on_all, send_due
from tests.conftest import Clock
from tests.webhooks.receiver import Receiver, receiving

Happens = Callable[..., None]
Works = Callable[[], int]
Makes = Callable[..., WebhookWithSecret]


@pytest.fixture
def private(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Addresses of this machine may be sent to."""
    assert database
    monkeypatch.setenv("PORTAL_WEBHOOKS_ALLOW_PRIVATE", "1")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def receiver(private: None) -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def makes(database: Database) -> Makes:
    """`makes(url, types=[…])`: a new endpoint."""

    def run(url: str, **values: object) -> WebhookWithSecret:
        with enter(writes=True, actor=SHOP, database=database) as ctx:
            return service.create_webhook(ctx, CreateWebhook.model_validate({"url": url, **values}))

    return run


@pytest.fixture
def happens(database: Database) -> Happens:
    """`happens("a", "b")`: events that name these customers."""

    def run(*customers: str | None, kind: EventType = EventType.ORDER_UPDATED) -> None:
        for number, customer in enumerate(customers):
            with enter(writes=True, actor=SHOP, database=database) as ctx:
                record(ctx.db, [Told(kind, customer, {"customer": customer, "number": number})])

    return run


@pytest.fixture
def works(database: Database, clock: Clock) -> Works:
    """Do what is due now, at the clock's time; how many tries that took."""

    async def all_due() -> int:
        tries = 0
        hand_on_all(database, clock.now)
        while due := find_due(database, clock.now):
            tries += sum([await send_due(one, database, clock.now) for one in due])
        return tries

    return lambda: asyncio.run(all_due())
