"""The colours of the picture set: few, warm, of one family. Named so that scenes read as words."""

INK = "#2b2540"
PAPER = "#fffaf1"
CREAM = "#f4ead9"
OAT = "#e3d3b8"
SAND = "#cdb38b"
WOOD = "#b98552"
COCOA = "#6a4433"
BRASS = "#cb9c48"
SAFFRON = "#e3a436"
HONEY = "#d98a26"
CLAY = "#c4664a"
BRICK = "#9c4436"
ROSE = "#c9677c"
BLUSH = "#e6b6a4"
PLUM = "#74476a"
LILAC = "#a99bc6"
INDIGO = "#3d4d80"
SKY = "#8db4cd"
TEAL = "#2f7d84"
PINE = "#2f5f52"
MOSS = "#6f9160"
SAGE = "#a9bf9f"
CHARCOAL = "#3c3d44"
STEEL = "#9aa5ad"

# Grounds: light enough to be quiet on a white page, deep enough not to glare on a black one.
ON_SAND = "#e9dcc8"
ON_SAGE = "#d3ded0"
ON_MIST = "#d2dee6"
ON_BLUSH = "#eed6ca"
ON_LILAC = "#dcd6e6"
ON_BUTTER = "#efdfb4"
ON_STONE = "#dbd9d4"


def mix(color: str, other: str, share: float) -> str:
    """The colour with a share (0 to 1) of the other in it."""
    pairs = ((int(color[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def shade(color: str, share: float = 0.18) -> str:
    """The colour in shadow: towards ink, which keeps it warmer than black would."""
    return mix(color, INK, share)


def tint(color: str, share: float = 0.25) -> str:
    """The colour in light."""
    return mix(color, PAPER, share)
