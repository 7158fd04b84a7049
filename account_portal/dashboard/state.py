"""State of the first page."""

from account_portal import routes
from account_portal.dashboard import service
from account_portal.dashboard.schemas import Dashboard
from account_portal.doors.page import frame_of, read, write
from account_portal.orders import service as orders
from account_portal.ui.page_state import PageData, PageState, action, page_load


class DashboardState(PageData, PageState):
    """The first page."""

    shown: Dashboard | None = None

    @page_load
    async def load(self) -> None:
        """Show where everything stands."""
        self.shown = await read(self, service.get_dashboard)

    @action
    async def pay(self, order_number: str) -> None:
        """Go to the gateway's page for an order, and come back to the order."""
        back_to = routes.PAYMENT_DONE if frame_of(self) else routes.order_paid(order_number)
        result = await write(self, orders.pay_again, order_number, back_to=back_to)
        self.leave_to = result.payment_info.redirect_url
