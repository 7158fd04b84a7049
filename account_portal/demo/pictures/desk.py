"""Care, paper, sound and what has no weight."""

from account_portal.demo.pictures.canvas import Canvas
from account_portal.demo.pictures.palette import (
    CHARCOAL,
    CLAY,
    CREAM,
    HONEY,
    INDIGO,
    MOSS,
    OAT,
    PAPER,
    ROSE,
    SAFFRON,
    SAGE,
    STEEL,
    TEAL,
    WOOD,
    shade,
    tint,
)


def soap(c: Canvas, main: str, accent: str) -> None:
    """Two bars, the upper one banded."""
    c.shadow(200, 122)
    c.rect(76, 238, 248, 90, c.lit(shade(main, 0.06), 0.76), 28)
    c.stroke("M112 282H286", shade(main, 0.2), 5, 0.5, "30 14")
    with c.turned(-5, 200, 200):
        c.rect(90, 148, 226, 90, c.lit(main, 0.76), 28)
        c.rect(158, 148, 92, 90, c.lit(accent, 0.7))
        c.circle(204, 193, 26, CREAM)
        c.leaf(204, 213, 38, 0, MOSS)
    for x, y, r in ((286, 112, 22), (320, 146, 11), (252, 88, 9)):
        c.circle(x, y, r, PAPER, 0.8)
        c.circle(x + r * 0.2, y + r * 0.2, r * 0.65, c.ground, 0.7)


def pump_bottle(c: Canvas, main: str, accent: str) -> None:
    """A bottle with a pump."""
    c.shadow(200, 76)
    c.path("M160 84Q160 72 172 72H246Q254 72 254 80V94H192V108H172Q160 108 160 96Z", accent)
    c.path("M160 84Q160 72 148 74L120 82Q112 86 116 96L122 100L160 96Z", accent)
    c.rect(176, 104, 18, 40, shade(accent, 0.2))
    c.rect(150, 136, 100, 34, c.tube(accent), 7)
    c.path(
        "M152 170H248Q276 178 276 212V302Q276 328 250 328H150Q124 328 124 302V212Q124 178 152 170Z",
        c.tube(main),
    )
    c.rect(146, 214, 108, 86, CREAM, 7)
    c.leaf(188, 288, 54, -20, MOSS)
    c.leaf(204, 290, 50, 32, shade(MOSS, 0.12))


def cream_jar(c: Canvas, main: str, accent: str) -> None:
    """A low pot of cream, its lid leaning."""
    c.shadow(190, 112)
    c.drum(84, 222, 200, 90, 26, main, tint(main, 0.5))
    c.ellipse(184, 222, 86, 20, PAPER)
    c.path(
        "M120 220C140 196 174 226 184 200C206 190 216 214 250 216Q244 236 184 238Q130 236 120 220Z",
        shade(CREAM, 0.08),
    )
    c.path("M150 214C160 200 178 214 186 196C200 194 204 208 220 212Q190 226 150 214Z", PAPER)
    c.band(84, 250, 200, 34, 26, c.tube(accent))
    with c.turned(66, 300, 240, -16, 24):
        c.drum(232, 196, 142, 28, 22, WOOD, tint(WOOD, 0.3))


def notebook(c: Canvas, main: str, accent: str) -> None:
    """A notebook with an elastic band and a pencil."""
    with c.turned(-10, 200, 200, -14, 0):
        c.cast("M104 66H300V340H104Z")
        c.rect(110, 70, 188, 270, tint(CREAM, 0.3), 10)
        c.rect(100, 64, 190, 270, c.lit(main, 0.86), 12)
        c.rect(100, 64, 30, 270, shade(main, 0.2), 12)
        c.rect(148, 112, 84, 54, CREAM, 6)
        c.stroke("M162 132H218M162 148H200", shade(CREAM, 0.3), 5)
        c.rect(256, 64, 13, 270, accent)
        c.path("M186 332H204V368L195 358 186 368Z", accent)
    with c.turned(14, 330, 200, 4, 0):
        c.cast("M320 84H342V300L331 328L320 300Z", 6, 8)
        c.rect(320, 96, 22, 196, c.lit(HONEY, 0.5))
        c.rect(320, 76, 22, 26, ROSE, 6)
        c.rect(320, 94, 22, 11, STEEL)
        c.path("M320 292H342L331 326Z", OAT)
        c.path("M327 313H335L331 326Z", CHARCOAL)


def book(c: Canvas, main: str, accent: str) -> None:
    """A cookbook, standing."""
    c.path("M280 328L322 310 352 324 300 336Z", shade(c.ground, 0.3), 0.4)
    c.shadow(196, 104)
    c.path("M282 82L304 72V316L282 328Z", shade(CREAM, 0.14))
    c.path("M104 82L130 72H304L282 82Z", tint(CREAM, 0.5))
    c.rect(98, 80, 186, 248, c.lit(main, 0.92), 6)
    c.rect(98, 80, 24, 248, shade(main, 0.2), 6)
    c.circle(204, 196, 58, tint(main, 0.82))
    c.path("M160 200H248C248 232 230 244 204 244S160 232 160 200Z", accent)
    c.ellipse(204, 200, 44, 8, shade(accent, 0.3))
    c.leaf(204, 200, 44, -26, MOSS)
    c.leaf(206, 200, 46, 20, shade(MOSS, 0.15))
    c.rect(164, 276, 80, 9, tint(main, 0.82), 4)
    c.rect(180, 296, 48, 7, tint(main, 0.5), 3)
    c.rect(150, 104, 108, 9, accent, 4)


def pencil_cup(c: Canvas, main: str, accent: str) -> None:
    """Colour pencils in a cup."""
    c.shadow(200, 78)
    for i, (x, top, color) in enumerate(
        ((148, 110, ROSE), (176, 72, SAFFRON), (204, 92, TEAL), (232, 66, INDIGO), (256, 116, MOSS))
    ):
        with c.turned((i - 2) * 7, x, 260):
            c.rect(x - 12, top + 34, 24, 160, c.lit(color, 0.5))
            c.path(f"M{x - 12} {top + 34}L{x} {top}L{x + 12} {top + 34}Z", OAT)
            c.path(f"M{x - 4.5} {top + 13}L{x} {top}L{x + 4.5} {top + 13}Z", color)
    c.band(124, 198, 152, 114, 15, c.tube(main))
    c.band(124, 262, 152, 18, 15, c.tube(accent))


def headphones(c: Canvas, main: str, accent: str) -> None:
    """Over-ear headphones."""
    c.shadow(200, 112)
    c.stroke("M100 230C92 40 308 40 300 230", shade(main, 0.12), 26)
    c.stroke("M104 200C108 76 292 76 296 200", accent, 9)
    for x, side in ((72, 1), (258, -1)):
        pad = x + 40 if side == 1 else x - 12
        c.rect(pad, 210, 34, 106, shade(CHARCOAL, 0.1), 16)
        c.rect(x, 198, 70, 130, c.lit(main, 0.6), 32)
        c.rect(x + 22, 226, 26, 74, accent, 13)


def speaker(c: Canvas, main: str, accent: str) -> None:
    """A small radio-like speaker."""
    c.shadow(200, 118)
    c.stroke("M136 140C136 70 264 70 264 140", c.lit(WOOD), 15)
    c.rect(78, 134, 244, 188, c.lit(main, 0.84), 34)
    c.circle(168, 228, 68, shade(main, 0.24))
    for row, half in enumerate((1, 2, 3, 3, 3, 2, 1)):
        y = 228 + (row - 3) * 18
        c.stroke(
            f"M{168 - half * 17} {y}H{168 + half * 17 + 1}", tint(main, 0.45), 8, dash="0.1 17"
        )
    c.circle(280, 190, 23, c.ball(accent))
    c.stroke("M280 190L290 177", CREAM, 5)
    c.rect(260, 240, 40, 10, CREAM, 5)
    c.rect(260, 264, 40, 10, CREAM, 5)
    c.rect(104, 320, 32, 10, CHARCOAL, 4)
    c.rect(264, 320, 32, 10, CHARCOAL, 4)


def gift_card(c: Canvas, main: str, accent: str) -> None:
    """A card with a bow, another behind it."""
    with c.turned(12):
        c.cast("M64 126H336V296H64Z")
        c.rect(64, 118, 272, 172, accent, 20)
    with c.turned(-8):
        c.cast("M58 124H342V302H58Z", 6, 9)
        c.rect(58, 118, 284, 180, c.lit(main, 0.72), 20)
        c.path(
            "M58 260Q140 200 200 258T342 236V278Q342 298 322 298H78Q58 298 58 278Z",
            shade(main, 0.2),
        )
        c.rect(118, 118, 24, 180, accent)
        c.rect(58, 178, 284, 24, accent)
        c.path("M130 190C86 120 54 176 130 190C206 176 174 120 130 190Z", tint(accent, 0.22))
        c.path("M130 190L104 236 122 232 130 244 136 232 156 236Z", tint(accent, 0.1))
        c.circle(130, 190, 14, shade(accent, 0.14))
        c.rect(232, 250, 84, 12, CREAM, 6)
        c.rect(268, 272, 48, 9, CREAM, 4, 0.7)


def tablet(c: Canvas, main: str, accent: str) -> None:
    """A tablet that shows a lesson."""
    with c.turned(6):
        c.cast("M92 66Q92 48 110 48H290Q308 48 308 66V342H92Z")
        c.rect(92, 48, 216, 300, CHARCOAL, 24)
        c.rect(106, 64, 188, 268, tint(main, 0.65), 12)
        c.path("M106 76Q106 64 118 64H282Q294 64 294 76V212H106Z", main)
        c.circle(236, 118, 30, SAFFRON)
        c.path("M106 212V176Q146 130 188 168T294 150V212Z", shade(main, 0.28))
        c.circle(200, 186, 32, PAPER)
        c.path("M190 168L218 186L190 204Z", accent)
        c.rect(124, 236, 108, 13, shade(main, 0.2), 6)
        c.rect(124, 264, 152, 9, shade(main, 0.05), 4)
        c.rect(124, 284, 152, 9, shade(main, 0.05), 4)
        c.rect(124, 304, 92, 9, accent, 4)


def hamper(c: Canvas, main: str, accent: str) -> None:
    """A present, packed."""
    c.shadow(200, 112)
    c.rect(94, 176, 212, 152, c.lit(main, 0.72), 6)
    c.rect(182, 176, 36, 152, c.lit(accent, 0.6))
    c.rect(80, 142, 240, 52, c.lit(tint(main, 0.14), 0.72), 8)
    c.rect(94, 194, 212, 9, shade(main, 0.3), 0, 0.4)
    c.rect(180, 142, 40, 52, c.lit(tint(accent, 0.08), 0.6))
    c.path("M200 140C170 44 84 66 106 110C116 132 164 140 200 140Z", accent)
    c.path("M200 140C230 44 316 66 294 110C284 132 236 140 200 140Z", shade(accent, 0.12))
    c.path("M190 132C168 88 122 84 130 106C136 122 166 128 190 132Z", shade(accent, 0.32))
    c.path("M210 132C232 88 278 84 270 106C264 122 234 128 210 132Z", shade(accent, 0.4))
    c.rect(182, 116, 36, 34, tint(accent, 0.15), 12)


def yoga_mat(c: Canvas, main: str, accent: str) -> None:
    """A mat, half unrolled."""
    c.shadow(206, 138)
    c.path("M132 130H296A64 99 0 0 1 296 328H132Z", c.fade(tint(main, 0.1), shade(main, 0.2)))
    for x in (212, 280):
        c.path(
            f"M{x} 130h20a64 99 0 0 1 0 198h-20a64 99 0 0 0 0-198z",
            c.fade(accent, shade(accent, 0.2)),
        )
    c.ellipse(132, 229, 72, 99, tint(main, 0.16))
    for rx, ry in ((54, 76), (36, 53), (18, 29)):
        c.stroke(
            f"M{132 - rx} 229A{rx} {ry} 0 1 1 {132 + rx} 229A{rx} {ry} 0 0 1 {132 - rx + 6} 250",
            shade(main, 0.22),
            6,
        )


def puzzle(c: Canvas, main: str, accent: str) -> None:
    """Wooden blocks, stacked to an arch."""
    c.shadow(200, 122)
    c.rect(86, 238, 62, 90, c.lit(main, 0.6), 4)
    c.rect(252, 238, 62, 90, c.lit(accent, 0.6), 4)
    c.path(
        "M86 238V216Q86 160 200 160T314 216V238H262Q262 206 200 206T138 238Z", c.lit(SAFFRON, 0.66)
    )
    c.path("M152 162L200 76L248 162Q200 152 152 162Z", c.lit(CLAY, 0.5))
    c.circle(200, 290, 38, c.ball(SAGE))


def missing(c: Canvas, main: str, accent: str) -> None:
    """An open, empty parcel: the picture of a thing the shop no longer has."""
    c.shadow(200, 108)
    c.path("M100 190L60 148L152 130L200 168Z", tint(main, 0.15))
    c.path("M300 190L340 148L248 130L200 168Z", shade(main, 0.06))
    c.path("M100 190L200 168L300 190L200 214Z", shade(main, 0.36))
    c.path("M100 190L200 214V330L112 308Q100 304 100 292Z", main)
    c.path("M300 190L200 214V330L288 308Q300 304 300 292Z", shade(main, 0.14))
    c.path("M100 190L200 214L166 250L70 224Z", tint(main, 0.3))
    c.path("M300 190L200 214L234 250L330 224Z", tint(main, 0.1))
    c.stroke("M200 72V106M156 84L168 112M244 84L232 112", accent, 9)
