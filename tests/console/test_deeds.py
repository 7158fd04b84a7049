"""What staff do: by the same functions as the API, once, and told when somebody was quicker."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from click.testing import CliRunner

from account_portal.auth import service as auth
from account_portal.cli import main
from account_portal.console.rules import Role
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import (
    AuditEntry,
    BankAccount,
    Claim,
    Order,
    OrderReturn,
    OutboxMessage,
    Payment,
    Refund,
    Review,
    Shipment,
    User,
    UserSession,
    WebhookEndpoint,
)
from account_portal.personal_data import service as personal_data
from account_portal.states import ReturnStatus
from tests.conftest import Set
from tests.console.conftest import Browser, Page
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return, return_item
from tests.factories.users import make_session, make_user

SignedIn = Callable[..., Browser]


def of_order(browser: Browser, order: Order) -> Page:
    return browser.page(f"/orders/{order.order_number}")


def do(browser: Browser, page: Page, deed: str, number: str = "", **fields: Any) -> Any:
    """Press the button of a deed on a page."""
    return browser.post(f"/do/{deed}", page.form(deed, number) | fields)


def audit_of(database: Database, action: str) -> list[AuditEntry]:
    return [entry for entry in rows(database, AuditEntry) if entry.action == action]


def test_an_order_goes_out_arrives_and_comes_back(
    database: Database, signed_in: SignedIn, owner: User
) -> None:
    order = make_order(database, owner, status="awaiting_approval")
    support = signed_in(Role.SUPPORT)
    do(support, of_order(support, order), "order.approve")
    assert f"Order {order.order_number} is confirmed" in support.told()
    do(support, of_order(support, order), "order.pack")
    [parcel] = rows(database, Shipment)
    assert f"Parcel {parcel.reference_number} is made" in support.told()
    warehouse = signed_in(Role.WAREHOUSE)
    queue = warehouse.page("/parcels?status=unscheduled")
    assert queue.form("parcel.move")["status"] == "packed"
    do(warehouse, queue, "parcel.move")
    queue = warehouse.page("/parcels?status=packed")
    do(warehouse, queue, "parcel.move", courier_company_name="BlueDart", awb_no="770")
    do(warehouse, warehouse.page("/parcels?status=shipped"), "parcel.move")
    [parcel] = rows(database, Shipment)
    assert (parcel.status, parcel.awb_no) == ("delivered", "770")
    history = " ".join(of_order(support, order).text.split())
    assert "Handed to the courier" in history
    assert "warehouse@shop.example" in history
    told = {entry.about for entry in audit_of(database, "parcel.move")}
    assert told == {f"order {order.order_number}"}


def test_some_units_go_into_a_parcel(database: Database, signed_in: SignedIn, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)])
    warehouse = signed_in(Role.WAREHOUSE)
    form = of_order(warehouse, order).form("order.pack")
    none = warehouse.post(
        "/do/order.pack", form | {"sku": ["SKU-0", "SKU-1"], "quantity": ["0", "0"]}
    )
    assert none.status_code == 303
    assert "Choose at least one unit" in warehouse.told()
    warehouse.post("/do/order.pack", form | {"sku": ["SKU-0", "SKU-1"], "quantity": ["1", "0"]})
    page = of_order(warehouse, order)
    assert "1 × SKU-0" in page.text
    assert "order.pack" in page.deeds()


UNPAID = {"payment_status": "failed", "payments": [{"payment_status": "failed"}]}
ON_DELIVERY = {"payment_status": "pending", "collection": "on_delivery"}


def test_what_is_not_paid_is_sent_by_whoever_says_so(
    database: Database, signed_in: SignedIn, owner: User
) -> None:
    order = make_order(database, owner, **UNPAID)
    warehouse = signed_in(Role.WAREHOUSE)
    form = of_order(warehouse, order).form("order.pack")
    ticked = form.pop("unpaid")
    warehouse.post("/do/order.pack", form)
    assert "₹200.00 is not paid yet" in warehouse.told()
    assert rows(database, Shipment) == []
    [refused] = audit_of(database, "order.pack")
    assert "not_paid_yet" in refused.details
    warehouse.post("/do/order.pack", form | {"unpaid": ticked})
    [parcel] = rows(database, Shipment)
    do(warehouse, warehouse.page("/parcels?status=unscheduled"), "parcel.move")
    do(warehouse, warehouse.page("/parcels?status=packed"), "parcel.move")
    assert "₹200.00 is not paid yet" in warehouse.told()
    form = of_order(warehouse, order).form("parcel.move") | {"status": "shipped"}
    ticked = form.pop("unpaid")
    assert warehouse.post("/do/parcel.move", form).status_code == 303
    assert [one.status for one in rows(database, Shipment)] == ["packed"]
    warehouse.post("/do/parcel.move", form | {"unpaid": ticked})
    assert [one.status for one in rows(database, Shipment)] == ["shipped"]
    form = of_order(warehouse, order).form("parcel.move")
    assert "unpaid" not in form  # it left
    assert warehouse.post("/do/parcel.move", form | {"status": "delivered"}).status_code == 303
    assert [one.status for one in rows(database, Shipment)] == ["delivered"]
    assert parcel.reference_number in warehouse.told()


@pytest.mark.parametrize("payments", [None, [ON_DELIVERY]])
def test_what_is_paid_or_paid_on_delivery_goes_unasked(
    database: Database, signed_in: SignedIn, owner: User, payments: Any
) -> None:
    order = make_order(database, owner, payments=payments)
    warehouse = signed_in(Role.WAREHOUSE)
    form = of_order(warehouse, order).form("order.pack")
    assert "unpaid" not in form
    warehouse.post("/do/order.pack", form)
    do(warehouse, warehouse.page("/parcels?status=unscheduled"), "parcel.move")
    do(warehouse, warehouse.page("/parcels?status=packed"), "parcel.move")
    assert [one.status for one in rows(database, Shipment)] == ["shipped"]


def test_a_stale_button_changes_nothing(
    database: Database, signed_in: SignedIn, owner: User
) -> None:
    order = make_order(database, owner)
    finance, support = signed_in(Role.FINANCE), signed_in(Role.SUPPORT)
    mine, theirs = of_order(finance, order), of_order(support, order)
    do(finance, mine, "order.refund", amount="10")
    for browser, page, deed, fields in (
        (finance, mine, "order.refund", {"amount": "10"}),  # pressed twice
        (support, theirs, "order.cancel", {"reason": "Out of stock"}),
        (support, theirs, "order.pack", {}),
    ):
        before = (rows(database, Refund), rows(database, Shipment), rows(database, Order))
        assert do(browser, page, deed, **fields).status_code == 303
        assert "somebody changed this after you opened the page" in browser.told()
        assert (rows(database, Refund), rows(database, Shipment), rows(database, Order)) == before
    refused = [one for one in rows(database, AuditEntry) if one.outcome == "refused"]
    assert [one.action for one in refused] == ["order.refund", "order.cancel", "order.pack"]
    assert all("changed_meanwhile" in one.details for one in refused)


def test_two_at_the_same_moment(database: Database, signed_in: SignedIn, owner: User) -> None:
    order = make_order(database, owner)
    browsers = [signed_in(Role.FINANCE, f"{name}@shop.example") for name in ("a", "b")]
    pages = [of_order(browser, order) for browser in browsers]
    gate = Barrier(2)

    def press(at: int) -> None:
        gate.wait()
        do(browsers[at], pages[at], "order.refund", amount="10")

    threads = [Thread(target=press, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(database, Refund)) == 1
    told = [browser.told() for browser in browsers]
    assert sum("is promised" in one for one in told) == 1
    assert sum("somebody changed this" in one for one in told) == 1


def test_what_the_state_forbids_is_told(
    database: Database, signed_in: SignedIn, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{"status": "delivered"}])
    admin = signed_in()
    page = of_order(admin, order)
    assert "order.cancel" not in page.deeds()
    form = page.form("order.refund") | {"reason": "Too late"}
    assert admin.post("/do/order.cancel", form).status_code == 303
    assert f"Order {order.order_number} is delivered" in admin.told()
    assert rows(database, Order)[0].status == "delivered"


@pytest.mark.parametrize(
    ("payment", "told"),
    [("success", "What was paid is owed back."), ("failed", "No money goes back.")],
)
def test_who_cancels_an_order_is_told_whether_money_goes_back(
    database: Database, signed_in: SignedIn, owner: User, payment: str, told: str
) -> None:
    order = make_order(database, owner, payments=[{"payment_status": payment}])
    admin = signed_in()
    do(admin, of_order(admin, order), "order.cancel", reason="Out of stock")
    assert f"is cancelled. {told}" in admin.told()
    shown = " ".join(of_order(admin, order).text.split())
    assert "Due in money ₹0.00" in shown
    assert "Unpaid ₹0.00" in shown


def test_money_goes_back_step_by_step(database: Database, signed_in: SignedIn, owner: User) -> None:
    order = make_order(database, owner)
    finance, support = signed_in(Role.FINANCE), signed_in(Role.SUPPORT)
    do(support, of_order(support, order), "order.cancel", reason="Out of stock")
    [refund] = rows(database, Refund)
    assert "refund.approve" not in of_order(support, order).deeds()
    do(finance, finance.page("/refunds?status=pending"), "refund.approve")
    page = of_order(finance, order)
    assert f"Refund {refund.request_number} approved" in page.text
    do(finance, page, "refund.settle", status="failed")
    assert "It is owed still" in finance.told()
    do(finance, of_order(finance, order), "refund.retry", refund.request_number)
    assert "refund.retry" not in of_order(finance, order).deeds()
    [again] = [one for one in rows(database, Refund) if one.retries_id == refund.id]
    assert again.status == "approved"
    do(finance, of_order(finance, order), "refund.settle", status="success", reference="B-1")
    [again] = [one for one in rows(database, Refund) if one.retries_id == refund.id]
    assert (again.status, again.payment_reference_number) == ("success", "B-1")
    account = " ".join(of_order(finance, order).text.split())
    assert "Gone back ₹200.00" in account
    assert "Owed back, in no refund yet ₹0.00" in account


@pytest.mark.parametrize(
    ("gateway", "told"), [("STRIPE", "the payment gateway sends it back"), ("CASH", "pay it out")]
)
def test_who_approves_a_refund_is_told_who_moves_the_money(
    database: Database, signed_in: SignedIn, owner: User, set_settings: Any, gateway: str, told: str
) -> None:
    set_settings(
        PORTAL_PAYMENTS="stripe",
        PORTAL_STRIPE_KEY="sk_test_none",
        PORTAL_STRIPE_WEBHOOK_SECRET="whsec_none",
    )
    payment = {"payment_gateway": gateway, "payment_reference_number": "pi_1"}
    order = make_order(database, owner, payments=[payment])
    admin = signed_in()
    do(admin, of_order(admin, order), "order.cancel", reason="Out of stock")
    do(admin, of_order(admin, order), "refund.approve")
    assert told in admin.told()
    [refund] = rows(database, Refund)
    shown = CliRunner().invoke(main, ["shop", "refund", "approve", refund.request_number]).output
    assert told in shown


def test_a_lost_parcel_is_sent_again_or_refunded(
    database: Database, signed_in: SignedIn, owner: User
) -> None:
    sent, lost = (make_order(database, owner, parcels=[{"status": "lost"}]) for _ in range(2))
    admin = signed_in()
    do(admin, of_order(admin, sent), "parcel.resend")
    assert "is sent again as" in admin.told()
    do(admin, of_order(admin, lost), "parcel.refund")
    assert "goes back: RFD" in admin.told()


def test_a_payment_is_settled(database: Database, signed_in: SignedIn, owner: User) -> None:
    order = make_order(database, owner, payments=[{"payment_status": "pending", "amount": 20000}])
    finance = signed_in(Role.FINANCE)
    do(finance, of_order(finance, order), "payment.settle", status="success", reference="p1")
    assert rows(database, Payment)[0].payment_status == "success"


def test_a_return_is_decided(
    database: Database, signed_in: SignedIn, owner: User, asked_back: Any
) -> None:
    order, request = asked_back(owner)
    support = signed_in(Role.SUPPORT)
    page = of_order(support, order)
    assert {"return.approve", "return.reject"} <= page.deeds()
    do(support, page, "return.approve")
    stale = do(support, page, "return.reject", reason="Worn")
    assert stale.status_code == 303
    assert rows(database, OrderReturn)[0].status == "approved"
    for deed, status in (
        ("return.ship", "shipped"), ("return.receive", "received"), ("return.complete", "complete")
    ):  # fmt: skip
        do(support, support.page("/returns"), deed)
        assert rows(database, OrderReturn)[0].status == status
    assert f"Return {request} complete" in " ".join(of_order(support, order).text.split())


WORN = {
    "sku": ["SKU-0", "SKU-1"],
    "accepted": ["1", "0"],
    "refused": ["0", "1"],
    "reason_code": ["", "worn"],
    "note": ["", "The soles are worn"],
    "goods": ["sent_back", "kept"],
    "can_ask_again": ["false", "false"],
}
"""An inspection that refuses the second of two lines."""


def test_what_came_back_is_inspected(database: Database, signed_in: SignedIn, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])
    items = return_item(0), return_item(1)
    made = make_return(database, owner, order, *items, status=ReturnStatus.RECEIVED)
    warehouse = signed_in(Role.WAREHOUSE)
    assert "Not all of it is fine" in warehouse.page("/returns").text
    page = of_order(warehouse, order)
    do(warehouse, page, "return.inspect", **{**WORN, "reason_code": ["", ""]})
    assert "Say why units are refused" in warehouse.told()
    do(warehouse, of_order(warehouse, order), "return.inspect", **WORN)
    assert f"Return {made.request_number} is inspected" in warehouse.told()
    told = " ".join(warehouse.page("/returns").text.split())
    assert "Accepted 0, refused 1 (worn: The soles are worn); kept" in told
    assert "return.inspect" not in of_order(warehouse, order).deeds()
    assert "inspected" in " ".join(of_order(warehouse, order).text.split())


def test_an_inspection_is_corrected_until_a_refund_is_agreed_to(
    database: Database, signed_in: SignedIn, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])
    items = return_item(0), return_item(1)
    made = make_return(database, owner, order, *items, status=ReturnStatus.RECEIVED)
    number = made.request_number
    [refund] = rows(database, Refund)
    warehouse = signed_in(Role.WAREHOUSE)
    first = of_order(warehouse, order)
    assert "return.correct" not in first.deeds()
    said = {**WORN, "can_ask_again": ["false", "true"]}
    do(warehouse, first, "return.inspect", **said)
    less = rows(database, Refund)[0].refund_amount
    assert less < refund.refund_amount
    # A page from before: refused in a sentence, nothing changes.
    do(warehouse, first, "return.inspect", **said)
    assert "somebody changed this after you opened the page" in warehouse.told()
    assert "Correct the inspection" in warehouse.page("/returns").text
    page = of_order(warehouse, order)
    drawn = warehouse.client.get(f"/console/orders/{order.order_number}").text
    form = drawn[drawn.index("/do/return.correct") :]
    form = form[: form.index("</form>")]
    assert 'value="The soles are worn"' in form
    for value in ("worn", "kept", "true"):
        assert f'<option value="{value}" selected>' in form
    all_fine = {**said, "accepted": ["1", "1"], "refused": ["0", "0"]}
    do(warehouse, page, "return.correct", **all_fine)
    assert f"The inspection of return {number} is corrected" in warehouse.told()
    assert rows(database, Refund)[0].refund_amount == refund.refund_amount
    text = " ".join(of_order(warehouse, order).text.split())
    assert f"Return {number} inspected again" in text
    # Once a refund is agreed to, it stays.
    page = of_order(warehouse, order)
    finance = signed_in(Role.FINANCE)
    do(finance, of_order(finance, order), "refund.approve")
    assert "return.correct" not in of_order(warehouse, order).deeds()
    assert "Correct the inspection" not in warehouse.page("/returns").text
    do(warehouse, page, "return.correct", **said)
    assert "A refund of this return was agreed to already" in warehouse.told()
    assert rows(database, Refund)[0].refund_amount == refund.refund_amount


def test_items_of_one_line_are_inspected_together(
    database: Database, signed_in: SignedIn, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(0, quantity=2)], parcels=[{}])
    items = return_item(0), return_item(0, resolution="replacement")
    made = make_return(database, owner, order, *items, status=ReturnStatus.RECEIVED)
    warehouse = signed_in(Role.WAREHOUSE)
    page = of_order(warehouse, order)
    forms = " ".join(page.text.split()).partition("Not all of it is fine")[2]
    assert (forms.count("Accepted"), "2 × Product 0" in forms) == (1, True)
    counts = {"sku": ["SKU-0"], "accepted": ["1"], "refused": ["1"], "reason_code": ["worn"]}
    said = {"note": [""], "goods": ["sent_back"], "can_ask_again": ["false"]}
    do(warehouse, page, "return.inspect", **counts, **said)
    assert f"Return {made.request_number} is inspected" in warehouse.told()


def test_a_claim_is_decided(database: Database, signed_in: SignedIn, owner: User) -> None:
    from tests.factories.claims import make_claim

    order = make_order(database, owner, parcels=[{"status": "delivered"}])
    first = make_claim(database, owner, order).claim_number
    support = signed_in(Role.SUPPORT)
    page = of_order(support, order)
    assert {"claim.accept", "claim.reject"} <= page.deeds()
    too_much = do(support, page, "claim.accept", resolution="refund", amount="100.01")
    assert too_much.status_code == 303
    assert rows(database, Claim)[0].status == "open"
    do(support, page, "claim.accept", resolution="refund", amount="40", answer="Sorry!")
    [claim] = rows(database, Claim)
    assert (claim.status, claim.resolution, claim.answer) == ("accepted", "refund", "Sorry!")
    assert [row.refund_amount for row in rows(database, Refund)] == [4000]
    make_claim(database, owner, order)
    do(support, support.page("/claims?status=open"), "claim.reject", reason="It is whole")
    assert [row.status for row in rows(database, Claim)] == ["accepted", "rejected"]
    text = " ".join(of_order(support, order).text.split())
    assert f"Claim {first} accepted" in text
    assert f"{first} of" in " ".join(support.page(f"/customers/{owner.customer_id}").text.split())


@pytest.fixture
def asked_back(database: Database) -> Callable[[User], tuple[Order, str]]:
    """A delivered order of which a customer asked to send a unit back."""
    from tests.factories.returns import make_return

    def make(user: User) -> tuple[Order, str]:
        order = make_order(database, user, parcels=[{"status": "delivered"}])
        return order, make_return(database, user, order).request_number

    return make


def test_reviews_and_bank_accounts(database: Database, signed_in: SignedIn, owner: User) -> None:
    from tests.factories.bank_accounts import make_bank_account
    from tests.factories.reviews import make_product, make_review

    review = make_review(database, owner, make_product(database).id)
    account = make_bank_account(database, owner, verification_status="pending")
    admin, late = signed_in(), signed_in(email="late@shop.example")
    page = late.page("/reviews")
    do(admin, admin.page("/reviews?status=pending"), "review.approve", review.id)
    assert rows(database, Review)[0].status == "approved"
    do(late, page, "review.reject", review.id)
    assert "somebody changed this" in late.told()
    assert rows(database, Review)[0].status == "approved"
    do(admin, admin.page("/bank-accounts?status=pending"), "bank_account.verify", account.id)
    assert rows(database, BankAccount)[0].verification_status == "verified"


def test_a_customer_is_signed_out_everywhere(
    database: Database, signed_in: SignedIn, owner: User
) -> None:
    for user in (owner, make_user(database, email="other@example.com")):
        make_session(database, user)
    support = signed_in(Role.SUPPORT)
    page = support.page(f"/customers/{owner.customer_id}")
    do(support, page, "customer.sign_out", number=owner.customer_id)
    assert "1 sessions have ended" in support.told()
    ended = {row.user_id for row in rows(database, UserSession) if row.revoked_at}
    assert ended == {owner.id}


def test_a_closed_account_is_opened_again(
    database: Database, signed_in: SignedIn, owner: User, call: Any
) -> None:
    page = f"/customers/{owner.customer_id}"
    viewer, support = signed_in(Role.VIEWER), signed_in(Role.SUPPORT)
    assert "customer.reactivate" not in support.page(page).deeds()
    call(auth.deactivate_user)
    assert "Account closed" in viewer.page(page).text
    assert "customer.reactivate" not in viewer.page(page).deeds()
    form = support.page(page)
    sent = form.form("customer.reactivate")
    for other in (viewer, signed_in(Role.WAREHOUSE), signed_in(Role.FINANCE)):
        assert other.post("/do/customer.reactivate", sent).status_code == 403
    assert rows(database, User, id=owner.id)[0].deactivated_at is not None
    do(support, form, "customer.reactivate", number=owner.customer_id)
    assert "The account is open again" in support.told()
    assert rows(database, User, id=owner.id)[0].deactivated_at is None
    assert "account_reactivated" in {one.kind for one in rows(database, OutboxMessage)}
    [entry] = [one for one in audit_of(database, "customer.reactivate") if one.outcome == "done"]
    assert entry.about == f"customer {owner.customer_id}"
    assert "Account closed" not in support.page(page).text
    do(support, form, "customer.reactivate", number=owner.customer_id)
    assert "This account is not closed" in support.told()


def test_a_deleted_account_is_not_offered_to_be_opened(
    signed_in: SignedIn, owner: User, call: Any
) -> None:
    call(personal_data.delete_customer, owner.customer_id, actor=SHOP)
    admin = signed_in(Role.ADMIN)
    page = admin.page(f"/customers/{owner.customer_id}")
    assert "customer.reactivate" not in page.deeds()
    assert "Account closed" not in page.text


def test_an_admin_alone_turns_two_step_sign_in_off(
    database: Database, signed_in: SignedIn, owner: User, clock: Any
) -> None:
    with database.session(writes=True) as db:
        db.get_one(User, owner.id).two_step_at = clock.now
        db.commit()
    page = f"/customers/{owner.customer_id}"
    support, admin = signed_in(Role.SUPPORT), signed_in(Role.ADMIN)
    assert "on since" in support.page(page).text
    assert "customer.two_step_off" not in support.page(page).deeds()
    sent = admin.page(page).form("customer.two_step_off")
    assert support.post("/do/customer.two_step_off", sent).status_code == 403
    assert rows(database, User, id=owner.id)[0].two_step_at is not None
    do(admin, admin.page(page), "customer.two_step_off", number=owner.customer_id)
    assert "Two-step sign-in is off" in admin.told()
    assert rows(database, User, id=owner.id)[0].two_step_at is None
    assert "two_step_off" in {one.kind for one in rows(database, OutboxMessage)}
    assert audit_of(database, "customer.two_step_off")
    assert "customer.two_step_off" not in admin.page(page).deeds()


def test_where_the_shop_asks_everybody_admins_let_one_proof_turn_it_on_anew(
    database: Database, signed_in: SignedIn, owner: User, set_settings: Set
) -> None:
    """Also of who never had it on, and forgot the password."""
    set_settings(PORTAL_TWO_STEP="required")
    page, admin = f"/customers/{owner.customer_id}", signed_in(Role.ADMIN)
    assert "they have seven days" in admin.page(page).text
    do(admin, admin.page(page), "customer.two_step_off", number=owner.customer_id)
    assert rows(database, User, id=owner.id)[0].two_step_waived_at is not None
    [news] = [one for one in rows(database, OutboxMessage) if one.kind == "two_step_off"]
    assert news.payload["words"]["is_asked_again"] is True


def test_points(database: Database, signed_in: SignedIn, owner: User) -> None:
    support = signed_in(Role.SUPPORT)
    page = support.page(f"/customers/{owner.customer_id}")
    do(support, page, "customer.points", points="50")
    assert "has 50 points now" in support.told()
    do(support, page, "customer.points", points="0")
    assert "Points must not be 0" in support.told()


def test_a_message_that_was_given_up_is_sent_again(
    database: Database, signed_in: SignedIn, clock: Any
) -> None:
    def queued(**values: Any) -> OutboxMessage:
        return OutboxMessage(
            channel="email", recipient="a@b.example", kind="order_cancelled", attempts=8,
            due_at=clock.now, created_at=clock.now, **values,
        )  # fmt: skip

    with database.session(writes=True) as db:
        given_up = queued(status="failed", payload={"words": {}}, last_error="550 no")
        code = queued(status="failed", payload={})
        sent = queued(status="sent", payload={"words": {}})
        db.add_all([given_up, code, sent])
        db.commit()
        ids = given_up.id, code.id, sent.id
    support = signed_in(Role.SUPPORT)
    do(support, support.page("/messages?status=failed"), "message.resend", ids[0])
    assert "on its way again" in support.told()
    for number, words in ((ids[1], "was a code"), (ids[2], "is sent")):
        support.do("message.resend", number)
        assert words in support.told()
    states = {row.id: (row.status, row.attempts) for row in rows(database, OutboxMessage)}
    assert states == {ids[0]: ("queued", 0), ids[1]: ("failed", 8), ids[2]: ("sent", 8)}


def test_keys_are_shown_once(database: Database, signed_in: SignedIn) -> None:
    admin = signed_in()
    made = admin.do("key.create", "", name="erp", scopes="orders:read records:write")
    assert made.status_code == 200
    assert "apk_" in made.text
    secret = made.text.partition('<code class="key">')[2].partition("</code>")[0]
    assert secret not in admin.get("/keys").text
    assert secret not in "".join(entry.details for entry in rows(database, AuditEntry))
    admin.do("key.create", "", name="erp", scopes="orders:read")
    assert "There is a key erp" in admin.told()
    admin.do("key.create", "", name="other", scopes="everything")
    assert "Scopes must be of" in admin.told()
    admin.do("key.revoke", "erp")
    assert "Revoked" in admin.page("/keys").text


def test_endpoints(database: Database, signed_in: SignedIn, set_settings: Any) -> None:
    set_settings(PORTAL_WEBHOOKS_ALLOW_PRIVATE="1")
    admin = signed_in()
    made = admin.do("webhook.create", "", url="http://127.0.0.1:9/in", types="order.created")
    assert made.status_code == 200, made.text
    assert "whsec_" in made.text
    [endpoint] = rows(database, WebhookEndpoint)
    admin.do("webhook.create", "", url="http://127.0.0.1:9/in", types="order.eaten")
    assert "is no type of event" in admin.told()
    assert "whsec_" in admin.do("webhook.rotate", endpoint.id).text
    admin.do("webhook.delete", endpoint.id)
    assert rows(database, WebhookEndpoint) == []
