"""The records of an import, as `docs/importing.md` describes them.

The command `import` and the merchant API take the same.
"""

from typing import Annotated

from pydantic import Field

from account_portal.merchant.importing.fields import Record
from account_portal.merchant.importing.records.catalog import ProductRecord, ReviewRecord
from account_portal.merchant.importing.records.customers import (
    AddressRecord,
    CustomerRecord,
    OfCustomer,
    SavedAddressRecord,
)
from account_portal.merchant.importing.records.memberships import LoyaltyRecord, SubscriptionRecord
from account_portal.merchant.importing.records.orders import (
    ID,
    EventRecord,
    FulfilmentPart,
    LineRecord,
    OrderRecord,
    PaymentPart,
    PaymentRecord,
    RefundPart,
    RefundRecord,
    ShipmentPart,
    ShipmentRecord,
    UnitsRecord,
)

__all__ = [
    "ID",
    "RECORDS",
    "AddressRecord",
    "AnyRecord",
    "CustomerRecord",
    "EventRecord",
    "FulfilmentPart",
    "LineRecord",
    "LoyaltyRecord",
    "OfCustomer",
    "OrderRecord",
    "PaymentPart",
    "PaymentRecord",
    "ProductRecord",
    "RefundPart",
    "RefundRecord",
    "ReviewRecord",
    "SavedAddressRecord",
    "ShipmentPart",
    "ShipmentRecord",
    "SubscriptionRecord",
    "UnitsRecord",
]

AnyRecord = Annotated[
    ProductRecord
    | CustomerRecord
    | OrderRecord
    | ShipmentRecord
    | PaymentRecord
    | RefundRecord
    | LoyaltyRecord
    | SubscriptionRecord
    | ReviewRecord,
    Field(discriminator="type"),
]
RECORDS: dict[str, type[Record]] = {
    "product": ProductRecord,
    "customer": CustomerRecord,
    "order": OrderRecord,
    "shipment": ShipmentRecord,
    "payment": PaymentRecord,
    "refund": RefundRecord,
    "loyalty_activity": LoyaltyRecord,
    "subscription": SubscriptionRecord,
    "review": ReviewRecord,
}
"""Record by type, in the order they are written: what others need comes first."""
