"""The command that writes the OpenAPI document."""

import sys
from pathlib import Path

import click
import orjson

from account_portal.api.app import make_app


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def openapi(file: Path | None) -> None:
    """Write the OpenAPI document, to FILE or to standard output."""
    document = orjson.dumps(make_app().openapi(), option=orjson.OPT_INDENT_2) + b"\n"
    if file is None:
        sys.stdout.buffer.write(document)
    else:
        file.write_bytes(document)
