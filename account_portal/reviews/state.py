"""State of the page of reviews."""

from typing import Any

import pydantic
import reflex as rx

from account_portal import routes
from account_portal.core.pagination import paginate
from account_portal.core.schemas import Upload, View
from account_portal.core.validation import invalid
from account_portal.doors.page import read, write
from account_portal.reviews import rules, service
from account_portal.reviews.schemas import (
    MAX_IMAGES,
    MAX_VIDEOS,
    CreateReview,
    CustomerReadyForReview,
    CustomerReview,
    CustomerReviews,
)
from account_portal.ui.asking import told_in_form
from account_portal.ui.page_state import PageData, PageState, action, page_load
from account_portal.ui.paging import page_links, wanted_page
from account_portal.ui.uploading import Uploading

_PER_PAGE = 20
_NOT_WAITING = "This product is not waiting for a review."
_VIDEO_ENDINGS = (".mp4", ".webm", ".mov", ".m4v")
_TOO_MANY = {
    "images": f"Choose {MAX_IMAGES} photos at most.",
    "videos": f"Choose {MAX_VIDEOS} videos at most.",
}


class Writing(View):
    """The product that is being reviewed, and what the form begins with."""

    product_id: str
    product_name: str
    product_image_url: str
    order_number: str
    rating: float = 0
    review_text: str = ""
    is_edit: bool = False
    """It was declined before, and the form holds what was written."""
    had_files: bool = False


class ReviewsState(Uploading, PageData, PageState):
    """Products that wait for a review and reviews written. Tab and page are in the address."""

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
        uploads = [Upload.received(file) for file in files]
        sent = {
            "images": [file for file in uploads if not _is_video(file)],
            "videos": [file for file in uploads if _is_video(file)],
        }
        with told_in_form(self):
            data = _review(
                order_number=about.order_number,
                rating=str(form["rating"]),
                review_text=str(form.get("review_text") or ""),
                **sent,
            )
            await write(self, service.create_review, about.product_id, data, slow_first=True)
            await self._show(dict(self.router.url.query_parameters), changed=True)
            self.writing = None
            self._say("Thank you. Your review appears once we have checked it.")
        if self.errors:
            self.errors = dict(_at_field(name, text, sent) for name, text in self.errors.items())
            return None
        return self._leave_product()

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
            return Writing(
                product_id=product_id,
                product_name=review.product_name,
                product_image_url=review.product_image_url or "",
                order_number=review.order_number,
                rating=float(review.rating),
                review_text=review.review_text,
                is_edit=True,
                had_files=bool(review.images or review.videos),
            )
    return None


def _is_video(file: Upload) -> bool:
    """Whether it was sent as one; what it is, the service tells by its content."""
    return file.content_type.startswith("video/") or file.filename.lower().endswith(_VIDEO_ENDINGS)


def _review(**values: Any) -> CreateReview:
    try:
        return CreateReview.model_validate(values)
    except pydantic.ValidationError as error:
        raise invalid(error) from None


def _at_field(name: str, text: str, sent: dict[str, list[Upload]]) -> tuple[str, str]:
    """A failure at the field of the form: it has one for all files, and says which is meant."""
    kind, _, place = name.partition(".")
    if kind not in sent:
        return name, text
    if place.isdecimal() and int(place) < len(sent[kind]):
        return "files", f"{sent[kind][int(place)].filename}: {text}"
    return "files", _TOO_MANY[kind]
