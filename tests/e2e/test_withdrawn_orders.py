"""What comes of a withdrawal and of a return is on their pages as long as they live."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from account_portal.context import SHOP, Actor, enter
from account_portal.core.db import Database
from account_portal.models import Order, OrderReturn, User, Withdrawal
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelItem, Policy
from account_portal.returns import service as returns
from account_portal.withdrawals.schemas import MatchWithdrawal, SettleWithdrawal, StateWithdrawal
from account_portal.withdrawals.service import carry_out_for_shop, settle_for_shop, state_withdrawal
from tests.e2e.conftest import (
    NARROW,
    WIDE,
    OpenPage,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return, return_item


@pytest.fixture
def order(database: Database, customer: User) -> Order:
    """Two units of 100.00 that arrived, delivered for 49.00."""
    return make_order(
        database,
        customer,
        lines=[make_line(sku="KEEPS-A-FEE")],
        place={"country": "Germany"},
        parcels=[{}],
        shipping_amount=4900,
        grand_total=24900,
    )


def withdraw(database: Database, customer: User, order: Order, **said: Any) -> Any:
    me = Actor(kind="customer", user_id=customer.id, customer_id=customer.customer_id)
    asked = {"name": "Asha Rao", "order": order.order_number, "contact": "asha@example.com"}
    with enter(writes=True, actor=me, database=database) as ctx:
        return state_withdrawal(ctx, StateWithdrawal.model_validate(asked | said))


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_delivery_comes_back_with_the_goods(
    open_page: OpenPage, database: Database, customer: User, order: Order, viewport: Any
) -> None:
    withdraw(database, customer, order)
    [request] = rows(database, OrderReturn, order_id=order.id)
    page = open_page(
        f"/returns/{request.request_number}", as_=str(customer.email), viewport=viewport
    )
    for words in ("Delivery and charges", "₹49.00", "You get back", "₹249.00"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        returns.approve_return(ctx, request.request_number)
    page.reload()
    expect(page.get_by_text("Delivery and charges", exact=True)).to_be_visible()
    expect(page.get_by_text("₹249.00", exact=True)).to_have_count(2)


def test_the_fee_that_is_kept_is_said_once_the_return_was_sent(
    open_page: OpenPage, database: Database, customer: User, order: Order
) -> None:
    keeps = {"applies_to": {"skus": ["KEEPS-A-FEE"]}, "returns": {"fee_per_cent": 10}}
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        rule = {"name": "Fee", **keeps}
        orders.set_policy(ctx, Policy.model_validate({"rules": [rule]}), source="api")
    lines, now = [make_line(sku="KEEPS-A-FEE")], datetime.now(UTC)  # not before the policy
    later = make_order(database, customer, lines=lines, parcels=[{}], at=now)
    item = return_item(sku="KEEPS-A-FEE")
    number = make_return(database, customer, later, item).request_number
    page = open_page(f"/returns/{number}", as_=str(customer.email))
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        returns.approve_return(ctx, number)
    page.reload()
    for words in ("Restocking fee", "\u2212₹10.00", "You get back"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_text("keeps a restocking fee")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_waits_for_the_store_is_on_the_order(
    open_page: OpenPage, database: Database, customer: User, order: Order, viewport: Any
) -> None:
    receipt = withdraw(database, customer, order, goods="The blue one only")
    page = open_page(f"/orders/{order.order_number}", as_=str(customer.email), viewport=viewport)
    for words in (receipt.reference, "Waiting for the store"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_text("You withdrew from The blue one only.")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    said = SettleWithdrawal(outcome="Told", answer="We wrote to you.")
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        settle_for_shop(ctx, receipt.reference, said)
    page.reload()
    expect(page.get_by_text("The store says: We wrote to you.")).to_be_visible()


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"]
)
def test_what_was_left_out_and_what_was_gone_is_on_the_order(
    open_page: OpenPage,
    database: Database,
    customer: User,
    order: Order,
    viewport: Any,
    scheme: str,
) -> None:
    stated = withdraw(database, customer, order, goods="Both of them")
    half = {
        "order_number": order.order_number,
        "withdraw_items": [{"sku": "KEEPS-A-FEE", "quantity": 1}],
        "answer": "The other one had been worn.",
    }
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        carry_out_for_shop(ctx, stated.reference, MatchWithdrawal.model_validate(half))
    page = open_page(
        f"/orders/{order.order_number}",
        as_=str(customer.email),
        viewport=viewport,
        scheme=scheme,
    )
    expect(page.get_by_text("The store says: The other one had been worn.")).to_be_visible()
    withdraw(database, customer, order)
    withdraw(database, customer, order, goods="And once more")
    page.reload()
    expect(page.get_by_text("Carried out", exact=True)).to_have_count(2)
    expect(page.get_by_text("Nothing was left", exact=True)).to_be_visible()
    expect(page.get_by_text("No other withdrawal is needed.")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def open_found(
    open_page: OpenPage, portal: Portal, number: str, mailbox: str, **options: Any
) -> Page:
    """The page of an order that a guest found by its number and proved by a code."""
    page = open_page(f"/orders/{number}", **options)
    find = page.get_by_role("link", name="Find your order")
    expect(find).to_have_attribute("href", re.compile(number))  # the page has loaded
    find.press("Enter")
    expect(page.get_by_label("Order number")).to_have_value(number)
    page.get_by_label("E-mail address or postcode").fill(mailbox)
    page.keyboard.press("Enter")
    page.get_by_label("Code", exact=True).fill(portal.code_for(mailbox))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    return page


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"]
)
def test_a_guest_withdraws_from_what_is_left_of_a_found_order(
    open_page: OpenPage,
    portal: Portal,
    database: Database,
    customer: User,
    viewport: Any,
    scheme: str,
) -> None:
    """One line was cancelled before, one is not sent, one arrived."""
    mailbox = str(customer.email)
    names = ("Desk lamp", "Mug", "Rug")
    made = make_order(
        database,
        customer,
        lines=[
            make_line(place, sku=f"FOUND-{place}", product_name=name, quantity=1)
            for place, name in enumerate(names)
        ],
        place={"country": "Germany"},
        parcels=[{"units": {"FOUND-2": 1}}],
        customer_email=mailbox,
    )
    number = made.order_number
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        gone = [CancelItem(sku="FOUND-0", quantity=1)]
        orders.cancel_items_for_shop(ctx, number, gone, "Sold out")
    page = open_found(open_page, portal, number, mailbox, viewport=viewport, scheme=scheme)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Withdraw from contract here").press("Enter")
    form = opened.value
    expect(form.get_by_label("How many of Mug?")).to_be_visible()
    expect(form.get_by_label("How many of Desk lamp?")).to_have_count(0)
    assert_accessible(form)
    form.get_by_label("Your name").fill("Asha Rao")
    form.get_by_label("E-mail address").fill(mailbox)
    form.keyboard.press("Enter")
    form.get_by_role("button", name="Confirm withdrawal here").press("Enter")
    expect(form.get_by_role("heading", level=1)).to_have_text("We have received your withdrawal")
    [row] = rows(database, Withdrawal, order_number=number)
    [request] = rows(database, OrderReturn, order_id=made.id)
    page.reload()
    for words in (row.reference, "Carried out", "You withdrew from the whole order."):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_text(request.request_number)).to_be_visible()
    expect(page.get_by_text("1 cancelled", exact=True)).to_have_count(2)
    assert_accessible(page)
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize(
    ("locale", "language", "words"),
    [("de-AT", "de", "Vertrag widerrufen"), ("pt-BR", "en", "Withdraw from contract here")],
)
def test_the_link_to_withdraw_speaks_the_browsers_language(
    open_page: OpenPage, customer: User, order: Order, locale: str, language: str, words: str
) -> None:
    """As the server draws it already, so that nothing moves; else the store's language."""
    path = f"/orders/{order.order_number}"
    page = open_page(path, as_=str(customer.email), locale=locale)
    link = page.get_by_role("link", name=words)
    expect(link).to_be_visible()
    expect(link.locator(f"span[lang={language}]")).to_have_text(words)
    drawn = page.request.get(path, headers={"Accept-Language": locale}).text()
    assert re.search(rf'<span[^>]* lang="{language}"[^>]*>{words}</span>', drawn)
