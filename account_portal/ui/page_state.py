"""What every page's state has: who looks at it, what it is busy with, what it has to say.

States of pages derive from `PageState`. Their handlers are public endpoints: `action` and
`page_load` make each of them ask the database who calls, and turn what services raise into words
on the page.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

import pydantic
import reflex as rx
from reflex.middleware.middleware import Middleware
from reflex_base.constants import CompileVars
from reflex_base.event import Event

from account_portal import routes
from account_portal.core.errors import (
    Conflict,
    GatewayUnavailable,
    NotAuthenticated,
    NotFound,
    PortalError,
    is_full_disk,
)
from account_portal.core.ids import new_id
from account_portal.core.proof import FreshProofRequired, ProofWays
from account_portal.core.schemas import View
from account_portal.core.text import full_name
from account_portal.core.validation import invalid
from account_portal.doors.page import begin_event, caller_of, customer_of, frame_of, read_inline
from account_portal.security.media_links import picture_url
from account_portal.ui.following import note_open

log = logging.getLogger("account_portal.ui")


class Viewer(View):
    """The signed-in customer, as the shell shows them."""

    signed_in: bool = False
    was_here: bool = False
    """Nobody is signed in any more, but the page still holds what its customer typed."""
    id: str = ""
    first_name: str = ""
    name: str = ""
    email: str = ""
    picture_url: str = ""
    news: int = -1
    """Counts changes to what is shown; see `ui.following`."""


class PageState(rx.State):
    """The part of a page's state that all pages share."""

    busy: str = ""
    """Name of the action that runs, for its button."""
    errors: dict[str, str] = {}
    """Texts by field of the form last sent; ``_`` is the form as a whole."""
    notice_text: str = ""
    notice_tone: str = "success"
    notice_stamp: int = 0
    leave_to: str = ""
    """Address to go to by a full page load, such as a payment gateway's."""
    signed_out: bool = False
    """The session ended while the page was open: sign in again in place, nothing typed is lost."""
    proof: ProofWays | None = None
    """The customer is asked to confirm who they are: the ways in which they can."""
    _put_off: tuple[str, str, tuple[Any, ...]] | None = None
    """What they were doing, and go on with then: state, handler, arguments."""
    gate: Literal["", "asking", "shut", "left"] = ""
    """Of a frame in a storefront: open; the storefront is asked who is here; nobody vouches; the
    customer signed out."""
    happened: dict[str, Any] = {}
    """What a storefront is told of: `name`, `detail`, and a `stamp` that makes each one new."""
    _sent_to_login: bool = False
    """To sign-in, after the session ended: nothing is held for anybody."""
    _back: str = ""
    """Names the last return of a lost connection, and the address it came back to."""

    @rx.var(cache=False)
    async def viewer(self) -> Viewer:
        """Who looks at the page: asked anew for every event, so that a sign-out shows at once."""
        return await self._look()

    async def _look(self) -> Viewer:
        try:
            found: Viewer = await read_inline(self, get_viewer, again=False)
        except NotAuthenticated:
            pass
        except Exception as error:  # noqa: BLE001 - an error here would swallow every answer
            _note(error)
        else:
            return found
        customer = customer_of(self)
        return Viewer(was_here=bool(customer) and not self._sent_to_login, id=customer)

    @rx.event
    async def dismiss_notice(self, stamp: int) -> None:
        """The notice of that stamp was read; one that came meanwhile stays."""
        if stamp == self.notice_stamp:
            self.notice_text = ""

    def _say(self, text: str, tone: str = "success") -> None:
        self.notice_text, self.notice_tone = text, tone
        self.notice_stamp += 1

    def _tell_storefront(self, name: str, **detail: str) -> None:
        """Let the storefront around the frame know, if there is one."""
        self.happened = {"name": name, "detail": detail, "stamp": new_id()}

    def _show_error(self, error: PortalError) -> None:
        if isinstance(error, NotAuthenticated):
            self._ask_who_is_here()
        elif error.fields:
            self.errors = {name: sentence(texts[0]) for name, texts in error.fields.items()}
        else:
            self._say(error.message, "danger")

    def _go_on(self) -> Any:
        """The event that was put off until the customer had confirmed who they are."""
        self.proof = None
        put_off, self._put_off = self._put_off, None
        if put_off is None:
            return None
        state, handler, args = put_off
        return rx.State.get_class_substate(state).event_handlers[handler](*args)

    def _ask_who_is_here(self) -> None:
        """Sign in again in place; in a frame the storefront is asked first."""
        if not frame_of(self):
            self.signed_out = True
        elif self.gate != "left":
            self.gate = "asking"


async def notice_sign_out(root: rx.State) -> None:
    """Ask a tab's customer to sign in again if their session has ended elsewhere."""
    state = await root.get_state(PageState)
    try:
        await read_inline(state, get_viewer)
    except NotAuthenticated:
        if customer_of(state) and not state._sent_to_login:  # noqa: SLF001
            state._ask_who_is_here()  # noqa: SLF001
    except PortalError:
        pass  # the database is away: nobody is asked for that, the next action tries again


class PageData(rx.State, mixin=True):
    """Of a page that shows data: `class OrdersState(PageData, Session)`, with a `load` handler."""

    phase: str = "loading"
    """Of the data: loading, ready, missing or failed."""
    _loaded_for: str = ""
    _news: int = 0
    """How many changes there had been when the page was loaded."""
    _back_seen: str = ""
    _is_stale: bool = False
    """A conflict has the page loaded anew: its dialogs stay."""
    DIALOGS: ClassVar[tuple[str, ...]] = ()
    """Fields that open dialogs; a page that is opened begins without any."""

    @rx.event
    async def refresh_data(self) -> None:
        """Show what has changed elsewhere; what is open or typed stays as it is."""
        try:
            viewer = await read_inline(self, get_viewer)
            if self.phase == "ready" and self._loaded_for == _wanted(self, viewer):
                await self._look_again()
        except NotFound:
            self.phase = "missing"
        except PortalError:
            pass  # what stands there was true a moment ago; the next change tries again
        except Exception as error:  # noqa: BLE001 - as above, and the shop wants to know
            _note(error)

    async def _look_again(self) -> None:
        """Read the data anew, as `load` does unless said otherwise."""
        await type(self).event_handlers["load"].fn.shows(self)


def typed(form: dict[str, Any], name: str, longest: int) -> str:
    """What stands in a field, cut to what fits."""
    return str(form.get(name) or "").strip()[:longest]


def sentence(text: str) -> str:
    """Reasons are written to follow a field's name; at the field they stand alone."""
    if text == "is required":
        return "Please fill this in."
    if text.startswith("must have "):
        text = "use " + text.removeprefix("must have ")
    elif text.startswith(("is ", "has ", "must ", "cannot ")):
        text = "this " + text
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def get_viewer(ctx: Any) -> Viewer:
    """The customer who calls, as the shell shows them."""
    user = ctx.get_person()
    name = full_name(user.first_name, user.last_name)
    return Viewer(
        signed_in=True,
        id=user.id,
        first_name=user.first_name or "",
        name=name or user.email or user.phone or "",
        email=user.email or "",
        picture_url=picture_url(user.picture_id, "small") or "",
        news=user.news,
    )


def _note(error: Exception) -> PortalError:
    """Log an error that nobody expected, and say what the customer is told of any."""
    if isinstance(error, PortalError):
        return error
    reference = new_id()
    if is_full_disk(error):
        log.error("the disk takes nothing more %s", reference, exc_info=error)
        return GatewayUnavailable()
    log.error("unexpected error %s", reference, exc_info=error)
    return PortalError(f"Something went wrong on our side. Reference: {reference}.")


Handler = Callable[..., Awaitable[Any]]


def action(function: Handler) -> Any:
    """Make an event handler of something a customer does.

    While it runs, `busy` holds its name. What it raises becomes text at the fields, a notice, or
    the question to sign in again; after a conflict the page loads its object anew. What asks for
    fresh proof is put off until there is one, and then done with the same arguments.
    """

    @wraps(function)
    async def handler(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.busy, self.errors = function.__name__, {}
        yield
        try:
            result = await function(self, *args, **kwargs)
        except pydantic.ValidationError as error:
            self._show_error(invalid(error))
            result = None
        except FreshProofRequired as error:
            self.proof = error.ways
            given = inspect.signature(function).bind(self, *args, **kwargs).args[1:]
            self._put_off = (type(self).get_full_name(), function.__name__, given)
            result = None
        except PortalError as error:
            self._show_error(error)
            is_stale = isinstance(error, Conflict) and hasattr(self, "load")
            if isinstance(self, PageData):
                self._is_stale = is_stale
            result = type(self).load if is_stale else None
        except Exception as error:  # noqa: BLE001 - whatever it is, the customer is told
            self._show_error(_note(error))
            result = None
        self.busy = ""
        yield result

    return rx.event(handler)


def page_load(function: Handler) -> Any:
    """Make the `on_load` handler of a page: guarded, and with a phase for each way it can end.

    Nobody signed in: to sign-in, and back afterwards. State outlives the page, so what another
    customer or another object left is reset first.
    """

    @wraps(function)
    async def handler(self: Any) -> Any:
        try:
            viewer = await read_inline(self, get_viewer)
        except NotAuthenticated:
            self.reset()
            if frame_of(self):
                self._ask_who_is_here()
                return
            self._sent_to_login, self.signed_out = True, False
            yield rx.redirect(login_path(self), is_external=False, replace=True)
            return
        except Exception as error:  # noqa: BLE001 - not knowing who looks, the page shows nothing
            _note(error)
            self.reset()
            self.phase = "failed"
            return
        wanted = _wanted(self, viewer)
        if self._loaded_for == wanted and self.phase == "ready" and _only_came_back(self):
            note_open(self, viewer.id, self._news)  # what changed meanwhile is told as to any page
            return
        note_open(self, viewer.id, viewer.news)
        if self._loaded_for != wanted:
            self.reset()
            self._loaded_for = wanted
        elif self.phase != "ready" or not self._is_stale:
            for name in self.DIALOGS:
                setattr(self, name, type(self).get_fields()[name].default_value())
        self._is_stale = False
        self._news = viewer.news
        self.busy, self.errors, self.leave_to = "", {}, ""
        self._sent_to_login, self.signed_out, self.gate = False, False, ""
        self.proof = self._put_off = None
        try:
            result = await function(self)
            self.phase = "ready"
        except NotFound:
            self.phase, result = "missing", None
        except (PortalError, pydantic.ValidationError):
            self.phase, result = "failed", None
        except Exception as error:  # noqa: BLE001 - whatever it is, the page says so
            _note(error)
            self.phase, result = "failed", None
        yield result

    handler.is_guarded = True
    handler.shows = function
    return rx.event(handler)


def _wanted(state: Any, viewer: Viewer) -> str:
    """Whose data a page shows, and of which address."""
    return f"{viewer.id} {state.router.url.path}"


def _only_came_back(state: Any) -> bool:
    """Whether the page stands as it was left, but for its connection: its open forms stay open."""
    is_news = state._back != state._back_seen  # noqa: SLF001
    state._back_seen = state._back  # noqa: SLF001
    return is_news and state._back.endswith(f" {_address(state)}")  # noqa: SLF001


def _address(state: Any) -> str:
    return f"{state.router.url.path}?{state.router.url.query}"


# Events that a page sends when it starts or reconnects; the answer is the whole state.
_WHOLE_STATE = (CompileVars.HYDRATE, CompileVars.HYDRATE_AND_LOAD)


class OwnPagesOnly(Middleware):
    """Keeps a page's state from being sent to a customer whose session has ended meanwhile."""

    async def preprocess(self, app: Any, state: Any, event: Event) -> None:  # noqa: ARG002
        """Forget the state before it is sent whole, unless its customer still looks at it."""
        begin_event()
        if event.name.rpartition(".")[2] not in _WHOLE_STATE:
            return
        session = await state.get_state(PageState)
        if customer_of(session) not in ("", await _user_id(session)):
            state.reset()
        # The first connection of a page says what the browser holds; one that came back does not.
        is_back = event.name.endswith(CompileVars.HYDRATE_AND_LOAD) and (
            CompileVars.PAYLOAD_HASHES not in event.payload
        )
        session._back = f"{new_id()} {_address(session)}" if is_back else ""  # noqa: SLF001
        session.leave_to = ""  # it was followed: this page is where it led, or came back from
        if not is_back:
            session.notice_text = ""  # it was about the page before
            _put_away(state._get_root_state())  # noqa: SLF001


def _put_away(state: rx.State) -> None:
    """Nothing that the tab's last page showed is shown before this one has loaded its own."""
    for part in state.substates.values():
        if isinstance(part, PageData):
            part.phase = "loading"
        _put_away(part)


def _get_user_id(ctx: Any) -> str:
    return str(ctx.user_id)


async def _user_id(state: PageState) -> str:
    try:
        return str(await read_inline(state, _get_user_id))
    except PortalError:
        return ""
    except Exception as error:  # noqa: BLE001 - nobody is known, so nobody's state is sent
        _note(error)
        return ""


def login_path(state: Any) -> str:
    """Sign-in, and back to where the customer wanted to go."""
    url = state.router.url
    wanted = url.path + (f"?{url.query}" if url.query else "")
    if wanted in ("", "/"):
        return routes.LOGIN
    return f"{routes.LOGIN}?{urlencode({'next': wanted})}"


__all__ = ["PageState", "Viewer", "action", "caller_of", "login_path", "page_load"]
