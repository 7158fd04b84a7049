"""What sign-in answers."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from account_portal.auth.schemas.passkeys import Passkey
from account_portal.auth.schemas.two_step import TwoStep
from account_portal.auth.schemas.types import LoginMethod, OtpAction, OtpToken
from account_portal.core.schemas import Moment, Ulid, View


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


class SignedIn(UserTokens):
    """The same of a session that a client just began."""

    device_token: str | SkipJsonSchema[None] = Field(
        default=None,
        exclude_if=lambda token: token is None,
        description="Of sign-ins: sent as `X-Device-Token` with later ones, it keeps strangers who "
        "guess at this account from using up this device's tries. It opens nothing.",
    )


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
    kind: Literal["page", "api", "frame"]
    origin: str | None = Field(description="The storefront it is a frame in.")
    user_agent: str | None
    ip_address: str | None
    created_at: Moment
    last_seen_at: Moment


class SignInRecord(View):
    """A sign-in of late, or a try at one."""

    method: Literal["password", "email", "sms", "whatsapp", "passkey", "storefront"]
    second_method: (
        Literal[
            "password",
            "email",
            "sms",
            "whatsapp",
            "recovery_code",
            "device",
            "new_password",
            "awaited",
        ]
        | None
    )
    succeeded: bool
    user_agent: str | None
    ip_address: str | None
    created_at: Moment


class Device(View):
    """A signed-in device, as the security page shows it."""

    id: str
    is_current: bool
    name: str = Field(description='Such as "Chrome on Windows".')
    kind: Literal["phone", "computer", "app"]
    place: str = Field(description="Its address in the network, empty when unknown.")
    last_seen_at: Moment


class SignInLine(View):
    """A sign-in of late, as the security page shows it."""

    name: str
    method: str
    succeeded: bool
    place: str
    created_at: Moment


class Security(View):
    """What the security page shows."""

    devices: list[Device]
    sign_ins: list[SignInLine]
    has_password: bool
    passkeys: list[Passkey]
    two_step: TwoStep
