"""Passkeys: public keys whose other half a customer's device keeps."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from account_portal.core.db import UtcDateTime
from account_portal.models.base import Identified


class Passkey(Identified, table=True):
    """A WebAuthn credential with which a user signs in."""

    __tablename__ = "passkeys"

    user_id: str = Field(foreign_key="users.id", max_length=26, index=True)
    credential_id: str = Field(
        max_length=1364, unique=True, description="Chosen by the authenticator; base64url."
    )
    public_key: bytes = Field(description="As a COSE key.")
    sign_count: int = Field(
        sa_type=BigInteger, description="The highest that was seen; 0 where none are counted."
    )
    transports: str = Field(
        max_length=100, description="How the authenticator is reached, comma-separated."
    )
    name: str = Field(max_length=60)
    aaguid: str = Field(max_length=36, description="The authenticator's model; zeros: untold.")
    is_backup_eligible: bool = Field(description="Its kind may be copied to other devices.")
    is_backed_up: bool = Field(description="It has been, when last used.")
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
