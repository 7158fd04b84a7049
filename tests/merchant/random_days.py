"""A history with orders of every kind, and a day around it that a seed draws."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from account_portal.addresses import service as addresses
from account_portal.addresses.schemas import CustomerAddressCreate, CustomerAddressUpdate
from account_portal.auth.schemas import GenerateOtpWithEmail, GenerateOtpWithPhone, VerifyOtp
from account_portal.auth.service import confirm_contact, generate_code
from account_portal.bank_accounts import service as bank_accounts
from account_portal.bank_accounts.schemas import CreateOutboundBankAccount
from account_portal.claims import service as claims
from account_portal.claims.schemas import AcceptClaim, CreateClaim
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.loyalty import service as loyalty
from account_portal.models import (
    Address,
    Claim,
    Order,
    OrderReturn,
    Payment,
    Refund,
    Review,
    Shipment,
    User,
)
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelItem, CancelOrder, ChangeDelivery
from account_portal.personal_data import service as personal_data
from account_portal.profile import service as profile
from account_portal.profile.schemas import UserUpdate
from account_portal.returns import service as returns
from account_portal.returns.schemas import ChangeOrderReturn, CreateOrderReturn, InspectReturn
from account_portal.reviews import service as reviews
from account_portal.reviews.schemas import CreateReview, UpdateReview
from account_portal.states import ShipmentStatus
from tests.conftest import actor_of
from tests.factories.auth import last_code

PRODUCTS = 5
KINDS = 14
"""Of orders; see `_order`."""
OF_QUIET = 3
"""Records of each customer with nothing under way: a file tells them of deleted ones, too."""
ADDRESS: dict[str, Any] = {
    "first_name": "Ann",
    "country_code": "+91",
    "phone": "9876500001",
    "address_line1": "A Road",
    "pincode": "411001",
    "city": "Pune",
    "state": "Maharashtra",
    "country": "India",
}


def product(n: int) -> str:
    return f"P{n % PRODUCTS}"


def email(n: int) -> str:
    """Of the customer of an order: each has three orders."""
    return f"c{n // 3}@x.example"


def history(count: int, clock: Any, **order_values: Any) -> list[dict[str, Any]]:
    """Records of so many orders of all kinds, their customers, points and reviews."""

    def ago(days: float) -> str:
        return str((clock.began - timedelta(days=days)).isoformat())

    records: list[dict[str, Any]] = [
        {"type": "product", "product_id": f"P{n}", "name": f"Product {n}"} for n in range(PRODUCTS)
    ]
    for n in range((count + 2) // 3):
        places = [ADDRESS | {"address_line1": f"{k} Road"} for k in "ABC"]
        record: dict[str, Any] = {"type": "customer", "external_id": f"C{n}", "email": email(3 * n)}
        record |= {"first_name": "Ann", "last_name": "Rao", "addresses": places}
        records.append(record | {"phone": f"98765{n:05}", "country_code": "+91"})
        points = {"type": "loyalty_activity", "external_id": f"L{n}", "loyalty_point": 500}
        points |= {"customer_email": email(3 * n), "activity_type": "earned"}
        records.append(points | {"created_at": ago(40)})
    for n in range(count):
        records += _order(n, ago, order_values)
    for n in range(max(8, count // 20)):  # of people with nothing under way
        who = {"customer_email": f"q{n}@x.example"}
        records.append({"type": "customer", "external_id": f"Q{n}", "email": f"q{n}@x.example"})
        records[-1]["addresses"] = [ADDRESS]
        parcel = {"status": "delivered", "shipped_date": ago(400), "delivered_date": ago(398)}
        old: dict[str, Any] = {
            "type": "order",
            "order_number": f"OLD-{n}",
            "order_date": ago(402),
            **who,
        }
        old |= {
            "payment_status": "success",
            "shipments": [{"reference_number": f"S-{n}", **parcel}],
        }
        line = {"sku": "S", "product_id": product(n), "selling_price": 100}
        records.append(old | {"lines": [line], "shipping_address": ADDRESS})
        review = {"type": "review", **who, "product_id": product(n), "rating": 5}
        records.append(review | {"review_date": ago(300)})
    return records


def _order(
    n: int, ago: Callable[[float], str], order_values: dict[str, Any]
) -> list[dict[str, Any]]:
    kind, later = n % KINDS, []
    payment: dict[str, Any] = {"request_number": f"PAY-{n}", "amount": 297.5}
    order: dict[str, Any] = {
        "type": "order",
        "order_number": f"HIS-{n}",
        "order_date": ago(8),
        "customer_email": email(n),
        "loyalty_point_earned": 20,
        "lines": [
            {"sku": "S", "product_id": product(n), "selling_price": 100, "quantity": 2},
            {"sku": "T", "product_id": product(n + 1), "selling_price": 12.5, "quantity": 3},
        ],
        "shipping_amount": 60,
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "payments": [payment],
    }
    parcel: dict[str, Any] = {"reference_number": f"SHP-{n}", "status": "shipped"}
    delivered = {"status": "delivered", "shipped_date": ago(5), "delivered_date": ago(3)}
    match kind:
        case 1:
            payment["payment_status"] = "pending"
        case 2:
            refund = {"request_number": f"RFD-{n}", "refund_amount": 50, "status": "pending"}
            order["refunds"] = [refund]
        case 3:
            order["shipments"] = [parcel]
        case 4 | 5 | 6:
            order["shipments"] = [parcel | delivered]
        case 7:
            half = [{"sku": "S", "quantity": 1}]
            rest = {"reference_number": f"SHQ-{n}", "status": "packed"}
            order["shipments"] = [parcel | delivered | {"items": half}, rest]
        case 8:
            order["shipments"] = [parcel | {"status": "lost", "shipped_date": ago(6)}]
        case 9:
            failed = {"request_number": f"PAX-{n}", "amount": 297.5, "payment_status": "failed"}
            order["payments"] = [failed, payment]
        case 10:
            payment |= {"payment_status": "pending", "payment_method": "COD"}
        case 11:
            order |= {"loyalty_point_redeemed": 100, "loyalty_amount": 100}
            payment["amount"] = 197.5
            spent = {"type": "loyalty_activity", "external_id": f"R{n}", "loyalty_point": 100}
            spent |= {"customer_email": email(n), "activity_type": "redeemed"}
            later.append(spent | {"reference_number": f"HIS-{n}", "created_at": ago(8)})
        case 12:
            payment["amount"] = 100
            order["shipments"] = [parcel | delivered]
        case 13:
            order |= {"status": "cancelled", "cancelled_at": ago(2), "cancellation_reason": "No"}
    if kind == 5:
        review = {"type": "review", "customer_email": email(n), "product_id": product(n)}
        later.append(review | {"rating": 4, "status": "pending", "review_date": ago(1)})
    return [order | order_values, *later]


class RandomDay:
    """Deeds of customers and of the shop, one drawn after another; `done` counts what was done."""

    def __init__(self, database: Database, call: Any, clock: Any, seed: int) -> None:
        self.database, self._call, self._clock = database, call, clock
        self._random = Random(seed)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.deeds = sorted(name[3:] for name in dir(self) if name.startswith("do_"))

    def live(self, deeds: int) -> None:
        """So many deeds, two minutes apart; at the end some of each kind that could not be done."""
        weights = [4 if name in _OFTEN else 2 if name in _STEPS else 1 for name in self.deeds]
        for name in self._random.choices(self.deeds, weights, k=deeds):
            self._do(name)
        for name in [name for name in self.deeds if not self.done[name]]:
            for _ in range(20):
                if not self.done[name]:
                    self._do(name)

    def _do(self, name: str) -> None:
        self._clock.advance(minutes=2)
        try:
            getattr(self, f"do_{name}")()
        except PortalError:
            self.refused[name] += 1
        else:
            self.done[name] += 1

    def _draw(self, model: Any, **values: Any) -> Any:
        with self.database.session(writes=False) as db:
            found = select(model.id).where(*(getattr(model, k) == v for k, v in values.items()))
            ids = sorted(db.execute(found).scalars())
            if not ids:
                raise _Nothing
            return db.get_one(model, self._random.choice(ids))

    def _person(self, kind: str = "C", **values: Any) -> Any:
        """One of the shop's customers who has an account."""
        with self.database.session(writes=False) as db:
            found = [
                row
                for row in db.execute(select(User).order_by(User.external_id)).scalars()
                if (row.external_id or "").startswith(kind) and row.email
                if all(getattr(row, name) == value for name, value in values.items())
            ]
        if not found:
            raise _Nothing
        return self._random.choice(found)

    def _of(self, customer_id: str) -> Any:
        with self.database.session(writes=False) as db:
            user = db.execute(select(User).where(col(User.customer_id) == customer_id)).scalar()
        if user is None:
            raise _Nothing  # they deleted their account
        return actor_of(user)

    def _customer(self, row: Any, service: Any, *args: Any, **kwargs: Any) -> Any:
        """As the customer of a row."""
        return self._call(service, *args, actor=self._of(row.customer_id), **kwargs)

    def _shop(self, service: Any, *args: Any, **kwargs: Any) -> Any:
        return self._call(service, *args, actor=SHOP, **kwargs)

    def _some_order(self, *kinds: int) -> Any:
        with self.database.session(writes=False) as db:
            found = [
                row
                for row in db.execute(select(Order).order_by(Order.order_number)).scalars()
                if row.order_number.startswith("HIS-")
                and (not kinds or int(row.order_number[4:]) % KINDS in kinds)
                and row.customer_id
            ]
        if not found:
            raise _Nothing
        return self._random.choice(found)

    # Customers

    def _cancel(self, **values: Any) -> None:
        body = {"cancellation_reason": "No need", "refund_mode": "original_payment_mode", **values}
        order = self._some_order(0, 1, 2, 9, 10, 11)
        data = CancelOrder.model_validate(body)
        self._customer(order, orders.cancel_order, order.order_number, data)

    def do_cancel(self) -> None:
        self._cancel()

    def do_cancel_items(self) -> None:
        units = self._random.choice([1, 2])
        self._cancel(cancel_items=[{"sku": self._random.choice("ST"), "quantity": units}])

    def do_pay_again(self) -> None:
        order = self._some_order(1, 12)
        self._customer(order, orders.pay_again, order.order_number)

    def do_change_delivery(self) -> None:
        order = self._some_order(0, 1, 2, 9, 11)
        choices = self._customer(order, orders.list_delivery_choices, order.order_number)
        data: dict[str, Any] = {"delivery_instructions": self._random.choice(["Ring", "Knock"])}
        if choices:
            data["address_id"] = self._random.choice(choices).id
        change = ChangeDelivery.model_validate(data)
        self._customer(order, orders.change_delivery, order.order_number, change)

    def _asked(self, order: Any, units: int) -> dict[str, Any]:
        n = int(order.order_number[4:])
        sku = self._random.choice("ST")
        item = {"product_id": product(n + (sku == "T")), "sku": sku, "quantity": units}
        way = self._random.choice(["refund", "replacement"])
        return {"return_items": [item | {"resolution": way, "return_reason": "Worn"}]}

    def do_ask_return(self) -> None:
        order = self._some_order(4, 5, 6, 7, 12)
        data = CreateOrderReturn.model_validate(self._asked(order, self._random.choice([1, 2])))
        self._customer(order, returns.create_return, order.order_number, data)

    def do_change_return(self) -> None:
        row = self._draw(OrderReturn, status="created")
        with self.database.session(writes=False) as db:
            order = db.get_one(Order, row.order_id)
        data = ChangeOrderReturn.model_validate(self._asked(order, 1))
        number = order.order_number
        self._customer(order, returns.change_return, number, row.request_number, data)

    def do_cancel_return(self) -> None:
        row = self._draw(OrderReturn)
        self._customer(row, returns.cancel_return, row.request_number)

    def do_claim(self) -> None:
        order = self._some_order(4, 5, 6, 8, 12)
        n = int(order.order_number[4:])
        data: dict[str, Any] = {"wish": self._random.choice(["refund", "replacement"])}
        if n % KINDS == 8:
            data["reference_number"] = f"SHP-{n}"
        else:
            problem = self._random.choice(["damaged", "wrong_item", "missing_item"])
            data["claim_items"] = [{"sku": "T", "quantity": 1, "problem": problem}]
        claim = CreateClaim.model_validate(data)
        self._customer(order, claims.create_claim, order.order_number, claim)

    def do_withdraw_claim(self) -> None:
        row = self._draw(Claim, status="open")
        self._customer(row, claims.withdraw_claim, row.claim_number)

    def do_write_review(self) -> None:
        order = self._some_order(4, 6, 12)
        n = int(order.order_number[4:])
        body = {"order_number": order.order_number, "rating": 3, "review_text": "Good"}
        data = CreateReview.model_validate(body)
        self._customer(order, reviews.create_review, product(n), data)

    def do_change_review(self) -> None:
        row = self._draw(Review)
        data = UpdateReview.model_validate({"rating": 1, "review_text": "Bad"})
        self._customer(row, reviews.update_review, row.id, data)

    def do_delete_review(self) -> None:
        row = self._draw(Review)
        self._customer(row, reviews.delete_review, row.id)

    def do_add_address(self) -> None:
        data = ADDRESS | {"address_line1": "D Road", "email": "d@x.example"}
        made = CustomerAddressCreate.model_validate(data)
        self._customer(self._some_order(), addresses.create_address, made)

    def do_edit_address(self) -> None:
        row = self._draw(Address)
        change = self._random.choice([{"city": "Mumbai"}, {"address_line1": "New Road"}])
        data = CustomerAddressUpdate.model_validate(change)
        self._customer(row, addresses.update_address, row.id, data)

    def do_delete_address(self) -> None:
        row = self._draw(Address)
        self._customer(row, addresses.delete_address, row.id)

    def do_change_name(self) -> None:
        data = UserUpdate.model_validate({"first_name": self._random.choice(["New", "Newer"])})
        self._customer(self._some_order(), profile.update_profile, data)

    def _confirm(self, action: str, contact: dict[str, str]) -> None:
        channel = "email" if "email" in contact else "sms"
        body = {"channel": channel, "otp_action": action, **contact}
        kind = GenerateOtpWithEmail if channel == "email" else GenerateOtpWithPhone
        row = self._whose
        sent = self._customer(row, generate_code, kind.model_validate(body))
        said = {"otp": last_code(self.database), "otp_token": sent.otp_token}
        data = VerifyOtp.model_validate({**said, "otp_action": action})
        self._customer(row, confirm_contact, data)

    def do_verify_email(self) -> None:
        self._whose = self._person(is_email_verified=False)
        self._confirm("verify-email", {"email": self._whose.email})

    def do_verify_phone(self) -> None:
        self._whose = self._person(is_phone_verified=False)
        code = self._whose.country_code
        self._confirm("verify-phone", {"phone": self._whose.phone, "country_code": code})

    def do_change_email(self) -> None:
        self._whose = self._person()
        self._confirm("update-email", {"email": f"new-{self._random.random()}@x.example"})

    def do_add_bank_account(self) -> None:
        body = {"account_name": "Ann", "account_number": "12345678", "ifsc_code": "HDFC0000001"}
        data = CreateOutboundBankAccount.model_validate(body | {"bank_name": "HDFC"})
        self._customer(self._some_order(), bank_accounts.create_bank_account, data)

    def do_delete_account(self) -> None:
        quiet = self._person("Q")
        self._customer(quiet, personal_data.delete_account)

    # The shop

    def do_settle_payment(self) -> None:
        row = self._draw(Payment, payment_status="pending")
        is_good = self._random.random() < 0.7
        self._shop(orders.settle_payment, row.request_number, succeeded=is_good)

    def do_approve_refund(self) -> None:
        row = self._draw(Refund, status="pending")
        self._shop(orders.approve_refund, row.request_number)

    def do_settle_refund(self) -> None:
        row = self._draw(Refund, status="approved")
        is_good = self._random.random() < 0.6
        self._shop(orders.settle_refund, row.request_number, succeeded=is_good)

    def do_retry_refund(self) -> None:
        row = self._draw(Refund, status="failed")
        self._shop(orders.retry_refund, row.request_number)

    def do_goodwill(self) -> None:
        order = self._some_order(4, 6)
        self._shop(orders.create_refund, order.order_number, Decimal("1.50"), remarks="Sorry")

    def do_cancel_for_shop(self) -> None:
        order = self._some_order(0, 1, 2, 10)
        self._shop(orders.cancel_for_shop, order.order_number, "Sold out")

    def do_cancel_items_for_shop(self) -> None:
        order = self._some_order(0, 2, 9)
        wanted = [CancelItem(sku="T", quantity=1)]
        self._shop(orders.cancel_items_for_shop, order.order_number, wanted, "Sold out")

    def do_ship(self) -> None:
        order = self._some_order(0, 2, 9, 11)
        units = self._random.choice([None, {"S": 1}, {"T": 2}])
        self._shop(orders.create_shipment, order.order_number, units)

    def do_move(self) -> None:
        row = self._draw(Shipment)
        to = self._random.choice(["shipped", "out_for_delivery", "delivered", "cancelled"])
        self._shop(orders.move_shipment, row.reference_number, ShipmentStatus(to))

    def do_lose(self) -> None:
        row = self._draw(Shipment, status="shipped")
        self._shop(orders.move_shipment, row.reference_number, ShipmentStatus.LOST)

    def do_resend(self) -> None:
        row = self._draw(Shipment, status="lost")
        self._shop(orders.resend_shipment, row.reference_number)

    def do_refund_parcel(self) -> None:
        row = self._draw(Shipment, status="lost")
        self._shop(orders.refund_shipment, row.reference_number)

    def do_approve_return(self) -> None:
        row = self._draw(OrderReturn, status="created")
        self._shop(returns.approve_return, row.request_number)

    def do_reject_return(self) -> None:
        row = self._draw(OrderReturn, status="created")
        self._shop(returns.reject_return, row.request_number, "Used")

    def do_send_return(self) -> None:
        row = self._draw(OrderReturn, status="approved")
        self._shop(returns.mark_return_shipped, row.request_number)

    def do_receive_return(self) -> None:
        row = self._draw(OrderReturn, status="shipped")
        self._shop(returns.receive_return, row.request_number)

    def do_inspect_return(self) -> None:
        row = self._draw(OrderReturn, status="received")
        self._shop(returns.inspect_return, row.request_number, InspectReturn.model_validate({}))

    def do_complete_return(self) -> None:
        row = self._draw(OrderReturn, status="received")
        self._shop(returns.complete_return, row.request_number)

    def do_accept_claim(self) -> None:
        row = self._draw(Claim, status="open")
        way = self._random.choice(["refund", "replacement", "return"])
        data = AcceptClaim.model_validate({"resolution": way})
        self._shop(claims.accept_claim, row.claim_number, data)

    def do_reject_claim(self) -> None:
        row = self._draw(Claim, status="open")
        self._shop(claims.reject_claim, row.claim_number, "It was whole")

    def do_decide_review(self) -> None:
        row = self._draw(Review, status="pending")
        self._shop(reviews.decide_review, row.id, approved=self._random.random() < 0.5)

    def do_grant_points(self) -> None:
        who = self._person()
        self._shop(loyalty.grant_points, who.email, Decimal(25), remarks="Thanks")


_OFTEN = {"ask_return", "claim"}
"""What others come after."""
_STEPS = {
    *("approve_return", "send_return", "receive_return", "inspect_return", "complete_return"),
    *("accept_claim", "approve_refund", "settle_refund", "lose", "cancel", "cancel_items"),
}


class _Nothing(PortalError):
    """There is nothing to do this with."""
