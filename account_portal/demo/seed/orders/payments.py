"""Rows of payments and refunds."""

from datetime import datetime, timedelta
from typing import Any

from account_portal.demo.seed.ids import seeded_id, seeded_number
from account_portal.demo.seed.orders.base import Dated, Written
from account_portal.demo.seed.people import (
    account_row,
)
from account_portal.demo.seed.plan import Attempt, GivenBack
from account_portal.models import (
    Payment,
    Refund,
)
from account_portal.states import (
    RefundMode,
    RefundStatus,
    TransactionStatus,
)

_METHODS: dict[str, dict[str, Any]] = {
    "upi": {"payment_method": "UPI"},
    "card": {
        "payment_method": "Credit Card",
        "card_number": "************4242",
        "card_type": "Visa",
    },
    "netbanking": {"payment_method": "Net Banking", "bank_name": "HDFC Bank"},
    "wallet": {"payment_method": "Wallet", "wallet_name": "PocketPay"},
    "bank": {
        "payment_method": "Bank Transfer",
        "bank_name": "HDFC Bank",
        "bank_account_number": "XXXXXXXXXX7891",
    },
    "cash": {"payment_method": "Cash on Delivery", "collection": "on_delivery"},
}
_GATEWAYS = {"cash": None, "bank": None}


class PaymentWriter(Dated):
    """Writes payments and refunds."""

    def _payments(self, written: Written) -> int:
        """Add the payments; what they brought in, in minor units."""
        order = written.order
        due = order.grand_total - order.loyalty_amount - order.credit_balance_used
        paid = 0
        for number, attempt in enumerate(written.planned.payments, start=1):
            payment = self._payment(written, attempt, number, due * attempt.percent // 100)
            written.rows.append(payment)
            if attempt.status is TransactionStatus.SUCCESS:
                paid += payment.amount
        return paid

    def _payment(self, written: Written, attempt: Attempt, number: int, amount: int) -> Payment:
        order = written.order
        begun = order.order_date + timedelta(hours=attempt.hours_later)
        settled = attempt.status is TransactionStatus.SUCCESS
        payer = f"{self._person.first_name}.{self._person.last_name}".lower()
        return Payment(
            id=seeded_id("payment", f"{order.id} {number}"),
            order_id=order.id,
            request_number=f"PAY-{order.order_number}-{number}",
            amount=amount,
            payment_status=attempt.status,
            payment_date=begun + timedelta(minutes=2) if settled else None,
            payment_reference_number=seeded_number(f"{order.id} {number}", 12) if settled else None,
            payment_gateway=_GATEWAYS.get(attempt.method, "TEST"),
            created_at=begun,
            modified_at=begun + timedelta(minutes=2),
            upi_id=f"{payer}@okbank" if attempt.method == "upi" else None,
            **_METHODS[attempt.method],
        )

    def _refund(self, written: Written, given: GivenBack, number: int, paid: int) -> Refund:
        return self._refund_row(
            written,
            number=number,
            amount=paid if given.amount is None else given.amount,
            status=given.status,
            asked=self._at(given.asked),
            moved=None if given.paid is None else self._at(given.paid),
            mode=given.mode,
            account=given.account,
            remarks=given.remarks,
        )

    def _refund_row(
        self,
        written: Written,
        *,
        number: int,
        amount: int,
        status: RefundStatus,
        asked: datetime,
        moved: datetime | None,
        mode: str = RefundMode.ORIGINAL_PAYMENT_MODE,
        account: str | None = None,
        remarks: str | None = None,
        return_id: str | None = None,
    ) -> Refund:
        order = written.order
        method = (
            "Bank Transfer"
            if account
            else _METHODS[written.planned.payments[-1].method]["payment_method"]
        )
        return Refund(
            id=seeded_id("refund", f"{order.id} {return_id} {number}"),
            order_id=order.id,
            return_id=return_id,
            request_number=f"REF-{order.order_number}-{'R' if return_id else ''}{number}",
            refund_amount=amount,
            refund_date=moved,
            status=status,
            payment_mode=mode,
            payment_method=method,
            payment_reference_number=(
                seeded_number(f"refund {order.id} {number}", 12) if moved else None
            ),
            refund_remarks=remarks,
            created_at=asked,
            modified_at=moved or asked,
            **(account_row(self._person, account) if account else {}),
        )
