"""Tables and desks."""

from gallery.families.family import Family, Parameters, Range
from gallery.finishes import BARE, PAINT, WOOD
from gallery.seating import seat, seat_outline
from gallery.shapes import Part, box, prism
from gallery.supports import supports


def _table(p: Parameters) -> list[Part]:
    width, depth, top, thick = p["width"], p["width"] * p["aspect"], p["height"], p["top_thickness"]
    parts = seat(p["top"], width, depth, top, thick)
    fill = 0.7 if p["top"] == "round" else 0.94
    inside, across = fill * width, fill * depth
    if p["apron"] > 0.03:
        parts.append(box((inside - 0.06, across - 0.06, p["apron"]), (0, 0, top - thick - p["apron"] / 2)))
    if p["shelf"] == "yes":
        low = 0.3 * top
        parts.append(prism(seat_outline(p["top"], 0.85 * inside, 0.85 * across), low, low + 0.02, "frame"))
    return parts + supports(p["legs"], inside, across, top - thick, p["thickness"], p["splay"])


def _desk(p: Parameters) -> list[Part]:
    width, depth, top = p["width"], 0.58, 0.74
    parts = [box((width, depth, 0.03), (0, 0, top - 0.015), "seat")]
    wide, low = p["drawer_width"], top - 0.03 - p["drawer_height"]
    sides = {"right": [1], "left": [-1], "both": [1, -1], "none": []}[p["drawers"]]
    for sign in sides:
        x = sign * (width / 2 - wide / 2 - 0.01)
        parts.append(box((wide, depth - 0.04, top - 0.03 - low), (x, 0, (top - 0.03 + low) / 2)))
        count, tall = int(p["count"]), p["drawer_height"] / int(p["count"])
        for i in range(count):
            z = low + (i + 0.5) * tall
            parts.append(box((wide - 0.03, 0.02, tall - 0.02), (x, -depth / 2 + 0.015, z), "seat"))
            parts.append(box((0.1, 0.02, 0.012), (x, -depth / 2 - 0.005, z), "accent"))
    if p["modesty"] == "yes":
        parts.append(box((0.94 * width, 0.02, 0.35), (0, 0.4 * depth, top - 0.2)))
    return parts + supports(p["legs"], width, depth, top - 0.03, p["thickness"], 0.0)


TABLE = {
    "top": ("square", "rounded"),
    "width": Range(1.1, 1.7),
    "aspect": Range(0.5, 0.75),
    "height": Range(0.71, 0.76),
    "top_thickness": Range(0.02, 0.06),
    "apron": Range(0.0, 0.11),
    "shelf": ("no",),
    "legs": ("square", "tapered", "cone", "turned", "frames", "trestles", "panels", "crossed", "hairpins"),
    "thickness": Range(0.04, 0.09),
    "splay": Range(0.0, 0.08),
}
FINISH = {
    "frame": (*WOOD, *BARE, *PAINT[:3]),
    "seat": (*WOOD, *WOOD, *PAINT[:3]),
    "accent": ("steel", "brass", "black"),
}
TABLES = (
    Family("dining table", "table", TABLE, FINISH, _table),
    Family(
        "round table",
        "table",
        TABLE
        | {
            "top": ("round",),
            "width": Range(0.6, 1.1),
            "aspect": Range(0.8, 1.0),
            "apron": Range(0.0, 0.06),
            "legs": ("disc", "trumpet", "cross", "three", "cone", "square", "star4", "sled"),
        },
        FINISH,
        _table,
    ),
    Family(
        "coffee table",
        "table",
        TABLE
        | {
            "top": ("square", "rounded", "round"),
            "width": Range(0.6, 1.1),
            "aspect": Range(0.5, 1.0),
            "height": Range(0.34, 0.5),
            "shelf": ("no", "yes"),
            "apron": Range(0.0, 0.08),
            "legs": (*TABLE["legs"], "three", "trumpet"),
            "thickness": Range(0.03, 0.06),
        },
        FINISH,
        _table,
    ),
    Family(
        "desk",
        "table",
        {
            "width": Range(1.0, 1.5),
            "drawers": ("right", "left", "both", "none"),
            "drawer_width": Range(0.3, 0.42),
            "drawer_height": Range(0.14, 0.6),
            "count": Range(1, 4, whole=True),
            "modesty": ("no", "yes"),
            "legs": ("square", "tapered", "frames", "panels", "trestles", "round"),
            "thickness": Range(0.035, 0.07),
        },
        FINISH,
        _desk,
    ),
)
