"""State of the sign-in page."""

from typing import Any, Literal

import reflex as rx

from account_portal import routes
from account_portal.auth.state.sign_in_form import SignInForm, on_the_way
from account_portal.ui.page_state import PageState


class LoginState(SignInForm, PageState):
    """Signing in with a password or a code. The step is in the address, so that Back works."""

    farewell: Literal["", "closed", "deleted"] = ""
    """What became of the account just now."""

    known: bool = False
    """A link in a message let codes work on this device again."""

    @rx.var
    def find_link(self) -> str:
        """Where one order is found without an account: the one that a message led to, if any."""
        return routes.find_order(self.wanted)

    @rx.event
    async def load(self) -> Any:
        """Show the form, or lead on who is signed in already."""
        self._start()
        said = self.router.url.query_parameters
        self.farewell = "closed" if said.get("closed") else "deleted" if said.get("deleted") else ""
        self.known = said.get("known") == "1"
        if (await self._look()).signed_in:
            return rx.redirect(self.wanted, replace=True)
        return None

    @rx.event
    async def code_sent(self, answer: dict[str, Any]) -> Any:
        """Ask for the code that is on its way, or for the second proof."""
        if answer.get("second"):
            self._second_is_asked(answer["second"])
            return rx.redirect(self._second_at("second"))
        if self.step in ("second", "second-code"):
            self._second_code_is_sent(answer)
            if self.step == "second-code":
                self._say(self._sent_words())
                return None
            return rx.redirect(self._second_at("second-code"))
        self._code_is_sent(answer)
        if self.step == "code":
            self._say(self._sent_words())
            return None
        return rx.redirect(on_the_way(routes.LOGIN, self.wanted, step="code"))


async def ask_second_at_login(state: Any, told: Any) -> Any:
    """Go on with the second proof, which the sign-in page asks for, from another page."""
    login = await state.get_state(LoginState)
    login.wanted = state.wanted
    login._second_is_asked(told)  # noqa: SLF001
    return rx.redirect(login._second_at("second"))  # noqa: SLF001
