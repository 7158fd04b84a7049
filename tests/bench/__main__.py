"""`make bench`: measures the API and the pages, prints tables and keeps them under `var/bench/`."""

import argparse
import os
import sys

from tests.bench.api import measure_api
from tests.bench.growth import measure_growth
from tests.bench.pages import measure_pages


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    orders = int(os.environ.get("ORDERS", "20000"))
    parser.add_argument("--api", action="store_true", help="the API only")
    parser.add_argument("--pages", action="store_true", help="the pages only")
    parser.add_argument("--systems", action="store_true", help="imports and systems only")
    parser.add_argument("--growth", action="store_true", help="ORDERS= against 20,000, in turn")
    parser.add_argument("--only", default="", help="questions or pages whose name has this in it")
    parser.add_argument("--seconds", type=float, default=4, help="for each figure")
    parser.add_argument("--times", type=int, default=5, help="visits of a page, of each kind")
    parser.add_argument("--orders", type=int, default=orders, help="also make bench ORDERS=…")
    parser.add_argument("--connections", type=int, default=8, help="to the API")
    parser.add_argument("--workers", type=int, default=2, help="of the API")
    parser.add_argument("--imported", type=int, default=20000, help="orders the import is given")
    chosen = parser.parse_args()
    if chosen.growth:
        measure_growth(chosen)
        return 0
    if chosen.api or chosen.systems or not chosen.pages:
        measure_api(chosen)
    if chosen.pages or not (chosen.api or chosen.systems):
        measure_pages(chosen.times, chosen.seconds, chosen.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
