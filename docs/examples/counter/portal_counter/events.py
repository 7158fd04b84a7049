"""Events for the till: each once in its database, however often it is handed over."""

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any


def take(event: Mapping[str, Any]) -> None:
    """Called for a webhook to `sink:till`. Whatever it raises, the event comes again later."""
    with closing(sqlite3.connect(os.environ["COUNTER_TILL"], timeout=10)) as till, till:
        till.execute("create table if not exists event (id text primary key, type text, data text)")
        till.execute(
            "insert or ignore into event values (?, ?, ?)",
            (event["id"], event["type"], json.dumps(event["data"])),
        )
