"""The outside world: one Protocol each, whose working default needs no network."""

from dataclasses import dataclass
from functools import lru_cache

from account_portal.core.settings import get_settings
from account_portal.gateways.messaging import Messenger, make_messenger
from account_portal.gateways.payments import PaymentGateway, make_gateway
from account_portal.gateways.storage import Storage, make_storage
from account_portal.gateways.vouching import Vouchers, make_vouchers


@dataclass(frozen=True, slots=True)
class Gateways:
    """The outside world."""

    messages: Messenger
    payments: PaymentGateway | None
    storage: Storage
    vouchers: Vouchers | None


@lru_cache(maxsize=1)
def get_gateways() -> Gateways:
    """The gateways of this process, made from the settings at first use."""
    settings = get_settings()
    return Gateways(
        messages=make_messenger(settings),
        payments=make_gateway(settings),
        storage=make_storage(settings),
        vouchers=make_vouchers(settings),
    )
