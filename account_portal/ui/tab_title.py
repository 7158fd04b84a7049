"""What a browser's tab says."""

from typing import Any

import reflex as rx
from reflex.route import get_route_args

from account_portal.ui.store import StoreState


def tab_title(title: str, path: str, number: str = "") -> Any:
    """Such as "Order NW-1001 · Northwind", so that several tabs can be told apart.

    Args:
        title: what the page is about.
        path: its address; parts that vary in brackets.
        number: the part that follows the title, if there is one.
    """
    if not number:
        return rx.Var.create(f"{title} · ") + StoreState.name
    rx.State.setup_dynamic_args(get_route_args(path))
    value = getattr(rx.State, number)
    named = rx.cond(value, rx.Var.create(f"{title} ") + value, title)
    return named + rx.Var.create(" · ") + StoreState.name
