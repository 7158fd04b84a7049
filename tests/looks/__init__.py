"""The pages in each of their states, for pictures and for tests."""

from tests.looks.look import DEMO, LOST, NEW, SAM, WITHOUT_FIRST_DATA, Look, database_away
from tests.looks.rows import LOOKS

__all__ = ["DEMO", "LOOKS", "LOST", "NEW", "SAM", "WITHOUT_FIRST_DATA", "Look", "database_away"]
