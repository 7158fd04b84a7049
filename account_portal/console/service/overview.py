"""The first page: what waits for somebody, and how the last weeks went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, literal, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.merchant import lists
from account_portal.models import (
    BankAccount,
    Claim,
    Order,
    OrderDocument,
    OrderReturn,
    OutboxMessage,
    Refund,
    Review,
    Shipment,
    WebhookDelivery,
    Withdrawal,
)
from account_portal.states import (
    ClaimStatus,
    DeliveryStatus,
    MessageStatus,
    OrderStatus,
    RefundStatus,
    ReturnStatus,
    ReviewStatus,
    ShipmentStatus,
    VerificationStatus,
    WithdrawalStatus,
)

MOST_COUNTED = 1000
WEEKS = 8

TO_PACK = (OrderStatus.CONFIRMED, OrderStatus.PARTIALLY_SCHEDULED)
TO_PAY = (*TO_PACK, OrderStatus.AWAITING_SHIPMENT)
TO_HAND_OVER = (
    ShipmentStatus.UNSCHEDULED,
    ShipmentStatus.SCHEDULE_REQUESTED,
    ShipmentStatus.SCHEDULED,
    ShipmentStatus.PACKED,
)
NOT_ARRIVED = (ShipmentStatus.LOST, ShipmentStatus.UNDELIVERED, ShipmentStatus.RETURN_TO_ORIGIN)


@dataclass(frozen=True, slots=True)
class Queue:
    """Things that wait for somebody: a list with a filter.

    Attributes:
        label: what they are.
        screen: where they are listed, below `/console`.
        column: their state's, which leads an index.
        states: those that wait.
        awaits_payment: of orders and parcels, whether money is to come before goods are sent; none:
            of either kind.
    """

    label: str
    screen: str
    column: Any
    states: Sequence[str]
    awaits_payment: bool | None = None

    @property
    def query(self) -> str:
        """The filter, as in the list's address; what waits longest is first."""
        asked = [("status", str(state)) for state in self.states]
        if self.awaits_payment is not None:
            asked.append(("awaits_payment", str(self.awaits_payment).lower()))
        return urlencode([*asked, ("sort", "oldest")])


QUEUES = (
    Queue(
        "Orders to approve", "orders", col(OrderDocument.status), [OrderStatus.AWAITING_APPROVAL]
    ),
    Queue("Orders to pack", "orders", col(OrderDocument.status), TO_PACK, awaits_payment=False),
    Queue("Orders not paid yet", "orders", col(OrderDocument.status), TO_PAY, awaits_payment=True),
    Queue(
        "Parcels to hand over", "parcels", col(Shipment.status), TO_HAND_OVER, awaits_payment=False
    ),
    Queue("Parcels that did not arrive", "parcels", col(Shipment.status), NOT_ARRIVED),
    Queue("Returns to decide", "returns", col(OrderReturn.status), [ReturnStatus.CREATED]),
    Queue("Claims to decide", "claims", col(Claim.status), [ClaimStatus.OPEN]),
    Queue("Withdrawals to match", "withdrawals", col(Withdrawal.status), [WithdrawalStatus.OPEN]),
    Queue("Returned goods to check", "returns", col(OrderReturn.status), [ReturnStatus.RECEIVED]),
    Queue("Refunds to approve", "refunds", col(Refund.status), [RefundStatus.PENDING]),
    Queue("Refunds to pay out", "refunds", col(Refund.status), [RefundStatus.APPROVED]),
    Queue("Reviews to read", "reviews", col(Review.status), [ReviewStatus.PENDING]),
    Queue(
        "Bank accounts to verify",
        "bank-accounts",
        col(BankAccount.verification_status),
        [VerificationStatus.PENDING],
    ),
    Queue("Messages that failed", "messages", col(OutboxMessage.status), [MessageStatus.FAILED]),
    Queue("Webhooks that died", "deliveries", col(WebhookDelivery.status), [DeliveryStatus.DEAD]),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things of a queue wait."""

    queue: Queue
    count: int

    @property
    def shown(self) -> str:
        """As people read it; more than are counted is told as such."""
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


def count_waiting(ctx: Context) -> list[Waiting]:
    """How many things of each queue wait; never counts far, however long a queue is."""
    ctx.require_shop()
    found = []
    for queue in QUEUES:
        few = select(literal(1).label("one")).where(queue.column.in_(list(queue.states)))
        if queue.awaits_payment is not None:
            few = few.where(*lists.awaiting(queue.awaits_payment, queue.column.class_.order_id))
        few_rows = few.limit(MOST_COUNTED + 1).subquery()
        count = ctx.db.execute(select(func.count()).select_from(few_rows)).scalar_one()
        found.append(Waiting(queue, count))
    return found


@dataclass(frozen=True, slots=True)
class Series:
    """How often something happened in each of the last weeks, the oldest first."""

    label: str
    counts: Sequence[int]

    @property
    def highest(self) -> int:
        """The tallest bar."""
        return max(self.counts)

    @property
    def total(self) -> int:
        """All together."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Weeks:
    """The last weeks; the last one is the present one and not over."""

    begin: Sequence[date]
    series: Sequence[Series]


def read_weeks(ctx: Context) -> Weeks:
    """What happened in the last weeks, which begin on Mondays (UTC)."""
    ctx.require_shop()
    this_monday = ctx.now.date() - timedelta(days=ctx.now.weekday())
    begin = [this_monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    since = datetime.combine(begin[0], datetime.min.time(), ctx.now.tzinfo)
    # What is younger changed later, and changes are what the indexes know.
    orders = (
        select(_day(ctx, col(Order.order_date)), func.count())
        .join(OrderDocument, col(OrderDocument.order_id) == col(Order.id))
        .where(col(OrderDocument.changed_at) >= since, col(Order.order_date) >= since)
    )
    returns = select(_day(ctx, col(OrderReturn.created_at)), func.count()).where(
        col(OrderReturn.modified_at) >= since, col(OrderReturn.created_at) >= since
    )
    refunds = select(_day(ctx, col(Refund.refund_date)), func.count()).where(
        col(Refund.modified_at) >= since,
        col(Refund.refund_date) >= since,
        col(Refund.status) == RefundStatus.SUCCESS,
    )
    failures = (
        select(_day(ctx, col(OutboxMessage.created_at)), func.count()).where(
            col(OutboxMessage.status) == MessageStatus.FAILED,
            col(OutboxMessage.created_at) >= since,
        ),
        select(_day(ctx, col(WebhookDelivery.created_at)), func.count()).where(
            col(WebhookDelivery.status) == DeliveryStatus.DEAD,
            col(WebhookDelivery.created_at) >= since,
        ),
    )
    return Weeks(
        begin,
        [
            Series("Orders placed", _by_week(ctx, begin, orders)),
            Series("Returns asked for", _by_week(ctx, begin, returns)),
            Series("Refunds paid", _by_week(ctx, begin, refunds)),
            Series("Messages and webhooks not delivered", _by_week(ctx, begin, *failures)),
        ],
    )


def _day(ctx: Context, column: Any) -> Any:
    if ctx.db.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD").label("day")
    return func.substr(column, 1, 10, type_=None).label("day")


def _by_week(ctx: Context, begin: Sequence[date], *statements: Any) -> list[int]:
    counts = [0] * len(begin)
    for statement in statements:
        for day, count in ctx.db.execute(statement.group_by("day")):
            week = (date.fromisoformat(day) - begin[0]).days // 7
            if 0 <= week < len(counts):
                counts[week] += count
    return counts
