"""Light, plants and textiles for rooms."""

from account_portal.demo.pictures.canvas import Canvas
from account_portal.demo.pictures.palette import (
    BLUSH,
    CHARCOAL,
    CLAY,
    COCOA,
    CREAM,
    INDIGO,
    PAPER,
    SAFFRON,
    SAGE,
    WOOD,
    shade,
    tint,
)


def lamp(c: Canvas, main: str, accent: str) -> None:
    """A mushroom lamp, lit."""
    c.shadow(200, 74)
    c.ellipse(200, 206, 176, 130, c.glow(tint(SAFFRON, 0.55)), 0.9)
    c.path(
        "M186 196H214V292Q216 306 262 312Q272 328 258 328H142Q128 328 138 312Q184 306 186 292Z",
        c.tube(accent),
    )
    c.ellipse(200, 200, 74, 13, tint(SAFFRON, 0.65))
    c.path(
        "M86 196C86 110 140 74 200 74S314 110 314 196Q314 204 304 204H96Q86 204 86 196Z",
        c.ball(main),
    )
    c.ellipse(200, 203, 66, 5, tint(SAFFRON, 0.8))


def candle(c: Canvas, main: str, accent: str) -> None:
    """A candle in a coloured glass."""
    c.shadow(200, 82)
    c.circle(200, 122, 112, c.glow(tint(SAFFRON, 0.5)), 0.9)
    c.band(122, 172, 156, 140, 18, c.tube(main))
    c.ellipse(200, 172, 78, 18, tint(main, 0.35))
    c.ellipse(200, 174, 69, 14, CREAM)
    c.stroke("M200 174V150", CHARCOAL, 5)
    c.path("M200 84C222 118 226 152 200 154S178 118 200 84Z", SAFFRON)
    c.path("M200 116C210 132 212 150 200 152S190 132 200 116Z", PAPER)
    c.rect(156, 222, 88, 72, CREAM, 8)
    c.leaf(200, 286, 52, 0, accent)


def monstera(c: Canvas, main: str, accent: str) -> None:
    """A broad-leaved plant in a pot."""
    c.shadow(200, 66)
    for x, y in ((120, 150), (282, 136), (200, 104), (146, 210), (262, 206)):
        c.stroke(f"M200 262Q{(200 + x) / 2} {y + 60} {x} {y}", shade(main, 0.2), 6)
    for x, y, angle, size in (
        (200, 190, 2, 148),
        (166, 198, -52, 136),
        (236, 192, 50, 142),
        (182, 246, -82, 104),
        (222, 244, 80, 104),
    ):
        c.leaf(x, y, size, angle, tint(main, 0.12) if size < 110 else main)
        with c.turned(angle, x, y):
            c.stroke(f"M{x} {y - 6}V{y - size * 0.84}", tint(main, 0.4), 3.5)
            veins = "".join(
                f"M{x - size * 0.17:.0f} {y - size * (step + 0.1):.0f}L{x} {y - size * step:.0f}"
                f"L{x + size * 0.17:.0f} {y - size * (step + 0.1):.0f}"
                for step in (0.3, 0.48, 0.66)
            )
            c.stroke(veins, tint(main, 0.3), 3)
    c.path("M136 244H264L250 316Q248 328 236 328H164Q152 328 150 316Z", c.tube(accent))
    c.rect(128, 234, 144, 28, c.tube(tint(accent, 0.12)), 8)


def snake_plant(c: Canvas, main: str, accent: str) -> None:
    """Upright leaves with pale edges in a footed pot."""
    c.shadow(200, 70)
    for x, top, lean in (
        (160, 128, -32),
        (240, 112, 34),
        (182, 76, -8),
        (216, 58, 12),
        (200, 146, 2),
    ):
        tip = x + lean
        c.path(
            f"M{x - 19} 250Q{x - 26 + lean * 0.4} {top + 70} {tip} {top}"
            f"Q{x + 26 + lean * 0.4} {top + 70} {x + 19} 250Z",
            tint(SAFFRON, 0.35),
        )
        c.path(
            f"M{x - 12} 250Q{x - 18 + lean * 0.4} {top + 76} {tip} {top + 16}"
            f"Q{x + 18 + lean * 0.4} {top + 76} {x + 12} 250Z",
            c.lit(main, 0.5),
        )
    c.stroke("M154 300L144 330M246 300L256 330", WOOD, 10)
    c.path("M124 232H276L266 296Q264 310 250 310H150Q136 310 134 296Z", c.tube(accent))


def cactus(c: Canvas, main: str, accent: str) -> None:
    """A cactus in flower."""
    c.shadow(200, 62)
    c.stroke("M180 214H134V168M222 186H268V138", main, 40)
    c.rect(166, 84, 68, 180, c.lit(main, 0.55), 34)
    c.stroke("M186 108V240M212 100V240M134 172V206M268 142V178", tint(main, 0.35), 5, dash="1 13")
    for angle in range(0, 360, 72):
        with c.turned(angle, 200, 84):
            c.ellipse(200, 70, 10, 15, accent)
    c.circle(200, 84, 8, SAFFRON)
    c.path("M138 246H262L252 314Q250 328 236 328H164Q150 328 148 314Z", c.tube(CLAY))
    c.rect(130, 236, 140, 26, c.tube(tint(CLAY, 0.12)), 7)


def cushion(c: Canvas, main: str, accent: str) -> None:
    """A plump cushion with woven stripes."""
    c.shadow(200, 116)
    d = (
        "M76 90Q72 76 88 78Q200 100 312 78Q328 76 324 90Q306 204 324 318Q328 330 312 328"
        "Q200 312 88 328Q72 330 76 318Q94 204 76 90Z"
    )
    c.path(d, c.lit(main, 0.66))
    for x in (140, 158, 242, 260):
        c.stroke(f"M{x} 98Q{x + (x - 200) * 0.06:.0f} 210 {x} 316", accent, 8)
    c.stroke("M200 98V312", tint(main, 0.35), 30, dash="4 12", cap="butt")
    c.stroke(d, shade(main, 0.22), 4, 0.7)


def throw(c: Canvas, main: str, accent: str) -> None:
    """A folded blanket with a fringe."""
    c.shadow(200, 118)
    for i in range(3):
        y = 276 - i * 46
        c.rect(84, y, 232, 52, c.lit(shade(main, 0.16 if i % 2 else 0.06), 0.8), 26)
        c.stroke(f"M108 {y + 26}H180", shade(main, 0.32), 4, 0.7)
    c.path("M110 128H292Q320 128 320 158V286H176V182H110Q84 182 84 155T110 128Z", c.lit(main, 0.8))
    c.stroke("M110 182H176", shade(main, 0.32), 4, 0.7)
    for x in (196, 226, 256, 286):
        c.stroke(f"M{x} 134V284", accent, 8, 0.9)
    for y in (156, 200, 244):
        c.stroke(f"M178 {y}H314", tint(main, 0.35), 7, 0.8)
    c.stroke("M178 294H318", CREAM, 20, dash="5 6", cap="butt")


def towels(c: Canvas, main: str, accent: str) -> None:
    """Three rolled towels."""
    c.shadow(200, 122)
    for x, y, color in ((138, 270, main), (262, 270, main), (200, 164, accent)):
        c.circle(x, y, 58, c.ball(color))
        c.stroke(
            f"M{x + 40} {y}A40 40 0 1 0 {x} {y + 40}A30 30 0 0 0 {x + 26} {y + 4}"
            f"A25 25 0 1 0 {x - 2} {y + 22}"
            f"A14 14 0 0 0 {x + 8} {y}",
            shade(color, 0.25),
            6,
        )


def clock(c: Canvas, main: str, accent: str) -> None:
    """A wall clock at ten past ten."""
    c.cast("M78 200A122 122 0 0 1 322 200A122 122 0 0 1 78 200Z")
    c.circle(200, 200, 122, c.lit(main, 0.6))
    c.circle(200, 200, 102, PAPER)
    c.path("M200 98A102 102 0 0 1 200 302Z", shade(PAPER, 0.05))
    for angle in range(0, 360, 30):
        with c.turned(angle):
            c.rect(197, 108, 6, 20 if angle % 90 == 0 else 11, CHARCOAL, 3)
    c.stroke("M200 200L152 168", CHARCOAL, 11)
    c.stroke("M200 200L254 142", CHARCOAL, 7)
    c.stroke("M192 222L228 122", accent, 4)
    c.circle(200, 200, 10, accent)


def vase(c: Canvas, main: str, accent: str) -> None:
    """Dried grasses in a round vase."""
    c.shadow(200, 72)
    for x, y, angle in (
        (148, 92, -24),
        (200, 62, 0),
        (252, 88, 22),
        (176, 120, -12),
        (228, 122, 12),
    ):
        c.stroke(f"M200 230Q{200 + (x - 200) * 0.3:.0f} {y + 90} {x} {y + 30}", WOOD, 4)
        with c.turned(angle, x, y):
            c.ellipse(x, y, 17, 46, c.lit(accent, 0.5))
            c.stroke(f"M{x} {y - 34}V{y + 34}", tint(accent, 0.45), 3)
    c.path(
        "M176 200H224C220 226 282 232 282 284Q282 328 236 328H164Q118 328 118 284"
        "C118 232 180 226 176 200Z",
        c.ball(main),
    )
    c.ellipse(200, 200, 24, 6, shade(main, 0.4))


def basket(c: Canvas, main: str, accent: str) -> None:
    """A woven basket with a blanket looking out."""
    c.shadow(200, 104)
    c.path("M104 176C110 120 160 132 184 146C214 110 286 116 296 176Z", c.lit(accent, 0.6))
    c.stroke("M96 196C54 200 60 262 102 258M304 196C346 200 340 262 298 258", shade(main, 0.2), 13)
    c.path("M84 172H316L296 312Q294 328 278 328H122Q106 328 104 312Z", c.lit(main, 0.66))
    for row in range(6):
        y, inset = 200 + row * 21, 6 + row * 3
        dash = "16 12" if row % 2 else "2 12 16 12"
        c.stroke(f"M{92 + inset} {y}H{308 - inset}", shade(main, 0.24), 7, 0.75, dash)
    c.rect(78, 164, 244, 22, c.lit(tint(main, 0.2), 0.66), 11)


def diffuser(c: Canvas, main: str, accent: str) -> None:
    """A bottle of scent with reeds."""
    c.shadow(200, 70)
    for x in (132, 166, 200, 236, 268):
        c.stroke(f"M200 220L{x} {64 + abs(x - 200) // 4}", COCOA, 6)
    c.rect(182, 150, 36, 40, c.tube(accent), 5)
    c.path(
        "M186 184H214Q214 204 240 208Q272 212 272 244V304Q272 328 248 328H152"
        "Q128 328 128 304V244Q128 212 160 208Q186 204 186 184Z",
        c.tube(main),
    )
    c.rect(152, 236, 96, 66, CREAM, 8)
    c.circle(200, 269, 19, accent)
    c.circle(208, 264, 16, CREAM)


def art_print(c: Canvas, main: str, accent: str) -> None:
    """A framed print of a bay at low tide."""
    c.cast("M96 58H304V342H96Z")
    c.rect(96, 58, 208, 284, c.lit(WOOD, 0.7), 5)
    c.rect(108, 70, 184, 260, PAPER)
    c.rect(130, 92, 140, 216, tint(BLUSH, 0.45))
    c.circle(216, 158, 34, accent)
    c.path("M130 214Q166 178 206 206T270 198V308H130Z", SAGE)
    c.path("M130 246Q176 218 214 244T270 238V308H130Z", main)
    c.path("M130 280Q172 262 206 278T270 272V308H130Z", INDIGO)
    c.path("M108 70H196L108 230Z", PAPER, 0.35)


def watering_can(c: Canvas, main: str, accent: str) -> None:
    """A small can with a long spout."""
    c.shadow(184, 90)
    c.stroke("M120 184C60 140 40 268 114 290", shade(main, 0.15), 13)
    c.path("M246 262L318 134 338 146 258 310Z", shade(main, 0.18))
    with c.turned(30, 330, 138):
        c.rect(296, 122, 68, 22, c.lit(accent), 8)
    c.path("M112 176H256L268 308Q268 328 248 328H120Q100 328 100 308Z", c.tube(main))
    c.ellipse(184, 176, 72, 15, tint(main, 0.3))
    c.ellipse(184, 177, 62, 10, shade(main, 0.4))
    c.stroke("M126 172C126 96 242 96 242 172", accent, 12)
    c.leaf(184, 296, 62, 18, tint(main, 0.45))
    c.stroke("M184 296q-6 10-16 14", tint(main, 0.45), 5)


def stool(c: Canvas, main: str, accent: str) -> None:
    """A three-legged stool with a woven seat."""
    c.shadow(200, 96)
    c.stroke("M132 190L106 322M268 190L294 322", c.lit(main), 17)
    c.stroke("M200 190V310", shade(main, 0.25), 16)
    c.stroke("M118 262H282", shade(main, 0.15), 10)
    c.rect(92, 156, 216, 42, c.lit(tint(main, 0.08), 0.7), 20)
    c.ellipse(200, 158, 108, 27, tint(main, 0.25))
    c.ellipse(200, 157, 94, 21, accent)
    for y, half in ((146, 66), (157, 82), (168, 66)):
        c.stroke(f"M{200 - half} {y}H{200 + half}", tint(accent, 0.45), 5, dash="9 9")
