"""A statement is received from anybody, reveals nothing, and by itself moves nothing.

Floods fill no mailbox: receipts by e-mail are limited by mailbox and by network. Beyond that a
statement is received still, and its receipt is the page and the file. Only hundreds from one
network in an hour are refused. A statement that is repeated is the same one for whoever may know of
the first; anybody else who says the same words states something of their own.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import delete, select
from sqlmodel import col

from account_portal import routes
from account_portal.auth.service.limits import caller_network, count_attempt, personal
from account_portal.context import Context
from account_portal.core.errors import NotFound, TooManyAttempts
from account_portal.core.ids import new_number
from account_portal.core.text import full_name, without_unseen
from account_portal.events import EventType, Told, record
from account_portal.models import Order, User, Withdrawal
from account_portal.notifications import enqueue
from account_portal.notifications.messages.orders import WithdrawalReceived
from account_portal.security import otp, rate_limit, tokens
from account_portal.security.rate_limit import Limit
from account_portal.states import WithdrawalStatus
from account_portal.withdrawals.rules import Texts, texts_in
from account_portal.withdrawals.rules.words import harmless, mailbox_of
from account_portal.withdrawals.schemas import CoveredLine, StateWithdrawal, WithdrawalReceipt
from account_portal.withdrawals.service.automatic import carry_out_by_law
from account_portal.withdrawals.service.carrying_out import lines_of, proven_order

RECEIPTS = Limit("withdrawal-receipts", times=5, seconds=3600)
"""Receipts that one mailbox gets by e-mail."""
RECEIPTS_OF_NETWORK = Limit("withdrawal-mails", times=60, seconds=3600)
STATEMENTS = Limit("withdrawals", times=600, seconds=3600)
"""Statements that are received from one network."""
SAME = timedelta(days=1)
"""Within it, the very same statement of one customer, or by the key of the order that it names, is
the one that was received before."""
SAME_NETWORK = timedelta(minutes=10)
"""The same of one network, whoever is behind it: a button that was pressed twice."""
SEE_RECEIPT = "withdrawal"
RECEIPT_LIFE = timedelta(days=30)
_AT_ONCE = 500
_LONGEST_SKU = 64


def own_words(ctx: Context) -> dict[str, str]:
    """What a statement of whoever is signed in says of them: their name and e-mail address.

    Nothing inside another site's page, which nobody needs to sign in for.
    """
    if ctx.actor.user_id is None or ctx.actor.is_framed:
        return {}
    user = ctx.get_person()
    return {"name": full_name(user.first_name, user.last_name), "contact": user.email or ""}


def state_withdrawal(ctx: Context, data: StateWithdrawal) -> WithdrawalReceipt:
    """Receive a statement; of an order that is open to the caller, also do what follows from it.

    Raises:
        TooManyAttempts: hundreds came from this network within the hour.
    """
    count_attempt(ctx, STATEMENTS, caller_network(ctx))
    otp.wait_in_line(ctx.db, data.contact)
    order = proven_order(ctx, data.order)
    lines = lines_of(ctx, order) if order else []
    said = _said(data, lines)
    who, within = _who_may_know(ctx, order)
    words = f"{who}\n{data.name}\n{data.order}\n{data.contact}\n{said}"
    key = tokens.keyed_digest("withdrawals", words)
    same = select(Withdrawal).where(
        col(Withdrawal.repeat_key) == key, col(Withdrawal.received_at) > ctx.now - within
    )
    row = ctx.db.execute(same.limit(1)).scalar_one_or_none()
    is_new = row is None
    if row is None:
        row = _add(ctx, data, said, lines, key, order)
    receipt_key = otp.issue_key(
        ctx.db,
        ctx.now,
        action=SEE_RECEIPT,
        channel="email",
        contact=row.reference,
        life=RECEIPT_LIFE,
    )
    texts = texts_in(row.language, ctx.settings.withdrawal_texts)
    mailed = row.receipt
    if not _is_own_mailbox(ctx, order, data.contact):
        mailed = _for_strangers(ctx, texts, data, said, lines, row, receipt_key)
    is_mailed = _mail(ctx, row, texts, mailed)  # before what follows tells of itself
    if is_new and order is not None:
        carry_out_by_law(ctx, row, order, lines, is_mailed=is_mailed)
    return WithdrawalReceipt(
        reference=row.reference,
        received_at=row.received_at,
        receipt=row.receipt,
        receipt_key=receipt_key,
        is_mailed=is_mailed,
    )


def _who_may_know(ctx: Context, order: Order | None) -> tuple[str, timedelta]:
    """Whose repeat of the same words is the same statement, and for how long.

    Its answer tells the first one's reference and hour, so that words alone, which others may know
    or guess, are not enough.
    """
    if order is not None:
        return f"order {order.customer_id} {order.id}", SAME
    if ctx.actor.is_customer:
        return f"customer {ctx.actor.customer_id}", SAME
    network = caller_network(ctx)
    return (f"network {network}", SAME_NETWORK) if network else ("", timedelta())


def _said(data: StateWithdrawal, lines: Sequence[CoveredLine]) -> str:
    """Which goods, in words; by their sku those of an order that is not open to the caller.

    Nothing that was named may get lost: a statement without goods is one of the whole contract.
    """
    names = {line.sku: line.product_name for line in lines}
    chosen = [
        f"{item.quantity} x {names.get(item.sku) or _in_one_line(item.sku)[:_LONGEST_SKU]}"
        for item in data.withdraw_items or ()
    ]
    return "\n".join([*chosen, *([data.goods] if data.goods else [])])


def _in_one_line(text: str) -> str:
    return " ".join(without_unseen(text).split())


def _units(data: StateWithdrawal, lines: Sequence[CoveredLine]) -> list[dict[str, Any]]:
    """Which goods, for programs; nothing of an order that is not open to the caller."""
    known = {line.sku for line in lines}
    return [item.model_dump() for item in data.withdraw_items or () if item.sku in known]


def _add(
    ctx: Context,
    data: StateWithdrawal,
    said: str,
    lines: Sequence[CoveredLine],
    key: str,
    order: Order | None,
) -> Withdrawal:
    reference = new_number("WDR", ctx.now.year)
    texts = texts_in(data.language, ctx.settings.withdrawal_texts)
    row = Withdrawal(
        reference=reference,
        received_at=ctx.now,
        name=data.name,
        order_text=data.order,
        contact=data.contact,
        items_text=said,
        withdraw_items=_units(data, lines),
        language=data.language,
        receipt=_receipt(ctx, texts, data, said, lines, reference, ctx.now),
        repeat_key=key,
        is_proven=order is not None,
        status=WithdrawalStatus.OPEN,
        customer_id=order.customer_id if order else None,
        order_number=order.order_number if order else None,
    )
    ctx.db.add(row)
    ctx.db.flush()
    told = {
        "reference": reference,
        "customer_id": row.customer_id,
        "order_number": row.order_number,
        "is_proven": row.is_proven,
    }
    record(ctx.db, [Told(EventType.WITHDRAWAL_RECEIVED, row.customer_id, told)])
    return row


def _receipt(
    ctx: Context,
    texts: Texts,
    data: StateWithdrawal,
    said: str,
    lines: Sequence[CoveredLine],
    reference: str,
    received_at: datetime,
) -> str:
    """Content, day and time, word by word; none of it stands as a line of another name."""
    exempt = [
        f"- {line.product_name}: {texts[line.exempt]}"
        for line in lines
        if line.units and line.exempt
    ]
    goods = "\n  ".join(said.splitlines())
    told = [
        texts["receipt"].format(store=ctx.settings.store_name),
        "",
        texts["statement"],
        f"{texts['goods']}: {goods or texts['whole']}",
        f"{texts['order']}: {data.order}",
        f"{texts['name']}: {data.name}",
        f"{texts['contact']}: {data.contact}",
        "",
        f"{texts['received_at']}: {received_at:%Y-%m-%d %H:%M:%S} UTC",
        f"{texts['reference']}: {reference}",
        *(["", texts["exempt"], *exempt] if exempt else []),
        "",
        texts["not_acceptance"],
    ]
    return "\n".join(told)


def _is_own_mailbox(ctx: Context, order: Order | None, contact: str) -> bool:
    """Whether the caller has shown that the mailbox is theirs, or that of an order they proved."""
    if ctx.actor.is_customer:
        user = ctx.get_user()
        return user.is_email_verified and user.email == contact
    if order is None:
        return False
    own = select(col(User.email)).where(
        col(User.customer_id) == order.customer_id, col(User.is_email_verified)
    )
    mailbox = ctx.db.execute(own.limit(1)).scalar() or order.customer_email or ""
    return bool(mailbox.lower() == contact)


def _for_strangers(
    ctx: Context,
    texts: Texts,
    data: StateWithdrawal,
    said: str,
    lines: Sequence[CoveredLine],
    row: Withdrawal,
    receipt_key: str,
) -> str:
    """The receipt for a mailbox that may be anybody's: what was typed cannot advertise there."""
    typed = {"name": data.name, "order": data.order}
    bounded = {name: harmless(text, name) for name, text in typed.items()}
    goods = harmless(said, "goods")
    told = _receipt(
        ctx, texts, data.model_copy(update=bounded), goods, lines, row.reference, row.received_at
    )
    notes = [texts["typed"]]
    if bounded | {"goods": goods} != {
        name: " ".join(text.split()) for name, text in (typed | {"goods": said}).items()
    }:
        address = f"{ctx.settings.origin}{routes.WITHDRAW}/receipt?key={quote(receipt_key)}"
        notes.insert(0, texts["left_out"].format(link=address))
    return "\n".join([told, "", *notes])


def _mail(ctx: Context, row: Withdrawal, texts: Texts, receipt: str) -> bool:
    """Send a receipt, if the mailbox and the network bear another; counts it."""
    if "email" not in ctx.gateways.messages.channels:
        return False
    network = caller_network(ctx)
    mailbox = personal(mailbox_of(row.contact))
    otp.wait_in_line(ctx.db, mailbox)
    try:
        rate_limit.require_below(ctx.db, RECEIPTS, mailbox, ctx.now)
        count_attempt(ctx, RECEIPTS_OF_NETWORK, network)
    except TooManyAttempts:
        return False
    rate_limit.count(ctx.db, RECEIPTS, mailbox, ctx.now)
    message = WithdrawalReceived(
        title=f"{texts['received']} ({row.reference})",
        receipt=receipt,
        language=row.language,
    )
    enqueue(ctx, message, customer_id=row.customer_id, to=("email", row.contact))
    return True


def forget_unmatched(ctx: Context) -> int:
    """Remove statements that nobody matched with a customer, once they are old; returns how many.

    What a customer stated is kept and ends with the customer's books.
    """
    kept = timedelta(days=ctx.settings.withdrawals_kept_days)
    old = (
        select(col(Withdrawal.id))
        .where(col(Withdrawal.customer_id).is_(None), col(Withdrawal.received_at) < ctx.now - kept)
        .order_by(col(Withdrawal.id))
        .limit(_AT_ONCE)
    )
    ids = list(ctx.db.execute(old).scalars())
    ctx.db.execute(delete(Withdrawal).where(col(Withdrawal.id).in_(ids)))
    return len(ids)


def read_receipt(ctx: Context, key: str) -> tuple[str, str]:
    """Reference and text of the receipt that a key opens.

    Raises:
        NotFound: it opens none, or not any more.
    """
    try:
        found = otp.find(ctx.db, key, lock=False)
        otp.require_open(found, ctx.now)
    except (otp.OtpNotFound, otp.OtpExpired):
        raise NotFound from None
    if found.action != SEE_RECEIPT:
        raise NotFound
    of_reference = select(Withdrawal).where(col(Withdrawal.reference) == found.contact)
    row = ctx.db.execute(of_reference).scalar_one_or_none()
    if row is None or not row.receipt:  # forgotten, or emptied with its customer's account
        raise NotFound
    return row.reference, row.receipt
