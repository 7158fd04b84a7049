"""The commands that start something: `serve`, `api`, `dev`."""

import os
import sys

import click

from account_portal.core.settings import Settings, require_asked_demo
from account_portal.demo.storefront import storefront
from account_portal.serving.build import ensure_build, is_current
from account_portal.serving.preparing import (
    plain_failures,
    prepare_database,
    read_settings,
    require_redis,
)
from account_portal.serving.server import (
    API_ALONE,
    PAGES_AND_API,
    CannotStart,
    require_free_port,
    run_server,
    serve_built_pages,
)

HOST = click.option(
    "--host",
    envvar="HOST",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on.",
)
PORT = click.option("--port", type=click.IntRange(1, 65535), help="Port (PORT, else 8000).")


@click.command()
def build() -> None:
    """Build the pages for the browser, unless the build that is there is current."""
    with plain_failures():
        read_settings(None)
        click.echo("Built." if ensure_build() else "The build is current.")


@click.command()
@HOST
@PORT
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes; more than one needs PORTAL_REDIS_URL.",
)
def serve(host: str, port: int | None, workers: int) -> None:
    """Serve pages and API on one port, building the pages if they changed."""
    with plain_failures():
        settings = read_settings(port)
        if workers > 1 and not settings.redis_url:
            raise CannotStart(
                "Several workers need PORTAL_REDIS_URL: without it each would have its own idea "
                "of an open page."
            )
        require_asked_demo(settings, host)
        require_free_port(host, settings.port)
        require_redis(settings)
        if not is_current():
            click.echo("Building the pages; this happens only when they changed ...")
            ensure_build()
        prepare_database(settings)
    serve_built_pages()
    if settings.redis_url:
        # Measured: twice the events a second with several processes.
        os.environ.setdefault("REFLEX_OPLOCK_ENABLED", "1")
        os.environ.setdefault("REFLEX_OPLOCK_HOLD_TIME", "5s")
    with storefront(settings) as shop:
        run_server(
            PAGES_AND_API,
            host=host,
            port=settings.port,
            workers=workers,
            announce=lambda: click.echo(_ready(settings, shop)),
        )


@click.command()
@HOST
@PORT
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes.",
)
def api(host: str, port: int | None, workers: int) -> None:
    """Serve the API alone; needs no browser build."""
    with plain_failures():
        settings = read_settings(port)
        require_asked_demo(settings, host)
        require_free_port(host, settings.port)
        prepare_database(settings)
    address = f"{settings.origin}/api/v1/{settings.store_id}/storefront"
    run_server(
        API_ALONE,
        host=host,
        port=settings.port,
        workers=workers,
        announce=lambda: click.echo(f"Ready: {address}"),
    )


@click.command()
@PORT
def dev(port: int | None) -> None:
    """Serve with hot reload: pages on PORT, which passes API calls on to the port after it."""
    with plain_failures():
        settings = read_settings(port)
        for taken in (settings.port, settings.port + 1):
            require_free_port("127.0.0.1", taken)
        prepare_database(settings)
    # The database, media and logs change while the portal runs; that is no reason to restart it.
    os.environ.setdefault("REFLEX_HOT_RELOAD_EXCLUDE_PATHS", str(settings.data_dir.resolve()))
    ports = [
        "--backend-host",
        "127.0.0.1",
        "--frontend-port",
        str(settings.port),
        "--backend-port",
        str(settings.port + 1),
    ]
    os.execv(  # noqa: S606 - this process becomes Reflex
        sys.executable, [sys.executable, "-m", "reflex", "run", "--env", "dev", *ports]
    )


def _ready(settings: Settings, shop: str) -> str:
    lines = [f"Ready: {settings.origin}"]
    if settings.demo:
        lines.append("Demo login: demo@example.com / demo-portal-2026")
    if shop:
        lines.append(f"Embedded in a demo storefront: {shop}")
    return "\n".join(lines)
