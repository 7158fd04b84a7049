"""One call: who, what, in which thread; the answer leaves after the commit."""

import re
from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeVar

import orjson
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from account_portal.api.errors import error_response, unexpected_response
from account_portal.api.router.answers import encode_answer, version_of
from account_portal.api.router.parsing import Arguments, parse
from account_portal.api.router.plan import Plan
from account_portal.api.router.systems import Headers, admit
from account_portal.context import Actor, Caller, Context, answers_at_once, enter
from account_portal.core.clock import utc_now
from account_portal.core.errors import (
    Forbidden,
    LoginRequired,
    NotAuthenticated,
    NotFound,
    PortalError,
    PreconditionNotHeeded,
    ValidationError,
)
from account_portal.core.settings import get_settings
from account_portal.edge.asgi import header
from account_portal.security import idempotency, tokens

Result = TypeVar("Result")

SHORTEST_KEY, LONGEST_KEY = 8, 128
UNHEEDED = ("If-None-Match", "If-Unmodified-Since")
"""Preconditions that no call which changes something heeds."""


THREADS = 40
"""Calls of a process that may take long, at a time."""
_threads = ThreadPoolExecutor(THREADS, "call")


async def _in_thread(work: Callable[[], Result]) -> Result:
    """Run what may take long; Starlette's own way to do so costs as much again as two reads."""
    return await get_running_loop().run_in_executor(_threads, copy_context().run, work)


def client_address(request: Request) -> str | None:
    """Where the caller is; the wrapper has looked behind trusted proxies (`edge.proxies`)."""
    client = request.scope.get("client")
    return client[0][:45] if client else None


def read_caller(request: Request) -> Caller:
    """What the request brings along. The page's cookie opens no route: routes take tokens only."""
    sent = request.scope["headers"]
    scheme, _, token = (header(sent, b"authorization") or "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" and token.strip() else None
    agent = header(sent, b"user-agent")
    return Caller(
        bearer=bearer,
        device=header(sent, b"x-device-token"),
        ip_address=client_address(request),
        user_agent=agent[:300] if agent else None,
    )


def _require_access(plan: Plan, ctx: Context, arguments: dict[str, Any]) -> None:
    if plan.access == "open":
        return
    if ctx.actor.kind == "nobody":
        raise NotAuthenticated
    if plan.access == "customer" and not ctx.actor.is_customer:
        raise LoginRequired
    for parameter in plan.parameters:
        # The route names the user only for the path's sake; services ask the context.
        if parameter.own_user and arguments.get(parameter.name) != ctx.actor.user_id:
            raise Forbidden


async def _let_in(plan: Plan, caller: Caller, headers: Headers) -> Actor | None:
    """Refuse whoever has no key or token before their body is read; the system that calls, if any.

    A customer's session is looked up in the call's own transaction; here the signature will do.

    Raises:
        NotAuthenticated: nobody calls.
        InsufficientScope: the key may not do this.
        TooManyAttempts: the key's calls of this minute are used up.
    """
    if plan.access == "shop":
        return await _in_thread(partial(admit, caller, plan.scope, headers))
    if plan.access != "open":
        try:
            tokens.verify(caller.bearer or "", caller.now or utc_now())
        except tokens.TokenInvalid:
            raise NotAuthenticated from None
    return None


def _run(
    plan: Plan,
    caller: Caller,
    arguments: Arguments,
    repeat: "Repeat | None",
    system: "System | None" = None,
) -> bytes:
    actor = system.actor if system else None
    with enter(caller, writes=plan.writes, actor=actor) as ctx:
        if actor is None:
            _require_access(plan, ctx, arguments.values)
        if arguments.fault is not None:
            raise arguments.fault
        if repeat is None:
            return _answer(plan, ctx, arguments, system)
        owner, thing = ctx.actor.key_id, ""
        if plan.repeats_of is not None:
            owner, thing = plan.repeats_of(ctx)
        operation = f"{repeat.operation} {thing}".rstrip()[:200]
        of_call = (owner or ctx.customer_id, operation, repeat.key, repeat.hashed)
        first = idempotency.replay(ctx.db, *of_call, ctx.now)
        if first is not None:
            if first.answer is not None:
                if system is not None:
                    system.add_tag(orjson.loads(first.answer).get("content"))
                return first.answer.encode()
            ctx.attempt = first.attempt

        def note_attempt(attempt: str) -> None:
            idempotency.record(ctx.db, *of_call, None, ctx.now, attempt=attempt)

        ctx.note_attempt = note_attempt
        answer = _answer(plan, ctx, arguments, system)
        idempotency.record(ctx.db, *of_call, answer.decode(), ctx.now)
        return answer


def _answer(plan: Plan, ctx: Context, arguments: Arguments, system: "System | None") -> bytes:
    if system is not None and plan.guard is not None and system.wanted is not None:
        [thing] = [arguments.values[one.name] for one in plan.parameters if one.place == "path"]
        plan.guard(ctx, thing, system.wanted)
    result = plan.service(ctx, **arguments.values)
    if system is not None:
        system.add_tag(result)
    return encode_answer(plan, result)


@dataclass(frozen=True, slots=True)
class System:
    """One of the shop's systems at the door, and what it is told in headers."""

    actor: Actor
    headers: Headers
    wanted: frozenset[str] | None = None
    """Versions that `If-Match` names; none: it does not say."""

    def add_tag(self, result: Any) -> None:
        """Tell the version of what is answered, if it has one."""
        version = version_of(result)
        if version is not None:
            self.headers.append((b"etag", b'"%b"' % version.encode()))


_TAGS = re.compile(r'\s*(?:\*|(?:W/)?"[!#-~]*"(?:\s*,\s*(?:W/)?"[!#-~]*")*)\s*')


def _versions_in(header: str) -> frozenset[str] | None:
    """The versions of an `If-Match`; weak tags match nothing. None: it is not one."""
    if not _TAGS.fullmatch(header):
        return None
    if header.strip() == "*":
        return frozenset({"*"})
    return frozenset(re.findall(r'(?<!W/)"([!#-~]+)"', header)) - {"*"}


class Repeat(NamedTuple):
    """What the first answer to a call is kept under, and a digest of what it asks for."""

    operation: str
    key: str
    hashed: str


def _repeat_of(plan: Plan, request: Request, arguments: Arguments) -> Repeat | None:
    if not plan.idempotent or (key := request.headers.get("idempotency-key")) is None:
        return None
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        arguments.fault = arguments.fault or ValidationError(
            {"Idempotency-Key": [f"must have {SHORTEST_KEY} to {LONGEST_KEY} characters"]}
        )
    operation = f"{request.method} {request.url.path}"[:200]
    return Repeat(operation, key[:LONGEST_KEY], idempotency.request_hash(arguments.digest))


def _wanted(plan: Plan, request: Request, arguments: Arguments) -> frozenset[str] | None:
    """The versions one of which a thing must have; none: any will do."""
    header = request.headers.get("if-match")
    for name in UNHEEDED if plan.guard is not None else (*UNHEEDED, "If-Match"):
        # Done all the same, it would overwrite what the caller wants to be sure of.
        if plan.access == "shop" and request.method != "GET" and name in request.headers:
            arguments.fault = PreconditionNotHeeded(name)
    if plan.guard is None or header is None:
        return None
    wanted = _versions_in(header)
    if wanted is None:
        arguments.fault = arguments.fault or ValidationError(
            {"If-Match": ['must be a version in quotes, as ETag gives it: "…"']}
        )
    return wanted


async def serve(plan: Plan, request: Request, headers: Headers) -> bytes:
    """Answer a call; what is wrong with it is raised. More `headers` of the answer are added."""
    if request.path_params.get("store_id") != get_settings().store_id:
        raise NotFound
    caller = read_caller(request)
    actor = await _let_in(plan, caller, headers)
    arguments = await parse(plan, request)
    repeat = _repeat_of(plan, request, arguments)
    system = System(actor, headers, _wanted(plan, request, arguments)) if actor else None

    def work() -> bytes:
        if repeat is None or caller.bearer is None:
            return _run(plan, caller, arguments, repeat)
        with idempotency.alone(caller.bearer[-32:], repeat.operation, repeat.key):
            return _run(plan, caller, arguments, repeat)

    def work_for_system() -> bytes:
        if repeat is None or actor is None or system is None:
            return _run(plan, caller, arguments, None, system)
        with idempotency.alone(str(actor.key_id), repeat.operation, repeat.key):
            return _run(plan, caller, arguments, repeat, system)

    if plan.access == "shop":
        return await _in_thread(work_for_system)
    if plan.inline and answers_at_once():
        return work()
    return await _in_thread(work)


class ContractRoute(APIRoute):
    """Serves a route by its plan instead of FastAPI's dependency solver.

    It is the ASGI app of its own: what FastAPI puts around a handler costs as much as a quick call.
    What only the OpenAPI document asks for is declared with FastAPI when it is asked for: models of
    all answers and errors would take a good part of a start.
    """

    def __init__(
        self, path: str, plan: Plan, *, method: str, declare: Callable[[], dict[str, Any]]
    ) -> None:
        self.plan = plan
        self.path = path
        self.methods = {method}
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self._declare: Callable[[], dict[str, Any]] | None = declare
        self.app = _door(plan)

    def __getattr__(self, name: str) -> Any:
        declare, self._declare = self.__dict__.get("_declare"), None
        if declare is None:
            raise AttributeError(name)
        app = self.app
        super().__init__(self.path, methods=self.methods, **declare())
        self.app = app
        return getattr(self, name)


def _door(plan: Plan) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        more: Headers = []
        try:
            body = await serve(plan, request, more)
        except PortalError as error:
            await error_response(error, more)(scope, receive, send)
        except ClientDisconnect:
            fault = ValidationError(message="The request ended too early.")
            await error_response(fault)(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the last line of defence, told without detail
            await unexpected_response(error)(scope, receive, send)
        else:
            headers = [
                (b"content-type", b"application/json"),
                (b"content-length", b"%d" % len(body)),
                *more,
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        finally:
            await request.close()

    return answer
