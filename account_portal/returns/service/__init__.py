"""What can be done with returns; the only place that decides."""

from account_portal.returns.service.reading import (
    get_return,
    get_return_detail,
    list_returns,
)
from account_portal.returns.service.requesting import (
    ask_back,
    cancel_return,
    create_return,
    list_returnable_items,
    quote_return,
)
from account_portal.returns.service.shop import (
    approve_return,
    complete_return,
    mark_return_shipped,
    receive_return,
    reject_return,
)

__all__ = [
    "approve_return",
    "ask_back",
    "cancel_return",
    "complete_return",
    "create_return",
    "get_return",
    "get_return_detail",
    "list_returnable_items",
    "list_returns",
    "mark_return_shipped",
    "quote_return",
    "receive_return",
    "reject_return",
]
