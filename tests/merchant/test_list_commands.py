"""Lists as they are typed."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from account_portal.cli import main
from account_portal.core.db import Database
from account_portal.merchant.list_commands import LISTS
from account_portal.models import User
from tests.factories.orders import make_order
from tests.factories.returns import make_return

Run = Callable[..., Result]


@pytest.fixture
def run(database: Database) -> Run:
    assert database
    return lambda *words: CliRunner().invoke(main, ["shop", *words])


def test_a_queue_is_a_list_of_one_state(run: Run, database: Database, owner: User) -> None:
    made = make_order(database, owner, parcels=[{"status": "delivered"}])
    number = make_return(database, owner, made)
    waiting = run("returns", "--state", "created")
    assert waiting.exit_code == 0, waiting.output
    request, status, order_number, *_ = waiting.output.split("\t")
    assert (request, status, order_number) == (number.request_number, "created", made.order_number)
    run("return", "approve", request)
    assert run("returns", "--state", "created").stdout == ""
    [line] = run("returns", "--json").stdout.splitlines()
    assert json.loads(line)["status"] == "approved"


def test_a_list_goes_on_for_as_long_as_it_is_asked_to(
    run: Run, database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account_portal.merchant.list_commands.PAGE", 2)
    made = [make_order(database, owner).order_number for _ in range(5)]
    for limit, found in ((50, made[::-1]), (3, made[:1:-1])):
        lines = run("orders", "--limit", str(limit)).stdout.splitlines()
        assert [line.split("\t")[0] for line in lines] == found


def test_what_may_be_sent_is_listed_from_the_oldest(
    run: Run, database: Database, owner: User
) -> None:
    unpaid = {"payment_status": "failed", "payments": [{"payment_status": "failed"}]}
    for number, values in {"A-1": {}, "A-2": unpaid, "A-3": {}}.items():
        make_order(database, owner, order_number=number, parcels=[{"status": "packed"}], **values)
    for words, expected in (
        (["--may-be-sent", "--oldest"], ["A-1", "A-3"]),
        (["--awaits-payment"], ["A-2"]),
        ([], ["A-3", "A-2", "A-1"]),
    ):
        for name, place in (("orders", 0), ("shipments", 2)):
            lines = run(name, *words).stdout.splitlines()
            assert [line.split("\t")[place] for line in lines] == expected, name


@pytest.mark.parametrize("name", list(LISTS))
def test_every_list_may_be_empty(run: Run, name: str) -> None:
    result = run(name)
    assert result.exit_code == 0
    assert result.stdout == ""
