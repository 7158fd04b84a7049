"""Installs what is missing of Firefox and WebKit: `python -m tests.browsers`.

Where that can't be done it says so and ends with 0: the tests that need them say what they skip.
"""

import sys

from tests.browsers import firefox, webkit
from tests.chromium import install_from_debian


def main() -> None:
    missing = [one for one in (firefox, webkit) if one.find() is None]
    packages = [package for one in missing for package in one.PACKAGES]
    if packages and not install_from_debian(*packages):
        print(f"{' '.join(packages)} can't be installed here.", file=sys.stderr)


if __name__ == "__main__":
    main()
