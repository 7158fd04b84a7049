"""The event log: what happened, written with its cause and read by the shop's systems."""

from account_portal.events.changes import tell_of_updates
from account_portal.events.log import (
    CursorGone,
    Entry,
    place_waiting,
    read_after,
    sweep,
)
from account_portal.events.recording import HISTORY, IMPORT, SYSTEM, Told, act_as, on_news, record
from account_portal.events.types import EventType

__all__ = [
    "HISTORY",
    "IMPORT",
    "SYSTEM",
    "CursorGone",
    "Entry",
    "EventType",
    "Told",
    "act_as",
    "on_news",
    "place_waiting",
    "read_after",
    "record",
    "sweep",
    "tell_of_updates",
]
