"""Receipts and invoices as files. Not part of the contract: addresses come from its answers."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from account_portal.api.router import read_caller
from account_portal.context import SHOP, enter
from account_portal.edge.csp import DATA_POLICY
from account_portal.orders.schemas import BillKind
from account_portal.orders.service import billing

bill_files = APIRouter(include_in_schema=False, redirect_slashes=False)

_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": f"{DATA_POLICY}; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@bill_files.get("/api/{kind}s/{order_number}.pdf")
def read_bill(
    request: Request,
    kind: BillKind,
    order_number: str,
    e: int = 0,
    s: str = "",
    known: Annotated[str, Header(alias="if-none-match")] = "",
) -> Response:
    """The PDF at an address that was given out; in a thread, as it is drawn here."""
    with enter(read_caller(request), writes=False, actor=SHOP) as ctx:
        file = billing.open_bill(ctx, kind, order_number, e, s)
    headers = {**_HEADERS, "ETag": file.etag}
    if file.etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return Response(file.content(), headers=headers, media_type="application/pdf")
