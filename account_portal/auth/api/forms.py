"""Forms of the pages: they set the cookie that keeps a browser signed in.

A browser posts them as forms and is sent on (303), so signing in works before any script has
loaded. A script that asks for JSON gets JSON, and can sign in again without leaving its page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response

from account_portal.api.errors import error_response, unexpected_response
from account_portal.api.router import client_address
from account_portal.auth import rules, service
from account_portal.context import Caller, Context, enter
from account_portal.core.errors import (
    Forbidden,
    PayloadTooLarge,
    PortalError,
    UnsupportedMediaType,
    ValidationError,
)
from account_portal.core.settings import get_settings
from account_portal.routes import LOGIN

forms = APIRouter(prefix="/api/session", include_in_schema=False)

FORM_LIMIT = 16 * 1024

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """What a form achieved."""

    next: str
    session: str | None = None
    """Secret for the cookie that signs in."""
    signs_out: bool = False
    content: dict[str, Any] = field(default_factory=dict)


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


async def _read_fields(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            raise PayloadTooLarge
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("Send a form.")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise ValidationError(message="The form cannot be read.") from None


async def _answer(
    request: Request, work: Callable[[Context, Fields], Done], *, writes: bool, page: str = LOGIN
) -> Response:
    """Run a form's work in one transaction, and tell the browser or the script."""
    wants_json = "application/json" in request.headers.get("accept", "")
    fields: dict[str, str] = {}
    agent = request.headers.get("user-agent")
    caller = Caller(
        cookie=request.cookies.get(get_settings().session_cookie),
        ip_address=client_address(request),
        user_agent=agent[:300] if agent else None,
    )

    def run() -> Done:
        with enter(caller, writes=writes) as ctx:
            return work(ctx, fields)

    try:
        require_same_origin(request)
        fields = await _read_fields(request)
        done = await run_in_threadpool(run)
    except PortalError as error:
        return error_response(error) if wants_json else _sent_back(page, fields, error.code)
    except ClientDisconnect:
        return error_response(ValidationError(message="The request ended too early."))
    except Exception as error:  # the last line of defence: logged, and told without detail
        unexpected = unexpected_response(error)
        return unexpected if wants_json else _sent_back(page, fields, PortalError.code)
    response: Response = RedirectResponse(done.next, status_code=303)
    if wants_json:
        content = {"next": done.next, **done.content}
        response = JSONResponse({"message": "Done.", "success": True, "content": content})
    _set_cookies(response, done)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent_back(page: str, fields: Fields, code: str) -> Response:
    # Neither contact nor password goes into an address: those end up in histories and logs.
    query = {"error": code}
    wanted = rules.local_path(fields.get("next"))
    if wanted != rules.local_path(None):
        query["next"] = wanted
    return RedirectResponse(f"{page}?{urlencode(query)}", status_code=303)


def _set_cookies(response: Response, done: Done) -> None:
    settings = get_settings()
    if done.session is not None:
        response.set_cookie(
            settings.session_cookie,
            done.session,
            max_age=settings.refresh_token_days * 86_400,
            path="/",
            httponly=True,
            samesite="lax",
            secure=settings.is_https,
        )
    if done.signs_out:
        response.delete_cookie(
            settings.session_cookie, path="/", httponly=True, secure=settings.is_https
        )


@forms.post("/login")
async def login(request: Request) -> Response:
    """Sign in with `contact` and `password`; `next` is where to go."""

    def work(ctx: Context, form: Fields) -> Done:
        contact = rules.parse_contact(form.get("contact", ""))
        secret = service.login_page(ctx, contact, form.get("password", ""))
        return Done(next=rules.local_path(form.get("next")), session=secret)

    return await _answer(request, work, writes=False)


@forms.post("/logout")
async def logout(request: Request) -> Response:
    """Sign out; also when the session has ended already."""

    def work(ctx: Context, _form: Fields) -> Done:
        service.end_page_session(ctx)
        return Done(next=LOGIN, signs_out=True)

    return await _answer(request, work, writes=True)
