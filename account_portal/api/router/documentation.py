"""What the OpenAPI document says of a route."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

import pydantic
from fastapi import Header
from pydantic import BaseModel, create_model

from account_portal.api.errors import ErrorEnvelope
from account_portal.api.router.plan import Access, OwnUserMark, Parameter
from account_portal.core.errors import (
    Conflict,
    Forbidden,
    GatewayUnavailable,
    Gone,
    IdempotencyKeyReused,
    InsufficientScope,
    MethodNotAllowed,
    NotAuthenticated,
    NotFound,
    PayloadTooLarge,
    PortalError,
    PreconditionFailed,
    RequestInProgress,
    TooManyAttempts,
    Unprocessable,
    UnsupportedMediaType,
    ValidationError,
)
from account_portal.core.pagination import CursorPage, Page, Pagination
from account_portal.core.schemas import EncodedView

GENERAL: Mapping[int, type[PortalError]] = {
    error.status: error
    for error in (
        ValidationError,
        NotAuthenticated,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        Gone,
        PreconditionFailed,
        PayloadTooLarge,
        UnsupportedMediaType,
        Unprocessable,
        TooManyAttempts,
        GatewayUnavailable,
    )
}
"""The error that stands for a status when a call has none of its own there."""

OF_EVERY_CALL = (MethodNotAllowed.status, TooManyAttempts.status, GatewayUnavailable.status)
"""Statuses that any call may answer with, whatever it does."""

SECURITY: Mapping[Access, list[dict[str, list[str]]]] = {
    "open": [{}, {"bearerAuth": []}],
    "visitor": [{"bearerAuth": []}],
    "customer": [{"bearerAuth": []}],
}
REPEAT_ERRORS = (RequestInProgress, IdempotencyKeyReused)
IDEMPOTENCY_KEY = inspect.Parameter(
    "idempotency_key",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=8,
            max_length=128,
            description="Client-chosen key; a repeat within 24 hours gets the first answer again.",
        ),
    ],
)


IF_MATCH = inspect.Parameter(
    "if_match",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        str,
        Header(
            alias="If-Match",
            min_length=1,
            max_length=400,
            description='Only if it has this version still: `"…"`, as `ETag` gave it.',
        ),
    ],
)
ETAG: dict[str, Any] = {
    "headers": {
        "ETag": {
            "description": "`version` of what is answered, in quotes: send it as `If-Match`.",
            "schema": {"type": "string"},
        }
    }
}


def has_version(returned: Any) -> bool:
    """Whether answers of this type have a version of their own."""
    shown = _shown(returned)
    if not (inspect.isclass(shown) and issubclass(shown, BaseModel)):
        return False
    version = shown.model_fields.get("version") or shown.model_fields.get("order")
    return version is not None and version.annotation is not int


def documented(annotation: Any, parameter: Parameter) -> Any:
    """The annotation as FastAPI is to read it: the mark of ownership is ours alone."""
    if not parameter.own_user:
        return annotation
    base, *marks = get_args(annotation)
    kept = [mark for mark in marks if not isinstance(mark, OwnUserMark)]
    return Annotated[base, *kept] if kept else base


def errors_by_status(
    access: Access,
    parameters: Sequence[Parameter],
    raises: Sequence[type[PortalError]],
    also: Sequence[int],
    *,
    idempotent: bool,
) -> dict[int, list[type[PortalError]]]:
    """The statuses a call may answer with, and its own errors of each."""
    errors = [*raises, *(REPEAT_ERRORS if idempotent else ())]
    statuses = {*also, *(error.status for error in errors), *OF_EVERY_CALL}
    if PreconditionFailed in raises:
        statuses.add(400)  # `If-Match` that is no tag
    if any(parameter.place != "path" and parameter.documented for parameter in parameters):
        statuses.add(400)
    if idempotent:
        statuses.add(400)  # a key that is too short
    if access != "open":
        statuses.add(401)
    if access == "customer":
        statuses.add(403)
    if access == "shop":
        errors.append(InsufficientScope)
        statuses.add(InsufficientScope.status)
    return {
        status: sorted(
            {error for error in errors if error.status == status}, key=lambda error: error.code
        )
        for status in sorted(statuses)
    }


def error_docs(status: int, errors: Sequence[type[PortalError]]) -> dict[str, Any]:
    """One status: its envelope, an example for each reason, its headers."""
    docs: dict[str, Any] = {
        "model": ErrorEnvelope,
        "description": inspect.cleandoc(GENERAL[status].__doc__ or ""),
        "content": {
            "application/json": {
                "examples": {
                    error.code: {"value": _envelope(error)} for error in errors or [GENERAL[status]]
                }
            }
        },
    }
    if status == NotAuthenticated.status:
        docs["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status == TooManyAttempts.status:
        docs["headers"] = {
            "Retry-After": {
                "description": "Seconds to wait.",
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    return docs


def _envelope(error: type[PortalError]) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": error.message, "success": False, "code": error.code}
    if error is ValidationError:
        shown["error"] = {"_": ["is not valid JSON"]}
    return shown


def answer_model(name: str, returned: Any, content: str | None) -> type[BaseModel]:
    """The envelope around what a service returns, for the OpenAPI document only."""
    fields: dict[str, Any] = {
        "message": (str, pydantic.Field(description="Short text for people.")),
        "success": (Literal[True], ...),
    }
    if returned is not None and returned is not type(None):
        fields["content"] = (_content_model(name, returned, content), ...)
    return create_model(f"{name}Response", **fields)


def _content_model(name: str, returned: Any, content: str | None) -> Any:
    if content is None:
        return _shown(returned)
    fields: dict[str, Any] = {content: (_shown(returned), ...)}
    if get_origin(returned) is Page:
        fields = {content: (_shown(get_args(returned)[0]), ...), "pagination": (Pagination, ...)}
    if get_origin(returned) is CursorPage:
        cursor = pydantic.Field(description="Of the next page; null: this is the last.")
        fields = {
            content: (_shown(get_args(returned)[0]), ...),
            "next_cursor": (str | None, cursor),
        }
    return create_model(f"{name}Content", **fields)


def _shown(returned: Any) -> Any:
    return get_args(returned)[0] if get_origin(returned) is EncodedView else returned


def form_docs(annotation: Any, files: frozenset[str], *, accepts_json: bool) -> dict[str, Any]:
    """The body of a form route; as JSON it is the same without the files."""
    model = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    schema = model.model_json_schema(mode="validation")
    content: dict[str, Any] = {"multipart/form-data": {"schema": schema}}
    if accepts_json:
        texts = {name: field for name, field in schema["properties"].items() if name not in files}
        content["application/json"] = {"schema": {**schema, "properties": texts}}
    return {"required": True, "content": content}
