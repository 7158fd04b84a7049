"""The page of the archive: a document for a person."""

import re
from html.parser import HTMLParser
from typing import Any

from account_portal.core.db import Database
from account_portal.gateways import get_gateways
from account_portal.models import User
from account_portal.personal_data.service.overview import words
from account_portal.personal_data.service.tables import OWN
from tests.conftest import Api
from tests.factories.evidence import make_evidence, photos
from tests.factories.orders import make_line, make_order
from tests.personal_data.test_export import archive_of, fill

SNAKE = re.compile(r"[a-z0-9]_[a-z0-9]")


class Page(HTMLParser):
    """Labels, values, headings, links and the ids they lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.empty: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what it leads to."""
        values = dict(attrs)
        self.links += [str(values[name]) for name in ("href", "src") if name in values]
        self.ids |= {str(values["id"])} if "id" in values else set()
        if tag in ("dt", "dd", "h2", "h3", "h4", "h5", "li"):
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take its words."""
        if self._open:
            self.texts[self._open[-1]][-1] += data


def page_of(call: Any, user: User) -> tuple[str, Page, set[str]]:
    archive = archive_of(call, user)
    text = archive.read("index.html").decode()
    return text, Page(text), set(archive.namelist())


def test_says_nothing_in_words_of_programs(
    database: Database, owner: User, call: Any, api: Api
) -> None:
    fill(database, owner, call, api)
    text, page, _ = page_of(call, owner)
    assert "None" not in text
    assert "Nothing.</p>" not in text
    labels = [one for tag in ("dt", "h2", "h3", "h4", "h5") for one in page.texts[tag]]
    assert [one for one in labels if SNAKE.search(one)] == []
    assert [one for one in page.texts["dd"] if not one.strip()] == []
    assert [one for one in page.texts["dd"] if re.fullmatch(r"[a-z]+(_[a-z]+)+", one)] == []
    for own in OWN:
        for name in (*own.columns, *own.withheld):
            assert not SNAKE.search(words.label(name)), name


def test_leads_to_what_is_in_the_archive(
    database: Database, owner: User, call: Any, api: Api
) -> None:
    fill(database, owner, call, api)
    _, page, files = page_of(call, owner)
    away = [one for one in page.links if one not in files and one.removeprefix("#") not in page.ids]
    assert away == []
    assert len([one for one in page.links if one in files]) >= 4


def test_of_files_that_are_gone_it_says_nothing(database: Database, owner: User, call: Any) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    make_evidence(database, owner, order, photos())
    storage = get_gateways().storage
    kept, page, files = page_of(call, owner)
    pictures = [one for one in files if one.startswith("files/")]
    assert "folder <code>files</code>" in kept
    for name in pictures:
        storage.delete(name.removeprefix("files/"))
    text, page, files = page_of(call, owner)
    assert "folder <code>files</code>" not in text
    assert [one for one in page.links if not one.startswith("#")] == []


def test_an_order_stands_with_what_followed(
    database: Database, owner: User, call: Any, api: Api
) -> None:
    number = fill(database, owner, call, api)
    text, _, _ = page_of(call, owner)
    order = text[text.index(f"<h3>Order {number}</h3>") :]
    order = order[: order.index("</article>")]
    for said in ("What you ordered", "Parcels", "Payments", "Returns", "What you sent back"):
        assert (f"<h4>{said}</h4>" in order) is (said != "What you sent back"), said
    assert re.search(r"<dt>Total</dt><dd>₹[\d,]+\.\d\d</dd>", order)
    assert "<li>1 × " in order or "<li>2 × " in order
    assert "<dt>Delivery address</dt>" in order


def test_states_have_the_words_that_pages_have(database: Database, owner: User, call: Any) -> None:
    make_order(
        database,
        owner,
        status="partially_shipped",
        payment_status="success",
        lines=[make_line(0), make_line(1)],
        parcels=[{"status": "in_transit", "units": {"SKU-0": 1}}],
    )
    text, _, _ = page_of(call, owner)
    for said in ("Partly on its way", "On its way", "Paid"):
        assert f"<dd>{said}</dd>" in text, said
    for said in ("Partially shipped", "In transit", "Success", "Done"):
        assert f"<dd>{said}</dd>" not in text, said


def test_what_is_empty_is_one_line(owner: User, call: Any) -> None:
    text, page, _ = page_of(call, owner)
    assert "Your account" in page.texts["h2"]
    assert "Orders" not in page.texts["h2"]
    kept = text[text.index("<h2>Nothing is kept of</h2>") :].split("</p>")[0]
    assert "Saved addresses; Bank accounts" in kept
    assert "Orders" in kept
