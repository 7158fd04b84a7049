"""State of the rewards page."""

from decimal import Decimal

from account_portal import routes
from account_portal.doors.page import read
from account_portal.loyalty import service
from account_portal.loyalty.schemas import (
    CustomerLoyalty,
    LoyaltyPointActivity,
    LoyaltyQuery,
    MonthOfPoints,
    PointSums,
    StoreCredit,
    TierProgress,
    WaitingPoints,
)
from account_portal.ui.page_state import PageData, PageState, page_load
from account_portal.ui.paging import page_links, wanted_page

_OF_ORDERS = frozenset({"order", "order_cancelled", "order_returned"})
"""Movements whose reference is an order of the customer."""
_SHOWN_WAITING = 3


class RewardsState(PageData, PageState):
    """Points, tier and movements. The page of the movements is in the address."""

    loyalty: CustomerLoyalty | None = None
    tier: TierProgress | None = None
    sums: PointSums | None = None
    months: list[MonthOfPoints] = []
    """The last twelve; empty where nothing moved in them."""
    credit: list[StoreCredit] = []
    credit_links: dict[str, str] = {}
    """Addresses of the orders that its movements name."""
    waiting: list[WaitingPoints] = []
    waiting_longer: Decimal = Decimal(0)
    """Points that wait longer than those."""
    movements: list[LoyaltyPointActivity] = []
    order_links: list[str] = []
    """Address of the order behind each movement, empty where there is none."""
    was_used: bool = False
    page: int = 1
    pages: int = 0
    previous_link: str = ""
    next_link: str = ""

    @page_load
    async def load(self) -> None:
        """Show where the member stands, and the page of movements the address asks for."""
        wanted = wanted_page(self.router.url.query_parameters, limit=20)
        self.loyalty = (await read(self, service.get_loyalty)).loyalty
        self.tier = await read(self, service.get_tier_progress)
        self.sums = await read(self, service.get_point_sums)
        months = await read(self, service.list_months_of_points)
        moved = any(one.earned or one.spent or one.lapsed for one in months)
        self.months = months if moved else []
        self.credit = await read(self, service.list_store_credit)
        named = (one.reference_number for credit in self.credit for one in credit.movements)
        self.credit_links = {number: routes.order(number) for number in named if number}
        waits = self.loyalty.loyalty_point_redeemable < self.loyalty.loyalty_point_balance
        found = await read(self, service.list_waiting_points) if waits else []
        self.waiting = found[:_SHOWN_WAITING]
        self.waiting_longer = sum((one.points for one in found[_SHOWN_WAITING:]), Decimal(0))
        query = LoyaltyQuery(page=wanted.page, limit=wanted.limit)
        shown = await read(self, service.list_activities, query)
        self.movements = shown.rows
        self.order_links = [_order_link(one) for one in shown.rows]
        self.was_used = shown.pagination.total_records > 0
        self.page, self.pages = wanted.page, shown.pagination.total_pages
        self.previous_link, self.next_link = page_links(routes.LOYALTY, shown.pagination)


def _order_link(movement: LoyaltyPointActivity) -> str:
    if movement.activity in _OF_ORDERS and movement.reference_number:
        return routes.order(movement.reference_number)
    return ""
