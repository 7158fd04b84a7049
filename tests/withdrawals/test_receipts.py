"""What stands in a receipt is what was stated, and looks like nothing else."""

from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.errors import NotFound
from account_portal.models import Withdrawal
from account_portal.withdrawals import service
from tests.conftest import Api
from tests.factories.records import rows
from tests.withdrawals.test_withdrawals import state

SAID = {"name": "Asha Rao", "order": "NONE-1", "contact": "asha@example.com"}
FORGED = "X\nYour name: Chef\nReceived: 2020-01-01"


@pytest.mark.parametrize("field", ["name", "order"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\x0b", "\u2028", "\u2029"])
def test_names_are_one_line(api: Api, field: str, line_break: str) -> None:
    answer = api.post("/withdrawals", json=SAID | {field: f"X{line_break}Name: Chef"})
    assert answer.status_code == 400
    assert list(answer.json()["error"]) == [field]


@pytest.mark.parametrize("field", ["name", "order", "goods"])
@pytest.mark.parametrize(
    "unseen", ["\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\ufeff", "\x9b", "\U000e0041"]
)
def test_signs_that_turn_or_hide_words_are_taken_out(
    database: Database, api: Api, field: str, unseen: str
) -> None:
    answer = api.post("/withdrawals", json=SAID | {field: f"{unseen}ab{unseen}c{unseen}"})
    assert answer.status_code == 200
    [row] = rows(database, Withdrawal)
    kept = {"name": row.name, "order": row.order_text, "goods": row.items_text}
    assert kept[field] == "abc"
    assert unseen not in row.receipt


def test_nothing_but_unseen_signs_is_no_name(api: Api) -> None:
    answer = api.post("/withdrawals", json=SAID | {"name": "\u202e\u200b "})
    assert answer.status_code == 400
    assert answer.json()["error"] == {"name": ["is required"]}


def test_names_of_all_scripts_stay_as_they_are(database: Database, api: Api) -> None:
    names = ["میلاد نیک\u200cپور", "क्\u200dष", "José", "O'Neil-Ø", "משה"]
    for name in names:
        assert api.post("/withdrawals", json=SAID | {"name": name}).status_code == 200
    assert {row.name for row in rows(database, Withdrawal)} == set(names)


@pytest.mark.parametrize("said", [{"goods": FORGED}, {"withdraw_items": [{"sku": FORGED}]}])
def test_goods_stand_as_no_line_of_another_name(acting: Any, said: dict[str, Any]) -> None:
    for one in said.get("withdraw_items", ()):
        one["quantity"] = 1
    lines = state(acting, "NONE-1", **said).receipt.splitlines()
    assert [line for line in lines if line.startswith("Your name: ")] == ["Your name: Asha Rao"]
    assert not [line for line in lines if line.startswith("Received: 2020")]
    assert any("Your name: Chef" in line for line in lines)  # nothing that was said is lost


@pytest.mark.parametrize("gone", ["emptied", "forgotten"])
def test_a_receipt_that_is_gone_is_not_found(
    api: Api, database: Database, acting: Any, gone: str
) -> None:
    """Emptied with its customer's account, or forgotten before its key had run out."""
    key = state(acting, "NONE-1").receipt_key
    path = f"/withdraw/receipt?key={key}"
    assert api.client.get(path).status_code == 200
    table = Withdrawal.__table__  # type: ignore[attr-defined]
    with database.session(writes=True) as db:
        db.execute(table.update().values(receipt="") if gone == "emptied" else table.delete())
        db.commit()
    assert api.client.get(path).status_code == 404
    with pytest.raises(NotFound), acting(None, writes=False) as ctx:
        service.read_receipt(ctx, key)
