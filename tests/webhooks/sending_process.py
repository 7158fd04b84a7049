"""A worker of its own, with a short lease: what a killed one took is soon tried again."""

import os
from datetime import timedelta

from account_portal.webhooks import queue
from account_portal.webhooks.worker import Worker


def main() -> None:
    queue.LEASE = timedelta(seconds=float(os.environ["WEBHOOKS_LEASE_SECONDS"]))
    Worker().run()


if __name__ == "__main__":
    main()
