"""Routes of the profile."""

from account_portal.api.deps import Ctx, OwnUser
from account_portal.api.router import ContractRouter
from account_portal.auth.rules.errors import EmailTaken, PhoneTaken
from account_portal.auth.schemas import NotificationPreferences, User
from account_portal.core.schemas import EncodedView
from account_portal.profile import service
from account_portal.profile.schemas import (
    ChangePreferences,
    ConsentChange,
    ProfileImage,
    ProfileImageUpload,
    UserUpdate,
    UserUpdateResult,
)

router = ContractRouter(tag="Users")

USER = "/auth/user/{id}"
IMAGE = USER + "/profile-image"
PREFERENCES = USER + "/notification-preferences"
UPLOAD_LIMIT = 6 * 1024 * 1024
"""Bytes of a form with a picture of 5 MiB in it."""


@router.expose(
    "GET",
    USER,
    operation_id="get-user-detail",
    summary="Read the profile",
    message="Profile.",
    content="user",
    also=[404],
    inline=True,
)
def read_profile(ctx: Ctx, id: OwnUser) -> EncodedView[User]:
    """The caller's own."""
    return service.read_profile(ctx)


@router.expose(
    "PUT",
    USER,
    operation_id="update-user",
    summary="Change the profile",
    message="Profile changed.",
    raises=[EmailTaken, PhoneTaken],
    also=[404],
    examples={"name": {"first_name": "Asha", "last_name": "Rao"}, "email": {"email": "a@rao.in"}},
)
def update_profile(ctx: Ctx, id: OwnUser, data: UserUpdate) -> UserUpdateResult:
    """Names change at once.

    A new e-mail or phone waits for its OTP and is listed in `verification_required`.
    """
    return service.update_profile(ctx, data)


@router.expose(
    "GET",
    IMAGE,
    operation_id="get-profile-image",
    summary="Read the picture address",
    message="Picture.",
    raises=[service.ProfileImageNotFound],
)
def read_picture(ctx: Ctx, id: OwnUser) -> ProfileImage:
    """Relative to the portal. Whoever has the address can open it."""
    return service.read_picture(ctx)


@router.expose(
    "POST",
    IMAGE,
    operation_id="add-profile-image",
    summary="Upload a picture",
    message="Picture saved.",
    also=[404, 413, 415],
    writes=False,
    form=True,
    body_limit=UPLOAD_LIMIT,
)
def set_picture(ctx: Ctx, id: OwnUser, data: ProfileImageUpload) -> ProfileImage:
    """Takes the place of an older picture, if any."""
    return service.set_picture(ctx, data)


@router.expose(
    "PUT",
    IMAGE,
    operation_id="update-profile-image",
    summary="Replace the picture",
    message="Picture replaced.",
    raises=[service.ProfileImageNotFound],
    also=[413, 415],
    writes=False,
    form=True,
    body_limit=UPLOAD_LIMIT,
)
def replace_picture(ctx: Ctx, id: OwnUser, data: ProfileImageUpload) -> ProfileImage:
    """There must be one to replace."""
    return service.replace_picture(ctx, data)


@router.expose(
    "DELETE",
    IMAGE,
    operation_id="remove-profile-image",
    summary="Remove the picture",
    message="Picture removed.",
    raises=[service.ProfileImageNotFound],
)
def remove_picture(ctx: Ctx, id: OwnUser) -> None:
    """The files are deleted."""
    service.remove_picture(ctx)


@router.expose(
    "GET",
    PREFERENCES,
    operation_id="get-user-notification-preferences",
    summary="Read the opt-ins",
    message="Opt-ins.",
    content="notification_preferences",
    also=[404],
)
def read_preferences(ctx: Ctx, id: OwnUser) -> NotificationPreferences:
    """By message kind and channel."""
    return service.read_preferences(ctx)


@router.expose(
    "PUT",
    PREFERENCES,
    operation_id="update-user-notification-preferences",
    summary="Change the opt-ins",
    message="Opt-ins changed.",
    content="notification_preferences",
    also=[404],
    examples={"newsletter": {"notification_preferences": {"newsletter": {"email": True}}}},
)
def update_preferences(ctx: Ctx, id: OwnUser, data: ChangePreferences) -> NotificationPreferences:
    """Kinds and channels left out keep their value."""
    return service.update_preferences(ctx, data.notification_preferences)


@router.expose(
    "GET",
    PREFERENCES + "/changes",
    operation_id="list-consent-changes",
    summary="Read when opt-ins were changed, and by whom",
    message="Changes.",
    content="changes",
    also=[404],
)
def list_consent_changes(ctx: Ctx, id: OwnUser) -> list[ConsentChange]:
    """The last fifty, newest first."""
    return service.list_consent_changes(ctx)
