"""Orders of the last months, written by hand so that every state of the contract is there."""

from account_portal.demo.seed.plan import (
    PAID_BY_CARD,
    Attempt,
    Back,
    GivenBack,
    Item,
    Parcel,
    Planned,
    Wrong,
)
from account_portal.states import (
    ClaimProblem,
    ClaimResolution,
    ClaimStatus,
    OrderStatus,
    RefundMode,
    RefundStatus,
    ReturnResolution,
    ReturnStatus,
    ShipmentStatus,
    TransactionStatus,
)

_TEA_OFFER = ("Autumn kitchen", 10)

WAITING = (
    Planned(
        "failed payment",
        0.35,
        (Item("NW-HEAD"), Item("NW-NOTE", 2)),
        status=OrderStatus.DRAFT,
        payments=(
            Attempt(TransactionStatus.FAILED, "card"),
            Attempt(TransactionStatus.FAILED, "netbanking", hours_later=0.4),
        ),
    ),
    Planned(
        "awaiting approval",
        0.8,
        (Item("NW-WATCH"),),
        status=OrderStatus.AWAITING_APPROVAL,
        payments=PAID_BY_CARD,
        note="A birthday present: please leave out the invoice.",
    ),
    Planned(
        "confirmed",
        1.15,
        (Item("NW-CHAI-250", 2), Item("NW-HONEY-350"), Item("NW-MUG-MOSS", 2)),
        coupon=("WELCOME15", 15),
    ),
    Planned(
        "half paid",
        1.7,
        (Item("NW-STOOL"), Item("NW-CUSH-SAFF", 2)),
        payments=(Attempt(method="bank", percent=50),),
        note="Second half follows by bank transfer.",
    ),
    Planned(
        "partly scheduled",
        2.3,
        (Item("NW-COFF-1000"), Item("NW-PRESS-8"), Item("NW-LAMP-SAGE")),
        payments=PAID_BY_CARD,
        parcels=(
            Parcel(
                ShipmentStatus.SCHEDULED, 1.2, -3, {"NW-COFF-1000": 1, "NW-PRESS-8": 1}, courier=0
            ),
        ),
    ),
    Planned(
        "awaiting shipment",
        2.9,
        (Item("NW-SKIL-26"), Item("NW-APRON"), Item("NW-TOWEL-T3")),
        promotion=_TEA_OFFER,
        parcels=(
            Parcel(ShipmentStatus.PACKED, 0.6, -3, {"NW-SKIL-26": 1}, courier=1),
            Parcel(ShipmentStatus.SCHEDULED, 0.9, -4, {"NW-APRON": 1, "NW-TOWEL-T3": 1}, courier=0),
        ),
    ),
)

UNDER_WAY = (
    Planned(
        "partly shipped",
        3.6,
        (Item("NW-THROW"), Item("NW-CAND-FIG", 2), Item("NW-DIFF")),
        payments=PAID_BY_CARD,
        parcels=(
            Parcel(ShipmentStatus.IN_TRANSIT, 0.7, -2, {"NW-THROW": 1}, courier=2),
            Parcel(ShipmentStatus.PACKED, 0.4, -4, {"NW-CAND-FIG": 2, "NW-DIFF": 1}, courier=0),
        ),
    ),
    Planned(
        "shipped in two parcels",
        4.5,
        (Item("NW-TPOT-TEAL"), Item("NW-EARL-100", 3, free=1), Item("NW-PLANT-MON")),
        parcels=(
            Parcel(
                ShipmentStatus.OUT_FOR_DELIVERY,
                0.1,
                -0.5,
                {"NW-TPOT-TEAL": 1, "NW-EARL-100": 3},
                courier=0,
            ),
            Parcel(ShipmentStatus.IN_TRANSIT, 0.5, -2, {"NW-PLANT-MON": 1}, courier=1),
        ),
    ),
    Planned(
        "cash on delivery",
        3.1,
        (Item("NW-SOAP-2", 2), Item("NW-WASH-500")),
        cash_on_delivery=True,
        payments=(Attempt(TransactionStatus.PENDING, "cash"),),
        parcels=(Parcel(ShipmentStatus.SHIPPED, 0.9, -1, courier=1),),
    ),
    Planned(
        "partly delivered",
        6.4,
        (Item("NW-BOARD"), Item("NW-BOWL-3"), Item("NW-OLIVE-500", 2)),
        payments=PAID_BY_CARD,
        coupon=("PANTRY10", 10),
        parcels=(
            Parcel(ShipmentStatus.DELIVERED, 2.2, 2, {"NW-BOARD": 1, "NW-OLIVE-500": 2}, courier=0),
            Parcel(ShipmentStatus.IN_TRANSIT, 1.1, -1, {"NW-BOWL-3": 1}, courier=2),
        ),
        claims=(
            Wrong(
                "NW-OLIVE-500",
                1,
                ClaimProblem.DAMAGED,
                "The cap was cracked, and half of the oil ran into the box.",
                created=1.4,
            ),
        ),
    ),
    Planned(
        "partly undelivered",
        7.3,
        (Item("NW-SNK-SAFF-40"), Item("NW-SOCK-S", 3)),
        parcels=(
            Parcel(
                ShipmentStatus.UNDELIVERED,
                0.9,
                1.5,
                {"NW-SNK-SAFF-40": 1},
                courier=0,
                reason="Nobody could be reached at the address.",
            ),
            Parcel(ShipmentStatus.IN_TRANSIT, 1.3, -1, {"NW-SOCK-S": 3}, courier=1),
        ),
    ),
    Planned(
        "undelivered",
        9.2,
        (Item("NW-CLOCK"),),
        payments=PAID_BY_CARD,
        parcels=(
            Parcel(
                ShipmentStatus.UNDELIVERED,
                2.4,
                4,
                courier=2,
                reason="The address was closed on three days.",
            ),
        ),
    ),
    Planned(
        "partly on its way back",
        13.6,
        (Item("NW-PRINT-A2"), Item("NW-VASE")),
        address="parents",
        parcels=(
            Parcel(
                ShipmentStatus.RETURN_TO_ORIGIN,
                3.5,
                8,
                {"NW-PRINT-A2": 1},
                courier=1,
                reason="Refused: the box was damaged.",
            ),
            Parcel(ShipmentStatus.DELIVERY_ATTEMPTED, 2.5, 6, {"NW-VASE": 1}, courier=0),
        ),
    ),
    Planned(
        "on its way back",
        19.7,
        (Item("NW-CAN"), Item("NW-PLANT-CAC")),
        parcels=(
            Parcel(
                ShipmentStatus.RETURN_TO_ORIGIN,
                6.8,
                13,
                courier=2,
                reason="The customer could not be found at the address.",
            ),
        ),
    ),
)

ARRIVED = (
    Planned(
        "delivered last week",
        10.5,
        (Item("NW-CHOC-72", 3, free=1), Item("NW-GRAN-400", 2), Item("NW-BREW-6")),
        payments=PAID_BY_CARD,
        points=150,
        parcels=(Parcel(ShipmentStatus.DELIVERED, 6.3, 6, courier=0),),
    ),
    Planned(
        "return asked for",
        13.2,
        (Item("NW-TEE-INDIGO-M", 3), Item("NW-BEAN-ROSE")),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 9.1, 9, courier=1),),
        returns=(
            Back(
                ReturnStatus.CREATED,
                {"NW-TEE-INDIGO-M": 2},
                "Too small: I need size L.",
                created=1.3,
                resolution=ReturnResolution.REPLACEMENT,
            ),
        ),
    ),
    Planned(
        "return approved",
        18.4,
        (Item("NW-PACK"), Item("NW-UMB")),
        payments=PAID_BY_CARD,
        parcels=(Parcel(ShipmentStatus.DELIVERED, 13.7, 14, courier=0),),
        returns=(
            Back(
                ReturnStatus.APPROVED,
                {"NW-PACK": 1},
                "A zip is stuck.",
                created=4.2,
                approved=2.1,
                refund=RefundStatus.PENDING,
            ),
        ),
    ),
    Planned(
        "return on its way",
        22.6,
        (Item("NW-FLASK-GRAPH"), Item("NW-MAT")),
        parcels=(
            Parcel(ShipmentStatus.DELIVERED, 17.5, 18, {"NW-FLASK-GRAPH": 1}, courier=2),
            Parcel(ShipmentStatus.DELIVERED, 16.8, 17, {"NW-MAT": 1}, courier=0),
        ),
        returns=(
            Back(
                ReturnStatus.SHIPPED,
                {"NW-MAT": 1},
                "The colour is not that of the picture.",
                created=9.4,
                approved=8.1,
                shipped=5.2,
                refund=RefundStatus.PENDING,
            ),
        ),
    ),
    Planned(
        "return received",
        28.3,
        (Item("NW-SPKR"), Item("NW-PENC", 2)),
        payments=PAID_BY_CARD,
        promotion=("Sound and sight", 8),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 23.9, 24, courier=1),),
        returns=(
            Back(
                ReturnStatus.RECEIVED,
                {"NW-SPKR": 1, "NW-PENC": 1},
                "Bought twice by mistake.",
                created=15.5,
                approved=14.2,
                shipped=11.8,
                received=3.1,
                refund=RefundStatus.PENDING,
            ),
        ),
    ),
    Planned(
        "one broken cup",
        34.2,
        (Item("NW-MUG-CLAY", 4), Item("NW-KETTLE")),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 28.8, 29, courier=0),),
        refunds=(
            GivenBack(
                RefundStatus.SUCCESS,
                27.0,
                25.4,
                amount=495_00,
                remarks="One mug arrived broken; you may keep it.",
            ),
        ),
    ),
    Planned(
        "return complete",
        78.1,
        (Item("NW-SUN"), Item("NW-TOTE", 2)),
        coupon=("SUMMER5", 5),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 73.3, 74, courier=2),),
        returns=(
            Back(
                ReturnStatus.COMPLETE,
                {"NW-SUN": 1},
                "They do not suit me.",
                created=66.5,
                approved=65.2,
                shipped=63.4,
                received=59.8,
                completed=58.1,
                refund=RefundStatus.SUCCESS,
            ),
        ),
        claims=(
            Wrong(
                "NW-TOTE",
                1,
                ClaimProblem.DAMAGED,
                "A seam has come open.",
                created=52.3,
                wish=ReturnResolution.REPLACEMENT,
                status=ClaimStatus.REJECTED,
                decided=50.9,
                answer="The bag was worn for three weeks; we sew it for you free of charge.",
            ),
        ),
    ),
    Planned(
        "return rejected",
        96.7,
        (Item("NW-CREAM-50"), Item("NW-SOAP-2")),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 91.9, 92, courier=0),),
        returns=(
            Back(
                ReturnStatus.REJECTED,
                {"NW-CREAM-50": 1},
                "Did not like the scent.",
                created=80.2,
                rejected=78.6,
                rejection_reason="Opened cosmetics cannot be taken back, for hygiene.",
            ),
        ),
    ),
    Planned(
        "replaced",
        124.4,
        (Item("NW-LAMP-CLAY"),),
        payments=PAID_BY_CARD,
        parcels=(Parcel(ShipmentStatus.DELIVERED, 118.6, 119, courier=1),),
        returns=(
            Back(
                ReturnStatus.COMPLETE,
                {"NW-LAMP-CLAY": 1},
                "The switch does not work.",
                created=112.3,
                approved=111.0,
                shipped=109.2,
                received=105.5,
                completed=103.7,
                resolution=ReturnResolution.REPLACEMENT,
                replacement="replacement",
            ),
        ),
    ),
    Planned(
        "replacement",
        105.1,
        (Item("NW-LAMP-CLAY", 1, free=1),),
        payments=(),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 101.2, 102, courier=1),),
        replaces=("replaced", 1),
    ),
    Planned(
        "a course to download",
        48.2,
        (Item("NW-COURSE"),),
        credit=500_00,
    ),
    Planned(
        "return called off",
        141.9,
        (Item("NW-BLOCK"), Item("NW-BOOK")),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 136.7, 137, courier=2),),
        returns=(
            Back(
                ReturnStatus.CANCELLED,
                {"NW-BOOK": 1},
                "Already on my shelf.",
                created=129.8,
                approved=128.4,
                cancelled=127.0,
            ),
        ),
        claims=(
            Wrong(
                "NW-BLOCK",
                1,
                ClaimProblem.WRONG_ITEM,
                "You sent the small set. I ordered the one with a hundred blocks.",
                created=135.2,
                wish=ReturnResolution.REPLACEMENT,
                status=ClaimStatus.ACCEPTED,
                decided=134.5,
                resolution=ClaimResolution.REPLACEMENT,
                answer="We are sorry. Please keep the other one.",
                replacement="replacement for a claim",
            ),
        ),
    ),
    Planned(
        "replacement for a claim",
        134.5,
        (Item("NW-BLOCK", 1, free=1),),
        payments=(),
        parcels=(Parcel(ShipmentStatus.DELIVERED, 130.8, 131, courier=2),),
        replaces_claim=("return called off", 1),
    ),
)

CANCELLED = (
    Planned(
        "cancelled, money on its way",
        5.6,
        (Item("NW-BASKET"), Item("NW-TOWEL-B3")),
        status=OrderStatus.CANCELLED,
        payments=(Attempt(method="netbanking"),),
        cancelled=5.1,
        cancellation_reason="Found a better price",
        feedback="The basket is cheaper at the market.",
        refunds=(
            GivenBack(
                RefundStatus.APPROVED, 5.1, mode=RefundMode.BANK_TRANSFER, account="verified"
            ),
        ),
    ),
    Planned(
        "cancelled, money back",
        41.3,
        (Item("NW-CARAFE", 2),),
        status=OrderStatus.CANCELLED,
        points=100,
        cancelled=40.9,
        cancellation_reason="Ordered by mistake",
        parcels=(
            Parcel(
                ShipmentStatus.CANCELLED, 40.9, 37, courier=0, reason="The order was cancelled."
            ),
        ),
        refunds=(GivenBack(RefundStatus.SUCCESS, 40.9, 38.2),),
    ),
    Planned(
        "cancelled, transfer failed",
        58.8,
        (Item("NW-PRINT-A3"),),
        status=OrderStatus.CANCELLED,
        payments=(Attempt(method="bank"),),
        cancelled=58.2,
        cancellation_reason="Delivery takes too long",
        refunds=(
            GivenBack(
                RefundStatus.FAILED,
                58.2,
                mode=RefundMode.BANK_TRANSFER,
                account="verified",
                remarks="The bank sent the money back; we tried again.",
            ),
            GivenBack(
                RefundStatus.SUCCESS,
                55.0,
                53.6,
                mode=RefundMode.BANK_TRANSFER,
                account="verified",
            ),
        ),
    ),
    Planned(
        "cancelled, never paid",
        69.5,
        (Item("NW-SAFF-5"),),
        status=OrderStatus.CANCELLED,
        payments=(Attempt(TransactionStatus.FAILED, "wallet"),),
        cancelled=68.7,
        cancellation_reason="Payment did not work",
    ),
)

PRESENT = (*WAITING, *UNDER_WAY, *ARRIVED, *CANCELLED)
