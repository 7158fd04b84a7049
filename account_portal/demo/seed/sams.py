"""Orders of the second customer: few, so that it shows when data of two people mix."""

from account_portal.demo.seed.plan import (
    PAID_BY_CARD,
    Attempt,
    Back,
    Item,
    Parcel,
    Planned,
)
from account_portal.states import RefundStatus, ReturnStatus, ShipmentStatus

SAMS = (
    Planned(
        "first",
        380.2,
        (Item("NW-COFF-250", 2),),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 376.4, 376),),
    ),
    Planned(
        "mugs",
        201.7,
        (Item("NW-MUG-INDIGO", 6), Item("NW-CARAFE")),
        payments=PAID_BY_CARD,
        coupon=("HELLO5", 5),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 197.3, 198, courier=2),),
    ),
    Planned(
        "pack",
        25.3,
        (Item("NW-PACK"), Item("NW-SOCK-L", 2)),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 20.8, 21, courier=1),),
        returns=(
            Back(
                ReturnStatus.APPROVED,
                {"NW-SOCK-L": 1},
                "Too large.",
                created=6.4,
                approved=5.9,
                refund=RefundStatus.PENDING,
            ),
        ),
    ),
    Planned(
        "on its way",
        3.8,
        (Item("NW-CLOCK"), Item("NW-CAND-CEDAR", 2)),
        payments=(Attempt(method="wallet"),),
        parcels=(Parcel(ShipmentStatus.IN_TRANSIT, 0.8, -1, courier=1),),
    ),
    Planned("new", 0.5, (Item("NW-BOOK"),), note="Please sign the first page."),
)
