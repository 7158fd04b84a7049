"""Whatever colour a shop names, its portal stays readable in both themes."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from account_portal.core.settings import Settings
from account_portal.core.theme import DARK, LIGHT, Ground, accent_for, contrast, theme_css

STYLES = (Path(__file__).parents[2] / "assets" / "styles.css").read_text()
COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")
GROUNDS = pytest.mark.parametrize("ground", [LIGHT, DARK], ids=["light", "dark"])


def declared(block: str) -> dict[str, str]:
    """The variables of a block of the stylesheet, with `var()` looked up."""
    values = dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))
    return {
        name: values.get(match[1], value)
        if (match := re.match(r"var\(--([\w-]+)\)", value))
        else value
        for name, value in values.items()
    }


ROOT = declared(re.search(r":root \{(.*?)\n  \}", STYLES, re.DOTALL)[1])
NIGHT = declared(
    re.search(r":root \{(.*?)\n  \}", STYLES, re.DOTALL)[1]
    + re.search(r"\.dark \{(.*?)\n    \}", STYLES, re.DOTALL)[1]
)


@GROUNDS
@given(colour=COLOURS)
@example(colour="#000000")
@example(colour="#ffffff")
@example(colour="#808080")
@example(colour="#ffd400")
@example(colour="#ff0000")
def test_every_accent_is_readable_wherever_it_is_used(ground: Ground, colour: str) -> None:
    accent = accent_for(colour, ground)
    assert contrast(accent.contrast, accent.fill) >= 4.5
    assert contrast(accent.contrast, accent.hover) >= 4.5
    for background in (ground.page, ground.surface, ground.sunken, accent.tint):
        assert contrast(accent.text, background) >= 4.5


@GROUNDS
@given(colour=COLOURS)
def test_a_filled_button_stands_out_from_the_page_and_answers_the_pointer(
    ground: Ground, colour: str
) -> None:
    accent = accent_for(colour, ground)
    assert contrast(accent.fill, ground.page) >= 1.6
    assert accent.hover != accent.fill


def test_a_readable_accent_is_left_as_the_shop_wrote_it() -> None:
    assert accent_for("#0f766e", LIGHT).fill == "#0f766e"
    assert accent_for("#0f766e", LIGHT).text == "#0f766e"


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1)],
)
def test_contrast_is_the_one_of_wcag(first: str, second: str, ratio: float) -> None:
    assert contrast(first, second) == pytest.approx(ratio, abs=0.005)
    assert contrast(second, first) == contrast(first, second)


def test_the_stylesheet_carries_accent_and_radius_of_both_themes() -> None:
    css = theme_css(SimpleNamespace(accent="#ff0000", radius=4))
    light, dark = css.split("@media screen")
    assert f"--accent:{accent_for('#ff0000', LIGHT).fill};" in light
    assert "--radius:4px" in light
    assert f"--accent-text:{accent_for('#ff0000', DARK).text};" in dark


@pytest.mark.parametrize(
    ("ground", "values"), [(LIGHT, ROOT), (DARK, NIGHT)], ids=["light", "dark"]
)
def test_the_backgrounds_reckoned_with_are_those_of_the_stylesheet(
    ground: Ground, values: dict[str, str]
) -> None:
    assert (values["page"], values["surface"], values["sunken"]) == (
        ground.page,
        ground.surface,
        ground.sunken,
    )


@pytest.mark.parametrize(
    ("ground", "values"), [(LIGHT, ROOT), (DARK, NIGHT)], ids=["light", "dark"]
)
def test_the_stylesheet_begins_with_the_default_accent(
    ground: Ground, values: dict[str, str]
) -> None:
    default = Settings.model_fields["accent"].default
    accent = accent_for(default, ground)
    assert values["accent"] == accent.fill
    assert values["accent-hover"] == accent.hover
    assert values["accent-contrast"] == accent.contrast
    assert values["accent-text"] == accent.text
    assert values["accent-tint"] == accent.tint


@pytest.mark.parametrize("values", [ROOT, NIGHT], ids=["light", "dark"])
def test_texts_and_states_are_readable(values: dict[str, str]) -> None:
    for background in ("page", "surface", "sunken"):
        assert contrast(values["text"], values[background]) >= 7
        assert contrast(values["muted"], values[background]) >= 4.5
        assert contrast(values["line-control"], values[background]) >= 3
    for state in ("success", "warn", "danger", "info"):
        for background in (values[f"{state}-tint"], values["surface"], values["page"]):
            assert contrast(values[state], background) >= 4.5
        assert contrast(values["text"], values[f"{state}-tint"]) >= 4.5
    assert contrast(values["danger-contrast"], values["danger-fill"]) >= 4.5
    assert contrast(values["star"], values["surface"]) >= 3
