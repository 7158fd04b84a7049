"""States of the pages on which an order is found without an account."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.claims.components import PROBLEMS_OF, files_of
from account_portal.claims.rules import NEEDS_WORDS, is_untold
from account_portal.claims.schemas import (
    LONGEST_WORDS,
    ClaimableParcel,
    ClaimQuote,
    CreateClaim,
)
from account_portal.core.errors import InvalidInput, NotAuthenticated, PortalError
from account_portal.core.validation import readable_phones
from account_portal.doors.page import read, write
from account_portal.evidence.components import EvidenceDraft
from account_portal.evidence.rules import NEEDED, EvidenceNotFound
from account_portal.evidence.schemas import AddEvidence, EvidenceFile
from account_portal.guests import service
from account_portal.guests.schemas import (
    CancelFoundOrder,
    ChoosableLine,
    FoundCancelChoice,
    FoundPage,
)
from account_portal.orders.rules import PreviewOutdated
from account_portal.orders.schemas import (
    AftercareCard,
    CancelPreview,
    OrderDetail,
    OrderPaymentStatus,
    Parcel,
    PriceBreakdown,
    ReturnUntil,
    ShownRefund,
    StatedWithdrawal,
)
from account_portal.returns.schemas import (
    REASON_CODES,
    CreateOrderReturn,
    PreviewOrderReturn,
    ReturnQuote,
)
from account_portal.states import ClaimProblem, ReturnResolution
from account_portal.ui.failures import refused
from account_portal.ui.page_state import PageState, action, typed

CLOSED = f"{routes.FIND_ORDER}?error=order_closed"
"""Where it leads when no order is open any more."""
ANOTHER = service.AnotherOrderOpen.message
REASONS: dict[str, str] = {code: words for words, code in REASON_CODES.items()}


class FindOrderState(PageState):
    """Looking for an order. The forms are sent by the browser, as their answers set cookies."""

    step: str = ""
    """`code` once a code is on its way."""
    faults: dict[str, str] = {}
    number: str = ""
    """Of the order that a page or a message led here for."""

    @rx.event
    async def load(self) -> None:
        """Show the step and the failure that the address names."""
        query = self.router.url.query_parameters
        self.step = "code" if query.get("step") == "code" else ""
        self.number = str(query.get("number", ""))[:40]
        error = query.get("error", "")
        wait = str(query.get("wait", ""))[:6]
        self.faults = refused(error, None, int(wait) if wait.isdecimal() else 0) if error else {}


class FoundOrderState(EvidenceDraft, PageState):
    """One order, for whoever proved its contact: they choose, see what it gives, then do it."""

    phase: str = "loading"
    shown: OrderDetail | None = None
    price: PriceBreakdown | None = None
    payment: OrderPaymentStatus | None = None
    is_waiting_for_money: bool = False
    checkout_link: str = ""
    refunds: list[ShownRefund] = []
    can_cancel: bool = False
    can_return: bool = False
    can_report: bool = False
    missing_parcels: list[ClaimableParcel] = []
    parcels: list[Parcel] = []
    is_digital: bool = False
    can_download: bool = False
    returns: list[AftercareCard] = []
    claims: list[AftercareCard] = []
    withdrawals: list[StatedWithdrawal] = []
    return_until: ReturnUntil | None = None
    return_note: str = ""
    """Why nothing can be returned."""
    asking: str = ""
    """What is asked about: `cancel`, `return`, `report`, or `missing` for a parcel."""
    lines: list[ChoosableLine] = []
    """What can be chosen of the order."""
    cancelling: CancelPreview | None = None
    """What cancelling the chosen units would do."""
    returning: ReturnQuote | None = None
    """What returning them would."""
    reporting: ClaimQuote | None = None
    """What reporting them asks for."""
    is_closed: bool = False
    """The account, in which more could be done."""
    withdraw_link: str = ""
    help_link: str = ""

    reason: str = ""
    """Why something goes back, as it was chosen."""
    problem: str = ""
    wish: str = ReturnResolution.REFUND
    details: str = ""
    """What is reported: what is wrong, what is wished for, and in which words."""
    evidence: list[EvidenceFile] = []
    """What shows what was chosen."""
    _parcel: str = ""
    """The parcel that is reported as missing."""
    _chosen: list[dict[str, Any]] = []

    @rx.var
    def phones(self) -> dict[str, str]:
        """How the numbers of its addresses are read, by the numbers as they stand."""
        return readable_phones(self.shown.shipping_address) if self.shown else {}

    @rx.var
    def files(self) -> str:
        """How much of what is reported is downloaded: `all`, `some`, or nothing."""
        if self.asking != "report":
            return ""
        open_lines = [line for line in self.lines if line.counts]
        chosen = [line for line in open_lines if line.chosen != "0"]
        return files_of(line.is_digital for line in chosen or open_lines)

    @rx.var
    def problems(self) -> list[list[str]]:
        """What can be wrong with all that was chosen; before anything is, with any of it."""
        return [list(one) for one in PROBLEMS_OF[self.files]]

    @rx.event
    async def choose_count(self, sku: str, count: str) -> None:
        """Choose how many of a line; what cannot be wrong with it is no longer offered."""
        self.lines = [
            line.model_copy(update={"chosen": count})
            if line.sku == sku and [count, count] in line.counts
            else line
            for line in self.lines
        ]

    @rx.event
    async def load(self) -> None:
        """Show the order that the browser's cookie opens, or lead back to looking for it."""
        is_first = self.phase == "loading"  # it is told once, though the address stays
        self.reset()
        if is_first and self.router.url.query_parameters.get("error") == "another_order":
            self._say(ANOTHER, "danger")
        try:
            await self._show_open()
        except NotAuthenticated:
            self._go(CLOSED)
        except PortalError:
            self.phase = "failed"

    async def _show_open(self) -> None:
        """Whichever order the cookie opens."""
        self._fill(await read(self, service.read_found_page))

    async def _show(self) -> None:
        """The order that is shown, anew."""
        self._fill(await self._read(service.read_found_page))

    async def _read(self, work: Callable[..., Any], *args: Any) -> Any:
        return await read(self, self._of_shown(work), *args)

    async def _write(self, work: Callable[..., Any], *args: Any, slow_first: bool = False) -> Any:
        return await write(self, self._of_shown(work), *args, slow_first=slow_first)

    def _of_shown(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """A service that acts for the order on the page alone, whatever the browser opened since.

        An upload and a connection that came back bring the cookie that the browser has by then.
        """
        number = self.shown.order_number if self.shown else ""

        @wraps(work)
        def checked(ctx: Any, *args: Any) -> Any:
            service.require_open(ctx, number)
            return work(ctx, *args)

        return checked

    def _fill(self, page: FoundPage) -> None:
        self.shown, self.price, self.payment = page.order, page.price, page.payment
        self.is_waiting_for_money = page.is_waiting_for_money
        self.checkout_link = page.checkout_link
        self.refunds = page.refunds
        self.withdraw_link, self.is_closed = page.withdraw_link, page.is_closed
        self.can_cancel = any(line.counts for line in page.to_cancel)
        self.can_return = any(line.counts for line in page.to_return)
        self.can_report = any(line.counts for line in page.to_report)
        self.missing_parcels, self.parcels = page.missing_parcels, page.parcels
        self.is_digital, self.can_download = page.is_digital, page.can_download
        self.returns, self.claims = page.returns, page.claims
        self.withdrawals = page.withdrawals
        self.return_until, self.return_note = page.return_until, page.return_note
        self.help_link = page.help_link
        choices = {"cancel": page.to_cancel, "return": page.to_return, "report": page.to_report}
        self.lines = choices.get(self.asking, [])
        self.phase = "ready"

    @action
    async def ask(self, about: str) -> None:
        """Begin to cancel or to send back; anything else closes what is open."""
        self._close()
        self.asking = about if about in ("cancel", "return", "report") else ""
        await self._or_leave(self._show())

    @action
    async def ask_about_parcel(self, reference_number: str) -> None:
        """Begin to report that a parcel did not arrive."""
        self._close()
        if any(one.reference_number == reference_number for one in self.missing_parcels):
            self.asking, self._parcel = "missing", reference_number
        await self._or_leave(self._show())

    def _close(self) -> None:
        self.asking, self.cancelling, self.returning, self.lines = "", None, None, []
        self._chosen, self.reason, self.reporting = [], "", None
        self._parcel = self.problem = self.details = ""
        self.evidence = []

    @action
    async def check(self, form: dict[str, Any]) -> None:
        """Show what the choice would give; it changes nothing."""
        # Whoever comes back from what it would give finds what was chosen.
        self.lines = [
            line.model_copy(update={"chosen": count if [count, count] in line.counts else "0"})
            for line in self.lines
            for count in [str(form.get(f"quantity-{line.sku}"))]
        ]
        self._chosen = [
            {
                **line.model_dump(include={"sku", "product_id", "resolution"}),
                "quantity": int(line.chosen),
            }
            for line in self.lines
            if line.chosen != "0"
        ]
        reason = str(form.get("reason") or "")
        self.reason = reason if reason in REASONS else ""
        self._read_report(form)
        if not self._chosen and self.asking != "missing":
            raise InvalidInput(_="Choose how many of which item.")
        if self.asking == "return" and not self.reason:
            raise InvalidInput(reason="Please choose one.")
        if self.asking == "report" and self.problem not in dict(PROBLEMS_OF[self.files]):
            raise InvalidInput(problem="Please choose one.")
        if self.asking == "report" and is_untold(self.problem, self.details):
            raise InvalidInput(details=NEEDS_WORDS)
        try:
            await self._or_leave(self._preview())
        except EvidenceNotFound as error:
            self.evidence = []
            raise InvalidInput(evidence=error.message) from None
        shown = self.returning or self.reporting
        if shown is not None and shown.evidence_required and not self.evidence:
            self.returning = self.reporting = None
            raise InvalidInput(evidence=NEEDED)

    def _read_report(self, form: dict[str, Any]) -> None:
        problem, wish = str(form.get("problem") or ""), str(form.get("wish") or "")
        self.problem = problem if problem in set(ClaimProblem) else ""
        self.wish = wish if wish in set(ReturnResolution) else ReturnResolution.REFUND
        self.details = typed(form, "details", LONGEST_WORDS)

    def _claim(self) -> CreateClaim:
        words = {"details": self.details} if self.details else {}
        if self.asking == "missing":
            about: dict[str, Any] = {"reference_number": self._parcel, **words}
        else:
            units = [{key: one[key] for key in ("sku", "quantity")} for one in self._chosen]
            said = {"problem": self.problem, "evidence": self._shown_by(), **words}
            about = {"claim_items": [{**one, **said} for one in units]}
        return CreateClaim.model_validate({"wish": self.wish, **about})

    def _shown_by(self) -> list[str]:
        """All that was added shows all that was chosen."""
        return [file.id for file in self.evidence]

    @action
    async def add_evidence(self, files: list[rx.UploadFile]) -> None:
        """Show what is chosen by photos or a video."""
        await self._or_leave(self._show_by(self._with_files("evidence", self.evidence, files)))

    @action
    async def remove_evidence(self, evidence_id: str) -> None:
        """Take a photo or video out again."""
        await self._or_leave(self._show_by(self._without(self.evidence, evidence_id)))

    async def _show_by(self, files: Awaitable[list[EvidenceFile]]) -> None:
        self.evidence = await files

    async def _keep_evidence(self, data: AddEvidence) -> list[EvidenceFile]:
        kept: list[EvidenceFile] = await self._write(
            service.add_found_evidence, data, slow_first=True
        )
        return kept

    async def _drop_evidence(self, evidence_id: str) -> None:
        await self._write(service.delete_found_evidence, evidence_id)

    async def _preview(self) -> None:
        self.cancelling = self.returning = self.reporting = None
        if self.asking == "cancel":
            choice = FoundCancelChoice.model_validate({"cancel_items": self._chosen})
            self.cancelling = await self._read(service.preview_found_cancel, choice)
        elif self.asking == "return":
            wanted = PreviewOrderReturn.model_validate({"return_items": self._items()})
            self.returning = await self._read(service.preview_found_return, wanted)
        elif self.asking:
            self.reporting = await self._read(service.quote_found_claim, self._claim())

    def _items(self) -> list[dict[str, Any]]:
        why = {
            "reason_code": self.reason,
            "return_reason": REASONS[self.reason],
            "evidence": self._shown_by(),
        }
        return [{**one, **why} for one in self._chosen]

    @action
    async def choose_again(self) -> None:
        """Back from what it would give to what is chosen."""
        self.cancelling = self.returning = self.reporting = None

    @action
    async def confirm(self) -> None:
        """Do what was shown, and nothing else."""
        try:
            await self._or_leave(self._do())
        except PreviewOutdated as error:
            await self._or_leave(self._preview())
            self._say(error.message, "danger")  # raised, the page would load without it

    async def _do(self) -> None:
        if self.cancelling is not None:
            cancel = CancelFoundOrder.model_validate(
                {
                    "cancel_items": self._chosen,
                    "cancellation_reason": "Cancelled by its customer",
                    "preview": self.cancelling.digest,
                }
            )
            await self._write(service.cancel_found_order, cancel)
            self._say("Cancelled.")
        elif self.returning is not None:
            wanted = CreateOrderReturn.model_validate(
                {"return_items": self._items(), "preview": self.returning.digest}
            )
            await self._write(service.return_found_items, wanted)
            self._say("Your return is requested. You hear from the store by message.")
        elif self.reporting is not None:
            seen = {"preview": self.reporting.digest}
            claim = self._claim().model_copy(update=seen)
            await self._write(service.claim_found_items, claim)
            self._say("Your report is sent. You hear from the store by message.")
        self._close()
        await self._show()

    async def _or_leave(self, work: Any) -> None:
        """Do some work; back to looking for the order if it is not open any more."""
        try:
            await work
        except service.AnotherOrderOpen:
            self._go(routes.ANOTHER_FOUND)
        except NotAuthenticated:
            self._go(CLOSED)

    def _go(self, to: str) -> None:
        self.reset()
        self.leave_to = to
