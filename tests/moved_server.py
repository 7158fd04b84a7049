"""The portal by another clock: `python -m tests.moved_server serve`, for pictures of its hours.

`MOVED_CLOCK` names a file with seconds; what the server takes for now is that much later. It is
read at every look, so a running server is moved by writing it. Nothing of this is in the product.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from account_portal.core import clock

_FILE = Path(os.environ["MOVED_CLOCK"])
_real = clock.utc_now


def moved_now() -> datetime:
    return _real() + timedelta(seconds=float(_FILE.read_text()))


# At import, before anything else takes the name: the server's processes import this module too.
clock.utc_now = moved_now

if __name__ == "__main__":
    from account_portal.cli import main

    main(prog_name="python -m account_portal")
