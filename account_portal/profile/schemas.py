"""What goes into a profile and what comes out; names are the contract's."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from account_portal.auth.schemas import User
from account_portal.core.schemas import (
    KEPT,
    Changes,
    CountryCode,
    Email,
    Input,
    Moment,
    Phone,
    Upload,
    View,
)

FirstName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
LastName = Annotated[str, StringConstraints(max_length=100)]


class NotificationChannelPreferencesUpdate(Changes):
    """Channels left out keep their value."""

    email: StrictBool = KEPT
    sms: StrictBool = KEPT
    whatsapp: StrictBool = KEPT


class NotificationPreferencesUpdate(Changes):
    """Kinds left out keep their value."""

    transactional: NotificationChannelPreferencesUpdate = KEPT
    promotional: NotificationChannelPreferencesUpdate = KEPT
    newsletter: NotificationChannelPreferencesUpdate = KEPT

    def columns(self) -> dict[str, bool]:
        """The switches that were sent, by column such as ``promotional_sms``."""
        return {
            f"{kind}_{channel}": value
            for kind, channels in self.sent().items()
            for channel, value in channels.sent().items()
        }


class ChangePreferences(Input):
    """Opt-ins to change."""

    notification_preferences: NotificationPreferencesUpdate


class ConsentChange(View):
    """A switch of the opt-ins that was turned."""

    kind: Literal["transactional", "promotional", "newsletter"]
    channel: Literal["email", "sms", "whatsapp"]
    is_on: bool
    source: str = Field(description="customer, shop, import or system.")
    created_at: Moment


class UserUpdate(Changes):
    """Changes of a profile.

    Fields left out, and contacts sent as null, stay as they are; read-only fields of `User` are
    accepted and ignored.
    """

    first_name: FirstName | None = KEPT
    last_name: LastName | None = KEPT
    email: Email | None = KEPT
    phone: Phone | None = KEPT
    country_code: CountryCode | None = KEPT
    notification_preferences: NotificationPreferencesUpdate = KEPT


class PendingContactChange(View):
    """A changed contact that still has to be confirmed by OTP."""

    field: Literal["email", "phone"]
    value: str = Field(description="Value that waits for its code.")
    country_code: str | None
    otp_action: Literal["update-email", "update-phone"]


class UserUpdateResult(View):
    """The profile after a change."""

    user: User
    verification_required: list[PendingContactChange] = Field(
        description="Contacts that were not changed yet because a code is needed."
    )


class ProfileImageUpload(Input):
    """A picture to keep."""

    image: Annotated[Upload, Field(description="JPEG, PNG or WebP, 5 MiB at most.")]


class ProfileImage(View):
    """Where the picture is."""

    profile_image_url: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
