"""State of the page of reviews."""

from typing import Any, TypeVar

import pydantic
import reflex as rx

from account_portal import routes
from account_portal.core.pagination import paginate
from account_portal.core.schemas import Upload, View
from account_portal.core.validation import invalid
from account_portal.doors.page import read, write
from account_portal.media.components import fault_of_files, sorted_files
from account_portal.reviews import rules, service
from account_portal.reviews.schemas import (
    MAX_VIDEOS,
    CreateReview,
    CustomerReadyForReview,
    CustomerReview,
    CustomerReviews,
    UpdateReview,
)
from account_portal.ui.asking import told_in_form
from account_portal.ui.page_state import PageData, PageState, action, page_load
from account_portal.ui.paging import page_links, wanted_page
from account_portal.ui.uploading import Uploading

_PER_PAGE = 20
_GONE = "This review is not there any more."
_NOT_WAITING = "This product is not waiting for a review."


class Writing(View):
    """The product that is being reviewed, and what the form begins with."""

    product_id: str
    product_name: str
    product_image_url: str
    order_number: str
    rating: float = 0
    review_text: str = ""
    review_id: str = ""
    """The review that is changed; none: a new one is written."""
    is_edit: bool = False
    had_files: bool = False
    is_published: bool = False


class ReviewsState(Uploading, PageData, PageState):
    """Products that wait for a review and reviews written. Tab and page are in the address."""

    DIALOGS = ("deleting",)
    tab: str = "waiting"
    waiting: list[CustomerReadyForReview] = []
    written: list[CustomerReview] = []
    waiting_count: int = 0
    written_count: int = 0
    page: int = 1
    pages: int = 0
    previous_link: str = ""
    next_link: str = ""
    told: str = ""
    """Why the product of the address can't be reviewed."""
    writing: Writing | None = None
    """What the dialog is about; none: it is closed."""
    deleting: str = ""
    """The review that is about to be deleted; none: nobody is asked."""
    deleting_name: str = ""

    @page_load
    async def load(self) -> None:
        """Show the tab of the address; `?product=…` begins the review of that product."""
        query = dict(self.router.url.query_parameters)
        found = await self._show(query)
        product_id = query.get("product", "")
        self.writing, self.told = _begun(found, product_id), ""
        if product_id and self.writing is None:
            done = any(one.product_id == product_id for one in found.reviews)
            self.told = rules.ReviewExists.message if done else _NOT_WAITING

    async def _look_again(self) -> None:
        await self._show(dict(self.router.url.query_parameters), changed=True)

    async def _show(self, query: dict[str, str], *, changed: bool = False) -> CustomerReviews:
        """Show what the address asks for; of a list that `changed` meanwhile the nearest page."""
        found: CustomerReviews = await read(self, service.list_reviews)
        self.tab = "mine" if query.get("tab") == "mine" else "waiting"
        self.waiting_count = len(found.ready_for_review)
        self.written_count = len(found.reviews)
        wanted = wanted_page(query, _PER_PAGE)
        total = self.written_count if self.tab == "mine" else self.waiting_count
        pagination = paginate(total, wanted)
        if changed and wanted.page > max(1, pagination.total_pages):
            wanted = wanted_page({"page": pagination.total_pages or 1}, _PER_PAGE)
            pagination = paginate(total, wanted)
        part = slice(wanted.offset, wanted.offset + wanted.limit)
        self.waiting = found.ready_for_review[part] if self.tab == "waiting" else []
        self.written = found.reviews[part] if self.tab == "mine" else []
        self.page, self.pages = wanted.page, pagination.total_pages
        kept = {"tab": "mine"} if self.tab == "mine" else {}
        self.previous_link, self.next_link = page_links(routes.REVIEWS, pagination, **kept)
        return found

    @action
    async def write(self, product_id: str) -> None:
        """Open the form for a product that waits, or whose review was declined."""
        self.progress = 0
        self.writing = _begun(await read(self, service.list_reviews), product_id)
        if self.writing is None:
            await self._show(dict(self.router.url.query_parameters), changed=True)
            self._say(_NOT_WAITING, "info")

    @action
    async def edit(self, review_id: str) -> None:
        """Open the form with what a review says."""
        self.progress = 0
        found = await read(self, service.list_reviews)
        self.writing = next((_edited(one) for one in found.reviews if one.id == review_id), None)
        if self.writing is None:
            await self._show(dict(self.router.url.query_parameters), changed=True)
            self._say(_GONE, "info")

    @action
    async def ask_delete(self, review_id: str) -> None:
        """Ask whether to delete a review."""
        named = [one.product_name for one in self.written if one.id == review_id]
        self.deleting, self.deleting_name = (review_id, named[0]) if named else ("", "")

    @rx.event
    async def keep(self) -> None:
        """Delete nothing."""
        self.deleting = ""

    @action
    async def delete(self) -> None:
        """Delete the review that was asked about."""
        review_id, self.deleting = self.deleting, ""
        if not review_id:  # pressed twice
            return
        await write(self, service.delete_review, review_id)
        await self._show(dict(self.router.url.query_parameters), changed=True)
        self._say("Review deleted.")

    @rx.event
    async def stop_writing(self) -> Any:
        """Close the form; nothing is sent."""
        self.writing, self.errors = None, {}
        return self._leave_product()

    @action
    async def send(self, form: dict[str, Any], files: list[rx.UploadFile]) -> Any:
        """Send the review with its photos and videos."""
        self.progress = 0
        about = self.writing
        if about is None:  # pressed twice
            return None
        if not form.get("rating"):
            self.errors = {"rating": "Choose how many stars."}
            return None
        sent = sorted_files(files)
        with told_in_form(self):
            await self._send(about, form, sent)
            await self._show(dict(self.router.url.query_parameters), changed=True)
            self.writing = None
        if self.errors:
            self.errors = dict(_at_field(name, text, sent) for name, text in self.errors.items())
            return None
        return self._leave_product()

    async def _send(
        self, about: Writing, form: dict[str, Any], sent: dict[str, list[Upload]]
    ) -> None:
        said = {
            "rating": str(form["rating"]),
            "review_text": str(form.get("review_text") or ""),
            **sent,
        }
        if about.review_id:
            changed = _checked(UpdateReview, **said, remove_files=bool(form.get("remove_files")))
            is_new = await write(
                self, service.update_review, about.review_id, changed, slow_first=True
            )
            self._say(
                "Review saved. It appears once we have checked it."
                if is_new
                else "Nothing was changed."
            )
        else:
            new = _checked(CreateReview, **said, order_number=about.order_number)
            await write(self, service.create_review, about.product_id, new, slow_first=True)
            self._say("Thank you. Your review appears once we have checked it.")

    def _leave_product(self) -> Any:
        """Take the product out of the address, so that a reload does not open the form again."""
        if "product" not in dict(self.router.url.query_parameters):
            return None
        return rx.redirect(routes.REVIEWS, replace=True)


def _begun(found: CustomerReviews, product_id: str) -> Writing | None:
    for waiting in found.ready_for_review:
        if waiting.product_id == product_id:
            return Writing(
                product_id=product_id,
                product_name=waiting.product_name,
                product_image_url=waiting.product_image_url or "",
                order_number=waiting.order_number,
            )
    for review in found.reviews:
        if review.product_id == product_id and rules.may_write(review.status):
            return _edited(review)
    return None


def _edited(review: CustomerReview) -> Writing:
    return Writing(
        product_id=review.product_id,
        product_name=review.product_name,
        product_image_url=review.product_image_url or "",
        order_number=review.order_number,
        rating=float(review.rating),
        review_text=review.review_text,
        review_id=review.id,
        is_edit=True,
        had_files=bool(review.images or review.videos),
        is_published=rules.counts(review.status),
    )


_Data = TypeVar("_Data", CreateReview, UpdateReview)


def _checked(kind: type[_Data], **values: Any) -> _Data:
    try:
        return kind.model_validate(values)
    except pydantic.ValidationError as error:
        raise invalid(error) from None


def _at_field(name: str, text: str, sent: dict[str, list[Upload]]) -> tuple[str, str]:
    """A failure at the field of the form: it has one for all files, and says which is meant."""
    fault = fault_of_files(name, text, sent, MAX_VIDEOS)
    return ("files", fault) if fault else (name, text)
