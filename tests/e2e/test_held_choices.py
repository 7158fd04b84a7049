"""What is chosen stands at once, though the state keeps it and its answer is still under way."""

from playwright.sync_api import expect

from account_portal.core.db import Database
from account_portal.models import User
from tests.e2e.conftest import OpenPage, Portal
from tests.e2e.held_answers import HeldAnswers
from tests.e2e.test_find_order import find_order
from tests.factories.addresses import make_address
from tests.factories.orders import make_line, make_order


def test_a_select_that_a_form_sends(
    open_page: OpenPage, portal: Portal, database: Database, customer: User
) -> None:
    mailbox = str(customer.email)
    order = make_order(database, customer, customer_email=mailbox)
    page = find_order(open_page, portal, order.order_number, mailbox)
    answers = HeldAnswers(page)
    page.get_by_role("button", name="Cancel items").click()
    many = page.get_by_label("How many").first
    expect(many).to_be_visible()
    answers.hold()
    many.select_option("1")
    expect(many).to_have_value("1")
    page.get_by_role("button", name="Continue").press("Enter")
    answers.let_go(after="lines_rx_state_")
    expect(page.get_by_text("You get back")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(many).to_have_value("1")


def test_a_radio_button_and_the_one_it_turns_off(
    database: Database, customer: User, open_page: OpenPage
) -> None:
    place = {"country": "India", "state": "Karnataka", "city": "Bengaluru"}
    order = make_order(database, customer, place=place)
    make_address(database, customer, nickname="Studio", address_line1="2 Hill Road", **place)
    page = open_page(f"/orders/{order.order_number}", as_=customer.email)
    answers = HeldAnswers(page)
    page.get_by_role("button", name="Change delivery").click()
    dialog = page.get_by_role("dialog", name="Change delivery")
    present, studio = dialog.get_by_label("Where it goes now"), dialog.get_by_label("Studio")
    expect(present).to_be_checked()
    answers.hold()
    studio.click()
    expect(studio).to_be_checked()
    expect(present).not_to_be_checked()
    present.press(" ")
    expect(present).to_be_checked()
    answers.let_go(after="delivery_to_rx_state_")
    expect(present).to_be_checked()
    expect(studio).not_to_be_checked()


def test_a_checkbox(database: Database, customer: User, open_page: OpenPage) -> None:
    order = make_order(database, customer, lines=[make_line(0), make_line(1)], parcels=[{}])
    page = open_page(f"/orders/{order.order_number}/return", as_=customer.email)
    answers = HeldAnswers(page)
    box = page.get_by_role("checkbox").first
    expect(box).to_be_visible()
    answers.hold()
    box.click()
    expect(box).to_be_checked()
    answers.let_go(after="lines_rx_state_")
    expect(page.get_by_label("How many").first).to_be_visible()
    expect(box).to_be_checked()
