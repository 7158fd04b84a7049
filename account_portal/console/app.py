"""The routes of the console, to be put beside the API's."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from account_portal.console import look
from account_portal.console.routes import signing_in
from account_portal.console.routes.doing import do
from account_portal.console.routes.screens import SCREENS, menu_of
from account_portal.console.web import BASE, answer_page, refused, screen_route
from account_portal.core.errors import NotFound

YEAR = 365 * 24 * 3600


async def _light(_request: Request) -> Response:
    return _sheet(look.light_css())


async def _dark(_request: Request) -> Response:
    return _sheet(look.dark_css())


def _sheet(css: str) -> Response:
    # Its address holds a version.
    kept = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
    return Response(css, media_type="text/css", headers=kept)


async def _nothing(request: Request) -> Response:
    return await answer_page(request, lambda: refused(request, NotFound()))


def console_routes() -> list[Route]:
    """All of them; whatever else lies below `/console` is not found."""
    doors = (
        ("/login", signing_in.show_login, signing_in.login),
        ("/code", signing_in.show_code, signing_in.give_code),
        ("/app", signing_in.show_app, signing_in.confirm_app),
        ("/invitation", signing_in.show_invitation, signing_in.accept_invitation),
    )
    forms = (
        ("/logout", signing_in.logout),
        ("/theme", signing_in.choose_theme),
        ("/account/password", signing_in.change_password),
        ("/account/recovery-codes", signing_in.renew_codes),
        ("/do/{deed}", do),
    )
    routes = [Route(f"{BASE}/style.css", _light), Route(f"{BASE}/dark.css", _dark)]
    for path, shown, taken in doors:
        routes.append(Route(BASE + path, shown, methods=["GET"]))
        routes.append(Route(BASE + path, taken, methods=["POST"]))
    routes += [Route(BASE + path, taken, methods=["POST"]) for path, taken in forms]
    for screen in SCREENS:
        show = screen_route(screen, lambda member, here: menu_of(member.may, here))
        method = "POST" if screen.answers_form else "GET"
        routes.append(Route(BASE + screen.path, show, methods=[method]))
    routes.append(Route(f"{BASE}/{{rest:path}}", _nothing))
    for route in routes:
        route.include_in_schema = False
    return routes
