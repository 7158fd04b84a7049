"""Who of the shop may do what. Deny by default: a role has what it is given here."""

from collections.abc import Mapping
from enum import StrEnum

from account_portal.core.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    Unprocessable,
)


class Permission(StrEnum):
    """What a screen or a deed of the console needs."""

    READ = "read"
    """See orders, customers and the queues; every signed-in member of staff may."""
    ORDERS = "orders"
    PARCELS = "parcels"
    RETURNS = "returns"
    """Decide returns."""
    GOODS_BACK = "goods_back"
    """Book the goods of a return in."""
    REFUNDS = "refunds"
    PAYMENTS = "payments"
    BANK_ACCOUNTS = "bank_accounts"
    REVIEWS = "reviews"
    POINTS = "points"
    SESSIONS = "sessions"
    """Sign customers out."""
    REOPENING = "reopening"
    """Open an account again that its customer closed; it asks for the same proofs as before."""
    TWO_STEP = "two_step"
    """Let a customer sign in by one proof again: who talks staff into it needs only the other."""
    MESSAGES = "messages"
    POLICIES = "policies"
    """See and set what customers may do after the purchase."""
    SYSTEMS = "systems"
    """API keys, webhook endpoints and settings."""
    STAFF = "staff"
    """Accounts of staff, and the audit log."""


class Role(StrEnum):
    """What a member of staff is to the shop."""

    VIEWER = "viewer"
    WAREHOUSE = "warehouse"
    SUPPORT = "support"
    FINANCE = "finance"
    ADMIN = "admin"


ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.WAREHOUSE: frozenset({Permission.READ, Permission.PARCELS, Permission.GOODS_BACK}),
    Role.SUPPORT: frozenset(
        {
            Permission.READ,
            Permission.ORDERS,
            Permission.PARCELS,
            Permission.RETURNS,
            Permission.GOODS_BACK,
            Permission.REVIEWS,
            Permission.POINTS,
            Permission.SESSIONS,
            Permission.REOPENING,
            Permission.MESSAGES,
        }
    ),
    Role.FINANCE: frozenset(
        {
            Permission.READ,
            Permission.REFUNDS,
            Permission.PAYMENTS,
            Permission.BANK_ACCOUNTS,
        }
    ),
    Role.ADMIN: frozenset(Permission),
}

ROLE_WORDS: Mapping[Role, str] = {
    Role.VIEWER: "sees orders and customers, changes nothing",
    Role.WAREHOUSE: "packs and moves parcels, books returned goods in",
    Role.SUPPORT: "decides orders, returns, reviews and points; moves parcels, signs customers out "
    "and opens their closed accounts again",
    Role.FINANCE: "refunds, payments and bank accounts",
    Role.ADMIN: "everything, with policies, keys, webhooks, staff and the audit log",
}


class NotPermitted(Forbidden):
    """The role does not have it."""

    code = "not_permitted"
    message = "Your role may not do this. Ask an admin of your shop."


class SignInFailed(NotAuthenticated):
    """E-mail address, password or code is wrong; which of them is not told."""

    code = "sign_in_failed"
    message = "This does not match. Check what you typed and try again."
    keeps_changes = True


class OwnPasswordWrong(InvalidInput):
    """Whoever is signed in typed another password than theirs."""

    code = "password_wrong"
    message = "This is not your password; nothing was changed."
    keeps_changes = True


class InvitationOver(Unprocessable):
    """The link was used, or is too old."""

    code = "invitation_over"
    message = "This link was used or is too old. Ask an admin of your shop for a new one."


class ChangedMeanwhile(Conflict):
    """What the button was about is not what it was when the page was drawn."""

    code = "changed_meanwhile"
    message = (
        "Nothing was done: somebody changed this after you opened the page. "
        "Look at it as it is now, and decide again."
    )


class LastAdmin(Conflict):
    """Nobody could let anybody in any more."""

    code = "last_admin"
    message = "This is the only admin. Make somebody else admin first."


def require_permission(role: str, permission: Permission) -> None:
    """Refuse what a role does not have.

    Raises:
        NotPermitted: it does not.
    """
    if role not in list(Role) or permission not in ROLES[Role(role)]:
        raise NotPermitted
