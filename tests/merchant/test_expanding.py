"""Rows bring along what they belong to: for keys that may read that, and for no other."""

from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.models import User
from tests.factories.bank_accounts import make_bank_account
from tests.factories.claims import make_claim
from tests.factories.orders import make_order
from tests.factories.returns import make_return
from tests.factories.reviews import make_product, make_review
from tests.merchant.systems import Systems, make_key

BOTH = ("order", "customer")
LISTS = {
    "orders": ("orders:read", "order_number", ("details", "customer")),
    "shipments": ("orders:read", "reference_number", BOTH),
    "payments": ("payments:read", "request_number", BOTH),
    "refunds": ("refunds:read", "request_number", BOTH),
    "returns": ("returns:read", "request_number", BOTH),
    "claims": ("returns:read", "claim_number", BOTH),
    "reviews": ("reviews:read", "id", ("customer",)),
    "bank-accounts": ("bank_accounts:read", "id", ("customer",)),
}
SHOWN_BY = {"order": "orders:read", "details": "orders:read", "customer": "customers:read"}
EACH = [(path, one) for path, (_, _, kinds) in LISTS.items() for one in kinds]


@pytest.fixture
def everything(database: Database, owner: User) -> None:
    made = make_order(
        database, owner, parcels=[{"status": "delivered"}], refunds=[{"refund_amount": 100}]
    )
    make_return(database, owner, made)
    make_claim(database, owner, made)
    make_review(database, owner, make_product(database).id)
    make_bank_account(database, owner)


def rows_of(answer: Any, path: str) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["content"][path.replace("-", "_")]
    return found


@pytest.mark.parametrize(("path", "expand"), EACH)
@pytest.mark.usefixtures("everything")
def test_a_row_brings_along_what_its_key_may_read(
    systems: Systems, database: Database, owner: User, path: str, expand: str
) -> None:
    scope, key, _ = LISTS[path]
    [plain] = rows_of(systems.get(f"/{path}"), path)
    assert expand not in plain
    able = make_key(database, scope, SHOWN_BY[expand], name="able")
    [row] = rows_of(systems.get(f"/{path}?expand={expand}", key=able), path)
    customer = systems.get(f"/customers/{owner.customer_id}").json()["content"]
    if expand == "customer":
        assert row["customer"] == customer
    else:
        whole = systems.get(f"/orders/{row['order_number']}").json()["content"]
        assert row[expand].items() <= whole.items()
        assert row[expand]["order_items"]
    assert {name: row[name] for name in plain} == plain
    if expand != "details":
        one = systems.get(f"/{path}/{row[key]}?expand={expand}", key=able)
        assert one.json()["content"][expand] == row[expand]

    if SHOWN_BY[expand] != scope:
        unable = make_key(database, scope, name="unable")
        for at in (f"/{path}?expand={expand}", f"/{path}/{row[key]}?expand={expand}"):
            refused = systems.get(at, key=unable)
            assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
            assert owner.email not in refused.text


@pytest.mark.usefixtures("everything")
def test_several_come_along_and_what_nobody_knows_is_refused(systems: Systems) -> None:
    [row] = rows_of(systems.get("/returns?expand=order&expand=customer"), "returns")
    assert row["order"]["customer_id"] == row["customer"]["customer_id"]
    [order] = rows_of(systems.get("/orders?expand=details&expand=customer"), "orders")
    assert order["details"]["order_number"] == order["order_number"]
    for wrong in ("/reviews?expand=order", "/customers?expand=", "/payments?expand=x"):
        answer = systems.get(wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


@pytest.mark.usefixtures("everything")
def test_what_comes_along_costs_two_statements_however_many_rows(
    systems: Systems, database: Database, owner: User, statements: list[str]
) -> None:
    def count() -> int:
        statements.clear()
        rows_of(systems.get("/payments?expand=order&expand=customer"), "payments")
        return sum("api_key" not in one for one in statements)

    count()  # counts the key's use
    few = count()
    for _ in range(5):
        make_order(database, owner)
    assert count() == few
