"""One click ends messages that nobody has to get (RFC 8058): the link knows whose and which."""

from sqlalchemy import select
from sqlmodel import col

from account_portal import routes
from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.core.settings import Settings
from account_portal.models import NotificationPreference
from account_portal.security import tokens

ENDED_BY_A_CLICK = frozenset({"promotional", "newsletter"})
"""Categories. All others tell of what customers did themselves, and are chosen on their page."""
_PURPOSE = "unsubscribe"


def unsubscribe_url(settings: Settings, user_id: str, category: str) -> str:
    """Where a customer ends one category of e-mail, now and in years."""
    signature = tokens.keyed_digest(_PURPOSE, f"{user_id} {category}")
    return f"{settings.origin}{routes.UNSUBSCRIBE}/{user_id}/{category}/{signature}"


def unsubscribe(ctx: Context, user_id: str, category: str, signature: str) -> None:
    """End one category of e-mail to a customer; again changes nothing.

    Raises:
        NotFound: the link is not one of ours.
    """
    require_link(user_id, category, signature)
    kept = ctx.db.execute(
        select(NotificationPreference)
        .where(col(NotificationPreference.user_id) == user_id)
        .with_for_update()
    ).scalar_one_or_none()
    if kept is None:
        return
    setattr(kept, f"{category}_email", False)
    kept.modified_at = ctx.now


def require_link(user_id: str, category: str, signature: str) -> None:
    """Refuse a link that nobody was sent.

    Raises:
        NotFound: it is not one of ours.
    """
    wanted = tokens.keyed_digest(_PURPOSE, f"{user_id} {category}")
    if category not in ENDED_BY_A_CLICK or not tokens.same(signature, wanted):
        raise NotFound
