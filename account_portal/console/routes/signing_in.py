"""Signing in and out, the first password, and one's own account."""

from collections.abc import Callable
from urllib.parse import urlencode

import segno
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from account_portal.console import look
from account_portal.console.rules import Permission, SignInFailed
from account_portal.console.service import accounts, sessions
from account_portal.console.service.sessions import Member, Opened
from account_portal.console.web import (
    BASE,
    DEVICE_DAYS,
    LOGIN,
    THEME_COOKIE,
    Content,
    answer_page,
    back_of,
    caller_of,
    cookie_of,
    device_cookie,
    page,
    read_form,
    refused,
    require_member,
    sentences_of,
    session_cookie,
    to,
)
from account_portal.context import SHOP, Context, enter
from account_portal.core.demo import DEMO_PASSWORD, DEMO_STAFF
from account_portal.core.errors import (
    InvalidInput,
    NotAuthenticated,
    PortalError,
    TooManyAttempts,
)
from account_portal.core.settings import get_settings
from account_portal.security.cookies import is_https

CODE = f"{BASE}/code"
ENROL = f"{BASE}/app"
INVITATION = f"{BASE}/invitation"
YEAR = 365 * 24 * 3600


def _keep(response: Response, name: str, secret: str, seconds: int | None) -> None:
    response.set_cookie(
        name,
        secret,
        max_age=seconds,
        path=BASE,
        secure=is_https(),
        httponly=True,
        samesite="strict",
    )


def _opened(opened: Opened, where: str) -> Response:
    response = to(where)
    # Without a lifetime it ends with the browser; the session itself ends sooner.
    _keep(response, session_cookie(), opened.cookie, None)
    if opened.device:
        _keep(response, device_cookie(), opened.device, DEVICE_DAYS * 24 * 3600)
    return response


def _next(text: str) -> str:
    return back_of(FormData({"back": text}))


def _leading_to(path: str, where: str) -> str:
    return path if where == BASE else f"{path}?{urlencode({'next': where})}"


def _form(
    request: Request, template: str, content: Content, error: PortalError | None = None
) -> Response:
    """A page of signing in, with what was wrong the last time."""
    fault = sentences_of(error) if error else ""
    status = error.status if error else 200
    response = page(request, template, {"fault": fault, **content}, status=status)
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _login_content(where: str, email: str = "", *, told: str = "") -> Content:
    demo = (DEMO_STAFF, DEMO_PASSWORD) if get_settings().demo else None
    return {"title": "Sign in", "next": where, "email": email, "login": demo, "told": told}


async def show_login(request: Request) -> Response:
    """Ask for e-mail address and password."""
    where = _next(request.query_params.get("next", ""))
    told = _TOLD.get(request.query_params.get("done", ""), "")
    content = _login_content(where, told=told)
    return await answer_page(request, lambda: _form(request, "login.html", content))


_TOLD = {
    "set": "Your password is set. Sign in with it.",
    "changed": "Your password is changed, and you are signed out everywhere. Sign in with it.",
}
"""What is said above the form to somebody who comes from elsewhere."""


async def login(request: Request) -> Response:
    """Take e-mail address and password."""

    def work(form: FormData) -> Response:
        where, email = _next(str(form.get("next", ""))), str(form.get("email", ""))
        try:
            with enter(caller_of(request), writes=False) as ctx:
                opened = sessions.sign_in(ctx, email, str(form.get("password", "")))
        except (SignInFailed, TooManyAttempts) as error:
            return _form(request, "login.html", _login_content(where, email), error)
        return _opened(opened, where if opened.is_complete else _leading_to(CODE, where))

    return await _with_form(request, work)


async def _with_form(request: Request, work: Callable[[FormData], Response]) -> Response:
    try:
        form = await read_form(request)
    except PortalError as error:
        return refused(request, error)
    return await answer_page(request, lambda: work(form))


def _half_signed_in(ctx: Context, request: Request) -> Member:
    """Who gave their password and has to give the second factor.

    Raises:
        NotAuthenticated: nobody in this browser.
    """
    member = sessions.current(ctx, cookie_of(request))
    if member is None or member.is_complete:
        raise NotAuthenticated
    return member


async def show_code(request: Request) -> Response:
    """Ask for a code of the app; who has none sets it up first."""

    def work() -> Response:
        where = _next(request.query_params.get("next", ""))
        with enter(caller_of(request), writes=False) as ctx:
            member = _half_signed_in(ctx, request)
        if not member.has_second_factor:
            return to(_leading_to(ENROL, where))
        return _form(request, "code.html", {"title": "Enter a code", "next": where})

    return await answer_page(request, work)


async def give_code(request: Request) -> Response:
    """Take a code of the app."""

    def work(form: FormData) -> Response:
        where = _next(str(form.get("next", "")))
        try:
            with enter(caller_of(request), writes=True) as ctx:
                member = _half_signed_in(ctx, request)
                opened = sessions.give_code(ctx, member, str(form.get("code", "")))
        except (SignInFailed, TooManyAttempts) as error:
            return _form(request, "code.html", {"title": "Enter a code", "next": where}, error)
        except NotAuthenticated:
            return to(LOGIN)
        return _opened(opened, where)

    return await _with_form(request, work)


def _enrolment(request: Request, error: PortalError | None = None) -> Response:
    with enter(caller_of(request), writes=True) as ctx:
        enrolment = sessions.enrolment_of(ctx, _half_signed_in(ctx, request))
    picture = segno.make(enrolment.uri, error="m").svg_inline(
        border=4, light="#fff", dark="#000", omitsize=True
    )
    grouped = " ".join(enrolment.secret[at : at + 4] for at in range(0, len(enrolment.secret), 4))
    content = {
        "title": "Set up your authenticator app",
        "picture": Markup(picture),  # noqa: S704 - drawn here, of squares
        "secret": grouped,
        "uri": enrolment.uri,
    }
    return _form(request, "app.html", content, error)


async def show_app(request: Request) -> Response:
    """Show what an authenticator app has to know."""
    return await answer_page(request, lambda: _enrolment(request))


async def confirm_app(request: Request) -> Response:
    """Take the first code of an app; recovery codes are shown this once."""

    def work(form: FormData) -> Response:
        try:
            with enter(caller_of(request), writes=True) as ctx:
                member = _half_signed_in(ctx, request)
                opened, codes = sessions.give_first_code(ctx, member, str(form.get("code", "")))
        except (SignInFailed, TooManyAttempts) as error:
            return _enrolment(request, error)
        except NotAuthenticated:
            return to(LOGIN)
        response = page(request, "codes.html", {"title": "Your recovery codes", "codes": codes})
        _keep(response, session_cookie(), opened.cookie, None)
        if opened.device:
            _keep(response, device_cookie(), opened.device, DEVICE_DAYS * 24 * 3600)
        return response

    return await _with_form(request, work)


async def show_invitation(request: Request) -> Response:
    """Ask for the first password."""

    def work() -> Response:
        token = request.query_params.get("token", "")
        with enter(caller_of(request), writes=True, actor=SHOP) as ctx:
            email = accounts.invited_email(ctx, token)
        return _form(request, "invitation.html", _invitation(email, token))

    return await answer_page(request, work)


def _invitation(email: str, token: str) -> Content:
    return {
        "title": "Set your password",
        "email": email,
        "token": token,
        "shortest": accounts.SHORTEST_PASSWORD,
    }


async def accept_invitation(request: Request) -> Response:
    """Set the first password."""

    def work(form: FormData) -> Response:
        token = str(form.get("token", ""))
        with enter(caller_of(request), writes=False, actor=SHOP) as ctx:
            email = accounts.invited_email(ctx, token)
        try:
            with enter(caller_of(request), writes=False, actor=SHOP) as ctx:
                accounts.accept_invitation(
                    ctx, token, str(form.get("password", "")), str(form.get("repeated", ""))
                )
        except InvalidInput as error:
            return _form(request, "invitation.html", _invitation(email, token), error)
        return to(f"{LOGIN}?done=set")

    return await _with_form(request, work)


async def logout(request: Request) -> Response:
    """End the session."""

    def work(_form: FormData) -> Response:
        with enter(caller_of(request), writes=True) as ctx:
            member = sessions.current(ctx, cookie_of(request))
            if member is not None:
                sessions.sign_out(ctx, member)
        response = to(LOGIN)
        response.delete_cookie(session_cookie(), path=BASE, secure=is_https(), httponly=True)
        return response

    return await _with_form(request, work)


async def choose_theme(request: Request) -> Response:
    """Keep how bright this browser wants the console."""

    def work(form: FormData) -> Response:
        response = to(back_of(form))
        theme = str(form.get("theme", ""))
        if theme in look.THEMES:
            _keep(response, THEME_COOKIE, theme, YEAR)
        return response

    return await _with_form(request, work)


async def change_password(request: Request) -> Response:
    """Change one's own password; one signs in with it anew."""

    def work(form: FormData) -> Response:
        texts = [str(form.get(name, "")) for name in ("old_password", "password", "repeated")]
        try:
            with enter(caller_of(request), writes=False) as ctx:
                member = require_member(ctx, request, Permission.READ)
                sessions.change_password(ctx, member, *texts)
        except InvalidInput as error:
            with enter(caller_of(request), writes=True) as ctx:
                member = require_member(ctx, request, Permission.READ)
                sessions.leave_notice(ctx, member, {"tone": "bad", "text": sentences_of(error)})
            return to(f"{BASE}/account")
        return to(f"{LOGIN}?done=changed")

    return await _with_form(request, work)


async def renew_codes(request: Request) -> Response:
    """New recovery codes, shown this once."""

    def work(form: FormData) -> Response:
        try:
            with enter(caller_of(request), writes=True) as ctx:
                member = require_member(ctx, request, Permission.READ)
                codes = sessions.renew_recovery_codes(ctx, member, str(form.get("code", "")))
        except SignInFailed as error:
            with enter(caller_of(request), writes=True) as ctx:
                member = require_member(ctx, request, Permission.READ)
                sessions.leave_notice(ctx, member, {"tone": "bad", "text": sentences_of(error)})
            return to(f"{BASE}/account")
        return page(request, "codes.html", {"title": "Your recovery codes", "codes": codes})

    return await _with_form(request, work)
