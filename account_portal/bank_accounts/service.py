"""Payout accounts of the caller, and the shop's word on them."""

from typing import Any

from sqlalchemy import exists, select, update
from sqlmodel import col

from account_portal.auth.service import require_fresh_proof
from account_portal.bank_accounts import rules
from account_portal.bank_accounts.schemas import (
    CreateOutboundBankAccount,
    CustomerBankAccount,
    UpdateOutboundBankAccount,
)
from account_portal.context import Context
from account_portal.core.errors import Conflict, Forbidden, NotFound
from account_portal.models import BankAccount, Refund, User
from account_portal.notifications import enqueue, mark_changed
from account_portal.notifications.messages.bank_accounts import BankAccountChanged, Done
from account_portal.security import tokens
from account_portal.states import VerificationStatus


class BankAccountExists(Conflict):
    """The customer has an account with this number and branch code."""

    code = "bank_account_exists"
    message = "This account is saved already."


class BankAccountInUse(Conflict):
    """A refund is on its way to the account."""

    code = "bank_account_in_use"
    message = "A refund to this account is under way. Wait until it is settled."


class AlreadyVerified(Conflict):
    """There is nothing left to ask for."""

    code = "already_verified"
    message = "This account is verified already."


_SHOWN = set(CustomerBankAccount.model_fields) & set(BankAccount.model_fields)


def _view(account: BankAccount) -> CustomerBankAccount:
    return CustomerBankAccount(
        **account.model_dump(include=_SHOWN),
        account_number=account.number_masked,
        is_verified=rules.is_verified(account.verification_status),
    )


def list_bank_accounts(ctx: Context) -> list[CustomerBankAccount]:
    """The caller's accounts, oldest first."""
    rows = ctx.db.execute(
        ctx.owned(BankAccount).order_by(col(BankAccount.created_at), col(BankAccount.id))
    ).scalars()
    return [_view(row) for row in rows]


def read_bank_account(ctx: Context, account_id: str) -> CustomerBankAccount:
    """One account of the caller.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    return _view(ctx.get_owned(BankAccount, id=account_id))


def create_bank_account(ctx: Context, data: CreateOutboundBankAccount) -> CustomerBankAccount:
    """Save an account, unverified; the first one becomes the default.

    Raises:
        FreshProofRequired: the caller proved too long ago who they are.
        BankAccountExists: the same number and branch code are saved already.
    """
    require_fresh_proof(ctx)
    _lock_accounts(ctx)
    is_first = not ctx.db.execute(select(ctx.owned(BankAccount).exists())).scalar_one()
    is_default = data.is_default or is_first
    account = BankAccount(
        customer_id=ctx.customer_id,
        account_name=data.account_name,
        ifsc_code=data.ifsc_code,
        bank_name=data.bank_name,
        is_default=is_default,
        verification_status=VerificationStatus.UNVERIFIED,
        created_at=ctx.now,
        modified_at=ctx.now,
        **number_columns(data.account_number),
    )
    _require_new(ctx, account.id, data.account_number, account.ifsc_code)
    if is_default:
        _clear_default(ctx)
    ctx.db.add(account)
    ctx.db.flush()
    _tell(ctx, account, "added")
    return _view(account)


def update_bank_account(
    ctx: Context, account_id: str, data: UpdateOutboundBankAccount
) -> CustomerBankAccount:
    """Change what was sent; another number, branch or holder has to be verified anew.

    Raises:
        FreshProofRequired: the caller proved too long ago who they are.
        NotFound: there is none of that id, or it is somebody else's.
        BankAccountInUse: a refund to it is under way.
        BankAccountExists: another saved account has that number and branch code.
    """
    require_fresh_proof(ctx)
    _lock_accounts(ctx)
    account = ctx.get_owned(BankAccount, lock=True, id=account_id)
    changes = _changes(account, data)
    if not changes:
        return _view(account)
    _require_unused(ctx, account_id)
    if rules.needs_new_verification(changes):
        account.verification_status = VerificationStatus.UNVERIFIED
    number = changes.pop("account_number", None)
    if number:
        changes.update(number_columns(number))
    _require_new(
        ctx,
        account_id,
        number or tokens.decrypt(account.number_encrypted),
        changes.get("ifsc_code", account.ifsc_code),
    )
    if changes.get("is_default"):
        _clear_default(ctx)
    account.sqlmodel_update({**changes, "modified_at": ctx.now})
    ctx.db.flush()
    _tell(ctx, account, "changed")
    return _view(account)


def _changes(account: BankAccount, data: UpdateOutboundBankAccount) -> dict[str, Any]:
    """What was sent and differs from what is kept."""
    changes = data.sent()
    number = changes.get("account_number")
    if number is not None and tokens.same_as_one(account.number_digest, _digests(number)):
        del changes["account_number"]
    return {
        name: value
        for name, value in changes.items()
        if name == "account_number" or getattr(account, name) != value
    }


def delete_bank_account(ctx: Context, account_id: str) -> None:
    """Remove an account; settled refunds keep its masked number. No other becomes the default.

    Raises:
        FreshProofRequired: the caller proved too long ago who they are.
        NotFound: there is none of that id, or it is somebody else's.
        BankAccountInUse: a refund to it is under way.
    """
    require_fresh_proof(ctx)
    account = ctx.get_owned(BankAccount, lock=True, id=account_id)
    _require_unused(ctx, account_id)
    ctx.db.execute(
        update(Refund).where(col(Refund.bank_account_id) == account_id).values(bank_account_id=None)
    )
    ctx.db.delete(account)
    ctx.db.flush()
    _tell(ctx, account, "removed")


def ask_for_verification(ctx: Context, account_id: str) -> CustomerBankAccount:
    """Put an account in the queue; only the shop decides. Asking twice changes nothing.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
        AlreadyVerified: the shop has verified it.
    """
    account = ctx.get_owned(BankAccount, lock=True, id=account_id)
    if rules.is_verified(account.verification_status):
        raise AlreadyVerified
    if account.verification_status != VerificationStatus.PENDING:
        account.verification_status = VerificationStatus.PENDING
        account.modified_at = ctx.now
        ctx.db.flush()
    return _view(account)


def decide_bank_account(ctx: Context, account_id: str, *, verified: bool) -> CustomerBankAccount:
    """Verify or reject an account, as the shop.

    Raises:
        Forbidden: the caller is not the shop.
        NotFound: there is no such account.
    """
    if ctx.actor.kind != "shop":
        raise Forbidden
    account = ctx.db.execute(
        select(BankAccount).where(col(BankAccount.id) == account_id).with_for_update()
    ).scalar_one_or_none()
    if account is None:
        raise NotFound
    account.verification_status = (
        VerificationStatus.VERIFIED if verified else VerificationStatus.REJECTED
    )
    account.modified_at = ctx.now
    ctx.db.flush()
    mark_changed(ctx.db, [account.customer_id])
    return _view(account)


def _tell(ctx: Context, account: BankAccount, done: Done) -> None:
    news = BankAccountChanged(
        store=ctx.settings.store_name,
        account=f"{account.bank_name} {rules.short_number(account.number_masked)}",
        done=done,
        help_email=ctx.settings.store_email,
    )
    enqueue(ctx, news)


def _digests(number: str) -> list[str]:
    """By the present key, and by earlier ones."""
    return tokens.keyed_digests("bank account numbers", rules.normalise(number))


def number_columns(number: str) -> dict[str, str]:
    """What is stored of an account number: unreadable, findable, and fit to be shown."""
    return {
        "number_encrypted": tokens.encrypt(number),
        "number_digest": _digests(number)[0],
        "number_masked": rules.mask(number),
    }


def _lock_accounts(ctx: Context) -> None:
    """Let one writer at a time at the customer's accounts, so that the default holds in races."""
    ctx.db.execute(
        select(col(User.id))
        .where(col(User.customer_id) == ctx.customer_id)
        .order_by(col(User.id))
        .with_for_update()
    ).all()


def _require_new(ctx: Context, account_id: str, number: str, ifsc_code: str) -> None:
    twin = ctx.owned(BankAccount).where(
        col(BankAccount.number_digest).in_(_digests(number)),
        col(BankAccount.ifsc_code) == ifsc_code,
        col(BankAccount.id) != account_id,
    )
    if ctx.db.execute(select(twin.exists())).scalar_one():
        raise BankAccountExists


def _require_unused(ctx: Context, account_id: str) -> None:
    under_way = exists().where(
        col(Refund.bank_account_id) == account_id, col(Refund.status).in_(rules.UNFINISHED)
    )
    if ctx.db.execute(select(under_way)).scalar_one():
        raise BankAccountInUse


def _clear_default(ctx: Context) -> None:
    ctx.db.execute(
        update(BankAccount)
        .where(col(BankAccount.customer_id) == ctx.customer_id, col(BankAccount.is_default))
        .values(is_default=False)
    )
