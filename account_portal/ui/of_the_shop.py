"""Two addresses that each shop has its own answer to: its colours, and the way back to it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from account_portal import routes
from account_portal.core.settings import get_settings
from account_portal.core.theme import Accented, is_colour, theme_css


async def theme(request: Request) -> Response:
    """The shop's accent and radius as a stylesheet: a new colour needs no new build.

    A storefront's frame may ask for another `accent`; what is none counts as left out.
    """
    settings = get_settings()
    accent = request.query_params.get("accent", "")
    css = theme_css(settings)
    if is_colour(accent):
        css = theme_css(Accented(accent, settings.radius), root="html.framed")
    return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})


async def to_shop(_request: Request) -> Response:
    """To the pages of the shop; where there are none, to the first page here."""
    return RedirectResponse(get_settings().shop_address or routes.HOME)


ROUTES = (Route("/theme.css", theme), Route(routes.SHOP, to_shop))
