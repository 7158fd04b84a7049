"""E-mails as customers read them: look, templates of the shop's, and the way out of them."""

import io
import json
import logging
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.request_id import request_id
from account_portal.core.settings import get_settings
from account_portal.edge.logs import JsonLines
from account_portal.models import NotificationPreference, User
from account_portal.notifications import deliver_due, enqueue
from account_portal.notifications.examples import examples
from account_portal.notifications.messages import message_classes
from account_portal.notifications.messages.orders import OrderPlaced
from account_portal.notifications.messages.reviews import ReviewWaiting
from account_portal.notifications.rendering import broken_templates, render
from account_portal.notifications.unsubscribing import unsubscribe_url
from account_portal.orders import service
from tests.factories.auth import messages
from tests.factories.orders import make_order
from tests.mail_servers import mail_server


def placed(**values: Any) -> OrderPlaced:
    return OrderPlaced(order_number="ORD-1", store="Northwind", **values)


def test_there_is_an_example_of_every_message() -> None:
    shown = {words.kind for words in examples(get_settings()).values()}
    assert shown == set(message_classes())


@pytest.mark.parametrize("name", sorted(examples(get_settings())))
def test_every_message_reads_in_both_forms(name: str) -> None:
    words = examples(get_settings())[name]
    mail = render(words, get_settings(), name="Asha")
    assert "\n" not in mail.subject
    for paragraph in words.text().splitlines():
        assert paragraph in mail.text
    if not name.startswith("withdrawal"):  # in the customer's language, to whoever they named
        assert "Hello Asha," in mail.text
        assert "Hello Asha," in mail.html
    assert " style=" in mail.html
    assert "prefers-color-scheme: dark" in mail.html
    button = words.button()
    if button is not None:
        assert button.label in mail.html
        address = get_settings().origin + button.to if button.to.startswith("/") else button.to
        assert address in mail.html
        assert address in mail.text


@pytest.mark.parametrize(("country", "is_linked"), [("DE", True), ("NO", True), ("IN", False)])
def test_orders_of_a_european_store_lead_to_the_withdrawal_function(
    country: str, is_linked: bool
) -> None:
    settings = get_settings().model_copy(update={"store_country": country})
    told = {
        name: render(words, settings)
        for name, words in examples(settings).items()
        if name in {"order-delivered", "return-approved", "data-export-ready"}
    }
    for name, mail in told.items():
        wanted = is_linked and name == "order-delivered"
        for form in (mail.html, mail.text):
            assert ("/withdraw?order=" in form) is wanted, name


def test_what_people_are_called_is_no_markup() -> None:
    item = {"name": "<b>Tea</b>", "quantity": 1}
    mail = render(placed(items=[item]), get_settings(), name="<script>alert(1)</script>")
    assert "<script>" not in mail.html
    assert "<b>Tea" not in mail.html
    assert "<b>Tea</b>" in mail.text


@pytest.mark.parametrize(
    ("number", "is_whole"),
    [
        ("NW-21474", True),
        ("RET-26-4471", True),
        ("RFD-2026-8R5W02CE", True),
        ("S-1002", True),
        ("1001-5402", True),
        ("shop_b-eu-17", True),
        ("SHOP-" + "1" * 30, False),  # longer than a narrow line
        ("Cast-iron", False),
        ("<b>NW-1</b>", False),
    ],
)
def test_a_number_stays_on_one_line(number: str, is_whole: bool) -> None:
    words = OrderPlaced(order_number=number, store="Northwind")
    html = render(words, get_settings()).html
    assert (f'nowrap;">{number}</span>' in html) is is_whole
    assert "<b>" not in html


def test_links_are_not_cut_by_their_numbers() -> None:
    html = render(examples(get_settings())["order-shipped"], get_settings()).html
    assert ">https://courier.example/DL-8841-2207</a>" in html


def test_a_long_order_names_the_first_and_counts_the_rest() -> None:
    items = [{"name": f"Thing {n}", "quantity": 1} for n in range(20)]
    mail = render(placed(items=items), get_settings())
    assert "Thing 7" in mail.text
    assert "Thing 8" not in mail.text
    assert "and 12 more" in mail.text
    assert "and 12 more" in mail.html


def test_mail_has_the_look_of_the_store(set_settings: Any) -> None:
    set_settings(
        PORTAL_STORE_NAME="Tea & Sons",
        PORTAL_ACCENT="#7c3aed",
        PORTAL_STORE_LOGO_URL="https://shop.example/logo.png",
        PORTAL_STORE_ADDRESS="12 MG Road, Bengaluru",
        PORTAL_LEGAL_LINE="CIN U12345KA2020",
    )
    mail = render(placed(), get_settings())
    for part in ("#7c3aed", "https://shop.example/logo.png", "12 MG Road", "CIN U12345KA2020"):
        assert part in mail.html
    assert "Tea &amp; Sons" in mail.html
    assert "Tea & Sons, 12 MG Road, Bengaluru" in mail.text


def test_a_folder_of_the_shop_takes_the_place_of_ours(tmp_path: Path, set_settings: Any) -> None:
    (tmp_path / "order_placed.txt").write_text("Namaste! {{ message.order_number }}")
    (tmp_path / "message.css").write_text("h1 { color: #123456; }")
    set_settings(PORTAL_TEMPLATES_DIR=str(tmp_path))
    mail = render(placed(), get_settings())
    assert mail.text == "Namaste! ORD-1"
    assert "#123456" in mail.html
    assert broken_templates(get_settings(), [placed()]) == []


@pytest.mark.parametrize(
    "broken",
    [
        "{% if %}",
        "{{ nobody.knows.this }}",
        "{{ 1 / 0 }}",
        "{% extends 'nowhere.html' %}",
        "{{ store.name.__class__.__mro__ }}",
    ],
)
def test_a_broken_template_is_told_and_ours_is_taken(
    tmp_path: Path, set_settings: Any, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    (tmp_path / "order_placed.html").write_text(broken)
    set_settings(PORTAL_TEMPLATES_DIR=str(tmp_path))
    mail = render(placed(), get_settings())
    assert "Thank you for your order ORD-1" in mail.html
    assert "order_placed.html" in caplog.text
    (said,) = broken_templates(get_settings(), [placed()])
    assert "order_placed.html" in said


def mails_of(database: Database) -> list[EmailMessage]:
    """What a real mail server is handed of all that waits."""
    with mail_server() as box:
        from account_portal.core.mail_server import sender_of, server_of_url
        from account_portal.gateways.email import EmailSender
        from account_portal.gateways.messaging import Messenger

        sender = EmailSender(
            server_of_url(f"smtp://127.0.0.1:{box.port}"), sender_of("Shop <orders@shop.example>")
        )
        deliver_due(database, Messenger({"email": sender}), utc_now())
    return list(box.mails)


def test_mail_arrives_in_both_forms(call: Any, owner: User, database: Database) -> None:
    call(lambda ctx: enqueue(ctx, placed()))
    (mail,) = mails_of(database)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Hello Olivia," in plain.get_content()
    assert "Hello Olivia," in html.get_content()
    assert mail["List-Unsubscribe"] is None


def test_one_click_ends_what_nobody_has_to_get(
    call: Any, owner: User, database: Database, api: Any
) -> None:
    def prefer(ctx: Any) -> None:
        ctx.db.get(NotificationPreference, owner.id).promotional_email = True

    call(prefer)
    call(lambda ctx: enqueue(ctx, ReviewWaiting(store="Northwind", product="Tea")))
    (mail,) = mails_of(database)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert address in plain.get_content()

    def wanted() -> bool:
        return bool(
            call(lambda ctx: ctx.db.get(NotificationPreference, owner.id).promotional_email)
        )

    assert api.client.get(address).status_code == 200  # a scanner follows links
    assert wanted()
    for _ in range(2):
        answer = api.client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not wanted()
    call(lambda ctx: enqueue(ctx, ReviewWaiting(store="Northwind", product="Tea")))
    assert mails_of(database) == []


@pytest.mark.parametrize("part", [-3, -2, -1])
def test_a_link_that_was_changed_ends_nothing(
    api: Any, owner: User, stranger: User, call: Any, part: int
) -> None:
    parts = unsubscribe_url(get_settings(), owner.id, "promotional").split("/")
    parts[part] = {-3: stranger.id, -2: "newsletter", -1: "0" * 64}[part]
    address = "/" + "/".join(parts[3:])
    assert api.client.get(address).status_code == 404
    assert api.client.post(address).status_code == 404


def test_transactional_mail_has_no_way_out_by_a_link(api: Any, owner: User) -> None:
    address = unsubscribe_url(get_settings(), owner.id, "transactional")
    assert api.client.post(address).status_code == 404


def test_the_preview_shows_all_in_a_demo_only(api: Any, set_settings: Any) -> None:
    listed = api.client.get("/messages").text
    for name in examples(get_settings()):
        assert f"/messages/{name}" in listed
    assert "is confirmed" in api.client.get("/messages/order-placed").text
    assert "SMS" in api.client.get("/messages/order-placed.txt").text
    assert api.client.get("/messages/nothing").status_code == 404
    set_settings(PORTAL_DEMO="0")
    assert api.client.get("/messages").status_code == 404
    assert api.client.get("/messages/order-placed").status_code == 404


def kinds(database: Database) -> list[str]:
    return [row.kind for row in messages(database) if row.channel == "email"]


def test_a_parcel_tells_its_way(call: Any, owner: User, database: Database) -> None:
    make_order(database, owner, order_number="ORD-1")
    parcel = call(service.create_shipment, "ORD-1", actor=SHOP)
    for step in ("scheduled", "packed", "shipped", "out_for_delivery", "delivery_attempted"):
        call(service.move_shipment, parcel, service_status(step), actor=SHOP)
    call(service.move_shipment, parcel, service_status("delivered"), actor=SHOP)
    assert kinds(database) == [
        "order_shipped",
        "out_for_delivery",
        "not_delivered",
        "order_delivered",
    ]
    assert messages(database)[0].payload["words"]["items"] == [
        {"name": "Product 0", "quantity": 2, "amount": None}
    ]


def service_status(step: str) -> Any:
    from account_portal.states import ShipmentStatus

    return ShipmentStatus(step)


def test_an_approved_order_is_told_with_its_items(
    call: Any, owner: User, database: Database
) -> None:
    make_order(database, owner, order_number="ORD-1", status="awaiting_approval")
    call(service.approve_order, "ORD-1", actor=SHOP)
    assert kinds(database) == ["order_placed"]
    (words,) = [row.payload["words"] for row in messages(database) if row.channel == "email"]
    assert words["total"] == "₹200.00"
    assert words["items"][0]["amount"] == "₹200.00"


def test_a_payment_that_failed_is_told(call: Any, owner: User, database: Database) -> None:
    make_order(
        database,
        owner,
        order_number="ORD-1",
        payments=[{"request_number": "PAY-1", "amount": 20000, "payment_status": "pending"}],
    )
    call(service.settle_payment, "PAY-1", succeeded=False, actor=SHOP)
    call(service.settle_payment, "PAY-1", succeeded=False, actor=SHOP)
    assert kinds(database) == ["payment_failed"]


def test_a_sign_in_on_a_new_device_is_told(database: Database, owner: User) -> None:
    from account_portal.auth.service.sessions import record_sign_in
    from account_portal.context import Actor, Caller, enter

    def sign_in(agent: str, *, succeeded: bool = True) -> None:
        caller = Caller(ip_address="192.0.2.1", user_agent=agent)
        with enter(caller, writes=True, actor=Actor(), database=database) as ctx:
            user = ctx.db.get_one(User, owner.id)
            record_sign_in(ctx, user, "password", succeeded=succeeded)

    sign_in("Old phone")
    sign_in("Old phone")
    assert kinds(database) == []  # the first of all, and one like it
    sign_in("New phone", succeeded=False)
    assert kinds(database) == []
    sign_in("New phone")
    sign_in("New phone")
    assert kinds(database) == ["new_device"]


def test_what_is_sent_is_logged_under_the_request_that_caused_it(
    call: Any, owner: User, database: Database
) -> None:
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("account_portal.messages")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    named = request_id.set("request-4711")
    try:
        call(lambda ctx: enqueue(ctx, placed()))
    finally:
        request_id.reset(named)
    call(lambda ctx: enqueue(ctx, placed()))
    try:
        mails_of(database)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["request_id"] for line in told] == ["request-4711", "-"]
    assert all("was sent" in line["message"] for line in told)
