"""The API without pages, as an ASGI app for any server: a factory."""

from typing import cast

from account_portal.api.app import app
from account_portal.core.settings import get_settings
from account_portal.serving.asgi import ASGIApp
from account_portal.serving.logs import configure_logging
from account_portal.serving.wrapper import wrap


def make_app() -> ASGIApp:
    """The API inside the wrapper; opens no connection."""
    settings = get_settings()
    configure_logging(settings.log_level)
    return wrap(cast(ASGIApp, app), settings=settings)
