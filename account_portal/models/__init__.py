"""SQLModel tables, one file per aggregate. Importing this package declares all of them."""

from account_portal.models.address import (
    Address,
    AddressCopy,
    AddressFields,
    Subscription,
)
from account_portal.models.bank_account import BankAccount
from account_portal.models.cancelled_item import CancelledItem
from account_portal.models.claim import Claim, ClaimItem
from account_portal.models.consent import ConsentChange
from account_portal.models.data_export import DataExport
from account_portal.models.deleted_account import DeletedAccount, DeletedName
from account_portal.models.event import Event, WaitingEvent
from account_portal.models.evidence import Evidence
from account_portal.models.invoice import Invoice, InvoiceSeries
from account_portal.models.loyalty import (
    CreditActivity,
    LoyaltyAccount,
    LoyaltyActivity,
)
from account_portal.models.order import (
    Order,
    OrderCount,
    OrderDocument,
    OrderLine,
    Shipment,
    ShipmentEvent,
    ShipmentItem,
)
from account_portal.models.order_return import OrderReturn, ReturnItem
from account_portal.models.passkey import Passkey
from account_portal.models.payment import Payment, Refund
from account_portal.models.plumbing import (
    ApiKey,
    ApiKeyUsage,
    IdempotencyRecord,
    ImportStatement,
    OutboxMessage,
    Reminder,
    RunningPortal,
)
from account_portal.models.policy import OrderPolicy, PolicyVersion
from account_portal.models.product import Product, Purchase
from account_portal.models.review import Review, ReviewMedia
from account_portal.models.staff import AuditEntry, StaffMember, StaffSession
from account_portal.models.user import (
    KnownDevice,
    Media,
    NotificationPreference,
    OtpChallenge,
    RateEvent,
    SignIn,
    User,
    UserSession,
)
from account_portal.models.webhook import WebhookDelivery, WebhookEndpoint
from account_portal.models.withdrawal import Withdrawal

__all__ = [
    "Address",
    "AddressCopy",
    "AddressFields",
    "ApiKey",
    "ApiKeyUsage",
    "AuditEntry",
    "BankAccount",
    "CancelledItem",
    "Claim",
    "ClaimItem",
    "ConsentChange",
    "CreditActivity",
    "DataExport",
    "DeletedAccount",
    "DeletedName",
    "Event",
    "Evidence",
    "IdempotencyRecord",
    "ImportStatement",
    "Invoice",
    "InvoiceSeries",
    "KnownDevice",
    "LoyaltyAccount",
    "LoyaltyActivity",
    "Media",
    "NotificationPreference",
    "Order",
    "OrderCount",
    "OrderDocument",
    "OrderLine",
    "OrderPolicy",
    "OrderReturn",
    "OtpChallenge",
    "OutboxMessage",
    "Passkey",
    "Payment",
    "PolicyVersion",
    "Product",
    "Purchase",
    "RateEvent",
    "Refund",
    "Reminder",
    "ReturnItem",
    "Review",
    "ReviewMedia",
    "RunningPortal",
    "Shipment",
    "ShipmentEvent",
    "ShipmentItem",
    "SignIn",
    "StaffMember",
    "StaffSession",
    "Subscription",
    "User",
    "UserSession",
    "WaitingEvent",
    "WebhookDelivery",
    "WebhookEndpoint",
    "Withdrawal",
]
