"""`make fuzz`: tries the API at length, with a seed of its own each time (or the one given)."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.fuzz.running import fuzz


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz ARGS=", description=__doc__)
    parser.add_argument("--examples", type=int, default=400, help="cases per call and phase")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31), help="to repeat a run")
    chosen = parser.parse_args()
    print(f"Seed {chosen.seed}")
    with tempfile.TemporaryDirectory() as folder:
        return fuzz(Path(folder), examples=chosen.examples, seed=chosen.seed).returncode


if __name__ == "__main__":
    sys.exit(main())
