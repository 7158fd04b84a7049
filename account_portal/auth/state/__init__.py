"""States of sign-in and of the security page."""

from account_portal.auth.state.forgot import ForgotState
from account_portal.auth.state.login import LoginState
from account_portal.auth.state.presence import PresenceState
from account_portal.auth.state.proof import ProofState
from account_portal.auth.state.reauthentication import SignInAgainState
from account_portal.auth.state.register import RegisterState
from account_portal.auth.state.security import SecurityState

__all__ = [
    "ForgotState",
    "LoginState",
    "PresenceState",
    "ProofState",
    "RegisterState",
    "SecurityState",
    "SignInAgainState",
]
