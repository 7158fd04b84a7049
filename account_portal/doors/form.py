"""How forms of the pages are answered: read, worked on in one transaction, told to the browser.

A browser posts them as forms and is sent on (303), so they work before any script has loaded. A
script that asks for JSON gets JSON.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

import pydantic
from fastapi import Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response

from account_portal.api.errors import error_response, unexpected_response
from account_portal.api.router import client_address
from account_portal.context import Caller, Context, enter
from account_portal.core.errors import (
    Forbidden,
    PayloadTooLarge,
    PortalError,
    TooManyAttempts,
    UnsupportedMediaType,
    ValidationError,
)
from account_portal.core.settings import get_settings
from account_portal.core.validation import invalid
from account_portal.routes import HOME, LOGIN, local_path
from account_portal.security.cookies import (
    is_https,
    read_device_cookie,
    read_order_cookie,
    read_session_cookie,
)

FORM_LIMIT = 16 * 1024

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CookieToSet:
    """A secret a browser keeps in a cookie.

    Attributes:
        secret: the cookie's value.
        seconds: its life.
        in_frames: sent in frames of other sites too, to each site its own (a partitioned cookie).
    """

    secret: str
    seconds: int
    in_frames: bool = False


@dataclass(frozen=True, slots=True)
class FormResult:
    """What a form achieved.

    Attributes:
        next: where the browser goes now.
        cookies: secrets by cookie; None removes one.
        content: what a script is told besides.
    """

    next: str
    cookies: Mapping[str, CookieToSet | None] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=dict)


def require_same_origin(request: Request) -> None:
    """Refuse forms that another site made the browser send.

    Raises:
        Forbidden: the request does not come from one of our own pages, or does not tell.
    """
    site = request.headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    host = request.headers.get("host", "")
    here = {get_settings().origin, f"{request.url.scheme}://{host}"}
    if site is None and request.headers.get("origin") in here:
        return
    raise Forbidden("This form was not sent from our own pages.")


async def read_fields(
    request: Request, *, limit: int = FORM_LIMIT, most: int = 50
) -> list[tuple[str, str]]:
    """The fields of a form, in its order; a name may come several times.

    Args:
        request: what the browser sent.
        limit: bytes of the form at most.
        most: fields at most.

    Raises:
        PayloadTooLarge: it is longer.
        UnsupportedMediaType: it is no form.
        ValidationError: it cannot be read, or has more fields.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise PayloadTooLarge
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("Send a form.")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most)
    except ValueError:
        raise ValidationError(message="The form cannot be read.") from None


def _next_of_page(request: Request) -> str:
    """Where the page that sent the form leads on to; its script may not have filled that in yet."""
    # Whatever it is: an address that cannot be taken apart, or has any number of fields.
    query = request.headers.get("referer", "").partition("#")[0].partition("?")[2]
    return parse_qs(query).get("next", [""])[0]


async def answer_form(
    request: Request,
    work: Callable[[Context, Fields], FormResult],
    *,
    writes: bool,
    page: str = LOGIN,
    in_frame: bool = False,
    is_link: bool = False,
) -> Response:
    """Run a form's work in one transaction, and tell the browser or the script.

    Args:
        request: what the browser sent.
        work: what the form does.
        writes: whether it writes from the beginning.
        page: where a browser without script is sent back to when the answer is no.
        in_frame: the form is of a page in a storefront's frame, which has a cookie of its own.
        is_link: no form, but a link in a message; other sites may lead to it too.
    """
    wants_json = "application/json" in request.headers.get("accept", "")
    fields: dict[str, str] = {}
    agent = request.headers.get("user-agent")
    caller = Caller(
        cookie=read_session_cookie(request.headers.get("cookie"), in_frame=in_frame),
        device=read_device_cookie(request.headers.get("cookie")),
        order_proof=None if in_frame else read_order_cookie(request.headers.get("cookie")),
        ip_address=client_address(request),
        user_agent=agent[:300] if agent else None,
    )

    def run() -> FormResult:
        with enter(caller, writes=writes) as ctx:
            return work(ctx, fields)

    try:
        if not is_link:
            require_same_origin(request)
            fields = dict(await read_fields(request))
        fields["next"] = fields.get("next") or _next_of_page(request)
        done = await run_in_threadpool(run)
    except PortalError as error:
        return error_response(error) if wants_json else _sent_back(page, fields, error)
    except ClientDisconnect:
        return error_response(ValidationError(message="The request ended too early."))
    except Exception as error:  # noqa: BLE001 - the last line of defence; it is logged
        unexpected = unexpected_response(error)
        return unexpected if wants_json else _sent_back(page, fields, PortalError())
    response: Response = RedirectResponse(done.next, status_code=303)
    if wants_json:
        content = {"next": done.next, **done.content}
        response = JSONResponse({"message": "Done.", "success": True, "content": content})
    _set_cookies(response, done)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent_back(page: str, fields: Fields, error: PortalError) -> Response:
    # Neither contact nor password goes into an address: those end up in histories and logs.
    query = {"error": error.code, **wanted_page(fields)}
    if isinstance(error, TooManyAttempts):
        query["wait"] = str(error.retry_after)
    return RedirectResponse(f"{page}{'&' if '?' in page else '?'}{urlencode(query)}", 303)


def wanted_page(fields: Fields) -> dict[str, str]:
    """Where to go afterwards, as part of an address; nothing when that is the home page."""
    wanted = local_path(fields.get("next"))
    return {} if wanted == HOME else {"next": wanted}


def _set_cookies(response: Response, done: FormResult) -> None:
    for name, kept in done.cookies.items():
        if kept is not None and kept.in_frames:
            # Written by hand: Starlette knows the attribute from Python 3.14 on only.
            cookie = f"{name}={kept.secret}; Max-Age={kept.seconds}; Path=/; HttpOnly; Secure; "
            response.headers.append("set-cookie", cookie + "SameSite=None; Partitioned")
            continue
        response.set_cookie(
            name,
            kept.secret if kept else "",
            max_age=kept.seconds if kept else 0,
            path="/",
            httponly=True,
            samesite="lax",
            secure=is_https(),
        )


def parse_form(form: Any, fields: Fields) -> Any:
    """The fields as the input of the contract; empty ones count as left out."""
    filled = {name: text for name, text in fields.items() if text.strip()}
    try:
        return TypeAdapter(form).validate_python(filled)
    except pydantic.ValidationError as error:
        raise invalid(error) from None
