"""When a device was last in use, for the list on the security page."""

from datetime import datetime, timedelta

import reflex as rx

from account_portal.auth.service import note_seen
from account_portal.core.clock import utc_now
from account_portal.core.errors import PortalError
from account_portal.doors.page import write
from account_portal.ui.page_state import PageState

NOTED_EVERY = timedelta(minutes=5)


class PresenceState(PageState):
    """Notes that the customer is here, each time a page of theirs is opened."""

    _noted_at: datetime | None = None

    @rx.event
    async def note(self) -> None:
        """Write it down, at most once in five minutes; nobody signed in leaves no trace."""
        now = utc_now()
        if self._noted_at is not None and now - self._noted_at < NOTED_EVERY:
            return
        self._noted_at = now
        try:
            await write(self, note_seen)
        except PortalError:
            return  # a busy database; the next page will do
