"""Forms of the pages: they set the cookie that keeps a browser signed in."""

from collections.abc import Callable
from functools import partial
from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from account_portal.auth import rules, schemas, service
from account_portal.context import Context
from account_portal.core.ids import new_secret
from account_portal.doors.form import (
    CookieToSet,
    Fields,
    FormResult,
    answer_form,
    parse_form,
    wanted_page,
)
from account_portal.routes import (
    FORGOT_PASSWORD,
    KNOW_DEVICE,
    LOGIN,
    NEW_CODES,
    REGISTER,
    SECURITY,
    local_path,
)
from account_portal.security import otp
from account_portal.security.cookies import (
    code_cookie_name,
    device_cookie_name,
    find_cookie_name,
    order_cookie_name,
    passkey_cookie_name,
    second_proof_cookie_name,
    session_cookie_name,
)

forms = APIRouter(prefix="/api/session", include_in_schema=False)

CODES_AWAITED = 3
"""Codes a browser asked for of late, any of which may be typed."""
_DEVICE_SECONDS = 400 * 86_400
CODE_STEP = f"{LOGIN}?step=code"
PASSKEY_COOKIE_SECONDS = 3600
SECOND_STEP = f"{LOGIN}?step=second"
SECOND_CODE_STEP = f"{LOGIN}?step=second-code"
SECOND_PROOF_SECONDS = 600
RESET_STEP = f"{FORGOT_PASSWORD}?step=code"


def _signed_in(ctx: Context, form: Fields, secret: str) -> FormResult:
    days = ctx.settings.session_days  # the session may end before, as the database says
    wanted = local_path(form.get("next"))
    if service.lacks_recovery_codes(ctx, service.customer_of(ctx, secret)):
        wanted = f"{SECURITY}?{urlencode({**NEW_CODES, 'next': wanted})}"
    return FormResult(
        next=wanted,
        cookies={
            session_cookie_name(): CookieToSet(secret, days * 86_400),
            device_cookie_name(): CookieToSet(service.device_of(ctx, secret), _DEVICE_SECONDS),
            code_cookie_name(): None,
            second_proof_cookie_name(): None,
            # Who signs in may be another than who found an order in this browser.
            order_cookie_name(): None,
            find_cookie_name(): None,
        },
        content={"customer": service.customer_of(ctx, secret)},
    )


def _let_in(ctx: Context, form: Fields, sign_in: Callable[[], str]) -> FormResult:
    """Signed in, or asked for the second proof; the token of the first stands in a cookie."""
    try:
        return _signed_in(ctx, form, sign_in())
    except rules.SecondProofRequired as asked:
        left = schemas.SecondProofAsked.model_validate(asked.state)
    kept = CookieToSet(left.second_proof_token, SECOND_PROOF_SECONDS)
    told = left.model_dump(exclude={"second_proof_token"})
    return FormResult(
        next=_step(f"{SECOND_STEP}&ways={'.'.join(left.ways) or 'none'}", form),
        cookies={second_proof_cookie_name(): kept, code_cookie_name(): None},
        content={"second": told},
    )


def _waiting(request: Request) -> list[str]:
    """The handles of the codes that the browser waits for, newest first."""
    return request.cookies.get(code_cookie_name(), "").split(".")[:CODES_AWAITED]


def _sent(request: Request, sent: schemas.OtpContent, page: str, form: Fields) -> FormResult:
    """A code is on its way; the browser waits for it at `page`."""
    awaited = ".".join([sent.otp_token, *_waiting(request)][:CODES_AWAITED]).rstrip(".")
    return FormResult(
        next=_step(page, form),
        cookies={code_cookie_name(): CookieToSet(awaited, int(otp.LIFE.total_seconds()))},
        content=sent.model_dump(),
    )


def _ask(
    ctx: Context,
    request: Request,
    form: Fields,
    page: str,
    action: schemas.OtpAction,
    ask: Callable[[rules.Contact, rules.Channel], schemas.OtpContent],
) -> FormResult:
    """Ask for a code; who came back too soon for another goes on with the one on its way."""
    contact = rules.parse_contact(form.get("contact", ""))
    channel = rules.channel_for(contact, form.get("channel"))
    return _ask_for(ctx, request, form, page, action, contact, partial(ask, contact, channel))


def _ask_for(
    ctx: Context,
    request: Request,
    form: Fields,
    page: str,
    action: schemas.OtpAction,
    contact: rules.Contact,
    ask: Callable[[], schemas.OtpContent],
) -> FormResult:
    try:
        sent = ask()
    except otp.CodeJustSent as error:
        way = service.channel_of_awaited(ctx, _waiting(request), contact, action=action)
        if way is None:  # another browser waits for it
            raise
        content = {"channel": way, "wait": error.retry_after}
        return FormResult(next=_step(page, form), content=content)
    return _sent(request, sent, page, form)


def _step(page: str, form: Fields) -> str:
    return f"{page}&{urlencode(wanted_page(form))}".rstrip("&")


def _code(form: Fields) -> dict[str, str]:
    """The code that was typed, perhaps with the gaps it is shown with."""
    code = "".join(form.get("otp", "").split())
    return {"otp": code} if code else {}


def _typed_once(form: Fields, name: str) -> dict[str, str]:
    """The fields with the password repeated: who can look at it need not type it twice."""
    return {"confirm_password": form.get(name, ""), **form}


@forms.post("/login")
async def login(request: Request) -> Response:
    """Sign in with `contact` and `password`; `next` is where to go."""

    def work(ctx: Context, form: Fields) -> FormResult:
        contact = rules.parse_contact(form.get("contact", ""))
        password = form.get("password", "")
        return _let_in(ctx, form, partial(service.login_page, ctx, contact, password))

    return await answer_form(request, work, writes=False)


@forms.post("/register")
async def register(request: Request) -> Response:
    """Make an account from the contract's fields, or `contact` in place of them, and sign in."""

    def work(ctx: Context, form: Fields) -> FormResult:
        contact = rules.parse_contact(form["contact"]) if "contact" in form else rules.Contact()
        typed = {"email": contact.email, "phone": contact.phone}
        typed["country_code"] = contact.country_code
        given = {name: text for name, text in typed.items() if text}
        data = parse_form(schemas.RegisterWithPassword, _typed_once(form, "password") | given)
        return _let_in(ctx, form, partial(service.register_page, ctx, data))

    return await answer_form(request, work, writes=False, page=REGISTER)


@forms.post("/code")
async def send_code(request: Request) -> Response:
    """Send a sign-in code to `contact` by `channel`; with `register` it may make an account."""

    def work(ctx: Context, form: Fields) -> FormResult:
        registers = form.get("register", "") not in ("", "0", "false")
        ask = partial(service.request_login_code, ctx, registers=registers)
        return _ask(ctx, request, form, CODE_STEP, "login", ask)

    return await answer_form(request, work, writes=True)


@forms.post("/verify")
async def verify(request: Request) -> Response:
    """Sign in with a code, `otp`; which one is waited for stands in a cookie or `otp_token`."""
    waiting = _waiting(request)

    def work(ctx: Context, form: Fields) -> FormResult:
        code = _code(form)
        token = service.token_for(ctx, waiting, code.get("otp", ""), action="login")
        fields = {"otp_action": "login", "otp_token": token, **form, **code}
        data = parse_form(schemas.VerifyOtp, fields)
        return _let_in(ctx, form, partial(service.verify_page, ctx, data))

    return await answer_form(request, work, writes=True, page=CODE_STEP)


@forms.post("/forgot")
async def send_reset_code(request: Request) -> Response:
    """Send a code to `contact` by `channel` that allows setting a new password."""

    def work(ctx: Context, form: Fields) -> FormResult:
        ask = partial(service.request_reset_code, ctx)
        return _ask(ctx, request, form, RESET_STEP, "reset-password", ask)

    return await answer_form(request, work, writes=True, page=FORGOT_PASSWORD)


@forms.post("/reset")
async def reset(request: Request) -> Response:
    """Set a new password with a code and sign in; the code's handle as for `verify`."""
    waiting = _waiting(request)

    def work(ctx: Context, form: Fields) -> FormResult:
        code = _code(form)
        token = service.token_for(ctx, waiting, code.get("otp", ""), action="reset-password")
        fields = {"otp_token": token, **_typed_once(form, "new_password"), **code}
        data = parse_form(schemas.ResetPassword, fields)
        return _let_in(ctx, form, partial(service.reset_password_page, ctx, data))

    page = RESET_STEP if any(waiting) else FORGOT_PASSWORD
    return await answer_form(request, work, writes=False, page=page)


@forms.post("/second-code")
async def send_second_code(request: Request) -> Response:
    """Send a code by `channel` as the second proof; the first stands in a cookie."""

    def work(ctx: Context, form: Fields) -> FormResult:
        data = parse_form(schemas.SecondCode, {**form, **_first_proof(request)})
        contact = service.second_contact(ctx, data)
        ask = partial(service.send_second_code, ctx, data)
        ways = [way for way in form.get("ways", "").split(".") if way in get_args(schemas.Way)]
        page = f"{SECOND_CODE_STEP}&ways={'.'.join(ways)}"
        return _ask_for(ctx, request, form, page, "login", contact, ask)

    return await answer_form(request, work, writes=True, page=SECOND_STEP)


@forms.post("/second")
async def second(request: Request) -> Response:
    """Sign in with `password`, `otp`, `recovery_code` or `new_password` after the first proof."""
    waiting = _waiting(request)

    def work(ctx: Context, form: Fields) -> FormResult:
        names = ("password", "recovery_code", "new_password")
        given = {name: form[name] for name in names if form.get(name, "").strip()}
        code = _code(form)
        if code:
            token = service.token_for(ctx, waiting, code["otp"], action="login")
            given = {**code, "otp_token": token}
        data = parse_form(schemas.SecondProof, {**given, **_first_proof(request)})
        return _signed_in(ctx, form, service.give_second_proof_page(ctx, data))

    return await answer_form(request, work, writes=False, page=SECOND_STEP)


def _first_proof(request: Request) -> dict[str, str]:
    """The token of the first proof.

    Raises:
        SecondProofExpired: the browser keeps none any more.
    """
    token = request.cookies.get(second_proof_cookie_name())
    if not token:
        raise rules.SecondProofExpired
    return {"second_proof_token": token}


@forms.get(KNOW_DEVICE.removeprefix(forms.prefix))
async def know_device(request: Request, key: str = "") -> Response:
    """Let codes work on this device again: a link in a message leads here."""

    def work(ctx: Context, _form: Fields) -> FormResult:
        kept = CookieToSet(service.know_device_by_link(ctx, key), _DEVICE_SECONDS)
        return FormResult(next=f"{LOGIN}?known=1", cookies={device_cookie_name(): kept})

    return await answer_form(request, work, writes=True, is_link=True)


@forms.post("/passkey-options")
async def passkey_options(request: Request) -> Response:
    """What a page's script asks the browser for, to sign in with a passkey."""
    browser = request.cookies.get(passkey_cookie_name()) or new_secret()

    def work(ctx: Context, _form: Fields) -> FormResult:
        begun = service.begin_passkey_login(ctx, browser=browser)
        kept = CookieToSet(browser, PASSKEY_COOKIE_SECONDS)
        return FormResult(
            next=LOGIN, cookies={passkey_cookie_name(): kept}, content=begun.model_dump()
        )

    return await answer_form(request, work, writes=False)


@forms.post("/passkey")
async def passkey(request: Request) -> Response:
    """Sign in with `credential`, what a passkey signed, as JSON, and its `passkey_token`."""
    browser = request.cookies.get(passkey_cookie_name(), "")

    def work(ctx: Context, form: Fields) -> FormResult:
        if not browser:
            raise rules.PasskeyExpired
        data = parse_form(schemas.PasskeyForm, form)
        return _signed_in(ctx, form, service.login_passkey_page(ctx, data, browser=browser))

    return await answer_form(request, work, writes=True)


@forms.post("/passkey-proof-options")
async def passkey_proof_options(request: Request) -> Response:
    """What a page's script asks the browser for, to prove by a passkey who is signed in."""

    def work(ctx: Context, _form: Fields) -> FormResult:
        return FormResult(next=SECURITY, content=service.begin_passkey_proof(ctx).model_dump())

    return await answer_form(request, work, writes=False)


@forms.post("/passkey-proof")
async def passkey_proof(request: Request) -> Response:
    """Take `credential` and its `passkey_token` as fresh proof of who is signed in."""

    def work(ctx: Context, form: Fields) -> FormResult:
        service.prove_with_passkey(ctx, parse_form(schemas.PasskeyForm, form))
        return FormResult(next=SECURITY)

    return await answer_form(request, work, writes=True)


@forms.post("/logout")
async def logout(request: Request) -> Response:
    """Sign out; also when the session has ended already.

    An order that this browser found without signing in is closed with it: who sits there next may
    be somebody else.
    """

    def work(ctx: Context, _form: Fields) -> FormResult:
        otp.end_key(ctx.db, ctx.now, ctx.caller.order_proof)
        service.end_page_session(ctx)
        ended = (session_cookie_name(), order_cookie_name(), find_cookie_name())
        return FormResult(next=LOGIN, cookies=dict.fromkeys(ended))

    return await answer_form(request, work, writes=True)
