"""The row of a refund."""

from account_portal.context import Context
from account_portal.core.ids import new_number
from account_portal.models import BankAccount, Order, Refund
from account_portal.states import RefundMode, RefundStatus


def add_refund(
    ctx: Context,
    order: Order,
    amount: int,
    *,
    mode: RefundMode,
    purpose: str | None,
    to: BankAccount | None = None,
    remarks: str | None = None,
) -> Refund:
    """Put money on its way back; the store settles it."""
    refund = Refund(
        order_id=order.id,
        purpose=purpose,
        request_number=new_number("RFD", ctx.now.year),
        refund_amount=amount,
        status=RefundStatus.PENDING,
        payment_mode=mode,
        payment_method="Bank transfer" if to else None,
        bank_account_id=to.id if to else None,
        bank_account_number=to.number_masked if to else None,
        bank_name=to.bank_name if to else None,
        refund_remarks=remarks,
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(refund)
    return refund
