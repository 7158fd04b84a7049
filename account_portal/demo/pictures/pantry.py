"""Food and drink. Each motif draws one thing in a main colour and an accent."""

from account_portal.demo.pictures.canvas import Canvas
from account_portal.demo.pictures.palette import (
    BRICK,
    COCOA,
    CREAM,
    HONEY,
    MOSS,
    OAT,
    PAPER,
    PINE,
    SAFFRON,
    SAND,
    STEEL,
    WOOD,
    shade,
    tint,
)


def tin(c: Canvas, main: str, accent: str) -> None:
    """A tea tin with a leaf on its label."""
    c.shadow(200, 84)
    c.band(118, 128, 164, 190, 16, c.tube(main))
    c.band(118, 172, 164, 108, 16, c.tube(CREAM))
    c.band(118, 172, 164, 7, 16, accent)
    c.band(118, 273, 164, 7, 16, accent)
    c.leaf(200, 278, 62, 0, MOSS)
    c.leaf(200, 280, 46, -58, shade(MOSS, 0.1))
    c.leaf(200, 280, 46, 58, shade(MOSS, 0.1))
    c.drum(112, 98, 176, 36, 17, shade(main, 0.1), tint(main, 0.12))
    c.ellipse(200, 96, 58, 9, shade(main, 0.04))


def coffee_bag(c: Canvas, main: str, accent: str) -> None:
    """A bag of beans with a folded top and a round label."""
    c.shadow(200, 92)
    c.path("M118 132 H282 L292 318 Q292 328 282 328 H118 Q108 328 108 318Z", c.lit(main, 0.72))
    c.path("M118 132L134 328H118Q108 328 108 318Z", tint(main, 0.12))
    c.rect(112, 82, 176, 54, c.lit(shade(main, 0.1), 0.72), 6)
    c.rect(112, 122, 176, 8, shade(main, 0.3), 0, 0.5)
    c.rect(104, 96, 192, 13, accent, 6)
    c.circle(200, 222, 56, CREAM)
    c.circle(200, 222, 48, accent)
    for x, angle in ((182, -28), (219, 24)):
        with c.turned(angle, x, 222):
            c.ellipse(x, 222, 17, 25, COCOA)
            c.stroke(f"M{x} 200c-9 14 9 28 0 44", tint(COCOA, 0.35), 4)


def fruit_pouch(c: Canvas, main: str, accent: str) -> None:
    """A pouch with a window on dried mango."""
    c.shadow(200, 92)
    c.path(
        "M114 92H286L280 130 294 312Q294 328 278 328H122Q106 328 106 312L120 130Z",
        c.lit(main, 0.74),
    )
    c.rect(112, 84, 176, 26, c.lit(shade(main, 0.12), 0.74), 5)
    c.circle(200, 97, 6, c.ground)
    c.path(
        "M200 140C262 140 272 216 250 262C236 292 164 292 150 262C128 216 138 140 200 140Z", CREAM
    )
    c.path(
        "M214 168C262 170 262 246 214 262C176 274 148 248 160 214C168 190 186 168 214 168Z",
        c.ball(accent),
    )
    c.leaf(216, 174, 46, 62, MOSS)
    c.stroke("M216 174q-3-10-11-15", COCOA, 5)


def granola_bag(c: Canvas, main: str, accent: str) -> None:
    """A paper bag with a rolled top and a window on the grain."""
    c.shadow(200, 90)
    c.path("M120 118H280L288 328H112Z", c.lit(main, 0.76))
    c.path("M120 118L112 328H130L136 118Z", tint(main, 0.3))
    c.rect(112, 92, 176, 40, c.lit(shade(main, 0.08), 0.76), 12)
    c.rect(178, 84, 44, 56, accent, 6)
    c.rect(146, 186, 108, 110, shade(WOOD, 0.12), 54)
    for i, (x, y) in enumerate(
        (
            (176, 222),
            (202, 214),
            (226, 228),
            (170, 250),
            (196, 244),
            (222, 256),
            (184, 274),
            (210, 278),
            (198, 262),
        )
    ):
        with c.turned(i * 40, x, y):
            c.ellipse(x, y, 14, 9, (SAND, OAT, HONEY)[i % 3])
    c.circle(188, 230, 8, BRICK)
    c.circle(216, 242, 8, BRICK)


def honey_jar(c: Canvas, main: str, accent: str) -> None:
    """A jar of honey with its dipper."""
    c.shadow(196, 88)
    c.path(
        "M132 146C106 158 106 176 106 196V296Q106 328 138 328H250Q282 328 282 296V196C282"
        " 176 282 158 256 146Z",
        c.tube(main),
    )
    c.path(
        "M106 202V196C106 176 106 158 132 146H256C282 158 282 176 282 196V202Q240 190 194"
        " 202T106 202Z",
        PAPER,
        0.5,
    )
    c.rect(122, 108, 144, 40, c.tube(accent), 9)
    c.rect(122, 134, 144, 7, shade(accent, 0.25), 0, 0.6)
    c.path("M194 208L242 234V284L194 310L146 284V234Z", CREAM)
    c.path("M194 226L224 243V276L194 293L164 276V243Z", main)
    with c.turned(24, 300, 220):
        c.rect(294, 92, 12, 172, c.lit(WOOD), 6)
        c.rect(288, 250, 24, 74, shade(WOOD, 0.45), 6)
        for y, half in ((248, 20), (264, 26), (280, 28), (296, 26), (312, 19)):
            c.rect(300 - half, y, half * 2, 11, c.lit(tint(WOOD, 0.15)), 5)


def marmalade_jar(c: Canvas, main: str, accent: str) -> None:
    """A preserve under a cloth cap, a slice of the fruit beside it."""
    c.shadow(186, 84)
    c.rect(106, 152, 160, 176, c.tube(main), 30)
    c.rect(122, 206, 128, 84, CREAM, 8)
    c.circle(186, 248, 28, main)
    c.circle(186, 248, 21, tint(main, 0.4))
    c.path(
        "M96 158C110 130 116 112 186 112S262 130 276 158Q264 170 254 158Q240 172 226 160Q208"
        " 174 190 160Q172 174 152 160Q136 172 122 158Q108 170 96 158Z",
        c.lit(accent, 0.66),
    )
    c.rect(112, 132, 148, 9, CREAM, 4)
    c.circle(292, 282, 46, main)
    c.circle(292, 282, 39, tint(main, 0.75))
    for angle in range(0, 360, 60):
        with c.turned(angle, 292, 282):
            c.path("M292 277L276 252Q292 240 308 252Z", tint(main, 0.12))


def oil_bottle(c: Canvas, main: str, accent: str) -> None:
    """A tall bottle with an olive branch on the label."""
    c.shadow(200, 66)
    c.path(
        "M180 96H220V146C220 172 262 178 262 216V312Q262 328 246 328H154Q138 328 138 312V216"
        "C138 178 180 172 180 146Z",
        c.tube(main),
    )
    c.rect(176, 56, 48, 52, c.tube(accent), 7)
    c.rect(172, 102, 56, 10, c.tube(shade(accent, 0.2)), 4)
    c.rect(138, 216, 124, 84, c.tube(CREAM))
    c.stroke("M168 284C190 272 208 250 226 230", PINE, 4)
    c.leaf(188, 270, 34, -30, MOSS)
    c.leaf(206, 252, 34, 100, MOSS)
    c.leaf(208, 248, 32, -24, MOSS)
    c.ellipse(190, 284, 10, 13, PINE)


def syrup_bottle(c: Canvas, main: str, accent: str) -> None:
    """A round-shouldered bottle with a swing stopper and a star of anise."""
    c.shadow(200, 80)
    c.path(
        "M184 96H216V138C216 158 278 166 278 222V304Q278 328 254 328H146Q122 328 122 304V222"
        "C122 166 184 158 184 138Z",
        c.tube(main),
    )
    c.circle(200, 76, 20, c.ball(OAT))
    c.rect(180, 92, 40, 13, accent, 5)
    c.stroke("M178 112q-14-18 4-34M222 112q14-18-4-34", STEEL, 4)
    c.circle(200, 244, 48, CREAM)
    for angle in range(0, 360, 45):
        with c.turned(angle, 200, 244):
            c.path("M200 242Q188 222 200 206Q212 222 200 242Z", c.lit(COCOA, 0.5))
    c.circle(200, 244, 7, accent)


def chocolate(c: Canvas, main: str, accent: str) -> None:
    """A bar half out of its wrapper."""
    with c.turned(14):
        c.cast("M136 62H264V338H136Z")
        c.rect(140, 62, 120, 160, shade(COCOA, 0.25), 6)
        for row in range(3):
            for column in range(2):
                x, y = 145 + column * 57, 67 + row * 46
                c.rect(x, y, 53, 42, COCOA, 5)
                c.path(f"M{x} {y + 5}q0-5 5-5h43q5 0 5 5l-8 4h-37z", tint(COCOA, 0.2))
        c.path(
            "M134 206L147 194 160 206 173 194 186 206 200 194 214 206 227 194 240 206 253"
            " 194 266 206V224H134Z",
            c.lit(tint(STEEL, 0.45), 0.7),
        )
        c.rect(134, 216, 132, 122, c.lit(main, 0.7), 3)
        c.rect(134, 240, 132, 74, c.lit(CREAM, 0.7))
        c.circle(200, 277, 24, accent)
        c.path("M184 290L197 268 205 279 210 272 219 290Z", CREAM)


def carton(c: Canvas, main: str, accent: str) -> None:
    """A box of crackers."""
    c.path("M262 328L310 304 344 322 300 334Z", shade(c.ground, 0.3), 0.4)
    c.shadow(194, 100)
    c.path("M256 104L306 90V310L256 328Z", shade(main, 0.24))
    c.path("M96 104L148 90H306L256 104Z", tint(main, 0.35))
    c.rect(96, 104, 160, 224, main)
    c.path("M96 256C140 232 206 284 256 250V328H96Z", accent)
    c.path("M256 250L306 236V310L256 328Z", shade(accent, 0.24))
    for x, y, angle in ((150, 172, -16), (200, 214, 14)):
        with c.turned(angle, x, y):
            c.rect(x - 36, y - 36, 72, 72, shade(main, 0.3), 12)
            c.rect(x - 36, y - 39, 72, 72, tint(SAND, 0.25), 12)
            for dx in (-15, 0, 15):
                for dy in (-18, -3, 12):
                    c.circle(x + dx, y + dy, 4, WOOD)


def can(c: Canvas, main: str, accent: str) -> None:
    """A slim can with hills and a sun."""
    c.shadow(200, 66)
    c.path(
        "M136 118L150 94H250L264 118V302L252 322Q200 336 148 322L136 302Z",
        c.tube(tint(STEEL, 0.35)),
    )
    c.band(136, 118, 128, 182, 10, c.tube(main))
    c.circle(212, 190, 30, accent)
    c.path("M136 254Q168 206 204 244T264 232V300A64 10 0 0 1 136 300Z", c.tube(shade(main, 0.3)))
    c.path("M136 284Q176 246 220 274T264 270V300A64 10 0 0 1 136 300Z", c.tube(CREAM))
    c.ellipse(200, 94, 50, 9, STEEL)
    c.ellipse(200, 93, 42, 6, tint(STEEL, 0.5))
    c.ellipse(208, 93, 15, 3, shade(STEEL, 0.3))


def spice_jars(c: Canvas, main: str, accent: str) -> None:
    """Two corked spice jars, one in front of the other."""
    for x, top, width, color in ((206, 120, 112, accent), (90, 156, 132, main)):
        height = 314 - top
        c.shadow(x + width / 2, width * 0.52)
        c.rect(x, top - 8, width, 90, c.lit(tint(c.ground, 0.65), 0.68), 26)
        c.band(x, top + 34, width, height - 34, 12, c.tube(color))
        c.ellipse(x + width / 2, top + 34, width / 2, 12, tint(color, 0.25))
        c.rect(x + 10, top - 34, width - 20, 48, c.tube(WOOD), 8)
        c.ellipse(x + width / 2, top - 33, width / 2 - 11, 8, tint(WOOD, 0.35))
        c.rect(x + 18, top + 74, width - 36, 62, CREAM, 6)
        c.rect(x + 32, top + 92, width - 64, 8, color, 4)
        c.rect(x + 44, top + 110, width - 88, 7, shade(CREAM, 0.25), 3)


def dallah(c: Canvas, main: str, accent: str) -> None:
    """An Arabic coffee pot and its small cup."""
    c.shadow(184, 80)
    c.stroke("M222 176C300 150 306 262 244 286", c.lit(shade(accent, 0.1)), 15)
    c.path("M158 186C126 178 108 140 66 150C94 162 98 212 150 236Z", shade(main, 0.06))
    c.path("M148 162H222L226 206C270 240 274 300 246 328H124C96 300 100 240 144 206Z", c.tube(main))
    c.path("M142 164C146 124 176 118 185 76C194 118 224 124 228 164Z", c.tube(shade(main, 0.1)))
    c.circle(185, 70, 11, c.ball(accent))
    c.rect(138, 158, 94, 14, c.tube(accent), 6)
    c.band(112, 262, 146, 14, 8, c.tube(accent))
    c.rect(120, 316, 130, 14, c.tube(accent), 6)
    c.shadow(308, 34)
    c.path("M268 268H348C348 306 334 328 308 328S268 306 268 268Z", c.tube(CREAM))
    c.ellipse(308, 268, 40, 8, tint(COCOA, 0.1))
    c.stroke("M278 294H338", accent, 6)


def saffron_box(c: Canvas, main: str, accent: str) -> None:
    """Threads of saffron in a round box, its lid lifted."""
    c.shadow(200, 96)
    c.drum(104, 214, 192, 98, 30, main, tint(main, 0.2))
    c.ellipse(200, 215, 84, 23, CREAM)
    for x, y, angle in (
        (158, 212, 20),
        (186, 222, -20),
        (214, 208, 30),
        (240, 216, 10),
        (214, 226, -8),
        (180, 206, -14),
    ):
        with c.turned(angle, x, y):
            c.stroke(f"M{x - 18} {y}q18-9 36 0", accent if angle > 0 else SAFFRON, 6)
    c.band(104, 236, 192, 52, 30, c.tube(CREAM))
    c.circle(200, 294, 15, accent)
    with c.turned(-14, 250, 150):
        c.drum(148, 112, 190, 26, 28, shade(main, 0.1), tint(main, 0.1))
        c.ellipse(243, 110, 60, 14, CREAM)
        c.circle(243, 109, 9, accent)
