"""Policies: ten shops by their examples, what binds an order, and that page, API and deed agree.

`POLICY_ORDERS` is how many random orders each of the ten shops gets; `make fuzz` has more.
"""

import json
import os
import random
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from account_portal.cli import main
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, InvalidInput, PortalError
from account_portal.models import Order, PolicyVersion, User
from account_portal.orders import rules, service
from account_portal.orders.schemas import CancelOrder, Policy
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows

FILES = sorted((Path(__file__).parents[2] / "docs/examples/policies").glob("*.toml"))
CANCEL = CancelOrder.model_validate(
    {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
)


def load(name: str) -> Policy:
    [path] = [path for path in FILES if path.stem == name]
    return Policy.model_validate(tomllib.loads(path.read_text()))


def policy(*made: dict[str, Any]) -> Policy:
    return Policy.model_validate(
        {"rules": [{"name": f"Rule {place}", **rule} for place, rule in enumerate(made)]}
    )


class Shop:
    """A shop whose policies are set, and what its customer sees."""

    def __init__(self, database: Database, call: Any, owner: User, clock: Any) -> None:
        self.database, self.call, self.owner, self.clock = database, call, owner, clock

    def set(self, wanted: Policy) -> Any:
        return self.call(service.set_policy, wanted, source="file", actor=SHOP)

    def sells(self, *lines: dict[str, Any], place: str = "India", **values: Any) -> Order:
        made = [make_line(number, **line) for number, line in enumerate(lines)]
        return make_order(
            self.database,
            self.owner,
            lines=made,
            at=self.clock.now,
            place={"country": place},
            **values,
        )

    def shows(self, order: Order) -> Any:
        return self.call(service.get_order, order.order_number).view()

    def line(self, order: Order, place: int = 0) -> tuple[int, list[str], list[str]]:
        """How many units of a line can go back, in which ways, and why not."""
        line = self.shows(order).return_eligibility.lines[place]
        reasons = [one.code for one in line.reasons]
        return line.returnable_quantity, [str(one) for one in line.resolutions], reasons


@pytest.fixture
def shop(database: Database, call: Any, owner: User, clock: Any) -> Shop:
    return Shop(database, call, owner, clock)


BOTH = ["refund", "replacement"]
EXAMPLES: list[tuple[str, dict[str, Any], str, int, list[str] | str]] = [
    # the shop, the line, where it goes, days after delivery, the ways back or why none
    ("fashion-100-days", {}, "India", 100, BOTH),
    ("fashion-100-days", {}, "India", 101, "window_closed"),
    ("fashion-100-days", {"category": "underwear"}, "India", 1, "hygiene"),
    ("fashion-100-days", {"tags": ["new", "gift-card"]}, "India", 1, "final_sale"),
    ("food", {}, "India", 0, "perishable"),
    ("food", {"category": "kitchenware"}, "India", 29, BOTH),
    ("made-to-measure", {"tags": ["made-to-measure"]}, "India", 1, "made_to_order"),
    ("made-to-measure", {}, "India", 30, BOTH),
    ("electronics", {}, "India", 14, ["refund"]),
    ("electronics", {}, "India", 15, "window_closed"),
    ("electronics", {"selling_price": 5000000}, "India", 15, ["replacement"]),
    ("electronics", {"category": "software"}, "India", 1, "unsealed_media"),
    ("marketplace", {}, "India", 15, "window_closed"),
    ("marketplace", {"tags": ["seller:indigo"]}, "India", 15, BOTH),
    ("marketplace", {"tags": ["seller:outlet"]}, "India", 1, "final_sale"),
    ("eu-and-india", {}, "Germany", 14, BOTH),
    ("eu-and-india", {}, "India", 7, ["replacement"]),
    ("eu-and-india", {}, "India", 8, "window_closed"),
    ("eu-and-india", {}, "Japan", 30, BOTH),
    ("clearance", {"tags": ["clearance"]}, "India", 1, "final_sale"),
    ("clearance", {"tags": ["clearance"], "sku": "DRESS-ZIP"}, "India", 300, BOTH),
    ("holidays", {}, "India", 89, "window_closed"),
    ("digital", {"product_type": "digital"}, "India", 0, "digital"),
    ("digital", {}, "India", 21, BOTH),
    ("furniture", {}, "India", 30, ["refund"]),
    ("furniture", {}, "India", 31, "window_closed"),
]


@pytest.mark.parametrize(("name", "line", "place", "days", "expected"), EXAMPLES)
def test_ten_shops_by_their_examples(
    shop: Shop, name: str, line: dict[str, Any], place: str, days: int, expected: list[str] | str
) -> None:
    shop.clock.now = shop.clock.now.replace(month=3, day=1)  # no season of gifts
    shop.set(load(name))
    order = shop.sells(line, place=place, parcels=[{}])
    shop.clock.advance(days=days)
    units, ways, reasons = shop.line(order)
    if isinstance(expected, str):
        assert (units, ways, reasons) == (0, [], [expected])
    else:
        assert (units, ways, reasons) == (2, expected, [])


def test_electronics_ask_to_see_what_is_damaged(shop: Shop) -> None:
    shop.set(load("electronics"))
    shown = shop.shows(shop.sells({}, {"category": "software"}, parcels=[{}]))
    asked = [line.evidence_for for line in shown.return_eligibility.lines]
    assert asked == [["damaged", "not_as_described"], []]  # software never goes back
    assert [line.evidence_for for line in shown.claim_eligibility.lines] == [["damaged"]] * 2


def test_a_rule_for_a_group_is_for_orders_whose_record_names_it(shop: Shop) -> None:
    shop.set(load("electronics"))
    orders = [
        shop.sells({}, parcels=[{}], customer_groups=groups)
        for groups in ([], ["staff"], ["staff", "trade"])
    ]
    shop.clock.advance(days=59)
    assert [shop.line(order)[0] for order in orders] == [0, 0, 2]
    dear = shop.sells({"selling_price": 6000000}, parcels=[{}], customer_groups=["trade"])
    shop.clock.advance(days=31)
    assert shop.line(dear) == (0, [], ["window_closed"]), "what it costs says more than who buys"


def test_there_are_ten_and_none_contradicts_itself() -> None:
    assert len(FILES) == 10
    for path in FILES:
        assert rules.faults_of(load(path.stem)) == []
    assert {name for name, *_ in EXAMPLES} == {path.stem for path in FILES}


def test_gifts_of_a_season_may_go_back_longer(shop: Shop) -> None:
    shop.clock.now = shop.clock.now.replace(year=2026, month=12, day=25)
    shop.set(load("holidays"))
    order = shop.sells({}, parcels=[{}])
    shop.clock.advance(days=89)
    assert shop.line(order) == (2, BOTH, [])


def test_of_equally_specific_rules_the_first_wins(shop: Shop) -> None:
    two = [
        {"applies_to": {"tags": [tag]}, "returns": {"window_days": days}}
        for tag, days in (("a", 3), ("b", 60))
    ]
    shop.set(policy(*two))
    order = shop.sells({"tags": ["b", "a"]}, parcels=[{}])
    shop.clock.advance(days=4)
    assert shop.line(order) == (0, [], ["window_closed"])


def test_digital_goods_offer_no_return_unless_a_policy_says_so(shop: Shop, call: Any) -> None:
    course = {"product_type": "digital"}
    for body in (None, policy({"returns": {"window_days": 100}})):
        if body:
            shop.set(body)
        order = shop.sells(course, {}, parcels=[{}])
        assert shop.line(order) == (0, [], ["nothing_to_send"])
        assert shop.line(order, 1)[0] == 2, "print goes back"
        alone = shop.sells(course, parcels=[{}])
        assert not shop.shows(alone).return_eligibility.is_allowed
        page = call(service.get_order_page, alone.order_number)
        assert page.return_until is None
    kind = {"applies_to": {"types": ["digital"]}, "returns": {"window_days": 14}}
    shop.set(policy(kind))
    assert shop.line(shop.sells(course, parcels=[{}])) == (2, BOTH, [])


def test_cancelling_follows_the_strictest_line(shop: Shop) -> None:
    shop.set(load("digital"))
    assert not shop.shows(shop.sells({"product_type": "digital"}, {})).is_cancellation_allowed
    assert shop.shows(shop.sells({}, {})).is_cancellation_allowed


def test_what_binds_an_order_is_the_policy_when_it_was_placed_or_a_kinder_one(shop: Shop) -> None:
    shop.set(policy({"returns": {"window_days": 20}}))
    order = shop.sells({}, parcels=[{}])
    shop.clock.advance(days=1)
    shop.set(policy({"returns": {"window_days": 5}}))
    later = shop.sells({}, parcels=[{}])
    shop.clock.advance(days=10)
    assert shop.line(order)[0] == 2, "a stricter one does not bind what was bought before"
    assert shop.line(later) == (0, [], ["window_closed"])
    shop.set(policy({"returns": {"window_days": 60}}))
    assert shop.line(later)[0] == 2, "a kinder one is for all"
    assert shop.shows(later).status == "delivered"
    assert [row.number for row in rows(shop.database, PolicyVersion)] == [1, 2, 3]


def test_time_alone_closes_a_window_and_ages_an_order(shop: Shop) -> None:
    shop.set(
        policy(
            {"returns": {"window_days": 10}},
            {"applies_to": {"age_days_from": 3}, "cancel": {"until": "never"}},
        )
    )
    sent, waits = shop.sells({}, parcels=[{}]), shop.sells({})
    assert shop.shows(waits).is_cancellation_allowed
    shop.clock.advance(days=3)
    assert shop.line(sent)[0] == 2
    reasons = shop.shows(waits).cancel_eligibility.reasons
    assert [one.code for one in reasons] == ["never_cancelled"]
    with pytest.raises(rules.OrderNotCancellable):
        shop.call(service.cancel_order, waits.order_number, CANCEL)
    shop.clock.advance(days=8)
    assert shop.line(sent) == (0, [], ["window_closed"])
    assert shop.shows(sent).status == "complete"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"rules": [{"name": "x"}]}, "says nothing"),
        ({"rules": [{"name": "x", "returns": {}}]}, "says nothing"),
        (
            {"rules": [{"name": "x", "returns": {"never": "digital", "window_days": 3}}]},
            "contradicts itself",
        ),
        ({"rules": [{"name": "x", "returns": {"resolutions": []}}]}, "at least 1"),
        ({"rules": [{"name": "x", "returns": {"window": 3}}]}, "Extra inputs"),
        (
            {
                "rules": [
                    {
                        "name": "x",
                        "applies_to": {"price_from": 9, "price_below": 9, "currency": "EUR"},
                        "cancel": {"until": "never"},
                    }
                ]
            },
            "holds for nothing",
        ),
        (
            {
                "rules": [
                    {
                        "name": "x",
                        "applies_to": {"price_from": 9},
                        "cancel": {"until": "never"},
                    }
                ]
            },
            "needs its currency",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_told(made: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Policy.model_validate(made)


def test_contradictions_and_holes_are_told_with_the_orders_they_concern(shop: Shop) -> None:
    order = shop.sells({"tags": ["a"]})
    shop.sells({})
    tag = {"tags": ["a"]}
    twice = policy(
        {"applies_to": tag, "returns": {"window_days": 5}},
        {"applies_to": tag, "returns": {"window_days": 9}},
    )
    hole = policy(
        {
            "applies_to": {**tag, "ordered_until": "2026-01-31"},
            "returns": {"window_days": 5},
        },
        {
            "applies_to": {**tag, "ordered_from": "2026-02-10"},
            "returns": {"window_days": 9},
        },
    )
    for wanted, words in ((twice, "contradict each other"), (hole, "2026-02-01 to 2026-02-09")):
        for deed in (service.try_policy, service.set_policy):
            more = {"source": "api"} if deed is service.set_policy else {}
            with pytest.raises(InvalidInput, match=words) as refused:
                shop.call(deed, wanted, actor=SHOP, **more)
            assert f"orders such as {order.order_number}." in refused.value.message
    assert rows(shop.database, PolicyVersion) == []


TAGS, FIRST_DAYS = {"tags": ["a", "b"]}, {"ordered_until": "2026-01-31"}
NEVER, WINDOW = {"returns": {"never": "hygiene"}}, {"returns": {"window_days": 5}}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ([{"applies_to": {"skus": []}, **WINDOW}], "holds for nothing: its list of skus is empty"),
        ([{"applies_to": {"countries": ["UK"]}, **WINDOW}], r"there is no UK \(GB\?\)"),
        ([{"applies_to": {"countries": ["DE", "XX"]}, **WINDOW}], "there is no XX"),
        ([{"applies_to": {"price_from": 5, "currency": "EUK"}, **WINDOW}], "there is no EUK"),
        (
            [{"applies_to": TAGS, **WINDOW}, {"applies_to": {"tags": ["b", "a", "b"]}, **WINDOW}],
            "both say returns.window_days",
        ),
        (
            [
                {"applies_to": {"price_from": price, "currency": "EUR"}, **WINDOW}
                for price in ("10", "10.00")
            ],
            "both say returns.window_days",
        ),
        ([NEVER, WINDOW], "what never goes back has no window"),
        ([{"applies_to": TAGS, **one} for one in (WINDOW, NEVER)], "what never goes back"),
        (
            [
                {"applies_to": FIRST_DAYS, **WINDOW},
                {"applies_to": {"ordered_from": "2026-02-10"}, **WINDOW},
                {"cancel": {"until": "never"}},  # says nothing of returns
            ],
            "hole: none of them is for orders of 2026-02-01 to 2026-02-09",
        ),
    ],
)
def test_faults_of_rules_are_told_however_they_are_written(
    made: list[dict[str, Any]], words: str
) -> None:
    [fault] = rules.faults_of(policy(*made))
    assert re.search(words, fault.text), fault.text


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(
            [
                WINDOW,
                {"applies_to": {"ordered_from": "2026-11-01", "ordered_until": "2026-12-25"}}
                | {"returns": {"window_days": 90}},
                {"applies_to": {"ordered_from": "2027-11-01", "ordered_until": "2027-12-25"}}
                | {"returns": {"window_days": 80}},
                {"applies_to": {"tags": ["a"], **FIRST_DAYS}, "returns": {"window_days": 90}},
                {"applies_to": {"tags": ["a"], "ordered_from": "2026-09-01"}, **WINDOW},
            ],
            id="two seasons, and a rule for the rest of the year",
        ),
        pytest.param(
            [
                {"applies_to": {"ordered_from": "2026-01-01", "ordered_until": "2026-12-31"}}
                | WINDOW,
                {"applies_to": {"ordered_from": "2026-02-01", "ordered_until": "2026-02-03"}}
                | {"returns": {"fee_per_cent": 5}},
                {"applies_to": {"ordered_from": "2027-01-01"}, **WINDOW},
            ],
            id="a period within another one",
        ),
    ],
)
def test_days_that_another_rule_is_for_are_no_hole(made: list[dict[str, Any]]) -> None:
    assert rules.faults_of(policy(*made)) == []


def test_a_trial_changes_nothing_and_says_what_would(shop: Shop) -> None:
    order = shop.sells({}, parcels=[{}])
    shop.clock.advance(days=40)
    kinder = shop.call(service.try_policy, policy({"returns": {"window_days": 60}}), actor=SHOP)
    assert [(one.order_number, one.sku) for one in kinder.changes] == [
        (order.order_number, "SKU-0")
    ]
    assert "window_closed" in kinder.changes[0].now
    assert "2 can go back" in kinder.changes[0].then
    stricter = shop.call(
        service.try_policy, policy({"returns": {"never": "final_sale"}}), actor=SHOP
    )
    assert stricter.changes == []
    assert "final_sale" in stricter.new_orders[0].then
    assert shop.line(order) == (0, [], ["window_closed"])
    assert rows(shop.database, PolicyVersion) == []


def test_only_the_shop_sets_policies(shop: Shop) -> None:
    for deed in (service.try_policy, service.list_policies):
        with pytest.raises(Forbidden):
            shop.call(deed, *([policy()] if deed is service.try_policy else []))
    with pytest.raises(Forbidden):
        shop.call(service.set_policy, policy(), source="api")


def test_the_command_sets_a_file_once(database: Database, tmp_path: Path) -> None:
    path = str(FILES[0])
    run = CliRunner().invoke
    assert "Tried on 0 orders." in run(main, ["shop", "policy", "try", path]).output
    assert "None was set" in run(main, ["shop", "policy", "show"]).output
    for _ in range(2):
        assert "Policy 1 is in force." in run(main, ["shop", "policy", "set", path]).output
    shown = run(main, ["shop", "policy", "show"])
    assert json.loads(shown.stdout)["rules"]
    bad = tmp_path / "bad.toml"
    for text, words in (("rules = 3", "rules"), ("[[", "Invalid"), ("[[rules]]", "name")):
        bad.write_text(text)
        refused = run(main, ["shop", "policy", "set", str(bad)])
        assert refused.exit_code == 2
        assert words in refused.output
    bad.write_text('[[rules]]\nname = "a"\nreturns = { window_days = 3 }\n' * 2)
    refused = run(main, ["shop", "policy", "set", str(bad)])
    assert refused.exit_code == 1
    assert refused.output.count("contradict each other") == 1
    assert len(rows(database, PolicyVersion)) == 1


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_page_api_and_deed_agree(shop: Shop, path: Path) -> None:
    shop.set(load(path.stem))
    rolls = random.Random(path.stem)
    began = shop.clock.now
    for _ in range(int(os.environ.get("POLICY_ORDERS", "8"))):
        # Within two years: dates of working days are known for some years only.
        shop.clock.now = began + timedelta(days=rolls.randrange(700))
        order = _random_order(shop, rolls)
        shop.clock.advance(days=rolls.choice([0, 1, 3, 8, 14, 25]), seconds=1)
        shown = shop.shows(order)
        page = shop.call(service.get_order_page, order.order_number)
        assert page.can_return == shown.return_eligibility.is_allowed
        assert bool(page.cancel_note) != shown.is_cancellation_allowed
        assert shown.cancel_eligibility.is_allowed == shown.is_cancellation_allowed
        listed = shop.call(returns.list_returnable_items, order.order_number)
        lines = zip(shown.order_items, shown.return_eligibility.lines, listed, strict=True)
        for item, line, offered in lines:
            assert item.returnable_quantity == line.returnable_quantity
            assert offered.returnable_quantity == line.returnable_quantity
            assert offered.resolutions == line.resolutions
            assert bool(line.reasons) == (line.returnable_quantity == 0)
            for way in BOTH:
                for units in (line.returnable_quantity, line.returnable_quantity + 1):
                    fits = way in line.resolutions and 0 < units <= line.returnable_quantity
                    assert _can_ask(shop, order, item, max(1, units), way) == fits
        assert _can_cancel(shop, order) == shown.is_cancellation_allowed


def _random_order(shop: Shop, rolls: random.Random) -> Order:
    lines = [
        {
            "quantity": rolls.randint(1, 3),
            "category": rolls.choice([None, "underwear", "kitchenware", "software"]),
            "tags": rolls.sample(
                ["clearance", "gift-card", "made-to-measure", "seller:indigo", "seller:outlet"], 1
            )
            * rolls.randint(0, 1),
            "product_type": rolls.choice(["physical", "physical", "digital"]),
            "selling_price": rolls.choice([10000, 6000000]),
        }
        for _ in range(rolls.randint(1, 2))
    ]
    parcel = rolls.choice([None, {}, {}, {"status": "scheduled"}, {"status": "packed"}])
    return shop.sells(
        *lines,
        place=rolls.choice(["India", "Germany", "Japan"]),
        parcels=[] if parcel is None else [parcel],
        customer_groups=rolls.choice([[], ["trade"]]),
        payments=[{"payment_status": rolls.choice(["success", "pending"])}],
    )


class _UndoneError(Exception):
    """Ends a deed that was only tried."""


def _can_ask(shop: Shop, order: Order, item: Any, units: int, way: str) -> bool:
    body = {
        "product_id": item.product_id,
        "sku": item.sku,
        "quantity": units,
        "resolution": way,
        "return_reason": "Worn",
    }
    data = CreateOrderReturn.model_validate({"return_items": [body]})
    return _works(shop, returns.create_return, order.order_number, data)


def _can_cancel(shop: Shop, order: Order) -> bool:
    return _works(shop, service.cancel_order, order.order_number, CANCEL)


def _works(shop: Shop, deed: Any, *args: Any) -> bool:
    def tried(ctx: Any) -> None:
        deed(ctx, *args)
        raise _UndoneError

    with suppress(PortalError):
        try:
            shop.call(tried)
        except _UndoneError:
            return True
    return False


def test_the_file_of_a_setting_is_set_when_it_changed(
    shop: Shop, tmp_path: Path, set_settings: Any
) -> None:
    path = tmp_path / "policy.toml"
    assert shop.call(service.apply_policy_file, actor=SHOP) is None
    path.touch()
    set_settings(PORTAL_POLICY_FILE=str(path))
    for text, words in (("[[", "cannot be read"), ("rules = [{name = 'x'}]", "says nothing")):
        path.write_text(text)
        with pytest.raises(InvalidInput, match=words):
            shop.call(service.apply_policy_file, actor=SHOP)
    path.write_text(FILES[0].read_text())
    assert shop.call(service.apply_policy_file, actor=SHOP).number == 1
    assert shop.call(service.apply_policy_file, actor=SHOP) is None
    other = service.read_policy(FILES[1].read_text())
    shop.call(service.set_policy, other, source="console", actor=SHOP)
    assert shop.call(service.apply_policy_file, actor=SHOP) is None  # what staff set stays
    path.write_text(FILES[2].read_text())
    made = shop.call(service.apply_policy_file, actor=SHOP)
    assert (made.number, made.source) == (3, "file")
    with pytest.raises(Forbidden):
        shop.call(service.apply_policy_file)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_policy_is_written_as_it_is_read(path: Path) -> None:
    wanted = service.read_policy(path.read_text())
    assert service.read_policy(service.write_policy(wanted)) == wanted
    assert service.write_policy(wanted).startswith("[[rules]]")
    lifted = service.read_policy('{"rules": [{"name": "a", "returns": {"never": null}}]}')
    assert service.read_policy(service.write_policy(lifted)) == lifted


def test_two_who_set_at_once_make_two_versions(shop: Shop) -> None:
    shop.call(lambda ctx: service.apply_settings(ctx.db, ctx.now), actor=SHOP)
    barrier = Barrier(4)

    def set_one(place: int) -> int:
        barrier.wait()
        return int(shop.set(policy({"returns": {"window_days": place + 1}})).number)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(set_one, range(4))) == [1, 2, 3, 4]


def test_the_earliest_day_to_return_is_said_first(shop: Shop) -> None:
    """A reader who waits for the last day loses what closes earlier."""
    shop.set(
        policy(
            {"applies_to": {"categories": ["electronics"]}, "returns": {"window_days": 14}},
            {"returns": {"window_days": 45}},
        )
    )
    start = shop.clock.now
    order = shop.sells({"category": "electronics"}, {}, parcels=[{}])

    def until() -> Any:
        return shop.call(service.get_order_page, order.order_number).return_until

    assert until().last - until().first == timedelta(days=31)
    assert (until().first - start).days in (13, 14)
    shop.clock.advance(days=20)  # the first is over: it is not offered any more
    assert until().first == until().last
    shop.clock.advance(days=40)
    assert until().last < shop.clock.now
