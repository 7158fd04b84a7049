"""Files that strangers send, shown to what a shop installed to judge them: a virus scanner, say."""

import logging
from collections.abc import Callable
from typing import BinaryIO

from account_portal.core.errors import GatewayUnavailable, InvalidInput
from account_portal.core.extensions import FILE_CHECKS, load, names
from account_portal.core.turns import Turns

FileCheck = Callable[[BinaryIO], str | None]
"""Says what is wrong with a file, for the log, or nothing; an error it raises is no verdict.

It is given the file from its start, reads and does not write, and limits its own time.
"""

CHECKING = Turns(at_once=2, waiting=8, within=10)
"""A scanner that hangs holds few of the threads that all calls share."""
REFUSED = "cannot be taken; the store's check of files refused it"

log = logging.getLogger("account_portal.files")


class FileRefused(InvalidInput):
    """A check that the shop installed does not let the file in."""


def check_file(stream: BinaryIO, *, field: str) -> None:
    """Ask every installed check; without one, nothing is asked.

    Args:
        stream: the file as it was sent; left at its start.
        field: name of the input field, for the error.

    Raises:
        FileRefused: one of them found something.
        GatewayUnavailable: one gave no verdict, or too many files are being checked.
    """
    for name in names(FILE_CHECKS):
        with CHECKING.take():
            stream.seek(0)
            try:
                check: FileCheck = load(FILE_CHECKS, name)
                found = check(stream)
            except Exception:  # whatever it is, nobody said that the file is harmless
                log.exception("the check of files %s gave no verdict", name)
                raise GatewayUnavailable from None
        if found:
            log.warning("the check of files %s refused one: %s", name, found[:200])
            raise FileRefused(**{field: REFUSED})
    stream.seek(0)
