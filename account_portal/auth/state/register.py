"""State of the registration page."""

from typing import Any

import reflex as rx

from account_portal.auth.state.login import ask_second_at_login
from account_portal.auth.state.sign_in_form import SignInForm
from account_portal.ui.page_state import PageState


class RegisterState(SignInForm, PageState):
    """A new account."""

    @rx.event
    async def load(self) -> Any:
        """Show the form, or lead on who is signed in already."""
        self._start()
        if (await self._look()).signed_in:
            return rx.redirect(self.wanted, replace=True)
        return None

    @rx.event
    async def code_sent(self, answer: dict[str, Any]) -> Any:
        """The account is made; the shop asks for a second proof before it opens."""
        self.underway = ""
        return await ask_second_at_login(self, answer.get("second"))
