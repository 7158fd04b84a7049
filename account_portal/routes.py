"""Where the pages are: paths as constants, and builders for those with a part that varies."""

import re
from urllib.parse import quote, unquote

HOME = "/"
LOGIN = "/login"
REGISTER = "/register"
FORGOT_PASSWORD = "/forgot-password"  # noqa: S105 - a path
ORDERS = "/orders"
ORDER = "/orders/[order_number]"
RETURN = "/orders/[order_number]/return"
CLAIM = "/orders/[order_number]/claim"
CLAIMS = "/claims"
CLAIM_DETAIL = "/claims/[claim_id]"
RETURNS = "/returns"
RETURN_DETAIL = "/returns/[return_id]"
RETURN_CHANGE = "/returns/[return_id]/change"
ADDRESSES = "/addresses"
PROFILE = "/profile"
NOTIFICATIONS = "/notifications"
SECURITY = "/security"
YOUR_DATA = "/your-data"
LOYALTY = "/loyalty"
REVIEWS = "/reviews"
FIND_ORDER = "/find-order"
FOUND_ORDER = "/found-order"
ANOTHER_FOUND = f"{FOUND_ORDER}?error=another_order"
"""Where it leads when a page shows another order than the one that is open in its browser."""
NOT_FOUND = "/404"
KIT = "/dev/kit"
SHOP = "/shop"
"""Leads to the shop's own pages; the server knows where they are."""

WITHDRAW = "/withdraw"
"""Where a contract is withdrawn from, without an account and without script."""
UNSUBSCRIBE = "/unsubscribe"
"""Below it lie the addresses by which one click ends a kind of e-mail."""
MESSAGES = "/messages"
"""All messages with example values, in demo mode."""
PAYMENT_EVENTS = "/payment-events"
"""Where the payment gateway tells what became of payments and refunds."""
KNOW_DEVICE = "/api/session/device"
"""Opened by a link in a message: lets codes work again on this device."""
EMBED = "/embed"
"""Below it lie the same pages, for a frame in a storefront."""
HAND_OVER = "/hand-over"
"""The window in which a frame's customer signs in."""
PAYMENT_DONE = "/payment-done"
"""Where a payment leads back to that was begun in a frame."""
NEW_CODES = {"codes": "new"}
"""Query of the security page where sign-in leads to new recovery codes, on the way to `next`."""
NEVER_FRAMED = (
    LOGIN,
    REGISTER,
    FORGOT_PASSWORD,
    FIND_ORDER,
    FOUND_ORDER,
    HAND_OVER,
    PAYMENT_DONE,
    KIT,
)
"""Passwords are typed where the address bar shows whose page it is."""


def order(order_number: str) -> str:
    """The page of one order."""
    return f"{ORDERS}/{quote(order_number, safe='')}"


def find_order(wanted: str) -> str:
    """Where an order is found without an account; `wanted` is the page that asked to sign in."""
    number = re.fullmatch(rf"{ORDERS}/([A-Za-z0-9_-]+)(?:[/?].*)?", wanted)
    return f"{FIND_ORDER}?number={number[1]}" if number else FIND_ORDER


CAME_FROM_GATEWAY = "paid"
"""In the address of an order's page to which a payment led back."""


def order_paid(order_number: str) -> str:
    """The page of an order, where it says what became of the payment one comes back from."""
    return f"{order(order_number)}?{CAME_FROM_GATEWAY}=1"


def return_detail(request_number: str) -> str:
    """The page of one return request."""
    return f"{RETURNS}/{quote(request_number, safe='')}"


def missing_parcel(order_number: str, reference_number: str) -> str:
    """The address of the form that reports that a parcel did not arrive."""
    return f"{order(order_number)}/claim?parcel={quote(reference_number, safe='')}"


def claim_detail(claim_number: str) -> str:
    """The page of what was reported of an order."""
    return f"{CLAIMS}/{quote(claim_number, safe='')}"


_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


def local_path(wanted: str | None) -> str:
    r"""The path, if it is one of this site's own; else the home page.

    Browsers read ``//evil`` and ``/\evil`` as other hosts and drop tabs and line ends, so anything
    of that kind is refused rather than repaired. No path of ours has an empty part, which would be
    the beginning for whoever takes the part before it away, nor one of dots, with which another
    path is reached than the one that is read here.
    """
    path = re.split("[?#]", wanted or "", maxsplit=1)[0]
    read = unquote(path)
    if (
        not wanted
        or len(wanted) > 2000
        or not wanted.startswith("/")
        or re.match(r"[/\\]+api([/\\]|$)", read, re.IGNORECASE)
        or "//" in path
        or not {".", ".."}.isdisjoint(re.split(r"[/\\]", read))
        or _UNSAFE.search(wanted)
        or not wanted.isascii()
    ):
        return HOME
    return wanted
