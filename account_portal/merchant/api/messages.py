"""Messages to customers, for whoever watches that they go out."""

from typing import Annotated

from fastapi import Query

from account_portal.api.deps import Ctx
from account_portal.core.pagination import CursorPage
from account_portal.merchant import lists
from account_portal.merchant.api.deps import merchant_router
from account_portal.merchant.rows import MessageRow, MessagesQuery

router = merchant_router("Messages")


@router.expose(
    "GET",
    "/messages",
    operation_id="list-messages",
    summary="List messages to customers",
    message="Messages.",
    content="messages",
    scope="messages:read",
)
def list_messages(
    ctx: Ctx, query: Annotated[MessagesQuery, Query()]
) -> CursorPage[list[MessageRow]]:
    """Those of the last days, without what they say; `status=failed` is what did not go out."""
    return lists.list_messages(ctx, query)
