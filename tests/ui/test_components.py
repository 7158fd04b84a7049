"""What the kit draws: variants that don't exist fail, labels and errors are wired."""

import re
from collections.abc import Callable

import pytest
import reflex as rx

from account_portal.core.places import ROOT
from account_portal.ui import components as ui
from account_portal.ui import layout
from account_portal.ui.kit_page import MENU, kit_page

ERRORS = rx.Var("errors").to(dict[str, str])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ui.button("Save", variant="primry"),
        lambda: ui.button("Save", size="huge"),
        lambda: ui.link("Orders", to="/orders", variant="loud"),
        lambda: ui.stack(gap="wide"),
        lambda: ui.row(align="middle"),
        lambda: ui.grid(columns=7),
        lambda: ui.text("x", tone="pink"),
        lambda: ui.heading("x", level=6),
        lambda: ui.card(variant="fancy"),
        lambda: ui.badge("New", tone="pink"),
        lambda: ui.status_badge("orders", "shipped"),
        lambda: ui.dialog(id="d", title="D", size="giant"),
        lambda: ui.skeleton("blob"),
        lambda: ui.empty("void", "Nothing"),
        lambda: ui.alert("x", tone="shrill"),
        lambda: ui.avatar("Asha", size="tiny"),
        lambda: ui.thumbnail(None, size="tiny"),
        lambda: ui.timeline_event("x", tone="odd"),
        lambda: ui.icon("unicorn"),
        lambda: ui.date("2026-05-03", "roman"),
    ],
)
def test_a_variant_that_does_not_exist_fails_at_build(wrong: Callable[[], rx.Component]) -> None:
    with pytest.raises(ValueError, match=r"must be one of|no icon"):
        wrong()


def test_the_message_names_the_variants_there_are() -> None:
    with pytest.raises(ValueError, match="primary, secondary, quiet, danger; got 'primry'"):
        ui.button("Save", variant="primry")


@pytest.mark.parametrize(
    "make",
    [
        lambda **k: ui.text_field("city", "City", **k),
        lambda **k: ui.date_field("city", "City", **k),
        lambda **k: ui.textarea_field("city", "City", **k),
        lambda **k: ui.select_field("city", "City", [("a", "A")], **k),
        lambda **k: ui.password_field("city", "City", **k),
        lambda **k: ui.code_field("city", "City", **k),
        lambda **k: ui.phone_field("City", codes=[("+91", "India")], name="city", **k),
        lambda **k: ui.checkbox("city", "City", **k),
    ],
)
def test_a_field_is_wired_to_label_hint_and_error(make: Callable[..., rx.Component]) -> None:
    drawn = str(make(hint="Where you live", error=ERRORS["city"]))
    assert '"aria-describedby":"city-hint city-error"' in drawn
    assert 'id:"city-hint"' in drawn
    assert 'id:"city-error"' in drawn
    assert "aria-invalid" in drawn
    assert "Where you live" in drawn


def test_a_busy_button_keeps_both_labels_and_cannot_be_pressed() -> None:
    drawn = str(ui.button("Save", busy=rx.Var("busy", _var_type=bool), busy_label="Saving"))
    assert '"Save"' in drawn
    assert '"Saving"' in drawn
    assert '"aria-disabled":busy' in drawn
    assert ",disabled:" not in drawn  # it would lose the focus


def test_a_form_never_puts_its_values_into_the_address() -> None:
    drawn = str(ui.form(ui.text_field("q", "Q"), on_submit=rx.prevent_default))
    assert 'method:"post"' in drawn
    assert 'method:"post"' in str(ui.native_form(action="/api/session/login"))


def test_a_table_row_has_a_cell_for_each_column() -> None:
    columns = [ui.Column("Product"), ui.Column("Price", numeric=True)]
    with pytest.raises(ValueError, match="2 columns need as many cells; got 1"):
        ui.table_row(columns, "Planter")


def test_the_menu_marks_the_page_it_stands_on() -> None:
    drawn = str(layout.shell(menu=MENU, current="/orders", store_name="Northwind"))
    assert drawn.count('"aria-current":"page"') == 2  # side list and bottom bar
    assert '"aria-current":"true"' not in drawn


def test_on_a_phone_the_pages_of_the_customer_are_behind_you() -> None:
    drawn = str(layout.shell(menu=MENU, current="/security", store_name="Northwind"))
    assert '"aria-current":"true"' in drawn


def test_signing_out_is_a_form_of_its_own() -> None:
    drawn = str(layout.shell(menu=MENU, store_name="Northwind"))
    assert f'action:"{layout.LOGOUT_PATH}"' in drawn
    assert 'method:"post"' in drawn


def test_the_kit_page_shows_every_component() -> None:
    drawn = str(kit_page())
    for mark in ("Saving", "Donaudampfschiff", "data-opens", "StarInput", "FileDrop", "Tracker"):
        assert mark in drawn


def test_a_date_until_which_something_may_be_done_names_its_zone() -> None:
    """Or it is a day, the same to every reader."""
    written = re.compile(r"\b[Uu]ntil \"?,?\s*ui\.date\((.+?)\),?\s*(?:#.*)?\n")
    found = [
        (file.name, words)
        for file in (ROOT / "account_portal").rglob("*.py")
        for words in written.findall(file.read_text())
    ]
    assert len(found) >= 3
    assert [one for one in found if '"binding"' not in one[1] and "[:10]" not in one[1]] == []
