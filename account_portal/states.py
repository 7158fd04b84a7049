"""The states things can be in; the words are the contract's."""

from enum import StrEnum


class OrderStatus(StrEnum):
    """Order state; `orders.rules` holds the transitions."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    CONFIRMED = "confirmed"
    PARTIALLY_SCHEDULED = "partially_scheduled"
    AWAITING_SHIPMENT = "awaiting_shipment"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    PARTIALLY_UNDELIVERED = "partially_undelivered"
    UNDELIVERED = "undelivered"
    PARTIALLY_RETURN_TO_ORIGIN = "partially_return_to_origin"
    RETURN_TO_ORIGIN = "return_to_origin"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


class PaymentStatus(StrEnum):
    """How far an order is paid."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"
    PARTIALLY_PAID = "partially_paid"


class TransactionStatus(StrEnum):
    """State of one payment transaction."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"
    PARTIALLY_PAID = "partially_paid"
    REFUND_INITIATED = "refund_initiated"


class ShipmentStatus(StrEnum):
    """State of a parcel."""

    UNSCHEDULED = "unscheduled"
    SCHEDULE_REQUESTED = "schedule_requested"
    SCHEDULED = "scheduled"
    PACKED = "packed"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    UNDELIVERED = "undelivered"
    RETURN_TO_ORIGIN = "return_to_origin"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    LOST = "lost"


class RefundStatus(StrEnum):
    """Stage of a refund."""

    PENDING = "pending"
    APPROVED = "approved"
    SUCCESS = "success"
    FAILED = "failed"


class RefundPurpose(StrEnum):
    """What a refund gives money back for; the shop's own files do not say."""

    RETURN = "return"
    PARCEL = "parcel"
    CANCELLED = "cancelled"
    OVERPAID = "overpaid"
    GOODWILL = "goodwill"


class RefundMode(StrEnum):
    """Where refunded money goes, as a customer chooses it."""

    ORIGINAL_PAYMENT_MODE = "original_payment_mode"
    BANK_TRANSFER = "bank_transfer"


class ReturnStatus(StrEnum):
    """State of a return request."""

    CREATED = "created"
    APPROVED = "approved"
    REJECTED = "rejected"
    SHIPPED = "shipped"
    RECEIVED = "received"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


class ReturnResolution(StrEnum):
    """What a customer wants for a returned item."""

    REFUND = "refund"
    REPLACEMENT = "replacement"


class ClaimStatus(StrEnum):
    """State of a claim."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ClaimProblem(StrEnum):
    """What went wrong with goods."""

    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    MISSING_ITEM = "missing_item"
    NOT_ARRIVED = "not_arrived"
    OTHER = "other"


class ClaimResolution(StrEnum):
    """What the shop does about a claim that it accepts."""

    REFUND = "refund"
    REPLACEMENT = "replacement"
    RETURN = "return"


class ReviewStatus(StrEnum):
    """Whether others can see a review."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class WithdrawalStatus(StrEnum):
    """Whether the shop has to do something about a withdrawal."""

    OPEN = "open"
    SETTLED = "settled"


class VerificationStatus(StrEnum):
    """Whether the store trusts a bank account."""

    UNVERIFIED = "unverified"
    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"


class ActivityType(StrEnum):
    """Sign of a loyalty row."""

    EARNED = "earned"
    REDEEMED = "redeemed"


class SubscriptionStatus(StrEnum):
    """Whether a subscription still delivers."""

    ACTIVE = "active"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class OtpAction(StrEnum):
    """What a correct code will do."""

    LOGIN = "login"
    REGISTER = "register"
    RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of an action
    VERIFY_PHONE = "verify-phone"
    VERIFY_EMAIL = "verify-email"
    UPDATE_PHONE = "update-phone"
    UPDATE_EMAIL = "update-email"


class Channel(StrEnum):
    """How a message reaches a customer."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class ExportStatus(StrEnum):
    """Where the copy of a customer's data stands that they asked for."""

    REQUESTED = "requested"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class SessionKind(StrEnum):
    """Which door a session came through."""

    API = "api"
    PAGE = "page"
    VISITOR = "visitor"


class MessageStatus(StrEnum):
    """Where a message in the outbox stands; `dropped` are codes that lapsed or are for nobody."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class DeliveryStatus(StrEnum):
    """Where an event on its way to an endpoint stands."""

    WAITING = "waiting"
    DUE = "due"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"
