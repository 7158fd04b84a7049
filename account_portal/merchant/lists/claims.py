"""What customers say went wrong."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.pagination import CursorPage
from account_portal.evidence.service import evidence_of
from account_portal.merchant.claim_rows import ClaimRow, ClaimsQuery, ClaimUnits
from account_portal.merchant.lists.expanding import bring_along
from account_portal.merchant.lists.paging import Keys, find_page
from account_portal.merchant.lists.parts import id_of, of_order, plain, with_order
from account_portal.merchant.lists.people import of_customer
from account_portal.merchant.rows import WithOrder
from account_portal.models import Claim, ClaimItem, Order, OrderLine, OrderReturn, Shipment

_CLAIMS = Keys(col(Claim.id), col(Claim.status), col(Claim.modified_at))


def list_claims(ctx: Context, query: ClaimsQuery) -> CursorPage[list[ClaimRow]]:
    """Claims of any customer."""
    ctx.require_shop()
    where = of_order(ctx, col(Claim.order_id), query.order_number)
    where += of_customer(ctx, col(Claim.customer_id), query.customer)
    ids, cursor = find_page(ctx, _CLAIMS, query, statuses=query.status, where=where)
    return CursorPage(bring_along(ctx, _claims(ctx, ids), query.expand), cursor)


def get_claim(ctx: Context, number: str, expand: Sequence[WithOrder] = ()) -> ClaimRow:
    """One claim, by its number.

    Raises:
        NotFound: there is none.
    """
    ctx.require_shop()
    ids = id_of(ctx, Claim, col(Claim.claim_number), number)
    return bring_along(ctx, _claims(ctx, ids), expand)[0]


def _claims(ctx: Context, ids: Sequence[str]) -> list[ClaimRow]:
    items: dict[str, list[tuple[ClaimItem, OrderLine]]] = defaultdict(list)
    for item, line in ctx.db.execute(
        select(ClaimItem, OrderLine)
        .join(OrderLine, col(OrderLine.id) == col(ClaimItem.line_id))
        .where(col(ClaimItem.claim_id).in_(ids))
        .order_by(col(ClaimItem.position))
    ):
        items[item.claim_id].append((item, line))
    shown = evidence_of(ctx, ClaimItem, [item.id for found in items.values() for item, _ in found])
    replacement, resent = aliased(Order), aliased(Shipment)
    numbers: dict[str, Any] = {
        row.id: row
        for row in ctx.db.execute(
            select(
                col(Claim.id),
                col(Shipment.reference_number).label("parcel"),
                col(replacement.order_number).label("replacement"),
                col(resent.reference_number).label("resent"),
                col(OrderReturn.request_number).label("back"),
            )
            .outerjoin(Shipment, col(Shipment.id) == col(Claim.shipment_id))
            .outerjoin(replacement, col(replacement.id) == col(Claim.replacement_order_id))
            .outerjoin(resent, col(resent.id) == col(Claim.resent_shipment_id))
            .outerjoin(OrderReturn, col(OrderReturn.id) == col(Claim.return_id))
            .where(col(Claim.id).in_(ids))
        )
    }
    return [
        ClaimRow(
            **plain(row, ClaimRow),
            order_number=order_number,
            currency=currency,
            items=[
                ClaimUnits(
                    sku=line.twin_of or line.sku,
                    product_id=line.product_id,
                    product_name=line.product_name,
                    quantity=item.quantity,
                    problem=item.problem,
                    details=item.details,
                    evidence=shown[item.id],
                    amount=money.to_major(item.amount, currency),
                )
                for item, line in items[row.id]
            ],
            amount=money.to_major(sum(item.amount for item, _ in items[row.id]), currency),
            reference_number=numbers[row.id].parcel,
            replacement_order_number=numbers[row.id].replacement,
            resent_reference_number=numbers[row.id].resent,
            return_request_number=numbers[row.id].back,
        )
        for row, order_number, currency, _ in with_order(ctx, Claim, ids)
    ]
