"""Where the store's payment gateway tells what became of payments and refunds."""

import logging

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from account_portal import routes
from account_portal.context import SHOP, enter
from account_portal.core.errors import Conflict, NotFound, PayloadTooLarge, PortalError
from account_portal.gateways.payments import PaymentReport, ReportNotUnderstood, ReportRefused
from account_portal.orders import service

log = logging.getLogger("account_portal.payments")

LARGEST = 256 * 1024
"""Bytes of a message; gateways' are a few thousand."""

payment_events = APIRouter(include_in_schema=False)


class NotSigned(PortalError):
    """Anybody may have sent it."""

    status = 400
    code = "signature_invalid"
    message = "This is not signed by the payment gateway."


class NotUnderstood(PortalError):
    """The gateway said it, and nobody knows what."""

    status = 400
    code = "validation_failed"
    message = "This is signed by the payment gateway, and cannot be read."


@payment_events.post(routes.PAYMENT_EVENTS)
async def take_event(request: Request) -> Response:
    """Take a message of the gateway; it repeats until it is answered with success."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise PayloadTooLarge
    headers = {name.lower(): value for name, value in request.headers.items()}
    await run_in_threadpool(_take, body, headers)
    return JSONResponse({"received": True})


def _take(body: bytes, headers: dict[str, str]) -> None:
    with enter(writes=False, actor=SHOP) as ctx:
        gateway = ctx.gateways.payments
    if gateway is None:
        raise NotFound
    try:
        report = gateway.read(body, headers)
    except ReportRefused as error:
        log.warning("a message that no gateway signed was refused: %s", error)
        raise NotSigned from None
    except ReportNotUnderstood as error:
        log.error("a message that the payment gateway signed cannot be read: %s", error)  # noqa: TRY400
        raise NotUnderstood from None
    if report is None:
        return
    try:
        with enter(writes=True, actor=SHOP) as ctx:
            if isinstance(report, PaymentReport):
                service.report_payment(ctx, report)
            else:
                service.report_refund(ctx, report)
    except (NotFound, Conflict) as error:
        # The account may take other payments, too; asking again would change nothing.
        log.warning("a message of the payment gateway is about nothing here: %s", error)
