"""Deeds on what is connected to the shop (keys, webhook endpoints), and on its people."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from pydantic import Field

from account_portal.console.deeds.base import Deed, Nothing, Result
from account_portal.console.rules import Permission, Role
from account_portal.console.service import accounts
from account_portal.context import Context
from account_portal.core.schemas import Input
from account_portal.merchant import keys
from account_portal.orders import service as orders
from account_portal.webhooks import service as webhooks
from account_portal.webhooks.schemas import ALL, CreateWebhook

OVERLAP = timedelta(days=1)
"""How long a secret that was replaced still works."""


class NewKey(Input):
    """A key for one of the shop's systems."""

    name: str = Field(min_length=1, max_length=keys.LONGEST_NAME)
    scopes: str = Field(min_length=1, description="With spaces between.")
    days: int | None = Field(default=None, ge=1, le=3650)


class NewEndpoint(Input):
    """Where events are to be sent."""

    url: str = Field(min_length=1, max_length=2000)
    types: str = Field(default="*", max_length=1000, description="With commas between.")
    description: str = Field(default="", max_length=200)


class NewPolicy(Input):
    """What customers may do after the purchase, as TOML or JSON."""

    text: str = Field(min_length=1, max_length=60_000, exclude=True)  # the version keeps it
    after: int = Field(ge=0, description="Number of the version it was tried against; 0: none.")


class NewRole(Input):
    """What somebody is to be."""

    role: Role


class Invitation(NewRole):
    """Whom to let in."""

    email: str = Field(min_length=3, max_length=254)


def _resend_delivery(ctx: Context, number: str, data: Nothing, by: str) -> str:
    webhooks.resend_delivery(ctx, number)
    return "The delivery is tried again."


def _new_endpoint(ctx: Context, number: str, data: NewEndpoint, by: str) -> Result:
    types = webhooks.types_of(data.types) or [ALL]
    asked = CreateWebhook(url=data.url, types=types, description=data.description)
    made = webhooks.create_webhook(ctx, asked)
    return Result(f"Events are sent to {made.url} from now on.", made.secret)


def _rotate_endpoint(ctx: Context, number: str, data: Nothing, by: str) -> Result:
    made = webhooks.rotate_secret(ctx, number, overlap=OVERLAP)
    return Result("The endpoint has a new secret; the old one signs too for a day.", made.secret)


def _delete_endpoint(ctx: Context, number: str, data: Nothing, by: str) -> str:
    webhooks.delete_webhook(ctx, number)
    return "The endpoint is removed."


def _enable_endpoint(ctx: Context, number: str, data: Nothing, by: str) -> str:
    webhooks.enable_webhook(ctx, number)
    return "Events are sent to it again, beginning with what it missed."


def _set_policy(ctx: Context, number: str, data: NewPolicy, by: str) -> str:
    policy = orders.read_policy(data.text)
    version = orders.set_policy(ctx, policy, source="console", after=data.after)
    return f"Policy {version.number} is in force."


def _new_key(ctx: Context, number: str, data: NewKey, by: str) -> Result:
    lives = timedelta(days=data.days) if data.days else None
    secret = keys.create_key(ctx, data.name, data.scopes.split(), by=by, lives=lives)
    return Result(f"Key {data.name} is made.", secret)


def _rotate_key(ctx: Context, number: str, data: Nothing, by: str) -> Result:
    secret = keys.rotate_key(ctx, number, overlap=OVERLAP)
    return Result(f"Key {number} has a new secret; the old one works for another day.", secret)


def _revoke_key(ctx: Context, number: str, data: Nothing, by: str) -> str:
    keys.revoke_key(ctx, number, by=by)
    return f"Key {number} is revoked."


def invitation_link(ctx: Context, token: str) -> str:
    """Where somebody sets their first password."""
    return f"{ctx.settings.origin}/console/invitation?token={token}"


def _invite(ctx: Context, number: str, data: Invitation, by: str) -> Result:
    token = accounts.invite(ctx, data.email, data.role, by=by)
    return Result(f"{data.email} can set a password by this link.", invitation_link(ctx, token))


def _invite_again(ctx: Context, number: str, data: Nothing, by: str) -> Result:
    token = accounts.invite_again(ctx, number, by=by)
    return Result(f"{number} can set a new password by this link.", invitation_link(ctx, token))


def _change_role(ctx: Context, number: str, data: NewRole, by: str) -> str:
    accounts.change_role(ctx, number, data.role, by=by)
    return f"{number} is {data.role} now."


def _disable(ctx: Context, number: str, data: Nothing, by: str) -> str:
    accounts.disable(ctx, number, by=by)
    return f"{number} is let in no more."


def _enable(ctx: Context, number: str, data: Nothing, by: str) -> str:
    accounts.enable(ctx, number, by=by)
    return f"{number} is let in again."


_ENDPOINT = partial(Deed, Permission.SYSTEMS, "webhook")
_KEY = partial(Deed, Permission.SYSTEMS, "key")
_STAFF = partial(Deed, Permission.STAFF, "staff", is_recorded=True)

DEEDS: Mapping[str, Deed] = {
    "delivery.resend": Deed(Permission.SYSTEMS, "delivery", _resend_delivery),
    "webhook.create": _ENDPOINT(_new_endpoint, NewEndpoint),
    "webhook.rotate": _ENDPOINT(_rotate_endpoint),
    "webhook.enable": _ENDPOINT(_enable_endpoint),
    "webhook.delete": _ENDPOINT(_delete_endpoint),
    "policy.set": Deed(Permission.POLICIES, "policy", _set_policy, NewPolicy),
    "key.create": _KEY(_new_key, NewKey),
    "key.rotate": _KEY(_rotate_key),
    "key.revoke": _KEY(_revoke_key),
    "staff.invite": _STAFF(_invite, Invitation),
    "staff.reset": _STAFF(_invite_again),
    "staff.role": _STAFF(_change_role, NewRole),
    "staff.disable": _STAFF(_disable),
    "staff.enable": _STAFF(_enable),
}
