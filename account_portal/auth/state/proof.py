"""State of the dialog that asks who is signed in to confirm it, before something sensitive."""

from typing import Any

import pydantic
import reflex as rx

from account_portal.auth import service
from account_portal.auth.rules import Channel
from account_portal.auth.schemas import ConfirmPassword, OtpContent, VerifyOtp
from account_portal.core.errors import TooManyAttempts
from account_portal.doors.page import write
from account_portal.ui.asking import told_in_form
from account_portal.ui.failures import refused
from account_portal.ui.page_state import PageState, action


class ProofState(PageState):
    """Confirming who it is, by password or by a code to a contact; then the page goes on."""

    channel: str = ""
    """How a code is on its way; empty as long as none was asked for."""
    sent_to: str = ""
    was_sent_again: bool = False
    is_asking_passkey: bool = False
    """The browser asks its user."""
    _sent: dict[str, tuple[str, str]] = {}
    """What was asked for by each channel: the code's handle and its action."""

    @action
    async def prove_by_password(self, form: dict[str, Any]) -> Any:
        """Take the password for proof."""
        try:
            data = ConfirmPassword.model_validate({"password": form.get("password")})
        except pydantic.ValidationError:
            self.errors = {"password": "Enter your password."}
            return None
        with told_in_form(self):
            await write(self, service.confirm_password, data, slow_first=True)
            return self._go_on_proven()

    @action
    async def send_proof_code(self, channel: Channel) -> None:
        """Send a code to a contact of the customer's."""
        await self._send(channel)

    @action
    async def send_proof_code_again(self) -> None:
        """Send another one the same way."""
        self.was_sent_again = False
        await self._send(self.channel, again=True)

    async def _send(self, channel: str, *, again: bool = False) -> None:
        if self.proof is None or channel not in self.proof.codes:
            return
        with told_in_form(self):
            try:
                sent: OtpContent = await write(self, service.send_proof_code, channel)
            except TooManyAttempts:
                if again or channel not in self._sent:
                    raise
                # Another way was looked at meanwhile: the code of a moment ago still works.
            else:
                self._sent = {**self._sent, channel: (sent.otp_token, sent.otp_action)}
            self.channel, self.sent_to = channel, self.proof.codes[channel]
            self.was_sent_again = again

    @action
    async def prove_by_code(self, form: dict[str, Any]) -> Any:
        """Take the code for proof."""
        token, act = self._sent.get(self.channel, ("", ""))
        try:
            data = VerifyOtp.model_validate(
                {"otp": form.get("otp"), "otp_token": token, "otp_action": act}
            )
        except pydantic.ValidationError:
            self.errors = {"otp": "Enter the code we sent you."}
            return None
        with told_in_form(self, otp_expired="otp", otp_not_found="otp", otp_invalid="otp"):
            await write(self, service.confirm_contact, data)
            return self._go_on_proven()

    @rx.event
    async def ask_passkey(self, _form: str) -> None:
        """The browser was asked for a passkey."""
        self.is_asking_passkey, self.errors = True, {}

    @rx.event
    async def refuse_passkey(self, failure: dict[str, Any]) -> None:
        """The browser gave none, or it does not fit."""
        seconds = failure.get("retry_after")
        self.is_asking_passkey = False
        self.errors = refused(
            str(failure.get("code")), retry_after=seconds if isinstance(seconds, int) else 0
        )

    @action
    async def prove_by_passkey(self) -> Any:
        """The server took a passkey for proof. Go on: what was put off asks for itself."""
        return self._go_on_proven()

    @rx.event
    async def use_another_way(self) -> None:
        """Back to the choice of ways."""
        self._begin_anew()

    @rx.event
    async def stay_unproven(self) -> None:
        """The dialog was closed: what asked for the proof is not done."""
        self._begin_anew()
        self.proof = self._put_off = None

    def _go_on_proven(self) -> Any:
        self._begin_anew()
        self._sent = {}
        return self._go_on()

    def _begin_anew(self) -> None:
        self.channel, self.sent_to, self.was_sent_again, self.errors = "", "", False, {}
        self.is_asking_passkey = False
