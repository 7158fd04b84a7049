"""`doctor`: is everything there that the portal needs, and if not, what is to be done?"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click
from sqlalchemy import make_url

from account_portal import routes
from account_portal.core.errors import InvalidInput, PortalError
from account_portal.core.ids import new_id
from account_portal.core.mail_server import sender_of
from account_portal.core.private_files import readable_by_others
from account_portal.core.settings import Settings, SettingsError
from account_portal.edge.health import ping_redis
from account_portal.gateways.email import EmailSender
from account_portal.gateways.message import DeliveryFailed, Message
from account_portal.gateways.messaging import CHANNELS, make_messenger
from account_portal.gateways.storage import make_storage
from account_portal.notifications.examples import examples
from account_portal.notifications.rendering import broken_templates
from account_portal.orders import rules
from account_portal.orders.service import read_policy_file
from account_portal.serving.build import is_current
from account_portal.serving.preparing import read_settings
from account_portal.withdrawals.rules import faults_of


class Fault(Exception):
    """A check failed; the text says what to do."""


class Check(NamedTuple):
    """One question; `ask` answers with a short fact or raises `Fault`."""

    name: str
    ask: Callable[[Settings], str]
    needs: str = ""
    """The check without which this one has nothing to ask; it then waits for it."""


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


def _private_files(settings: Settings) -> str:
    folder = settings.data_dir
    paths = [folder / name for name in ("portal.db", "secret_key", "outbox", "media")]
    database = make_url(settings.sqlalchemy_url)
    if database.get_backend_name() == "sqlite" and database.database:
        paths.append(Path(database.database))
    if found := readable_by_others(paths):
        raise Fault(f"others can read {found}: chmod -R go= {found.parent}")
    return "for this account only"


def _secret_key(settings: Settings) -> str:
    if settings.secret_key:
        return "from PORTAL_SECRET_KEY"
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


def _encrypted(settings: Settings) -> str:
    from account_portal.core.db import get_database
    from account_portal.maintenance.reencryption import look

    try:
        found = look(get_database())
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        raise Fault(_first_line(error)) from None
    if found.unreadable:
        raise Fault(
            f"{found.unreadable} stored secrets were encrypted with another key: add it to "
            "PORTAL_SECRET_KEY_FALLBACKS"
        )
    if found.earlier:
        raise Fault(
            f"{found.earlier} of {found.earlier + found.present} are by an earlier key: "
            "run `python -m account_portal reencrypt`"
        )
    told = f"{found.present}, all by the present key"
    return f"{told}; earlier keys are needed for signatures only" if settings.earlier_keys else told


def _audit_log(_settings: Settings) -> str:
    from account_portal.console.service import audit
    from account_portal.core.db import get_database

    try:
        with get_database().session(writes=False) as db:
            found = audit.verify(db)
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        raise Fault(_first_line(error)) from None
    if isinstance(found, audit.Broken):
        raise Fault(
            f"entry {found.number} {found.why}: somebody changed the log in the database. "
            "Compare it with a backup, and with lines `audit` of the process's log"
        )
    if not found.number:
        return "empty"
    return f"{found.number} entries, whole; the newest is {found.number}:{found.hash[:16]}"


def _deaths(_settings: Settings) -> str:
    from account_portal.core.db import get_database
    from account_portal.notifications import list_fatal as messages
    from account_portal.webhooks.queue import list_fatal as deliveries

    try:
        with get_database().session(writes=False) as db:
            found = {
                "webhooks dead": deliveries(db),
                "the console's messages": messages(db),
            }
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        raise Fault(_first_line(error)) from None
    told = [f"{', '.join(ids)} ({place})" for place, ids in found.items() if ids]
    if told:
        raise Fault(f"workers died over what they sent, look at their log: {'; '.join(told)}")
    return "none died over what it sent"


def _redis(settings: Settings) -> str:
    if not settings.redis_url:
        return "not used: one process"
    try:
        ping_redis(settings.redis_url)
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        raise Fault(f"check PORTAL_REDIS_URL: {_first_line(error)}") from None
    return "answers"


def _portals(_settings: Settings) -> str:
    from account_portal.core.clock import utc_now
    from account_portal.core.db import get_database
    from account_portal.edge.neighbours import REMEDY, running

    try:
        with get_database().session(writes=False) as db:
            apart = running(db, utc_now())
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        raise Fault(_first_line(error)) from None
    if len(apart) > 1:
        raise Fault(f"several serve pages without sharing them ({', '.join(apart)}). {REMEDY}")
    return f"pages served at {apart[0]}" if apart else "none serves pages just now"


def _storage(settings: Settings) -> str:
    try:
        make_storage(settings).check()
    except (OSError, ValueError, PortalError) as error:
        told = str(error.__cause__ or error)
        raise Fault(f"check PORTAL_STORAGE_URL and what may be done there: {told}") from None
    return settings.storage_url or str(settings.data_dir / "media")


def _payments(settings: Settings) -> str:
    if settings.payments == "stripe":
        mode = "test mode" if "_test_" in settings.stripe_key else "live"
        return f"Stripe ({mode}); its webhook belongs at {settings.origin}{routes.PAYMENT_EVENTS}"
    if settings.payments not in ("", "test"):
        return f"{settings.payments}, of an installed package"
    if settings.demo:
        return "play money (demo mode)"
    return f"in the shop's checkout: {settings.checkout_url}" if settings.checkout_url else "none"


def _mail_server(settings: Settings) -> str:
    server = settings.mail_server
    if server is None and settings.smtp_url:
        return "a sender of an installed package"
    if server is None:
        return _without(settings, "PORTAL_SMTP_URL")
    try:
        EmailSender(server, sender_of(settings.mail_from)).check()
    except DeliveryFailed as error:
        raise Fault(f"check PORTAL_SMTP_…: {server.host}:{server.port}: {error}") from None
    return f"{server.host}:{server.port} answers"


def _phones(settings: Settings) -> str:
    # The addresses hold keys: they were judged at the start, and are never shown.
    services = {"SMS": settings.sms_url, "WhatsApp": settings.whatsapp_url}
    found = [name for name, url in services.items() if url]
    return " and ".join(found) or _without(settings, "PORTAL_SMS_URL, PORTAL_WHATSAPP_URL")


def _templates(settings: Settings) -> str:
    if not settings.templates_dir:
        return "ours"
    if broken := broken_templates(settings, list(examples(settings).values())):
        raise Fault(f"ours are taken in place of these: {'; '.join(broken)}")
    return f"ours and those in {settings.templates_dir}"


def _withdrawal(settings: Settings) -> str:
    if not settings.withdrawal_texts:
        return "our texts"
    if wrong := faults_of(settings.withdrawal_texts):
        raise Fault(f"ours are taken in place of these: {'; '.join(wrong)}")
    return f"our texts and those in {settings.withdrawal_texts}"


def _policy(settings: Settings) -> str:
    if not settings.policy_file:
        return "by command, API or console"
    try:
        policy = read_policy_file(Path(settings.policy_file))
    except InvalidInput as error:
        raise Fault(f"mend {settings.policy_file}: {error.message}") from None
    if wrong := rules.faults_of(policy):
        raise Fault(f"mend {settings.policy_file}: {' '.join(one.text for one in wrong)}")
    return f"{settings.policy_file}: {len(policy.rules)} rules"


def _without(settings: Settings, names: str) -> str:
    kept = "written to the outbox folder" if settings.demo else "not offered to customers"
    return f"none ({names}): {kept}"


def _pages(_settings: Settings) -> str:
    if is_current():
        return "built"
    return "not built yet, or changed since; `serve` builds them"


CHECKS = (
    Check("Python", _python),
    Check("Data folder", _data_folder),
    Check("Private files", _private_files),
    Check("Secret key", _secret_key),
    Check("Database", _database),
    Check("Migrations", _migrations, needs="Database"),
    Check("Stored secrets", _encrypted, needs="Migrations"),
    Check("Audit log", _audit_log, needs="Migrations"),
    Check("Workers", _deaths, needs="Migrations"),
    Check("Redis", _redis),
    Check("Portals", _portals, needs="Migrations"),
    Check("Storage", _storage),
    Check("Payments", _payments),
    Check("Mail server", _mail_server),
    Check("Phones", _phones),
    Check("Templates", _templates),
    Check("Withdrawal", _withdrawal),
    Check("Policy", _policy),
    Check("Pages", _pages),
)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@click.command()
@click.option(
    "--send-test",
    metavar="ADDRESS",
    help="Also send a message to an e-mail address or a phone number (+911234567890).",
)
def doctor(send_test: str | None) -> None:
    """Check settings, database, migrations, storage and gateways, and say what to do."""
    try:
        settings = read_settings(None)
    except SettingsError as error:
        raise click.ClickException(f"Wrong settings.\n{error}") from None
    click.echo("ok     Settings: read")
    checks = [*CHECKS]
    if send_test is not None:
        checks.append(Check("Test message", lambda settings: _send_test(settings, send_test)))
    failed: set[str] = set()
    for check in checks:
        if check.needs in failed:
            failed.add(check.name)
            click.echo(f"later  {check.name}: asked once “{check.needs}” is mended")
            continue
        try:
            fact = check.ask(settings)
        except Fault as fault:
            failed.add(check.name)
            click.echo(f"wrong  {check.name}: {fault}")
        else:
            click.echo(f"ok     {check.name}: {fact}")
    if failed:
        raise SystemExit(1)


def _send_test(settings: Settings, address: str) -> str:
    """Send a message over every channel that such an address has."""
    messenger = make_messenger(settings)
    wanted = {"email"} if "@" in address else set(CHANNELS) - {"email"}
    channels = sorted(wanted & messenger.channels)
    if not channels:
        raise Fault(f"nobody is set up who could reach {address}")
    for channel in channels:
        message = Message(
            id=new_id(),
            channel=channel,
            recipient=address,
            subject=f"Test from {settings.store_name}",
            text=f"This is a test: {settings.store_name} can write to you by {channel}.",
            kind="test",
        )
        try:
            messenger.send(message)
        except DeliveryFailed as error:
            raise Fault(f"not sent by {channel}: {error}") from None
    providers = {"sms": settings.sms_url, "whatsapp": settings.whatsapp_url}
    providers["email"] = settings.smtp_url or settings.smtp_host
    sent = [channel for channel in channels if providers[channel]]
    if not sent:
        return f"written to {settings.data_dir / 'outbox'} (demo mode)"
    return f"sent to {address} by {', '.join(sent)}"
