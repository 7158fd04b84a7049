"""Orders in the browser: find one, read it, cancel it, pay again."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from account_portal.core.db import Database
from account_portal.models import User
from account_portal.states import ReturnStatus
from tests.e2e.conftest import (
    DEMO,
    NARROW,
    NEW,
    SAM,
    WIDE,
    OpenPage,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.factories.addresses import make_address
from tests.factories.orders import make_line, make_order
from tests.factories.returns import make_return, move_return

# Counts how often React draws a page's whole: its parts listen for themselves.
WHOLE_PAGES = """
  window.wholes = [];
  const note = (fiber) => {
    for (; fiber; fiber = fiber.sibling) {
      const name = fiber.type?.displayName ?? "";
      if (fiber.flags & 1 && name.startsWith("Component(")) wholes.push(name);
      if (fiber.child !== fiber.alternate?.child) note(fiber.child);
    }
  };
  window.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot: (_, root) => note(root.current),
    onCommitFiberUnmount: () => {},
  };
"""
BOTH = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])


def numbers(page: Page) -> list[str]:
    return [
        text.removeprefix("Order ").strip()
        for text in page.get_by_role("link", name=re.compile("^Order ")).all_inner_texts()
    ]


def wait_for_orders(page: Page) -> None:
    expect(page.get_by_role("link", name=re.compile("^Order ")).first).to_be_visible()


def test_nobody_is_led_to_sign_in_and_back(open_page: OpenPage) -> None:
    page = open_page("/orders?group=open")
    expect(page).to_have_url(re.compile(r"/login/?\?next=%2Forders%3Fgroup%3Dopen$"))
    assert numbers(page) == []


@BOTH
def test_filters_live_in_the_address(open_page: OpenPage, viewport: Any) -> None:
    page = open_page("/orders", as_=DEMO, viewport=viewport)
    wait_for_orders(page)
    everything = numbers(page)
    assert len(everything) == 10
    page.get_by_role("navigation", name="Filter orders").get_by_role(
        "link", name="Cancelled"
    ).click()
    expect(page).to_have_url(re.compile(r"group=cancelled$"))
    expect(page.get_by_text("Delivered", exact=True).first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/orders/?$"))
    wait_for_orders(page)
    page.get_by_role("searchbox").fill("teapot")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"text=teapot"))
    expect(page.get_by_text("Enamel Teapot").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("teapot")
    page.get_by_label("Sort").select_option("oldest")
    expect(page).to_have_url(re.compile(r"text=teapot&sort=oldest"))
    page.goto("/orders?text=nothing-is-called-this")
    expect(page.get_by_text("No order matches")).to_be_visible()
    page.get_by_role("link", name="Clear filters").click()
    wait_for_orders(page)
    assert numbers(page) == everything
    assert_no_sideways_scroll(page)


def test_a_click_is_one_question_and_one_answer(open_page: OpenPage) -> None:
    asked: list[str] = []
    answers: list[str] = []

    def listen(socket: Any) -> None:
        socket.on("framesent", lambda text: asked.append(str(text)))
        socket.on("framereceived", lambda text: answers.append(str(text)))

    page = open_page("/theme.css", as_=DEMO)
    page.on("websocket", listen)
    page.goto("/orders")
    wait_for_orders(page)
    page.wait_for_timeout(500)  # what is noted of the visit has been answered
    chips = page.get_by_role("navigation", name="Filter orders")
    for chip, sign in (("Cancelled", "aria-current"), ("Delivered", "aria-current")):
        asked.clear()
        answers.clear()
        chips.get_by_role("link", name=chip).click()
        expect(chips.get_by_role("link", name=chip)).to_have_attribute(
            sign, re.compile("page|true")
        )
        page.wait_for_timeout(200)
        assert ["on_load_internal" in text for text in asked if "event" in text] == [True]
        assert len([text for text in answers if "delta" in text]) == 1


def test_a_page_is_drawn_whole_once(open_page: OpenPage) -> None:
    page = open_page("/login", as_=DEMO)
    page.add_init_script(WHOLE_PAGES)
    page.goto("/orders")
    wait_for_orders(page)
    page.wait_for_timeout(500)  # what is noted of the visit has been answered
    assert set(page.evaluate("wholes.splice(0)")) == {"Component(orders)"}
    chips = page.get_by_role("navigation", name="Filter orders")
    chips.get_by_role("link", name="Delivered").click()
    expect(chips.locator("[aria-current]")).to_have_text("Delivered")
    page.get_by_role("link", name=re.compile("^Order ")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Order .*[0-9]"))
    assert page.evaluate("wholes") == ["Component(orders/[order_number])"]


def test_a_pages_script_comes_while_the_customer_makes_up_their_mind(open_page: OpenPage) -> None:
    page = open_page("/login", as_=DEMO)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/orders")
    wait_for_orders(page)
    script = re.compile(r"order_number.*\.js$")
    assert not any(script.search(url) for url in asked)
    with page.expect_request(script):
        page.get_by_role("link", name=re.compile("^Order ")).first.hover()
    expect(page).to_have_url(re.compile("/orders$"))


def test_a_link_is_a_link(open_page: OpenPage) -> None:
    page = open_page("/orders", as_=DEMO)
    page.evaluate("() => { window.stayed = true; }")
    rewards = page.get_by_role("link", name="Rewards").filter(visible=True).first
    with page.context.expect_page() as tab:
        rewards.click(modifiers=["ControlOrMeta"])
    expect(tab.value.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/orders")
    rewards.click()
    expect(page).to_have_url(re.compile("/loyalty$"))
    length = page.evaluate("history.length")
    rewards.click()  # where one is already: no step more to go back
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("[history.length, window.stayed]") == [length, True]
    page.go_back()
    expect(page).to_have_url(re.compile("/orders$"))
    assert page.evaluate("window.stayed")


def test_of_quick_clicks_the_last_one_counts(open_page: OpenPage) -> None:
    page = open_page("/orders", as_=DEMO)
    wait_for_orders(page)
    everything = numbers(page)
    chips = page.get_by_role("navigation", name="Filter orders")
    for last in ("Delivered", "All"):
        for chip in ("Open", "Cancelled", "Open", last):
            chips.get_by_role("link", name=chip).evaluate("link => link.click()")
        current = chips.locator("[aria-current]")
        expect(current).to_have_text(last)
        page.wait_for_timeout(300)
        expect(current).to_have_text(last)
        assert (numbers(page) == everything) == (last == "All")
    page.go_back()
    expect(chips.locator("[aria-current]")).to_have_text("Open")


def test_pages_hold_and_nonsense_in_the_address_does_no_harm(open_page: OpenPage) -> None:
    page = open_page("/orders?page=x&sort=;drop&year=abc&group=", as_=DEMO)
    wait_for_orders(page)
    first = numbers(page)
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile(r"page=2$"))
    expect(page.get_by_text("Page 2 of")).to_be_visible()
    assert not set(first) & set(numbers(page))


def test_a_customer_without_orders(open_page: OpenPage) -> None:
    page = open_page("/orders", as_=NEW)
    expect(page.get_by_text("No orders yet")).to_be_visible()
    assert_accessible(page)


def test_strangers_orders_and_unknown_ones_look_alike(open_page: OpenPage) -> None:
    page = open_page("/orders", as_=SAM)
    wait_for_orders(page)
    sams = numbers(page)[0]
    page = open_page(f"/orders/{sams}", as_=DEMO)
    expect(page.get_by_text("There is no such order")).to_be_visible()
    page.goto("/orders/NW-99999999")
    expect(page.get_by_text("There is no such order")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="All your orders").click()
    wait_for_orders(page)


def test_an_order_is_cancelled_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/orders?group=open&text=watch", as_=DEMO, viewport=NARROW)
    wait_for_orders(page)
    page.get_by_role("link", name=re.compile("^Order ")).first.focus()
    page.keyboard.press("Enter")
    cancel = page.get_by_role("button", name="Cancel order")
    expect(cancel).to_be_visible()
    cancel.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Cancel this order?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(cancel).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    page.keyboard.press("ArrowDown")
    dialog.get_by_role("button", name="Cancel order").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Order cancelled.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Cancelled .+: "))).to_be_visible()


def test_a_failed_payment_is_paid_again(open_page: OpenPage) -> None:
    page = open_page("/orders", as_=DEMO)
    wait_for_orders(page)
    card = page.get_by_text("Payment failed").first
    expect(card).to_be_visible()
    page.get_by_role("link", name=re.compile("^Order ")).first.click()
    page.get_by_role("button", name="Pay again").click()
    expect(page.get_by_role("heading", name="Pay for your order")).to_be_visible()
    page.get_by_role("button", name="Pay now").click()
    expect(page).to_have_url(re.compile(r"/orders/[^/?]+/?\?paid=1$"))
    expect(page.get_by_text("Paid", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Pay again")).to_be_hidden()


def test_the_way_past_the_menu_stays_on_the_page(open_page: OpenPage) -> None:
    page = open_page("/orders/NW-21474", as_=DEMO)
    expect(page.get_by_role("heading", name="Price")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/orders/NW-21474/?#content$"))
    page.keyboard.press("Tab")
    expect(page.locator("main").get_by_role("link", name="Orders", exact=True)).to_be_focused()


def test_pages_lead_back_to_the_shop(open_page: OpenPage, portal: Portal) -> None:
    page = open_page("/orders", as_=NEW)
    page.get_by_role("link", name="Go to the shop").click()
    expect(page).to_have_url(f"{portal.shop}/")
    page.goto(f"{portal.url}/profile")
    page.get_by_role("banner").get_by_role("link", name="Back to the shop").click()
    expect(page).to_have_url(f"{portal.shop}/")


@BOTH
def test_a_cancelled_order_says_what_comes_back_how_and_when(
    database: Database, customer: User, open_page: OpenPage, viewport: Any
) -> None:
    order = make_order(database, customer)
    page = open_page(f"/orders/{order.order_number}", as_=customer.email, viewport=viewport)
    page.get_by_role("button", name="Cancel order").click()
    dialog = page.get_by_role("dialog", name="Cancel this order?")
    expect(dialog.get_by_text("There within 5 working days")).to_be_visible()
    dialog.get_by_label("Reason").select_option("No longer needed")
    dialog.get_by_role("button", name="Cancel order").click()
    expect(page.get_by_text("200.00 comes back to UPI.")).to_be_visible()
    expected = page.get_by_text(re.compile("^Expected by ")).first
    day = re.search(r"Expected by ([^.]+)\.", expected.inner_text())
    assert day
    page.get_by_role("link", name="Follow this refund").click()
    refund = page.locator("[id^=refund-]")
    expect(refund).to_be_in_viewport()
    expect(refund).to_contain_text("Refund to UPI")
    expect(refund).to_contain_text(f"Expected by {day.group(1)}")
    assert_accessible(page)
    assert_no_sideways_scroll(page)


@BOTH
def test_an_order_is_sent_elsewhere_before_it_is_packed(
    database: Database, customer: User, open_page: OpenPage, viewport: Any
) -> None:
    place = {"country": "India", "state": "Karnataka", "city": "Bengaluru"}
    order = make_order(database, customer, place=place)
    make_address(database, customer, nickname="Studio", address_line1="2 Hill Road", **place)
    make_address(database, customer, nickname="Shack", **{**place, "state": "Goa"})
    page = open_page(f"/orders/{order.order_number}", as_=customer.email, viewport=viewport)
    page.get_by_role("button", name="Change delivery").click()
    dialog = page.get_by_role("dialog", name="Change delivery")
    expect(dialog.get_by_label("Where it goes now")).to_be_checked()
    expect(dialog.get_by_text("Shack")).to_be_hidden()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    dialog.get_by_label("Studio").click()
    note = dialog.get_by_label("Delivery instructions")
    expect(note).to_have_value(re.compile("^Ring twice"))
    note.fill("Second door")
    dialog.get_by_role("button", name="Change delivery").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Delivery changed.")).to_be_visible()
    expect(page.get_by_text("2 Hill Road", exact=True)).to_be_visible()
    expect(page.get_by_text("Second door").filter(visible=True)).to_be_visible()


@BOTH
def test_some_items_are_cancelled_and_the_rest_goes_on(
    database: Database, customer: User, open_page: OpenPage, viewport: Any
) -> None:
    order = make_order(database, customer, lines=[make_line(0), make_line(1), make_line(2)])
    page = open_page(f"/orders/{order.order_number}", as_=customer.email, viewport=viewport)
    page.get_by_role("button", name="Cancel order").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").select_option("No longer needed")
    expect(dialog.get_by_text("You get back")).to_be_visible()
    dialog.get_by_label("Some items").click()
    # Nothing is chosen yet, so there is nothing to say of money.
    expect(dialog.get_by_text("You get back")).to_have_count(0)
    dialog.get_by_label("Product 1").select_option("2")
    expect(dialog.get_by_text("200.00").first).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("button", name="Cancel items").click()
    expect(page.get_by_text("Items cancelled.")).to_be_visible()
    expect(page.get_by_text("2 cancelled")).to_be_visible()
    expect(page.get_by_text("New total")).to_be_visible()
    expect(page.get_by_text("To be paid")).to_have_count(0)
    assert_no_sideways_scroll(page)


@BOTH
def test_what_was_not_paid_is_not_asked_for_any_more(
    database: Database, customer: User, open_page: OpenPage, viewport: Any
) -> None:
    paid = {"payments": [{"amount": 5000}]}
    order = make_order(database, customer, lines=[make_line(0), make_line(1)], **paid)
    page = open_page(f"/orders/{order.order_number}", as_=customer.email, viewport=viewport)
    page.get_by_role("button", name="Cancel order").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Some items").click()
    dialog.get_by_label("Product 1").select_option("1")
    expect(dialog.get_by_text("You no longer have to pay ₹100.00.")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    sent = make_order(database, customer, parcels=[{}], **paid)
    made = make_return(database, customer, sent)
    page.goto(f"/returns/{made.request_number}")
    expect(page.get_by_text("You no longer have to pay ₹100.00.")).to_be_visible()
    expect(page.get_by_text("This happens once we have approved the return.")).to_be_visible()


def test_order_return_and_refund_lead_to_one_another(
    database: Database, customer: User, open_page: OpenPage
) -> None:
    order = make_order(database, customer, parcels=[{}])
    made = make_return(database, customer, order)
    page = open_page(f"/returns/{made.request_number}", as_=customer.email)
    expect(page.get_by_text("You get back")).to_be_visible()
    expect(page.get_by_text("money takes up to 5 working days to UPI")).to_be_visible()
    move_return(database, made.request_number, ReturnStatus.APPROVED)
    page.reload()
    expect(page.get_by_text("Once the return is complete it comes back within")).to_be_visible()
    expect(page).to_have_title(f"Return {made.request_number} · Northwind")
    page.get_by_role("link", name=order.order_number).click()
    expect(page.get_by_role("heading", name="Returns")).to_be_visible()
    expect(page).to_have_title(f"Order {order.order_number} · Northwind")
    expect(
        page.get_by_text("100.00 comes back to UPI once your return is complete")
    ).to_be_visible()
    page.get_by_role("link", name="your return").click()
    expect(page).to_have_url(re.compile(f"/returns/{made.request_number}/?$"))
    page.go_back()
    page.get_by_role("link", name=f"Return {made.request_number}").click()
    expect(page).to_have_url(re.compile(f"/returns/{made.request_number}/?$"))


def test_receipt_and_invoice_are_downloaded(
    database: Database, customer: User, open_page: OpenPage
) -> None:
    order = make_order(database, customer, parcels=[{}])
    page = open_page(f"/orders/{order.order_number}", as_=customer.email)
    for kind in ("receipt", "invoice"):
        with page.expect_download() as found:
            page.get_by_role("button", name=f"{kind.capitalize()} (PDF)").click()
        assert found.value.suggested_filename.startswith(f"{kind}-")
        assert found.value.path().read_bytes().startswith(b"%PDF-")
    expect(page.get_by_role("button", name="Receipt (PDF)")).to_be_enabled()


@BOTH
def test_a_file_that_was_bought_is_opened_in_the_shops_place(
    open_page: OpenPage, database: Database, customer: User, viewport: Any
) -> None:
    file = "https://files.shop.example/course/9f2c"
    course = make_line(0, product_name="Bread at Home", product_type="digital", download_url=file)
    order = make_order(database, customer, lines=[course, make_line(1)])
    page = open_page(f"/orders/{order.order_number}", as_=customer.email, viewport=viewport)
    there = page.get_by_role("link", name=re.compile("^Download ?: Bread at Home"))
    expect(there).to_have_attribute("href", file)
    expect(there).to_have_attribute("rel", "noopener noreferrer")
    expect(page.get_by_role("link", name=re.compile("^Download"))).to_have_count(1)
    assert_accessible(page)
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("path", ["/orders", "/returns", "/"])
def test_a_phones_lists_say_what_was_bought(
    open_page: OpenPage, database: Database, customer: User, path: str
) -> None:
    bought = "Stoneware teapot with a lid of olive wood, 1.2 litres"
    parcel = {"status": "in_transit" if path == "/" else "delivered"}
    order = make_order(
        database,
        customer,
        status="shipped" if path == "/" else "delivered",
        lines=[make_line(0, product_name=bought)],
        parcels=[parcel],
    )
    if path == "/returns":
        make_return(database, customer, order)
    page = open_page(path, as_=customer.email, viewport={"width": 320, "height": 640})
    words = page.locator("main").get_by_text(bought).filter(visible=True).first
    expect(words).to_be_visible()
    # In the type it stands in, its box has room for the first words at least.
    seen = words.evaluate("node => node.clientWidth * node.clientHeight")
    letter = words.evaluate("node => parseFloat(getComputedStyle(node).fontSize) ** 2 / 2")
    assert seen / letter > len("Stoneware teapot with a lid"), (seen, letter)
    assert_no_sideways_scroll(page)


def test_an_order_that_is_not_placed_is_not_on_its_way(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    pending = {"payment_status": "pending"}
    order = make_order(database, customer, status="draft", payments=[pending], **pending)
    page = open_page(f"/orders/{order.order_number}", as_=str(customer.email))
    expect(page.get_by_text("Not placed yet")).to_be_visible()
    expect(page.get_by_text(re.compile("^Started "))).to_be_visible()
    expect(page.get_by_label("Order progress")).to_have_count(0)
    payments = page.locator("section").filter(has=page.get_by_role("heading", name="Payments"))
    expect(payments).to_contain_text("Payment pending")
    expect(payments).not_to_contain_text(re.compile(r"\b20[0-9][0-9]\b"))
