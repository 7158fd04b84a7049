"""What signing in inside a frame takes and gives."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from account_portal.core.schemas import Input

Origin = Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$")]


class Vouch(Input):
    """A storefront's word for its customer.

    The origin is the one the browser says the word came from, not what the word says of itself.
    """

    assertion: str = Field(max_length=4096)
    origin: Origin


class SignedInElsewhere(Input):
    """What the portal's own window handed to the frame that opened it."""

    handover: str = Field(max_length=4096)
    origin: Origin


@dataclass(frozen=True, slots=True)
class FrameSession:
    """A session of a frame.

    Attributes:
        cookie: secret of its cookie.
        seconds: how long it lives.
        proof: what the page shows inside its connection, as it may get no cookie.
    """

    cookie: str
    seconds: int
    proof: str
