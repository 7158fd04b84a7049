"""Routes of the shop's systems. Fixed paths come before those that vary."""

from account_portal.merchant.api.claims import router as claims
from account_portal.merchant.api.customers import router as customers
from account_portal.merchant.api.events import events, webhooks
from account_portal.merchant.api.messages import router as messages
from account_portal.merchant.api.orders import router as orders
from account_portal.merchant.api.payments import payments, refunds
from account_portal.merchant.api.policies import router as policies
from account_portal.merchant.api.records import router as records
from account_portal.merchant.api.returns import router as returns
from account_portal.merchant.api.reviews import router as reviews
from account_portal.merchant.api.withdrawals import router as withdrawals

ROUTERS = (
    records,
    orders,
    payments,
    refunds,
    returns,
    withdrawals,
    claims,
    customers,
    reviews,
    messages,
    events,
    webhooks,
    policies,
)
