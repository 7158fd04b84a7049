"""Photos and videos of a form that is not sent yet."""

from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Any

import pydantic
import reflex as rx

from account_portal.core.errors import InvalidInput, NotAuthenticated, NotFound, PortalError
from account_portal.core.validation import invalid
from account_portal.evidence.rules import NEEDED, EvidenceNotFound
from account_portal.evidence.schemas import MAX_VIDEOS, AddEvidence, EvidenceFile
from account_portal.media.components import fault_of_files, sorted_files
from account_portal.media.schemas import MAX_IMAGES
from account_portal.ui.page_state import action, sentence
from account_portal.ui.uploading import Uploading

_TOO_MANY = f"At most {MAX_IMAGES} photos and {MAX_VIDEOS} video."


class EvidenceDraft(Uploading, mixin=True):
    """Of a form whose items are shown by photos and a video, each sent once it is chosen."""

    uploads: int = 0
    """How often files came: what was chosen leaves its field then."""

    async def _keep_evidence(self, data: AddEvidence) -> list[EvidenceFile]:
        """Have files kept for the order of the form."""
        raise NotImplementedError

    async def _drop_evidence(self, evidence_id: str) -> None:
        """Have one removed."""
        raise NotImplementedError

    async def _with_files(
        self, field: str, had: list[EvidenceFile], files: Sequence[Any]
    ) -> list[EvidenceFile]:
        """What there is once files are kept that came; what is not taken is said at `field`."""
        self.progress, self.uploads = 0, self.uploads + 1
        sent = sorted_files(files)
        kinds = [one.kind for one in had]
        if (
            len(sent["images"]) + kinds.count("image") > MAX_IMAGES
            or len(sent["videos"]) + kinds.count("video") > MAX_VIDEOS
        ):
            self.errors = {field: _TOO_MANY}
            return had
        try:
            return [*had, *await self._keep_evidence(_checked(sent))]
        except NotAuthenticated:
            raise
        except PortalError as error:
            texts = {name: sentence(texts[0]) for name, texts in error.fields.items()}
            said = [
                fault_of_files(name, text, sent, MAX_VIDEOS) or text for name, text in texts.items()
            ]
            self.errors = {field: " ".join(said) or error.message}
            return had

    async def _without(self, had: list[EvidenceFile], evidence_id: str) -> list[EvidenceFile]:
        """What there is once one of them is removed."""
        left = [file for file in had if file.id != evidence_id]
        if left != had:
            with suppress(NotFound):  # it went by itself after a day
                await self._drop_evidence(evidence_id)
        return left


class EvidenceOfLines(EvidenceDraft, mixin=True):
    """Of a form of an order's lines, each shown by its own; it has `lines`."""

    def _change(self, sku: str, **values: Any) -> None:
        """Change what was chosen for a line."""
        raise NotImplementedError

    def _line(self, sku: str) -> Any:
        form: Any = self
        return next((line for line in form.lines if line.item.sku == sku), None)

    @action
    async def add_evidence(self, sku: str, files: list[rx.UploadFile]) -> None:
        """Show a line by photos or a video that were chosen."""
        line = self._line(sku)
        had = line.evidence if line else []
        self._change(sku, evidence=await self._with_files(_field(sku), had, files))

    @action
    async def remove_evidence(self, sku: str, evidence_id: str) -> None:
        """Take a photo or video out again."""
        if line := self._line(sku):
            self._change(sku, evidence=await self._without(line.evidence, evidence_id))

    async def _has_evidence(self, quoted: Awaitable[Any]) -> bool:
        """Whether lines have all the evidence that their quote needs; else their fields say so.

        Raises:
            InvalidInput: what was added is not there any more.
        """
        try:
            required = (await quoted).evidence_required
        except EvidenceNotFound as error:
            self._forget_gone(error)
            raise InvalidInput(_=error.message) from None
        lacking = [sku for sku in required if not self._line(sku).evidence]
        self.errors = {_field(sku): NEEDED for sku in lacking}
        return not lacking

    def _forget_gone(self, error: PortalError) -> None:
        """Let go of all evidence if some was refused as not being there any more."""
        form: Any = self
        if isinstance(error, EvidenceNotFound):
            for line in form.lines:
                self._change(line.item.sku, evidence=[])


def _field(sku: str) -> str:
    return f"evidence-{sku}"


def _checked(sent: dict[str, Any]) -> AddEvidence:
    try:
        return AddEvidence.model_validate(sent)
    except pydantic.ValidationError as error:
        raise invalid(error) from None
