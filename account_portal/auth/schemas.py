"""What sign-in takes and answers, in the contract's names."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    WrapValidator,
    field_validator,
)
from pydantic.json_schema import SkipJsonSchema

from account_portal.core.schemas import (
    KEPT,
    Changes,
    CountryCode,
    CurrentPassword,
    Email,
    Input,
    Moment,
    NewPassword,
    Phone,
    Ulid,
    View,
)
from account_portal.core.validation import phone_fault

DEFAULT_COUNTRY_CODE = "+91"

LoginMethod = Literal["email", "phone", "whatsapp", "password"]
OtpAction = Literal[
    "login",
    "register",
    "reset-password",
    "verify-phone",
    "verify-email",
    "update-phone",
    "update-email",
]
OtpToken = Annotated[
    str,
    StringConstraints(min_length=16, max_length=512),
    Field(description="Opaque handle of one OTP challenge."),
]
Otp = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4,8}$"),
    Field(description="One-time code as the customer received it; six digits by default."),
]
FirstName = Annotated[str, StringConstraints(max_length=100)] | None
LastName = Annotated[str, StringConstraints(max_length=100)] | None


class NotificationChannelPreferences(View):
    """Opt-in per channel."""

    email: bool
    sms: bool
    whatsapp: bool


class NotificationPreferences(View):
    """Opt-in per message kind and channel."""

    transactional: NotificationChannelPreferences
    promotional: NotificationChannelPreferences
    newsletter: NotificationChannelPreferences


def _described(**schema: object) -> WithJsonSchema:
    # Described, not enforced: what was imported must be shown, whatever shape it has.
    return WithJsonSchema({"type": ["string", "null"], **schema})


class User(View):
    """A signed-in user as the user sees it."""

    id: Ulid = Field(description="User id; also the `{user_id}` of the customer paths.")
    customer_id: Ulid = Field(
        description="Customer behind the user. Equal to `id` unless several users share one "
        "customer."
    )
    first_name: Annotated[str | None, _described(maxLength=100)]
    last_name: Annotated[str | None, _described(maxLength=100)]
    email: Annotated[str | None, _described(format="email", maxLength=254)]
    is_email_verified: bool
    phone: Annotated[
        str | None, _described(pattern="^[0-9]{4,14}$", description="National number.")
    ]
    country_code: Annotated[
        str | None,
        _described(pattern=r"^\+[1-9][0-9]{0,3}$", description="Dialling prefix of `phone`."),
    ]
    is_phone_verified: bool
    profile_image_url: Annotated[str | None, _described(format="uri-reference")]
    is_anonymous: bool
    is_logged_in: bool
    login_methods: list[LoginMethod] = Field(
        description="Ways this user can sign in now.", json_schema_extra={"uniqueItems": True}
    )
    notification_preferences: NotificationPreferences
    created_at: Moment
    modified_at: Moment


class AnonymousUser(View):
    """Visitor who has not signed in."""

    id: Ulid
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    is_email_verified: bool = False
    phone: str | None = None
    is_phone_verified: bool = False
    profile_image_url: str | None = None
    is_anonymous: Literal[True] = True
    is_logged_in: Literal[False] = False
    created_at: Moment
    modified_at: Moment


class TokenPair(View):
    """Tokens of one session; each renewal gives both anew."""

    access_token: str = Field(description="JWT for the Authorization header.")
    refresh_token: str = Field(description="JWT to exchange for a new pair.")


class UserTokens(TokenPair):
    """A user and tokens of the session."""

    user: User


class VisitorTokens(TokenPair):
    """A visitor and tokens of the session."""

    user: AnonymousUser


class OtpContent(View):
    """A challenge: what confirms the code that was sent."""

    otp_token: OtpToken
    otp_action: OtpAction
    otp: str | SkipJsonSchema[None] = Field(
        default=None,
        exclude_if=lambda otp: otp is None,
        description="The code itself. Present only when the server runs with debug OTPs switched "
        "on and the request carried `x-debug-mode: true`.",
    )


class VerificationStatus(View):
    """Those of the contacts asked about that are the caller's and verified."""

    verified_phone: list[str]
    verified_email: list[str]


class Session(View):
    """A signed-in device."""

    id: Ulid
    is_current: bool
    kind: Literal["page", "api"]
    user_agent: str | None
    ip_address: str | None
    created_at: Moment
    last_seen_at: Moment


class SignInRecord(View):
    """A sign-in of late, or a try at one."""

    method: Literal["password", "email", "sms", "whatsapp"]
    succeeded: bool
    user_agent: str | None
    ip_address: str | None
    created_at: Moment


def _fitting(phone: str, country_code: str | None) -> str:
    fault = phone_fault(country_code or DEFAULT_COUNTRY_CODE, phone)
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
