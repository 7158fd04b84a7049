"""The OpenAPI document made by the code and the contract promise the same, both ways."""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import yaml

from account_portal.api.app import make_app
from tests.contract.facts import Document, broken

ROOT = Path(__file__).resolve().parents[2]

ALSO_IDEMPOTENT = {
    "POST /customers/{user_id}/addresses",
    "POST /catalog/products/{product_id}/reviews",
}
"""Calls that heed `Idempotency-Key` although the contract doesn't ask for it."""
REPEATS = re.compile(r"idempotency|request_in_progress|^(answers )?409")


@cache
def documents() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Facts by call, of the contract and of the code."""
    contract = Document(yaml.safe_load((ROOT / "docs/contract/openapi.yaml").read_text()))
    ours = Document(make_app().openapi())
    return by_call(contract.facts()), by_call(ours.facts())


def by_call(facts: set[str]) -> dict[str, set[str]]:
    found = defaultdict(set)
    for fact in facts:
        call, _, text = fact.partition(": ")
        found[call].add(text)
    return found


def calls() -> list[str]:
    contract = yaml.safe_load((ROOT / "docs/contract/openapi.yaml").read_text())
    return [call for call, _, _ in Document(contract).operations()]


@pytest.mark.parametrize("call", calls())
def test_a_call_keeps_to_the_contract(call: str) -> None:
    contract, ours = (document[call] for document in documents())
    if call in ALSO_IDEMPOTENT:
        ours = {fact for fact in ours if fact in contract or not REPEATS.search(fact)}
    assert ours, f"{call} is not there"
    faults = broken(contract, ours)
    assert not faults, "\n".join((call, *faults))


def test_there_is_nothing_the_contract_does_not_know() -> None:
    contract, ours = documents()
    assert sorted(ours.keys() - contract.keys()) == []


def test_every_text_in_a_path_has_a_form() -> None:
    """So no id reaches the database that no row can have, such as one with a NUL in it."""
    ours = make_app().openapi()
    free = {
        f"{path}: {named['name']}"
        for path, calls in ours["paths"].items()
        for call in calls.values()
        for named in call.get("parameters", ())
        if named["in"] == "path" and "pattern" not in named["schema"]
    }
    assert free == {"/catalog/products/{product_id}/reviews: product_id"}  # a shop's own id


def test_the_readme_counts_the_calls() -> None:
    told = re.search(r"^(\d+) operations;", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert told
    assert int(told[1]) == sum(len(calls) for calls in make_app().openapi()["paths"].values())
