"""Forms of the pages: they set the cookie that keeps a browser signed in.

A browser posts them as forms and is sent on (303), so signing in works before any script has
loaded. A script that asks for JSON gets JSON, and can sign in again without leaving its page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pydantic
from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response

from account_portal.api.errors import error_response, unexpected_response
from account_portal.api.router import client_address
from account_portal.auth import rules, schemas, service
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
from account_portal.routes import FORGOT_PASSWORD, HOME, LOGIN, REGISTER
from account_portal.security import otp
from account_portal.security.cookies import code_cookie_name, is_https, session_cookie_name

forms = APIRouter(prefix="/api/session", include_in_schema=False)

FORM_LIMIT = 16 * 1024
CODE_STEP = f"{LOGIN}?step=code"
RESET_STEP = f"{FORGOT_PASSWORD}?step=code"

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """What a form achieved.

    Attributes:
        next: where the browser goes now.
        cookies: secrets by cookie, each with its life in seconds; None removes one.
        content: what a script is told besides.
    """

    next: str
    cookies: Mapping[str, tuple[str, int] | None] = field(default_factory=dict)
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


def _next_of_page(request: Request) -> str:
    """Where the page that sent the form leads on to; its script may not have filled that in yet."""
    query = urlsplit(request.headers.get("referer", "")).query
    return parse_qs(query, max_num_fields=50).get("next", [""])[0]


async def _answer(
    request: Request, work: Callable[[Context, Fields], Done], *, writes: bool, page: str = LOGIN
) -> Response:
    """Run a form's work in one transaction, and tell the browser or the script."""
    wants_json = "application/json" in request.headers.get("accept", "")
    fields: dict[str, str] = {}
    agent = request.headers.get("user-agent")
    caller = Caller(
        cookie=request.cookies.get(session_cookie_name()),
        ip_address=client_address(request),
        user_agent=agent[:300] if agent else None,
    )

    def run() -> Done:
        with enter(caller, writes=writes) as ctx:
            return work(ctx, fields)

    try:
        require_same_origin(request)
        fields = await _read_fields(request)
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
    query = {"error": error.code, **_wanted(fields)}
    if isinstance(error, TooManyAttempts):
        query["wait"] = str(error.retry_after)
    return RedirectResponse(f"{page}{'&' if '?' in page else '?'}{urlencode(query)}", 303)


def _wanted(fields: Fields) -> dict[str, str]:
    wanted = rules.local_path(fields.get("next"))
    return {} if wanted == HOME else {"next": wanted}


def _set_cookies(response: Response, done: Done) -> None:
    for name, kept in done.cookies.items():
        secret, seconds = kept or ("", 0)
        response.set_cookie(
            name,
            secret,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite="lax",
            secure=is_https(),
        )


def _signed_in(ctx: Context, form: Fields, secret: str) -> Done:
    days = ctx.settings.refresh_token_days
    return Done(
        next=rules.local_path(form.get("next")),
        cookies={session_cookie_name(): (secret, days * 86_400), code_cookie_name(): None},
        content={"handover": service.handover_of(ctx, secret)},
    )


def _sent(sent: schemas.OtpContent, page: str, form: Fields) -> Done:
    """A code is on its way; the browser waits for it at `page`."""
    return Done(
        next=f"{page}&{urlencode(_wanted(form))}".rstrip("&"),
        cookies={code_cookie_name(): (sent.otp_token, int(otp.LIFE.total_seconds()))},
        content=sent.model_dump(),
    )


def _code(form: Fields) -> dict[str, str]:
    """The code that was typed, perhaps with the gaps it is shown with."""
    code = "".join(form.get("otp", "").split())
    return {"otp": code} if code else {}


def _typed_once(form: Fields, name: str) -> dict[str, str]:
    """The fields with the password repeated: who can look at it need not type it twice."""
    return {"confirm_password": form.get(name, ""), **form}


def _parse(form: Any, fields: Fields) -> Any:
    """The fields as the input of the contract; empty ones count as left out."""
    filled = {name: text for name, text in fields.items() if text.strip()}
    try:
        return TypeAdapter(form).validate_python(filled)
    except pydantic.ValidationError as error:
        raise invalid(error) from None


@forms.post("/login")
async def login(request: Request) -> Response:
    """Sign in with `contact` and `password`; `next` is where to go."""

    def work(ctx: Context, form: Fields) -> Done:
        contact = rules.parse_contact(form.get("contact", ""))
        secret = service.login_page(ctx, contact, form.get("password", ""))
        return _signed_in(ctx, form, secret)

    return await _answer(request, work, writes=False)


@forms.post("/register")
async def register(request: Request) -> Response:
    """Make an account from the contract's fields, or `contact` in place of them, and sign in."""

    def work(ctx: Context, form: Fields) -> Done:
        contact = rules.parse_contact(form["contact"]) if "contact" in form else rules.Contact()
        typed = {"email": contact.email, "phone": contact.phone}
        typed["country_code"] = contact.country_code
        given = {name: text for name, text in typed.items() if text}
        data = _parse(schemas.RegisterWithPassword, _typed_once(form, "password") | given)
        return _signed_in(ctx, form, service.register_page(ctx, data))

    return await _answer(request, work, writes=False, page=REGISTER)


@forms.post("/code")
async def send_code(request: Request) -> Response:
    """Send a sign-in code to `contact` by `channel`; with `register` it may make an account."""

    def work(ctx: Context, form: Fields) -> Done:
        contact = rules.parse_contact(form.get("contact", ""))
        channel = rules.channel_for(contact, form.get("channel"))
        registers = form.get("register", "") not in ("", "0", "false")
        sent = service.request_login_code(ctx, contact, channel, registers=registers)
        return _sent(sent, CODE_STEP, form)

    return await _answer(request, work, writes=True)


@forms.post("/verify")
async def verify(request: Request) -> Response:
    """Sign in with a code, `otp`; which one is waited for stands in a cookie or `otp_token`."""
    waiting = request.cookies.get(code_cookie_name(), "")

    def work(ctx: Context, form: Fields) -> Done:
        fields = {"otp_action": "login", "otp_token": waiting, **form, **_code(form)}
        return _signed_in(ctx, form, service.verify_page(ctx, _parse(schemas.VerifyOtp, fields)))

    return await _answer(request, work, writes=True, page=CODE_STEP)


@forms.post("/forgot")
async def send_reset_code(request: Request) -> Response:
    """Send a code to `contact` by `channel` that allows setting a new password."""

    def work(ctx: Context, form: Fields) -> Done:
        contact = rules.parse_contact(form.get("contact", ""))
        channel = rules.channel_for(contact, form.get("channel"))
        return _sent(service.request_reset_code(ctx, contact, channel), RESET_STEP, form)

    return await _answer(request, work, writes=True, page=FORGOT_PASSWORD)


@forms.post("/reset")
async def reset(request: Request) -> Response:
    """Set a new password with a code and sign in; the code's handle as for `verify`."""
    waiting = request.cookies.get(code_cookie_name(), "")

    def work(ctx: Context, form: Fields) -> Done:
        fields = {"otp_token": waiting, **_typed_once(form, "new_password"), **_code(form)}
        data = _parse(schemas.ResetPassword, fields)
        return _signed_in(ctx, form, service.reset_password_page(ctx, data))

    page = RESET_STEP if waiting else FORGOT_PASSWORD
    return await _answer(request, work, writes=False, page=page)


@forms.post("/logout")
async def logout(request: Request) -> Response:
    """Sign out; also when the session has ended already."""

    def work(ctx: Context, _form: Fields) -> Done:
        service.end_page_session(ctx)
        return Done(next=LOGIN, cookies={session_cookie_name(): None})

    return await _answer(request, work, writes=True)
