"""Fresh proof of who is signed in: what is asked for when it is missing."""

from pydantic import Field

from account_portal.core.errors import Forbidden
from account_portal.core.schemas import View


class ProofWays(View):
    """How a customer can prove who they are, as a dialog offers it."""

    password: bool = False
    passkey: bool = False
    codes: dict[str, str] = Field(default_factory=dict)
    """Contacts that a code can be sent to, masked, by channel: email, sms, whatsapp."""


class FreshProofRequired(Forbidden):
    """Who is signed in has to prove again who they are; `ways` says how they can."""

    code = "fresh_proof_required"
    message = "Confirm it's you to do this: by your password, a passkey or a code."

    def __init__(self, ways: ProofWays) -> None:
        super().__init__()
        self.ways = ways
