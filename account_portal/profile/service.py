"""The profile of the caller: names, contacts that wait for a code, picture, opt-ins."""

from datetime import datetime
from types import SimpleNamespace

import orjson
from pydantic import TypeAdapter
from sqlalchemy import bindparam, func, select
from sqlmodel import col

from account_portal.auth.schemas import NotificationPreferences
from account_portal.auth.schemas import User as UserView
from account_portal.auth.service import (
    preferences_view,
    require_provable,
    user_values,
    user_view,
)
from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.core.reading import PreparedSelect
from account_portal.core.schemas import EncodedView
from account_portal.media import service as media
from account_portal.models import ConsentChange as ConsentRow
from account_portal.models import NotificationPreference, Order, User
from account_portal.profile import rules
from account_portal.profile.schemas import (
    ConsentChange,
    NotificationPreferencesUpdate,
    ProfileImage,
    ProfileImageUpload,
    UserUpdate,
    UserUpdateResult,
)

MOST_CONSENTS = 50
NAMES = ("first_name", "last_name")


class ProfileImageNotFound(NotFound):
    """The user has no picture."""

    code = "profile_image_not_found"
    message = "There is no picture."


# Read on every page and by every storefront: plain tables, built once.
_USER = User.__table__  # type: ignore[attr-defined]
_OPT_IN = NotificationPreference.__table__  # type: ignore[attr-defined]
_COLUMNS = [
    *_USER.c,
    *(column for column in _OPT_IN.c if column.name not in {"user_id", "modified_at"}),
]
_PROFILE = PreparedSelect(
    select(*_COLUMNS)
    .join(_OPT_IN, _OPT_IN.c.user_id == _USER.c.id, isouter=True)
    .where(_USER.c.id == bindparam("user_id"))
)
_NAMES = [column.name for column in _COLUMNS]


_VIEW = TypeAdapter(UserView)


def read_profile(ctx: Context) -> EncodedView[UserView]:
    """The caller as they see themselves."""
    (values,) = ctx.read(_PROFILE, user_id=ctx.user_id)
    row = SimpleNamespace(**dict(zip(_NAMES, values, strict=True)))
    missing = row.transactional_email is None
    shown = user_values(ctx, row, _no_opt_ins(ctx) if missing else row)
    return EncodedView(_VIEW, orjson.dumps(shown, option=orjson.OPT_UTC_Z))


def customer_since(ctx: Context) -> datetime:
    """When the caller became a customer: an import knows orders from before it made the account."""
    first = select(func.min(col(Order.order_date))).where(col(Order.customer_id) == ctx.customer_id)
    ordered_at = ctx.db.execute(first).scalar()
    created_at = ctx.get_user().created_at
    return min(ordered_at, created_at) if ordered_at else created_at


def _no_opt_ins(ctx: Context) -> NotificationPreference:
    return NotificationPreference(user_id=ctx.user_id, modified_at=ctx.now)


def update_profile(ctx: Context, data: UserUpdate) -> UserUpdateResult:
    """Change names and opt-ins at once; list the contacts that need a code first.

    Raises:
        InvalidInput: the phone cannot be one of its prefix.
        EmailTaken: another account has the e-mail address.
        PhoneTaken: another account has the phone number.
    """
    user = ctx.get_user(lock=True)
    contacts = rules.wanted_contacts(user, data.sent())
    for contact in contacts:
        require_provable(ctx, contact, but=user.id)
    changes = {
        name: value for name, value in data.sent(*NAMES).items() if getattr(user, name) != value
    }
    if changes:
        user.sqlmodel_update({**changes, "modified_at": ctx.now})
    if "notification_preferences" in data.sent():
        _set_preferences(ctx, data.notification_preferences)
    ctx.db.flush()
    return UserUpdateResult(
        user=user_view(ctx, user),
        verification_required=[rules.pending_change(contact) for contact in contacts],
    )


def read_preferences(ctx: Context) -> NotificationPreferences:
    """What the caller wants to hear of, by which channel."""
    kept = ctx.db.get(NotificationPreference, ctx.user_id)
    return preferences_view(kept or _no_opt_ins(ctx))


def list_consent_changes(ctx: Context) -> list[ConsentChange]:
    """The last fifty switches of the caller that were turned, newest first."""
    turned = (
        select(ConsentRow)
        .where(col(ConsentRow.user_id) == ctx.user_id)
        .order_by(col(ConsentRow.created_at).desc(), col(ConsentRow.id).desc())
        .limit(MOST_CONSENTS)
    )
    return [
        ConsentChange.model_validate(
            {**row.model_dump(), **dict(zip(("kind", "channel"), row.name.split("_"), strict=True))}
        )
        for row in ctx.db.execute(turned).scalars()
    ]


def update_preferences(
    ctx: Context, data: NotificationPreferencesUpdate
) -> NotificationPreferences:
    """Change the switches that were sent, and keep the rest."""
    ctx.get_user(lock=True)
    return preferences_view(_set_preferences(ctx, data))


def _set_preferences(ctx: Context, data: NotificationPreferencesUpdate) -> NotificationPreference:
    kept = ctx.db.get(NotificationPreference, ctx.user_id)
    if kept is None:
        kept = _no_opt_ins(ctx)
        ctx.db.add(kept)
    kept.sqlmodel_update({**data.columns(), "modified_at": ctx.now})
    ctx.db.flush()
    return kept


def read_picture(ctx: Context) -> ProfileImage:
    """Where the caller's picture is.

    Raises:
        ProfileImageNotFound: there is none.
    """
    return _image(ctx.get_user().picture_id)


def _image(picture_id: str | None) -> ProfileImage:
    address = media.picture_url(picture_id)
    if address is None:
        raise ProfileImageNotFound
    return ProfileImage(profile_image_url=address)


def set_picture(ctx: Context, data: ProfileImageUpload) -> ProfileImage:
    """Set the picture, in the place of an older one if there is one.

    Raises:
        PayloadTooLarge: more than 5 MiB.
        UnsupportedMediaType: neither JPEG, PNG nor WebP.
        PictureUnreadable: damaged, or too many pixels.
    """
    files = media.prepare_picture(data.image, media.PORTRAIT)
    ctx.begin_writing()
    user = ctx.get_user(lock=True)
    return _swap_picture(ctx, user, files)


def replace_picture(ctx: Context, data: ProfileImageUpload) -> ProfileImage:
    """Set the picture in the place of the present one.

    Raises:
        ProfileImageNotFound: there is none to replace.
        PayloadTooLarge: more than 5 MiB.
        UnsupportedMediaType: neither JPEG, PNG nor WebP.
        PictureUnreadable: damaged, or too many pixels.
    """
    if ctx.get_user().picture_id is None:
        raise ProfileImageNotFound
    files = media.prepare_picture(data.image, media.PORTRAIT)
    ctx.begin_writing()
    user = ctx.get_user(lock=True)
    if user.picture_id is None:  # removed while this one was decoded
        raise ProfileImageNotFound
    return _swap_picture(ctx, user, files)


def remove_picture(ctx: Context) -> None:
    """Remove the picture and its files.

    Raises:
        ProfileImageNotFound: there is none.
    """
    user = ctx.get_user(lock=True)
    if user.picture_id is None:
        raise ProfileImageNotFound
    _point_to(ctx, user, None)


def _swap_picture(ctx: Context, user: User, files: dict[str, bytes]) -> ProfileImage:
    stored = media.store_media(ctx, "picture", files)
    _point_to(ctx, user, stored.id)
    return _image(stored.id)


def _point_to(ctx: Context, user: User, picture_id: str | None) -> None:
    """Make another picture the user's, or none; the old one and its files go."""
    old = user.picture_id
    user.picture_id, user.modified_at = picture_id, ctx.now
    ctx.db.flush()
    if old is not None:
        media.delete_media(ctx, old)
