"""A process that writes events until it is killed, and says after each commit what it wrote."""

import sys
import time
from contextlib import suppress
from random import Random

from account_portal.context import SHOP, enter
from account_portal.core.errors import GatewayUnavailable
from account_portal.events import EventType, Told, place_waiting, record


def main() -> None:
    number = sys.argv[1]
    random = Random(number)
    for step in range(100_000):
        name = f"{number}-{step}"
        with suppress(GatewayUnavailable):  # nothing was written, nothing is said
            with enter(writes=True, actor=SHOP) as ctx:
                record(ctx.db, [Told(EventType.ORDER_UPDATED, None, {"name": name})])
                time.sleep(random.random() * 0.01)
            sys.stdout.write(name + "\n")
            sys.stdout.flush()
            with enter(writes=True, actor=SHOP) as ctx:
                place_waiting(ctx)
                time.sleep(random.random() * 0.01)


if __name__ == "__main__":
    main()
