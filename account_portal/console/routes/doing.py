"""`POST /console/do/{deed}`: one deed, by whoever is signed in and may."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from account_portal.console.deeds import DEEDS, Deed, Result, perform
from account_portal.console.rules import NotPermitted, Permission
from account_portal.console.service import audit, sessions
from account_portal.console.service.sessions import Member
from account_portal.console.web import (
    answer_page,
    back_of,
    caller_of,
    cookie_of,
    page,
    read_files,
    read_form,
    refused,
    require_member,
    sentences_of,
    to,
)
from account_portal.context import enter
from account_portal.core.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PortalError,
    Unprocessable,
)

TOLD_ON_THE_PAGE = (Conflict, InvalidInput, Unprocessable)
"""What is refused as things stand: said on the page one came from, which shows how they stand."""


async def do(request: Request) -> Response:
    """Do what a button says, and go back to its page."""
    name = request.path_params["deed"]
    deed = DEEDS.get(name)
    has_files = False
    try:
        if deed is not None and deed.takes_files:
            has_files, form = True, await read_files(request, deed.needs)
        else:
            form = await read_form(request)
    except PortalError as error:
        return refused(request, error)
    number = str(form.get("number", ""))

    def work() -> Response:
        member: Member | None = None
        try:
            # Files are looked into before the writing transaction begins.
            with enter(caller_of(request), writes=not has_files) as ctx:
                member = require_member(ctx, request, deed.needs if deed else Permission.READ)
                if deed is None:
                    raise NotFound
                result = perform(ctx, name, deed, number, form, by=member.email)
                if not result.secret:
                    notice = {"tone": "good", "text": result.told}
                    sessions.leave_notice(ctx, member, notice)
        except PortalError as error:
            return _refuse(request, form, deed, name, number, member, error)
        return _answer(request, form, member, result)

    try:
        return await answer_page(request, work)
    finally:
        await form.close()


def _answer(request: Request, form: FormData, member: Member, result: Result) -> Response:
    if not result.secret:
        return to(back_of(form))
    content = {"title": "Shown this once", "result": result, "back": back_of(form)}
    return page(request, "secret.html", content, member=member)


def _refuse(
    request: Request,
    form: FormData,
    deed: Deed | None,
    name: str,
    number: str,
    member: Member | None,
    error: PortalError,
) -> Response:
    """Tell what was refused, where somebody looks; the audit log has a line of it."""
    with enter(caller_of(request), writes=True) as ctx:
        member = member or sessions.current(ctx, cookie_of(request))
        if member is None or not member.is_complete or deed is None:
            return refused(request, error)
        about = f"{deed.about} {number}".strip()
        details = {"why": error.code}
        audit.record(ctx, member.email, name, about, outcome=audit.REFUSED, details=details)
        is_told = isinstance(error, TOLD_ON_THE_PAGE) and not isinstance(error, NotPermitted)
        if is_told:
            sessions.leave_notice(ctx, member, {"tone": "bad", "text": sentences_of(error)})
    return to(back_of(form)) if is_told else refused(request, error)
