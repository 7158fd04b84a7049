"""States of the list of returns and of one return."""

import reflex as rx

from account_portal import routes
from account_portal.core.ids import new_id
from account_portal.core.schemas import Moment, View
from account_portal.core.validation import readable_phones
from account_portal.doors.page import read, write
from account_portal.returns import service
from account_portal.returns.schemas import (
    OrderReturn,
    ReturnDetail,
)
from account_portal.states import ReturnStatus
from account_portal.ui.page_state import PageData, PageState, action, page_load
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

    shown: ReturnDetail | None = None
    is_cancelling: bool = False
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
