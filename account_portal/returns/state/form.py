"""What is said of the lines of an order that go back: asked for anew, or changed."""

from typing import Any

import reflex as rx

from account_portal.core.errors import Conflict, Unprocessable
from account_portal.doors.page import write
from account_portal.evidence import service as evidence
from account_portal.evidence.components import EvidenceOfLines
from account_portal.evidence.schemas import AddEvidence, EvidenceFile
from account_portal.returns.rules import (
    ItemNotDelivered,
    ItemNotReturnable,
    QuantityNotReturnable,
)
from account_portal.returns.schemas import REASON_CODES, CreateOrderReturnItem, ReturnQuote
from account_portal.returns.state.drafts import (
    OTHER_REASON,
    REASONS,
    RESOLUTIONS,
    ReturnLine,
    missing,
)
from account_portal.states import ReturnResolution
from account_portal.ui.chosen_lines import with_change
from account_portal.ui.page_state import typed


class ReturnForm(EvidenceOfLines, mixin=True):
    """Lines of an order, what is chosen of each, and what it would give back."""

    step: int = 1
    lines: list[ReturnLine] = []
    can_return: bool = False
    quote: ReturnQuote | None = None
    _reached: int = 1

    def _of_order(self) -> str:
        """Number of the order."""
        raise NotImplementedError

    async def _quote(self) -> ReturnQuote:
        """What would come back for what is chosen."""
        raise NotImplementedError

    async def _show_anew(self) -> None:
        """The lines as they can go back now."""
        raise NotImplementedError

    async def _quote_now(self) -> ReturnQuote:
        """The same; where units are refused, the lines are shown as they can go back now."""
        try:
            return await self._quote()
        except (ItemNotDelivered, ItemNotReturnable, QuantityNotReturnable):
            await self._show_anew()
            raise

    async def _show_quote(self) -> None:
        try:
            self.quote = await self._quote_now()
        except (Conflict, Unprocessable) as error:
            # Something else happened to the order meanwhile.
            self._say(error.message, "danger")
            self.step = self._reached = 1

    async def _is_complete(self, form: dict[str, Any]) -> bool:
        """Whether the first step says all that is needed; what is missing is said at its fields.

        Raises:
            InvalidInput: photos or videos are not there any more.
        """
        self._take_comments(form)
        self.errors = missing(self.lines)
        return not self.errors and await self._has_evidence(self._quote_now())

    def _said(self) -> dict[str, Any]:
        """What is sent of the lines: the items, and the preview that was seen of them."""
        seen = {"preview": self.quote.digest} if self.quote else {}
        return {"return_items": self._wanted(), **seen}

    def _wanted(self) -> list[CreateOrderReturnItem]:
        return [
            CreateOrderReturnItem(
                product_id=line.item.product_id,
                sku=line.item.sku,
                quantity=int(line.quantity),
                resolution=ReturnResolution(line.resolution),
                return_reason=line.words,
                reason_code=REASON_CODES.get(line.reason),
                evidence=[file.id for file in line.evidence],
            )
            for line in self.lines
            if line.chosen
        ]

    @rx.event
    async def choose(self, sku: str, on: bool) -> None:
        """Put a line into the return, or take it out."""
        self._change(sku, chosen=on is True)

    @rx.event
    async def choose_quantity(self, sku: str, quantity: str) -> None:
        """Say how many units go back."""
        self._change(sku, quantity=quantity)

    @rx.event
    async def choose_reason(self, sku: str, reason: str) -> None:
        """Say why."""
        if reason in REASONS:
            self._change(sku, reason=reason)

    @rx.event
    async def choose_resolution(self, sku: str, resolution: str) -> None:
        """Say whether a refund or a replacement is wanted."""
        if resolution in RESOLUTIONS:
            self._change(sku, resolution=resolution)

    async def _keep_evidence(self, data: AddEvidence) -> list[EvidenceFile]:
        kept: list[EvidenceFile] = await write(
            self, evidence.add_evidence, self._of_order(), data, slow_first=True
        )
        return kept

    async def _drop_evidence(self, evidence_id: str) -> None:
        await write(self, evidence.delete_evidence, self._of_order(), evidence_id)

    def _change(self, sku: str, **values: Any) -> None:
        """Change what was chosen for a line; further steps ask anew."""
        self._reached = 1
        self.lines = with_change(self.lines, sku, values)

    def _take_comments(self, form: dict[str, Any]) -> None:
        """What was typed of the lines that go back for a reason of their own."""
        self.lines = [
            line.model_copy(update={"comment": typed(form, f"comment-{line.item.sku}", 500)})
            if line.chosen and line.reason == OTHER_REASON
            else line
            for line in self.lines
        ]
