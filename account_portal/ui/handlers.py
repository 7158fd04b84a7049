"""Which handlers there are: what names another is refused at the door, before Reflex has it."""

import logging
from collections.abc import Mapping
from typing import Any

from reflex_base.event import resolve_upload_handler_param
from reflex_base.registry import RegistrationContext
from reflex_base.utils.exceptions import UploadTypeError, UploadValueError

from account_portal.edge.logs import plain_name

log = logging.getLogger("account_portal.pages")


def guard_events(namespace: Any) -> None:
    """Refuse events that no handler is there for before Reflex queues them, and logs them whole."""
    if namespace is None:
        return
    # Taken where the app is made: a connection's task may run in a context without it.
    known = RegistrationContext.get().event_handlers
    receive = namespace.on_event

    async def on_event(sid: str, data: Any = None) -> None:
        name = data.get("name") if isinstance(data, dict) else None
        if isinstance(name, str) and name in known:
            await receive(sid, data)
        else:
            log.warning("an event without a handler was refused: %s", plain_name(name))

    namespace.on_event = on_event


def takes_files(handlers: Mapping[str, Any], name: str) -> bool:
    """Whether a handler of this name exists that files can be sent to."""
    known = handlers.get(name)
    if known is None:
        return False
    try:
        resolve_upload_handler_param(known.handler)
    except (UploadTypeError, UploadValueError):
        return False
    return True
