"""State of the dialog that signs in again over a page, so that nothing typed there is lost."""

from typing import Any

import reflex as rx

from account_portal.auth.state.sign_in_form import SignInForm
from account_portal.doors.page import read_inline
from account_portal.ui.page_state import PageState, action, get_viewer


class SignInAgainState(SignInForm, PageState):
    """Signing in again in place.

    The form's answer sets a new cookie, with which the page connects anew and finds its state as it
    was. If somebody else signed in, the page is loaded anew: theirs is another.
    """

    @rx.event
    async def code_sent(self, answer: dict[str, Any]) -> None:
        """Ask for the code that is on its way, or for the second proof."""
        if answer.get("second"):
            self._second_is_asked(answer["second"])
            self.step = "second"
        elif self.step in ("second", "second-code"):
            self._second_code_is_sent(answer)
            self.step = "second-code"
        else:
            self._code_is_sent(answer)
            self.step = "code"

    @action
    async def done(self) -> Any:
        """Go on as the session just begun."""
        await read_inline(self, get_viewer)
        self._begin_anew()
        self.signed_out = False
        self._say("You are signed in again. Nothing you typed was lost.")
        return self._go_on()  # with what asked for a proof, which signing in is

    @rx.event
    async def use_password(self) -> None:
        """Back from the code to the password."""
        self._begin_anew()

    @rx.event
    async def choose_second(self) -> None:
        """Back to the choice of the second proof."""
        self.step, self.faults = "second", {}

    @rx.event
    async def use_recovery_code(self) -> None:
        """On to the field of a recovery code."""
        self.step, self.faults = "recovery", {}

    @rx.event
    async def put_off(self) -> None:
        """The dialog was closed; the next action that needs the customer opens it again."""
        self.signed_out = False

    def _begin_anew(self) -> None:
        self.step, self.underway, self.faults, self.contact = "", "", {}, ""
