"""What is to be paid for an order in the end, and how far it is paid."""

from account_portal.orders.rules.money import MoneyFacts, OrderAccount, account_of, lost_money
from account_portal.states import OrderStatus, PaymentStatus, TransactionStatus


def payable(facts: MoneyFacts) -> int:
    """What is to be paid in money in the end, in minor units.

    Goods that do not come, lost or cancelled, are not asked for; of a cancelled order only what
    the policy charges is.
    """
    if facts.status is OrderStatus.CANCELLED:
        return facts.charge
    return max(0, facts.due - lost_money(facts))


def derive_payment_status(facts: MoneyFacts, account: OrderAccount | None = None) -> PaymentStatus:
    """How far an order is paid; `account` is that of the facts, where it is known already."""
    if not facts.attempts:
        return PaymentStatus.SUCCESS if not facts.due else facts.stated
    account = account or account_of(facts)
    asked = facts.due if facts.status is OrderStatus.CANCELLED else payable(facts)
    if account.paid >= (asked or facts.due):
        return PaymentStatus.SUCCESS
    if account.arrived > 0:
        return PaymentStatus.PARTIALLY_PAID
    last = max(facts.attempts, key=lambda attempt: attempt.created_at)
    if last.status is TransactionStatus.FAILED:
        return PaymentStatus.FAILED
    return PaymentStatus.PENDING
