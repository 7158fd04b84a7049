"""Which picture shows what: the motif, its two colours and its ground, by file name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from account_portal.demo.pictures import desk, home, kitchen, pantry, wear
from account_portal.demo.pictures import palette as p
from account_portal.demo.pictures.canvas import Canvas

Motif = Callable[[Canvas, str, str], None]


@dataclass(frozen=True)
class Scene:
    """One picture. `table` is false where the thing hangs or is seen from above."""

    motif: Motif
    main: str
    accent: str
    ground: str
    table: bool = True


PLACEHOLDER = "placeholder"
"""Shown for products that no longer exist."""

SCENES: Mapping[str, Scene] = {
    PLACEHOLDER: Scene(desk.missing, "#c9c2b6", "#a8a196", p.ON_STONE),
    # Pantry
    "northwind-chai": Scene(pantry.tin, p.CLAY, p.SAFFRON, p.ON_SAND),
    "northwind-earl-grey": Scene(pantry.tin, p.INDIGO, p.SKY, p.ON_MIST),
    "highland-coffee": Scene(pantry.coffee_bag, p.PINE, p.SAFFRON, p.ON_SAGE),
    "wildflower-honey": Scene(pantry.honey_jar, p.HONEY, p.CLAY, p.ON_BUTTER),
    "olive-oil": Scene(pantry.oil_bottle, p.PINE, p.BRASS, p.ON_SAGE),
    "sea-salt-chocolate": Scene(pantry.chocolate, p.TEAL, p.CLAY, p.ON_BLUSH, table=False),
    "seeded-crackers": Scene(pantry.carton, p.SAFFRON, p.CLAY, p.ON_BLUSH),
    "aniseed-syrup": Scene(pantry.syrup_bottle, p.PLUM, p.SAFFRON, p.ON_LILAC),
    "orange-marmalade": Scene(pantry.marmalade_jar, "#e58a2e", p.TEAL, p.ON_MIST),
    "cold-brew": Scene(pantry.can, p.TEAL, p.SAFFRON, p.ON_STONE),
    "oat-granola": Scene(pantry.granola_bag, p.OAT, p.CLAY, p.ON_BLUSH),
    "mango-chiang-mai": Scene(pantry.fruit_pouch, p.MOSS, p.SAFFRON, p.ON_BUTTER),
    "qahwa-cardamom": Scene(pantry.dallah, p.BRASS, p.PINE, p.ON_SAGE),
    "cajun-seasoning": Scene(pantry.spice_jars, p.CLAY, p.MOSS, p.ON_SAND),
    "kashmir-saffron": Scene(pantry.saffron_box, p.PLUM, p.BRICK, p.ON_LILAC),
    # Kitchen
    "stoneware-mug-clay": Scene(kitchen.mug, p.CREAM, p.CLAY, p.ON_BLUSH),
    "stoneware-mug-moss": Scene(kitchen.mug, p.CREAM, p.MOSS, p.ON_SAGE),
    "stoneware-mug-indigo": Scene(kitchen.mug, p.CREAM, p.INDIGO, p.ON_MIST),
    "enamel-teapot-teal": Scene(kitchen.teapot, p.TEAL, p.SAFFRON, p.ON_BUTTER),
    "enamel-teapot-rose": Scene(kitchen.teapot, p.ROSE, p.BRASS, p.ON_BLUSH),
    "french-press": Scene(kitchen.french_press, p.CHARCOAL, p.BRASS, p.ON_SAND),
    "cast-iron-skillet": Scene(kitchen.pan, p.CHARCOAL, p.SAFFRON, p.ON_MIST, table=False),
    "acacia-board": Scene(kitchen.board, p.WOOD, p.CHARCOAL, p.ON_SAGE, table=False),
    "speckled-bowls": Scene(kitchen.bowls, p.OAT, p.TEAL, p.ON_MIST),
    "glass-carafe": Scene(kitchen.carafe, p.SKY, p.SAFFRON, p.ON_LILAC),
    "thermos-graphite": Scene(kitchen.thermos, p.CHARCOAL, p.SAFFRON, p.ON_STONE),
    "thermos-pine": Scene(kitchen.thermos, p.PINE, p.CLAY, p.ON_SAGE),
    "linen-apron": Scene(kitchen.apron, p.INDIGO, p.SAFFRON, p.ON_SAND, table=False),
    "stove-kettle": Scene(kitchen.kettle, p.BRICK, p.WOOD, p.ON_BLUSH),
    "tea-towels": Scene(kitchen.tea_towel, p.TEAL, p.BLUSH, p.ON_SAND),
    # Home
    "mushroom-lamp-clay": Scene(home.lamp, p.CLAY, p.BRASS, p.ON_SAND),
    "mushroom-lamp-sage": Scene(home.lamp, p.MOSS, p.BRASS, p.ON_SAGE),
    "candle-fig": Scene(home.candle, p.PLUM, p.MOSS, p.ON_LILAC),
    "candle-cedar": Scene(home.candle, p.PINE, p.CLAY, p.ON_SAND),
    "monstera": Scene(home.monstera, p.MOSS, p.BLUSH, p.ON_SAND),
    "snake-plant": Scene(home.snake_plant, p.PINE, p.CREAM, p.ON_BLUSH),
    "flowering-cactus": Scene(home.cactus, p.MOSS, p.ROSE, p.ON_BUTTER),
    "woven-cushion-saffron": Scene(home.cushion, p.SAFFRON, p.CREAM, p.ON_SAND),
    "woven-cushion-indigo": Scene(home.cushion, p.INDIGO, p.BLUSH, p.ON_MIST),
    "woven-cushion-rose": Scene(home.cushion, p.ROSE, p.CREAM, p.ON_BLUSH),
    "merino-throw": Scene(home.throw, p.BRICK, p.SAFFRON, p.ON_SAND),
    "bath-towels": Scene(home.towels, p.SKY, p.CREAM, p.ON_MIST),
    "wall-clock": Scene(home.clock, p.TEAL, p.CLAY, p.ON_SAND, table=False),
    "grass-vase": Scene(home.vase, p.BLUSH, p.SAND, p.ON_LILAC),
    "seagrass-basket": Scene(home.basket, p.SAND, p.SKY, p.ON_SAGE),
    "reed-diffuser": Scene(home.diffuser, p.HONEY, p.CHARCOAL, p.ON_SAND),
    "low-tide-print": Scene(home.art_print, p.TEAL, p.CLAY, p.ON_STONE, table=False),
    "watering-can": Scene(home.watering_can, p.PINE, p.BRASS, p.ON_BUTTER),
    "ash-stool": Scene(home.stool, p.WOOD, p.TEAL, p.ON_MIST),
    # Wear
    "cotton-tee-white": Scene(wear.t_shirt, "#f6f1e7", p.CLAY, p.ON_MIST, table=False),
    "cotton-tee-indigo": Scene(wear.t_shirt, p.INDIGO, p.SKY, p.ON_LILAC, table=False),
    "cotton-tee-clay": Scene(wear.t_shirt, p.CLAY, p.CREAM, p.ON_SAND, table=False),
    "merino-beanie-rose": Scene(wear.beanie, p.ROSE, p.PLUM, p.ON_BLUSH),
    "merino-beanie-pine": Scene(wear.beanie, p.PINE, p.SAFFRON, p.ON_SAGE),
    "canvas-tote": Scene(wear.tote, p.CREAM, p.CLAY, p.ON_SAND),
    "canvas-sneaker-saffron": Scene(wear.sneaker, p.SAFFRON, p.TEAL, p.ON_MIST),
    "canvas-sneaker-charcoal": Scene(wear.sneaker, p.CHARCOAL, p.CLAY, p.ON_STONE),
    "day-pack": Scene(wear.backpack, p.PINE, p.COCOA, p.ON_SAND),
    "merino-socks": Scene(wear.socks, p.INDIGO, p.SAFFRON, p.ON_BLUSH, table=False),
    "storm-umbrella": Scene(wear.umbrella, p.TEAL, p.SAFFRON, p.ON_MIST),
    "round-sunglasses": Scene(wear.sunglasses, p.COCOA, p.TEAL, p.ON_BUTTER, table=False),
    "field-watch": Scene(wear.watch, p.COCOA, p.PINE, p.ON_SAND, table=False),
    # Care, paper, sound and the rest
    "oatmeal-soap": Scene(desk.soap, p.OAT, p.ROSE, p.ON_BLUSH),
    "rosemary-hand-wash": Scene(desk.pump_bottle, "#a8622c", p.CHARCOAL, p.ON_SAGE),
    "night-cream": Scene(desk.cream_jar, p.LILAC, p.PLUM, p.ON_LILAC),
    "dotted-notebook": Scene(desk.notebook, p.TEAL, p.CLAY, p.ON_SAND, table=False),
    "northwind-cookbook": Scene(desk.book, p.CLAY, p.TEAL, p.ON_MIST),
    "colour-pencils": Scene(desk.pencil_cup, p.CREAM, p.CLAY, p.ON_STONE),
    "headphones": Scene(desk.headphones, p.INDIGO, p.CLAY, p.ON_MIST),
    "tabletop-speaker": Scene(desk.speaker, p.PINE, p.SAFFRON, p.ON_SAND),
    "gift-card": Scene(desk.gift_card, p.PLUM, p.SAFFRON, p.ON_LILAC, table=False),
    "baking-course": Scene(desk.tablet, p.SKY, p.CLAY, p.ON_SAND, table=False),
    "breakfast-hamper": Scene(desk.hamper, p.CREAM, p.BRICK, p.ON_SAGE),
    "yoga-mat": Scene(desk.yoga_mat, p.LILAC, p.SAFFRON, p.ON_SAGE),
    "building-blocks": Scene(desk.puzzle, p.TEAL, p.ROSE, p.ON_BUTTER),
}


def draw(name: str) -> str:
    """The SVG text of a picture. Always the same for the same name."""
    scene = SCENES[name]
    canvas = Canvas(scene.ground)
    canvas.backdrop(scene.table)
    scene.motif(canvas, scene.main, scene.accent)
    return canvas.svg()
