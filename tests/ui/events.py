"""All events that pages can send, and arguments for them."""

import inspect
from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from account_portal.app import app
from account_portal.ui.arrivals import SETTERS
from account_portal.ui.handlers import takes_files

_KNOWN = app._registration_context.event_handlers


def _hints(handler: Any) -> dict[str, Any]:
    hints = get_type_hints(handler)
    return {one: hints[one] for one in list(inspect.signature(handler).parameters)[1:]}


HANDLERS: dict[str, dict[str, Any]] = {
    name: _hints(registered.handler.fn)
    for name, registered in _KNOWN.items()
    if not name.endswith(SETTERS) and not takes_files(_KNOWN, name)
}
"""Types of arguments by argument, by handler."""

ODD_TEXTS = (
    "", " ", "0", "-1", "99999999999999999999", "\x00", "a\x00b", "\ud800", "\u202eabc", "a\r\nb",
    "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${x}", "../../etc/passwd", "%00",
    "javascript:alert(1)", "//evil.example", "é" * 3000, "x" * 60_000, "01HZX3T5V9K2M4N6P8Q0R2S4T6",
    "NaN", "null", "email", "India", "true", "🏳️‍🌈", "\ufeff", "١٢٣",
)  # fmt: skip


def deep(levels: int) -> Any:
    """Lists in lists."""
    found: Any = []
    for _ in range(levels):
        found = [found]
    return found


def texts() -> st.SearchStrategy[str]:
    """What people type, and what attackers do."""
    return st.sampled_from(ODD_TEXTS) | st.text(st.characters(exclude_categories=()), max_size=40)


def json_values() -> st.SearchStrategy[Any]:
    """All that JSON can say."""
    numbers = st.integers() | st.floats() | st.sampled_from([2**63, -(2**63), 10**400])
    plain = st.none() | st.booleans() | numbers | texts()
    odd = st.sampled_from([deep(90), {"": {"": [None]}}, [[]] * 500])
    return odd | st.recursive(
        plain, lambda inner: st.lists(inner, max_size=4) | _objects(inner), max_leaves=8
    )


def _objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(texts(), values, max_size=4)


FIELDS = (
    "first_name", "last_name", "email", "phone", "country_code", "password", "old_password", "otp",
    "new_password", "confirm_password", "contact", "value", "name", "reason", "comment", "title",
    "rating", "pincode", "city", "address_line1", "country", "account_number", "ifsc_code", "code",
    "account_name", "message", "status", "error", "content", "detail", "q", "search", "refund_mode",
    "cancellation_reason", "quantity", "retry_after", "channel", "errors", "body", "sku", "id",
)  # fmt: skip
"""Names that forms of the pages use, some of them."""


def fitting(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of the types a handler takes, filled with whatever fits in there."""
    return st.fixed_dictionaries({one: _of(hint) for one, hint in HANDLERS[name].items()})


def _of(hint: Any) -> st.SearchStrategy[Any]:
    if hint is str:
        return texts()
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers()
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if get_origin(hint) is dict:
        named = st.dictionaries(st.sampled_from(FIELDS), json_values(), max_size=6)
        return named | _objects(json_values())
    if hint == dict[str, Any] | None:
        return st.none() | st.just({})  # what browsers keep: nothing
    assert hint == list[str] | None, f"no arguments for {hint}"
    return st.none() | st.lists(st.text(max_size=5), max_size=3)
