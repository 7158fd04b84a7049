"""The part of the security page's state that is about two-step sign-in."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.auth import service
from account_portal.doors.page import read, write
from account_portal.ui.page_state import action


class TwoStepForm(rx.State, mixin=True):
    """Two-step sign-in: turned on and off, its recovery codes. Together with `Session`."""

    recovery_codes: list[str] = []
    """Just made: they are shown until the dialog is closed, and never again."""
    turning_two_step_off: bool = False

    @action
    async def turn_two_step_on(self) -> None:
        """Ask for two proofs from now on, and show the recovery codes."""
        made = await write(self, service.turn_two_step_on)
        self.recovery_codes = made.recovery_codes
        await self._look_again()

    @action
    async def renew_recovery_codes(self) -> None:
        """Show new codes in place of those there were."""
        made = await write(self, service.renew_recovery_codes)
        self.recovery_codes = made.recovery_codes
        await self._look_again()

    @rx.event
    async def close_recovery_codes(self) -> Any:
        """The customer has kept them, and goes on to where sign-in was to lead."""
        self.recovery_codes = []
        said = self.router.url.query_parameters
        if said.get("codes"):
            return rx.redirect(routes.local_path(said.get("next")), replace=True)
        return None

    async def _lead_to_recovery_codes(self) -> Any:
        """Make them where sign-in led here for that: not where there are any, which go then."""
        two_step = self.shown.two_step
        is_asked = self.router.url.query_parameters.get("codes") and two_step.is_required
        if is_asked and two_step.is_on and not two_step.recovery_codes_left:
            return type(self).renew_recovery_codes
        return None

    @action
    async def ask_two_step_off(self) -> None:
        """Ask whether to turn it off."""
        await read(self, service.require_fresh_proof)
        self.turning_two_step_off = True

    @action
    async def turn_two_step_off(self) -> None:
        """Ask for one proof again."""
        if not self.turning_two_step_off:
            return
        self.turning_two_step_off = False
        await write(self, service.turn_two_step_off)
        await self._look_again()
        self._say("Two-step sign-in is off.")

    @rx.event
    async def keep_two_step(self) -> None:
        """Close the dialog; nothing changes."""
        self.turning_two_step_off = False
