"""Lists for the shop's systems and staff: orders, what belongs to them, customers, queues."""

from account_portal.merchant.lists.claims import get_claim, list_claims
from account_portal.merchant.lists.deliveries import list_deliveries
from account_portal.merchant.lists.orders import awaiting, get_order, list_orders
from account_portal.merchant.lists.parts import (
    get_payment,
    get_refund,
    get_return,
    get_shipment,
    list_payments,
    list_refunds,
    list_returns,
    list_shipments,
)
from account_portal.merchant.lists.people import customer_id_of, get_customer, list_customers
from account_portal.merchant.lists.queues import (
    get_bank_account,
    get_review,
    get_withdrawal,
    list_bank_accounts,
    list_messages,
    list_reviews,
    list_withdrawals,
)

__all__ = [
    "awaiting",
    "customer_id_of",
    "get_bank_account",
    "get_claim",
    "get_customer",
    "get_order",
    "get_payment",
    "get_refund",
    "get_return",
    "get_review",
    "get_shipment",
    "get_withdrawal",
    "list_bank_accounts",
    "list_claims",
    "list_customers",
    "list_deliveries",
    "list_messages",
    "list_orders",
    "list_payments",
    "list_refunds",
    "list_returns",
    "list_reviews",
    "list_shipments",
    "list_withdrawals",
]
