"""Puts the first page together from the other services."""

from datetime import timedelta

from account_portal import routes
from account_portal.addresses import service as addresses
from account_portal.claims import service as claims
from account_portal.context import Context
from account_portal.core.pagination import PageParams
from account_portal.core.validation import readable_phone
from account_portal.dashboard.schemas import Dashboard, Rewards, Task
from account_portal.loyalty import service as loyalty
from account_portal.notifications import channel_to
from account_portal.orders import service as orders
from account_portal.orders.schemas import OrderSearch
from account_portal.returns import service as returns
from account_portal.reviews import service as reviews
from account_portal.states import ClaimStatus, PaymentStatus, ReturnStatus

LATEST = 3
ADDRESSES = PageParams(limit=50)
NEWEST = PageParams(limit=10)
REMEMBERED = timedelta(days=180)
"""So long after an order the first page asks how its goods are. An imported history holds years of
them, which nobody was asked about; they can be reviewed on the page of reviews."""


def get_dashboard(ctx: Context) -> Dashboard:
    """The caller's first page."""
    saved = addresses.list_addresses(ctx, ADDRESSES).rows.view()
    on_the_way = orders.list_on_the_way(ctx)
    return Dashboard(
        first_name=ctx.get_user().first_name or "",
        on_the_way=on_the_way[:LATEST],
        more_on_the_way=max(0, len(on_the_way) - LATEST),
        tasks=[*_unpaid(ctx), *_lost(ctx), *_to_pack(ctx), *_reported(ctx), *_to_verify(ctx)],
        latest=orders.search_orders(ctx, OrderSearch(limit=LATEST)).rows,
        to_review=reviews.list_ready_for_review(ctx, LATEST, within=REMEMBERED),
        rewards=_rewards(ctx),
        shipping_address=next((one for one in saved if one.is_default_shipping), None),
        billing_address=next((one for one in saved if one.is_default_billing), None),
    )


_PAYMENT = {
    PaymentStatus.FAILED: ("Payment failed", "Pay again"),
    PaymentStatus.PARTIALLY_PAID: ("Part of the payment is missing", "Pay now"),
    PaymentStatus.PENDING: ("The payment is missing", "Pay now"),
}
"""What is wrong with a payment, and what to do."""
_UNDER_WAY = ("We are waiting for your payment", "Continue")


def _unpaid(ctx: Context) -> list[Task]:
    tasks = []
    for order in orders.list_unpaid(ctx, LATEST):
        fault, action = _UNDER_WAY if order.is_under_way else _PAYMENT[order.payment_status]
        is_elsewhere = bool(ctx.settings.checkout_url) and not order.is_under_way
        tasks.append(
            Task(
                kind="payment",
                pays=order.order_number if order.can_pay else "",
                title=f"{fault} for order {order.order_number}",
                detail=order.summary,
                path=routes.order(order.order_number),
                action=action if order.can_pay or is_elsewhere else "See the order",
            )
        )
    return tasks


def _lost(ctx: Context) -> list[Task]:
    return [
        Task(
            kind="lost",
            title=f"A parcel of order {one.order_number} got lost",
            detail=one.summary,
            path=routes.missing_parcel(one.order_number, one.reference_number),
            action="Say what you would like",
        )
        for one in orders.list_lost(ctx, LATEST)
    ]


def _to_pack(ctx: Context) -> list[Task]:
    return [
        Task(
            kind="return",
            title=f"Get your return {request.request_number} ready for pick-up",
            detail=", ".join(item.product_name for item in request.return_items),
            path=routes.return_detail(request.request_number),
            action="See how",
        )
        for request in returns.list_returns(ctx, NEWEST).rows
        if request.status is ReturnStatus.APPROVED
    ]


def _reported(ctx: Context) -> list[Task]:
    """Problems they reported that the store has not answered: they can withdraw them."""
    return [
        Task(
            kind="claim",
            title=f"We are looking into your report {claim.claim_number}",
            detail=", ".join(item.product_name for item in claim.claim_items),
            path=routes.claim_detail(claim.claim_number),
            action="See it",
        )
        for claim in claims.list_claims(ctx, NEWEST).rows
        if claim.status is ClaimStatus.OPEN
    ]


def _to_verify(ctx: Context) -> list[Task]:
    user = ctx.get_user()
    if user.email and not user.is_email_verified and channel_to(ctx, "email"):
        kind, what, contact = "email", "e-mail address", user.email
    elif user.phone and not user.is_phone_verified and channel_to(ctx, "phone"):
        kind, what = "phone", "phone number"
        contact = readable_phone(user.country_code, user.phone)
    else:
        return []
    return [
        Task(
            kind=kind,
            title=f"Verify your {what}",
            detail=contact,
            path=routes.PROFILE,
            action="Verify",
        )
    ]


def _rewards(ctx: Context) -> Rewards | None:
    if not ctx.settings.loyalty:
        return None
    details = loyalty.get_loyalty(ctx)
    return Rewards(balance=details.loyalty_point_balance, progress=loyalty.get_tier_progress(ctx))
