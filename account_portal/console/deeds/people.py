"""Deeds on customers, their reviews, bank accounts and messages."""

from collections.abc import Mapping
from functools import partial

from account_portal.auth import service as auth
from account_portal.console.deeds.base import Deed, Nothing
from account_portal.console.rules import Permission
from account_portal.context import Context
from account_portal.merchant import deeds
from account_portal.merchant.schemas import ChangePoints
from account_portal.notifications import send_again


def _decide_review(ctx: Context, number: str, data: Nothing, by: str, *, approved: bool) -> str:
    deeds.decide_review(ctx, number, approved=approved)
    return "The review is published." if approved else "The review is not published."


def _decide_account(ctx: Context, number: str, data: Nothing, by: str, *, verified: bool) -> str:
    deeds.decide_bank_account(ctx, number, verified=verified)
    return f"The account is {'verified' if verified else 'rejected'}."


def _points(ctx: Context, number: str, data: ChangePoints, by: str) -> str:
    return f"The customer has {deeds.change_points(ctx, number, data).balance} points now."


def _sign_out(ctx: Context, number: str, data: Nothing, by: str) -> str:
    ended = auth.sign_out_customer(ctx, number)
    return f"Signed out everywhere: {ended} sessions have ended."


def _reactivate(ctx: Context, number: str, data: Nothing, by: str) -> str:
    auth.reactivate_customer(ctx, number)
    return "The account is open again. The customer was told at each contact."


def _turn_two_step_off(ctx: Context, number: str, data: Nothing, by: str) -> str:
    auth.turn_two_step_off_for(ctx, number)
    return "Two-step sign-in is off. The customer was told at each contact."


def _send_again(ctx: Context, number: str, data: Nothing, by: str) -> str:
    send_again(ctx, number)
    return "The message is on its way again."


_REVIEW = partial(Deed, Permission.REVIEWS, "review", kind="review")
_BANK = partial(Deed, Permission.BANK_ACCOUNTS, "bank account", kind="bank_account")

DEEDS: Mapping[str, Deed] = {
    "review.approve": _REVIEW(partial(_decide_review, approved=True)),
    "review.reject": _REVIEW(partial(_decide_review, approved=False)),
    "bank_account.verify": _BANK(partial(_decide_account, verified=True)),
    "bank_account.reject": _BANK(partial(_decide_account, verified=False)),
    "customer.sign_out": Deed(Permission.SESSIONS, "customer", _sign_out),
    "customer.reactivate": Deed(Permission.REOPENING, "customer", _reactivate),
    "customer.two_step_off": Deed(Permission.TWO_STEP, "customer", _turn_two_step_off),
    "customer.points": Deed(Permission.POINTS, "customer", _points, ChangePoints),
    "message.resend": Deed(Permission.MESSAGES, "message", _send_again),
}
