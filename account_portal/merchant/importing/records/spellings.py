"""States and card brands as other systems spell them. `docs/importing.md` lists them."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    ShipmentStatus,
    TransactionStatus,
)

_ORDERS = {
    "canceled": "cancelled",
    "completed": "complete",
    "fulfilled": "shipped",
    "partially_fulfilled": "partially_shipped",
    "dispatched": "shipped",
    "returned_to_origin": "return_to_origin",
    "partially_returned_to_origin": "partially_return_to_origin",
}
_PARCELS = {
    "canceled": "cancelled",
    "dispatched": "shipped",
    "returned_to_origin": "return_to_origin",
}
_PAID = {
    "paid": "success",
    "succeeded": "success",
    "successful": "success",
    "captured": "success",
    "unpaid": "pending",
    "authorized": "pending",
    "authorised": "pending",
    "declined": "failed",
    "cancelled": "failed",
    "canceled": "failed",
    "voided": "failed",
    "partial": "partially_paid",
}
_REFUNDED = {
    "succeeded": "success",
    "successful": "success",
    "completed": "success",
    "refunded": "success",
}
_BRANDS = {
    "visa": "Visa",
    "visaelectron": "Visa",
    "visadebit": "Visa",
    "visacredit": "Visa",
    "mastercard": "Master Card",
    "master": "Master Card",
    "mc": "Master Card",
    "mastercarddebit": "Master Card",
    "mastercardcredit": "Master Card",
    "rupay": "Rupay",
    "amex": "American Express",
    "americanexpress": "American Express",
}


def _spelled(others: Mapping[str, str]) -> Callable[[Any], Any]:
    """Takes `Partially Shipped` for `partially_shipped`, and the other words for ours."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", value.strip())
        word = re.sub(r"[\s_-]+", "_", apart.lower())
        return others.get(word, word)

    return read


OrderState = Annotated[OrderStatus, BeforeValidator(_spelled(_ORDERS))]
ParcelState = Annotated[ShipmentStatus, BeforeValidator(_spelled(_PARCELS))]
PaymentState = Annotated[PaymentStatus, BeforeValidator(_spelled(_PAID))]
TransactionState = Annotated[TransactionStatus, BeforeValidator(_spelled(_PAID))]
RefundState = Annotated[RefundStatus, BeforeValidator(_spelled(_REFUNDED))]


def is_reserved(state: Any) -> bool:
    """Whether a payment state says that the money is reserved, and not taken yet."""
    return isinstance(state, str) and state.strip().lower() in {"authorized", "authorised"}


def card_brand(text: str) -> str | None:
    """The contract's name of a card brand, or nothing when it has none for it."""
    return _BRANDS.get(re.sub(r"[\W_]+", "", text).lower())
