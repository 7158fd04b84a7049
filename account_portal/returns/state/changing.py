"""State of the form that changes what goes back."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.core.errors import Unprocessable
from account_portal.core.ids import new_id
from account_portal.doors.page import read, write
from account_portal.orders.rules import PreviewOutdated
from account_portal.returns import rules, service
from account_portal.returns.schemas import ChangeableReturn, ChangeOrderReturn, ReturnQuote
from account_portal.returns.state.drafts import ReturnLine, as_asked, as_returnable
from account_portal.returns.state.form import ReturnForm
from account_portal.ui.page_state import PageData, PageState, action, page_load


class ChangeReturnState(ReturnForm, PageData, PageState):
    """The form that changes a return until the store has decided. Its step is in the address.

    It begins with what was asked for, again whenever that became something else.
    """

    number_of_order: str = ""
    is_twice: bool = False
    """Whether a line is asked for in two ways, which the form has no place for."""
    _began_with: str = ""
    _repeat: str = ""

    def _of_order(self) -> str:
        return self.number_of_order

    @page_load
    async def load(self) -> None:
        """Show what was asked for, or what was chosen so far."""
        try:
            found = await read(self, service.get_changeable_return, self.return_id)
        except rules.ReturnNotChangeable:
            self.lines, self.can_return, self.step = [], False, 1
            return
        self._show(found)
        wanted = dict(self.router.url.query_parameters).get("step", "1")
        self.step = min(2 if wanted == "2" else 1, self._reached)
        if self.step == 2:
            await self._show_quote()

    def _show(self, found: ChangeableReturn) -> None:
        request = found.order_return
        self.number_of_order = request.original_order_number
        is_new = self._began_with != request.modified_at.isoformat()
        if is_new:
            self._began_with = request.modified_at.isoformat()
            self._repeat, self._reached, self.quote = new_id(), 1, None
        asked = {one.sku: one for one in request.return_items}
        self.is_twice = not rules.fits_the_form([one.sku for one in request.return_items])
        self.can_return = not self.is_twice
        known = {line.item.sku: line for line in self.lines}
        lines = []
        for item in found.lines:
            line = ReturnLine(item=item, counts=[])
            if is_new and item.sku in asked:
                line = as_asked(line, asked[item.sku])
            elif not is_new:
                line = known.get(item.sku, line)
            lines.append(as_returnable(line, item))
        self.lines = lines

    async def _show_anew(self) -> None:
        self._show(await read(self, service.get_changeable_return, self.return_id))

    async def _quote(self) -> ReturnQuote:
        found: ReturnQuote = await read(
            self, service.quote_change, self.number_of_order, self.return_id, self._wanted()
        )
        return found

    async def _drop_evidence(self, evidence_id: str) -> None:
        """What the request has already stays until the change is sent."""
        asked = await read(self, service.get_changeable_return, self.return_id)
        had = {file.id for one in asked.order_return.return_items for file in one.evidence}
        if evidence_id not in had:
            await super()._drop_evidence(evidence_id)

    @action
    async def check(self, form: dict[str, Any]) -> Any:
        """Go on to what the change would give back."""
        if not await self._is_complete(form):
            return None
        self._reached = 2
        return rx.redirect(self._here + "?step=2")

    @action
    async def send(self) -> Any:
        """Change the return: once, however often it is pressed."""
        if self._reached < 2:
            return rx.redirect(self._here)
        data, number = ChangeOrderReturn(**self._said()), self.return_id
        try:
            await write(
                self,
                service.change_return,
                self.number_of_order,
                number,
                data,
                repeat=self._repeat,
            )
        except PreviewOutdated as error:
            await self._show_quote()
            self._say(error.message, "danger")
            return None
        except Unprocessable as error:
            self._forget_gone(error)
            self._say(error.message, "danger")
            return rx.redirect(self._here)
        self._say("Return changed.")
        return rx.redirect(f"{routes.RETURNS}/{number}")

    @property
    def _here(self) -> str:
        return str(self.router.url.path.rstrip("/"))
