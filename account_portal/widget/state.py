"""State of a page in a storefront's frame: who is signed in there."""

from typing import Any

import reflex as rx
from reflex.state import OnLoadInternalState

from account_portal.auth import service as auth
from account_portal.core.errors import NotAuthenticated
from account_portal.ui.bridge import call, frame_of
from account_portal.ui.session import Session, action

# Runs the loaders of the page that is open.
LOAD_AGAIN = OnLoadInternalState.on_load_internal


class FrameState(Session):
    """How a frame is signed in and out while its page stays open.

    The page's connection can't see a cookie that was set since it began, and may have none at all.
    It names its session by a hand-over token instead, which works once; the session is kept on the
    server, under the frame's own token.
    """

    @action
    async def enter(self, handover: str) -> Any:
        """Go on as the session that the frame was given."""
        if not frame_of(self):
            return None  # other pages are their cookie's
        try:
            session_id = await call(self, auth.take_over, str(handover), None)
        except NotAuthenticated:
            self.gate = "shut"
            return None
        self._session_id, self.gate = session_id, ""
        return LOAD_AGAIN

    @rx.event
    async def find_shut(self) -> None:
        """Nobody vouches for a customer: offer to sign in."""
        if self.gate == "asking":
            self.gate = "shut"

    @rx.event
    async def resume(self) -> Any:
        """The storefront can't be asked: whoever was signed in here goes on."""
        self._may_use_cookie, self.gate = True, ""
        return LOAD_AGAIN

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
            await call(self, auth.end_page_session)
        finally:
            self._session_id, self._owner, self._led_away = "", "", True
            self._may_use_cookie = False
        self.gate = "left"
        return LOAD_AGAIN
