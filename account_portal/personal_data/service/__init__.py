"""The copy of everything about oneself."""

from account_portal.personal_data.service.exporting import (
    ExportNotReady,
    export_address,
    list_exports,
    open_export,
    read_own_data,
    remove_ended_exports,
    request_export,
)
from account_portal.personal_data.service.making import make_exports

__all__ = [
    "ExportNotReady",
    "export_address",
    "list_exports",
    "make_exports",
    "open_export",
    "read_own_data",
    "remove_ended_exports",
    "request_export",
]
