"""What metrics tell of the database; apart from them, so that nobody loads what is off."""

from typing import NamedTuple


class Measured(NamedTuple):
    """Something counted in the database when somebody asks."""

    name: str
    """Ends in what it is a number of, such as `portal_messages_waiting`."""
    meaning: str
    labels: tuple[str, ...]
    values: dict[tuple[str, ...], float]
