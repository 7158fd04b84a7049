"""Attempts to pay that ended here and can still be paid at the store's gateway.

A customer who cancels an order may have its payment page open in another tab. What is paid there
would only be sent back: workers let the gateway close such attempts.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import col

from account_portal.context import SHOP, Caller, enter
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.models import Payment
from account_portal.states import TransactionStatus

LOOKED_BACK = timedelta(days=1)
"""No gateway's attempt stays open for longer."""


def close_next_attempt(database: Database | None = None, now: datetime | None = None) -> bool:
    """Let the gateway close the next attempt that failed here; says whether there was one.

    It is asked outside any transaction, and at least once: several workers may ask for one attempt.

    Raises:
        GatewayUnavailable: it did not answer; nothing changed.
    """
    moment = now or utc_now()
    is_failed = col(Payment.payment_status) == TransactionStatus.FAILED
    with enter(Caller(now=now), writes=False, actor=SHOP, database=database) as ctx:
        gateway = ctx.gateways.payments
        found = (
            gateway
            and ctx.db.execute(
                select(col(Payment.id), col(Payment.payment_reference_number))
                .where(
                    is_failed,
                    col(Payment.modified_at) > moment - LOOKED_BACK,
                    col(Payment.expires_at) > moment,
                    col(Payment.redirect_url).is_not(None),
                    col(Payment.payment_reference_number).is_not(None),
                    col(Payment.payment_gateway).in_(sorted(gateway.names)),
                )
                .order_by(col(Payment.modified_at), col(Payment.id))
                .limit(1)
            ).one_or_none()
        )
    if gateway is None or not found:
        return False
    gateway.close(found.payment_reference_number)
    with enter(Caller(now=now), writes=True, actor=SHOP, database=database) as ctx:
        ctx.db.execute(
            update(Payment)
            # Its message may have been quicker: then it is paid, and owed back.
            .where(col(Payment.id) == found.id, is_failed)
            .values(expires_at=moment)
        )
    return True
