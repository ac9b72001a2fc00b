"""Chairs of wood, tube and plastic."""

import numpy as np

from gallery.families.family import Family, Parameters, Range
from gallery.finishes import BARE, METAL, PAINT, SOFT, WOOD
from gallery.seating import arms, back, bar, bucket, leaned, padded_seat, seat, slatted_seat
from gallery.shapes import Part, box, circle, cushion, pair, rectangle, rounded, sweep
from gallery.supports import cantilever, star_base, stretchers, supports

HEIGHT = 0.45
"""Of a seat, metres."""


def _wooden(p: Parameters) -> list[Part]:
    width, depth, thick = p["width"], 0.95 * p["width"], p["thickness"]
    under = HEIGHT - 0.025
    parts = leaned(
        back(p["back"], 0.92 * width, under, HEIGHT + p["back_height"], thick, int(p["count"])),
        under, depth / 2 - thick / 2, p["rake"], p["bow"], width,
    )  # fmt: skip
    parts += seat(p["seat"], width, depth, HEIGHT, 0.025)
    parts += supports(p["legs"], width, depth, under, thick, p["splay"])
    inner = (width - 1.2 * thick, depth - 1.2 * thick)
    parts += stretchers(*inner, under, p["splay"], p["stretchers"], 0.6 * thick)
    return parts + arms(p["arms"], width, depth, HEIGHT, 0.22, thick)


def _rocking(p: Parameters) -> list[Part]:
    parts = [part.moved(z=0.05) for part in _wooden({**p, "legs": "turned"})]
    x = p["width"] / 2 - 0.6 * p["thickness"] + p["splay"]
    t = np.linspace(-1, 1, 17)
    path = np.column_stack([0 * t + x, 0.05 + p["reach"] * t, 0.02 + 0.14 * t**2])
    return parts + pair(sweep(path, rectangle(0.025, 0.04), up=[1, 0, 0]))


def _shell(p: Parameters) -> list[Part]:
    thick = 0.032
    body = bucket(p["width"], 0.46, HEIGHT, HEIGHT + p["back_height"], p["wrap"], p["rake"])
    legs = supports(p["legs"], 0.8 * p["width"], 0.34, HEIGHT - 0.035, thick, p["splay"])
    return [body, *legs]


def _dining(p: Parameters) -> list[Part]:
    width, thick = p["width"], 0.04
    under = HEIGHT - p["padding"]
    low, tall = HEIGHT + p["gap"], p["back_height"]
    panel = cushion((p["back_width"] * width, 0.06, tall), (0, 0, low + tall / 2), 0.025)
    posts = pair(bar((0.3 * width, under), (0.3 * width, low + 0.05), rectangle(0.03, 0.02)))
    parts = leaned([panel, *posts], under, 0.21, p["rake"], p["bow"], width)
    parts += padded_seat(width, 0.46, HEIGHT, p["padding"], 0.8)
    return parts + supports(p["legs"], 0.95 * width, 0.44, under + 0.01, thick, p["splay"])


def _folding(p: Parameters) -> list[Part]:
    width, thick = p["width"], p["thickness"]
    x, top = width / 2, HEIGHT + p["back_height"]
    tilt = 0.24 + 0.3 * p["back_height"]
    long = sweep([[x, -0.24, 0], [x, tilt, top]], rectangle(thick, thick), up=[1, 0, 0])
    short = sweep([[x - thick, 0.3, 0], [x - thick, -0.2, HEIGHT - 0.02]], rectangle(thick, thick), up=[1, 0, 0])
    slope = (tilt + 0.24) / top
    panel = back(p["back"], 2 * x - thick, 0.62 * top, top, thick, int(p["count"]))
    inside = [part.mapped(lambda q: q + np.outer(q[:, 2] * slope - 0.24, [0, 1, 0])) for part in panel]
    foot = sweep([[-x, 0.24, 0.1], [x, 0.24, 0.1]], rectangle(thick, thick))
    board = (
        slatted_seat(width - thick, 0.36, HEIGHT, int(p["boards"]))
        if p["seat"] == "slatted"
        else seat(p["seat"], width - thick, 0.36, HEIGHT, 0.02)
    )
    return [*inside, *board, *pair(long), *pair(short), foot]


def _garden(p: Parameters) -> list[Part]:
    width, depth, thick = p["width"], 0.46, p["thickness"]
    parts = leaned(
        back(p["back"], width, HEIGHT - 0.02, HEIGHT + p["back_height"], thick, int(p["count"])),
        HEIGHT - 0.02, depth / 2, p["rake"],
    )  # fmt: skip
    parts += slatted_seat(width, depth, HEIGHT, int(p["boards"]), p["along"])
    parts += supports(p["legs"], width, depth, HEIGHT - 0.02, thick, p["splay"])
    return parts + arms(p["arms"], width + thick, depth, HEIGHT, p["arm_height"], thick)


def _cantilever(p: Parameters) -> list[Part]:
    width, depth, tube = p["width"], p["depth"], 0.025
    under = HEIGHT - 0.04
    base = cantilever(width, depth, under, tube) if p["base"] == "cantilever" else supports(
        p["base"], width + tube, depth + tube, under, 2 * tube, 0.0
    )  # fmt: skip
    low = HEIGHT + p["gap"]
    panel = cushion((width, 0.035, p["back_height"]), (0, -0.01, low + p["back_height"] / 2), 0.012)
    posts = pair(bar((width / 2, under), (width / 2, low + 0.8 * p["back_height"]), circle(tube)))
    parts = leaned([panel, *posts], under, depth / 2, p["rake"])
    parts += padded_seat(width, depth, HEIGHT, 0.05, 0.7) + base
    return parts + arms(p["arms"], width + tube, depth, HEIGHT, 0.2, 0.035)


def _office(p: Parameters) -> list[Part]:
    width, tall = p["width"], p["back_height"]
    low = HEIGHT + p["gap"]
    pads = [cushion((p["back_width"] * width, 0.07, tall), (0, 0, low + tall / 2), 0.03, 0.015)]
    if p["headrest"] == "yes":
        pads.append(cushion((0.28, 0.06, 0.15), (0, 0, low + tall + 0.12), 0.025))
    reach = low + tall + (0.1 if p["headrest"] == "yes" else 0.0)
    spine = bar((0, HEIGHT - 0.06), (0, reach), rectangle(0.06, 0.02)).moved(y=0.05)
    parts = leaned([*pads, spine], HEIGHT - 0.06, 0.22, p["rake"], 0.04, width)
    parts += padded_seat(width, 0.48, HEIGHT, p["padding"], 0.9)
    parts.append(box((0.22, 0.26, 0.03), (0, 0.03, HEIGHT - p["padding"] - 0.015)))
    parts += star_base(p["reach"], HEIGHT - p["padding"] - 0.02, int(p["spokes"]), p["feet"] == "casters")
    return parts + _office_arms(p["arms"], width)


def _office_arms(style: str, width: float) -> list[Part]:
    x = width / 2 + 0.03
    if style == "tee":
        pad = cushion((0.07, 0.25, 0.03), (x, 0.0, HEIGHT + 0.2), 0.014, material="frame")
        path = [[0.7 * x, 0.02, HEIGHT - 0.08], [x, 0.02, HEIGHT - 0.05], [x, 0.02, HEIGHT + 0.19]]
        return [*pair(pad), *pair(sweep(path, rectangle(0.05, 0.03), up=[0, 1, 0]))]
    if style == "loops":
        low, top = HEIGHT - 0.05, HEIGHT + 0.2
        path = [[x, 0.2, top + 0.02], [x, -0.16, top], [x, -0.1, low], [0.7 * x, -0.08, low - 0.02]]
        return pair(sweep(rounded(path, 0.1), circle(0.03), up=[0.6, 0.2, 0.75]))
    return []


def _lounge(p: Parameters) -> list[Part]:
    width, depth, thick, low = p["width"], 0.62, p["thickness"], p["seat_height"]
    tall, x = p["back_height"], width / 2 - thick
    pad = cushion((width - 0.02, 0.14, tall), (0, -0.02, low + tall / 2 - 0.08), 0.05, 0.02)
    posts = pair(bar((x, low - 0.2), (x, low + tall - 0.12), rectangle(thick, 0.025)).moved(y=0.08))
    parts = leaned([pad, *posts], low - 0.15, depth / 2 - 0.1, p["rake"])
    parts.append(cushion((width - 0.02, depth - 0.06, 0.13), (0, -0.03, low - 0.07), 0.05, 0.015))
    parts.append(box((width, depth, 0.03), (0, 0, low - 0.15)))
    parts += supports(p["legs"], width + 2 * thick, depth, low - 0.14, thick, p["splay"])
    return parts + arms(p["arms"], width + thick, depth, low - 0.16, p["arm_height"] + 0.16, thick)


BACKS = ("slats", "spindles", "ladder", "panel", "splat", "cross", "open", "plate")
BARS = ("none", "sides", "aitch", "box", "steps")
WOODEN = {
    "back": BACKS,
    "back_height": Range(0.34, 0.58),
    "count": Range(2, 6, whole=True),
    "rake": Range(4, 14),
    "bow": Range(0.0, 0.05),
    "seat": ("square", "rounded", "trapezoid"),
    "width": Range(0.37, 0.48),
    "legs": ("square", "tapered", "round", "turned"),
    "thickness": Range(0.028, 0.045),
    "splay": Range(0.0, 0.05),
    "stretchers": BARS,
    "arms": ("none", "none", "posts"),
}
WOOD_OR_PAINT = {"frame": (*WOOD, *PAINT[:3], *WOOD), "seat": (*WOOD, *WOOD, *PAINT[:3], *SOFT[:4])}
CHAIRS = (
    Family("kitchen chair", "chair", WOODEN, WOOD_OR_PAINT, _wooden),
    Family(
        "windsor chair",
        "chair",
        WOODEN
        | {
            "back": ("bow",),
            "count": Range(4, 9, whole=True),
            "seat": ("round", "dee", "trapezoid"),
            "legs": ("turned", "cone", "round"),
            "splay": Range(0.03, 0.09),
            "stretchers": ("aitch", "none", "box"),
        },
        {"frame": (*WOOD, *PAINT), "seat": WOOD},
        _wooden,
    ),
    Family(
        "rocking chair",
        "chair",
        {name: values for name, values in WOODEN.items() if name != "legs"}
        | {"arms": ("curved", "posts", "none"), "reach": Range(0.36, 0.5)},
        WOOD_OR_PAINT,
        _rocking,
    ),
    Family(
        "shell chair",
        "chair",
        {
            "back_height": Range(0.28, 0.42),
            "width": Range(0.44, 0.56),
            "wrap": Range(0.0, 0.8),
            "rake": Range(8, 20),
            "legs": ("cone", "sled", "star4", "trumpet", "hairpins", "round", "cross"),
            "splay": Range(0.02, 0.09),
        },
        {"frame": (*WOOD, *METAL, "black"), "seat": (*PAINT, *PAINT, *WOOD)},
        _shell,
    ),
    Family(
        "dining chair",
        "chair",
        {
            "back_height": Range(0.25, 0.55),
            "back_width": Range(0.75, 1.0),
            "gap": Range(0.0, 0.12),
            "bow": Range(0.0, 0.07),
            "rake": Range(5, 15),
            "width": Range(0.42, 0.52),
            "padding": Range(0.04, 0.1),
            "legs": ("tapered", "cone", "square", "sled", "round"),
            "splay": Range(0.0, 0.07),
        },
        {"frame": (*WOOD, "black", "chrome", "brass"), "seat": SOFT},
        _dining,
    ),
    Family(
        "folding chair",
        "chair",
        {
            "back": ("ladder", "panel", "slats", "plate", "open"),
            "back_height": Range(0.3, 0.45),
            "count": Range(2, 5, whole=True),
            "seat": ("slatted", "square", "rounded"),
            "boards": Range(4, 7, whole=True),
            "width": Range(0.4, 0.5),
            "thickness": Range(0.02, 0.035),
        },
        {"frame": (*WOOD, *PAINT, *METAL), "seat": (*WOOD, *PAINT)},
        _folding,
    ),
    Family(
        "garden chair",
        "chair",
        {
            "back": ("slats", "ladder", "panel", "cross"),
            "back_height": Range(0.38, 0.6),
            "count": Range(3, 7, whole=True),
            "rake": Range(8, 22),
            "boards": Range(4, 8, whole=True),
            "along": ("x", "y"),
            "width": Range(0.46, 0.58),
            "legs": ("square", "tapered", "frames"),
            "thickness": Range(0.035, 0.055),
            "splay": Range(0.0, 0.04),
            "arms": ("posts", "curved", "none"),
            "arm_height": Range(0.18, 0.27),
        },
        {"frame": (*WOOD, *PAINT), "seat": (*WOOD, *PAINT)},
        _garden,
    ),
    Family(
        "tube chair",
        "chair",
        {
            "base": ("cantilever", "cantilever", "round", "sled"),
            "back_height": Range(0.15, 0.42),
            "gap": Range(0.02, 0.2),
            "rake": Range(5, 16),
            "width": Range(0.42, 0.52),
            "depth": Range(0.4, 0.48),
            "arms": ("none", "loops"),
        },
        {"frame": BARE, "seat": (*SOFT, *PAINT, *WOOD)},
        _cantilever,
    ),
    Family(
        "office chair",
        "chair",
        {
            "back_height": Range(0.25, 0.7),
            "back_width": Range(0.75, 1.05),
            "gap": Range(0.0, 0.16),
            "headrest": ("no", "no", "yes"),
            "rake": Range(3, 14),
            "width": Range(0.44, 0.54),
            "padding": Range(0.06, 0.12),
            "arms": ("none", "tee", "loops"),
            "reach": Range(0.26, 0.34),
            "spokes": Range(4, 5, whole=True),
            "feet": ("casters", "casters", "glides"),
        },
        {"frame": ("black", "chrome", "steel", "white", "black"), "seat": SOFT},
        _office,
    ),
    Family(
        "lounge chair",
        "chair",
        {
            "seat_height": Range(0.38, 0.46),
            "back_height": Range(0.4, 0.62),
            "rake": Range(12, 28),
            "width": Range(0.5, 0.64),
            "legs": ("square", "tapered", "cone", "frames", "panels"),
            "thickness": Range(0.03, 0.06),
            "splay": Range(0.0, 0.06),
            "arms": ("posts", "curved", "none"),
            "arm_height": Range(0.14, 0.24),
        },
        {"frame": WOOD, "seat": SOFT},
        _lounge,
    ),
)
