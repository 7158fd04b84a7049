"""Files that customers send: refused are those that scanners are tried with."""

from typing import BinaryIO

EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


def check(file: BinaryIO) -> str | None:
    """What is wrong with it, or nothing. A real one hands it to a scanner, such as clamd."""
    before = b""
    while piece := file.read(256 * 1024):
        if EICAR in before + piece:
            return "the test file of EICAR"
        before = piece[-len(EICAR) :]
    return None
