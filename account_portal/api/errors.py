"""Errors as the contract's envelope. Always JSON, never an empty body."""

import logging
from collections.abc import Iterable
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from account_portal.core.errors import (
    RETRY_AFTER,
    GatewayUnavailable,
    MethodNotAllowed,
    NotAuthenticated,
    NotFound,
    PayloadTooLarge,
    PortalError,
    TooManyAttempts,
    UnsupportedMediaType,
    ValidationError,
    is_full_disk,
)
from account_portal.core.ids import new_id

log = logging.getLogger("account_portal.api")


class ErrorEnvelope(BaseModel):
    """Outer shape of every 4xx and 5xx answer. The body is never empty."""

    message: str = Field(description="Short text for people.")
    success: bool = Field(json_schema_extra={"const": False})
    code: str = Field(pattern="^[a-z][a-z0-9_]*$", description="Stable machine-readable reason.")
    error: dict[str, list[str]] = Field(
        default_factory=dict,
        description="Per-field reasons. Keys are dotted body or parameter names, `_` for the "
        "request as a whole.",
    )
    content: dict[str, Any] = Field(
        default_factory=dict,
        description="What the caller needs to go on; with `second_proof_required` the token of the "
        "first proof, the ways that may follow it, where codes can be sent, and whether it "
        "`turns_on` two-step sign-in.",
    )


def error_response(error: PortalError, more: Iterable[tuple[bytes, bytes]] = ()) -> Response:
    """The answer that tells a caller of an error, with `more` headers."""
    body: dict[str, Any] = {"message": error.message, "success": False, "code": error.code}
    if error.fields:
        body["error"] = error.fields
    if error.state is not None:
        body["content"] = error.state
    headers = {}
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.retry_after)
    elif error.status == 503:
        headers["Retry-After"] = str(RETRY_AFTER)
    response = Response(
        orjson.dumps(body),
        status_code=error.status,
        headers=headers,
        media_type="application/json",
    )
    response.raw_headers += more
    return response


def unexpected_response(error: Exception) -> Response:
    """A 500 with a reference and no detail; the detail is logged once, under the reference.

    A full disk is a 503: what was to be kept may be sent again.
    """
    reference = new_id()
    if is_full_disk(error):
        log.error("the disk takes nothing more %s", reference, exc_info=error)
        return error_response(GatewayUnavailable())
    log.error("unexpected error %s", reference, exc_info=error)
    return error_response(PortalError(f"Something went wrong on our side. Reference: {reference}."))


_BY_STATUS: dict[int, type[PortalError]] = {
    400: ValidationError,
    401: NotAuthenticated,
    404: NotFound,
    405: MethodNotAllowed,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
}


def _methods_at(app: FastAPI, request: Request) -> list[str]:
    """What the address allows: of `/return/preview` and `/return/{id}` the first says it."""
    there = [
        route
        for route in app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
    ]
    fewest = min((len(route.param_convertors) for route in there), default=0)
    return sorted(
        {
            method
            for route in there
            if len(route.param_convertors) == fewest
            for method in route.methods or ()
        }
    )


def add_error_handlers(app: FastAPI) -> None:
    """Present what the routes themselves don't: unknown paths, wrong methods, our own faults."""

    async def present_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        known = _BY_STATUS.get(error.status_code)
        if known is None:
            return unexpected_response(error)
        response = error_response(known())
        response.headers.update(error.headers or {})
        if error.status_code == MethodNotAllowed.status:
            response.headers["Allow"] = ", ".join(_methods_at(app, request))
        return response

    async def present_portal(_request: Request, error: Exception) -> Response:
        assert isinstance(error, PortalError)
        return error_response(error)

    async def present_unexpected(_request: Request, error: Exception) -> Response:
        return unexpected_response(error)

    app.add_exception_handler(HTTPException, present_http)
    app.add_exception_handler(PortalError, present_portal)
    app.add_exception_handler(Exception, present_unexpected)
