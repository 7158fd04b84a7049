"""The API as an ASGI app: ``account_portal.api.app:app``. Also mounted beside the pages."""

from functools import cached_property
from typing import Any, cast

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from account_portal import __version__
from account_portal.addresses.api import router as addresses_router
from account_portal.api.errors import add_error_handlers
from account_portal.api.message_preview import router as message_preview
from account_portal.api.openapi import CUSTOMERS, SYSTEMS, describe
from account_portal.api.reference import add_reference
from account_portal.api.router.dispatch import Calls
from account_portal.api.security_txt import router as security_txt
from account_portal.api.unsubscribe import router as unsubscribe
from account_portal.auth.api import codes, forms, passkeys, two_step, users, well_known
from account_portal.auth.api import router as auth_router
from account_portal.bank_accounts.api import router as bank_accounts_router
from account_portal.claims.api import router as claims_router
from account_portal.console.app import console_routes
from account_portal.core.private_files import keep_files_private
from account_portal.core.settings import get_settings, require_asked_demo
from account_portal.edge.asgi import ASGIApp
from account_portal.edge.logs import configure_logging
from account_portal.edge.wrapper import wrap
from account_portal.evidence.api import router as evidence_router
from account_portal.guests.api import forms as guest_forms
from account_portal.guests.api import router as guests_router
from account_portal.loyalty.api import router as loyalty_router
from account_portal.media.api import router as media_router
from account_portal.merchant.api import ROUTERS as MERCHANT_ROUTERS
from account_portal.merchant.housekeeping import background_jobs
from account_portal.merchant.measures import measure_queues
from account_portal.orders.api import bill_files, gateway_page, payment_events
from account_portal.orders.api import router as orders_router
from account_portal.personal_data.api import downloads
from account_portal.personal_data.api import router as personal_data_router
from account_portal.profile.api import router as profile_router
from account_portal.returns.api import router as returns_router
from account_portal.reviews.api import router as reviews_router
from account_portal.widget.api import frames
from account_portal.withdrawals.api import pages as withdrawal_pages
from account_portal.withdrawals.api import router as withdrawals_router

# What is asked for most is matched first; `/orders/returns` is no order number.
ROUTERS = (
    returns_router,
    claims_router,
    evidence_router,
    orders_router,
    addresses_router,
    profile_router,
    auth_router,
    codes,
    passkeys,
    two_step,
    users,
    personal_data_router,
    downloads,
    guests_router,
    guest_forms,
    forms,
    well_known,
    withdrawals_router,
    withdrawal_pages,
    security_txt,
    unsubscribe,
    message_preview,
    frames,
    bank_accounts_router,
    media_router,
    loyalty_router,
    reviews_router,
    bill_files,
    gateway_page,
    payment_events,
)


_NONE_OF_ITS_OWN: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI's own telemetry tells what exceptions say, and would double our spans."""


class PortalApi(FastAPI):
    """FastAPI with documents of its own, and a short way to the calls they describe.

    Their routes answer for themselves; what FastAPI puts around a route is for all others.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        route = self._calls.find(scope) if scope["type"] == "http" else None
        if route is None or scope.get("root_path"):
            await super().__call__(scope, receive, send)
        else:
            await route.app(scope, receive, send)

    @cached_property
    def _calls(self) -> Calls:
        return Calls(self.routes)

    def openapi(self) -> dict[str, Any]:
        """The document of the customers' calls, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = describe(self)
        return self.openapi_schema

    @cached_property
    def systems_document(self) -> dict[str, Any]:
        """The document of the calls of the shop's systems."""
        return describe(self, SYSTEMS)


def make_app() -> PortalApi:
    """Assemble the API; opens no connection."""
    app = PortalApi(
        title=CUSTOMERS.title,
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NONE_OF_ITS_OWN,
        lifespan=lambda _app: background_jobs(),
    )
    add_error_handlers(app)
    add_reference(app, "/api/docs", app.openapi, CUSTOMERS.first_call)
    add_reference(app, "/api/merchant/docs", lambda: app.systems_document, SYSTEMS.first_call)

    async def show_systems_document(_request: Request) -> Response:
        return JSONResponse(app.systems_document)

    app.add_route("/api/merchant/openapi.json", show_systems_document, include_in_schema=False)
    for router in (*ROUTERS, *MERCHANT_ROUTERS):
        # The routes themselves, not the router: FastAPI would match each path twice.
        app.router.routes.extend(router.routes)
    app.router.routes.extend(console_routes())
    return app


def make_wrapped_app() -> ASGIApp:
    """The API inside what surrounds every answer, for any server to run alone."""
    settings = get_settings()
    configure_logging(settings.log_level)
    return wrap(cast(ASGIApp, make_app()), measure=measure_queues, settings=settings)


def __getattr__(name: str) -> ASGIApp:
    """`app`, made when a server asks for it.

    Raises:
        SettingsError: it would be a demo that nobody asked for, and who knows where it listens.
    """
    if name != "app":
        raise AttributeError(name)
    require_asked_demo(get_settings(), host="")
    keep_files_private()
    return make_wrapped_app()
