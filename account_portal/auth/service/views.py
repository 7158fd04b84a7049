"""Users as their owners see them."""

from typing import Any

from account_portal.auth import schemas
from account_portal.context import Context
from account_portal.media.service import picture_url
from account_portal.models import NotificationPreference, User, UserSession

CHANNELS = ("email", "sms", "whatsapp")
KINDS = ("transactional", "promotional", "newsletter")


def _preferences(kept: Any) -> dict[str, dict[str, bool]]:
    return {
        kind: {channel: getattr(kept, f"{kind}_{channel}") for channel in CHANNELS}
        for kind in KINDS
    }


def preferences_view(kept: Any) -> schemas.NotificationPreferences:
    """Opt-ins, message kind by channel."""
    return schemas.NotificationPreferences.model_validate(_preferences(kept))


def user_view(ctx: Context, user: User) -> schemas.User:
    """A user as the contract shows it."""
    kept = ctx.db.get(NotificationPreference, user.id)
    kept = kept or NotificationPreference(user_id=user.id, modified_at=ctx.now)
    return schemas.User.model_validate(user_values(ctx, user, kept))


def user_values(ctx: Context, user: Any, kept: Any) -> dict[str, Any]:
    """Fields of a `schemas.User`, of anything that has the columns of user and opt-ins."""
    ways: list[tuple[schemas.LoginMethod, str, str | None]] = [
        ("email", "email", user.email),
        ("phone", "sms", user.phone),
        ("whatsapp", "whatsapp", user.phone),
    ]
    available = ctx.gateways.messages.channels
    methods = [method for method, channel, contact in ways if contact and channel in available]
    if user.password_hash and (user.email or user.phone):
        methods.append("password")
    return {
        "id": user.id,
        "customer_id": user.customer_id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "is_email_verified": user.is_email_verified,
        "phone": user.phone,
        "country_code": user.country_code,
        "is_phone_verified": user.is_phone_verified,
        "profile_image_url": picture_url(user.picture_id),
        "is_anonymous": False,
        "is_logged_in": True,
        "login_methods": methods,
        "notification_preferences": _preferences(kept),
        "created_at": user.created_at,
        "modified_at": user.modified_at,
    }


def visitor_view(session: UserSession) -> schemas.AnonymousUser:
    """Somebody who has not signed in."""
    return schemas.AnonymousUser(
        id=session.anonymous_id, created_at=session.created_at, modified_at=session.created_at
    )


def signed_out_view(session: UserSession) -> schemas.User:
    """The visitor that a user becomes by signing out, in the shape of a user."""
    none = dict.fromkeys(CHANNELS, False)
    return schemas.User(
        id=session.anonymous_id,
        customer_id=session.anonymous_id,
        first_name=None,
        last_name=None,
        email=None,
        is_email_verified=False,
        phone=None,
        country_code=None,
        is_phone_verified=False,
        profile_image_url=None,
        is_anonymous=True,
        is_logged_in=False,
        login_methods=[],
        notification_preferences=schemas.NotificationPreferences.model_validate(
            dict.fromkeys(KINDS, none)
        ),
        created_at=session.created_at,
        modified_at=session.created_at,
    )
