"""`doctor`: is everything there that the portal needs, and if not, what is to be done?"""

import os
import sys
from collections.abc import Callable
from typing import NamedTuple

import click

from account_portal.core.settings import Settings, SettingsError
from account_portal.edge.health import ping_redis
from account_portal.serving.build import is_current
from account_portal.serving.preparing import read_settings


class Fault(Exception):
    """A check failed; the text says what to do."""


class Check(NamedTuple):
    """One question; `ask` answers with a short fact or raises `Fault`."""

    name: str
    ask: Callable[[Settings], str]


def _python(_settings: Settings) -> str:
    if not (3, 11) <= sys.version_info < (3, 14):
        raise Fault("install Python 3.11, 3.12 or 3.13 and remove .venv")
    return ".".join(map(str, sys.version_info[:3]))


def _data_folder(settings: Settings) -> str:
    folder = settings.data_dir.resolve()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK):
        raise Fault(f"make {nearest} writable, or set PORTAL_DATA_DIR")
    return str(folder)


def _secret_key(settings: Settings) -> str:
    if settings.secret_key:
        return "from PORTAL_SECRET_KEY"
    kept = settings.data_dir / "secret_key"
    if kept.exists() and kept.stat().st_mode & 0o077:
        raise Fault(f"others can read it: chmod 600 {kept}")
    return "kept in the data folder (demo mode)"


def _database(_settings: Settings) -> str:
    from account_portal.core.db import get_database

    database = get_database()
    try:
        database.ping()
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        raise Fault(f"check PORTAL_DATABASE_URL: {_first_line(error)}") from None
    return database.engine.dialect.name


def _migrations(_settings: Settings) -> str:
    from account_portal.core import migrations
    from account_portal.core.db import get_database

    try:
        current = migrations.is_current(get_database())
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        raise Fault(_first_line(error)) from None
    if not current:
        raise Fault("run `python -m account_portal migrate`")
    return "up to date"


def _redis(settings: Settings) -> str:
    if not settings.redis_url:
        return "not used: one process"
    try:
        ping_redis(settings.redis_url)
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        raise Fault(f"check PORTAL_REDIS_URL: {_first_line(error)}") from None
    return "answers"


def _storage(settings: Settings) -> str:
    folder = settings.data_dir / "media"
    if folder.exists() and not os.access(folder, os.W_OK):
        raise Fault(f"make {folder} writable")
    return str(folder)


def _gateways(settings: Settings) -> str:
    import apprise

    channels = {
        "e-mail": ("PORTAL_EMAIL_URL", settings.email_url),
        "SMS": ("PORTAL_SMS_URL", settings.sms_url),
        "WhatsApp": ("PORTAL_WHATSAPP_URL", settings.whatsapp_url),
    }
    for setting, url in channels.values():
        # The address holds a password: it is judged, never shown.
        if url and apprise.Apprise.instantiate(url) is None:
            raise Fault(f"{setting} is no address Apprise understands")
    sent = [name for name, (_setting, url) in channels.items() if url]
    return f"payments: {settings.payments}; messages sent by: {', '.join(sent) or 'outbox folder'}"


def _pages(settings: Settings) -> str:
    if is_current(settings=settings):
        return "built"
    return "not built yet, or changed since; `serve` builds them"


CHECKS = (
    Check("Python", _python),
    Check("Data folder", _data_folder),
    Check("Secret key", _secret_key),
    Check("Database", _database),
    Check("Migrations", _migrations),
    Check("Redis", _redis),
    Check("Storage", _storage),
    Check("Gateways", _gateways),
    Check("Pages", _pages),
)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@click.command()
def doctor() -> None:
    """Check settings, database, migrations, storage and gateways, and say what to do."""
    try:
        settings = read_settings(None)
    except SettingsError as error:
        raise click.ClickException(f"Wrong settings.\n{error}") from None
    click.echo("ok     Settings: read")
    failed = False
    for check in CHECKS:
        try:
            fact = check.ask(settings)
        except Fault as fault:
            failed = True
            click.echo(f"wrong  {check.name}: {fault}")
        else:
            click.echo(f"ok     {check.name}: {fact}")
    if failed:
        raise SystemExit(1)
