"""State of the first page."""

from account_portal.dashboard import service
from account_portal.dashboard.schemas import Dashboard
from account_portal.ui.bridge import read
from account_portal.ui.session import PageData, Session, page_load


class DashboardState(PageData, Session):
    """The first page."""

    shown: Dashboard | None = None

    @page_load
    async def load(self) -> None:
        """Show where everything stands."""
        self.shown = await read(self, service.get_dashboard)
