"""The shop's people, their sessions in the console, and the log of what they do there."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from account_portal.core.db import JsonType, Minor, UtcDateTime
from account_portal.models.base import Identified, Stamped


class StaffMember(Identified, Stamped, table=True):
    """Somebody of the shop who may use the console."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("email"),)

    email: str = Field(max_length=254, description="Lower case.")
    role: str = Field(max_length=20)
    password_hash: str | None = Field(default=None, max_length=255)
    totp_secret: str | None = Field(default=None, max_length=400, description="Encrypted.")
    totp_confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    totp_step: int = Field(
        default=0, sa_type=Minor, description="Of the last code that was taken; none is twice."
    )
    recovery_codes: list[str] = Field(
        default_factory=list, sa_type=JsonType, description="Digests of those not used yet."
    )
    invitation_hash: str | None = Field(
        default=None, max_length=64, unique=True, description="Digest of the link's token."
    )
    invitation_ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_sign_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_demo: bool = Field(default=False, description="Made by the demo; signs in there only.")


class StaffSession(Identified, table=True):
    """A browser in which a member of staff is signing in, or is signed in."""

    __tablename__ = "staff_sessions"

    staff_id: str = Field(foreign_key="staff.id", max_length=26, index=True)
    cookie_hash: str = Field(max_length=64, unique=True, description="SHA-256 of the cookie.")
    is_complete: bool = Field(default=False, description="The second factor was given too.")
    notice: dict[str, Any] | None = Field(
        default=None, sa_type=JsonType, description="What the next page says once."
    )
    ip_address: str | None = Field(default=None, max_length=45)
    user_agent: str | None = Field(default=None, max_length=300)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(
        sa_type=UtcDateTime, index=True, description="When it ends however much it is used."
    )


class AuditEntry(SQLModel, table=True):
    """One thing that was done or looked at, chained to the entry before it."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_about_number", "about", "number"),
        Index("ix_audit_entries_actor_number", "actor", "number"),
    )

    number: int = Field(
        primary_key=True,
        sa_type=Minor,
        sa_column_kwargs={"autoincrement": False},
        description="Counts up without gaps.",
    )
    created_at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=254, description="E-mail address, or `command line: user`.")
    action: str = Field(max_length=40)
    about: str = Field(
        default="", max_length=80, description="As in `order W-1001`; what lists find it by."
    )
    outcome: str = Field(max_length=10, description="done or refused")
    details: str = Field(default="{}", sa_type=Text, description="JSON, as it was hashed.")
    ip_address: str | None = Field(default=None, max_length=45)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64, description="SHA-256 of all the above.")
