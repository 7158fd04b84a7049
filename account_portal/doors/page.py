"""The pages' door to the services: one call, one transaction, in a worker thread.

The caller is read from the request each time, never from a state var that a browser could set.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from starlette.concurrency import run_in_threadpool

from account_portal.context import Caller, Context, answers_at_once, enter
from account_portal.core.pagination import Page
from account_portal.core.schemas import EncodedView
from account_portal.core.tracing import span
from account_portal.security import idempotency
from account_portal.security.cookies import (
    read_device_cookie,
    read_order_cookie,
    read_session_cookie,
)


def frame_of(state: Any) -> str:
    """Kind of the storefront's frame that the page stands in; empty where it stands in none."""
    return str(state.router_data.get("frame") or "")


def customer_of(state: Any) -> str:
    """Id of the user whose page it is, signed in still or not; empty for nobody."""
    return str(state.router_data.get("customer", ""))


def caller_of(state: Any) -> Caller:
    """What the page's connection has brought along; see `ui.arrivals`."""
    router = state.router
    return caller_with(router.headers, router.session.client_ip, state.router_data)


def caller_with(headers: Any, address: str, said: Mapping[str, Any]) -> Caller:
    """The caller, out of what Reflex keeps of a connection."""
    frame, agent = said.get("frame"), headers.user_agent
    return Caller(
        cookie=read_session_cookie(headers.cookie, in_frame=bool(frame)),
        device=read_device_cookie(headers.cookie),
        order_proof=None if frame else read_order_cookie(headers.cookie),
        proof=headers.raw_headers.get("authorization"),
        origin=said.get("origin") if frame else None,
        ip_address=(address or "")[:45] or None,
        user_agent=agent[:300] if agent else None,
    )


_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)
"""What was read inline during the event that is being handled; none outside of events."""


def begin_event() -> None:
    """Forget what was known: an event asks anew."""
    _answers.set({})


async def read(state: Any, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Ask a service that changes nothing."""
    return await _run(caller_of(state), service, args, kwargs, writes=False, repeat="")


async def read_inline(state: Any, service: Callable[..., Any], *, again: bool = True) -> Any:
    """Ask a service that finds a few rows by an index: on SQLite done before a thread would start.

    Args:
        state: the page's state; who calls is read from its connection.
        service: a service function.
        again: the database is asked even if the same was asked during this event already, and
            nothing has been written since.
    """
    caller, answers = caller_of(state), _answers.get()
    if not again and answers is not None and (service, caller) in answers:
        return answers[service, caller]
    if answers_at_once():
        with span(f"page {service.__name__}"), enter(caller, writes=False) as ctx:
            found = service(ctx)
    else:
        found = await _run(caller, service, (), {}, writes=False, repeat="")
    if answers is not None:
        answers[service, caller] = found
    return found


async def write(
    state: Any,
    service: Callable[..., Any],
    *args: Any,
    repeat: str = "",
    slow_first: bool = False,
    **kwargs: Any,
) -> Any:
    """Have a service do something.

    Args:
        state: the page's state; who calls is read from its connection.
        service: a service function.
        *args: what it takes after the context.
        repeat: a key that makes the call harmless to repeat, however often a button is pressed.
        slow_first: the service does something slow (hashes a password, reads a picture) before it
            begins to write by itself, and must not hold the write lock meanwhile.
        **kwargs: what it takes by name.
    """
    caller = caller_of(state)
    try:
        return await _run(caller, service, args, kwargs, writes=not slow_first, repeat=repeat)
    finally:
        if (answers := _answers.get()) is not None:
            answers.clear()


async def _run(
    caller: Caller,
    service: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    writes: bool,
    repeat: str,
) -> Any:
    def work() -> Any:
        with span(f"page {service.__name__}"), enter(caller, writes=writes) as ctx:
            if repeat and _done_before(ctx, service, repeat):
                return None
            return _shown(service(ctx, *args, **kwargs))

    return await run_in_threadpool(work)


def _done_before(ctx: Context, service: Callable[..., Any], key: str) -> bool:
    operation = f"page {service.__name__}"
    owner = ctx.customer_id
    if idempotency.replay(ctx.db, owner, operation, key, key, ctx.now) is not None:
        return True
    idempotency.record(ctx.db, owner, operation, key, key, "{}", ctx.now)
    return False


def _shown(result: Any) -> Any:
    """What a state var can hold."""
    if isinstance(result, EncodedView):
        return result.view()
    if isinstance(result, Page) and isinstance(result.rows, EncodedView):
        return Page(result.rows.view(), result.pagination)
    return result
