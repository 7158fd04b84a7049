"""What the writers of an order share: whose it is, and when."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import SQLModel

from account_portal.demo.seed.people import (
    Person,
)
from account_portal.demo.seed.plan import Planned
from account_portal.models import (
    Order,
    OrderLine,
    OrderReturn,
    ReturnItem,
)
from account_portal.states import (
    ShipmentStatus,
)


@dataclass(slots=True)
class Written:
    """What other parts of the seed need of an order that was written."""

    planned: Planned
    order: Order
    lines: list[OrderLine]
    delivered_at: datetime | None
    rows: list[SQLModel] = field(default_factory=list)
    returned: list[tuple[OrderReturn, list[ReturnItem]]] = field(default_factory=list)

    @property
    def is_delivered(self) -> bool:
        """Whether everything arrived."""
        parcels = self.planned.parcels
        return bool(parcels) and all(
            parcel.status is ShipmentStatus.DELIVERED for parcel in parcels
        )

    @property
    def units(self) -> dict[str, OrderLine]:
        """Lines by sku."""
        return {line.sku: line for line in self.lines}


class Dated:
    """Counts days back from `today`, the reference day's first moment."""

    def __init__(self, person: Person, today: datetime, first_number: int) -> None:
        self._person = person
        self._today = today
        self._number = first_number

    def _at(self, days: float) -> datetime:
        moment = self._today - timedelta(days=days)
        return moment.replace(second=0, microsecond=0)
