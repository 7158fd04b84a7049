"""The parcel that a customer sent themselves, as they say."""

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.models import OrderReturn as Request
from account_portal.notifications import mark_changed
from account_portal.orders.service import refresh_orders
from account_portal.orders.service.locking import lock_order_of
from account_portal.returns import rules
from account_portal.returns.schemas import OrderReturn, TellReturnParcel
from account_portal.returns.service.reading import get_return
from account_portal.returns.service.steps import notify


def tell_parcel(
    ctx: Context, order_number: str, request_number: str, data: TellReturnParcel
) -> OrderReturn:
    """Note by which parcel a return comes, until the store has it; the last word counts.

    The state stays: that it is on its way says the store. What was said already is not told twice.

    Raises:
        NotFound: no such request of the caller under that order.
        ReturnNotUnderWay: it is not agreed to yet, arrived, or never comes.
    """
    request = ctx.get_owned(Request, request_number=request_number)
    order = lock_order_of(ctx, request)
    if order.order_number != order_number:
        raise NotFound
    rules.require_parcel_open(request.status)
    said = (" ".join(data.awb_no.split()), data.courier_company_name)
    if said != (request.awb_no, request.courier_company_name):
        request.awb_no, request.courier_company_name = said
        request.parcel_told_at = request.modified_at = ctx.now
        ctx.db.flush()
        refresh_orders(ctx.db, [order.id], ctx.now)
        mark_changed(ctx.db, [request.customer_id])
        notify(ctx, request, order_number, "told", parcel=parcel_words(*said))
    return get_return(ctx, order_number, request_number)


def parcel_words(awb_no: str, courier: str | None) -> str:
    """A parcel as messages name it."""
    return f"{courier}, {awb_no}" if courier else awb_no
