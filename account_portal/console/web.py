"""How the console answers a browser: who asks, may they, what they see, and what is refused.

Pages are HTML without any script. A screen reads in one transaction; a deed is one other, by the
shop's own function, with its line in the audit log.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from account_portal.api.errors import unexpected_response
from account_portal.api.router import client_address, read_multipart
from account_portal.console import look, words
from account_portal.console.deeds import DEEDS
from account_portal.console.rules import Permission, require_permission
from account_portal.console.service import accounts, audit, sessions
from account_portal.console.service.sessions import Member
from account_portal.context import SHOP, Caller, Context, enter
from account_portal.core.errors import (
    NotAuthenticated,
    NotFound,
    PortalError,
)
from account_portal.core.settings import get_settings
from account_portal.core.validation import readable_phone
from account_portal.doors.form import read_fields, require_same_origin
from account_portal.evidence.schemas import MAX_VIDEOS
from account_portal.media.rules import upload_limit
from account_portal.returns.schemas import REFUSALS
from account_portal.security.cookies import is_https, read_cookie

BASE = "/console"
LOGIN = f"{BASE}/login"
FORM_LIMIT = 64 * 1024
FILES_LIMIT = upload_limit(MAX_VIDEOS)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data: https:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""There is no script on any page, so none may run."""
DEVICE_DAYS = 400

Content = Mapping[str, Any]


def _prefix() -> str:
    return "__Secure-" if is_https() else ""


def session_cookie() -> str:
    """Name of the cookie by which a browser is signed in to the console."""
    return f"{_prefix()}portal-console"


def device_cookie() -> str:
    """Name of the cookie by which a browser is known that staff signed in with; opens nothing."""
    return f"{_prefix()}portal-console-device"


THEME_COOKIE = "portal-console-theme"

templates = jinja2.Environment(
    loader=jinja2.PackageLoader("account_portal.console"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.filters.update(
    money=words.money,
    number=words.number,
    moment=words.moment,
    day=words.day,
    promised=words.promised,
    words=words.words,
    badge=words.badge,
    segment=lambda text: quote(str(text), safe=""),
)


def _claim_ways(claim: Any) -> list[tuple[str, str]]:
    """What can be done about a claim, what its customer wishes for first."""
    ways = [("refund", "Refund it; the goods stay"), ("replacement", "Send it again")]
    if not claim.reference_number:
        ways.append(("return", "Ask for the goods"))
    return sorted(ways, key=lambda way: way[0] != claim.wish)


def _account_options(accounts: Sequence[Any]) -> list[tuple[str, str]]:
    return [(one.id, f"{one.bank_name} {one.account_number}") for one in accounts]


def _found_options(request: Any) -> list[tuple[str, str]]:
    """Lines of a return, each once."""
    return list({item.sku: item.product_name for item in request.items}.items())


templates.globals.update(
    found_options=_found_options,
    account_options=_account_options,
    readable_phone=readable_phone,
    refusals=list(REFUSALS.items()),
    claim_ways=_claim_ways,
    payout_options=lambda accounts: [("", "The way it was paid"), *_account_options(accounts)],
    role_options=lambda roles: [(role, f"{words.words(role)}: {does}") for role, does in roles],
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a screen."""

    ctx: Context
    member: Member
    query: QueryParams
    path: Mapping[str, str]
    form: FormData = field(default_factory=FormData)
    """What was typed, of a screen that answers a form."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One page of the console.

    Attributes:
        path: below `/console`; parts that vary in braces.
        title: what it is called.
        template: what it is written with.
        show: reads what it shows.
        needs: the permission.
        menu: the group of its line in the menu; empty: it has none.
        looks_at: what it is a look at, for the audit log; it takes what is shown.
        under: path of the menu's line that stands for it.
        answers_form: it shows what comes of a form and changes nothing; else it is read by `GET`.
    """

    path: str
    title: str
    template: str
    show: Callable[[Visit], Content]
    needs: Permission = Permission.READ
    menu: str = ""
    looks_at: Callable[[Content], str] | None = None
    under: str = ""
    answers_form: bool = False


@dataclass(slots=True)
class Refusal:
    """What cannot be shown, and why."""

    title: str
    text: str
    links: list[tuple[str, str]] = field(default_factory=list)


def page(
    request: Request,
    template: str,
    content: Content,
    *,
    member: Member | None = None,
    status: int = 200,
) -> HTMLResponse:
    """A page of the console."""
    settings = get_settings()
    theme = request.cookies.get(THEME_COOKIE, "")
    html = templates.get_template(template).render(
        store=settings.store_name,
        demo=settings.demo,
        base=BASE,
        member=member,
        may=member.may if member else lambda _permission: False,
        deeds=DEEDS,
        theme=theme if theme in look.THEMES else look.THEMES[0],
        themes=look.THEMES,
        version=look.version(),
        here=_here(request),
        **{"notice": None, **content},
    )
    return HTMLResponse(html, status_code=status, headers=_headers())


def _headers() -> dict[str, str]:
    return {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}


def _here(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def caller_of(request: Request) -> Caller:
    """Where a browser asks from, and by which device it is known."""
    agent = request.headers.get("user-agent")
    return Caller(
        device=read_cookie(request.headers.get("cookie"), device_cookie()),
        ip_address=client_address(request),
        user_agent=agent[:300] if agent else None,
    )


def cookie_of(request: Request) -> str | None:
    """The secret of the browser's session, if it has one."""
    return read_cookie(request.headers.get("cookie"), session_cookie())


async def read_form(request: Request) -> FormData:
    """The fields of a form that one of our own pages sent.

    Raises:
        Forbidden: another site made the browser send it.
        PayloadTooLarge, UnsupportedMediaType, ValidationError: it is none of ours.
    """
    require_same_origin(request)
    return FormData([*await read_fields(request, limit=FORM_LIMIT, most=2000)])


async def read_files(request: Request, permission: Permission) -> FormData:
    """The fields and files of a form that one of our own pages sent, from those who may.

    Raises:
        Forbidden: another site made the browser send it.
        NotAuthenticated, NotPermitted: files of anybody else are not read.
        PayloadTooLarge, ValidationError: it is none of ours.
    """
    require_same_origin(request)

    def check() -> None:
        with enter(caller_of(request), writes=False) as ctx:
            require_member(ctx, request, permission)

    await run_in_threadpool(check)
    return await read_multipart(request, FILES_LIMIT)


def require_member(ctx: Context, request: Request, permission: Permission) -> Member:
    """Who is signed in, if their role has a permission; the rest of the call is the shop's.

    Raises:
        NotAuthenticated: nobody is.
        NotPermitted: the role does not have it.
    """
    member = sessions.current(ctx, cookie_of(request))
    if member is None or not member.is_complete:
        raise NotAuthenticated
    require_permission(member.role, permission)
    ctx.identify(sessions.shop_as(member))
    return member


def back_of(form: FormData) -> str:
    """Where a form goes back to: a page of the console, whatever was sent."""
    wanted = str(form.get("back", ""))
    path = wanted.partition("#")[0].partition("?")[0]
    is_ours = wanted.startswith(BASE) and (path == BASE or path.startswith(f"{BASE}/"))
    return wanted if is_ours and "\\" not in wanted and wanted.isprintable() else BASE


def to(path: str) -> RedirectResponse:
    """Send the browser on to a page."""
    return RedirectResponse(path, status_code=303, headers=_headers())


async def answer_page(request: Request, work: Callable[[], Response]) -> Response:
    """Answer a request by `work`, in a thread; what is refused is told as a page."""
    try:
        return await run_in_threadpool(_in_console, work)
    except PortalError as error:
        return refused(request, error)
    except Exception as error:  # noqa: BLE001 - the last line of defence, told without detail
        unexpected_response(error)  # logs it
        return refused(request, PortalError())


def _in_console(work: Callable[[], Response]) -> Response:
    """Without anybody who may sign in there is no console."""
    with enter(writes=False, actor=SHOP) as ctx:
        if not accounts.has_staff(ctx):
            raise NotFound
    return work()


_TITLES = {
    400: "This does not do",
    401: "Sign in",
    403: "Not allowed",
    404: "Not found",
    409: "Not possible now",
    413: "Too large",
    415: "This cannot be read",
    429: "Too many attempts",
    503: "Not possible just now",
}


def sentences_of(error: PortalError) -> str:
    """What an error says, with its fields."""
    is_said = error.message != type(error).message
    faults = [
        f"{words.words(name)} {text}." if name != "_" else text
        for name, texts in error.fields.items()
        for text in texts
        # "Return items 0 reason code" is no name on any screen: what the error says itself does.
        if text not in error.message and not (is_said and any(map(str.isdigit, name.split("."))))
    ]
    return " ".join([error.message, *faults])


def refused(request: Request, error: PortalError) -> Response:
    """The answer to what is refused; whoever is not signed in is led to where one signs in."""
    if isinstance(error, NotAuthenticated) and request.method in ("GET", "HEAD"):
        where = _here(request)
        leads_back = f"?{urlencode({'next': where})}" if where not in (BASE, f"{BASE}/") else ""
        return to(LOGIN + leads_back)
    title = _TITLES.get(error.status, "Something went wrong")
    refusal = Refusal(title, sentences_of(error))
    return page(request, "refused.html", {"title": title, "refusal": refusal}, status=error.status)


def screen_route(screen: Screen, menu: Callable[[Member, Screen], Any]) -> Callable[..., Any]:
    """The function that answers for a screen."""

    async def show(request: Request) -> Response:
        form = FormData()
        if screen.answers_form:
            try:
                form = await read_form(request)
            except PortalError as error:
                return refused(request, error)

        def work() -> Response:
            with enter(caller_of(request), writes=False) as ctx:
                member = require_member(ctx, request, screen.needs)
                visit = Visit(ctx, member, request.query_params, request.path_params, form)
                content = {"title": screen.title, "menu": menu(member, screen)}
                content |= screen.show(visit)
                about = screen.looks_at(content) if screen.looks_at else ""
                html = page(
                    request,
                    screen.template,
                    content | {"notice": member.notice},
                    member=member,
                )
            _note_visit(request, member, about)
            return html

        return await answer_page(request, work)

    return show


def _note_visit(request: Request, member: Member, about: str) -> None:
    """Write down that somebody looked, before they see it; most looks at lists need nothing."""
    if not (about or member.notice or member.is_due):
        return
    with enter(caller_of(request), writes=True, actor=sessions.shop_as(member)) as ctx:
        sessions.note_visit(ctx, member)
        if about:
            audit.record(ctx, member.email, "look", about)
