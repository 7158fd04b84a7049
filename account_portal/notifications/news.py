"""What open pages follow: changes are counted with the users they concern.

The count changes in the transaction that changes something else, so a page that sees a new count
finds what is new, whichever process brought it: the shop's command, an import, the API, a tab.
"""

from collections.abc import Collection

import orjson
from sqlalchemy import event, select, update
from sqlmodel import Session, col

from account_portal.context import Context
from account_portal.core.bulk import table_of
from account_portal.core.changing import PreparedChange
from account_portal.core.reading import is_among
from account_portal.models import User

_TOLD = "customers with news"
_AT_ONCE = 500  # below the number of variables every database takes in one statement


def mark_changed(db: Session, customer_ids: Collection[str]) -> None:
    """Let open pages of these customers show, once this commits, what has changed."""
    db.info.setdefault(_TOLD, set()).update(customer_ids)


# In one order: two imports that concern the same customers wait, they don't collide.
_USERS = (
    select(col(User.id))
    .where(is_among(table_of(User).c.customer_id))
    .order_by(col(User.id))
    .with_for_update(key_share=True)
)
_ONE_MORE = PreparedChange(
    update(User.__table__)  # type: ignore[attr-defined]
    .where(col(User.id).in_(_USERS))
    .values(news=col(User.news) + 1)
)


@event.listens_for(Session, "before_commit")
def _count(db: Session) -> None:
    """Last of all, so that nobody is waited for while these rows are locked."""
    if db.in_nested_transaction():
        return
    wanted = db.info.pop(_TOLD, ())
    if wanted:
        _ONE_MORE.run(db, {"values": orjson.dumps(sorted(wanted)).decode()})


def read_news(ctx: Context, user_ids: Collection[str]) -> dict[str, int]:
    """How often something changed for each of these users; asked by the portal, not by callers."""
    wanted = sorted(user_ids)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        few = col(User.id).in_(wanted[start : start + _AT_ONCE])
        found.update(
            (row.id, row.news)
            for row in ctx.db.execute(select(col(User.id), col(User.news)).where(few))
        )
    return found
