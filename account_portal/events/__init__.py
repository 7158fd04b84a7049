"""The event log: what happened, written with its cause and read by the shop's systems."""

import account_portal.events.consents  # noqa: F401  (listens to the session)
from account_portal.events.changes import tell_of_updates
from account_portal.events.log import (
    FORMAT_VERSION,
    CursorGone,
    Entry,
    has_waiting,
    last_id,
    last_position,
    moments_of,
    place_waiting,
    position_of,
    read_after,
    shown,
    sweep,
)
from account_portal.events.recording import (
    HISTORY,
    IMPORT,
    SYSTEM,
    Told,
    act_as,
    no_more_news,
    on_news,
    record,
    tell_listeners,
)
from account_portal.events.types import EventType

__all__ = [
    "FORMAT_VERSION",
    "HISTORY",
    "IMPORT",
    "SYSTEM",
    "CursorGone",
    "Entry",
    "EventType",
    "Told",
    "act_as",
    "has_waiting",
    "last_id",
    "last_position",
    "moments_of",
    "no_more_news",
    "on_news",
    "place_waiting",
    "position_of",
    "read_after",
    "record",
    "shown",
    "sweep",
    "tell_listeners",
    "tell_of_updates",
]
