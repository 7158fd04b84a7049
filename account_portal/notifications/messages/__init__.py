"""What customers are told, one module per resource.

A message is found again by its kind when it is delivered, so a new module here needs no
registration.
"""

import importlib
import pkgutil
from functools import lru_cache

from account_portal.notifications.messages.base import Words


@lru_cache(maxsize=1)
def message_classes() -> dict[str, type[Words]]:
    """All messages by kind."""
    found: dict[str, type[Words]] = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, Words) and "kind" in vars(value):
                found[value.kind] = value
    return found
