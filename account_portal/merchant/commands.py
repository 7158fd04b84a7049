"""The commands `migrate`, `import` and `worker`."""

import gc
import signal
from pathlib import Path
from threading import Event

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from account_portal.core.opening import CannotOpen, open_database
from account_portal.core.settings import get_settings
from account_portal.core.tracing import start_tracing
from account_portal.edge.logs import configure_logging
from account_portal.merchant.housekeeping import work_until
from account_portal.merchant.importing import Summary, run_import

_NAMES = {"loyalty_activity": "loyalty activities"}


@click.command()
def migrate() -> None:
    """Bring the database's tables up to date; several may run at once."""
    try:
        open_database()
    except CannotOpen as error:
        raise click.ClickException(str(error)) from None
    click.echo("The tables are up to date.")


@click.command()
def worker() -> None:
    """Deliver messages and keep house until stopped.

    Servers do the same beside their work; a worker of its own takes it over when they are busy.
    """
    try:
        open_database(waits=get_settings().database_start_seconds)
    except CannotOpen as error:
        raise click.ClickException(str(error)) from None
    configure_logging(get_settings().log_level)
    start_tracing()
    stop = Event()

    def end(_number: int, _frame: object) -> None:
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    click.echo("Working.")
    work_until(stop)


@click.command("import")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--strict", is_flag=True, help="All or nothing: one record that is refused undoes all."
)
def import_records(paths: tuple[Path, ...], *, strict: bool) -> None:
    """Bring a shop's history in: NDJSON, or Shopify exports of orders and customers (CSV).

    May be run again: records are matched by their natural key and updated, never doubled. Refused
    records are named on the error output, the good ones go in; the exit code is then 1.
    """
    shown = {str(path.resolve()): str(path) for path in paths}
    files = [path.resolve() for path in paths]
    console = Console(stderr=True)
    try:
        database = open_database()
    except CannotOpen as error:
        raise click.ClickException(str(error)) from None
    # Records are many small objects in few cycles; looking for these all the time costs a fifth.
    gc.freeze()
    gc.set_threshold(50_000, 10, 5)
    columns = (TextColumn("Importing"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=sum(path.stat().st_size for path in files))

        def show_fault(source: str, line: int, reason: str) -> None:
            place = f"{shown[source]}:{line}" if line else shown[source]
            console.out(f"{place}: {reason}", highlight=False)

        summary = run_import(
            database,
            files,
            strict=strict,
            on_fault=show_fault,
            on_kept=lambda source, line, reason: show_fault(source, line, f"kept: {reason}"),
            on_progress=lambda size: progress.advance(task, size),
        )
    _report(summary, console)
    raise SystemExit(1 if summary.faults else 0)


def _report(summary: Summary, console: Console) -> None:
    for name, count in sorted(summary.unknown_fields.items()):
        console.out(f"note: {name} is not known and was left out ({count} times)", highlight=False)
    if summary.rolled_back:
        click.echo(f"{summary.faults} refused, nothing was written (--strict).")
        return
    for name, count in summary.written.items():
        click.echo(f"{count:>9,} {_NAMES.get(name, name + 's')}")
    for name in ("created", "updated", "unchanged", "kept"):
        if count := getattr(summary, name):
            click.echo(f"{count:>9,} {name}")
    if summary.faults:
        click.echo(f"{summary.faults:>9,} refused")
