"""JSON objects that say each name once: of two values nobody knows which one is meant."""

import json
from typing import Any


class Repeated(ValueError):
    """A name stands twice in one object."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of these pairs, for `object_pairs_hook`.

    Raises:
        Repeated: a name comes again.
    """
    data = dict(pairs)
    if len(data) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise Repeated(f"{name[:100]!r} stands twice in one object")
            seen.add(name)
    return data


_READER = json.JSONDecoder(object_pairs_hook=once, parse_int=str, parse_float=str)


def require_once(body: bytes) -> None:
    """Look through JSON that is known to be valid.

    Raises:
        Repeated: a name stands twice in one of its objects.
    """
    _READER.decode(body.decode())
