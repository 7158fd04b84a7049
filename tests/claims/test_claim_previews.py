"""A claim does what its preview said, or is refused: by API, on the page and without an account."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from account_portal.claims import service
from account_portal.claims.schemas import CreateClaim
from account_portal.claims.state import ReportProblemState
from account_portal.core.db import Database
from account_portal.models import Claim, Order, User
from account_portal.orders.rules import PreviewOutdated
from tests.factories.claims import claim_body, claim_item, make_claim
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.open_pages import OpenPage


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    """Units of which the second costs more than the first."""
    line = make_line(quantity=3, line_total=1000, tax_amount=0)
    return make_order(database, owner, lines=[line, make_line(1)], parcels=[{}])


@given(
    units=st.lists(
        st.tuples(st.integers(0, 1), st.integers(1, 2)), min_size=1, max_size=2, unique_by=len
    ),
    total=st.integers(0, 2000),
    wish=st.sampled_from(["refund", "replacement"]),
)
@settings(max_examples=12, deadline=None)
def test_what_is_shown_is_what_is_asked_for(
    call: Any, database: Database, owner: User, units: Any, total: int, wish: str
) -> None:
    line = make_line(quantity=3, line_total=total, tax_amount=0)
    order = make_order(database, owner, lines=[line, make_line(1)], parcels=[{}])
    items = [claim_item(line, quantity=count) for line, count in units]
    wanted = CreateClaim.model_validate(claim_body(*items, wish=wish))
    shown = call(service.quote_claim, order.order_number, wanted)
    seen = wanted.model_copy(update={"preview": shown.digest})
    made = call(service.create_claim, order.order_number, seen)
    assert (made.wish, made.amount) == (shown.wish, shown.amount)
    assert [(one.sku, one.quantity, one.amount) for one in made.claim_items] == [
        (one.sku, one.quantity, one.amount) for one in shown.lines
    ]


def test_a_preview_changes_nothing_and_a_stale_one_is_refused(
    api: Any, database: Database, owner: User, order: Order
) -> None:
    path, body = f"/orders/{order.order_number}/claims", claim_body()
    shown = api.post(f"{path}/preview", user=owner, json=body)
    assert shown.status_code == 200, shown.text
    quote = shown.json()["content"]["preview"]
    assert (quote["amount"], quote["units"], quote["wish"]) == (3.33, 1, "refund")
    assert quote["lines"][0]["sku"] == "SKU-0"
    assert rows(database, Claim) == []
    make_claim(database, owner, order)  # the next unit is worth a little more
    stale = api.post(path, user=owner, json={**body, "preview": quote["digest"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "preview_outdated")
    other = api.post(path, user=owner, json=claim_body(wish="replacement", preview=quote["digest"]))
    assert (other.status_code, other.json()["code"]) == (409, "preview_outdated")
    for junk in ("", "x" * 32, "0" * 33, 7, None):
        refused = api.post(path, user=owner, json={**body, "preview": junk})
        assert (refused.status_code, refused.json()["code"]) == (400, "validation_error"), junk
    assert len(rows(database, Claim)) == 1
    anew = api.post(f"{path}/preview", user=owner, json=body).json()["content"]["preview"]
    assert anew["amount"] == 3.34
    done = api.post(path, user=owner, json={**body, "preview": anew["digest"]})
    assert done.status_code == 200, done.text
    assert done.json()["content"]["claim"]["amount"] == 3.34


def test_what_a_claim_would_refuse_its_preview_refuses(
    api: Any, database: Database, owner: User, stranger: User, order: Order
) -> None:
    path = f"/orders/{order.order_number}/claims"
    for body, user in (
        (claim_body(claim_item(quantity=9)), owner),
        (claim_body(claim_item(5)), owner),
        (claim_body(reference_number="SHP-unknown"), owner),
        ({"wish": "refund"}, owner),
        (claim_body(), stranger),
        (claim_body(), None),
    ):
        answers = [api.post(f"{path}{end}", user=user, json=body) for end in ("", "/preview")]
        codes = {(one.status_code, one.json()["code"]) for one in answers}
        assert len(codes) == 1
        assert answers[0].status_code >= 400
    assert rows(database, Claim) == []


def test_a_page_shows_anew_what_changed_before_it_is_sent(
    call: Any, database: Database, owner: User, order: Order
) -> None:
    number = order.order_number
    page = OpenPage(
        database, ReportProblemState, owner, f"/orders/{number}/claim", order_number=number
    )
    page.run("load")
    page.run("choose", "SKU-0", on=True)
    page.run("choose_problem", "SKU-0", "damaged")
    page.run("choose_quantity", "SKU-0", "1")
    page.go(page.run("go_on", {})[-1])
    page.run("load")
    assert float(page.quote.amount) == 3.33
    make_claim(database, owner, order)
    assert page.run("send") == []
    assert (page.notice_tone, page.notice_text) == ("danger", PreviewOutdated.message)
    assert (page.step, float(page.quote.amount)) == (2, 3.34)
    assert len(rows(database, Claim)) == 1
    page.run("send")
    assert len(rows(database, Claim)) == 2
