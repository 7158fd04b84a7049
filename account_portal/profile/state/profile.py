"""State of the profile page: name, picture, e-mail and phone."""

from contextlib import suppress
from typing import Any, Literal

import pydantic
import reflex as rx

from account_portal.auth import service as auth
from account_portal.auth.schemas import (
    GenerateOtpWithEmail,
    GenerateOtpWithPhone,
    OtpContent,
    User,
    VerifyOtp,
)
from account_portal.core.errors import TooManyAttempts
from account_portal.core.schemas import Upload
from account_portal.core.validation import national_number, readable_phone
from account_portal.doors.page import read, write
from account_portal.gateways import get_gateways
from account_portal.profile import service
from account_portal.profile.schemas import ProfileImageUpload, UserUpdate
from account_portal.ui.asking import told_in_form
from account_portal.ui.page_state import PageData, PageState, action, page_load
from account_portal.ui.uploading import Uploading

Field = Literal["email", "phone"]
_WORDS = {"email": "e-mail address", "phone": "phone number"}


class ProfileState(Uploading, PageData, PageState):
    """Who the customer is, and how we reach them."""

    profile: User | None = None
    since: str = ""
    """The moment they became a customer."""
    phone_text: str = ""
    """The phone as it is read, with its prefix."""
    is_renaming: bool = False
    is_picturing: bool = False
    """The dialog for the picture is open."""
    has_picked: bool = False
    asked: str = ""
    """The contact that the dialog is about: `email` or `phone`; empty while it is closed."""
    is_confirming: bool = False
    """A code is on its way, and the dialog asks for it."""
    is_new_contact: bool = False
    """The contact in the dialog replaces the present one; otherwise it only gets verified."""
    sent_to: str = ""
    was_sent_again: bool = False
    _channel: str = ""
    _value: str = ""
    _country_code: str = ""
    _otp_token: str = ""
    _sent_for: str = ""
    """What the token is for, and the contact that its code went to."""

    @page_load
    async def load(self) -> None:
        """Show the profile."""
        self.is_renaming = self.is_picturing = self.is_confirming = False
        self.asked, self.progress = "", 0
        await self._show()

    async def _show(self) -> None:
        self.profile = await read(self, service.read_profile)
        self.since = (await read(self, service.customer_since)).isoformat()
        self.phone_text = readable_phone(self.profile.country_code, self.profile.phone)

    @rx.event
    async def rename(self) -> None:
        """Turn the name into fields."""
        self.is_renaming, self.errors = True, {}

    @rx.event
    async def stop_renaming(self) -> None:
        """Keep the name."""
        self.is_renaming, self.errors = False, {}

    @action
    async def save_name(self, form: dict[str, Any]) -> None:
        """Save the name."""
        data = UserUpdate(
            first_name=str(form.get("first_name") or ""),
            last_name=str(form.get("last_name") or "").strip() or None,
        )
        await write(self, service.update_profile, data)
        await self._show()
        self.is_renaming = False
        self._say("Name saved.")

    @rx.event
    async def choose_picture(self) -> None:
        """Ask for a picture."""
        self.is_picturing, self.has_picked, self.progress = True, False, 0
        self.is_renaming, self.errors = False, {}

    @rx.event
    async def pick_picture(self, count: int) -> None:
        """Know whether there is something to save."""
        self.has_picked, self.progress, self.errors = count > 0, 0, {}

    @rx.event
    async def stop_picturing(self) -> None:
        """Keep the picture."""
        self.is_picturing, self.has_picked, self.errors = False, False, {}

    @action
    async def save_picture(self, files: list[rx.UploadFile]) -> None:
        """Make what was sent the customer's picture."""
        self.progress = 0
        await self._show()  # nobody's pictures are not even decoded
        with told_in_form(
            self, payload_too_large="image", unsupported_media_type="image", bad_request="image"
        ):
            if not files:
                self.errors = {"image": "Choose a picture first."}
                return
            image = ProfileImageUpload(image=Upload.received(files[0]))
            await write(self, service.set_picture, image, slow_first=True)
            await self._show()
            self.is_picturing = self.has_picked = False
            self._say("Picture saved.")

    @action
    async def remove_picture(self) -> None:
        """Go back to initials."""
        # Removed in another window: as was wanted.
        with suppress(service.ProfileImageNotFound):
            await write(self, service.remove_picture)
        await self._show()
        self.is_picturing = False
        self._say("Picture removed.")

    @action
    async def change_contact(self, field: Field) -> None:
        """Ask for another e-mail address or phone number."""
        await read(self, auth.require_fresh_proof)
        if field in _WORDS:
            self.asked, self.is_new_contact, self.is_confirming = field, True, False
            self.was_sent_again = False
            self.is_renaming, self.errors = False, {}

    @rx.event
    async def stop_asking(self) -> None:
        """Keep the contact as it is."""
        self.asked, self.is_confirming, self.errors = "", False, {}

    @action
    async def verify_contact(self, field: Field) -> None:
        """Send a code to the present contact."""
        await self._show()
        if field not in _WORDS or self.profile is None:
            return
        self.asked, self.is_new_contact, self.was_sent_again = field, False, False
        self._value = (self.profile.email if field == "email" else self.profile.phone) or ""
        self._country_code = self.profile.country_code or ""
        self._channel = "email" if field == "email" else self._way_to_phones()
        self.is_renaming, self.is_confirming = False, True
        self.sent_to = self._readable()
        with told_in_form(self):
            await self._send()

    @action
    async def send_code(self, form: dict[str, Any]) -> None:
        """Send a code to a new contact."""
        if self.asked == "email":
            self._channel, self._value = "email", str(form.get("email") or "").strip()
        else:
            self._country_code = str(form.get("country_code") or "")
            self._value = national_number(str(form.get("phone") or ""), self._country_code)
            self._channel = self._way_to_phones(str(form.get("channel")))
        with told_in_form(
            self, email_taken="email", phone_taken="phone", already_verified=self.asked or "email"
        ):
            await self._send()
            self.sent_to, self.is_confirming = self._readable(), True

    def _way_to_phones(self, wanted: str = "") -> str:
        ways = [way for way in ("sms", "whatsapp") if way in get_gateways().messages.channels]
        return wanted if wanted in ways else next(iter(ways), "sms")

    @action
    async def send_again(self) -> None:
        """Send another code to the same contact."""
        self.was_sent_again = False
        with told_in_form(self):
            await self._send(again=True)
            self.was_sent_again = True

    async def _send(self, *, again: bool = False) -> None:
        act = f"{'update' if self.is_new_contact else 'verify'}-{self.asked}"
        values = {"channel": self._channel, "otp_action": act, self.asked: self._value}
        kind = GenerateOtpWithEmail if self.asked == "email" else GenerateOtpWithPhone
        if self.asked == "phone":
            values["country_code"] = self._country_code
        data, sent_for = kind.model_validate(values), f"{act} {self._address()}"
        try:
            issued: OtpContent = await write(self, auth.generate_code, data)
        except TooManyAttempts:
            if again or sent_for != self._sent_for:
                raise
            return  # the dialog was closed and opened again: the code of a moment ago still works
        self._otp_token, self._sent_for = issued.otp_token, sent_for

    def _address(self) -> str:
        return self._value if self.asked == "email" else f"{self._country_code} {self._value}"

    def _readable(self) -> str:
        if self.asked == "email":
            return self._value
        return readable_phone(self._country_code, self._value)

    @action
    async def confirm(self, form: dict[str, Any]) -> None:
        """Take the code, and with it the contact."""
        field = self.asked
        act = f"{'update' if self.is_new_contact else 'verify'}-{field}"
        try:
            data = VerifyOtp.model_validate(
                {"otp": form.get("otp"), "otp_token": self._otp_token, "otp_action": act}
            )
        except pydantic.ValidationError:
            self.errors = {"otp": "Enter the code we sent you."}
            return
        with told_in_form(
            self, otp_expired="otp", otp_not_found="otp", otp_invalid="otp", email_taken="_"
        ):
            await write(self, auth.confirm_contact, data)
            await self._show()
            self.asked, self.is_confirming, self._sent_for = "", False, ""
            done = "changed" if self.is_new_contact else "verified"
            self._say(f"Your {_WORDS.get(field, 'contact')} is {done}.")
