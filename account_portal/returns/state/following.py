"""States of the list of returns and of one return."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.core.ids import new_id
from account_portal.core.schemas import Moment, View
from account_portal.core.validation import readable_phones
from account_portal.doors.page import read, write
from account_portal.returns import service
from account_portal.returns.rules import ReturnNotUnderWay
from account_portal.returns.schemas import (
    OrderReturn,
    ReturnDetail,
    TellReturnParcel,
)
from account_portal.states import ReturnStatus
from account_portal.ui.page_state import PageData, PageState, action, page_load, typed
from account_portal.ui.paging import page_links, wanted_page

_PICTURES = 3


class ReturnCard(View):
    """A return in the list."""

    request_number: str
    status: ReturnStatus
    created_at: Moment
    summary: str
    pictures: list[str]
    more_pictures: int


class ReturnsState(PageData, PageState):
    """All returns of the customer. The page is in the address."""

    cards: list[ReturnCard] = []
    page: int = 1
    pages: int = 0
    previous_link: str = ""
    next_link: str = ""

    @page_load
    async def load(self) -> None:
        """Show the page the address asks for."""
        wanted = wanted_page(self.router.url.query_parameters)
        found = await read(self, service.list_returns, wanted)
        self.cards = [_card(one) for one in found.rows]
        self.page, self.pages = wanted.page, found.pagination.total_pages
        self.previous_link, self.next_link = page_links(routes.RETURNS, found.pagination)


def _card(one: OrderReturn) -> ReturnCard:
    pictures = [item.product_image_url or "" for item in one.return_items]
    names = [item.product_name for item in one.return_items]
    more = len(names) - 1
    return ReturnCard(
        request_number=one.request_number,
        status=one.status,
        created_at=one.created_at,
        summary=names[0] + (f" and {more} more" if more else ""),
        pictures=pictures[:_PICTURES],
        more_pictures=max(0, len(pictures) - _PICTURES),
    )


class ReturnDetailState(PageData, PageState):
    """One return."""

    DIALOGS = ("is_cancelling", "is_telling_parcel")
    shown: ReturnDetail | None = None
    is_cancelling: bool = False
    is_telling_parcel: bool = False
    _repeat: str = ""

    @rx.var
    def phones(self) -> dict[str, str]:
        """How the numbers of its addresses are read, by the numbers as they stand."""
        return readable_phones(self.shown.order_return.shipping_address) if self.shown else {}

    @page_load
    async def load(self) -> None:
        """Show the return of the address."""
        self.shown = await read(self, service.get_return_detail, self.return_id)
        self._repeat = new_id()

    @rx.event
    async def open_cancel(self) -> None:
        """Ask whether to cancel."""
        self.is_cancelling = True

    @rx.event
    async def close_cancel(self) -> None:
        """Keep the return."""
        self.is_cancelling = False

    @action
    async def cancel(self) -> None:
        """Withdraw the return."""
        number = self.return_id
        try:
            await write(self, service.cancel_return, number, repeat=self._repeat)
        finally:
            self.is_cancelling = False  # what went wrong is said on the page beneath
        self.shown = await read(self, service.get_return_detail, number)
        self._say("Return cancelled.")

    @rx.event
    async def open_parcel(self) -> None:
        """Ask for the tracking number."""
        self.errors, self.is_telling_parcel = {}, True

    @rx.event
    async def close_parcel(self) -> None:
        """Leave the parcel as it was told."""
        self.is_telling_parcel = False

    @action
    async def tell_parcel(self, form: dict[str, Any]) -> None:
        """Name the parcel that was sent."""
        courier = typed(form, "courier_company_name", 100)
        data = TellReturnParcel.model_validate(
            {
                "awb_no": typed(form, "awb_no", 64),
                **({"courier_company_name": courier} if courier else {}),
            }
        )
        shown, number = self.shown, self.return_id
        if shown is None:
            return
        of_order = shown.order_return.original_order_number
        try:
            await write(self, service.tell_parcel, of_order, number, data)
        except ReturnNotUnderWay:
            self.is_telling_parcel = False
            raise
        self.shown = await read(self, service.get_return_detail, number)
        self.is_telling_parcel = False
        self._say("Thank you. We look out for your parcel.")
