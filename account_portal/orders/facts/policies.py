"""Which policies bind an order: that in force when it was placed, and kinder ones set since."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from account_portal.core.reading import PreparedSelect, Rows, read_in
from account_portal.core.settings import get_settings
from account_portal.models import PolicyVersion
from account_portal.orders import rules
from account_portal.orders.schemas.policies import Policy, PolicyRule


class Policies(NamedTuple):
    """All that were ever set, oldest first; before them, the settings."""

    moments: Sequence[datetime]
    """From when each is in force; the settings always were."""
    ranked: Sequence[rules.Ranked]
    """One more than moments: the settings come first."""
    ask_for_countries: bool

    def for_order_of(self, ordered_at: datetime) -> Sequence[rules.Ranked]:
        """The one in force then, and those set since."""
        return self.ranked[bisect_right(self.moments, ordered_at) :]


Read = Callable[..., Rows]
"""Runs a prepared read with the values given by name."""

LATEST_POLICY = (
    select(col(PolicyVersion.id))
    .order_by(col(PolicyVersion.number).desc())
    .limit(1)
    .scalar_subquery()
)
"""Id of the last policy that was set: told with what is read, so that others need not be asked."""
_LAST = aliased(PolicyVersion)
_LATEST = PreparedSelect(select(LATEST_POLICY))
_VERSIONS = PreparedSelect(
    select(col(PolicyVersion.in_force_from), col(PolicyVersion.body))
    .where(
        col(PolicyVersion.number)
        <= select(col(_LAST.number)).where(col(_LAST.id) == bindparam("latest")).scalar_subquery()
    )
    .order_by(col(PolicyVersion.number))
)
_known: dict[tuple[str | None, "_Settings"], Policies] = {}
"""By the id of the last policy, as none ever changes, and what settings say."""
_MOST_KNOWN = 8


def load_policies(db: Session) -> Policies:
    """Read the policies of the shop."""
    read = partial(read_in, db)
    return policies_up_to(read(_LATEST)[0][0], read)


def policies_up_to(latest: str | None, read: Read) -> Policies:
    """The policies of the shop, of which that is the last; read once a process."""
    asked = latest, _read_settings()
    known = _known.get(asked)
    if known is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        rows = read(_VERSIONS, latest=latest) if latest else []
        settings = settings_rule()
        bodies = [Policy.model_validate_json(body).rules for _, body in rows]
        known = _known[asked] = Policies(
            moments=[moment for moment, _ in rows],
            ranked=[rules.rank(one, settings) for one in ([], *bodies)],
            ask_for_countries=any(one.applies_to.countries for body in bodies for one in body),
        )
    return known


class _Settings(NamedTuple):
    return_window_days: int
    cancel_scheduled: bool
    claim_window_days: int


def _read_settings() -> _Settings:
    settings = get_settings()
    return _Settings(
        settings.return_window_days, settings.cancel_scheduled, settings.claim_window_days
    )


def settings_rule() -> PolicyRule:
    """What the settings say: the most general rule of every policy."""
    return rules.rule_of_settings(**_read_settings()._asdict())
