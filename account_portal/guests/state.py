"""States of the pages on which an order is found without an account."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.core.errors import NotAuthenticated, PortalError
from account_portal.doors.page import read, write
from account_portal.guests import service
from account_portal.guests.schemas import CancelFoundOrder
from account_portal.orders.schemas import OrderDetail
from account_portal.returns.schemas import CreateOrderReturn, ReturnableItem
from account_portal.ui.page_state import PageState, action

_WORDS = {
    "otp_invalid": ("otp", "This code is not right."),
    "otp_expired": ("otp", "This code is no longer valid. Begin again."),
    "otp_not_found": ("otp", "This code is no longer valid. Begin again."),
    "validation_error": ("_", "Something is missing or not in the right form."),
    "channel_not_available": ("_", "This store cannot send codes. Please write to it."),
    "too_many_requests": ("_", "Too many attempts. Try again in a while."),
}
_FAULT = ("_", "This could not be done just now. Try again in a moment.")


class FindOrderState(PageState):
    """Looking for an order. The forms are sent by the browser, as their answers set cookies."""

    step: str = ""
    """`code` once a code is on its way."""
    faults: dict[str, str] = {}
    is_over: bool = False
    """The hour for which an order was open is over."""

    @rx.event
    async def load(self) -> None:
        """Show the step and the failure that the address names."""
        query = self.router.url.query_parameters
        self.step = "code" if query.get("step") == "code" else ""
        self.is_over = query.get("over") == "1"
        error = query.get("error", "")
        field, words = _WORDS.get(error, _FAULT)
        self.faults = {field: words} if error else {}


class FoundOrderState(PageState):
    """One order, for whoever proved its contact."""

    phase: str = "loading"
    shown: OrderDetail | None = None
    lines: list[ReturnableItem] = []
    """What of the order can go back."""
    can_return: bool = False
    asking: str = ""
    """What is asked about: `cancel` or `return`."""
    asked: str = ""
    """Number of the return that was asked for just now."""

    @rx.event
    async def load(self) -> Any:
        """Show the order that the browser's cookie opens, or lead back to looking for it."""
        self.reset()
        try:
            await self._show()
        except NotAuthenticated:
            self.shown, self.lines = None, []
            return rx.redirect(f"{routes.FIND_ORDER}?over=1", is_external=False, replace=True)
        except PortalError:
            self.phase = "failed"
        return None

    async def _show(self) -> None:
        self.shown = await read(self, service.read_found_order)
        self.lines = await read(self, service.list_found_items)
        self.can_return = any(line.returnable_quantity for line in self.lines)
        self.phase = "ready"

    @rx.event
    async def ask(self, about: str) -> None:
        """Begin to cancel or to send back; anything else closes what is open."""
        self.asking = about if about in ("cancel", "return") else ""
        self.errors = {}

    @action
    async def cancel(self, form: dict[str, Any]) -> None:
        """Cancel the whole order."""
        reason = str(form.get("cancellation_reason") or "").strip()
        data = CancelFoundOrder(cancellation_reason=reason or "No reason given")
        await self._do(service.cancel_found_order, data)
        self._say("The order is cancelled.")

    @action
    async def send_back(self, form: dict[str, Any]) -> None:
        """Ask to send the chosen units back for a refund."""
        reason = str(form.get("return_reason") or "").strip() or "No reason given"
        wanted = [
            {
                "product_id": line.product_id,
                "sku": line.sku,
                "quantity": int(units),
                "resolution": "refund",
                "return_reason": reason,
            }
            for line in self.lines
            if (units := str(form.get(f"quantity-{line.sku}") or "0")).isdecimal()
            and int(units) > 0
        ]
        if not wanted:
            self.errors = {"_": "Choose how many of which item go back."}
            return
        data = CreateOrderReturn.model_validate({"return_items": wanted})
        request = await self._do(service.return_found_items, data)
        self.asked = request.request_number
        self._say("Your return is requested. You hear from the store by message.")

    async def _do(self, deed: Any, data: Any) -> Any:
        try:
            done = await write(self, deed, data)
        except NotAuthenticated as error:
            self.shown, self.lines, self.asking = None, [], ""
            self.leave_to = f"{routes.FIND_ORDER}?over=1"
            raise PortalError(error.message) from None
        self.asking = ""
        await self._show()
        return done
