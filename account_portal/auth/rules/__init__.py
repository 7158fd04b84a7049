"""What may be a contact, a password, a place to go; and the errors sign-in has of its own."""

from account_portal.auth.rules.contacts import Channel, Contact, channel_for, masked, parse_contact
from account_portal.auth.rules.devices import Agent, describe_agent
from account_portal.auth.rules.errors import (
    AccountIsDeactivated,
    AlreadyVerified,
    ChannelNotAvailable,
    EmailTaken,
    InvalidCredentials,
    OldPasswordWrong,
    PasswordMismatch,
    PasswordNotSet,
    PasswordUnchanged,
    PasswordWrong,
    PhoneTaken,
    RefreshTokenExpired,
    RefreshTokenInvalid,
    RefreshTokenReused,
    WeakPassword,
)
from account_portal.auth.rules.passkeys import PasskeyExpired
from account_portal.auth.rules.passwords import require_good_password, require_same
from account_portal.auth.rules.two_step import (
    RecoveryCodeWrong,
    SecondProofExpired,
    SecondProofRequired,
    SecondProofUnfit,
    TwoStepIsOff,
    TwoStepIsOn,
    TwoStepIsRequired,
    TwoStepNeedsWays,
)

__all__ = [
    "AccountIsDeactivated",
    "Agent",
    "AlreadyVerified",
    "Channel",
    "ChannelNotAvailable",
    "Contact",
    "EmailTaken",
    "InvalidCredentials",
    "OldPasswordWrong",
    "PasskeyExpired",
    "PasswordMismatch",
    "PasswordNotSet",
    "PasswordUnchanged",
    "PasswordWrong",
    "PhoneTaken",
    "RecoveryCodeWrong",
    "RefreshTokenExpired",
    "RefreshTokenInvalid",
    "RefreshTokenReused",
    "SecondProofExpired",
    "SecondProofRequired",
    "SecondProofUnfit",
    "TwoStepIsOff",
    "TwoStepIsOn",
    "TwoStepIsRequired",
    "TwoStepNeedsWays",
    "WeakPassword",
    "channel_for",
    "describe_agent",
    "masked",
    "parse_contact",
    "require_good_password",
    "require_same",
]
