"""Every handler is a public endpoint: it gets arguments of its types, or is not called."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from account_portal.app import app
from account_portal.ui.arrivals import Malformed, PageEvents
from tests.ui.events import HANDLERS, deep, fitting, json_values

WITH_ARGUMENTS = [name for name, hints in HANDLERS.items() if hints]
EVENTS = PageEvents("/backend/_event", app)


def check(name: str, payload: Any) -> dict[str, Any]:
    return EVENTS._checked({"name": name, "payload": payload})


@pytest.mark.parametrize("name", WITH_ARGUMENTS)
def test_arguments_of_the_right_types_are_taken(name: str) -> None:
    @settings(max_examples=5)
    @given(fitting(name))
    def taken(payload: dict[str, Any]) -> None:
        assert check(name, payload)["payload"] == payload

    taken()


@pytest.mark.parametrize("name", HANDLERS)
def test_arguments_of_any_other_are_not(name: str) -> None:
    hints = HANDLERS[name]

    @settings(max_examples=15)
    @given(st.fixed_dictionaries({one: json_values() for one in hints}), st.booleans())
    def judged(payload: dict[str, Any], has_more: bool) -> None:
        if has_more:
            payload["another"] = 1
        try:
            checked = check(name, payload)
        except Malformed:
            return
        assert not has_more
        for one, value in checked["payload"].items():
            try:
                TypeAdapter(hints[one]).validate_python(value, strict=True)
            except ValidationError:
                pytest.fail(f"{one} was let through as {value!r}")

    judged()


@pytest.mark.parametrize("value", [7, None, True, 1.5, [], {}, [[]], deep(50), float("nan"), "x"])
def test_one_of_another_type_beside_good_ones(value: Any) -> None:
    """The values that JSON has, for each argument of each handler in turn."""
    for name, hints in HANDLERS.items():
        good: dict[str, Any] = {one: _plain(hint) for one, hint in hints.items()}
        for one, hint in hints.items():
            try:
                TypeAdapter(hint).validate_python(value, strict=True)
            except ValidationError:
                with pytest.raises(Malformed):
                    check(name, {**good, one: value})


def _plain(hint: Any) -> Any:
    for value in ("", {}, 0, False, "email", None):
        try:
            return TypeAdapter(hint).validate_python(value, strict=True)
        except ValidationError:
            continue
    raise AssertionError(hint)


def test_nothing_sets_a_var_from_outside() -> None:
    """Not by Reflex's own events either, which do that for what browsers keep."""
    whole = "reflex___state____state.hydrate_and_load"
    for payload in ({}, {"vars": {}}, {"vars": None}):
        assert check(whole, payload)
    setting = {"vars": {"reflex___state____state.is_hydrated": True}}
    for name in (
        whole,
        "reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal",
        "reflex___state____state.setvar",
    ):
        with pytest.raises(Malformed):
            check(name, setting)


def test_all_handlers_are_looked_at() -> None:
    assert len(HANDLERS) > 100
    assert len(WITH_ARGUMENTS) > 40
