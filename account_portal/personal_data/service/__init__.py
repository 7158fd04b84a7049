"""The copy of everything about oneself, and the end of the account."""

from account_portal.personal_data.service.deleting import (
    delete_account,
    delete_customer,
    end_books,
    read_deletion,
    remove_last_messages,
)
from account_portal.personal_data.service.exporting import (
    ExportNotReady,
    export_address,
    list_exports,
    open_export,
    remove_ended_exports,
    request_export,
)
from account_portal.personal_data.service.making import make_exports
from account_portal.personal_data.service.names import find_deleted, orders_of_deleted, readmit
from account_portal.personal_data.service.reading import read_own_data

__all__ = [
    "ExportNotReady",
    "delete_account",
    "delete_customer",
    "end_books",
    "export_address",
    "find_deleted",
    "list_exports",
    "make_exports",
    "open_export",
    "orders_of_deleted",
    "read_deletion",
    "read_own_data",
    "readmit",
    "remove_ended_exports",
    "remove_last_messages",
    "request_export",
]
