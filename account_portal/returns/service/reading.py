"""Reading returns: bounded, however many there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import NotFound
from account_portal.core.pagination import Page, PageParams, paginate
from account_portal.evidence.schemas import EvidenceFile
from account_portal.evidence.service import FOUND_KINDS, evidence_of
from account_portal.models import AddressCopy, Order, OrderLine, ReturnItem
from account_portal.models import OrderReturn as Request
from account_portal.orders import rules as order_rules
from account_portal.orders.schemas import OrderAddress
from account_portal.orders.service import help_link, refunds_by_return, shown_refunds
from account_portal.orders.service.goods import planned_anew
from account_portal.orders.service.refunds import points_back
from account_portal.returns import rules
from account_portal.returns.schemas import (
    Inspection,
    OrderReturn,
    OrderReturnItem,
    ReturnDetail,
    ReturnQuote,
)
from account_portal.returns.service.lines import line_states
from account_portal.returns.service.quoting import Quoted, quote_of
from account_portal.states import ReturnResolution, ReturnStatus

_Replacement = aliased(Order)


def _requests(ctx: Context) -> Select[Any]:
    return (
        ctx.owned(Request)
        .join(Order, col(Order.id) == col(Request.order_id))
        .outerjoin(_Replacement, col(_Replacement.id) == col(Request.replacement_order_id))
        .outerjoin(AddressCopy, col(AddressCopy.id) == col(Request.pickup_address_id))
        .add_columns(
            AddressCopy,
            col(Order.order_number),
            col(Order.delivered_at),
            col(Order.currency),
            col(_Replacement.order_number).label("replacement_number"),
            col(_Replacement.order_date).label("replacement_date"),
            col(_Replacement.grand_total).label("replacement_total"),
        )
    )


INSPECTED = (
    col(ReturnItem.accepted_quantity),
    col(ReturnItem.refused_quantity),
    col(ReturnItem.refusal_code),
    col(ReturnItem.refusal_note),
    col(ReturnItem.refused_goods),
    col(ReturnItem.can_ask_again),
)


def inspection_of(row: Mapping[str, Any], evidence: Sequence[EvidenceFile]) -> Inspection | None:
    """What was found of an item, from the columns of `INSPECTED`; none: nobody looked.

    `evidence` is what the shop shows it by.
    """
    if row["accepted_quantity"] is None:
        return None
    return Inspection(
        accepted_quantity=row["accepted_quantity"],
        refused_quantity=row["refused_quantity"],
        reason_code=row["refusal_code"],
        note=row["refusal_note"],
        goods=row["refused_goods"],
        can_ask_again=row["can_ask_again"],
        evidence=evidence,
    )


def _items(ctx: Context, rows: list[Row[Any]]) -> dict[str, list[OrderReturnItem]]:
    """Items by return; the returns must be known to be the caller's."""
    found: dict[str, list[OrderReturnItem]] = defaultdict(list)
    currencies = {row[0].id: row.currency for row in rows}
    statement = (
        select(
            col(ReturnItem.id),
            col(ReturnItem.return_id),
            col(ReturnItem.quantity),
            col(ReturnItem.resolution),
            col(ReturnItem.return_reason),
            col(ReturnItem.reason_code),
            col(ReturnItem.fee),
            *INSPECTED,
            col(OrderLine.product_id),
            col(OrderLine.product_name),
            col(OrderLine.product_image_url),
            col(OrderLine.sku),
            col(OrderLine.selling_price),
            col(OrderLine.tax_type),
            col(OrderLine.tax_rate),
        )
        .join(OrderLine, col(OrderLine.id) == col(ReturnItem.line_id))
        .where(col(ReturnItem.return_id).in_(currencies))
        .order_by(col(ReturnItem.return_id), col(ReturnItem.position))
    )
    items = ctx.db.execute(statement).mappings().all()
    ids = [row["id"] for row in items]
    shown = evidence_of(ctx, ReturnItem, ids)
    inspected = [row["id"] for row in items if row["accepted_quantity"] is not None]
    found_by = evidence_of(ctx, ReturnItem, inspected, kinds=FOUND_KINDS)
    for row in items:
        values = dict(row)
        values["selling_price"] = money.to_major(
            values["selling_price"], currencies[values["return_id"]]
        )
        values["fee"] = money.to_major(values["fee"], currencies[values["return_id"]])
        # Kept in hundredths, as points are.
        values["tax_rate"] = money.to_points(values["tax_rate"])
        values["inspection"] = inspection_of(values, found_by[values["id"]])
        values["evidence"] = shown[values.pop("id")]
        found[values.pop("return_id")].append(OrderReturnItem(**values))
    return found


def _address(copy: AddressCopy | None) -> OrderAddress | None:
    if copy is None:
        return None
    return OrderAddress(**{**copy.model_dump(), "id": copy.address_id})


def _views(ctx: Context, rows: list[Row[Any]]) -> list[OrderReturn]:
    if not rows:
        return []
    items = _items(ctx, rows)
    refunds = refunds_by_return(ctx, [row[0].id for row in rows])
    return [_view(row, items[row[0].id], refunds[row[0].id]) for row in rows]


def _view(row: Any, items: list[OrderReturnItem], refunds: list[Any]) -> OrderReturn:
    request, copy, *_ = row
    currency = row.currency
    replacement_total = row.replacement_total
    return OrderReturn(
        request_number=request.request_number,
        status=request.status,
        return_items=items,
        subtotal=money.to_major(request.subtotal, currency),
        shipping_amount=money.to_major(request.shipping_amount, currency),
        total_tax=money.to_major(request.total_tax, currency),
        grand_total=money.to_major(request.grand_total, currency),
        shipping_address=_address(copy),
        created_at=request.created_at,
        modified_at=request.modified_at,
        changed_at=request.changed_at,
        courier_company_name=request.courier_company_name,
        awb_no=request.awb_no,
        parcel_told_at=request.parcel_told_at,
        approved_at=request.approved_at,
        rejected_at=request.rejected_at,
        rejection_reason=request.rejection_reason,
        shipped_at=request.shipped_at,
        received_at=request.received_at,
        inspected_at=request.inspected_at,
        inspection_corrected_at=request.inspection_corrected_at,
        original_order_number=row.order_number,
        original_order_delivered_at=row.delivered_at,
        replacement_order_number=row.replacement_number,
        replacement_order_date=row.replacement_date,
        replacement_order_amount=(
            None if replacement_total is None else money.to_major(replacement_total, currency)
        ),
        refund=refunds,
    )


def list_returns(ctx: Context, page: PageParams) -> Page[list[OrderReturn]]:
    """The caller's return requests over all orders, newest first."""
    total = ctx.db.execute(
        select(func.count()).select_from(Request).where(col(Request.customer_id) == ctx.customer_id)
    ).scalar_one()
    if page.offset >= total:
        return Page([], paginate(total, page))
    rows = ctx.db.execute(
        _requests(ctx)
        .order_by(col(Request.created_at).desc(), col(Request.id).desc())
        .limit(page.limit)
        .offset(page.offset)
    ).all()
    return Page(_views(ctx, list(rows)), paginate(total, page))


def _one(ctx: Context, *conditions: Any) -> Row[Any]:
    row = ctx.db.execute(_requests(ctx).where(*conditions)).one_or_none()
    if row is None:
        raise NotFound
    return row


def get_return(ctx: Context, order_number: str, request_number: str) -> OrderReturn:
    """One return request of the caller.

    Raises:
        NotFound: no such request under that order, or it is somebody else's.
    """
    row = _one(
        ctx,
        col(Request.request_number) == request_number,
        col(Order.order_number) == order_number,
    )
    return _views(ctx, [row])[0]


def get_return_detail(ctx: Context, request_number: str) -> ReturnDetail:
    """One return request of the caller, as its page shows it.

    Raises:
        NotFound: no such request of the caller.
    """
    row = _one(ctx, col(Request.request_number) == request_number)
    view = _views(ctx, [row])[0]
    status = ReturnStatus(row[0].status)
    movable = rules.can_move(status, ReturnStatus.CANCELLED)
    order = ctx.get_owned(Order, id=row[0].order_id)
    wanted = {item.resolution for item in view.return_items}
    return ReturnDetail(
        order_return=view,
        completed_at=row[0].completed_at,
        cancelled_at=row[0].cancelled_at,
        is_cancellation_allowed=movable
        and all(refund.status == "pending" for refund in view.refund),
        is_change_allowed=rules.can_change(status, by_law=row[0].by_law)
        and rules.fits_the_form([item.sku for item in view.return_items]),
        can_tell_parcel=rules.can_tell_parcel(status),
        can_ask_again=status is ReturnStatus.CANCELLED
        and any(line.returnable_units for _, line in line_states(ctx, order)),
        wants="both" if len(wanted) > 1 else wanted.pop(),
        refunds=shown_refunds(ctx, order.order_number, return_id=row[0].id),
        quote=_quote(ctx, row[0], order),
        store_email=ctx.settings.store_email,
        help_link=help_link(ctx, order.order_number),
        currency=row.currency,
    )


def asked_means(ctx: Context, request: Request, order: Order) -> order_rules.Means:
    """What approving a request would promise back now; points are hundredths of a point."""
    back = planned_anew(ctx, request, order)
    return replace(back, points=points_back(ctx, order, back.points))


def _quote(ctx: Context, request: Request, order: Order) -> ReturnQuote | None:
    """What comes back for a return, as the preview said it; none: it ended, or is an exchange."""
    rows = ctx.db.execute(
        select(ReturnItem, OrderLine)
        .join(OrderLine, col(OrderLine.id) == col(ReturnItem.line_id))
        .where(col(ReturnItem.return_id) == request.id)
        .order_by(col(ReturnItem.position))
    ).all()
    items = [
        Quoted(
            line,
            item.quantity,
            item.resolution,
            item.refund_amount,
            item.fee,
            item.return_reason,
            item.reason_code,
        )
        for item, line in rows
    ]
    if request.status in order_rules.ENDED or not any(
        item.resolution == ReturnResolution.REFUND for item in items
    ):
        return None
    sold = select(func.sum(col(OrderLine.line_total))).where(col(OrderLine.order_id) == order.id)
    return quote_of(
        ctx,
        order,
        items,
        planned_anew(ctx, request, order),
        sold=int(ctx.db.execute(sold).scalar_one()),
        delivery=request.shipping_amount,
    )
