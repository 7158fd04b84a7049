"""The Reflex app, put together: one row per page, the API beside it, the wrapper around both."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial, wraps
from typing import Any

import reflex as rx
from reflex.app import default_error_boundary
from reflex.istate.manager import StateManager
from reflex_base.registry import RegistrationContext
from starlette.applications import Starlette
from starlette.types import ASGIApp

from account_portal import routes
from account_portal.addresses.pages import address_book
from account_portal.addresses.rules import zone_of_store
from account_portal.addresses.state import AddressesState
from account_portal.api.app import make_app as make_api
from account_portal.auth.pages import (
    confirm_its_you,
    forgot_password,
    login,
    register,
    security,
    sign_in_again,
)
from account_portal.auth.state import (
    ForgotState,
    LoginState,
    PresenceState,
    RegisterState,
    SecurityState,
)
from account_portal.bank_accounts.state import BankAccountsState
from account_portal.claims.pages import claim_detail, report_problem
from account_portal.claims.state import ClaimDetailState, ReportProblemState
from account_portal.core import extensions
from account_portal.core.places import ROOT
from account_portal.core.settings import get_settings
from account_portal.dashboard.pages import dashboard
from account_portal.dashboard.state import DashboardState
from account_portal.edge.built import BuiltPages
from account_portal.edge.logs import configure_logging
from account_portal.edge.neighbours import watching
from account_portal.edge.pages import Sheet
from account_portal.edge.wrapper import wrap
from account_portal.guests.pages import find_order, found_order
from account_portal.guests.service import found_order_number
from account_portal.guests.state import FindOrderState, FoundOrderState
from account_portal.loyalty.pages import rewards
from account_portal.loyalty.state import RewardsState
from account_portal.merchant.housekeeping import background_jobs
from account_portal.merchant.measures import measure_queues
from account_portal.orders.pages import order_detail, order_history
from account_portal.orders.service import zone_of_customer
from account_portal.orders.state import OrderDetailState, OrdersState
from account_portal.personal_data.pages import own_data
from account_portal.personal_data.state import OwnDataState
from account_portal.profile.pages.notifications import notifications
from account_portal.profile.pages.profile import profile_page
from account_portal.profile.state.notifications import NotificationsState
from account_portal.profile.state.profile import ProfileState
from account_portal.returns import state as returns
from account_portal.returns.pages import (
    change_return,
    request_return,
    return_detail,
    return_history,
)
from account_portal.reviews.pages import reviews
from account_portal.reviews.state import ReviewsState
from account_portal.serving.build import CLIENT, SERVER
from account_portal.serving.drawing import PageDrawer
from account_portal.serving.frontend import head_script, read_config
from account_portal.ui import components as ui
from account_portal.ui.arrivals import admit_upload, connect_pages, uploads_act_for_their_sender
from account_portal.ui.failures import refused
from account_portal.ui.first_data import FirstData, Whereabouts
from account_portal.ui.following import watch_changes
from account_portal.ui.handlers import takes_files
from account_portal.ui.kit_page import kit_page
from account_portal.ui.layout import Leave, MenuRow, plain, shell
from account_portal.ui.missing import crashed, not_found
from account_portal.ui.of_the_shop import ROUTES
from account_portal.ui.page import Page, open_page, page_of_one
from account_portal.ui.page_state import OwnPagesOnly, PageState, notice_sign_out
from account_portal.ui.single_answer_load import SingleAnswerLoad
from account_portal.ui.store import StoreState, WithdrawalLabels, shop_facts
from account_portal.ui.tab_title import tab_title
from account_portal.widget.pages import (
    frame_bridge,
    frame_gate,
    frame_line,
    hand_over,
    is_shut,
    payment_done,
)
from account_portal.withdrawals.rules import titles

log = logging.getLogger("account_portal.pages")


def _withdrawal_titles() -> list[tuple[str, str]]:
    settings = get_settings()
    return titles(settings.store_country, settings.withdrawal_texts)


WithdrawalLabels.find = staticmethod(_withdrawal_titles)
drawer = PageDrawer(ROOT / SERVER)


FORMS = (routes.LOGIN, routes.REGISTER, routes.FORGOT_PASSWORD, routes.FIND_ORDER)
"""Pages whose forms the browser sends itself, and is sent back to when the answer is no."""


OWN_PAGES = (
    Page(
        routes.HOME,
        dashboard,
        "Your account",
        load=(DashboardState.load,),
        menu=MenuRow("Home", routes.HOME, "house"),
    ),
    Page(
        routes.ORDERS,
        order_history,
        "Orders",
        load=(OrdersState.load,),
        menu=MenuRow("Orders", routes.ORDERS, "package"),
    ),
    page_of_one(routes.ORDER, order_detail, "Order", OrderDetailState.load, under=routes.ORDERS),
    page_of_one(
        routes.RETURN,
        request_return,
        "Return items",
        returns.RequestReturnState.load,
        under=routes.ORDERS,
    ),
    page_of_one(
        routes.CLAIM, report_problem, "Report a problem", ReportProblemState.load, routes.ORDERS
    ),
    page_of_one(
        routes.CLAIM_DETAIL, claim_detail, "Report", ClaimDetailState.load, under=routes.ORDERS
    ),
    Page(
        routes.RETURNS,
        return_history,
        "Returns",
        load=(returns.ReturnsState.load,),
        menu=MenuRow("Returns", routes.RETURNS, "undo-2"),
    ),
    page_of_one(
        routes.RETURN_DETAIL,
        return_detail,
        "Return",
        returns.ReturnDetailState.load,
        under=routes.RETURNS,
    ),
    page_of_one(
        routes.RETURN_CHANGE,
        change_return,
        "Change return",
        returns.ChangeReturnState.load,
        routes.RETURNS,
    ),
    Page(
        routes.LOYALTY,
        rewards,
        "Rewards",
        load=(RewardsState.load,),
        menu=MenuRow("Rewards", routes.LOYALTY, "gift"),
    ),
    Page(
        routes.PROFILE,
        profile_page,
        "Profile",
        load=(ProfileState.load, BankAccountsState.load),
        menu=MenuRow("Profile", routes.PROFILE, "user", "you"),
    ),
    Page(
        routes.ADDRESSES,
        address_book,
        "Addresses",
        load=(AddressesState.load,),
        menu=MenuRow("Addresses", routes.ADDRESSES, "map-pin", "you"),
    ),
    Page(
        routes.REVIEWS,
        reviews,
        "Reviews",
        load=(ReviewsState.load,),
        menu=MenuRow("Reviews", routes.REVIEWS, "star", group="you"),
    ),
    Page(
        routes.NOTIFICATIONS,
        notifications,
        "Notifications",
        load=(NotificationsState.load,),
        menu=MenuRow("Notifications", routes.NOTIFICATIONS, "bell", group="you"),
    ),
    Page(
        routes.SECURITY,
        security,
        "Security",
        load=(SecurityState.load,),
        menu=MenuRow("Security", routes.SECURITY, "shield", group="you"),
    ),
    Page(
        routes.YOUR_DATA,
        own_data,
        "Your data",
        load=(OwnDataState.load,),
        menu=MenuRow("Your data", routes.YOUR_DATA, "file-text", group="you"),
    ),
    open_page(routes.LOGIN, login, "Sign in", LoginState.load),
    open_page(routes.REGISTER, register, "Create your account", RegisterState.load),
    open_page(routes.FORGOT_PASSWORD, forgot_password, "Set a new password", ForgotState.load),
    open_page(routes.FIND_ORDER, find_order, "Find my order", FindOrderState.load),
    open_page(routes.FOUND_ORDER, found_order, "Your order", FoundOrderState.load),
    open_page(routes.HAND_OVER, hand_over, "Back to the shop"),
    open_page(routes.PAYMENT_DONE, payment_done, "Back to your order"),
    Page(routes.NOT_FOUND, not_found, "Page not found", public=True, frame="either"),
    Page(routes.KIT, kit_page, "Component kit", public=True, frame="none"),
)


def all_pages() -> tuple[Page, ...]:
    """The table, and what installed packages add to it.

    Raises:
        ValueError: two pages have one address, or one is open to anybody without saying so.
    """
    added = [
        page
        for name in extensions.names(extensions.PAGES)
        for page in extensions.load(extensions.PAGES, name)
    ]
    paths = [page.path for page in (*OWN_PAGES, *added)]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise ValueError(f"an installed package adds a page at {twice[0]}, where there is one")
    for page in added:
        if not page.public and not page.is_guarded:
            raise ValueError(f"the page at {page.path} loads by no `page_load`, and is not public")
    return (*OWN_PAGES, *added)


PAGES = all_pages()
MENU = tuple(page.menu for page in PAGES if page.menu)


class PortalApp(rx.App):
    """Reflex's app, with everything it answers inside the wrapper."""

    @asynccontextmanager
    async def _setup_event_processor(self) -> AsyncIterator[None]:
        # The app is made before the server forks: what tells its processes apart is each one's own.
        self._state_manager = StateManager.create()
        async with super()._setup_event_processor():
            uploads_act_for_their_sender(self.event_processor)
            yield

    def _add_optional_endpoints(self) -> None:
        # At its end Reflex notes in the build that files are sent. A build that is served holds
        # that note already, perhaps where this account can't write.
        with suppress(OSError):
            super()._add_optional_endpoints()

    def __call__(self) -> ASGIApp:
        """The ASGI app of one server process."""
        settings = get_settings()
        configure_logging(settings.log_level)
        hidden = () if settings.demo else (routes.KIT,)
        pages, shop = BuiltPages.read(ROOT / CLIENT, hidden), shop_facts()
        drawer.rehearsal = [Sheet(route, shop.state) for route in pages.html]
        return wrap(
            super().__call__(),
            pages=pages,
            shop=shop,
            find=FirstData({page.path: page.load for page in PAGES if not page.public}),
            locate=Whereabouts(zone_of_customer, zone_of_store(settings).key),
            draw=drawer if settings.draw_pages else None,
            refusals=(FORMS, refused),
            uploads=(
                partial(admit_upload, opens_order=found_order_number),
                partial(takes_files, RegistrationContext.get().event_handlers),
            ),
            measure=measure_queues,
            settings=settings,
        )


def report_error(exception: Exception) -> rx.event.EventSpec | None:
    """Log what no handler caught.

    Handlers made by `ui.page_state` tell the customer themselves. Reflex's own message would be a
    toast from the server, which needs `eval`.
    """
    log.error("error outside a guarded handler", exc_info=exception)
    return None  # Reflex asks for this return type


def _framed(page: Page) -> rx.Component:
    if page.frame == "none":
        return page.content()
    store: dict[str, Any] = {"store_name": StoreState.name, "logo_url": StoreState.logo_url}
    notice = rx.fragment(
        ui.notice_region(
            PageState.notice_text,
            tone=PageState.notice_tone,
            stamp=PageState.notice_stamp,
            on_dismiss=PageState.dismiss_notice,
        ),
        Leave.create(to=PageState.leave_to),
        *(() if page.public else (frame_bridge(),)),
    )
    if page.frame == "plain":
        return plain(page.content(), notice=notice, **store)
    viewer = PageState.viewer
    whole = shell(
        page.content(),
        sign_in_again(),
        confirm_its_you(),
        menu=MENU,
        current=page.menu.to if page.menu else page.under,
        name=viewer.name,
        picture=viewer.picture_url,
        notice=notice,
        below=frame_line(),
        gate=frame_gate(),
        shut=is_shut(),
        **store,
    )
    if page.frame == "shell":
        return whole
    return rx.cond(viewer.signed_in, whole, plain(page.content(), notice=notice, **store))


def _builder(page: Page) -> Callable[[], rx.Component]:
    # Reflex puts the script of a page where its function stands: a file of its own for each.
    @wraps(page.content)
    def build() -> rx.Component:
        return _framed(page)

    return build


def make_app() -> PortalApp:
    """The app with all pages; opens no connection."""
    read_config()
    app = PortalApp(
        html_lang="en",
        stylesheets=["/styles.css"],
        reset_style=False,  # Tailwind brings its own
        head_components=[
            rx.el.script(head_script()),
            rx.el.link(rel="stylesheet", href="/theme.css"),
            rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        ],
        toaster=None,  # notices are part of a page; toasts from the server would need `eval`
        app_wraps={
            (55, "ErrorBoundary"): lambda _stateful: default_error_boundary(
                fallback_render=crashed()
            ),
        },
        backend_exception_handler=report_error,
        api_transformer=[
            Starlette(routes=ROUTES),
            make_api(),
        ],
    )
    connect_pages(app)
    app.add_middleware(OwnPagesOnly(), index=0)
    app.add_middleware(SingleAnswerLoad())
    app.register_lifespan_task(background_jobs)
    app.register_lifespan_task(watching)
    app.register_lifespan_task(watch_changes, app=app, notice=notice_sign_out)
    if get_settings().draw_pages:
        app.register_lifespan_task(drawer.running)
    for page in PAGES:
        app.add_page(
            _builder(page),
            route=page.path,
            title=tab_title(page.title, page.path, page.number),
            description=rx.Var.create(f"{page.title}. Your account at ") + StoreState.name,
            image="/favicon.ico",
            on_load=[*page.load, *(() if page.public else (PresenceState.note,))],
        )
    return app


app = make_app()
