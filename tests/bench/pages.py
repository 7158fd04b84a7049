"""Pages as customers meet them: production build, real Chromium, a fast line and a slow one."""

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median

from playwright.sync_api import BrowserType
from sqlalchemy import select
from sqlmodel import col

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.core.migrations import upgrade
from account_portal.demo.seed import seed_if_empty
from account_portal.loyalty.service import grant_points
from account_portal.models import Order, User
from account_portal.serving.build import ensure_build
from tests.bench.data import build_shop
from tests.bench.pages_report import Clicks, PageRow, write_pages_report
from tests.bench.running import serve_pages, with_environment
from tests.bench.sockets import measure_sockets
from tests.bench.visits import FAST, SLOW_PHONE, Line, Visit, chromium, press, signed_in, visit
from tests.factories.auth import make_page_session

DEMO = "demo@example.com"
CARD = "main a[href^='/orders/']"
PRESSES = 20
SMALL_SHOP = 4000
"""Orders in the shop of the customer with 500: the length of one history is what matters here."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A page, who opens it, and what is there once the data is."""

    name: str
    path: str
    cookie: str
    sign: str


def measure_pages(times: int, seconds: float, only: str) -> None:
    """Open each page so many times, cold and warm, and print the medians."""
    ensure_build()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/portal.db"
        with with_environment(folder, url):
            pages = [page for page in _pages(Database(url)) if only in page.name]
        with serve_pages(folder, url) as server:
            address = f"http://localhost:{server.port}"
            with chromium() as browser:
                rows = [
                    _opened(browser, address, page, line, times)
                    for page in pages
                    for line in (FAST, SLOW_PHONE)
                ]
                clicks = _clicks(browser, address, pages[0].cookie)
                clicks.append(_followed(browser, address, pages[0].cookie, Database(url)))
            # After the browser is gone: its driver keeps an event loop of its own.
            sockets = measure_sockets(server, [pages[0].cookie], "/orders", seconds)
    write_pages_report(rows, clicks, sockets, times)


def _pages(database: Database) -> list[Opened]:
    upgrade(database)
    seed_if_empty(database)
    shop = build_shop(database, SMALL_SHOP)
    with database.session(writes=False) as db:
        demo = db.execute(select(User).where(col(User.email) == DEMO)).scalar_one()
        collector = db.get_one(User, shop.collector)
        newest = (
            select(col(Order.order_number))
            .where(col(Order.customer_id) == demo.customer_id)
            .order_by(col(Order.order_date).desc())
            .limit(1)
        )
        number = db.execute(newest).scalar_one()
    cookies = {user.id: new_id() for user in (demo, collector)}
    for user in (demo, collector):
        make_page_session(database, user, datetime.now(UTC), cookies[user.id])
    database.dispose()
    return [
        Opened("dashboard", "/", cookies[demo.id], CARD),
        Opened("orders", "/orders", cookies[demo.id], CARD),
        Opened("order", f"/orders/{number}", cookies[demo.id], "main h2"),
        Opened(f"orders of {shop.collected}", "/orders", cookies[collector.id], CARD),
    ]


def _opened(browser: BrowserType, address: str, page: Opened, line: Line, times: int) -> PageRow:
    print(f"{page.name}, {line.name} ...", file=sys.stderr)
    cold, warm = [], []
    for _ in range(times):
        with signed_in(browser, address, page.cookie) as context:
            cold.append(visit(context, page.path, page.sign, line))
            # The browser keeps files at the first visit, what it compiled of them at the second.
            visit(context, page.path, page.sign, FAST)
            warm.append(visit(context, page.path, page.sign, line))
    return PageRow(page.name, line.name, _middle(cold), _middle(warm))


def _middle(visits: Sequence[Visit]) -> Visit:
    return Visit(
        painted=median(one.painted for one in visits),
        data=median(one.data for one in visits),
        shift=max(one.shift for one in visits),
        script=round(median(one.script for one in visits)),
        requests=round(median(one.requests for one in visits)),
    )


def _clicks(browser: BrowserType, address: str, cookie: str) -> list[Clicks]:
    chips = [
        (f"nav[aria-label='Filter orders'] a:nth-of-type({place})", "[aria-current]")
        for place in (3, 1)
    ]
    switch = ("main input[role=switch]", ":checked")
    with signed_in(browser, address, cookie) as context:
        return [
            Clicks("filter of orders", press(context, "/orders", chips * PRESSES)),
            Clicks("switch", press(context, "/notifications", [switch] * 2 * PRESSES)),
        ]


def _followed(browser: BrowserType, address: str, cookie: str, database: Database) -> Clicks:
    """From the commit of what the shop does, in a process of its own, to an open page."""
    took = []
    with signed_in(browser, address, cookie) as context:
        page = context.new_page()
        page.goto("/loyalty")
        page.wait_for_selector("main section")
        page.wait_for_timeout(1000)
        for _ in range(PRESSES):
            before = page.inner_text("main")
            with enter(writes=True, actor=SHOP, database=database) as ctx:
                grant_points(ctx, DEMO, Decimal(1))
            began = time.perf_counter()
            while page.inner_text("main") == before:
                pass
            took.append((time.perf_counter() - began) * 1000)
    database.dispose()
    return Clicks("change by the shop", took)
