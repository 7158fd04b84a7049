"""Everything the portal can be told on the command line.

A command is a row: where its function is, and what it does. The module is imported when the
command is used, so that `--help` and short commands start at once.
"""

import importlib
from typing import NamedTuple

import click

from account_portal.core.private_files import keep_files_private


class Row(NamedTuple):
    """Where a command's function is (`module:name`), and the line `--help` shows for it."""

    target: str
    does: str


COMMANDS = {
    "serve": Row("account_portal.serving.commands:serve", "Serve pages and API on one port."),
    "api": Row("account_portal.serving.commands:api", "Serve the API alone."),
    "dev": Row("account_portal.serving.commands:dev", "Serve with hot reload."),
    "build": Row("account_portal.serving.commands:build", "Build the pages, if they changed."),
    "migrate": Row("account_portal.merchant.commands:migrate", "Bring the tables up to date."),
    "demo": Row("account_portal.demo.commands:demo", "Write the demo data."),
    "import": Row(
        "account_portal.merchant.commands:import_records",
        "Bring a shop's history in (NDJSON, CSV).",
    ),
    "worker": Row(
        "account_portal.merchant.commands:worker", "Deliver messages and keep house, on its own."
    ),
    "keys": Row("account_portal.merchant.key_commands:keys", "Manage keys of the shop's systems."),
    "webhooks": Row(
        "account_portal.merchant.webhook_commands:webhooks", "Manage where events are sent to."
    ),
    "staff": Row("account_portal.console.commands:staff", "Manage who may use the console."),
    "shop": Row("account_portal.merchant.shop_commands:shop", "Do what only the shop decides."),
    "backup": Row(
        "account_portal.maintenance.commands:backup", "Write all rows and files into one archive."
    ),
    "restore": Row(
        "account_portal.maintenance.commands:restore", "Fill an empty portal from such an archive."
    ),
    "database": Row(
        "account_portal.maintenance.commands:database", "Move to another database, row by row."
    ),
    "files": Row(
        "account_portal.maintenance.commands:files", "Move customers' files to another place."
    ),
    "reencrypt": Row(
        "account_portal.maintenance.commands:encrypt_anew",
        "Encrypt anew what an earlier key encrypted.",
    ),
    "openapi": Row("account_portal.api.commands:openapi", "Write the OpenAPI document."),
    "doctor": Row("account_portal.serving.doctor:doctor", "Check that everything needed is there."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].target.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.does) for name, row in COMMANDS.items()])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The customer account portal."""
    keep_files_private()
