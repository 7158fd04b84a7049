"""The one ASGI wrapper around everything the portal answers.

From the outside in: headers, who asks and which request it is, the log line, answers to other
origins, a limit on bodies, who may send files, health, open pages, the page server, failures of
the API. Headers come first because what any of the others answers needs them too. `wrap` puts the
pieces together.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from functools import partial

from account_portal.core.settings import ANYWHERE, Settings, get_settings
from account_portal.core.tracing import is_traced, start_tracing
from account_portal.edge.asgi import ASGIApp, Scope
from account_portal.edge.built import BuiltPages
from account_portal.edge.connections import PageConnections
from account_portal.edge.cors import ApiCors
from account_portal.edge.envelope import ApiFailures
from account_portal.edge.headers import ResponseHeaders
from account_portal.edge.health import NEEDED, Health, ping_redis
from account_portal.edge.limits import BodyLimit
from account_portal.edge.local_demo import LocalDemo
from account_portal.edge.measured import Measured
from account_portal.edge.pages import Draw, Find, Locate, PageServer, ShopFacts, Words
from account_portal.edge.requests import Requests
from account_portal.edge.uploads import PageUploads


def wrap(
    app: ASGIApp,
    *,
    pages: BuiltPages | None = None,
    shop: ShopFacts | None = None,
    find: Find | None = None,
    locate: Locate | None = None,
    draw: Draw | None = None,
    refusals: tuple[Collection[str], Words] | None = None,
    uploads: tuple[Callable[[Scope], Awaitable[str]], Callable[[str], bool]] | None = None,
    measure: Callable[[], Iterable[Measured]] | None = None,
    settings: Settings | None = None,
) -> ASGIApp:
    """The app with everything that holds for each of its answers.

    Args:
        app: pages and API, or the API alone.
        pages: the built pages, when they are served by this app.
        shop: what those pages say of the shop.
        find: finds what a page shows first, to be written into it.
        locate: guesses where a page's reader is.
        draw: draws pages.
        refusals: pages whose forms work without script, and the words for an error's code.
        uploads: for which state a page's upload is, and whether a handler takes files.
        measure: counts what waits in the database, for metrics.
        settings: those of the process unless given.
    """
    settings = settings or get_settings()
    pages = pages or BuiltPages()
    inner: ASGIApp = ApiFailures(app)
    if pages.html:
        inner = PageServer(
            inner,
            pages,
            shop or ShopFacts(),
            find=find,
            locate=locate,
            draw=draw,
            refusals=refusals,
        )
    # The API alone works without Redis: only open pages live there.
    redis_url = settings.redis_url if find else ""
    check_redis = partial(ping_redis, redis_url) if redis_url else None
    if check_redis:
        inner = PageConnections(inner, check_redis)
    inner = Health(inner, {**NEEDED, "redis": check_redis} if check_redis else NEEDED)
    if uploads:
        inner = PageUploads(inner, *uploads)
    inner = BodyLimit(inner)
    inner = ApiCors(inner, settings.cors_origins)
    inner = Requests(inner, settings.trusted_proxy_hops)
    start_tracing()
    if is_traced():
        from account_portal.edge.tracing import Tracing

        inner = Tracing(inner)
    if settings.metrics:
        from account_portal.edge.metrics import Metrics

        inner = Metrics(inner, settings.metrics_token, measure or tuple)
    if not settings.may_answer_at(ANYWHERE):
        inner = LocalDemo(inner)  # while headers still say what a proxy wrote
    return ResponseHeaders(inner, pages, settings)
