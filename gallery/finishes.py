"""Materials as plain values: what the studio turns into shaders, and what a family may be made of."""

from dataclasses import dataclass

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Finish:
    """kind: wood, paint, metal, fabric or leather. colour: linear red, green, blue. roughness: 0 mirror to 1 matt."""

    kind: str
    colour: Colour
    roughness: float = 0.5


WOODS = {
    "oak": Finish("wood", (0.52, 0.31, 0.13), 0.5),
    "beech": Finish("wood", (0.62, 0.38, 0.2), 0.45),
    "pine": Finish("wood", (0.72, 0.48, 0.22), 0.5),
    "walnut": Finish("wood", (0.16, 0.07, 0.03), 0.4),
    "cherry": Finish("wood", (0.3, 0.09, 0.035), 0.35),
    "wenge": Finish("wood", (0.035, 0.02, 0.014), 0.4),
}
PAINTS = {
    "white": Finish("paint", (0.8, 0.8, 0.78), 0.35),
    "black": Finish("paint", (0.012, 0.012, 0.013), 0.4),
    "grey": Finish("paint", (0.2, 0.21, 0.22), 0.4),
    "red": Finish("paint", (0.5, 0.018, 0.02), 0.35),
    "orange": Finish("paint", (0.8, 0.17, 0.01), 0.35),
    "yellow": Finish("paint", (0.8, 0.5, 0.02), 0.35),
    "green": Finish("paint", (0.05, 0.22, 0.09), 0.4),
    "teal": Finish("paint", (0.03, 0.25, 0.27), 0.4),
    "blue": Finish("paint", (0.02, 0.09, 0.35), 0.35),
    "pink": Finish("paint", (0.65, 0.12, 0.22), 0.4),
}
METALS = {
    "chrome": Finish("metal", (0.75, 0.75, 0.76), 0.18),
    "steel": Finish("metal", (0.45, 0.46, 0.47), 0.35),
    "brass": Finish("metal", (0.65, 0.42, 0.12), 0.28),
    "gunmetal": Finish("metal", (0.06, 0.062, 0.066), 0.4),
}
FABRICS = {
    "linen": Finish("fabric", (0.6, 0.54, 0.44), 0.95),
    "cream": Finish("fabric", (0.75, 0.71, 0.62), 0.95),
    "ash": Finish("fabric", (0.3, 0.3, 0.3), 0.95),
    "charcoal": Finish("fabric", (0.05, 0.052, 0.056), 0.95),
    "mustard": Finish("fabric", (0.58, 0.33, 0.03), 0.95),
    "plum": Finish("fabric", (0.2, 0.02, 0.09), 0.95),
    "moss": Finish("fabric", (0.2, 0.23, 0.05), 0.95),
    "sky": Finish("fabric", (0.25, 0.42, 0.52), 0.95),
    "navy": Finish("fabric", (0.02, 0.04, 0.11), 0.95),
    "rust": Finish("fabric", (0.42, 0.1, 0.03), 0.95),
}
LEATHERS = {
    "tan": Finish("leather", (0.38, 0.15, 0.05), 0.4),
    "chocolate": Finish("leather", (0.07, 0.025, 0.014), 0.38),
    "ebony": Finish("leather", (0.012, 0.011, 0.011), 0.35),
    "ivory": Finish("leather", (0.7, 0.65, 0.54), 0.4),
}
FINISHES = WOODS | PAINTS | METALS | FABRICS | LEATHERS

WOOD, PAINT, METAL = tuple(WOODS), tuple(PAINTS), tuple(METALS)
SOFT = (*FABRICS, *LEATHERS)
"""What a cushion may be covered with."""

BARE = (*METALS, "black", "white", "black")
"""What a bent tube may look like."""
