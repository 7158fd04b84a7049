"""State of the dialog that signs in again over a page, so that nothing typed there is lost."""

from typing import Any

import reflex as rx

from account_portal.auth import service
from account_portal.auth.state.sending import Sending
from account_portal.core.errors import NotAuthenticated
from account_portal.ui.bridge import call
from account_portal.ui.session import Session, action


class SignInAgainState(Sending, Session):
    """Signing in again in place.

    The form's answer sets a new cookie, which this page's connection does not carry. It names the
    new session by a hand-over token instead, which works once, and for the same customer only.
    """

    @action
    async def done(self, answer: dict[str, Any]) -> Any:
        """Go on as the session just begun, or ask for the code that is on its way."""
        handover = str(answer.get("handover", ""))
        if not handover:
            self._code_is_sent(answer)
            self.step = "code"
            return None
        try:
            session_id = await call(self, service.take_over, handover, self._owner)
        except NotAuthenticated:
            # Somebody else signed in: theirs is another page, which a full load begins.
            self.leave_to = self._here()
            return None
        self._session_id = session_id
        self._begin_anew()
        self.signed_out = False
        self._say("You are signed in again. Nothing you typed was lost.")
        return self._go_on()  # with what asked for a proof, which signing in is

    @rx.event
    async def use_password(self) -> None:
        """Back from the code to the password."""
        self._begin_anew()

    @rx.event
    async def put_off(self) -> None:
        """The dialog was closed; the next action that needs the customer opens it again."""
        self.signed_out = False

    def _begin_anew(self) -> None:
        self.step, self.underway, self.faults, self.contact = "", "", {}, ""

    def _here(self) -> str:
        url = self.router.url
        return url.path + (f"?{url.query}" if url.query else "")
