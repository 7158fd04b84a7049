"""Where an order goes, as long as nothing of it is packed."""

from collections.abc import Iterable, Mapping

from account_portal.addresses.rules import country_name_of
from account_portal.core.errors import Conflict, Unprocessable
from account_portal.orders.rules.eligibility import can_cancel
from account_portal.states import OrderStatus, ShipmentStatus


class DeliveryNotChangeable(Conflict):
    """The order is packed, sent or cancelled, or the store changes no deliveries."""

    code = "delivery_not_changeable"
    message = "The delivery of this order can no longer be changed."


class DeliveryChangedMeanwhile(Conflict):
    """Another tab or device changed the delivery since the customer looked."""

    code = "delivery_changed"
    message = "The delivery was changed in the meantime. Here is where it goes now."


class DeliveryElsewhere(Unprocessable):
    """What the order costs was worked out for another state or country."""

    code = "delivery_elsewhere"
    message = "Prices and taxes of this order are for another state or country."


def can_change_delivery(status: OrderStatus, shipments: Iterable[ShipmentStatus]) -> bool:
    """Whether parcels can still get another address: nothing is packed."""
    return can_cancel(status, shipments, until="packed")


def place_of(address: Mapping[str, str | None]) -> tuple[str, str]:
    """Country and state of an address: what prices and taxes depend on."""
    country = address["country"] or ""
    return (country_name_of(country) or country).casefold(), (address["state"] or "").casefold()
