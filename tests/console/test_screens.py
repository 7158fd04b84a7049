"""Every screen and deed of the console: for nobody, the wrong role, the right one; of nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from account_portal.console.deeds import DEEDS
from account_portal.console.routes.screens import LISTS, SCREENS
from account_portal.console.rules import ROLES, Permission, Role
from account_portal.console.service.orders import NEWEST
from account_portal.console.web import POLICY, Screen
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.places import ROOT
from account_portal.models import User
from account_portal.orders.service import read_policy, set_policy
from account_portal.withdrawals.schemas import StateWithdrawal
from account_portal.withdrawals.service import state_withdrawal
from tests.conftest import Clock
from tests.console.conftest import ORIGIN, Browser, make_staff
from tests.factories.orders import make_order

GHOST = "00000000000000000000000000"
New = Callable[[], Browser]
SignedIn = Callable[..., Browser]
READ = [screen for screen in SCREENS if not screen.answers_form]
NAMES = [screen.path or "/" for screen in READ]


def path_of(screen: Screen, **values: str) -> str:
    found = screen.path.replace(":path}", "}")
    return found.format(**({"number": GHOST, "customer": GHOST, "reference": GHOST} | values))


def without(permission: Permission) -> Role | None:
    """A role that does not have a permission."""
    return next((role for role in Role if permission not in ROLES[role]), None)


def test_there_is_no_console_without_staff(browser: New) -> None:
    nobody = browser()
    for path in ("", "/login", "/orders", "/nothing"):
        assert nobody.get(path).status_code == 404
    assert nobody.post("/login", {"email": "a@b.example", "password": "x"}).status_code == 404


@pytest.mark.parametrize("screen", READ, ids=NAMES)
def test_a_screen_is_for_who_may_see_it(
    database: Database, browser: New, signed_in: SignedIn, owner: User, screen: Screen, call: Any
) -> None:
    order = make_order(database, owner)
    call(set_policy, read_policy('{"rules": []}'), source="api", actor=SHOP)
    number = "1" if screen.under == "/policies" else order.order_number
    said = {"name": "Asha", "order": "last week's", "contact": "asha@example.com"}
    reference = call(state_withdrawal, StateWithdrawal.model_validate(said)).reference
    path = path_of(screen, number=number, customer=owner.customer_id, reference=reference)
    make_staff(database, Role.ADMIN, "first@shop.example")
    nobody = browser().get(path)
    assert nobody.status_code == 303
    assert nobody.headers["location"].startswith("/console/login")
    if (role := without(screen.needs)) is not None:
        refused = signed_in(role, "without@shop.example").get(path)
        assert refused.status_code == 403
        assert "Your role may not do this" in refused.text
    role = next(role for role in Role if screen.needs in ROLES[role])
    shown = signed_in(role, "with@shop.example").get(path)
    assert shown.status_code == 200, shown.text
    assert shown.headers["content-security-policy"] == POLICY
    assert shown.headers["cache-control"] == "no-store"
    assert "<script" not in shown.text
    assert " style=" not in shown.text


def test_a_button_is_called_by_what_stands_on_it() -> None:
    """Who speaks to the computer says what they read: the longer name has those words."""
    deed = re.compile(r'\bdeed\("[^"]+", [^,]+, ("[^"]+"), [^,]+, "[^"]*", (.+?)\) [%}]')
    shown = 0
    for template in (ROOT / "account_portal" / "console" / "templates").glob("*.html"):
        for said in deed.findall(template.read_text()):
            label, name = (" ".join(re.findall(r'"([^"]+)"', one)).lower() for one in said)
            assert label in name, (template.name, said)
            shown += 1
    assert shown > 10


@pytest.mark.parametrize(
    "path", [f"/orders/{GHOST}", f"/customers/{GHOST}", f"/withdrawals/{GHOST}", "/nothing"]
)
def test_of_what_is_not_there(signed_in: SignedIn, path: str) -> None:
    assert signed_in(Role.VIEWER).get(path).status_code == 404


@pytest.mark.parametrize("name", [name for name, listed in LISTS.items() if listed.states])
def test_lists_refuse_filters_of_others(signed_in: SignedIn, name: str) -> None:
    viewer = signed_in(Role.ADMIN)
    for state in LISTS[name].states:
        assert viewer.get(f"/{name}?status={state}").status_code == 200
    assert viewer.get(f"/{name}?status=blue").status_code == 400


@pytest.mark.parametrize("name", LISTS)
def test_lists_refuse_cursors_of_others(signed_in: SignedIn, name: str) -> None:
    assert signed_in(Role.ADMIN).get(f"/{name}?cursor=nonsense").status_code == 400


def test_lists_lead_on_to_older_rows(
    database: Database, signed_in: SignedIn, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account_portal.console.routes.screens.PAGE", 2)
    numbers = [make_order(database, owner).order_number for _ in range(3)]
    viewer = signed_in(Role.VIEWER)
    first = viewer.get("/orders").text
    assert [number in first for number in numbers] == [False, True, True]
    older = first.partition('<a class="button quiet" href="?cursor=')[2].partition('"')[0]
    second = viewer.get(f"/orders?cursor={older}").text
    assert [number in second for number in numbers] == [True, False, False]


FORMS: dict[str, dict[str, Any]] = {
    "order.cancel": {"reason": "Out of stock"},
    "order.pack": {"sku": "SKU-0", "quantity": "1"},
    "order.refund": {"amount": "1"},
    "parcel.move": {"status": "packed"},
    "payment.settle": {"status": "success"},
    "refund.settle": {"status": "success"},
    "refund.redirect": {"bank_account_id": GHOST},
    "return.reject": {"reason": "Worn"},
    "return.show": {"sku": "SKU-0"},
    "return.hide": {"evidence_id": GHOST},
    "claim.accept": {"resolution": "refund"},
    "claim.reject": {"reason": "Whole"},
    "withdrawal.carry_out": {"order_number": "NW-1", "sku": "A", "quantity": "1"},
    "withdrawal.settle": {"outcome": "Told by mail"},
    "customer.points": {"points": "5"},
    "webhook.create": {"url": "https://hooks.shop.example/in"},
    "key.create": {"name": "erp", "scopes": "orders:read"},
    "policy.set": {"text": "rules = []", "after": "0"},
    "staff.invite": {"email": "new@shop.example", "role": "viewer"},
    "staff.role": {"role": "viewer"},
}
MAKING = {"webhook.create", "policy.set", "key.create", "staff.invite"}


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_for_who_may(
    database: Database, browser: New, signed_in: SignedIn, name: str
) -> None:
    deed = DEEDS[name]
    form = {"number": "nobody@shop.example" if deed.about == "staff" else GHOST}
    form |= FORMS.get(name, {})
    make_staff(database, Role.ADMIN, "first@shop.example")
    nobody = browser().post(f"/do/{name}", form)
    assert nobody.status_code == 401
    role = without(deed.needs)
    assert role is not None
    unfit = signed_in(role, "without@shop.example")
    refused = unfit.post(f"/do/{name}", form)
    assert refused.status_code == 403
    assert "Your role may not do this" in refused.text
    fit = signed_in(Role.ADMIN, "with@shop.example")
    elsewhere = fit.post(f"/do/{name}", form, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    crossing = {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}
    assert fit.post(f"/do/{name}", form, headers=crossing).status_code == 403
    if name not in MAKING:
        assert fit.post(f"/do/{name}", form).status_code == 404


def test_a_deed_nobody_knows(signed_in: SignedIn) -> None:
    assert signed_in().do("order.eat", GHOST).status_code == 404


def test_forms_too_large_or_of_another_kind(signed_in: SignedIn) -> None:
    admin = signed_in()
    assert admin.do("order.cancel", GHOST, reason="x" * 70_000).status_code == 413
    headers = {"Content-Type": "application/json", "Origin": ORIGIN}
    sent = admin.client.post("/console/do/order.cancel", content=b"{}", headers=headers)
    assert sent.status_code == 415


def test_where_a_form_leads_back_to_is_ours(
    signed_in: SignedIn, database: Database, owner: User
) -> None:
    admin = signed_in()
    for back in (
        "https://evil.example",
        "//evil.example",
        "/console.evil.example",
        "/console/../..\\evil",
        "javascript:alert(1)",
    ):
        done = admin.post("/theme", {"theme": "dark", "back": back})
        assert done.headers["location"] == "/console"
    there = admin.post("/theme", {"theme": "dark", "back": "/console/orders?status=draft"})
    assert there.headers["location"] == "/console/orders?status=draft"


def test_the_theme_is_kept(signed_in: SignedIn, clock: Clock) -> None:
    admin = signed_in()
    assert 'media="screen and (prefers-color-scheme: dark)"' in admin.get().text
    admin.post("/theme", {"theme": "dark", "back": "/console"})
    assert "dark.css" in admin.get().text
    assert "prefers-color-scheme" not in admin.get().text
    admin.post("/theme", {"theme": "light", "back": "/console"})
    assert "dark.css" not in admin.get().text
    for sheet in ("style.css", "dark.css"):
        css = admin.get(f"/{sheet}")
        assert css.headers["content-type"].startswith("text/css")
        assert "--accent:" in css.text


def test_settings_are_shown_without_secrets(signed_in: SignedIn, set_settings: Any) -> None:
    admin = signed_in()
    set_settings(
        PORTAL_SMTP_URL="smtp://portal:hunter2-secret@127.0.0.1:2525",
        PORTAL_MAIL_FROM="Shop <orders@shop.example>",
    )
    shown = admin.get("/settings").text
    assert "PORTAL_STORE_NAME" in shown
    assert "hunter2-secret" not in shown
    assert "a key for tests only" not in shown
    assert "set, not shown" in shown


def test_signs_that_nothing_has_are_no_crash(signed_in: SignedIn, browser: New) -> None:
    """PostgreSQL keeps no NUL, and its driver asks for none."""
    admin = signed_in()
    asked = ("/orders/%00", "/customers/%00", "/search?q=%00", "/audit?about=%00")
    told = {path: admin.get(path).status_code for path in asked}
    told["login"] = browser().post("/login", {"email": "a\0", "password": "a\0"}).status_code
    told |= {name: admin.do(name, "a\0").status_code for name in DEEDS}
    assert {name: status for name, status in told.items() if status >= 500} == {}


def test_a_customers_newest_orders_are_those_placed_last(
    database: Database, owner: User, signed_in: SignedIn, clock: Clock
) -> None:
    """Not those that came last: an import brings a shop's history after what is bought here."""
    today = make_order(database, owner, at=clock.now)
    for years in range(1, NEWEST + 2):
        old = make_order(database, owner, at=clock.now - timedelta(days=365 * years))
    shown = signed_in(Role.SUPPORT).get(f"/customers/{owner.customer_id}").text
    assert today.order_number in shown
    assert old.order_number not in shown
