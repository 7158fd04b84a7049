"""The shop's colour, made readable.

A merchant names one accent. Whatever it is, text on it and text in it reach a contrast of 4.5:1
(WCAG 2.2 AA) in both themes. `theme_css` is served as `/theme.css`, so a new colour, radius or logo
needs no build.
"""

import re
from dataclasses import dataclass
from typing import Protocol

READABLE = 4.5  # text, WCAG 1.4.3
VISIBLE = 1.6  # a filled button against the page around it; its label carries the meaning

NEARLY = 3.0
NOTICED = 1.08
BLACK = "#000000"
WHITE = "#ffffff"

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Ground:
    """The backgrounds of one theme, as in `assets/styles.css`, and what reads best on them."""

    page: str
    surface: str
    sunken: str
    ink: str
    tint: float  # how much accent goes into a tinted background


LIGHT = Ground(page="#fafafa", surface="#ffffff", sunken="#f4f4f5", ink="#000000", tint=0.09)
DARK = Ground(page="#0f0f11", surface="#18181b", sunken="#212125", ink="#ffffff", tint=0.2)


class Look(Protocol):
    """The settings a theme is made of."""

    @property
    def accent(self) -> str:
        """Colour as `#rrggbb`."""

    @property
    def radius(self) -> int:
        """Corner radius in pixels."""


@dataclass(frozen=True)
class Accented:
    """A look of its own."""

    accent: str
    radius: int


def is_colour(text: str) -> bool:
    """Whether it is a colour as settings name it, `#rrggbb`."""
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


@dataclass(frozen=True)
class Accent:
    """The accent in one theme. Each pair that is ever shown together reads at 4.5:1 or better."""

    fill: str  # buttons
    hover: str  # buttons under the pointer
    contrast: str  # text on `fill` and `hover`
    text: str  # links, marks, focus ring: on page, surface, sunken and tint
    tint: str  # background of what is chosen


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG defines it."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def accent_for(colour: str, ground: Ground) -> Accent:
    """The readable accent of `colour` on the backgrounds of a theme."""
    tint = _mix(ground.surface, colour, ground.tint)
    text = _until(colour, ground.ink, READABLE, ground.page, ground.surface, ground.sunken, tint)
    fill = _until(colour, ground.ink, VISIBLE, ground.page, ground.surface)
    if contrast(fill, WHITE) >= NEARLY:  # a red or green that white almost reads on, made to
        fill = _until(fill, BLACK, READABLE, WHITE)
        on_fill, away = WHITE, BLACK
    else:  # black reads on everything that white does not: their contrasts multiply to 21
        on_fill, away = BLACK, WHITE
    hover = _mix(fill, away, 0.12)
    if contrast(hover, fill) < NOTICED:  # nearly black or white already: the other way
        hover = _mix(fill, on_fill, 0.2)
    return Accent(fill=fill, hover=hover, contrast=on_fill, text=text, tint=tint)


def theme_css(look: Look, *, root: str = ":root") -> str:
    """The stylesheet with the shop's accent and radius, for `GET /theme.css`.

    Args:
        look: accent and radius.
        root: what it is for; a more particular selector goes before a less particular one.
    """
    light, dark = accent_for(look.accent, LIGHT), accent_for(look.accent, DARK)
    dark_root = ".dark" if root == ":root" else f"{root}.dark"
    return (
        f"{root}{{{declarations(light)}--radius:{look.radius}px}}\n"
        # Paper is white in either theme.
        f"@media screen{{{dark_root}{{{declarations(dark)}}}}}\n"
    )


def declarations(accent: Accent) -> str:
    """The accent as custom properties of CSS."""
    return (
        f"--accent:{accent.fill};--accent-hover:{accent.hover};"
        f"--accent-contrast:{accent.contrast};--accent-text:{accent.text};"
        f"--accent-tint:{accent.tint};"
    )


def _until(colour: str, ink: str, ratio: float, *backgrounds: str) -> str:
    """`colour`, moved towards `ink` just as far as it must to reach `ratio` on all backgrounds."""
    for step in range(101):
        # Hue fades later than lightness moves, so that a colour stays one.
        mixed = _mix(colour, ink, step / 100, (step / 100) ** 3)
        if all(contrast(mixed, background) >= ratio for background in backgrounds):
            return mixed
    return ink


def _mix(colour: str, other: str, share: float, hue_share: float | None = None) -> str:
    """`share` of `other` in `colour`, mixed in Oklab, where equal steps look equal."""
    first, second = _oklab(colour), _oklab(other)
    hue = share if hue_share is None else hue_share
    lightness, a, b = (
        one + (two - one) * part
        for one, two, part in zip(first, second, (share, hue, hue), strict=True)
    )
    return _from_oklab((lightness, a, b))


def _linear(colour: str) -> Rgb:
    values = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: str) -> Rgb:
    r, g, b = _linear(colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lab: Rgb) -> str:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{_byte(value):02x}" for value in linear)


def _byte(linear: float) -> int:
    value = min(max(linear, 0.0), 1.0)
    curved = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(curved * 255)
