"""One example of each message, some of several: for the preview, and to try a shop's templates."""

from account_portal.core.settings import Settings
from account_portal.notifications.messages.account import (
    AccountDeactivated,
    AccountProven,
    AccountReactivated,
    ContactChanged,
    NewDevice,
    OtherContactChanged,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordChanged,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    TooManyWrongCodes,
    TwoStepTurnedOff,
    TwoStepTurnedOn,
)
from account_portal.notifications.messages.bank_accounts import BankAccountChanged
from account_portal.notifications.messages.base import CodeMessage, DeviceLink, Item, Words
from account_portal.notifications.messages.claims import ClaimMoved
from account_portal.notifications.messages.loyalty import PointsLapsing
from account_portal.notifications.messages.orders import (
    DeliveryChanged,
    ItemsCancelled,
    NotDelivered,
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
    OrderShipped,
    OutForDelivery,
    ParcelLate,
    ParcelLost,
    PaymentFailed,
    PaymentReceived,
    WithdrawalReceived,
    WithdrawalSettled,
)
from account_portal.notifications.messages.personal_data import (
    AccountDeleted,
    DataExportReady,
    DataExportRequested,
)
from account_portal.notifications.messages.returns import RefundSettled, ReturnDelivery, ReturnMoved
from account_portal.notifications.messages.reviews import ReviewDecided, ReviewWaiting
from account_portal.notifications.messages.shop import WebhookDisabled

NUMBER, RETURN = "NW-21474", "RET-26-4471"


def examples(settings: Settings) -> dict[str, Words]:
    """Messages by a name each, as the store would send them."""
    store, email = settings.store_name, settings.store_email
    of = {"order_number": NUMBER, "store": store}
    items = (
        Item(name="Darjeeling First Flush, 250 g tin", quantity=2, amount="₹1,180.00"),
        Item(name="Cast-iron teapot with a strainer of steel", quantity=1, amount="₹2,450.00"),
    )
    parcel = {**of, "items": tuple(item.model_copy(update={"amount": None}) for item in items)}
    of_return = {"request_number": RETURN, **of}
    back = {"refund": "₹1,080.00", "way": "to Visa ••4242", "credit": "₹100.00"}
    of_claim = {"claim_number": "CLM-26-3310", **of}
    found: list[tuple[str, Words]] = [
        ("code", CodeMessage(code="482913", purpose="sign in", store=store, minutes=10)),
        (
            "device-link",
            DeviceLink(
                link=f"{settings.origin}/api/session/device?token=example", store=store, minutes=30
            ),
        ),
        (
            "new-device",
            NewDevice(
                store=store,
                device="Firefox on Windows",
                place="203.0.113.7",
                moment="Sat, 28 Nov, 18:05 UTC",
            ),
        ),
        ("password-changed", PasswordChanged(store=store)),
        (
            "account-proven",
            AccountProven(store=store, contact="e-mail address", keeps_password=False),
        ),
        ("wrong-codes", TooManyWrongCodes(store=store, times=100)),
        (
            "contact-changed",
            ContactChanged(store=store, contact="e-mail address", help_email=email),
        ),
        (
            "other-contact",
            OtherContactChanged(
                store=store,
                contact="phone number",
                shown="+91 ••••••3210",
                is_first=False,
                help_email=email,
            ),
        ),
        ("passkey-added", PasskeyAdded(store=store, name="iPhone")),
        ("passkey-removed", PasskeyRemoved(store=store, name="iPhone")),
        ("two-step-on", TwoStepTurnedOn(store=store)),
        ("two-step-off", TwoStepTurnedOff(store=store, by_shop=False)),
        ("two-step-anew", TwoStepTurnedOff(store=store, by_shop=True, is_asked_again=True)),
        ("recovery-codes", RecoveryCodesRenewed(store=store)),
        ("recovery-code", RecoveryCodeUsed(store=store, left=9)),
        (
            "bank-account",
            BankAccountChanged(
                store=store, account="Union Bank ••1234", done="added", help_email=email
            ),
        ),
        ("data-export-requested", DataExportRequested(store=store, help_email=email)),
        ("data-export-ready", DataExportReady(store=store, hours=72, help_email=email)),
        ("account-deleted", AccountDeleted(store=store, help_email=email)),
        ("account-closed", AccountDeactivated(store=store, help_email=email)),
        ("account-open-again", AccountReactivated(store=store, help_email=email)),
        (
            "withdrawal-received",
            WithdrawalReceived(
                title="Ihr Widerruf ist eingegangen (WDR-2026-7K3M9Q2D)",
                receipt=f"{store} bestätigt den Eingang dieses Widerrufs.\n\nWaren: 1 x Tasse",
                language="de",
            ),
        ),
        (
            "withdrawal-settled",
            WithdrawalSettled(
                title="Zu Ihrem Widerruf (WDR-2026-7K3M9Q2D)",
                words="Ihr Widerruf WDR-2026-7K3M9Q2D ist ausgeführt.\nEs geht zurück: 1 x Tasse.",
                language="de",
            ),
        ),
        ("order-placed", OrderPlaced(**of, items=items, total="₹3,630.00")),
        ("payment-received", PaymentReceived(**of, amount="₹3,630.00")),
        ("payment-failed", PaymentFailed(**of, amount="₹3,630.00")),
        (
            "order-shipped",
            OrderShipped(
                **parcel,
                courier="Delhivery",
                awb_no="DL-8841-2207",
                tracking_url="https://courier.example/DL-8841-2207",
                promised="Wed, 2 Dec",
            ),
        ),
        ("out-for-delivery", OutForDelivery(**parcel)),
        ("order-delivered", OrderDelivered(**parcel)),
        ("not-delivered", NotDelivered(**parcel)),
        ("not-delivered-back", NotDelivered(**parcel, is_over=True)),
        ("parcel-late", ParcelLate(**parcel, promised="Wed, 2 Dec")),
        ("parcel-lost", ParcelLost(**parcel)),
        ("delivery-changed", DeliveryChanged(**of, place="14 Lake View Road, Bengaluru")),
        (
            "items-cancelled",
            ItemsCancelled(**of, what="1 × Linen shirt", refund="₹1,160.00", points="50"),
        ),
        (
            "order-cancelled",
            OrderCancelled(**of, refund="₹3,630.00", way="to your Visa •••• 4242", by="Fri, 4 Dec"),
        ),
        ("return-created", ReturnMoved(step="created", **of_return, **back)),
        ("return-changed", ReturnMoved(step="changed", **of_return, **back)),
        ("return-approved", ReturnMoved(step="approved", **of_return, **back, fee="₹118.00")),
        ("return-delivery", ReturnDelivery(**of_return, amount="₹49.00", comes_back=True)),
        (
            "return-without-delivery",
            ReturnDelivery(**of_return, amount="₹49.00", comes_back=False),
        ),
        ("return-withdrawn", ReturnMoved(step="withdrawn", **of_return, **back, delivery="₹49.00")),
        ("return-parcel", ReturnMoved(step="told", **of_return, parcel="Delhivery, 1490812345678")),
        (
            "return-declined",
            ReturnMoved(step="rejected", **of_return, reason="The seal of the tin is broken."),
        ),
        ("return-received", ReturnMoved(step="received", **of_return)),
        (
            "return-corrected",
            ReturnMoved(
                step="corrected",
                **of_return,
                **back,
                not_accepted=("1 × Tea tin: It was worn or used. It is sent back to you.",),
            ),
        ),
        (
            "return-complete",
            ReturnMoved(step="complete", **of_return, replacement_order_number="NW-21533"),
        ),
        ("claim-opened", ClaimMoved(step="opened", **of_claim)),
        (
            "claim-refunded",
            ClaimMoved(
                step="refunded",
                **of_claim,
                refund="₹1,180.00",
                points="120",
                answer="We are sorry.",
            ),
        ),
        ("claim-replaced", ClaimMoved(step="replaced", **of_claim)),
        ("claim-parcel", ClaimMoved(step="opened", is_parcel=True, **of_claim)),
        ("claim-parcel-again", ClaimMoved(step="replaced", is_parcel=True, **of_claim)),
        ("claim-send-back", ClaimMoved(step="send_back", **of_claim)),
        (
            "claim-declined",
            ClaimMoved(step="rejected", **of_claim, answer="The parcel was opened by you."),
        ),
        ("claim-arrived", ClaimMoved(step="arrived", **of_claim)),
        (
            "refund-sent",
            RefundSettled(**of, amount="₹1,180.00", succeeded=True, way="to your Visa •••• 4242"),
        ),
        (
            "refund-failed",
            RefundSettled(**of, amount="₹1,180.00", succeeded=False, way="to your Visa •••• 4242"),
        ),
        (
            "review-published",
            ReviewDecided(store=store, product="Cast-iron teapot", approved=True),
        ),
        (
            "review-declined",
            ReviewDecided(store=store, product="Cast-iron teapot", approved=False),
        ),
        ("review-waiting", ReviewWaiting(store=store, product="Cast-iron teapot", others=2)),
        ("points-lapsing", PointsLapsing(store=store, points="240", by="Thu, 31 Dec")),
        (
            "webhook-disabled",
            WebhookDisabled(
                url="https://erp.shop.example/events",
                reason="It answered 500 for three days.",
                endpoint_id="01J9ZK2V6B8R4M3N7Q5T1W0XYA",
            ),
        ),
    ]
    return dict(found)
