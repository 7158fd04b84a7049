"""The arguments of a call, parsed once at the door. Nothing here knows who calls."""

import hashlib
import inspect
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

import pydantic
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from account_portal.api.router.plan import Parameter, Plan
from account_portal.core.errors import (
    Forbidden,
    NotFound,
    PayloadTooLarge,
    PortalError,
    UnsupportedMediaType,
    ValidationError,
)
from account_portal.core.json_names import Repeated, require_once
from account_portal.core.schemas import Upload
from account_portal.core.validation import to_fields

JSON_LIMIT = 1024 * 1024
MOST_FILES = 10
MOST_FIELDS = 50


@dataclass(slots=True)
class Arguments:
    """What a request says, and what is wrong with it."""

    values: dict[str, Any] = field(default_factory=dict)
    fault: PortalError | None = None
    """Told only once it is sure that the caller may call at all."""
    digest: bytes = b""
    """What tells two bodies apart."""


class _FieldFaults(Exception):
    """Faults of one parameter."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields


async def parse(plan: Plan, request: Request) -> Arguments:
    """Read all arguments, and all that is wrong with any of them."""
    found = Arguments()
    faults: dict[str, list[str]] = {}
    for parameter in plan.parameters:
        try:
            if parameter.place in ("body", "form"):
                value, found.digest = await _parse_body(plan, parameter, request)
            else:
                value = _parse_simple(plan, parameter, request)
            found.values[parameter.name] = value
        except _FieldFaults as error:
            faults.update(error.fields)
        except PortalError as error:
            found.fault = found.fault or error
    if faults and found.fault is None:
        found.fault = ValidationError(faults)
    return found


def _of_unknown(plan: Plan) -> Literal["forbid"] | None:
    """What becomes of fields nobody knows: systems are told, as one misspelt leaves out another."""
    return "forbid" if plan.access == "shop" else None


def _validate(
    parameter: Parameter, value: Any, at: tuple[str, ...], extra: Literal["forbid"] | None = None
) -> Any:
    try:
        return parameter.adapter.validate_python(value, extra=extra)
    except pydantic.ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise _FieldFaults(to_fields(faults, at)) from None


def _parse_simple(plan: Plan, parameter: Parameter, request: Request) -> Any:
    match parameter.place:
        case "path":
            try:
                return _validate(parameter, request.path_params[parameter.alias], ())
            except _FieldFaults:
                # A malformed id answers like an unknown one.
                raise Forbidden if parameter.own_user else NotFound from None
        case "query_model":
            return _validate(parameter, _query_values(parameter, request), (), _of_unknown(plan))
        case "query":
            found = request.query_params.get(parameter.alias)
        case _:
            found = request.headers.get(parameter.alias)
    if found is None:
        if parameter.default is inspect.Parameter.empty:
            raise _FieldFaults({parameter.alias: ["is required"]})
        return parameter.default
    return _validate(parameter, found, (parameter.alias,))


def _query_values(parameter: Parameter, request: Request) -> dict[str, Any]:
    values: dict[str, Any] = {}
    query = request.scope["query_string"].decode("latin-1")
    for said, value in parse_qsl(query, keep_blank_values=True) if query else ():
        # `status[]` may be sent as `status` too. It is not in the document: generators of clients
        # would make one name of both.
        bracketed = f"{said}[]"
        name = bracketed if bracketed in parameter.lists else said
        if name in parameter.lists:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return values


async def _parse_body(plan: Plan, parameter: Parameter, request: Request) -> tuple[Any, bytes]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )
    if parameter.place == "form" and kind == "multipart/form-data":
        form = await _read_form(request, plan.body_limit)
        return _parse_form(parameter, form, plan.body_limit), _form_digest(plan, form)
    if parameter.place == "form" and not (is_json and plan.accepts_json):
        raise UnsupportedMediaType
    if not kind and parameter.default is not inspect.Parameter.empty and _is_empty(request):
        return parameter.default, b""
    if not is_json:
        # The contract keeps 415 for uploads; elsewhere a wrong type is a malformed request.
        raise _FieldFaults({"_": ["must be sent as application/json"]})
    limit = plan.body_limit if parameter.place == "body" else JSON_LIMIT
    body = await _read_body(request, limit)
    try:
        value = parameter.adapter.validate_json(body, extra=_of_unknown(plan))
        if plan.access == "shop":  # systems are told; browsers send what they made themselves
            require_once(body)
    except pydantic.ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise _FieldFaults(to_fields(faults)) from None
    except Repeated as error:
        raise _FieldFaults({"_": [str(error)]}) from None
    return value, body


def _is_empty(request: Request) -> bool:
    """Whether a request has no body."""
    headers = request.headers
    return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers


def _require_announced(request: Request, limit: int) -> None:
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise PayloadTooLarge


async def _read_body(request: Request, limit: int) -> bytes:
    _require_announced(request, limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise PayloadTooLarge
    return bytes(body)


async def _read_form(request: Request, limit: int) -> FormData:
    try:
        return await read_multipart(request, limit)
    except InvalidForm:
        raise _FieldFaults({"_": ["is not a valid form"]}) from None


class InvalidForm(ValidationError):
    """It is no form with files, or not whole."""


async def read_multipart(request: Request, limit: int) -> FormData:
    """A form with files, of at most so many bytes if it says beforehand how many it has.

    Raises:
        PayloadTooLarge: it says that it has more.
        InvalidForm: it cannot be read.
    """
    _require_announced(request, limit)
    try:
        return await request.form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=JSON_LIMIT
        )
    except (MultiPartException, HTTPException, ValueError, KeyError):
        # Starlette turns the first into the second where a request belongs to an app.
        raise InvalidForm(message="The form cannot be read.") from None


def _parse_form(parameter: Parameter, form: FormData, limit: int) -> Any:
    values: dict[str, Any] = {}
    total = 0
    for name, entry in form.multi_items():
        value: Any = entry
        if isinstance(entry, UploadFile):
            total += entry.size or 0
            value = Upload.received(entry)
        if name in parameter.lists:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    if total > limit:
        raise PayloadTooLarge
    return _validate(parameter, values, ())


def _form_digest(plan: Plan, form: FormData) -> bytes:
    """Forms have a boundary of their own each time; what counts is what is in them."""
    if not plan.idempotent:
        return b""
    seen = hashlib.sha256()
    for name, entry in form.multi_items():
        content = entry if isinstance(entry, str) else entry.file.read()
        if not isinstance(entry, str):
            entry.file.seek(0)
        data = content.encode() if isinstance(content, str) else content
        seen.update(f"{len(name)} {name} {len(data)} ".encode())
        seen.update(data)
    return seen.digest()
