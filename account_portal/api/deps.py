"""What routes may ask for, ready to be used as annotations."""

from typing import Annotated

from fastapi import Header, Path, Query

from account_portal.api.router import OWN_USER
from account_portal.context import Context
from account_portal.core.pagination import PageParams
from account_portal.core.schemas import OrderNumber, Ulid

Ctx = Context
"""The call: transaction, caller, moment."""

OwnUser = Annotated[Ulid, Path(description="User id; must be the caller's own."), OWN_USER]
"""A user id in the path; anybody else's is 403, and the service never sees it."""

PageQuery = Annotated[PageParams, Query()]
"""Which page of a list."""

OrderNumberPath = Annotated[OrderNumber, Path(description="Order number.")]

DEVICE_TOKEN = {
    "parameters": [
        {
            "name": "X-Device-Token",
            "in": "header",
            "required": False,
            "description": "What an earlier sign-in on this device gave as `device_token`: "
            "tries then count for this device alone, whatever strangers do. Anything else counts "
            "as none.",
            "schema": {"type": "string"},
        }
    ]
}
"""What calls say that try a secret or send a code; `Caller.device` has its value."""

DebugMode = Annotated[
    bool,
    Header(
        alias="x-debug-mode",
        description="Asks for the code in the answer; heeded only on servers that run with debug "
        "OTPs.",
    ),
]
