"""The hosted page of the demo's gateway: pay, or fail. In demo mode only.

It stands in for the page a real gateway shows in its own place, so it has nothing of the shell and
works without script. Who holds the attempt's signature may answer it.
"""

from html import escape
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from account_portal import routes
from account_portal.context import SHOP, enter
from account_portal.core.errors import NotFound
from account_portal.core.ids import new_number
from account_portal.core.settings import get_settings
from account_portal.orders import service


def _require_demo() -> None:
    if not get_settings().demo:
        raise NotFound


gateway_page = APIRouter(
    prefix="/test-gateway", include_in_schema=False, dependencies=[Depends(_require_demo)]
)

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test payment</title>
<link rel="stylesheet" href="/plain-page.css">
<main>
  <p class="tag">Test gateway</p>
  <h1>{title}</h1>
  {body}
  <p class="note">No money moves here. A real gateway shows its own page in this place.</p>
</main>
</html>
"""


def _show(title: str, body: str, status: int = 200) -> HTMLResponse:
    page = _PAGE.format(title=escape(title), body=body)
    # The address holds the signature: it must not travel on.
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return HTMLResponse(page, status_code=status, headers=headers)


def _gone() -> HTMLResponse:
    link = f'<a href="{routes.ORDERS}">Your orders</a>'
    return _show(
        "This payment does not exist", f"<p>The link is incomplete or old. {link}</p>", 404
    )


@gateway_page.get("/{request_number}")
def show_payment(request_number: str, signature: str = "") -> Response:
    """Ask what should become of the attempt."""
    try:
        with enter(writes=False, actor=SHOP) as ctx:
            payment = service.get_hosted_payment(ctx, request_number, signature)
    except NotFound:
        return _gone()
    back = escape(routes.order(payment.order_number))
    if not payment.is_open:
        body = f'<p>This payment was answered already.</p><p><a href="{back}">To the order</a></p>'
        return _show("Nothing to pay", body)
    action = escape(f"/test-gateway/{request_number}?{urlencode({'signature': signature})}")
    body = f"""<p>Order {escape(payment.order_number)}</p>
  <p class="amount">{escape(payment.amount)}</p>
  <form method="post" action="{action}">
    <button name="outcome" value="success">Pay now</button>
    <button name="outcome" value="failure" class="quiet">Let the payment fail</button>
  </form>"""
    return _show("Pay for your order", body)


@gateway_page.post("/{request_number}")
def answer_payment(
    request_number: str, outcome: Annotated[str, Form()] = "", signature: str = ""
) -> Response:
    """Settle the attempt, and send the browser back to the shop."""
    succeeded = outcome == "success"
    try:
        with enter(writes=True, actor=SHOP) as ctx:
            payment = service.get_hosted_payment(ctx, request_number, signature)
            service.settle_payment(
                ctx,
                request_number,
                succeeded=succeeded,
                reference=new_number("TEST", ctx.now.year) if succeeded else None,
                method="Test payment",
            )
    except NotFound:
        return _gone()
    there = payment.success_url if succeeded else payment.failure_url
    default = get_settings().origin + routes.order(payment.order_number)
    return RedirectResponse(there or default, status_code=303)
