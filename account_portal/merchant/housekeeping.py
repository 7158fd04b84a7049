"""What time itself does: messages and webhooks go out, windows close, what is over is removed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Event, Thread

from account_portal import events
from account_portal.auth.service import sweep_sign_ins
from account_portal.context import SHOP, enter
from account_portal.core.errors import GatewayUnavailable
from account_portal.core.settings import get_settings
from account_portal.events import SYSTEM, act_as
from account_portal.evidence.service import sweep_evidence
from account_portal.gateways import get_gateways
from account_portal.merchant.reminders import send_reminders, sweep_reminders
from account_portal.notifications import delivering, run_delivery_loop, sweep
from account_portal.orders import service as orders
from account_portal.personal_data import service as personal_data
from account_portal.security import api_keys, idempotency, otp, rate_limit
from account_portal.webhooks import queue as webhooks
from account_portal.webhooks.worker import Worker, sending_webhooks
from account_portal.withdrawals import service as withdrawals

log = logging.getLogger("account_portal.housekeeping")

EVERY_SECONDS = 30.0
SWEEP_EVERY = 120
"""Rounds between two removals of what is over: an hour."""
PAYMENTS_EVERY_SECONDS = 5.0
LOOK_EVERY = 10
"""Rounds between two looks for what time brings: five minutes."""
STOP_SECONDS = 5.0


def close_return_windows() -> int:
    """Bring orders up to date whose return window closed; returns how many."""
    closed = 0
    while True:
        with enter(writes=True, actor=SHOP) as ctx:
            act_as(ctx.db, SYSTEM)
            found = orders.refresh_due(ctx.db, ctx.now)
        closed += found
        if not found:
            return closed


def carry_out_withdrawals() -> int:
    """Settle withdrawals that waited, where that can be done now; returns how many were.

    One that cannot be worked out keeps no other from its turn.
    """
    with enter(writes=False, actor=SHOP) as ctx:
        waiting = withdrawals.waiting_statements(ctx)
    done = 0
    for reference in waiting:
        try:
            with enter(writes=True, actor=SHOP) as ctx:
                act_as(ctx.db, SYSTEM)
                done += withdrawals.try_again(ctx, reference)
        except GatewayUnavailable:
            raise
        except Exception:
            log.exception("withdrawal %s could not be looked at; it is tried again", reference)
    return done


def apply_settings() -> None:
    """See to it that orders are shown by the settings this process has."""
    with enter(writes=True, actor=SHOP) as ctx:
        act_as(ctx.db, SYSTEM)
        orders.apply_settings(ctx.db, ctx.now)


def remove_what_is_over() -> None:
    """Remove codes, limits, repeats, messages and events that nobody will ask for again."""
    with enter(writes=True, actor=SHOP) as ctx:
        rate_limit.sweep(ctx.db, ctx.now)
        api_keys.sweep(ctx.db, ctx.now)
        idempotency.sweep(ctx.db, ctx.now)
        otp.sweep(ctx.db, ctx.now)
        sweep(ctx)
        sweep_sign_ins(ctx)
        sweep_reminders(ctx)
        personal_data.remove_ended_exports(ctx)
        personal_data.remove_last_messages(ctx)
    for sweep_some in (
        personal_data.end_books,
        withdrawals.forget_unmatched,
        sweep_evidence,
        events.place_waiting,
        events.sweep,
        webhooks.sweep,
    ):
        is_done = False
        while not is_done:
            with enter(writes=True, actor=SHOP) as ctx:
                is_done = not sweep_some(ctx)


def run_payment_loop(stop: Event) -> None:
    """Let the gateway send refunds back and close attempts to pay until told to stop.

    Several processes may.
    """
    while not stop.is_set():
        for do_next in (orders.pay_back_next, orders.close_next_attempt):
            try:
                while not stop.is_set() and do_next():
                    pass
            except GatewayUnavailable:
                log.warning("database or gateway did not answer; %s waits", do_next.__name__)
            except Exception:
                log.exception("%s failed; it is tried again", do_next.__name__)
        stop.wait(PAYMENTS_EVERY_SECONDS)


def run_housekeeping_loop(stop: Event) -> None:
    """Keep house until told to stop. Several processes may: each round is one transaction."""
    is_applied = False
    for round_number in range(2**62):
        try:
            if not is_applied:
                apply_settings()
                is_applied = True
            close_return_windows()
            if round_number % LOOK_EVERY == 0:
                send_reminders()
                carry_out_withdrawals()
            personal_data.make_exports()
            if round_number % SWEEP_EVERY == 0:
                remove_what_is_over()
        except GatewayUnavailable:
            log.warning("the database was busy; housekeeping goes on in the next round")
        except Exception:
            log.exception("housekeeping failed; it goes on in the next round")
        if stop.wait(EVERY_SECONDS):
            return


@asynccontextmanager
async def background_jobs() -> AsyncIterator[None]:
    """Do all that in threads of this process for as long as its server runs (its lifespan)."""
    with suppress(GatewayUnavailable):  # then the loop tries again
        await asyncio.to_thread(apply_settings)
    if not get_settings().work_in_server:
        yield
        return
    stop = Event()
    threads = _begin(stop)
    try:
        async with delivering(), sending_webhooks():
            yield
    finally:
        stop.set()
        for thread in threads:
            await asyncio.to_thread(thread.join, STOP_SECONDS)


def _begin(stop: Event) -> list[Thread]:
    loops = {"housekeeping": run_housekeeping_loop}
    payments = get_gateways().payments
    if payments is not None:
        loops["payments"] = run_payment_loop
    threads = [
        Thread(target=loop, args=(stop,), name=name, daemon=True) for name, loop in loops.items()
    ]
    for thread in threads:
        thread.start()
    return threads


def work_until(stop: Event) -> None:
    """What the command `worker` does: all loops, until told to stop."""
    sender = Worker()
    webhooks_thread = Thread(target=sender.run, name="webhooks", daemon=True)
    webhooks_thread.start()
    threads = [*_begin(stop), webhooks_thread]
    run_delivery_loop(stop)
    sender.stop()
    for thread in threads:
        thread.join(STOP_SECONDS)
