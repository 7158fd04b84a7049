"""What comes back with a deed, in the words of messages: the amounts that pages and API show."""

from pydantic import BaseModel


class ComingBack(BaseModel):
    """Amounts as they are written; of what does not come back there is none."""

    refund: str | None = None
    """Money, the way it was paid or another that was chosen."""
    credit: str | None = None
    points: str | None = None
    unpaid: str | None = None
    """What was still to be paid, and is not asked for any more."""

    def coming_back(self, how: str = "") -> str:
        """Sentences that follow others; `how` is the way the money takes, and by when."""
        said = f" {self.refund} comes back{how and f' {how}'}." if self.refund else ""
        rest = [f"{self.credit} as store credit"] if self.credit else []
        rest += [f"{self.points} points"] if self.points else []
        if rest:
            verb = "come" if self.points else "comes"
            said += f" {' and '.join(rest)} {verb} back{' too' if self.refund else ''}."
        if self.unpaid:
            said += f" You no longer have to pay {self.unpaid}."
        return said
