"""The withdrawal function: a statement, then the button that confirms it; without script.

Nothing is kept between the two steps: the second form holds what the first one said.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import pydantic
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from account_portal import routes
from account_portal.api.router import client_address
from account_portal.context import Caller, Context, enter
from account_portal.core.errors import (
    RETRY_AFTER,
    GatewayUnavailable,
    NotFound,
    PortalError,
    TooManyAttempts,
)
from account_portal.core.settings import get_settings
from account_portal.doors.form import read_fields, require_same_origin
from account_portal.security.cookies import read_order_cookie, read_session_cookie
from account_portal.withdrawals import service
from account_portal.withdrawals.rules import Texts, language_of, texts_in
from account_portal.withdrawals.schemas import (
    MOST_LINES,
    CoveredLine,
    StateWithdrawal,
    WithdrawalReceipt,
)

pages = APIRouter(prefix=routes.WITHDRAW, include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/theme.css">
<link rel="stylesheet" href="/plain-page.css">
<main>
  <p class="tag">{store}</p>
  <h1>{title}</h1>
  {body}
</main>
</html>
"""
_HEADERS = {"Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
_FORM_LIMIT = 256 * 1024
"""An order has up to a thousand lines, each with a field of its own."""
_UNITS = "units-"
"""Before the sku, in the name of a field that says how many units."""

Said = Mapping[str, str]


class _Visit:
    """One request: its language, its texts, and who calls."""

    def __init__(self, request: Request, asked: str = "") -> None:
        settings = get_settings()
        accepted = request.headers.get("accept-language", "")
        folder = settings.withdrawal_texts
        self.language = language_of(asked, accepted, settings.store_country, folder)
        self.texts: Texts = texts_in(self.language, folder)
        self.store, self.email = settings.store_name, settings.store_email
        cookies = request.headers.get("cookie")
        self._caller = Caller(
            cookie=read_session_cookie(cookies),
            order_proof=read_order_cookie(cookies),
            ip_address=client_address(request),
        )

    def say(self, name: str, **values: str) -> str:
        """A text, ready for the page."""
        values = {"store": self.store, "email": self.email or self.store, **values}
        return escape(self.texts[name].format(**values))

    def show(self, title: str, body: str, status: int = 200) -> Response:
        """A page."""
        page = _PAGE.format(
            language=self.language, title=self.say(title), store=escape(self.store), body=body
        )
        return HTMLResponse(page, status_code=status, headers=_HEADERS)

    async def run(self, work: Callable[[Context], Any], *, writes: bool) -> Any:
        """Some work in one transaction, off the event loop."""

        def call() -> Any:
            with enter(self._caller, writes=writes) as ctx:
                return work(ctx)

        return await run_in_threadpool(call)

    async def own_words(self) -> dict[str, str]:
        """Name and e-mail address of who is signed in; nothing while the database is away."""
        try:
            found: dict[str, str] = await self.run(service.own_words, writes=False)
        except GatewayUnavailable:
            return {}
        return found

    async def opened(self, order: str) -> service.OpenedOrder:
        """The order, if it is open to the caller; no page, no lines while the database is away."""
        try:
            found = await self.run(lambda ctx: service.open_order(ctx, order.strip()), writes=False)
        except GatewayUnavailable:
            found = None
        return found or service.OpenedOrder("", [])


@pages.get("")
async def ask(request: Request, lang: str = "", order: str = "") -> Response:
    """Step one, with the order that a link names, and with who is signed in."""
    visit = _Visit(request, lang)
    said = {"order": order[:200]}
    if request.headers.get("sec-fetch-dest", "document") == "document":  # in no frame
        said |= await visit.own_words()
    return _statement(visit, said, await visit.opened(order), {})


@pages.post("")
async def check(request: Request) -> Response:
    """Step two, or step one again with what is missing or to be changed."""
    visit, said, problem = await _read(request)
    if problem is not None:
        return problem
    opened = await visit.opened(said.get("order", ""))
    faults = _faults(visit, said)
    if faults or said.get("step") == "change":
        return _statement(visit, said, opened, faults)
    return _confirmation(visit, said, opened.lines)


@pages.post("/confirm")
async def confirm(request: Request) -> Response:
    """Receive the statement."""
    visit, said, problem = await _read(request)
    if problem is not None:
        return problem
    if faults := _faults(visit, said):
        return _statement(visit, said, await visit.opened(said.get("order", "")), faults)
    data = _data(visit, said)
    try:
        receipt = await visit.run(lambda ctx: service.state_withdrawal(ctx, data), writes=True)
    except TooManyAttempts as error:
        wait = {"Retry-After": str(error.retry_after)}
        answer = visit.show("title", f'<p role="alert">{visit.say("too_many")}</p>', 429)
        answer.headers.update(wait)
        return answer
    except GatewayUnavailable:
        # What was typed stays, and its button: it may be the last hour.
        return _confirmation(visit, said, [], is_unavailable=True)
    return _received(visit, receipt, data.contact, await visit.opened(data.order))


@pages.get("/receipt")
async def receipt_file(request: Request, key: str = "") -> Response:
    """The receipt as a file, for whoever has its key."""
    visit = _Visit(request)
    try:
        reference, text = await visit.run(lambda ctx: service.read_receipt(ctx, key), writes=False)
    except NotFound:
        return PlainTextResponse("Not found.\n", status_code=404, headers=_HEADERS)
    except GatewayUnavailable as error:
        return PlainTextResponse(
            f"{error.message}\n",
            status_code=error.status,
            headers={**_HEADERS, "Retry-After": str(RETRY_AFTER)},
        )
    name = f'attachment; filename="{reference}.txt"'
    return PlainTextResponse(text + "\n", headers={**_HEADERS, "Content-Disposition": name})


async def _read(request: Request) -> tuple[_Visit, dict[str, str], Response | None]:
    """What a form says; or the answer to what is none of our own pages' forms."""
    try:
        require_same_origin(request)
        said = dict(await read_fields(request, limit=_FORM_LIMIT, most=MOST_LINES + 10))
    except PortalError as error:
        visit = _Visit(request)
        body = f'<p role="alert">{escape(error.message)}</p>'
        return visit, {}, visit.show("title", body, error.status)
    return _Visit(request, said.get("lang", "")), said, None


def _units(said: Said) -> list[dict[str, Any]]:
    return [
        {"sku": name.removeprefix(_UNITS), "quantity": int(count)}
        for name, count in said.items()
        if name.startswith(_UNITS) and count.isdecimal() and len(count) < 7 and int(count)
    ]


def _data(visit: _Visit, said: Said) -> StateWithdrawal:
    fields = {name: said.get(name, "") for name in _ASKED}
    # Browsers count a line's end as one sign, and send two.
    fields["goods"] = said.get("items", "").replace("\r\n", "\n")
    units = {"withdraw_items": found} if (found := _units(said)) else {}
    return StateWithdrawal.model_validate({**fields, **units, "language": visit.language})


def _faults(visit: _Visit, said: Said) -> dict[str, str]:
    """Texts by field."""
    try:
        _data(visit, said)
    except pydantic.ValidationError as error:
        names = {str(fault["loc"][0]) for fault in error.errors()}
        return {
            name: visit.say("bad_contact" if name == "contact" and said.get(name) else "fault")
            for name in names
        }
    return {}


_ASKED = ("name", "order", "contact")
"""What must be filled in, in the order of the form."""


def _field(visit: _Visit, said: Said, faults: Said, name: str, kind: str, fill: str) -> str:
    fault = faults.get(name, "")
    wired = f' aria-invalid="true" aria-describedby="{name}-fault"' if fault else ""
    told = f'<span class="fault" id="{name}-fault">{fault}</span>' if fault else ""
    if fault and name == next(one for one in _ASKED if one in faults):
        wired += " autofocus"
    return (
        f"<label>{visit.say(name)}{told}"
        f'<input name="{name}" type="{kind}" value="{escape(said.get(name, ""))}" '
        f'maxlength="200" autocomplete="{fill}" required{wired}></label>'
    )


def _statement(visit: _Visit, said: Said, opened: service.OpenedOrder, faults: Said) -> Response:
    countable = [line for line in opened.lines if line.units and not line.exempt]
    parts = [
        _field(visit, said, faults, "name", "text", "name"),
        _field(visit, said, faults, "order", "text", "off"),
        _units_fields(visit, said, countable),
        _exempt(visit, opened.lines),
        # Who can choose need not write, but what was written is theirs to change.
        _items_field(visit, said) if said.get("items") or not countable else "",
        _field(visit, said, faults, "contact", "email", "email"),
        f'<input type="hidden" name="lang" value="{visit.language}">',
        f"<button>{visit.say('next')}</button>",
    ]
    body = (
        f"<p>{visit.say('intro')}</p>"
        # The page says itself, in its own language, what is missing.
        f'<form method="post" action="{routes.WITHDRAW}" novalidate>{"".join(parts)}</form>'
        f'<p class="note">{visit.say("footer")}</p>{_way_back(visit, opened)}'
    )
    return visit.show("title", body, 400 if faults else 200)


def _way_back(visit: _Visit, opened: service.OpenedOrder) -> str:
    link = f'<p><a href="{escape(opened.page)}">{visit.say("to_order")}</a></p>'
    return link if opened.page else ""


def _items_field(visit: _Visit, said: Said) -> str:
    return (
        f"<label>{visit.say('items')}<small>{visit.say('items_hint')}</small>"
        f'<textarea name="items" rows="3" maxlength="2000">{escape(said.get("items", ""))}'
        "</textarea></label>"
    )


def _units_fields(visit: _Visit, said: Said, lines: Sequence[CoveredLine]) -> str:
    if not lines:
        return ""
    fields = "".join(_units_field(visit, said, line) for line in lines)
    return (
        f"<fieldset><legend>{visit.say('units')}</legend><small>{visit.say('units_hint')}</small>"
        f"{fields}</fieldset>"
    )


def _units_field(visit: _Visit, said: Said, line: CoveredLine) -> str:
    name = escape(_UNITS + line.sku)
    chosen = said.get(_UNITS + line.sku, "0")
    counts = "".join(
        f"<option{' selected' if str(count) == chosen else ''}>{count}</option>"
        for count in range(min(line.units, 999) + 1)
    )
    label = visit.say("how_many", item=line.product_name)
    return f'<label>{label}<select name="{name}">{counts}</select></label>'


def _exempt(visit: _Visit, lines: Sequence[CoveredLine]) -> str:
    rows = "".join(
        f"<li>{escape(line.product_name)}: {visit.say(line.exempt)}</li>"
        for line in lines
        if line.units and line.exempt
    )
    return f"<div>{visit.say('exempt')}<ul>{rows}</ul></div>" if rows else ""


def _confirmation(
    visit: _Visit, said: Said, lines: Sequence[CoveredLine], *, is_unavailable: bool = False
) -> Response:
    names = {line.sku: line.product_name for line in lines}
    chosen = [f"{one['quantity']} x {names.get(one['sku'], one['sku'])}" for one in _units(said)]
    goods = ", ".join([*chosen, *filter(None, [said.get("items", "").strip()])])
    told = [
        visit.say("statement"),
        f"{visit.say('goods')}: {escape(goods) or visit.say('whole')}",
        *(f"{visit.say(name)}: {escape(said[name])}" for name in ("order", "name", "contact")),
    ]
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in said.items()
        if name in {"name", "order", "contact", "items", "lang"} or name.startswith(_UNITS)
    )
    fault = f'<p role="alert">{visit.say("unavailable")}</p>' if is_unavailable else ""
    body = (
        f'{fault}<p class="receipt">{"<br>".join(told)}</p>{_exempt(visit, lines)}'
        f'<form method="post" action="{routes.WITHDRAW}/confirm">{kept}'
        f"<button>{visit.say('confirm')}</button></form>"
        f'<form method="post" action="{routes.WITHDRAW}">{kept}'
        '<input type="hidden" name="step" value="change">'
        f'<button class="quiet">{visit.say("back")}</button></form>'
    )
    answer = visit.show("check", body, 503 if is_unavailable else 200)
    if is_unavailable:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _received(
    visit: _Visit, receipt: WithdrawalReceipt, contact: str, opened: service.OpenedOrder
) -> Response:
    told = visit.say("mailed", contact=contact) if receipt.is_mailed else visit.say("not_mailed")
    link = f"{routes.WITHDRAW}/receipt?key={quote(receipt.receipt_key)}"
    body = (
        f'<p class="receipt">{escape(receipt.receipt)}</p><p>{told}</p>'
        f'<p><a href="{link}" download>{visit.say("save")}</a></p>'
        f"{_way_back(visit, opened)}"
    )
    return visit.show("received", body)
