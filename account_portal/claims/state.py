"""States of the form that reports a problem, and of one report."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.claims import service
from account_portal.claims.components import files_of
from account_portal.claims.rules import NEEDS_WORDS, is_untold
from account_portal.claims.schemas import (
    LONGEST_WORDS,
    Claimable,
    ClaimableItem,
    ClaimableParcel,
    ClaimDetail,
    ClaimQuote,
    CreateClaim,
)
from account_portal.core.errors import Conflict, InvalidInput, NotFound, Unprocessable
from account_portal.core.ids import new_id
from account_portal.doors.page import read, write
from account_portal.evidence import service as evidence
from account_portal.evidence.components import EvidenceOfLines
from account_portal.evidence.schemas import AddEvidence, EvidenceFile
from account_portal.orders.rules import PreviewOutdated
from account_portal.states import ClaimProblem, ReturnResolution
from account_portal.ui.chosen_lines import ChosenLine, as_offered, with_change
from account_portal.ui.page_state import PageData, PageState, action, page_load, typed


class ClaimLine(ChosenLine):
    """A line of the order, and what is wrong with it."""

    item: ClaimableItem
    evidence: list[EvidenceFile] = []
    problem: str = ""
    details: str = ""


class ReportProblemState(EvidenceOfLines, PageData, PageState):
    """The form that says what is wrong with an order. Its step is in the address.

    What was chosen is kept here until it is sent, so that Back and reload lose nothing.
    """

    step: int = 1
    parcels: list[ClaimableParcel] = []
    lines: list[ClaimLine] = []
    reports: list[str] = []
    """Numbers of what was reported already and is being looked into."""
    help_link: str = ""
    """Where they get help with what this form can't report."""
    has_items: bool = False
    """Something can be wrong with items that arrived."""
    about: str = ""
    """The parcel that did not arrive; empty: items."""
    wish: str = ReturnResolution.REFUND
    details: str = ""
    """What was said of the parcel."""
    quote: ClaimQuote | None = None
    _reached: int = 1
    _repeat: str = ""
    _made: str = ""
    """Number of the claim, once it was sent."""

    @rx.var
    def wishes(self) -> list[str]:
        """What can be wished for all that was chosen; before anything is, for any of it."""
        if self.about:
            offered = [
                one.resolutions for one in self.parcels if one.reference_number == self.about
            ]
        else:
            some = any(line.chosen for line in self.lines)
            offered = [
                line.item.resolutions
                for line in self.lines
                if line.counts and (line.chosen or not some)
            ]
        return [one.value for one in ReturnResolution if all(one in ways for ways in offered)]

    @rx.var
    def files(self) -> str:
        """How much of what was chosen is downloaded: `all`, `some`, or nothing."""
        return (
            "" if self.about else files_of(one.item.is_digital for one in self.lines if one.chosen)
        )

    @page_load
    async def load(self) -> None:
        """Show the step of the address, or the first that still asks for something."""
        number = self.order_number
        found = await read(self, service.list_claimable, number)
        asked = dict(self.router.url.query_parameters)
        if self._made or not self._repeat:
            self._begin()
        before = self._chosen()
        self._show(found)
        if self._reached == 2 and before != self._chosen():
            self._reached = 1
            self._say(
                "Something changed meanwhile. Please look at what you report again.", "danger"
            )
        if asked.get("parcel") in self._parcel_numbers():
            self.about, self._reached = asked["parcel"], 1
        self._keep_wish()
        self.step = 2 if asked.get("step") == "2" and self._reached == 2 else 1
        if self.step == 2:
            await self._show_quote(number)

    def _begin(self) -> None:
        self.lines, self.about, self.details, self.quote = [], "", "", None
        self._repeat, self._made, self._reached = new_id(), "", 1

    def _show(self, found: Claimable) -> None:
        kept = {line.item.sku: line for line in self.lines}
        open_skus = [item.sku for item in found.lines if item.claimable_quantity]
        self.parcels, self.has_items = found.parcels, bool(open_skus)
        self.reports, self.help_link = found.open_claims, found.help_link
        lines = []
        for item in found.lines:
            line = kept.get(item.sku) or ClaimLine(
                item=item, counts=[], chosen=open_skus == [item.sku]
            )
            lines.append(as_offered(line, item, item.claimable_quantity))
        self.lines = lines
        numbers = self._parcel_numbers()
        if self.about not in numbers:
            self.about = "" if open_skus or not numbers else numbers[0]

    def _chosen(self) -> tuple[str, list[tuple[str, str]]]:
        """What it is about: a parcel, or so many units of lines."""
        return self.about, [
            (line.item.sku, line.quantity) for line in self.lines if line.chosen and not self.about
        ]

    def _parcel_numbers(self) -> list[str]:
        return [one.reference_number for one in self.parcels]

    def _keep_wish(self) -> None:
        if self.wish not in self.wishes:
            self.wish = next(iter(self.wishes), ReturnResolution.REPLACEMENT)

    async def _show_quote(self, number: str) -> None:
        try:
            self.quote = await read(self, service.quote_claim, number, self._claim())
        except (Conflict, NotFound, Unprocessable) as error:
            # Something else happened to the order meanwhile.
            self._say(error.message, "danger")
            self.step = self._reached = 1

    def _claim(self) -> CreateClaim:
        if self.about:
            words = {"details": self.details} if self.details else {}
            about: dict[str, Any] = {"reference_number": self.about, **words}
        else:
            about = {
                "claim_items": [
                    {
                        "sku": line.item.sku,
                        "quantity": int(line.quantity),
                        "problem": line.problem,
                        **({"details": line.details} if line.details else {}),
                        "evidence": [file.id for file in line.evidence],
                    }
                    for line in self.lines
                    if line.chosen
                ]
            }
        return CreateClaim.model_validate({"wish": self.wish, **about})

    @rx.event
    async def choose_about(self, about: str) -> None:
        """Say what it is about: a parcel, or items."""
        if about in ("", *self._parcel_numbers()):
            self.about, self.errors, self._reached = about, {}, 1
            self._keep_wish()

    @rx.event
    async def choose(self, sku: str, on: bool) -> None:
        """Say that something is wrong with a line, or that nothing is."""
        self._change(sku, chosen=on is True)
        self._keep_wish()

    @rx.event
    async def choose_quantity(self, sku: str, quantity: str) -> None:
        """Say of how many units."""
        self._change(sku, quantity=quantity)

    @rx.event
    async def choose_problem(self, sku: str, problem: str) -> None:
        """Say what is wrong."""
        if problem in set(ClaimProblem):
            self._change(sku, problem=problem)

    @rx.event
    async def choose_wish(self, wish: str) -> None:
        """Say whether a refund or a replacement is wanted."""
        if wish in self.wishes:
            self.wish, self._reached = wish, 1

    async def _keep_evidence(self, data: AddEvidence) -> list[EvidenceFile]:
        number = self.order_number
        kept: list[EvidenceFile] = await write(
            self, evidence.add_evidence, number, data, slow_first=True
        )
        return kept

    async def _drop_evidence(self, evidence_id: str) -> None:
        await write(self, evidence.delete_evidence, self.order_number, evidence_id)

    def _change(self, sku: str, **values: Any) -> None:
        """Change what was said of a line; the next step asks anew."""
        self._reached = 1
        self.lines = with_change(self.lines, sku, values)

    @action
    async def go_on(self, form: dict[str, Any]) -> Any:
        """Go on to the last look."""
        self.details = _typed(form, "details", self.details)
        self.lines = [
            line.model_copy(
                update={"details": _typed(form, f"details-{line.item.sku}", line.details)}
            )
            for line in self.lines
        ]
        chosen = [line for line in self.lines if line.chosen]
        if not self.about:
            if not chosen:
                raise InvalidInput(_="Choose at least one item.")
            faults = {
                f"problem-{line.item.sku}": "Choose what is wrong."
                for line in chosen
                if not line.problem
            } | {
                f"details-{line.item.sku}": NEEDS_WORDS
                for line in chosen
                if is_untold(line.problem, line.details)
            }
            if faults:
                raise InvalidInput(**faults)
        quoted = read(self, service.quote_claim, self.order_number, self._claim())
        if not await self._has_evidence(quoted):
            return None
        self._reached = 2
        return self._go(2)

    @action
    async def send(self) -> Any:
        """Report it: once, however often it is pressed."""
        if self._reached < 2:
            return self._go(1)
        number = self.order_number
        if not self._made:
            seen = {"preview": self.quote.digest} if self.quote else {}
            claim = self._claim().model_copy(update=seen)
            try:
                made = await write(self, service.create_claim, number, claim, repeat=self._repeat)
            except PreviewOutdated as error:
                await self._show_quote(number)
                self._say(error.message, "danger")
                return None
            except (NotFound, Unprocessable) as error:
                self._forget_gone(error)
                self._say(error.message, "danger")
                return self._go(1)
            self._made = made.claim_number if made else ""
            self._tell_storefront("claim-opened", order_number=number, claim_number=self._made)
            self._say("Report sent.")
        return rx.redirect(routes.claim_detail(self._made) if self._made else routes.order(number))

    def _go(self, step: int) -> Any:
        query = f"?step={step}" if step > 1 else ""
        return rx.redirect(self.router.url.path.rstrip("/") + query)


def _typed(form: dict[str, Any], name: str, before: str) -> str:
    """What stands in a field, cut to what fits; what was said before where it is not shown."""
    return typed(form, name, LONGEST_WORDS) if name in form else before


class ClaimDetailState(PageData, PageState):
    """One report."""

    DIALOGS = ("is_withdrawing",)
    shown: ClaimDetail | None = None
    is_withdrawing: bool = False
    _repeat: str = ""

    @page_load
    async def load(self) -> None:
        """Show the report of the address."""
        self.shown = await read(self, service.get_claim_detail, self.claim_id)
        self._repeat = new_id()

    @rx.event
    async def open_withdraw(self) -> None:
        """Ask whether to withdraw it."""
        self.is_withdrawing = True

    @rx.event
    async def close_withdraw(self) -> None:
        """Keep it."""
        self.is_withdrawing = False

    @action
    async def withdraw(self) -> None:
        """Take the report back."""
        number = self.claim_id
        try:
            await write(self, service.withdraw_claim, number, repeat=self._repeat)
        finally:
            self.is_withdrawing = False  # what went wrong is said on the page beneath
        self.shown = await read(self, service.get_claim_detail, number)
        self._say("Report withdrawn.")
