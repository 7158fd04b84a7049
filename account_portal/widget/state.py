"""State of a page in a storefront's frame: who is signed in there."""

from typing import Any

import reflex as rx
from reflex.state import OnLoadInternalState

from account_portal.auth import service as auth
from account_portal.doors.page import write
from account_portal.ui.page_state import PageState, action

# Runs the loaders of the page that is open.
LOAD_AGAIN = OnLoadInternalState.on_load_internal


class FrameState(PageState):
    """How a frame is signed in and out while its page stays open.

    A frame that was signed in connects anew, with the proof that it was given: it may have no
    cookie at all.
    """

    @rx.event
    async def find_shut(self) -> None:
        """Nobody vouches for a customer: offer to sign in."""
        if self.gate == "asking":
            self.gate = "shut"

    @rx.event
    async def ask_again(self) -> None:
        """The customer wants to sign in after all."""
        self.gate = "asking"

    @rx.event
    async def refresh(self) -> Any:
        """Show the present state of things, as after a payment in another window."""
        return LOAD_AGAIN

    @action
    async def sign_out(self) -> Any:
        """The customer signs out here; the storefront is told, to sign out too."""
        self._tell_storefront("signout")
        return await self._leave()

    @action
    async def leave(self) -> Any:
        """The customer has signed out of the storefront, or in another frame of its page."""
        return await self._leave()

    async def _leave(self) -> Any:
        """End the session, and with it that of the window it was signed in by."""
        try:
            await write(self, auth.end_page_session)
        finally:
            self._sent_to_login = True
        self.gate = "left"
        return LOAD_AGAIN
