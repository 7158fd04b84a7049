"""Forms of pages in a storefront's frame: they sign the frame in, and answer scripts only."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from account_portal.context import Context
from account_portal.doors.form import CookieToSet, Fields, FormResult, answer_form, parse_form
from account_portal.routes import HOME
from account_portal.security.cookies import frame_cookie_name
from account_portal.widget import schemas, service

frames = APIRouter(prefix="/api/session", include_in_schema=False)


def _entered(session: schemas.FrameSession) -> FormResult:
    kept = CookieToSet(session.cookie, session.seconds, in_frames=True)
    return FormResult(
        next=HOME,
        cookies={frame_cookie_name(): kept},
        content={"proof": session.proof},
    )


@frames.post("/vouch")
async def vouch(request: Request) -> Response:
    """Sign a frame in by its storefront's word: `assertion`, and the `origin` it came from."""

    def work(ctx: Context, form: Fields) -> FormResult:
        return _entered(service.vouch(ctx, parse_form(schemas.Vouch, form)))

    return await answer_form(request, work, writes=False, in_frame=True)


@frames.post("/hand-over")
async def hand_over(request: Request) -> Response:
    """Tell the portal's own window what it may hand to the frame that opened it."""

    def work(ctx: Context, _form: Fields) -> FormResult:
        return FormResult(next=HOME, content={"handover": service.hand_to_frame(ctx)})

    return await answer_form(request, work, writes=False)


@frames.post("/frame")
async def enter_frame(request: Request) -> Response:
    """Sign a frame in as that window is: its `handover`, and the `origin` of the frame's page."""

    def work(ctx: Context, form: Fields) -> FormResult:
        return _entered(service.enter_frame(ctx, parse_form(schemas.SignedInElsewhere, form)))

    return await answer_form(request, work, writes=True, in_frame=True)
