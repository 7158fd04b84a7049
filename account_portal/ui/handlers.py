"""Which handlers take files."""

from collections.abc import Mapping
from typing import Any

from reflex_base.event import resolve_upload_handler_param
from reflex_base.utils.exceptions import UploadTypeError, UploadValueError


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
