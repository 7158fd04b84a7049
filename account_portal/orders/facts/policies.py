"""Which policies bind an order: that in force when it was placed, and kinder ones set since."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

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


_VERSIONS = select(col(PolicyVersion.in_force_from), col(PolicyVersion.body)).order_by(
    col(PolicyVersion.number)
)


def load_policies(db: Session) -> Policies:
    """Read the policies of the shop."""
    settings = settings_rule()
    rows = db.execute(_VERSIONS).all()
    return Policies(
        moments=[row.in_force_from for row in rows],
        ranked=[rules.rank((), settings), *(_ranked(row.body, settings) for row in rows)],
        ask_for_countries=any(_asks_for_countries(row.body) for row in rows),
    )


def settings_rule() -> PolicyRule:
    """What the settings say: the most general rule of every policy."""
    settings = get_settings()
    return _of_settings(settings.return_window_days, settings.cancel_scheduled)


@lru_cache(maxsize=4)
def _of_settings(days: int, cancel_scheduled: bool) -> PolicyRule:
    return rules.rule_of_settings(days, cancel_scheduled=cancel_scheduled)


# Policies are few and never change once they are set.
@lru_cache(maxsize=64)
def _ranked(body: str, settings: PolicyRule) -> rules.Ranked:
    return rules.rank(Policy.model_validate_json(body).rules, settings)


@lru_cache(maxsize=64)
def _asks_for_countries(body: str) -> bool:
    return any(rule.applies_to.countries for rule in Policy.model_validate_json(body).rules)
