"""The screens: what each reads, and what it is written with."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import orjson
from pydantic import ValidationError

from account_portal.auth import service as auth
from account_portal.console.routes.policies import policies_screen, trial_screen
from account_portal.console.rules import ROLE_WORDS, Permission, Role
from account_portal.console.service import accounts, audit, overview
from account_portal.console.service import orders as order_screens
from account_portal.console.service.search import search
from account_portal.console.service.sessions import IDLE, LONGEST
from account_portal.console.service.settings import shown_settings
from account_portal.console.web import BASE, Content, Screen, Visit
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.core.schemas import EncodedView
from account_portal.core.text import full_name
from account_portal.events import EventType
from account_portal.merchant import keys, lists, rows, states
from account_portal.merchant.claim_rows import ClaimsQuery
from account_portal.orders.rules import IS_HERE, NEVER_CAME
from account_portal.security import api_keys
from account_portal.states import (
    ClaimStatus,
    DeliveryStatus,
    MessageStatus,
    OrderStatus,
    RefundStatus,
    ReturnStatus,
    ReviewStatus,
    ShipmentStatus,
    TransactionStatus,
    VerificationStatus,
    WithdrawalStatus,
)
from account_portal.webhooks import service as webhooks
from account_portal.withdrawals import service as withdrawals

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that may be filtered by state: one of the shop's own lists."""

    read: Callable[..., Any]
    query: Any
    states: Any


LISTS: Mapping[str, Listed] = {
    "orders": Listed(lists.list_orders, rows.OrdersQuery, OrderStatus),
    "parcels": Listed(lists.list_shipments, rows.ShipmentsQuery, ShipmentStatus),
    "returns": Listed(lists.list_returns, rows.ReturnsQuery, ReturnStatus),
    "claims": Listed(lists.list_claims, ClaimsQuery, ClaimStatus),
    "refunds": Listed(lists.list_refunds, rows.RefundsQuery, RefundStatus),
    "payments": Listed(lists.list_payments, rows.PaymentsQuery, TransactionStatus),
    "reviews": Listed(lists.list_reviews, rows.ReviewsQuery, ReviewStatus),
    "bank-accounts": Listed(lists.list_bank_accounts, rows.BankAccountsQuery, VerificationStatus),
    "messages": Listed(lists.list_messages, rows.MessagesQuery, MessageStatus),
    "withdrawals": Listed(lists.list_withdrawals, rows.WithdrawalsQuery, WithdrawalStatus),
    "customers": Listed(lists.list_customers, rows.CustomersQuery, ()),
    "deliveries": Listed(lists.list_deliveries, rows.DeliveriesQuery, DeliveryStatus),
}


def _listing(name: str) -> Callable[[Visit], Content]:
    def show(visit: Visit) -> Content:
        listed = LISTS[name]
        chosen = visit.query.getlist("status")
        asked: dict[str, Any] = {"limit": PAGE}
        if listed.states:
            asked["status"] = chosen
        for filtered in ("cursor", "sort", "awaits_payment"):
            if visit.query.get(filtered):
                asked[filtered] = visit.query[filtered]
        try:
            query = listed.query.model_validate(asked)
        except ValidationError:
            raise InvalidInput("This filter or page is none of this list.") from None
        found = listed.read(visit.ctx, query)
        shown = found.rows
        if isinstance(shown, EncodedView):
            shown = orjson.loads(shown.json)
        return {
            "rows": shown,
            "states": [str(state) for state in listed.states],
            "chosen": chosen,
            "sort": query.sort or "newest",
            "awaits": visit.query.get("awaits_payment", ""),
            "by_payment": "awaits_payment" in listed.query.model_fields,
            "at": partial(_at, visit),
            "older": _older(visit, found.next_cursor),
            "is_first": "cursor" not in visit.query,
        }

    return show


def _at(visit: Visit, **changed: Sequence[str]) -> str:
    """The address of the same list from its beginning, asked for in another way."""
    kept = [item for item in visit.query.multi_items() if item[0] not in {"cursor", *changed}]
    asked = [(name, value) for name, values in changed.items() for value in values]
    return "?" + urlencode([*kept, *asked])


def _older(visit: Visit, cursor: str | None) -> str:
    """The address of the next page of a list; empty: there is none."""
    if cursor is None:
        return ""
    kept = [item for item in visit.query.multi_items() if item[0] != "cursor"]
    return "?" + urlencode([*kept, ("cursor", cursor)])


def _overview(visit: Visit) -> Content:
    waiting = overview.count_waiting(visit.ctx)
    return {"waiting": waiting, "weeks": overview.read_weeks(visit.ctx)}


def _order(visit: Visit) -> Content:
    number = visit.path["number"]
    shown = order_screens.read_order(visit.ctx, number)
    return {
        "title": f"Order {number}",
        "shown": shown,
        "order": shown.order,
        "next_steps": order_screens.next_steps,
        "return_steps": order_screens.return_steps,
        "is_here": [str(state) for state in IS_HERE],
        "never_came": [str(state) for state in NEVER_CAME],
    }


def _withdrawal(visit: Visit) -> Content:
    """A statement beside the order it is about: the one asked for, or the one it names."""
    row = lists.get_withdrawal(visit.ctx, visit.path["reference"])
    number = visit.query.get("order", "").strip() or row.order_number or row.order_text
    lines = []
    if row.status == WithdrawalStatus.OPEN:
        with suppress(NotFound):
            lines = withdrawals.lines_for_shop(visit.ctx, number)
    named = {item.sku: item.quantity for item in row.withdraw_items}
    is_all = not row.items_text
    return {
        "title": f"Withdrawal {row.reference}",
        "row": row,
        "number": number,
        "lines": [
            # Goods that the statement names in words alone are for people to find.
            (line, min(line.units, named.get(line.sku, line.units * (is_all and not line.exempt))))
            for line in lines
        ],
    }


def _customer(visit: Visit) -> Content:
    customer, theirs = order_screens.read_customer(visit.ctx, visit.path["customer"])
    name = full_name(customer.first_name, customer.last_name)
    return {
        "title": name or customer.email or customer.customer_id,
        "customer": customer,
        "points": states.of_points(visit.ctx, customer.customer_id).balance,
        "closed_since": auth.closed_since(visit.ctx, customer.customer_id),
        "two_step_at": auth.two_step_since(visit.ctx, customer.customer_id),
        "two_step_required": visit.ctx.settings.requires_two_step,
        **theirs,
    }


def _search(visit: Visit) -> Content:
    found = search(visit.ctx, visit.query.get("q", ""))
    return {"found": found}


def _webhooks(visit: Visit) -> Content:
    return {
        "endpoints": webhooks.list_webhooks(visit.ctx),
        "types": [str(one) for one in EventType],
    }


def _keys(visit: Visit) -> Content:
    return {"keys": keys.list_keys(visit.ctx), "scopes": api_keys.SCOPES, "now": visit.ctx.now}


def _settings(visit: Visit) -> Content:
    return {"settings": shown_settings(visit.ctx)}


def _staff(visit: Visit) -> Content:
    return {
        "people": accounts.list_staff(visit.ctx),
        "roles": [(str(role), ROLE_WORDS[role]) for role in Role],
    }


def _audit(visit: Visit) -> Content:
    before = visit.query.get("cursor", "")
    if before and not (before.isascii() and before.isdecimal() and len(before) < 19):
        raise InvalidInput("This page is none of this list.")
    about, actor = visit.query.get("about", ""), visit.query.get("actor", "")
    found = audit.list_entries(
        visit.ctx,
        about=about,
        actor=actor,
        before=int(before) if before else None,
        limit=PAGE,
    )
    return {
        "rows": found.rows,
        "about": about,
        "actor": actor,
        "head": audit.head(visit.ctx.db),
        "older": _older(visit, found.next_cursor),
        "is_first": not before,
    }


def _account(visit: Visit) -> Content:
    me = visit.member
    return {
        "me": me,
        "role_words": ROLE_WORDS[Role(me.role)],
        "idle": int(IDLE.total_seconds() // 60),
        "longest": int(LONGEST.total_seconds() // 3600),
    }


SCREENS = (
    Screen("", "Today", "overview.html", _overview, menu="Shop"),
    Screen("/orders", "Orders", "orders.html", _listing("orders"), menu="Shop"),
    Screen(
        "/orders/{number:path}",
        "Order",
        "order.html",
        _order,
        looks_at=lambda content: f"order {content['order']['order_number']}",
        under="/orders",
    ),
    Screen("/parcels", "Parcels", "parcels.html", _listing("parcels"), menu="Shop"),
    Screen("/returns", "Returns", "returns.html", _listing("returns"), menu="Shop"),
    Screen("/claims", "Claims", "claims.html", _listing("claims"), menu="Shop"),
    Screen("/withdrawals", "Withdrawals", "withdrawals.html", _listing("withdrawals"), menu="Shop"),
    Screen(
        "/withdrawals/{reference}",
        "Withdrawal",
        "withdrawal.html",
        _withdrawal,
        looks_at=lambda content: f"withdrawal {content['row'].reference}",
        under="/withdrawals",
    ),
    Screen("/refunds", "Refunds", "refunds.html", _listing("refunds"), menu="Shop"),
    Screen("/payments", "Payments", "payments.html", _listing("payments"), menu="Shop"),
    Screen("/customers", "Customers", "customers.html", _listing("customers"), menu="People"),
    Screen(
        "/customers/{customer}",
        "Customer",
        "customer.html",
        _customer,
        looks_at=lambda content: f"customer {content['customer'].customer_id}",
        under="/customers",
    ),
    Screen("/reviews", "Reviews", "reviews.html", _listing("reviews"), menu="People"),
    Screen(
        "/bank-accounts",
        "Bank accounts",
        "bank_accounts.html",
        _listing("bank-accounts"),
        menu="People",
    ),
    Screen("/messages", "Messages", "messages.html", _listing("messages"), menu="People"),
    Screen("/search", "Search", "search.html", _search),
    Screen(
        "/policies",
        "Policies",
        "policies.html",
        policies_screen,
        Permission.POLICIES,
        menu="Systems",
    ),
    Screen(
        "/policies/try",
        "Trial of a policy",
        "policy_trial.html",
        trial_screen,
        Permission.POLICIES,
        under="/policies",
        answers_form=True,
    ),
    Screen(
        "/policies/{number}",
        "Policy",
        "policies.html",
        policies_screen,
        Permission.POLICIES,
        under="/policies",
    ),
    Screen("/keys", "API keys", "keys.html", _keys, Permission.SYSTEMS, menu="Systems"),
    Screen("/webhooks", "Webhooks", "webhooks.html", _webhooks, Permission.SYSTEMS, menu="Systems"),
    Screen(
        "/deliveries",
        "Deliveries",
        "deliveries.html",
        _listing("deliveries"),
        Permission.SYSTEMS,
        menu="Systems",
    ),
    Screen("/settings", "Settings", "settings.html", _settings, Permission.SYSTEMS, menu="Systems"),
    Screen("/staff", "Staff", "staff.html", _staff, Permission.STAFF, menu="Systems"),
    Screen("/audit", "Audit log", "audit.html", _audit, Permission.STAFF, menu="Systems"),
    Screen("/account", "Your account", "account.html", _account),
)


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the menu."""

    label: str
    path: str
    is_here: bool


def menu_of(may: Callable[[Permission], bool], here: Screen) -> dict[str, list[MenuLine]]:
    """The lines a role sees, by their groups."""
    found: dict[str, list[MenuLine]] = {}
    for screen in SCREENS:
        if screen.menu and may(screen.needs):
            is_here = screen.path in {here.path, here.under or here.path}
            line = MenuLine(screen.title, BASE + screen.path, is_here)
            found.setdefault(screen.menu, []).append(line)
    return found
