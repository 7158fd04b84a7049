"""Files that a page sends: how far they are, and what is said when they did not arrive."""

from typing import Any

import reflex as rx

from account_portal.core.errors import PortalError
from account_portal.doors.page import read_inline
from account_portal.ui.page_state import get_viewer


class Uploading(rx.State, mixin=True):
    """Of a page that sends files; `serving/uploads.js` calls `on_upload_progress=S.show_progress`.

    The upload's own handler sets `progress` back: once it runs, everything has arrived.
    """

    progress: int = 0
    """Percent of the files that has been sent."""
    sending_at: str = ""
    """The field that sends them, where there are several."""

    @rx.event
    async def show_progress(self, sent: dict[str, Any], field: str = "") -> None:
        """Say how much has been sent from a field, or that it did not arrive."""
        self.sending_at = field
        share = sent.get("progress")
        self.progress = round(100 * min(max(share, 0), 1)) if isinstance(share, int | float) else 0
        if not sent.get("failed"):
            return
        try:
            await read_inline(self, get_viewer)
        except PortalError as error:  # signed out meanwhile, which is why it was refused
            self._show_error(error)
        else:
            self.errors = {
                field or "_": "This could not be sent. Check your connection, then try again."
            }


def is_sending(state: Any, action: str) -> rx.Var[bool]:
    """Whether files are on their way, or `action`, their handler, is at work."""
    found: rx.Var[bool] = (state.busy == action) | ((state.progress > 0) & (state.progress < 100))
    return found
