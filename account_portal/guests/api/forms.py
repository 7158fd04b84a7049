"""Forms of the pages: they set the cookie that opens one order for an hour."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from account_portal.context import Context
from account_portal.core.errors import NotAuthenticated
from account_portal.doors.form import CookieToSet, Fields, FormResult, answer_form, parse_form
from account_portal.guests import service
from account_portal.guests.schemas import ConfirmOrder, FindOrder
from account_portal.routes import ANOTHER_FOUND, FIND_ORDER, FOUND_ORDER
from account_portal.security import otp
from account_portal.security.cookies import find_cookie_name, order_cookie_name

forms = APIRouter(prefix="/api/find-order", include_in_schema=False)

CODE_STEP = f"{FIND_ORDER}?step=code"


@forms.post("/find")
async def find(request: Request) -> Response:
    """Look for `order_number` by `contact`; the browser then waits for a code."""

    def work(ctx: Context, form: Fields) -> FormResult:
        wanted = parse_form(FindOrder, form)
        try:
            sent = service.find_order(ctx, wanted)
        except otp.CodeJustSent:
            # The form of another order's code would refuse this order's.
            if not service.awaits_code(ctx, request.cookies.get(find_cookie_name(), ""), wanted):
                raise
            return FormResult(next=CODE_STEP)
        kept = CookieToSet(sent.find_token, int(otp.LIFE.total_seconds()))
        return FormResult(next=CODE_STEP, cookies={find_cookie_name(): kept})

    return await answer_form(request, work, writes=True, page=FIND_ORDER)


@forms.post("/confirm")
async def confirm(request: Request) -> Response:
    """Open the order with the code that was typed as `otp`."""

    def work(ctx: Context, form: Fields) -> FormResult:
        token = request.cookies.get(find_cookie_name(), "")
        if not token:
            raise otp.OtpNotFound
        wanted = parse_form(ConfirmOrder, {"find_token": token, "otp": form.get("otp", "")})
        found = service.confirm_order(ctx, wanted)
        otp.end_key(ctx.db, ctx.now, ctx.caller.order_proof)  # no sign-out would end it any more
        kept = CookieToSet(found.order_token, int(service.LIFE.total_seconds()))
        return FormResult(
            next=FOUND_ORDER, cookies={order_cookie_name(): kept, find_cookie_name(): None}
        )

    return await answer_form(request, work, writes=True, page=CODE_STEP)


@forms.post("/leave")
async def leave(request: Request) -> Response:
    """Close the order of the page, here and wherever else its key may have got to."""

    def work(ctx: Context, form: Fields) -> FormResult:
        try:
            service.require_open(ctx, form.get("order_number", ""))
            service.leave_order(ctx)
        except service.AnotherOrderOpen:
            return FormResult(next=ANOTHER_FOUND)
        except NotAuthenticated:
            pass  # over already: the cookie goes all the same
        return FormResult(next=FIND_ORDER, cookies={order_cookie_name(): None})

    return await answer_form(request, work, writes=True, page=FIND_ORDER)
