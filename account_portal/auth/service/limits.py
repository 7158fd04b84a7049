"""How often sign-in may be tried from one address; tries at one account are in `guessing`."""

from ipaddress import IPv6Address, ip_address

from account_portal.auth.rules.passkeys import MOST_PASSKEYS
from account_portal.context import Context
from account_portal.security import rate_limit, tokens
from account_portal.security.rate_limit import Limit

PER_ADDRESS_REGISTRATIONS = Limit("register-address", times=300, seconds=3600)
PER_ADDRESS_PASSKEYS = Limit("passkey-address", times=50, seconds=900)
"""Those that did not fit."""
PER_ACCOUNT_PASSKEYS = Limit("passkeys", times=MOST_PASSKEYS, seconds=86_400)
"""Those that were added: each is told to a contact that need not be the caller's."""
PER_ADDRESS_VISITORS = Limit("visitor-address", times=600, seconds=600)
PER_ADDRESS_CODES = Limit("code-address", times=300, seconds=3600)
PER_ACCOUNT_CONTACTS = Limit("contacts", times=20, seconds=3600)
"""New contacts that were asked for: the answer tells whether another account has them."""
PER_SESSION_REFRESHES = Limit("refresh", times=60, seconds=600)


def count_attempt(ctx: Context, limit: Limit, key: str | None) -> None:
    """Count one attempt, unless there have been too many; without a key nothing is counted.

    Raises:
        TooManyAttempts: the limit is reached.
    """
    if key is None:
        return
    rate_limit.require_below(ctx.db, limit, key, ctx.now)
    rate_limit.count(ctx.db, limit, key, ctx.now)


def network_of(address: str | None) -> str:
    """What one caller has to itself: an IPv4 address, or the half of an IPv6 one."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)


def caller_network(ctx: Context) -> str | None:
    """What limits of an address count the caller under; none: nobody knows where from."""
    return network_of(ctx.caller.ip_address) if ctx.caller.ip_address else None


def personal(key: str) -> str:
    """A contact as a key that tells nobody whose it is."""
    return tokens.keyed_digest("rate limits", key)
