"""State of the page that sets a new password with a code."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.auth.state.login import ask_second_at_login
from account_portal.auth.state.sign_in_form import SignInForm, on_the_way
from account_portal.ui.page_state import PageState


class ForgotState(SignInForm, PageState):
    """A new password, with a code. Also for the signed in who never had one."""

    @rx.event
    async def load(self) -> None:
        """Show the step of the address."""
        self._start()

    @rx.event
    async def code_sent(self, answer: dict[str, Any]) -> Any:
        """Ask for the code that is on its way, and the new password; or for the second proof."""
        if answer.get("second"):  # the new password is set once that came
            self.underway = ""
            return await ask_second_at_login(self, answer["second"])
        self._code_is_sent(answer)
        if self.step == "code":
            self._say(self._sent_words())
            return None
        return rx.redirect(on_the_way(routes.FORGOT_PASSWORD, self.wanted, step="code"))
