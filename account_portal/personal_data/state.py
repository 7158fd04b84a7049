"""State of the page about one's own data."""

from account_portal import routes
from account_portal.auth.service import require_fresh_proof
from account_portal.doors.page import read, write
from account_portal.personal_data import service
from account_portal.personal_data.schemas import OwnData
from account_portal.ui.leaving import Leaving
from account_portal.ui.page_state import PageData, PageState, action, page_load


class OwnDataState(Leaving, PageData, PageState):
    """The copy of everything."""

    shown: OwnData | None = None

    @page_load
    async def load(self) -> None:
        """Show what was asked for."""
        await self._show()
        self.leaving = ""

    async def _look_again(self) -> None:
        await self._show()

    async def _show(self) -> None:
        self.shown = await read(self, service.read_own_data)

    @action
    async def request_export(self) -> None:
        """Ask for a copy."""
        await write(self, service.request_export)
        await self._show()
        self._say("We are making your copy. You get a message when it is ready.")

    @action
    async def fetch_export(self, export_id: str) -> None:
        """Fetch the copy: the browser goes to its address, which is a file."""
        found = await read(self, service.export_address, export_id)
        self.leave_to = found.download_url

    @action
    async def ask_to_delete(self) -> None:
        """Say what deleting the account means, as it stands now."""
        await read(self, require_fresh_proof)
        await self._show()
        self.leaving = "asked"

    @action
    async def delete_account(self) -> None:
        """Delete the account, which ends every session, and leave."""
        if self.leaving != "sure":
            return
        await write(self, service.delete_account)
        self.leave_to = f"{routes.LOGIN}?deleted=1"
