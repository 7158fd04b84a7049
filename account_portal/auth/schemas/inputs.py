"""What sign-in takes."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationInfo, WrapValidator, field_validator

from account_portal.auth.schemas.types import DEFAULT_COUNTRY_CODE, Otp, OtpAction, OtpToken
from account_portal.core.schemas import (
    KEPT,
    Changes,
    CountryCode,
    CurrentPassword,
    Email,
    Input,
    NewPassword,
    Phone,
)
from account_portal.core.validation import national_number, phone_fault

FirstName = Annotated[str, StringConstraints(max_length=100)] | None
LastName = Annotated[str, StringConstraints(max_length=100)] | None


def _fitting(phone: str, country_code: str | None) -> str:
    country_code = country_code or DEFAULT_COUNTRY_CODE
    phone = national_number(phone, country_code)
    fault = phone_fault(country_code, phone)
    if fault:
        raise ValueError(fault)
    return phone


class _WithPhone(Input):
    # Declared first, so that the phone's validator knows it.
    country_code: CountryCode = Field(default=DEFAULT_COUNTRY_CODE, validate_default=True)
    phone: Phone

    @field_validator("phone")
    @classmethod
    def _fits_country(cls, value: str, info: ValidationInfo) -> str:
        if "country_code" not in info.data:  # faulty itself, and said so
            return value
        return _fitting(value, info.data["country_code"])


class _WithNullableCountry(Input):
    country_code: CountryCode | None = None
    phone: Phone | None = None

    @field_validator("phone")
    @classmethod
    def _fits_country(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or "country_code" not in info.data:
            return value
        return _fitting(value, info.data["country_code"])


class RegisterWithEmailPassword(_WithNullableCountry):
    """A new account with an e-mail address."""

    email: Email
    password: NewPassword
    confirm_password: NewPassword
    first_name: FirstName = None
    last_name: LastName = None


class RegisterWithPhonePassword(_WithNullableCountry):
    """A new account with a phone number."""

    phone: Phone
    email: Email | None = None
    password: NewPassword
    confirm_password: NewPassword
    first_name: FirstName = None
    last_name: LastName = None


class LoginWithEmailPassword(Input):
    """Sign in with e-mail address and password."""

    email: Email
    password: CurrentPassword


class LoginWithPhonePassword(_WithPhone):
    """Sign in with phone number and password."""

    password: CurrentPassword


_REGISTERS = "Create the account when the code is confirmed and no account has this contact."


class LoginWithEmail(Input):
    """Ask for a sign-in code by e-mail."""

    email: Email
    register_if_not_exists: bool = Field(default=False, description=_REGISTERS)


class LoginWithPhone(_WithPhone):
    """Ask for a sign-in code by SMS or WhatsApp."""

    register_if_not_exists: bool = Field(default=False, description=_REGISTERS)


class SendOtpWithEmail(Input):
    """Ask for a reset code by e-mail."""

    email: Email


class SendOtpWithPhone(_WithPhone):
    """Ask for a reset code by SMS."""


class GenerateOtpWithEmail(Input):
    """Ask for a code by e-mail."""

    channel: Literal["email"]
    email: Email
    otp_action: Literal["login", "register", "reset-password", "verify-email", "update-email"]


class GenerateOtpWithPhone(_WithNullableCountry):
    """Ask for a code by SMS or WhatsApp."""

    channel: Literal["sms", "whatsapp"]
    phone: Phone
    otp_action: Literal["login", "register", "reset-password", "verify-phone", "update-phone"]


class VerifyOtp(Input):
    """A code and the challenge it answers."""

    otp: Otp
    otp_token: OtpToken
    otp_action: OtpAction


class RefreshToken(Input):
    """A refresh token to trade."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class ConfirmPassword(Input):
    """The password of whoever is signed in."""

    password: CurrentPassword


class ChangePassword(Input):
    """The old password and the new one, twice."""

    old_password: CurrentPassword
    new_password: NewPassword
    confirm_password: NewPassword


class ResetPassword(Input):
    """`otp` may be left out when the same `otp_token` was already confirmed through verify-otp."""

    new_password: NewPassword
    confirm_password: NewPassword
    otp_token: OtpToken
    otp: Otp = KEPT


class VerificationStatusRequest(Changes):
    """At least one list."""

    phone: list[Phone] = Field(default=KEPT, max_length=50)
    email: list[Email] = Field(default=KEPT, max_length=50)


def _choose(by_email: type[Input], by_phone: type[Input], field: str) -> WrapValidator:
    """Picks the form by its key field, so that faults speak of that form alone."""

    def pick(value: Any, handler: Callable[[Any], Any]) -> Any:
        if not isinstance(value, dict):
            return handler(value)
        given = value.get(field)
        if field == "channel" and given in ("sms", "whatsapp"):
            chosen = by_phone
        elif field == "channel" and given == "email":
            chosen = by_email
        else:
            chosen = by_phone if value.get("email") is None and "phone" in value else by_email
        return chosen.model_validate(value)

    return WrapValidator(pick)


RegisterWithPassword = Annotated[
    RegisterWithEmailPassword | RegisterWithPhonePassword,
    _choose(RegisterWithEmailPassword, RegisterWithPhonePassword, "email"),
]
LoginWithPassword = Annotated[
    LoginWithEmailPassword | LoginWithPhonePassword,
    _choose(LoginWithEmailPassword, LoginWithPhonePassword, "email"),
]
SendOtp = Annotated[
    SendOtpWithEmail | SendOtpWithPhone, _choose(SendOtpWithEmail, SendOtpWithPhone, "email")
]
GenerateOtp = Annotated[
    GenerateOtpWithEmail | GenerateOtpWithPhone,
    _choose(GenerateOtpWithEmail, GenerateOtpWithPhone, "channel"),
]
