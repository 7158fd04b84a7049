"""State of the security page."""

from typing import Any

from account_portal import routes
from account_portal.auth import service
from account_portal.auth.schemas import ChangePassword, Security
from account_portal.auth.state.passkeys import Passkeys
from account_portal.auth.state.two_step import TwoStepForm
from account_portal.doors.page import read, write
from account_portal.ui.leaving import Leaving
from account_portal.ui.page_state import PageData, PageState, action, page_load


class SecurityState(Leaving, Passkeys, TwoStepForm, PageData, PageState):
    """Devices, sign-ins of late, the password, and the end of the account."""

    shown: Security | None = None
    ending: str = ""
    """The device being signed out."""
    form_stamp: int = 0
    """Changes when the password was changed, so that the form begins empty."""

    @page_load
    async def load(self) -> Any:
        """Show devices and sign-ins; after a sign-in that led here, new recovery codes."""
        await self._show_security()
        self.leaving, self.ending = "", ""
        self.is_adding_passkey = False
        self.renaming_passkey = self.removing_passkey = None
        self.recovery_codes, self.turning_two_step_off = [], False
        return await self._lead_to_recovery_codes()

    async def _show_security(self) -> None:
        self.shown = await read(self, service.read_security)

    async def _look_again(self) -> None:
        await self._show_security()

    @action
    async def end(self, session_id: str) -> None:
        """Sign one device out."""
        self.ending = session_id
        await write(self, service.end_session, session_id)
        await self._show_security()
        self._say("That device is signed out.")

    @action
    async def end_others(self) -> None:
        """Sign all devices out but this one."""
        ended = await write(self, service.end_other_sessions)
        await self._show_security()
        self._say("No other device was signed in." if not ended else "All others are signed out.")

    @action
    async def change_password(self, form: dict[str, Any]) -> None:
        """Set another password; all other devices are signed out."""
        once = {"confirm_password": form.get("new_password", "")}
        data = ChangePassword.model_validate({**form, **once})
        await write(self, service.change_password, data, slow_first=True)
        await self._show_security()
        self.form_stamp += 1
        self._say("Password changed. All other devices are signed out.")

    @action
    async def ask_to_leave(self) -> None:
        """Say what closing the account means."""
        await read(self, service.require_fresh_proof)
        self.leaving = "asked"

    @action
    async def close_account(self) -> None:
        """Close the account, which ends every session, and leave."""
        if self.leaving != "sure":
            return
        await write(self, service.deactivate_user)
        self.leave_to = f"{routes.LOGIN}?closed=1"
