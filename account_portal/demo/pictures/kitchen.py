"""What stands in a kitchen."""

from account_portal.demo.pictures.canvas import Canvas
from account_portal.demo.pictures.palette import (
    CHARCOAL,
    COCOA,
    CREAM,
    HONEY,
    PAPER,
    SAFFRON,
    STEEL,
    WOOD,
    shade,
    tint,
)


def mug(c: Canvas, main: str, accent: str) -> None:
    """A dipped mug, coffee in it."""
    c.shadow(188, 86)
    c.stroke("M252 186C330 170 330 290 246 280", shade(main, 0.16), 25)
    c.stroke("M252 183C322 170 322 282 246 277", main, 15)
    c.band(100, 150, 170, 162, 20, c.tube(main))
    c.band(100, 248, 170, 64, 20, c.tube(accent))
    c.ellipse(185, 150, 85, 20, tint(main, 0.3))
    c.ellipse(185, 151, 76, 15, shade(COCOA, 0.2))
    c.ellipse(178, 153, 54, 9, COCOA)
    c.stroke("M164 112c-14-18 14-26 0-46M204 112c-14-18 14-26 0-46", PAPER, 9, 0.75)


def teapot(c: Canvas, main: str, accent: str) -> None:
    """A round pot with a wooden knob."""
    c.shadow(196, 96)
    c.stroke("M118 196C44 168 40 300 132 286", shade(main, 0.2), 20)
    c.path("M270 214C308 212 316 172 340 158L364 172C346 200 344 268 268 288Z", shade(main, 0.16))
    c.path(
        "M98 238C98 166 150 148 196 148S294 166 294 238S246 328 196 328S98 310 98 238Z",
        c.ball(main),
    )
    c.ellipse(196, 160, 64, 12, shade(main, 0.25))
    c.path("M134 158C140 120 252 120 258 158Q196 178 134 158Z", c.tube(main))
    c.circle(196, 116, 16, c.ball(accent))
    c.path("M99 250Q196 284 293 250Q290 272 280 288Q196 314 112 288Q101 272 99 250Z", accent, 0.85)


def french_press(c: Canvas, main: str, accent: str) -> None:
    """A press half full of coffee."""
    c.shadow(190, 74)
    c.stroke("M252 164C328 158 328 288 252 286", main, 17)
    c.band(122, 132, 136, 184, 12, tint(c.ground, 0.6))
    c.band(122, 208, 136, 106, 12, c.tube(COCOA))
    c.ellipse(190, 208, 68, 12, tint(COCOA, 0.25))
    c.rect(186, 70, 8, 138, STEEL)
    c.band(122, 190, 136, 8, 12, c.tube(STEEL))
    c.rect(138, 146, 12, 150, PAPER, 6, 0.55)
    for y in (150, 296):
        c.band(118, y, 144, 15, 12, c.tube(accent))
    c.path("M122 132L104 126 112 144 122 152Z", tint(c.ground, 0.4))
    c.drum(118, 122, 144, 16, 13, main)
    c.circle(190, 66, 16, c.ball(main))


def pan(c: Canvas, main: str, accent: str) -> None:
    """A skillet from above, an egg in it."""
    with c.turned(-45, 200, 200, -6, 0):
        c.cast("M74 180A108 108 0 0 1 290 180L396 172V208L284 208A108 108 0 0 1 74 180Z", 2, 15)
        c.path("M270 166L386 172Q402 174 402 188T386 206L270 210Z", shade(main, 0.2))
        c.ellipse(380, 189, 10, 6, c.ground)
    c.circle(172, 226, 112, c.lit(main, 0.62))
    c.circle(172, 226, 97, shade(main, 0.32))
    c.circle(172, 229, 92, tint(main, 0.05))
    c.path(
        "M128 182C150 156 184 182 212 178C252 174 256 224 234 246C218 264 206 290 170 280"
        "C128 276 98 258 108 224C112 208 116 196 128 182Z",
        PAPER,
    )
    c.circle(178, 226, 31, c.ball(accent))


def board(c: Canvas, main: str, accent: str) -> None:
    """A board and a knife, from above."""
    with c.turned(-16):
        c.cast("M92 96Q92 66 122 66H234Q264 66 264 96V320Q264 344 240 344H116Q92 344 92 320Z")
        c.rect(92, 66, 172, 278, c.lit(main, 0.5), 26)
        c.stroke("M128 120V330M164 90V330M218 90V330", shade(main, 0.15), 4, 0.5)
        c.circle(178, 96, 15, shade(main, 0.4))
        c.circle(178, 98, 13, c.ground)
        c.cast("M304 44C328 84 330 150 322 204H300V336H300Z", 5, 8)
        c.path("M300 40C330 78 336 150 328 212H300Z", tint(STEEL, 0.45))
        c.path("M300 40C308 90 312 150 312 212H300Z", STEEL)
        c.rect(297, 210, 30, 132, c.lit(accent), 12)
        for y in (242, 276, 310):
            c.circle(312, y, 5, tint(STEEL, 0.5))


def bowls(c: Canvas, main: str, accent: str) -> None:
    """Three bowls, one in the other."""
    c.shadow(200, 82)
    c.ellipse(200, 138, 108, 20, tint(main, 0.35))
    c.ellipse(200, 141, 99, 15, shade(main, 0.22))
    for top, half, color in ((138, 108, main), (172, 120, accent), (208, 132, main)):
        left, right, low = 200 - half, 200 + half, top + 112
        c.path(
            f"M{left} {top}A{half} 21 0 0 0 {right} {top}"
            f"C{right} {top + 70} {right - 50} {low} 200 {low}"
            f"S{left} {top + 70} {left} {top}Z",
            c.tube(color),
        )
        c.stroke(
            f"M{left + 4} {top + 4}A{half} 21 0 0 0 {right - 4} {top + 4}", tint(color, 0.45), 7
        )
    c.rect(152, 314, 96, 14, c.tube(shade(main, 0.12)), 5)
    for x, y in ((150, 262), (226, 282), (252, 256), (190, 296), (130, 250), (208, 252)):
        c.circle(x, y, 3.5, shade(main, 0.4))


def carafe(c: Canvas, main: str, accent: str) -> None:
    """A glass carafe with citrus water."""
    c.shadow(200, 86)
    c.path(
        "M164 88H236L230 150C230 196 290 220 290 284Q290 328 248 328H152Q110 328 110 284"
        "C110 220 170 196 170 150Z",
        PAPER,
        0.72,
    )
    c.path(
        "M146 218Q200 204 254 218C276 236 290 256 290 284Q290 328 248 328H152"
        "Q110 328 110 284C110 256 124 236 146 218Z",
        c.tube(main),
        0.85,
    )
    c.ellipse(200, 220, 55, 10, tint(main, 0.4))
    for x, y in ((168, 272), (232, 286)):
        c.circle(x, y, 28, accent)
        c.circle(x, y, 23, tint(accent, 0.7))
        for angle in range(0, 360, 60):
            with c.turned(angle, x, y):
                c.path(f"M{x} {y - 3}l-9-15q9-5 18 0z", tint(accent, 0.15))
    c.rect(162, 62, 76, 34, c.tube(WOOD), 10)
    c.stroke("M130 262Q134 244 148 230", PAPER, 9, 0.8)


def thermos(c: Canvas, main: str, accent: str) -> None:
    """A vacuum bottle with a steel collar."""
    c.shadow(200, 62)
    c.stroke("M172 76C172 34 228 34 228 76", accent, 12)
    c.path(
        "M160 132H240Q260 144 260 170V308Q260 328 240 328H160Q140 328 140 308V170Q140 144 160 132Z",
        c.tube(main),
    )
    c.rect(158, 72, 84, 48, c.tube(shade(main, 0.3)), 12)
    c.rect(154, 116, 92, 20, c.tube(tint(STEEL, 0.35)), 5)
    c.rect(140, 284, 120, 14, c.tube(accent))
    c.path("M184 226L200 198 216 226Z", tint(main, 0.75))


def apron(c: Canvas, main: str, accent: str) -> None:
    """A work apron on its hook."""
    c.stroke("M160 116C160 44 240 44 240 116", shade(main, 0.2), 12)
    c.circle(200, 62, 10, accent)
    d = (
        "M152 112H248C250 160 266 176 300 190V318Q300 334 284 334H116Q100 334 100 318V190"
        "C134 176 150 160 152 112Z"
    )
    c.cast(d)
    c.path(d, c.lit(main, 0.68))
    c.stroke("M100 198L70 226M300 198L330 226", shade(main, 0.2), 10)
    c.rect(138, 224, 124, 76, c.lit(shade(main, 0.14)), 10)
    c.stroke("M138 236H262M200 236V298", tint(main, 0.35), 4, dash="8 8")
    c.rect(152, 112, 96, 14, accent)


def kettle(c: Canvas, main: str, accent: str) -> None:
    """A stove kettle."""
    c.shadow(200, 104)
    c.stroke("M118 186C112 56 288 56 282 186", CHARCOAL, 11)
    c.stroke("M164 96Q200 82 236 96", accent, 22)
    c.path("M276 236C312 236 316 194 332 180L358 196C350 214 336 284 276 292Z", shade(main, 0.18))
    c.path(
        "M96 308C96 214 132 166 200 166S304 214 304 308Q304 328 284 328H116Q96 328 96 308Z",
        c.tube(main),
    )
    c.path("M146 182C150 152 250 152 254 182Q200 196 146 182Z", c.tube(shade(main, 0.12)))
    c.circle(200, 152, 13, c.ball(accent))
    c.rect(98, 300, 204, 14, shade(main, 0.3), 0, 0.5)


def tea_towel(c: Canvas, main: str, accent: str) -> None:
    """Folded linen towels, tied."""
    c.shadow(200, 120)
    for i, color in enumerate((main, CREAM, accent)):
        y = 270 - i * 58
        c.rect(82, y, 236, 58, c.lit(color, 0.78), 24)
        c.stroke(f"M106 {y + 29}H300", shade(color, 0.22), 4, 0.7)
        c.stroke(f"M106 {y + 15}H296M106 {y + 44}H296", tint(color, 0.4), 4, dash="2 10")
    c.rect(184, 152, 24, 178, c.lit(HONEY))
    c.path("M196 154C150 104 132 142 196 158C260 142 242 104 196 154Z", SAFFRON)
    c.circle(196, 155, 10, HONEY)
