"""To wear, to carry, to care, to read, to give."""

from account_portal.demo.catalog.product import Kind, Product, Variant, choice, single

_TEE_COLOURS = {
    "White": "cotton-tee-white",
    "Indigo": "cotton-tee-indigo",
    "Clay": "cotton-tee-clay",
}
_SIZES = ("S", "M", "L", "XL")

CLOTHING = (
    Product(
        "cotton-tee",
        "Organic Cotton T-shirt",
        "Clothing",
        5,
        "Heavy jersey with a pocket, cut straight, washed once so that it stays as it is.",
        tuple(
            Variant(
                f"NW-TEE-{colour.upper()}-{size}",
                f"{colour} / {size}",
                899_00,
                1_099_00,
                210,
                picture,
                {"colour": colour, "size": size},
            )
            for colour, picture in _TEE_COLOURS.items()
            for size in _SIZES
        ),
    ),
    Product(
        "merino-beanie",
        "Merino Beanie",
        "Clothing",
        5,
        "Two layers of soft rib and a bobble that comes off for the wash.",
        choice(
            "colour",
            None,
            ("NW-BEAN-ROSE", "Rose", 950_00, 950_00, 95, "merino-beanie-rose"),
            ("NW-BEAN-PINE", "Pine", 950_00, 950_00, 95, "merino-beanie-pine"),
        ),
    ),
    Product(
        "canvas-sneaker",
        "Canvas Sneaker",
        "Clothing",
        18,
        "Organic canvas on natural rubber.",
        tuple(
            Variant(
                f"NW-SNK-{colour[:4].upper()}-{size}",
                f"{colour} / {size}",
                3_290_00,
                3_990_00,
                820,
                f"canvas-sneaker-{colour.lower()}",
                {"colour": colour, "size": str(size)},
            )
            for colour in ("Saffron", "Charcoal")
            for size in (38, 40, 42, 44)
        ),
    ),
    Product(
        "canvas-tote",
        "Canvas Tote “Sunrise”",
        "Clothing",
        5,
        "Carries twelve kilos and looks relaxed.",
        single("NW-TOTE", 590_00, 240, "canvas-tote"),
    ),
    Product(
        "day-pack",
        "Day Pack, 18 litres",
        "Clothing",
        18,
        "Waxed cotton, leather straps, a sleeve for a laptop.",
        single("NW-PACK", 4_950_00, 910, "day-pack", listed=5_600_00),
    ),
    Product(
        "merino-socks",
        "Merino Socks, two pairs",
        "Clothing",
        5,
        "Warm in winter, cool on a walk.",
        choice(
            "size",
            "merino-socks",
            ("NW-SOCK-S", "36–40", 690_00, 690_00, 110),
            ("NW-SOCK-L", "41–45", 690_00, 690_00, 120),
        ),
    ),
    Product(
        "storm-umbrella",
        "Storm Umbrella",
        "Clothing",
        12,
        "Eight ribs of glass fibre that bend and come back.",
        single("NW-UMB", 1_490_00, 560, "storm-umbrella"),
    ),
    Product(
        "round-sunglasses",
        "Round Sunglasses",
        "Clothing",
        18,
        "Acetate frame, category 3 lenses.",
        single("NW-SUN", 2_790_00, 130, "round-sunglasses"),
    ),
    Product(
        "field-watch",
        "Field Watch, 38 mm",
        "Clothing",
        18,
        "Hand-wound, sapphire glass, five bar.",
        single("NW-WATCH", 12_900_00, 210, "field-watch", listed=14_500_00),
    ),
)

CARE = (
    Product(
        "oatmeal-soap",
        "Oatmeal Soap, two bars",
        "Care",
        18,
        "Cold-stirred with shea butter. No perfume.",
        single("NW-SOAP-2", 320_00, 230, "oatmeal-soap"),
    ),
    Product(
        "rosemary-hand-wash",
        "Rosemary Hand Wash",
        "Care",
        18,
        "In glass; refills at half the price.",
        single("NW-WASH-500", 540_00, 860, "rosemary-hand-wash"),
    ),
    Product(
        "night-cream",
        "Night Cream with Squalane",
        "Care",
        18,
        "Rich, and gone by the time the light is out.",
        single("NW-CREAM-50", 1_450_00, 190, "night-cream"),
    ),
    Product(
        "yoga-mat",
        "Natural Rubber Yoga Mat",
        "Care",
        12,
        "Five millimetres, grips when it's wet.",
        single("NW-MAT", 2_490_00, 2_400, "yoga-mat", listed=2_990_00),
    ),
)

LEISURE = (
    Product(
        "dotted-notebook",
        "Dotted Notebook with Pencil",
        "Paper and play",
        12,
        "192 pages that take fountain pens. Opens flat.",
        single("NW-NOTE", 480_00, 390, "dotted-notebook"),
    ),
    Product(
        "northwind-cookbook",
        "The Northwind Cookbook",
        "Paper and play",
        5,
        "Ninety recipes for weekdays, from people who have them.",
        single("NW-BOOK", 1_295_00, 1_180, "northwind-cookbook", listed=1_495_00),
    ),
    Product(
        "colour-pencils",
        "Five Pencils in a Cup",
        "Paper and play",
        12,
        "Soft leads, cedar wood.",
        single("NW-PENC", 650_00, 420, "colour-pencils"),
    ),
    Product(
        "building-blocks",
        "Building Blocks",
        "Paper and play",
        12,
        "Beech and plant-based colours, from 12 months.",
        single("NW-BLOCK", 1_350_00, 1_300, "building-blocks"),
    ),
    Product(
        "headphones",
        "Over-ear Headphones",
        "Sound",
        18,
        "Closed, wireless, forty hours.",
        single("NW-HEAD", 8_990_00, 290, "headphones", listed=9_990_00),
    ),
    Product(
        "tabletop-speaker",
        "Tabletop Speaker",
        "Sound",
        18,
        "One knob, one sound, no app.",
        single("NW-SPKR", 6_490_00, 1_700, "tabletop-speaker"),
    ),
    Product(
        "gift-card",
        "Northwind Gift Card",
        "Gifts",
        0,
        "Arrives by e-mail on the day you choose. Valid for three years.",
        choice(
            "value",
            "gift-card",
            ("NW-GIFT-1000", "₹1,000", 1_000_00, 1_000_00, 0),
            ("NW-GIFT-5000", "₹5,000", 5_000_00, 5_000_00, 0),
        ),
        kind=Kind.DIGITAL,
    ),
    Product(
        "baking-course",
        "Bread at Home: a course in twelve films",
        "Gifts",
        18,
        "Three hours of film and a notebook to print.",
        single("NW-COURSE", 1_990_00, 0, "baking-course", listed=2_490_00),
        kind=Kind.DIGITAL,
    ),
    Product(
        "breakfast-hamper",
        "Breakfast Hamper",
        "Gifts",
        12,
        "Chai, honey, marmalade, granola and two mugs, packed with a bow.",
        single("NW-HAMPER", 2_490_00, 2_900, "breakfast-hamper", listed=2_890_00),
        kind=Kind.BUNDLE,
    ),
)
