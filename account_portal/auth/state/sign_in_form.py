"""What pages share whose forms are sent to `/api/session` by the browser, not by a handler.

Only such a form can set the cookie. Its handlers here tell the page how it went; they are public
like all others, and change nothing but the words on the page of whoever calls them.
"""

from datetime import datetime, timedelta
from typing import Any, get_args
from urllib.parse import urlencode

import reflex as rx

from account_portal import routes
from account_portal.auth.rules import Channel, channel_for, parse_contact
from account_portal.auth.schemas import Way
from account_portal.core.clock import utc_now
from account_portal.core.errors import InvalidInput
from account_portal.ui.failures import WHOLE, closed_words, refused, wait_words

WAYS: tuple[str, ...] = get_args(Way)
NONE = "none"
"""In the address: no way is left."""
OFFERED = tuple(way for way in WAYS if way != "new_password")
"""Where nothing is known of the account: a password is chosen only where it has no second way."""
CHANNELS: tuple[str, ...] = get_args(Channel)
ASKING = ("code", "forgot", "second-code")
"""Forms that ask for a code."""
WITH_CODE = ("code", "second-code")
"""Steps at which a code is typed."""
STEPS = (*WITH_CODE, "second", "recovery")
CODE_PAUSE = 30
"""Seconds until another code may be asked for."""


class SignInForm(rx.State, mixin=True):
    """Of a page with a form of sign-in; together with `Session`."""

    underway: str = ""
    """The form that is on its way."""
    faults: dict[str, str] = {}
    """Texts by field of the form last sent; ``_`` is the form as a whole."""
    contact: str = ""
    """Where the code went, as it was typed."""
    channel: str = ""
    step: str = ""
    """`code` once a code is on its way; then `second`, `second-code` or `recovery`, where another
    proof is asked for."""
    ways: list[str] = []
    """That may be the second proof."""
    sent_to: dict[str, str] = {}
    """Masked contacts by channel, as far as the page was told."""
    wanted: str = ""
    """Where the customer goes after signing in; empty until the page knows."""
    wait: int = 0
    """Seconds until another code may be asked for, counted down by the page."""
    wait_stamp: int = 0
    _was_sent_before: bool = False
    _wait_until: datetime | None = None

    @rx.event
    async def sending(self, form: str) -> None:
        """A form is on its way."""
        self.underway, self.faults = form[:20], {}

    @rx.event
    async def refuse(self, failure: dict[str, Any]) -> None:
        """A form came back with a no."""
        form, self.underway = self.underway, ""
        seconds = failure.get("retry_after")
        seconds = min(max(seconds, 0), 86_400) if isinstance(seconds, int) else 0
        code = str(failure.get("code"))
        self.faults = refused(code, failure.get("fields"), seconds)
        if code == "too_many_requests" and form in ASKING and 0 < seconds <= CODE_PAUSE:
            wait = wait_words(seconds)
            enter = "Enter that one, or ask" if self.step in WITH_CODE else "Ask"
            words = f"A code was sent just now. {enter} for another in {wait}."
            self.faults = {WHOLE: words}
        if seconds and self.step in WITH_CODE:
            self._wait(seconds)

    @rx.event
    async def wait_is_over(self) -> None:
        """Another code may be asked for."""
        self.wait = 0

    @rx.var
    def is_closed(self) -> bool:
        """The account that was proven is closed: its code is used up, and another is of no use."""
        return self.faults.get(WHOLE) == closed_words()

    @rx.var
    def login_link(self) -> str:
        """Sign-in from the beginning, on the way to the same page."""
        return on_the_way(routes.LOGIN, self.wanted)

    @rx.var
    def register_link(self) -> str:
        """Registration, on the way to the same page."""
        return on_the_way(routes.REGISTER, self.wanted)

    @rx.var
    def forgot_link(self) -> str:
        """The way in without a password, to the same page."""
        return on_the_way(routes.FORGOT_PASSWORD, self.wanted)

    def _wait(self, seconds: int) -> None:
        self.wait, self.wait_stamp = seconds, self.wait_stamp + 1
        self._wait_until = utc_now() + timedelta(seconds=seconds)

    def _code_is_sent(self, answer: dict[str, Any]) -> None:
        self.underway = ""
        self.contact = str(answer.get("contact", ""))[:254].strip()
        try:
            self.channel = channel_for(parse_contact(self.contact), str(answer.get("channel")))
        except InvalidInput:
            self.channel = ""
        wait = answer.get("wait")
        # Of a code that was sent before, what is left of its pause.
        left = wait if isinstance(wait, int) and 0 < wait <= CODE_PAUSE else 0
        self._wait(left or CODE_PAUSE)
        self._was_sent_before = left > 0

    def _second_is_asked(self, told: Any) -> None:
        """Another proof has to follow; what the page is told may be anything."""
        told = told if isinstance(told, dict) else {}
        ways, contacts = told.get("ways"), told.get("sent_to")
        self.underway, self.faults = "", {}
        self.ways = [way for way in ways if way in WAYS] if isinstance(ways, list) else []
        contacts = contacts if isinstance(contacts, dict) else {}
        self.sent_to = {way: str(contacts[way])[:254] for way in CHANNELS if way in contacts}

    def _second_code_is_sent(self, answer: dict[str, Any]) -> None:
        self._code_is_sent(answer)
        channel = answer.get("channel")
        self.channel = channel if channel in CHANNELS else ""

    @rx.var
    def sent_to_words(self) -> str:
        """Where the second code went."""
        return self.sent_to.get(self.channel, "")

    @rx.var
    def ways_named(self) -> str:
        """Those that may follow, as the address names them."""
        return ".".join(self.ways) or NONE

    @rx.var
    def second_link(self) -> str:
        """The choice of the second proof."""
        return self._second_at("second")

    @rx.var
    def recovery_link(self) -> str:
        """A recovery code as the second proof."""
        return self._second_at("recovery")

    def _second_at(self, step: str) -> str:
        return on_the_way(routes.LOGIN, self.wanted, step=step, ways=".".join(self.ways) or NONE)

    def _sent_words(self) -> str:
        sent_before = "The code sent a moment ago still works. Enter that one."
        return sent_before if self._was_sent_before else "A new code is on its way."

    def _start(self) -> None:
        """Show the step and the failure that the address names."""
        query = self.router.url.query_parameters
        step = query.get("step", "")
        self.underway, self.step = "", step if step in STEPS else ""
        named = query.get("ways", "").split(".")
        # The address may have lost them: then all are offered, and the server says which fit.
        self.ways = [way for way in named if way in WAYS]
        if not self.ways and named != [NONE]:
            self.ways = list(OFFERED)
        self.wanted = routes.local_path(query.get("next"))
        left = (self._wait_until - utc_now()).total_seconds() if self._wait_until else 0
        self.wait = max(0, round(left))
        error = query.get("error", "")
        self.faults = refused(error) if error else {}


def on_the_way(path: str, wanted: str, **query: str) -> str:
    """A page of sign-in that leads on to where the customer wanted to go."""
    kept = query if wanted in ("", routes.HOME) else {**query, "next": wanted}
    return f"{path}?{urlencode(kept)}" if kept else path
