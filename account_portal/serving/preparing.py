"""What happens between the command and the server: settings, database, demo data."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from account_portal.core.places import begin_in_project, lead_reflex
from account_portal.core.settings import (
    Settings,
    SettingsError,
    get_settings,
    load_settings,
)
from account_portal.serving.build import BuildFailed
from account_portal.serving.server import CannotStart


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what stops a start into plain sentences and exit code 1."""
    try:
        yield
    except SettingsError as error:
        raise click.ClickException(f"Wrong settings.\n{error}") from None
    except BuildFailed as error:
        raise click.ClickException(f"The pages could not be built.\n{error}") from None
    except CannotStart as error:
        raise click.ClickException(str(error)) from None


def read_settings(port: int | None) -> Settings:
    """The settings, `port` before the environment's; their relative paths begin as `places` says.

    The choice goes into the environment, so that worker processes and Reflex see the same.
    """
    begin_in_project()
    if port is not None:
        os.environ["PORT"] = str(port)
    load_settings()
    get_settings.cache_clear()
    settings = get_settings()
    lead_reflex(settings.data_dir)
    return settings


def prepare_database(settings: Settings) -> None:
    """Bring the tables up to date and, in demo mode, fill an empty database."""
    from account_portal.core.db import get_database
    from account_portal.core.opening import CannotOpen, open_database

    try:
        database = open_database(waits=settings.database_start_seconds)
        if settings.demo:
            from account_portal.demo.seed import seed_if_empty

            if seed_if_empty(database):
                click.echo("Demo data written.")
        _apply_policy_file()
    except CannotOpen as error:
        raise CannotStart(str(error)) from None
    finally:
        # Workers are forked: no connection may be shared with them.
        get_database().dispose()


def _apply_policy_file() -> None:
    from account_portal.context import SHOP, enter
    from account_portal.core.errors import InvalidInput
    from account_portal.events import SYSTEM, act_as
    from account_portal.orders import service

    try:
        with enter(writes=True, actor=SHOP) as ctx:
            act_as(ctx.db, SYSTEM)
            version = service.apply_policy_file(ctx)
    except InvalidInput as error:
        raise CannotStart(f"PORTAL_POLICY_FILE can't be put in force: {error.message}") from None
    if version is not None:
        click.echo(f"Policy {version.number} is in force, from PORTAL_POLICY_FILE.")


def require_redis(settings: Settings) -> None:
    """Raise `CannotStart` where open pages are to live in a Redis that does not answer."""
    if not settings.redis_url:
        return
    from account_portal.edge.health import ping_redis

    try:
        ping_redis(settings.redis_url)
    except Exception as error:  # noqa: BLE001 - whatever a driver raises, a wrong address too
        raise CannotStart(
            f"Redis does not answer ({type(error).__name__}): start it or check PORTAL_REDIS_URL."
        ) from None
