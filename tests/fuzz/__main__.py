"""`make fuzz`: tries the API at length, with a seed of its own each time (or the one given)."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.fuzz.running import CUSTOMERS, ROOT, SYSTEMS, fuzz


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz ARGS=", description=__doc__)
    parser.add_argument("--examples", type=int, default=400, help="cases per call and phase")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31), help="to repeat a run")
    parser.add_argument("--merchant", action="store_true", help="the API of the shop's systems")
    parser.add_argument("--database", default="", help="URL of an empty one; SQLite unless given")
    parser.add_argument("--contract", action="store_true", help="hold it to the contract itself")
    chosen = parser.parse_args()
    print(f"Seed {chosen.seed}")
    schema = ROOT / "docs" / "contract" / "openapi.yaml" if chosen.contract else None
    api = SYSTEMS if chosen.merchant else CUSTOMERS
    with tempfile.TemporaryDirectory() as folder:
        return fuzz(
            Path(folder),
            examples=chosen.examples,
            seed=chosen.seed,
            api=api,
            schema=schema,
            database_url=chosen.database,
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
