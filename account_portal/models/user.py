"""Users, their sessions, codes, opt-ins and sign-ins."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from account_portal.core.db import JsonType, UtcDateTime
from account_portal.models.base import Identified, Stamped


class User(Identified, Stamped, table=True):
    """Somebody who can sign in. `customer_id` is whose things the user sees."""

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_modified_at", "modified_at", "id"),
        # What staff look for by its beginning.
        *(
            Index(f"ix_users_{name}", name, postgresql_ops={name: "varchar_pattern_ops"})
            for name in ("first_name", "last_name", "phone")
        ),
        UniqueConstraint("email"),
        UniqueConstraint("country_code", "phone"),
        UniqueConstraint("external_id"),
        CheckConstraint("(phone IS NULL) = (country_code IS NULL)", name="phone_has_country_code"),
    )

    customer_id: str = Field(max_length=26, index=True)
    customer_group_id: str | None = Field(default=None, max_length=64)
    external_id: str | None = Field(
        default=None, max_length=64, description="Natural key of an imported customer."
    )
    shop_email: str | None = Field(
        default=None,
        max_length=254,
        index=True,
        description="What the shop's imports last called the customer, who may have changed it.",
    )
    former_contacts: list[str] = Field(
        default_factory=list,
        sa_type=JsonType,
        description="E-mail addresses and phones that were replaced: they open no order.",
    )
    email: str | None = Field(default=None, max_length=254, description="Lower case.")
    is_email_verified: bool = False
    country_code: str | None = Field(default=None, max_length=5)
    phone: str | None = Field(default=None, max_length=40)
    is_phone_verified: bool = False
    first_name: str | None = Field(default=None, max_length=100)
    last_name: str | None = Field(default=None, max_length=100)
    password_hash: str | None = Field(default=None, max_length=255)
    is_unproven: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="Opened with a password by somebody who has proven no contact of it yet.",
    )
    passkey_handle: str | None = Field(
        default=None,
        max_length=64,
        description="Random; what authenticators know the user by. Base64url.",
    )
    two_step_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="Since when signing in asks for two proofs; null: for one.",
    )
    two_step_waived_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="When the shop, which knew who asked, let one proof turn it on anew.",
    )
    recovery_codes: list[str] = Field(
        default_factory=list,
        sa_type=JsonType,
        sa_column_kwargs={"server_default": text("'[]'")},
        description="Digests of those not used yet.",
    )
    picture_id: str | None = Field(default=None, foreign_key="media.id", max_length=26)
    deactivated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_demo: bool = Field(default=False, description="Made by the demo; wiped with it.")
    news: int = Field(
        default=0,
        sa_column_kwargs={"server_default": "0"},
        description="Counts changes to what the user's pages show; open ones follow it.",
    )


class NotificationPreference(SQLModel, table=True):
    """A user's opt-ins: message kind by channel."""

    __tablename__ = "notification_preferences"

    user_id: str = Field(primary_key=True, foreign_key="users.id", max_length=26)
    transactional_email: bool = True
    transactional_sms: bool = True
    transactional_whatsapp: bool = True
    promotional_email: bool = False
    promotional_sms: bool = False
    promotional_whatsapp: bool = False
    newsletter_email: bool = False
    newsletter_sms: bool = False
    newsletter_whatsapp: bool = False
    modified_at: datetime = Field(sa_type=UtcDateTime)


class UserSession(Identified, table=True):
    """One signed-in device or visitor. Revoking the row ends every token and cookie made of it."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id_last_seen_at", "user_id", "last_seen_at"),)

    user_id: str | None = Field(default=None, foreign_key="users.id", max_length=26)
    anonymous_id: str = Field(max_length=26, description="The visitor this session began as.")
    kind: str = Field(max_length=10, description="api, page, frame or visitor")
    origin: str | None = Field(
        default=None, max_length=255, description="The storefront a frame's session lives in."
    )
    opened_by: str | None = Field(
        default=None,
        max_length=26,
        index=True,
        description="The page's session that signed a frame in; they end together.",
    )
    cookie_hash: str | None = Field(
        default=None,
        max_length=64,
        unique=True,
        description="SHA-256 of the page cookie.",
    )
    generation: int = Field(
        default=0,
        description="How often the refresh token was traded; only the newest works.",
    )
    rotated_at: datetime = Field(sa_type=UtcDateTime, description="When the newest pair was made.")
    pair_used_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="When the newest pair was first used; null: not yet, it may have been lost.",
    )
    user_agent: str | None = Field(default=None, max_length=300)
    ip_address: str | None = Field(default=None, max_length=45)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(
        sa_type=UtcDateTime, index=True, description="When it ends unless it is used before."
    )
    ends_at: datetime = Field(
        sa_type=UtcDateTime, description="When it ends however much it is used."
    )
    proven_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="When the customer last proved in it who they are; null: never.",
    )
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignIn(Identified, table=True):
    """A sign-in of late, for the security page."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_user_id_created_at", "user_id", "created_at"),)

    user_id: str = Field(foreign_key="users.id", max_length=26)
    method: str = Field(
        max_length=20, description="password, email, sms, whatsapp, passkey, storefront"
    )
    second_method: str | None = Field(
        default=None,
        max_length=20,
        description="password, email, sms, whatsapp, recovery_code, device, "
        "new_password; awaited: it was asked for, and did not come; null: none was asked for.",
    )
    succeeded: bool
    user_agent: str | None = Field(default=None, max_length=300)
    ip_address: str | None = Field(default=None, max_length=45)
    created_at: datetime = Field(sa_type=UtcDateTime)


class OtpChallenge(Identified, table=True):
    """One code that was asked for. Neither the code nor the handle is stored, only digests."""

    __tablename__ = "otp_challenges"
    __table_args__ = (Index("ix_otp_challenges_contact_action", "contact", "action"),)

    token_hash: str = Field(max_length=64, unique=True)
    action: str = Field(max_length=20)
    channel: str = Field(max_length=10)
    contact: str = Field(max_length=254, description="E-mail in lower case, or +91 9876543210.")
    user_id: str | None = Field(
        default=None,
        max_length=26,
        description="Whom the code will serve; null: nobody yet.",
    )
    asked_by: str | None = Field(
        default=None, max_length=26, description="Signed-in user the code is bound to."
    )
    registers: bool = Field(default=False, description="Make the account when confirmed.")
    code_hash: str | None = Field(
        default=None, max_length=64, description="Null: no code will match."
    )
    wrong_tries: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class KnownDevice(Identified, table=True):
    """A device that was let into an account before, and so has tries of its own at its secrets.

    One row of each subject, without a device, stands for all devices that are not known.
    """

    __tablename__ = "known_devices"
    __table_args__ = (UniqueConstraint("subject", "device_hash"),)

    subject: str = Field(
        max_length=80, description="Whose secrets are tried: `user:ID`, or `contact:DIGEST`."
    )
    device_hash: str = Field(
        max_length=64, index=True, description="SHA-256 of the device's secret; empty: all others."
    )
    wrong_codes: int = Field(default=0, description="Since the account was last entered otherwise.")
    trusted_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="When it was let in by two proofs, so that its secret is one; null: it is not.",
    )
    used_at: datetime = Field(sa_type=UtcDateTime, index=True)


class RateEvent(Identified, table=True):
    """One attempt that counts against a limit."""

    __tablename__ = "rate_events"
    __table_args__ = (Index("ix_rate_events_bucket_created_at", "bucket", "created_at"),)

    bucket: str = Field(max_length=120, description="What is limited, digested where personal.")
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Media(Identified, table=True):
    """A file of a customer: a profile picture, a photo or video of a review or as evidence."""

    __tablename__ = "media"

    customer_id: str = Field(max_length=26, index=True)
    kind: str = Field(
        max_length=20, description="picture, or image or video of a review or evidence"
    )
    content_type: str = Field(max_length=40)
    sizes: str = Field(max_length=100, description="Stored sizes by name, comma-separated.")
    byte_count: int
    created_at: datetime = Field(sa_type=UtcDateTime)
