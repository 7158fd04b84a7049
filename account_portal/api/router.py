"""One way to expose a service as a route of the contract.

`ContractRouter.expose` declares a route with FastAPI, so that paths, parameters and schemas appear
in the OpenAPI document, and serves it itself: parse everything first, then run the service in one
transaction, in one thread. That keeps three promises no route can forget: a caller who may not call
learns that before anything about the input, the answer is sent only after the commit, and
everything, faults included, comes in the envelope.
"""

import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import orjson
import pydantic
from fastapi import APIRouter, Header, params
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, create_model
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from account_portal.api.errors import ErrorEnvelope, error_response, unexpected_response
from account_portal.context import Caller, Context, enter
from account_portal.core.db import get_database
from account_portal.core.errors import (
    Forbidden,
    LoginRequired,
    NotAuthenticated,
    NotFound,
    PayloadTooLarge,
    PortalError,
    UnsupportedMediaType,
    ValidationError,
)
from account_portal.core.pagination import Page, Pagination
from account_portal.core.schemas import Ready, Upload
from account_portal.core.settings import get_settings
from account_portal.core.validation import to_fields
from account_portal.security import idempotency

Access = Literal["open", "visitor", "customer"]
JSON_LIMIT = 1024 * 1024


class OwnUserMark:
    """Marks a parameter that must be the caller's own user id, else 403."""


OWN_USER = OwnUserMark()


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One argument of a route, and where in the request it comes from."""

    name: str
    alias: str
    place: Literal["path", "query", "query_model", "header", "body", "form"]
    adapter: TypeAdapter[Any]
    default: Any
    own_user: bool
    documented: bool
    lists: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the handler of a route needs, worked out once."""

    service: Callable[..., Any]
    parameters: tuple[_Parameter, ...]
    access: Access
    writes: bool
    inline: bool
    idempotent: bool
    body_limit: int
    accepts_json: bool
    prefix: bytes
    content: str | None


def client_address(request: Request) -> str | None:
    """Where the caller is, as many proxies back as the settings trust."""
    hops = get_settings().trusted_proxy_hops
    if hops:
        seen = request.headers.get("x-forwarded-for", "").split(",")
        if len(seen) >= hops and (address := seen[-hops].strip()):
            return address[:45]
    return request.client.host[:45] if request.client else None


def read_caller(request: Request) -> Caller:
    """What the request brings along. The page's cookie opens no route: routes take tokens only."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" and token.strip() else None
    agent = request.headers.get("user-agent")
    return Caller(
        bearer=bearer,
        ip_address=client_address(request),
        user_agent=agent[:300] if agent else None,
    )


def encode(value: Any) -> bytes:
    """JSON of what a service returned."""
    if isinstance(value, Ready):
        return value.json
    if isinstance(value, BaseModel):
        return value.__pydantic_serializer__.to_json(value)
    if isinstance(value, list | tuple):
        return b"[" + b",".join(encode(entry) for entry in value) + b"]"
    if isinstance(value, dict):
        fields = (orjson.dumps(name) + b":" + encode(entry) for name, entry in value.items())
        return b"{" + b",".join(fields) + b"}"
    return orjson.dumps(value)


def _encode_answer(plan: _Plan, result: Any) -> bytes:
    if result is None:
        return plan.prefix + b"}"
    if isinstance(result, Page):
        assert plan.content is not None
        rows, pagination = encode(result.rows), encode(result.pagination)
        name = plan.content.encode()
        content = b'{"' + name + b'":' + rows + b',"pagination":' + pagination + b"}"
    elif plan.content is not None:
        content = b'{"' + plan.content.encode() + b'":' + encode(result) + b"}"
    else:
        content = encode(result)
    return plan.prefix + b',"content":' + content + b"}"


async def _read_body(request: Request, limit: int) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise PayloadTooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise PayloadTooLarge
    return bytes(body)


class _Faults(Exception):
    """Faults of one parameter."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields


def _validate(parameter: _Parameter, value: Any, at: tuple[str, ...]) -> Any:
    try:
        return parameter.adapter.validate_python(value)
    except pydantic.ValidationError as error:
        raise _Faults(to_fields(error.errors(include_url=False, include_input=False), at)) from None


def _query_values(parameter: _Parameter, request: Request) -> dict[str, Any]:
    query = request.query_params
    return {name: query.getlist(name) if name in parameter.lists else query[name] for name in query}


def _parse_simple(parameter: _Parameter, request: Request) -> Any:
    match parameter.place:
        case "path":
            try:
                return _validate(parameter, request.path_params[parameter.alias], ())
            except _Faults:
                raise Forbidden if parameter.own_user else NotFound from None
        case "query_model":
            return _validate(parameter, _query_values(parameter, request), ())
        case "query":
            found = request.query_params.get(parameter.alias)
        case _:
            found = request.headers.get(parameter.alias)
    if found is None:
        if parameter.default is inspect.Parameter.empty:
            raise _Faults({parameter.alias: ["is required"]})
        return parameter.default
    return _validate(parameter, found, (parameter.alias,))


def _is_json(content_type: str) -> bool:
    kind = content_type.split(";")[0].strip().lower()
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def _parse_json(parameter: _Parameter, body: bytes) -> Any:
    try:
        return parameter.adapter.validate_json(body)
    except pydantic.ValidationError as error:
        raise _Faults(to_fields(error.errors(include_url=False, include_input=False))) from None


async def _parse_form(parameter: _Parameter, request: Request, limit: int) -> Any:
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise PayloadTooLarge
    try:
        form = await request.form(max_files=10, max_fields=50, max_part_size=JSON_LIMIT)
    except MultiPartException as error:
        raise _Faults({"_": [f"is not a valid form: {error.message}"]}) from None
    except (ValueError, KeyError, UnicodeDecodeError):
        raise _Faults({"_": ["is not a valid form"]}) from None
    values: dict[str, Any] = {}
    total = 0
    for name, entry in form.multi_items():
        value: Any = entry
        if isinstance(entry, UploadFile):
            total += entry.size or 0
            value = Upload(
                filename=(entry.filename or "")[:255],
                content_type=(entry.content_type or "").lower(),
                size=entry.size or 0,
                file=entry.file,
            )
        if name in parameter.lists:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    if total > limit:
        raise PayloadTooLarge
    return _validate(parameter, values, ())


async def _parse_body(plan: _Plan, parameter: _Parameter, request: Request) -> tuple[Any, bytes]:
    content_type = request.headers.get("content-type", "")
    if parameter.place == "form":
        kind = content_type.split(";")[0].strip().lower()
        if kind == "multipart/form-data":
            return await _parse_form(parameter, request, plan.body_limit), b""
        if not plan.accepts_json:
            raise UnsupportedMediaType("Send multipart/form-data.")
    if not _is_json(content_type):
        raise UnsupportedMediaType("Send application/json.")
    body = await _read_body(request, JSON_LIMIT)
    return _parse_json(parameter, body), body


def _run(
    plan: _Plan,
    caller: Caller,
    arguments: dict[str, Any],
    fault: PortalError | None,
    repeat: tuple[str, str, bytes] | None,
) -> bytes:
    with enter(caller, writes=plan.writes) as ctx:
        _require_access(plan, ctx, arguments)
        if fault is not None:
            raise fault
        if repeat is None:
            return _encode_answer(plan, plan.service(ctx, **arguments))
        operation, key, body = repeat
        hashed = idempotency.request_hash(body)
        first = idempotency.replay(ctx.db, ctx.customer_id, operation, key, hashed, ctx.now)
        if first is not None:
            return first.encode()
        answer = _encode_answer(plan, plan.service(ctx, **arguments))
        idempotency.record(
            ctx.db, ctx.customer_id, operation, key, hashed, answer.decode(), ctx.now
        )
        return answer


def _require_access(plan: _Plan, ctx: Context, arguments: dict[str, Any]) -> None:
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


async def _serve(plan: _Plan, request: Request) -> Response:
    if request.path_params.get("store_id") != get_settings().store_id:
        raise NotFound
    arguments: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    fault: PortalError | None = None
    body = b""
    for parameter in plan.parameters:
        try:
            if parameter.place in ("body", "form"):
                arguments[parameter.name], body = await _parse_body(plan, parameter, request)
            else:
                arguments[parameter.name] = _parse_simple(parameter, request)
        except _Faults as found:
            faults.update(found.fields)
        except PortalError as error:
            fault = fault or error
    if faults and fault is None:
        fault = ValidationError(faults)
    caller = read_caller(request)
    repeat = None
    if plan.idempotent and (key := request.headers.get("idempotency-key")) is not None:
        if not 8 <= len(key) <= 128:
            fault = fault or ValidationError({"Idempotency-Key": ["must have 8 to 128 characters"]})
        repeat = (f"{request.method} {request.url.path}"[:200], key[:128], body)

    def work() -> bytes:
        if repeat is None or caller.bearer is None:
            return _run(plan, caller, arguments, fault, repeat)
        with idempotency.alone(caller.bearer[-32:], *repeat[:2]):
            return _run(plan, caller, arguments, fault, repeat)

    if plan.inline and get_database().is_sqlite:
        answer = work()
    else:
        answer = await run_in_threadpool(work)
    return Response(answer, media_type="application/json")


class _ContractRoute(APIRoute):
    """Serves a route by its plan instead of FastAPI's dependency solver."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        plan: _Plan = self.endpoint.plan  # type: ignore[attr-defined]

        async def handle(request: Request) -> Response:
            try:
                return await _serve(plan, request)
            except PortalError as error:
                return error_response(error)
            except ClientDisconnect:
                return error_response(ValidationError(message="The request ended too early."))
            except Exception as error:  # the last line of defence: logged, and told without detail
                return unexpected_response(error)

        return handle


_STATUS_TEXT = {
    400: "The request is malformed or a value breaks the schema.",
    401: "No token, or the token is not valid any more.",
    403: "The token is valid but not for this user or action.",
    404: "There is no such thing for this caller.",
    409: "The present state forbids it.",
    413: "The upload is too big.",
    415: "The body or file is of a type not accepted here.",
    422: "Well-formed, but the values cannot be used together or at this time.",
    429: "Too many attempts.",
}
_GENERAL_CODES = {
    400: "validation_error",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "unprocessable",
    429: "too_many_requests",
}


def _error_docs(status: int, codes: Sequence[type[PortalError]]) -> dict[str, Any]:
    shown = codes[0] if codes else None
    example = {
        "message": shown.message if shown else _STATUS_TEXT[status],
        "success": False,
        "code": shown.code if shown else _GENERAL_CODES[status],
    }
    docs: dict[str, Any] = {
        "model": ErrorEnvelope,
        "description": _STATUS_TEXT[status],
        "content": {"application/json": {"examples": {example["code"]: {"value": example}}}},
    }
    if status == 401:
        docs["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status == 429:
        docs["headers"] = {
            "Retry-After": {
                "description": "Seconds to wait.",
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    return docs


def _lists_of(model: Any) -> frozenset[str]:
    if not (inspect.isclass(model) and issubclass(model, BaseModel)):
        return frozenset()
    return frozenset(
        str(field.alias or name)
        for name, field in model.model_fields.items()
        if "list[" in str(field.annotation)
    )


def _read_parameter(
    name: str, annotation: Any, default: Any, path: str, *, form: bool
) -> _Parameter:
    marks = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    base = get_args(annotation)[0] if marks else annotation
    own_user = any(isinstance(mark, OwnUserMark) for mark in marks)
    mark = next((mark for mark in marks if isinstance(mark, params.Param | params.Body)), None)
    alias = getattr(mark, "alias", None) or name
    is_model = inspect.isclass(base) and issubclass(base, BaseModel)
    place: Any
    if "{" + name + "}" in path:
        place = "path"
    elif isinstance(mark, params.Query):
        place = "query_model" if is_model else "query"
    elif isinstance(mark, params.Header):
        place, alias = "header", alias.replace("_", "-").lower()
    else:
        place = "form" if form else "body"
    return _Parameter(
        name=name,
        alias=alias,
        place=place,
        adapter=TypeAdapter(annotation),
        default=default,
        own_user=own_user,
        documented=getattr(mark, "include_in_schema", True),
        lists=_lists_of(base),
    )


def _answer_model(name: str, returned: Any, content: str | None) -> type[BaseModel]:
    """The envelope around what a service returns, for the OpenAPI document only."""
    fields: dict[str, Any] = {
        "message": (str, pydantic.Field(description="Short text for people.")),
        "success": (Literal[True], ...),
    }
    if returned is not None and returned is not type(None):
        if get_origin(returned) is Page:
            rows = _shown(get_args(returned)[0])
            inner: Any = create_model(
                f"{name}Content", **{str(content): (rows, ...), "pagination": (Pagination, ...)}
            )
        elif content is not None:
            inner = create_model(f"{name}Content", **{content: (_shown(returned), ...)})  # type: ignore[call-overload]
        else:
            inner = _shown(returned)
        fields["content"] = (inner, ...)
    return create_model(f"{name}Response", **fields)


def _shown(returned: Any) -> Any:
    return get_args(returned)[0] if get_origin(returned) is Ready else returned


class ContractRouter(APIRouter):
    """Routes of one resource."""

    def __init__(self, *, tag: str, prefix: str = "/api/v1/{store_id}/storefront") -> None:
        super().__init__(
            prefix=prefix, tags=[tag], route_class=_ContractRoute, redirect_slashes=False
        )

    def expose(
        self,
        method: Literal["GET", "POST", "PUT", "DELETE"],
        path: str,
        *,
        operation_id: str,
        summary: str,
        message: str,
        content: str | None = None,
        access: Access = "customer",
        raises: Sequence[type[PortalError]] = (),
        also: Sequence[int] = (),
        writes: bool | None = None,
        inline: bool = False,
        idempotent: bool = False,
        form: bool = False,
        accepts_json: bool = False,
        body_limit: int = JSON_LIMIT,
        examples: Mapping[str, Any] | None = None,
        openapi_extra: Mapping[str, Any] | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Expose a function whose first parameter is the context.

        Args:
            method: HTTP method; all but GET write.
            path: path below the store; its parameters are arguments of the function.
            operation_id: name of the call in the contract.
            summary: what it does, for the reference.
            message: text of a successful answer.
            content: name of the returned thing inside `content`; none: it is the content itself.
            access: who may call; `customer` unless said otherwise.
            raises: errors with their own code; they document themselves.
            also: further statuses the contract lists.
            writes: whether the transaction writes, if the method does not tell.
            inline: run on the event loop where that was measured to be faster (SQLite, indexed,
                bounded reads only).
            idempotent: heed `Idempotency-Key`.
            form: the body is multipart/form-data.
            accepts_json: a form route that takes JSON as well.
            body_limit: bytes of a form.
            examples: request bodies for the reference.
            openapi_extra: anything else the document says of the call.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            hints = get_type_hints(function, include_extras=True)
            signature = inspect.signature(function)
            names = [name for name in signature.parameters if name != "ctx"]
            parameters = tuple(
                _read_parameter(
                    name, hints[name], signature.parameters[name].default, path, form=form
                )
                for name in names
            )
            plan = _Plan(
                service=function,
                parameters=parameters,
                access=access,
                writes=method != "GET" if writes is None else writes,
                inline=inline,
                idempotent=idempotent,
                body_limit=body_limit,
                accepts_json=accepts_json,
                prefix=b'{"message":' + orjson.dumps(message) + b',"success":true',
                content=content,
            )

            def endpoint() -> None:
                raise AssertionError("served by its plan")

            shown = [
                signature.parameters[name].replace(
                    annotation=_documented(hints[name], parameter),
                    kind=inspect.Parameter.KEYWORD_ONLY,
                )
                for name, parameter in zip(names, parameters, strict=True)
                if parameter.place != "form"
            ]
            if idempotent:
                shown.append(_IDEMPOTENCY_KEY)
            endpoint.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
            endpoint.__name__ = function.__name__
            endpoint.__doc__ = function.__doc__
            endpoint.plan = plan  # type: ignore[attr-defined]

            statuses = set(also) | {error.status for error in raises}
            if any(p.place != "path" and p.documented for p in parameters):
                statuses.add(400)
            if access != "open":
                statuses.add(401)
            if access == "customer":
                statuses.add(403)
            by_status = {
                status: [error for error in raises if error.status == status]
                for status in sorted(statuses)
            }
            extra: dict[str, Any] = {"security": _SECURITY[access], **(openapi_extra or {})}
            codes = {
                str(status): sorted(error.code for error in errors)
                for status, errors in by_status.items()
                if errors
            }
            if codes:
                extra["x-error-codes"] = codes
            body = next((p for p in parameters if p.place in ("body", "form")), None)
            if body is not None and body.place == "form":
                extra["requestBody"] = _form_docs(hints[body.name], accepts_json=accepts_json)
            if examples:
                extra.setdefault("requestBody", {}).setdefault("content", {}).setdefault(
                    "application/json", {}
                )["examples"] = {name: {"value": value} for name, value in examples.items()}
            name = "".join(part.title() for part in operation_id.split("-"))
            returned = hints.get("return")
            self.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=operation_id,
                summary=summary,
                description=inspect.cleandoc(function.__doc__ or ""),
                response_model=_answer_model(name, returned, content),
                response_description="Done.",
                responses={
                    status: _error_docs(status, errors) for status, errors in by_status.items()
                },
                openapi_extra=extra,
            )
            return function

        return register


_SECURITY: dict[Access, list[dict[str, list[str]]]] = {
    "open": [{}, {"bearerAuth": []}],
    "visitor": [{"bearerAuth": []}],
    "customer": [{"bearerAuth": []}],
}
_IDEMPOTENCY_KEY = inspect.Parameter(
    "idempotency_key",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=8,
            max_length=128,
            description="Client-chosen key; a repeat within 24 hours gets the first answer again.",
        ),
    ],
)


def _documented(annotation: Any, parameter: _Parameter) -> Any:
    """The annotation as FastAPI is to read it: the mark of ownership is ours alone."""
    if not parameter.own_user:
        return annotation
    base, *marks = get_args(annotation)
    kept = [mark for mark in marks if not isinstance(mark, OwnUserMark)]
    return Annotated[(base, *kept)] if kept else base  # type: ignore[return-value]


def _form_docs(annotation: Any, *, accepts_json: bool) -> dict[str, Any]:
    model = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    schema = model.model_json_schema(mode="validation")
    content: dict[str, Any] = {"multipart/form-data": {"schema": schema}}
    if accepts_json:
        texts = {
            name: field
            for name, field in schema["properties"].items()
            if "binary" not in orjson.dumps(field).decode()
        }
        content["application/json"] = {"schema": {**schema, "properties": texts}}
    return {"required": True, "content": content}
