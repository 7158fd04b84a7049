"""Reading claims: bounded, however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from account_portal.claims import schemas
from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import NotFound
from account_portal.core.pagination import Page, PageParams, paginate
from account_portal.evidence.schemas import EvidenceFile
from account_portal.evidence.service import evidence_of
from account_portal.models import Claim, ClaimItem, Order, OrderLine, OrderReturn, Shipment
from account_portal.orders import service as orders
from account_portal.orders.facts import load_facts
from account_portal.states import ClaimResolution

MOST_OF_AN_ORDER = 100
"""Claims of one order that are shown."""

_Replacement, _Resent = aliased(Order), aliased(Shipment)


def _claims(ctx: Context) -> Select[Any]:
    return (
        ctx.owned(Claim)
        .join(Order, col(Order.id) == col(Claim.order_id))
        .outerjoin(_Replacement, col(_Replacement.id) == col(Claim.replacement_order_id))
        .outerjoin(Shipment, col(Shipment.id) == col(Claim.shipment_id))
        .outerjoin(_Resent, col(_Resent.id) == col(Claim.resent_shipment_id))
        .outerjoin(OrderReturn, col(OrderReturn.id) == col(Claim.return_id))
        .add_columns(
            col(Order.order_number),
            col(Order.currency),
            col(Shipment.reference_number),
            col(_Replacement.order_number).label("replacement_number"),
            col(_Resent.reference_number).label("resent_number"),
            col(OrderReturn.request_number).label("return_number"),
        )
        .order_by(col(Claim.created_at).desc(), col(Claim.id).desc())
    )


def _views(ctx: Context, rows: Sequence[Row[Any]]) -> list[schemas.Claim]:
    ids = [row[0].id for row in rows]
    if not ids:
        return []
    items: dict[str, list[Any]] = defaultdict(list)
    for item, line in ctx.db.execute(
        select(ClaimItem, OrderLine)
        .join(OrderLine, col(OrderLine.id) == col(ClaimItem.line_id))
        .where(col(ClaimItem.claim_id).in_(ids))
        .order_by(col(ClaimItem.claim_id), col(ClaimItem.position))
    ):
        items[item.claim_id].append((item, line))
    refunds = orders.refunds_by_claim(ctx, ids)
    shown = evidence_of(ctx, ClaimItem, [item.id for found in items.values() for item, _ in found])
    return [_view(row, items[row[0].id], refunds[row[0].id], shown) for row in rows]


def _view(
    row: Any, items: list[Any], refunds: list[Any], evidence: dict[str, list[EvidenceFile]]
) -> schemas.Claim:
    claim, currency = row[0], row.currency
    amount = sum(item.amount for item, _ in items)
    is_whole = claim.shipment_id is not None
    agreed = amount if is_whole else sum(item.refunded for item, _ in items)
    return schemas.Claim(
        **claim.model_dump(include=_AS_THEY_ARE),
        order_number=row.order_number,
        reference_number=row.reference_number,
        claim_items=[
            schemas.ClaimItem(
                **line.model_dump(include={"product_id", "product_name", "product_image_url"}),
                **item.model_dump(include={"quantity", "problem", "details"}),
                sku=line.twin_of or line.sku,
                evidence=evidence[item.id],
                amount=money.to_major(item.amount, currency),
            )
            for item, line in items
        ],
        amount=money.to_major(amount, currency),
        currency=currency,
        agreed_amount=money.to_major(agreed, currency)
        if claim.resolution == ClaimResolution.REFUND
        else None,
        refund=refunds,
        replacement_order_number=row.replacement_number,
        resent_reference_number=row.resent_number,
        return_request_number=row.return_number,
    )


_AS_THEY_ARE = {
    "claim_number",
    "status",
    "wish",
    "resolution",
    "answer",
    "created_at",
    "modified_at",
    "decided_at",
    "withdrawn_at",
}


def list_claims(ctx: Context, page: PageParams) -> Page[list[schemas.Claim]]:
    """The caller's claims over all orders, newest first."""
    total = ctx.db.execute(
        select(func.count()).select_from(Claim).where(col(Claim.customer_id) == ctx.customer_id)
    ).scalar_one()
    if page.offset >= total:
        return Page([], paginate(total, page))
    rows = ctx.db.execute(_claims(ctx).limit(page.limit).offset(page.offset)).all()
    return Page(_views(ctx, rows), paginate(total, page))


def list_order_claims(ctx: Context, order_number: str) -> list[schemas.Claim]:
    """Claims of one order of the caller, newest first.

    Raises:
        NotFound: no such order of the caller.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    mine = _claims(ctx).where(col(Claim.order_id) == order.id)
    return _views(ctx, ctx.db.execute(mine.limit(MOST_OF_AN_ORDER)).all())


def _one(ctx: Context, *conditions: Any) -> Row[Any]:
    row = ctx.db.execute(_claims(ctx).where(*conditions)).one_or_none()
    if row is None:
        raise NotFound
    return row


def get_claim(ctx: Context, order_number: str, claim_number: str) -> schemas.Claim:
    """One claim of the caller.

    Raises:
        NotFound: no such claim under that order, or it is somebody else's.
    """
    row = _one(
        ctx,
        col(Claim.claim_number) == claim_number,
        col(Order.order_number) == order_number,
    )
    return _views(ctx, [row])[0]


def get_claim_detail(ctx: Context, claim_number: str) -> schemas.ClaimDetail:
    """One claim of the caller, as its page shows it.

    Raises:
        NotFound: no such claim of the caller.
    """
    row = _one(ctx, col(Claim.claim_number) == claim_number)
    [facts] = load_facts(ctx.db, [row[0].order_id])
    return schemas.ClaimDetail(
        claim=_views(ctx, [row])[0],
        digital=[line["sku"] for line in facts.files],
        refunds=orders.shown_refunds(ctx, row.order_number, claim_id=row[0].id),
        store_email=ctx.settings.store_email,
        help_link=orders.help_link(ctx, row.order_number),
    )
