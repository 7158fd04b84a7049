"""Photos and videos of items, sent the way the product takes them."""

from io import BytesIO
from pathlib import Path

import reflex as rx
from starlette.datastructures import Headers

from account_portal.context import Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.schemas import Upload
from account_portal.evidence import service
from account_portal.evidence.schemas import AddEvidence
from account_portal.models import Order, User
from tests.factories.pictures import make_picture
from tests.factories.reviews import WEBM


def upload(content: bytes, name: str = "a.png") -> Upload:
    """A file as a form brings it."""
    return Upload(name, "", len(content), BytesIO(content))


def photos(count: int = 1) -> AddEvidence:
    """Small pictures."""
    content = make_picture("PNG", size=(8, 8))
    return AddEvidence(images=[upload(content) for _ in range(count)])


def film() -> AddEvidence:
    """A file that looks like a video."""
    return AddEvidence(videos=[upload(WEBM, "a.webm")])


def make_evidence(database: Database, user: User, order: Order, data: AddEvidence) -> list[str]:
    """Ids of uploads of the user that no request names yet."""
    customer = Actor(kind="customer", user_id=user.id, customer_id=user.customer_id)
    with enter(Caller(), writes=False, actor=customer, database=database) as ctx:
        return [file.id for file in service.add_evidence(ctx, order.order_number, data)]


def page_file(content: bytes | None = None, name: str = "a.png") -> rx.UploadFile:
    """A file as a page brings it; a small picture unless said otherwise."""
    content = make_picture("PNG", size=(8, 8)) if content is None else content
    kind = "video/webm" if name.endswith(".webm") else "image/png"
    return rx.UploadFile(
        file=BytesIO(content),
        path=Path(name),
        size=len(content),
        headers=Headers({"content-type": kind}),
    )
