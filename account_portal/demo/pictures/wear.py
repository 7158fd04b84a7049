"""Clothes and things to carry."""

from account_portal.demo.pictures.canvas import Canvas
from account_portal.demo.pictures.palette import (
    CHARCOAL,
    CREAM,
    HONEY,
    PAPER,
    STEEL,
    WOOD,
    shade,
    tint,
)


def t_shirt(c: Canvas, main: str, accent: str) -> None:
    """A T-shirt laid flat."""
    d = (
        "M148 82L104 98Q88 104 80 120L48 186Q44 196 54 200L96 218L114 190V322"
        "Q114 336 128 336H272Q286 336 286 322V190L304 218L346 200Q356 196 352 186L320 120"
        "Q312 104 296 98L252 82Q200 128 148 82Z"
    )
    c.cast(d)
    c.path(d, c.lit(main, 0.64))
    c.path(
        "M114 190L96 218L54 200Q44 196 48 186L52 178L108 202ZM286 190L304 218L346 200"
        "Q356 196 352 186L348 178L292 202Z",
        shade(main, 0.2),
        0.5,
    )
    c.path("M148 82Q200 128 252 82Q238 76 230 74Q200 100 170 74Q162 76 148 82Z", shade(main, 0.2))
    c.stroke("M120 146Q126 170 114 194M280 146Q274 170 286 194", shade(main, 0.25), 4, 0.7)
    c.rect(222, 158, 44, 50, accent, 5)
    c.stroke("M222 170H266", shade(accent, 0.25), 4)


def beanie(c: Canvas, main: str, accent: str) -> None:
    """A knitted hat with a bobble."""
    c.shadow(200, 108)
    c.circle(200, 84, 38, c.ball(accent))
    c.path("M94 260C90 150 134 108 200 108S310 150 306 260Z", c.lit(main, 0.66))
    for x in (128, 164, 200, 236, 272):
        c.stroke(f"M{x} 248Q{x} 170 {200 + (x - 200) * 0.5:.0f} 124", shade(main, 0.2), 6, 0.6)
    c.rect(80, 238, 240, 88, c.lit(tint(main, 0.1), 0.68), 26)
    for x in range(102, 312, 22):
        c.stroke(f"M{x} 250V314", shade(main, 0.16), 7, 0.7)
    c.rect(226, 266, 44, 32, accent, 5)


def tote(c: Canvas, main: str, accent: str) -> None:
    """A canvas bag with a printed sun."""
    c.shadow(200, 104)
    c.stroke("M156 150C154 66 246 66 244 150", shade(accent, 0.25), 13)
    c.path("M102 138H298L312 314Q312 328 298 328H102Q88 328 88 314Z", c.lit(main, 0.72))
    c.rect(102, 138, 196, 11, shade(main, 0.14))
    c.stroke("M140 180V146C140 34 260 34 260 146V180", accent, 15)
    c.path("M150 254A50 50 0 0 1 250 254Z", accent)
    for angle in (-72, -36, 0, 36, 72):
        with c.turned(angle, 200, 254):
            c.stroke("M200 188V176", accent, 8)
    c.stroke("M136 272H264M154 292H246", accent, 8)


def sneaker(c: Canvas, main: str, accent: str) -> None:
    """A canvas shoe from the side."""
    c.shadow(198, 150)
    c.path(
        "M64 170Q68 148 92 152L146 158Q162 160 170 172L226 230Q240 244 268 248L320 258"
        "Q350 266 350 298H60Z",
        c.lit(main, 0.7),
    )
    c.path("M296 252L320 258Q350 266 350 298H278Q276 266 296 252Z", CREAM)
    c.path("M64 170Q68 148 92 152L146 158Q132 186 96 186Q74 186 64 170Z", shade(main, 0.28))
    c.path("M60 298L61 230Q98 236 108 298Z", accent)
    for i in range(4):
        x, y = 172 + i * 20, 184 + i * 17
        c.stroke(f"M{x} {y}L{x - 30} {y + 19}", PAPER, 9)
    c.stroke("M124 296Q152 246 214 250", tint(main, 0.3), 5, dash="7 8")
    c.path("M52 292H352Q360 292 360 302Q360 328 336 328H72Q50 328 50 304Z", PAPER)
    c.stroke("M58 308H354", accent, 7)


def backpack(c: Canvas, main: str, accent: str) -> None:
    """A roll-top day pack."""
    c.shadow(200, 100)
    c.stroke("M112 170C72 180 76 290 110 304M288 170C328 180 324 290 288 304", shade(main, 0.3), 15)
    c.stroke("M172 84C172 48 228 48 228 84", shade(main, 0.3), 11)
    c.path(
        "M106 156Q106 92 158 86H242Q294 92 294 156V300Q294 328 266 328H134Q106 328 106 300Z",
        c.lit(main, 0.7),
    )
    c.path(
        "M106 152Q106 80 164 78H236Q294 80 294 152V176Q294 194 276 194H124Q106 194 106 176Z",
        c.lit(shade(main, 0.1), 0.7),
    )
    c.rect(128, 222, 144, 90, c.lit(tint(main, 0.1), 0.74), 18)
    c.stroke("M144 244H256", shade(main, 0.28), 5)
    for x in (146, 238):
        c.rect(x, 150, 17, 78, accent, 5)
        c.rect(x - 4, 184, 25, 20, tint(HONEY, 0.35), 5)


def socks(c: Canvas, main: str, accent: str) -> None:
    """A pair of socks."""
    for dx, angle in ((56, 10), (-26, -6)):
        with c.turned(angle, 200, 200, dx, 4):
            d = "M142 64H216V202Q216 224 200 240L142 304Q116 328 92 306Q70 284 94 258L142 204Z"
            c.cast(d, 7, 9)
            c.path(d, c.lit(main, 0.68))
            c.path("M94 258L116 234 164 280 142 304Q116 328 92 306Q70 284 94 258Z", accent)
            c.path("M216 176V202Q216 224 200 240L190 251Q166 214 216 176Z", accent)
            c.rect(138, 58, 82, 30, c.lit(tint(main, 0.15), 0.68), 9)
            c.rect(142, 104, 74, 12, accent)
            c.rect(142, 128, 74, 12, tint(main, 0.75))


def umbrella(c: Canvas, main: str, accent: str) -> None:
    """An open umbrella."""
    c.shadow(200, 60)
    c.rect(195, 60, 10, 232, WOOD, 5)
    c.stroke("M200 280V296Q200 318 222 318T244 296", accent, 14)
    c.path(
        "M52 214C52 116 122 72 200 72S348 116 348 214Q324 190 298 214Q274 188 249 214"
        "Q224 188 200 214Q176 188 151 214Q126 188 102 214Q76 190 52 214Z",
        main,
    )
    c.path(
        "M102 214C104 140 150 84 200 72C172 100 152 150 151 214Q126 188 102 214Z", tint(main, 0.28)
    )
    c.path(
        "M249 214C248 150 228 100 200 72C296 84 348 130 348 214Q324 190 298 214Q274 188 249 214Z",
        shade(main, 0.14),
    )
    c.path("M249 214C248 150 228 100 200 72C250 84 296 140 298 214Q274 188 249 214Z", accent)
    c.stroke("M200 72V54", WOOD, 8)


def sunglasses(c: Canvas, main: str, accent: str) -> None:
    """Round glasses, seen from the front."""
    for cx in (128, 272):
        c.ellipse(cx + 8, 216, 66, 66, shade(c.ground, 0.4), 0.35)
    c.stroke("M70 176L46 166M330 176L354 166", shade(main, 0.2), 16)
    c.stroke("M184 184Q200 168 216 184", main, 13)
    for cx in (128, 272):
        c.circle(cx, 204, 68, main)
        c.circle(cx, 204, 55, c.fade(shade(accent, 0.45), tint(accent, 0.1)))
        c.path(f"M{cx - 40} 222L{cx + 2} 158L{cx + 20} 156L{cx - 30} 240Z", PAPER, 0.4)


def watch(c: Canvas, main: str, accent: str) -> None:
    """A field watch on a strap."""
    c.cast("M156 40H244L252 140A78 78 0 0 1 252 260L244 360H156L148 260A78 78 0 0 1 148 140Z")
    c.path("M160 44Q160 32 172 32H228Q240 32 240 44L252 144H148Z", c.lit(main, 0.62))
    c.path("M160 356Q160 368 172 368H228Q240 368 240 356L252 256H148Z", c.lit(main, 0.62))
    c.stroke("M200 300V346", shade(main, 0.4), 6, dash="1 15")
    c.rect(282, 188, 18, 24, STEEL, 5)
    c.circle(200, 200, 88, c.lit(tint(STEEL, 0.3), 0.6))
    c.circle(200, 200, 72, c.ball(accent))
    for angle in range(0, 360, 30):
        with c.turned(angle):
            c.rect(196.5, 136, 7, 17 if angle % 90 == 0 else 9, CREAM, 3)
    c.stroke("M200 200L168 176", CREAM, 9)
    c.stroke("M200 200L232 158", CREAM, 6)
    c.circle(200, 200, 8, HONEY)
    c.stroke("M168 60V120", tint(main, 0.35), 4, dash="7 7")
    c.stroke("M232 60V120", CHARCOAL, 3, 0.3, dash="7 7")
