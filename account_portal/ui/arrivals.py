"""Whose page is at the other end: told by the credential that came with this very connection.

A page names its tab by a token, inside its connection, and the token opens nothing. The state that
the server keeps for the tab has a key of its own, made of the token and of the customer whose
credential came along. With the same token anybody else finds another state, and changes nothing in
this one. The key itself is refused as a token would be: no page ever has a use for it.

An event acts for the credential of its connection, an upload for that of its request. Which one
counts is decided here, for both; that it is alive, the database is asked at each use.
"""

import inspect
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, get_type_hints
from urllib.parse import unquote, urlsplit

import pydantic
import reflex as rx
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter
from reflex.app import EventNamespace
from reflex.istate.data import HeaderData
from reflex_base.constants import CompileVars
from reflex_base.event import Event
from starlette.concurrency import run_in_threadpool

from account_portal.context import Actor, Caller, Context, answers_at_once, enter
from account_portal.core.errors import NotAuthenticated, ValidationError
from account_portal.core.ids import new_secret
from account_portal.doors.page import caller_with
from account_portal.edge.asgi import Scope, header, joined
from account_portal.edge.logs import kind_of, plain_name
from account_portal.edge.requests import END
from account_portal.security import tokens
from account_portal.ui.handlers import takes_files

log = logging.getLogger("account_portal.pages")

INTRODUCTION = b"portal-page"
"""Header of an upload: what the page says of itself, as JSON."""
_ARRIVAL = "portal.arrival"
SETTERS = (".setvar", f".{CompileVars.UPDATE_VARS_INTERNAL}")
"""Handlers of Reflex that set a var from outside."""

Name = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{16,64}$")]


class Malformed(Exception):
    """What no page of ours sends; the text may be logged."""


class Introduction(pydantic.BaseModel):
    """What a page says of itself inside its connection, and with each upload.

    The browser says whether it is framed: that decides which of its own credentials counts, and
    nothing else.
    """

    token: Name
    """Names the tab, as long as it is open."""
    page: Name
    """Names the page, until it is loaded anew; nobody else has heard it."""
    frame: Literal["", "plain", "vouched"] = ""
    """In a storefront's frame: whether somebody there vouches for its customer."""
    origin: Annotated[str, StringConstraints(max_length=300)] = ""
    """Of that storefront."""
    proof: Annotated[str, StringConstraints(max_length=4096)] = ""
    """What the frame was given when its storefront vouched, or a window of ours signed it in."""


class Place(pydantic.BaseModel):
    """Where a page stands: its route's parameters and its address."""

    pathname: Annotated[str, StringConstraints(max_length=2000)] = ""
    asPath: Annotated[str, StringConstraints(max_length=8000)] = ""  # noqa: N815 - Reflex's name
    query: Annotated[dict[str, str | list[str]], Field(max_length=100)] = {}

    @pydantic.field_validator("asPath")
    @classmethod
    def _is_address(cls, value: str) -> str:
        urlsplit(value)  # raises what Reflex would stumble over later
        return value


class Sent(pydantic.BaseModel):
    """An event as a page sends it."""

    name: str
    payload: dict[str, Any] = {}
    router_data: Place = Place()


class ArgumentTypes:
    """What a handler takes: names and types of its arguments, as pages of this build send them.

    Reflex calls a handler with whatever was sent, if it cannot bring it into the annotated type.
    """

    def __init__(self, handler: Callable[..., Any]) -> None:
        self._signature = inspect.signature(handler)
        hints = get_type_hints(handler)
        self._types = {
            name: TypeAdapter(hints[name], config=ConfigDict(strict=True))
            for name in list(self._signature.parameters)[1:]
        }

    def require(self, payload: dict[str, Any]) -> None:
        """Refuse other arguments.

        Raises:
            TypeError: names or their number are not the handler's.
            ValidationError: pydantic's; a value is of another type.
        """
        self._signature.bind(None, **payload)
        for name, value in payload.items():
            self._types[name].validate_python(value)


class Arrival(NamedTuple):
    """A page as it has come: with a connection, or with an upload."""

    key: str
    """Of the tab's state."""
    customer: str
    """Id of the user whose credential came along; empty for nobody."""
    data: dict[str, Any]
    """What Reflex keeps with the state, in its own words."""


async def arrive(said: Introduction, scope: Scope) -> Arrival:
    """Who has come, and which state is theirs.

    Raises:
        GatewayUnavailable: the database can't be asked just now.
    """
    data, actor = await _recognise(said, scope)
    if said.frame == "plain" and said.proof and not actor.is_customer:
        # What the tab has kept opens nothing any more, and may stand before a cookie that does.
        data, actor = await _recognise(said.model_copy(update={"proof": ""}), scope)
    data["customer"] = actor.user_id or ""
    return Arrival(_key(said, actor), data["customer"], data)


async def _recognise(said: Introduction, scope: Scope) -> tuple[dict[str, Any], Actor]:
    data = _came_along(said, scope)
    caller = caller_with(HeaderData.from_router_data(data), data["ip"], data)
    actor = _who(caller) if answers_at_once() else await run_in_threadpool(_who, caller)
    return data, actor


def _came_along(said: Introduction, scope: Scope) -> dict[str, Any]:
    """The one credential that counts, and who sent it from where."""
    sent = scope["headers"]
    kept = {"origin": header(sent, b"origin"), "user-agent": header(sent, b"user-agent")}
    if said.frame and said.proof:
        kept["authorization"] = said.proof
    elif said.frame != "vouched":  # else whoever was here last; the storefront is asked who is now
        kept["cookie"] = joined(sent, b"cookie")
    return {
        "headers": {name: value for name, value in kept.items() if value},
        "ip": (scope.get("client") or ("",))[0],
        "frame": said.frame,
        "origin": said.origin if said.frame else "",
    }


def _who(caller: Caller) -> Actor:
    with enter(caller, writes=False) as ctx:
        return ctx.actor


def _key(said: Introduction, actor: Actor) -> str:
    whose = f"{actor.user_id} {actor.is_framed} {said.token}" if actor.is_customer else said.page
    return tokens.keyed_digest("tabs of pages", whose)


class PageEvents(EventNamespace):
    """The connections of pages; ends those over which something else comes."""

    async def receive(self, connection: str, data: Any) -> None:
        """Take in one message; what can't be taken in ends the connection it came over."""
        try:
            await self.server._handle_eio_message(connection, data)  # noqa: SLF001 - no other way in
        except Exception as error:  # noqa: BLE001 - whatever a message provokes ends here
            why = str(error) if isinstance(error, Malformed) else kind_of(error)
            log.warning("a connection was ended: %s", why)
            self.server.environ[connection]["asgi.scope"][END]()

    async def trigger_event(self, event: Any, *args: Any) -> Any:
        """Dispatch what python-socketio tells, and the few events that pages send."""
        # Both are its own; sent by a client they would bring headers of the client's making.
        is_own = event in ("connect", "disconnect")
        if is_own and self.server.manager.is_connected(args[0], self.namespace):
            raise Malformed("an event that only the server tells")
        if not is_own and event not in ("event", "ping", "client_error", "leave"):
            raise Malformed("an unknown kind of event")
        return await super().trigger_event(event, *args)

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Find the state that belongs to who has come, whatever token the address might name.

        Raises:
            Malformed: it does not begin as pages do.
            GatewayUnavailable: the database can't be asked just now; the page tries again.
        """
        try:
            said = Introduction.model_validate(auth)
        except pydantic.ValidationError:
            raise Malformed("a page that does not say what it is") from None
        arrival = await arrive(said, environ["asgi.scope"])
        if await self._token_manager.is_token_connected(arrival.key):
            # A tab that was duplicated: the copy gets a name, and with it a state, of its own.
            said = said.model_copy(update={"token": new_secret(), "page": new_secret()})
            arrival = await arrive(said, environ["asgi.scope"])
            await self.emit("new_token", said.token, to=sid)
        environ[_ARRIVAL] = arrival
        environ["QUERY_STRING"] = f"token={arrival.key}"
        await super().on_connect(sid, environ, auth)

    def _build_static_router_data(self, sid: str, environ: dict[str, Any]) -> dict[str, Any]:
        arrival: Arrival = environ[_ARRIVAL]
        return {"sid": sid, **arrival.data}

    async def on_leave(self, sid: str) -> None:
        """Let go of the state: the page connects anew, and shall find it."""
        if (left := self.on_disconnect(sid)) is not None:
            await left

    async def on_event(self, sid: str, data: Any = None) -> None:
        """Queue an event of a page.

        Raises:
            Malformed: no page of this build sends that.
        """
        if sid not in self.sid_to_token:
            raise Malformed("an event of a page that did not say what it is")
        await super().on_event(sid, self._checked(data))

    def _checked(self, data: Any) -> dict[str, Any]:
        name = data.get("name") if isinstance(data, dict) else None
        taken = self._handlers.get(name) if isinstance(name, str) else None
        if taken is None:
            raise Malformed(f"an event without a handler: {plain_name(name)}")
        try:
            sent = Sent.model_validate(data)
            taken.require(sent.payload)
            if sent.payload.get("vars"):  # of Reflex's own events; no var is kept in the browser
                raise TypeError
        except (pydantic.ValidationError, TypeError):
            raise Malformed(f"an event its handler does not take: {plain_name(name)}") from None
        place = sent.router_data
        # A page that moves on sends its new address with the parts of the one before.
        query = {**place.query, **self._parts(place.pathname)}
        return {**dict(sent), "router_data": {**dict(place), "query": query}}

    def _parts(self, path: str) -> dict[str, str]:
        """The parts of an address that vary, by name."""
        route = self.app.router(path) or ""
        named = zip(route.strip("/").split("/"), path.strip("/").split("/"), strict=False)
        return {name[1:-1]: unquote(part) for name, part in named if name.startswith("[")}

    @cached_property
    def _handlers(self) -> dict[str, ArgumentTypes]:
        """What handlers take that pages call: not those for files, nor the setters of any var."""
        known = self.app._registration_context.event_handlers  # noqa: SLF001 - as Reflex does
        return {
            name: ArgumentTypes(one.handler.fn)
            for name, one in known.items()
            if not name.endswith(SETTERS) and not takes_files(known, name)
        }


_of_upload: ContextVar[dict[str, Any]] = ContextVar("of_upload")
"""What came along with the upload that is being taken in."""


async def admit_upload(
    scope: Scope, opens_order: Callable[[Context], Any] = lambda _ctx: None
) -> str:
    """The key of the state that an upload is for: its sender's own, whatever tab it names.

    Args:
        scope: of the request.
        opens_order: finds the order that was found without an account, if there is one.

    Raises:
        ValidationError: it does not say which page sends it.
        NotAuthenticated: neither a customer's credential came along, nor one that opens an order.
        GatewayUnavailable: the database can't be asked just now.
    """
    try:
        said = Introduction.model_validate_json(header(scope["headers"], INTRODUCTION) or "")
    except pydantic.ValidationError:
        raise ValidationError from None
    arrival = await arrive(said, scope)
    if not arrival.customer:
        headers = HeaderData.from_router_data(arrival.data)
        caller = caller_with(headers, arrival.data["ip"], arrival.data)
        if not await run_in_threadpool(_opens, caller, opens_order):
            raise NotAuthenticated
    _of_upload.set(arrival.data)
    return arrival.key


def _opens(caller: Caller, opens_order: Callable[[Context], Any]) -> bool:
    with enter(caller, writes=False) as ctx:
        return opens_order(ctx) is not None


def connect_pages(app: rx.App) -> None:
    """Put the connections of pages in the place of those that Reflex has made."""
    namespace = PageEvents(app.event_namespace.namespace, app)
    app._event_namespace = namespace  # noqa: SLF001 - it offers no other way
    app.sio.register_namespace(namespace)
    app.sio.eio.on("message", namespace.receive)


def uploads_act_for_their_sender(processor: Any) -> None:
    """Let an upload's handler see what came along with it, and not with the tab's connection."""
    plain = processor.enqueue_stream_delta

    async def enqueue(token: str, event: Event) -> AsyncIterator[Any]:
        known = replace(event, router_data=_of_upload.get())
        async with aclosing(plain(token, known)) as deltas:
            async for delta in deltas:
                yield delta

    processor.enqueue_stream_delta = enqueue
