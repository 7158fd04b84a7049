"""A square of 400 units to draw on, and the few shapes and fills all pictures share.

Light falls from the left in every picture: `tube`, `lit` and `ball` give a shape its bright and
its dark side by hard-edged gradients, which follow any outline without a clip path.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from account_portal.demo.pictures.palette import PAPER, shade, tint

SIZE = 400
FLOOR = 328
"""Where things stand."""


def number(value: float) -> str:
    """The shortest text of a number, to a hundredth: files stay small."""
    text = f"{round(value, 2):g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


class Canvas:
    """Collects the elements and gradients of one picture."""

    def __init__(self, ground: str) -> None:
        self.ground = ground
        self._elements: list[str] = []
        self._gradients: dict[tuple[str, str, str], str] = {}

    # -- fills ---------------------------------------------------------------------------------

    def _gradient(self, kind: str, stops: list[tuple[float, str]], attributes: str = "") -> str:
        """Register a gradient, once for each look, and name it as a fill."""
        inner = "".join(
            f'<stop offset="{number(offset)}" stop-color="{color}"/>' for offset, color in stops
        )
        look = (kind, attributes, inner)
        key = self._gradients.setdefault(look, f"g{len(self._gradients)}")
        return f"url(#{key})"

    def tube(self, color: str) -> str:
        """Fill of something round that stands: a streak of light, a dark flank."""
        return self._gradient(
            "linearGradient",
            [
                (0.1, color),
                (0.1, tint(color)),
                (0.2, tint(color)),
                (0.2, color),
                (0.68, color),
                (0.68, shade(color, 0.16)),
            ],
        )

    def lit(self, color: str, at: float = 0.55) -> str:
        """Fill in two tones, the right one dark from the given share of the width on."""
        return self._gradient("linearGradient", [(at, color), (at, shade(color, 0.13))])

    def ball(self, color: str) -> str:
        """Fill of something round on all sides."""
        return self._gradient(
            "radialGradient",
            [
                (0, tint(color, 0.3)),
                (0.28, tint(color, 0.12)),
                (0.7, color),
                (1, shade(color, 0.22)),
            ],
            ' cx=".36" cy=".3" r=".8"',
        )

    def glow(self, color: str) -> str:
        """Fill of light in the air: strongest in the middle, nothing at the rim."""
        return self._gradient(
            "radialGradient", [(0, color), (0.25, color + "cc"), (1, color + "00")]
        )

    def fade(self, top: str, bottom: str) -> str:
        """Fill that runs softly downwards."""
        return self._gradient("linearGradient", [(0, top), (1, bottom)], ' x2="0" y2="1"')

    # -- shapes --------------------------------------------------------------------------------

    def _add(self, text: str, opacity: float) -> None:
        suffix = "" if opacity == 1 else f' opacity="{number(opacity)}"'
        self._elements.append(f"<{text}{suffix}/>")

    def path(self, d: str, fill: str, opacity: float = 1) -> None:
        """A filled outline."""
        self._add(f'path d="{d}" fill="{fill}"', opacity)

    def stroke(
        self,
        d: str,
        color: str,
        width: float,
        opacity: float = 1,
        dash: str = "",
        cap: str = "round",
    ) -> None:
        """A line with round ends and corners."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        ends = "" if cap == "round" else f' stroke-linecap="{cap}"'
        self._add(
            f'path d="{d}" fill="none" stroke="{color}" stroke-width="{number(width)}"'
            f"{ends}{dashes}",
            opacity,
        )

    def rect(
        self, x: float, y: float, w: float, h: float, fill: str, r: float = 0, opacity: float = 1
    ) -> None:
        """A rectangle, its corners rounded by `r`."""
        radius = f' rx="{number(r)}"' if r else ""
        self._add(
            f'rect x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}"'
            f'{radius} fill="{fill}"',
            opacity,
        )

    def ellipse(
        self, cx: float, cy: float, rx: float, ry: float, fill: str, opacity: float = 1
    ) -> None:
        """An ellipse."""
        self._add(
            f'ellipse cx="{number(cx)}" cy="{number(cy)}" rx="{number(rx)}" ry="{number(ry)}"'
            f' fill="{fill}"',
            opacity,
        )

    def circle(self, cx: float, cy: float, r: float, fill: str, opacity: float = 1) -> None:
        """A disc."""
        self._add(
            f'circle cx="{number(cx)}" cy="{number(cy)}" r="{number(r)}" fill="{fill}"', opacity
        )

    @contextmanager
    def turned(
        self, angle: float, cx: float = 200, cy: float = 200, dx: float = 0, dy: float = 0
    ) -> Iterator[None]:
        """What is drawn inside is turned by degrees round a point, then moved."""
        move = f"translate({number(dx)} {number(dy)})" if dx or dy else ""
        self._elements.append(
            f'<g transform="{move}rotate({number(angle)} {number(cx)} {number(cy)})">'
        )
        yield
        self._elements.append("</g>")

    # -- things --------------------------------------------------------------------------------

    def shadow(self, cx: float, rx: float, y: float = FLOOR) -> None:
        """What a standing thing throws on the table, a little to the right."""
        self.ellipse(
            cx + rx * 0.16, y, rx * 1.16, max(9.0, rx * 0.13), shade(self.ground, 0.3), 0.35
        )
        self.ellipse(cx + 3, y - 1, rx, max(6.0, rx * 0.08), shade(self.ground, 0.5), 0.45)

    def cast(self, d: str, dx: float = 9, dy: float = 12) -> None:
        """What a lying or hanging thing throws on the surface right behind it."""
        self._elements.append(
            f'<path d="{d}" transform="translate({number(dx)} {number(dy)})"'
            f' fill="{shade(self.ground, 0.4)}" opacity=".4"/>'
        )

    def band(self, x: float, y: float, w: float, h: float, ry: float, fill: str) -> None:
        """A strip round something round, seen slightly from above."""
        rx = w / 2
        arc = f"{number(rx)} {number(ry)} 0 0"
        self.path(
            f"M{number(x)} {number(y)}A{arc} 0 {number(x + w)} {number(y)}v{number(h)}"
            f"A{arc} 1 {number(x)} {number(y + h)}z",
            fill,
        )

    def drum(
        self, x: float, y: float, w: float, h: float, ry: float, color: str, top: str | None = None
    ) -> None:
        """A standing cylinder of which the top is seen."""
        self.band(x, y, w, h, ry, self.tube(color))
        self.ellipse(x + w / 2, y, w / 2, ry, top or tint(color, 0.2))

    def leaf(self, cx: float, cy: float, length: float, angle: float, color: str) -> None:
        """A leaf in two tones whose stalk end is at the point, upright at angle 0."""
        half = length * 0.3
        with self.turned(angle, cx, cy):
            left = f"M{number(cx)} {number(cy)}c{number(-half * 1.5)} {number(-length * 0.35)}"
            right = f"M{number(cx)} {number(cy)}c{number(half * 1.5)} {number(-length * 0.35)}"
            self.path(f"{left} {number(-half)} {number(-length * 0.8)} 0 {number(-length)}z", color)
            self.path(
                f"{right} {number(half)} {number(-length * 0.8)} 0 {number(-length)}z",
                shade(color, 0.16),
            )

    def svg(self) -> str:
        """The picture as a file's text."""
        gradients = "".join(
            f'<{kind} id="{key}"{attributes}>{stops}</{kind}>'
            for (kind, attributes, stops), key in self._gradients.items()
        )
        inner = "".join(self._elements)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"'
            ' stroke-linecap="round" stroke-linejoin="round">'
            f"{gradients}{inner}</svg>\n"
        )

    def backdrop(self, table: bool) -> None:
        """The wall with its soft disc of light, and the table's edge where things stand on one."""
        self.path("M0 0h400v400H0z", self.fade(tint(self.ground, 0.3), self.ground))
        self.circle(200, 184, 152, PAPER, 0.34)
        if table:
            self.path("M0 286h400v114H0z", shade(self.ground, 0.06))
