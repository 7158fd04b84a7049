"""A page is opened in one step: one event, one answer.

Reflex sends an event for each `on_load` handler, one for what comes before and one for what comes
after them: four turns of the event loop and as many answers for a page that loads one thing, each
with everything that is asked anew for every answer.
"""

from collections.abc import Sequence
from typing import Any

from reflex.middleware.middleware import Middleware
from reflex.state import OnLoadInternalState, StateUpdate
from reflex_base.event import Event
from reflex_base.utils.format import format_event_handler

OPENED = format_event_handler(OnLoadInternalState.event_handlers["on_load_internal"])
"""The event that the browser sends when it shows a page, and that Reflex sends after connecting."""


class SingleAnswerLoad(Middleware):
    """Runs a page's guarded loaders where Reflex would queue them, and answers with all they found.

    What else the page does when it is opened follows, after the customer has what they came for.
    """

    async def preprocess(self, app: Any, state: Any, event: Event) -> StateUpdate | None:
        """Answer the event that a page was opened; any other goes its way."""
        if event.name != OPENED:
            return None
        handlers: Sequence[Any] = app.get_load_events(state.rx_router_url.path)
        loaders = [one for one in handlers if is_guarded(one)]
        if not loaders:
            return None
        root = state._get_root_state()  # noqa: SLF001 - as Reflex's own processor does
        root.is_hydrated = False
        events: list[Any] = []
        for handler in loaders:
            page = await state.get_state(handler.state)
            events += [found async for found in handler.fn(page) if found is not None]
        root.is_hydrated = True
        try:
            delta = await root._get_resolved_delta()  # noqa: SLF001
        finally:
            root._clean()  # noqa: SLF001
        events += [one for one in handlers if one not in loaders]
        return StateUpdate(delta=delta, events=Event.from_event_type(events))


def is_guarded(handler: Any) -> bool:
    """Whether an event handler was made by `page_load`: it asks who calls, and never raises."""
    return getattr(getattr(handler, "fn", None), "is_guarded", False)
