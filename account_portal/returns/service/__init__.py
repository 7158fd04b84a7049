"""What can be done with returns; the only place that decides."""

from account_portal.returns.service.changing import (
    change_return,
    get_changeable_return,
    quote_change,
)
from account_portal.returns.service.correcting import correct_inspection, correctable_returns
from account_portal.returns.service.delivery import by_law_of, give_back_delivery_of
from account_portal.returns.service.inspecting import inspect_return
from account_portal.returns.service.parcel import tell_parcel
from account_portal.returns.service.reading import (
    get_return,
    get_return_detail,
    inspection_of,
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
from account_portal.returns.service.showing_found import hide_found, show_found

__all__ = [
    "approve_return",
    "ask_back",
    "by_law_of",
    "cancel_return",
    "change_return",
    "complete_return",
    "correct_inspection",
    "correctable_returns",
    "create_return",
    "get_changeable_return",
    "get_return",
    "get_return_detail",
    "give_back_delivery_of",
    "hide_found",
    "inspect_return",
    "inspection_of",
    "list_returnable_items",
    "list_returns",
    "mark_return_shipped",
    "quote_change",
    "quote_return",
    "receive_return",
    "reject_return",
    "show_found",
    "tell_parcel",
]
