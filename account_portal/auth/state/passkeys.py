"""The part of the security page's state that is about passkeys."""

from contextlib import suppress
from typing import Any

import pydantic
import reflex as rx

from account_portal.auth import service
from account_portal.auth.rules.passkeys import PasskeyInvalid
from account_portal.auth.schemas import NewPasskey, Passkey, RenamePasskey
from account_portal.core.errors import NotAuthenticated, NotFound, PortalError
from account_portal.doors.page import read, write
from account_portal.ui.asking import told_in_form
from account_portal.ui.failures import WHOLE, refused
from account_portal.ui.page_state import action

NONE_MADE = "No passkey was made. Try again when you are ready."


class Passkeys(rx.State, mixin=True):
    """Passkeys: made by the browser in a dialog, named, removed. Together with `Session`."""

    is_adding_passkey: bool = False
    passkey_options: dict[str, Any] = {}
    """What the browser is asked to make."""
    making_passkey: bool = False
    """The browser asks its user."""
    renaming_passkey: Passkey | None = None
    removing_passkey: Passkey | None = None
    passkey_fault: str = ""
    """Why none was made."""
    _passkey_token: str = ""

    @action
    async def ask_for_passkey(self) -> None:
        """Open the dialog, with what the browser has to know: it is asked by the next press."""
        begun = await write(self, service.begin_passkey)
        self.passkey_options, self._passkey_token = begun.options, begun.passkey_token
        self.making_passkey, self.passkey_fault = False, ""
        self.is_adding_passkey = True

    @rx.event
    async def make_passkey(self) -> None:
        """The browser was asked."""
        self.making_passkey, self.passkey_fault = True, ""

    @rx.event
    async def refuse_passkey(self, failure: dict[str, Any]) -> None:
        """The browser made none."""
        self.making_passkey = False
        code = str(failure.get("code"))
        self.passkey_fault = NONE_MADE if code == "passkey_cancelled" else refused(code)[WHOLE]

    @action
    async def add_passkey(self, credential: dict[str, Any]) -> None:
        """Keep what the browser made."""
        self.making_passkey = False
        told = {"passkey_token": self._passkey_token, "credential": credential}
        try:
            made = await write(self, service.add_passkey, NewPasskey.model_validate(told))
        except NotAuthenticated:
            raise  # the page asks to sign in again
        except (PortalError, pydantic.ValidationError) as error:
            self.passkey_fault = getattr(error, "message", PasskeyInvalid.message)
            return
        self.is_adding_passkey = False
        await self._show_security()
        self._say(f"Passkey added: {made.name}.")

    @rx.event
    async def stop_adding_passkey(self) -> None:
        """Close the dialog; what the browser may have made opens nothing."""
        self.is_adding_passkey = self.making_passkey = False
        self._passkey_token = self.passkey_fault = ""

    @action
    async def ask_passkey_name(self, passkey_id: str) -> None:
        """Ask for another name."""
        self.renaming_passkey = await self._passkey(passkey_id)

    @action
    async def rename_passkey(self, form: dict[str, Any]) -> None:
        """Call it otherwise."""
        if self.renaming_passkey is None:
            return
        data = RenamePasskey.model_validate({"name": str(form.get("name") or "")})
        with told_in_form(self):
            await write(self, service.rename_passkey, self.renaming_passkey.id, data)
            self.renaming_passkey = None
            await self._show_security()
            self._say("Passkey renamed.")

    @action
    async def ask_passkey_removal(self, passkey_id: str) -> None:
        """Ask whether to remove one."""
        await read(self, service.require_fresh_proof)
        self.removing_passkey = await self._passkey(passkey_id)

    @action
    async def remove_passkey(self) -> None:
        """Remove the one in question."""
        if self.removing_passkey is None:
            return
        with suppress(NotFound):  # removed in another window: as was wanted
            await write(self, service.remove_passkey, self.removing_passkey.id)
        self.removing_passkey = None
        await self._show_security()
        self._say("Passkey removed.")

    @rx.event
    async def keep_passkey(self) -> None:
        """Close the dialog; nothing changes."""
        self.renaming_passkey = self.removing_passkey = None

    async def _passkey(self, passkey_id: str) -> Passkey | None:
        await self._show_security()
        found = next((one for one in self.shown.passkeys if one.id == passkey_id), None)
        if found is None:
            self._say("This passkey is not there any more.", "warn")
        return found
