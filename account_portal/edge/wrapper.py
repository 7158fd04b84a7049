"""The one ASGI wrapper around everything the portal answers.

From the outside in: headers, who asks and which request it is, the log line, answers to other
origins, a limit on bodies, who may send files, health, open pages, frames, paths. Headers come
first because what any of the others answers needs them too. `wrap` puts the pieces together.
"""

from collections.abc import Awaitable, Callable, Collection
from functools import partial

from account_portal.core.settings import ANYWHERE, Settings, get_settings
from account_portal.edge.asgi import ASGIApp, Scope
from account_portal.edge.connections import PageConnections
from account_portal.edge.cors import ApiCors
from account_portal.edge.csp import Pages
from account_portal.edge.first_data import Find, FirstDataInPages
from account_portal.edge.framing import Framing
from account_portal.edge.headers import ResponseHeaders
from account_portal.edge.health import Health, ping_redis
from account_portal.edge.limits import BodyLimit
from account_portal.edge.local_demo import LocalDemo
from account_portal.edge.paths import Paths
from account_portal.edge.refused import RefusedInPages, Words
from account_portal.edge.requests import Requests
from account_portal.edge.uploads import PageUploads


def wrap(
    app: ASGIApp,
    *,
    pages: Pages | None = None,
    first_data: Find | None = None,
    refusals: tuple[Collection[str], Words] | None = None,
    uploads: tuple[Callable[[Scope], Awaitable[str]], Callable[[str], bool]] | None = None,
    settings: Settings | None = None,
) -> ASGIApp:
    """The app with everything that holds for each of its answers.

    Args:
        app: pages and API, or the API alone.
        pages: the built pages, when they are served by this app.
        first_data: finds what a page shows first, to be written into it.
        refusals: pages whose forms work without script, and the words for an error's code.
        uploads: for which state a page's upload is, and whether a handler takes files.
        settings: those of the process unless given.
    """
    settings = settings or get_settings()
    pages = pages or Pages()
    inner: ASGIApp = Paths(app, pages)
    inner = Framing(inner)
    if first_data:
        inner = FirstDataInPages(inner, pages, first_data)
    if refusals:
        inner = RefusedInPages(inner, pages, *refusals)
    # The API alone works without Redis: only open pages live there.
    redis_url = settings.redis_url if first_data else ""
    check_redis = partial(ping_redis, redis_url) if redis_url else None
    if check_redis:
        inner = PageConnections(inner, check_redis)
    inner = Health(inner, check_redis=check_redis)
    if uploads:
        inner = PageUploads(inner, *uploads)
    inner = BodyLimit(inner)
    inner = ApiCors(inner, settings.cors_origins)
    inner = Requests(inner, settings.trusted_proxy_hops)
    if not settings.may_answer_at(ANYWHERE):
        inner = LocalDemo(inner)  # while headers still say what a proxy wrote
    return ResponseHeaders(inner, pages, settings)
