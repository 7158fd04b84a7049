"""Points and store credit of the demo: a ledger that agrees with the orders, and its sums."""

from datetime import datetime, timedelta

from sqlmodel import SQLModel

from account_portal.core.money import POINT_SCALE
from account_portal.core.settings import get_settings
from account_portal.demo.catalog import CURRENCY
from account_portal.demo.seed.ids import seeded_id
from account_portal.demo.seed.orders import Written
from account_portal.demo.seed.people import Person
from account_portal.loyalty.rules import points_kept
from account_portal.loyalty.service.ledger import membership_number_of
from account_portal.models import CreditActivity, LoyaltyAccount, LoyaltyActivity
from account_portal.states import ActivityType, OrderStatus, ReturnResolution, ReturnStatus

# Title, cause, points, days before the reference day; negative points are taken.
Extra = tuple[str, str, int, float]


class Ledger:
    """The movements of one member."""

    def __init__(self, person: Person, today: datetime) -> None:
        self._person = person
        self._today = today
        self._moves: list[LoyaltyActivity] = []
        self._savings = 0

    def add_extra(self, extra: Extra) -> None:
        """A movement that no order caused."""
        title, activity, points, days = extra
        self._move(title, activity, points * POINT_SCALE, self._today - timedelta(days=days))

    def add_order(self, written: Written) -> None:
        """What an order spent, earned, gave back and lost."""
        order = written.order
        number = order.order_number
        if order.loyalty_point_redeemed:
            spent = order.loyalty_point_redeemed
            title = f"Spent on order {number}"
            self._move(title, "order", -spent, order.order_date, number)
            self._savings += order.loyalty_amount
            if order.status == OrderStatus.CANCELLED:
                back = f"Points back for order {number}"
                self._move(back, "order_cancelled", spent, order.cancelled_at, number)
                self._savings -= order.loyalty_amount
        if written.is_delivered and order.loyalty_point_earned:
            at = written.delivered_at
            window = timedelta(days=get_settings().return_window_days)
            earned = order.loyalty_point_earned
            self._move(f"Order {number}", "order", earned, at, number, at and at + window)
            total = sum(line.line_total for line in written.lines)
            lost = earned - points_kept(earned, total, _returned(written))
            if lost:
                title = f"Points of order {number} taken back"
                self._move(title, "order_returned", -lost, _completed(written), number)

    def _move(
        self,
        title: str,
        activity: str,
        points: int,
        at: datetime | None,
        reference_number: str | None = None,
        spendable_at: datetime | None = None,
    ) -> None:
        assert at is not None
        name = f"{self._person.key} {title} {len(self._moves)}"
        self._moves.append(
            LoyaltyActivity(
                id=seeded_id("loyalty activity", name),
                customer_id=self._person.id,
                activity_type=ActivityType.EARNED if points > 0 else ActivityType.REDEEMED,
                activity=activity,
                reference_number=reference_number,
                title=title,
                loyalty_point=abs(points),
                spendable_at=spendable_at,
                created_at=at,
                modified_at=at,
            )
        )

    def rows(self) -> list[SQLModel]:
        """The account with its sums, and the movements, oldest first."""
        moves = sorted(self._moves, key=lambda move: (move.created_at, move.id))
        earned = sum(move.loyalty_point for move in moves if move.activity_type == "earned")
        account = LoyaltyAccount(
            customer_id=self._person.id,
            membership_number=membership_number_of(self._person.id),
            earned=earned,
            redeemed=sum(move.loyalty_point for move in moves) - earned,
            bonus=sum(move.loyalty_point for move in moves if move.activity == "bonus"),
            savings=self._savings,
            created_at=moves[0].created_at,
            modified_at=moves[-1].created_at,
        )
        return [account, *moves]


def _returned(written: Written) -> int:
    """What came back for money, in minor units."""
    rows = written.returned
    return sum(
        item.refund_amount
        for request, items in rows
        for item in items
        if request.status == ReturnStatus.COMPLETE and item.resolution == ReturnResolution.REFUND
    )


def _completed(written: Written) -> datetime | None:
    return max(
        (request.completed_at for request, _ in written.returned if request.completed_at),
        default=None,
    )


def credit_rows(person: Person, today: datetime) -> list[SQLModel]:
    """Store credit: a gift two years ago. What orders used of it stands in the orders."""
    return [
        CreditActivity(
            id=seeded_id("credit", person.key),
            customer_id=person.id,
            currency=CURRENCY,
            amount=1_500_00,
            cause="gift_card",
            created_at=today - timedelta(days=person.since - 20),
        )
    ]
