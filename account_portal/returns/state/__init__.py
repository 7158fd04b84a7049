"""States of the return pages."""

from account_portal.returns.state.changing import ChangeReturnState
from account_portal.returns.state.drafts import OTHER_REASON, REASONS
from account_portal.returns.state.following import ReturnDetailState, ReturnsState
from account_portal.returns.state.requesting import RequestReturnState

__all__ = [
    "OTHER_REASON",
    "REASONS",
    "ChangeReturnState",
    "RequestReturnState",
    "ReturnDetailState",
    "ReturnsState",
]
