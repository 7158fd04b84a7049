"""A page's data, for the one it belongs to, in each of its phases."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui.page_state import PageState


class Follow(rx.Component):
    """Says so when something changed elsewhere; see `assets/kit/shell.js`."""

    library = "$/public/kit/shell.js"
    tag = "Follow"

    stamp: rx.Var[int]
    busy: rx.Var[str]
    on_news: rx.EventHandler[rx.event.no_args_event_spec]


def page_data(
    state: Any,
    *content: rx.Component,
    bones: list[Any],
    missing: rx.Component | None = None,
    also: Sequence[Any] = (),
    follows: Sequence[Any] = (),
) -> rx.Component:
    """Show the content once its data is there, and nothing of it to anybody else.

    Args:
        state: the page's state: `PageData` with a `load` handler.
        *content: shown when the data is ready and its customer is signed in.
        bones: skeletons in the shape of the content.
        missing: shown when the thing isn't there, or isn't theirs.
        also: states of parts of the content, which "Try again" loads too.
        follows: those of the states that show at once what changes elsewhere.
    """
    # After a sign-out elsewhere what was typed stays: the next action asks to sign in again.
    is_theirs = PageState.viewer.signed_in | PageState.viewer.was_here
    if follows:
        news = {"stamp": PageState.viewer.news, "busy": PageState.busy}
        content = (*content, Follow.create(**news, on_news=[one.refresh_data for one in follows]))
    shown = ui.by_phase(
        state.phase,
        ui.stack(*content, gap="large"),
        bones=bones,
        missing=missing,
        retry=[one.load for one in (state, *also)],
    )
    # Who looks may be what could not be loaded; then there is nothing of anybody to show.
    return rx.cond(is_theirs | (state.phase == "failed"), shown, ui.loading(*bones))
