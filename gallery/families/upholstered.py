"""Armchairs, sofas and poufs: blocks of foam on a base."""

import numpy as np

from gallery.families.family import Family, Parameters, Range
from gallery.finishes import SOFT, WOOD
from gallery.seating import barrel, leaned
from gallery.shapes import Array, Part, circle, cushion, lathe, pair, superellipse, sweep
from gallery.supports import supports


def _arm(style: str, x: float, thickness: float, depth: float, low: float, top: float) -> list[Part]:
    """The right arm, its inner side at x."""
    middle, height = x + thickness / 2, top - low
    if style == "rolled":
        r = 0.6 * thickness
        wall = cushion((0.7 * thickness, depth, height - r), (x + 0.35 * thickness, 0, low + (height - r) / 2), 0.02)
        path = [[x + 0.5 * thickness, -depth / 2 - 0.005, top - r], [x + 0.5 * thickness, depth / 2, top - r]]
        return [wall, sweep(path, circle(2 * r), "seat")]
    block = cushion((thickness, depth, height), (middle, 0, low + height / 2), 0.25 * thickness, 0.01)
    if style == "sloped":

        def lowered(points: Array) -> Array:
            rise = np.clip((points[:, 2] - low) / height, 0, 1)
            return points - np.outer(rise * 0.45 * height * (0.5 - points[:, 1] / depth), [0, 0, 1])

        return [block.mapped(lowered)]
    return [block]


def _sofa(p: Parameters) -> list[Part]:
    seats, inside, depth = int(p["seats"]), int(p["seats"]) * p["seat_width"], p["depth"]
    low, floor = p["leg_height"], p["seat_height"]
    base = floor - 0.14
    parts = [cushion((inside + 0.04, depth - 0.04, base - low), (0, 0, (base + low) / 2), 0.015)]
    for i in range(seats):
        x = (i - (seats - 1) / 2) * p["seat_width"]
        parts.append(cushion((p["seat_width"], depth - 0.16, 0.15), (x, -0.07, base + 0.075), 0.035, 0.02))
        tall = p["back_height"]
        pad = cushion((p["seat_width"], 0.17, tall), (x, 0, floor + tall / 2 - 0.02), 0.05, 0.03)
        parts += leaned([pad], floor, depth / 2 - 0.2, p["rake"])
    crest = floor + 0.86 * p["back_height"]
    rear = cushion((inside + 0.04, 0.12, crest - low), (0, 0, (crest + low) / 2), 0.03)
    parts += leaned([rear], floor, depth / 2 - 0.06, p["rake"])
    if p["arms"] != "none":
        arm = _arm(p["arms"], inside / 2, p["arm_width"], depth, low, floor + p["arm_height"])
        parts += [each for part in arm for each in pair(part)]
    if p.get("wings") == "yes":
        size = (0.07, 0.24, 0.62 * p["back_height"])
        wing = cushion(size, (inside / 2 + 0.03, -0.1, floor + 0.7 * p["back_height"]), 0.03)
        parts += leaned(pair(wing), floor, depth / 2 - 0.08, p["rake"])
    width = inside + (1.6 * p["arm_width"] if p["arms"] != "none" else 0)
    return parts + supports(p["legs"], width, 0.92 * depth, low + 0.02, 0.05, p["splay"])


def _tub(p: Parameters) -> list[Part]:
    width, depth, low = p["width"], p["depth"], p["leg_height"]
    floor = low + p["base_height"]
    wall = barrel(width, depth, low, floor + p["back_height"], p["drop"], p["arm_width"])
    seat_pad = cushion((0.86 * width, 0.9 * depth, 0.14), (0, -0.09 * depth, floor - 0.05), 0.05, 0.02)
    block = cushion((0.9 * width, 0.86 * depth, floor - low - 0.1), (0, -0.06 * depth, (floor + low - 0.1) / 2), 0.03)
    return [wall, seat_pad, block, *supports(p["legs"], 0.85 * width, 0.85 * depth, low + 0.03, 0.045, p["splay"])]


def _pouf(p: Parameters) -> list[Part]:
    width, low, height = p["width"], p["leg_height"], p["height"]
    legs = supports(p["legs"], 0.8 * width, 0.8 * width * p["aspect"], low + 0.02, 0.04, p["splay"])
    if p["body"] == "block":
        size = (width, width * p["aspect"], height - low)
        return [cushion(size, (0, 0, (height + low) / 2), 0.045, p["puff"]), *legs]
    profile = superellipse(1, height - low, 5, 40)
    flat = np.array(sorted(profile[profile[:, 0] > 0].tolist(), key=lambda row: row[1]))
    bulge = p["puff"] * (1 - (2 * flat[:, 1] / (height - low)) ** 2)
    body = lathe(np.column_stack([width * flat[:, 0] + bulge, flat[:, 1] + (height + low) / 2]), "seat")
    return [body.mapped(lambda q: q * np.array([1, p["aspect"], 1])), *legs]


SOFA = {
    "seats": Range(1, 1, whole=True),
    "seat_width": Range(0.5, 0.64),
    "depth": Range(0.72, 0.9),
    "seat_height": Range(0.4, 0.47),
    "back_height": Range(0.32, 0.62),
    "rake": Range(4, 14),
    "arms": ("box", "rolled", "sloped", "none"),
    "arm_width": Range(0.1, 0.24),
    "arm_height": Range(0.1, 0.26),
    "leg_height": Range(0.05, 0.16),
    "legs": ("tapered", "cone", "square", "plinth", "round"),
    "splay": Range(0.0, 0.04),
}
FINISH = {"frame": (*WOOD, "black", "chrome"), "seat": SOFT, "accent": ("black",)}
UPHOLSTERED = (
    Family("club chair", "chair", SOFA | {"wings": ("no", "no", "yes")}, FINISH, _sofa),
    Family(
        "tub chair",
        "chair",
        {
            "width": Range(0.6, 0.76),
            "depth": Range(0.56, 0.7),
            "base_height": Range(0.24, 0.32),
            "back_height": Range(0.26, 0.5),
            "drop": Range(0.02, 0.26),
            "arm_width": Range(0.06, 0.13),
            "leg_height": Range(0.04, 0.18),
            "legs": ("cone", "tapered", "round", "plinth"),
            "splay": Range(0.0, 0.05),
        },
        FINISH,
        _tub,
    ),
    Family(
        "sofa",
        "sofa",
        SOFA | {"seats": Range(2, 3, whole=True), "seat_width": Range(0.55, 0.72), "back_height": Range(0.28, 0.48)},
        FINISH,
        _sofa,
    ),
    Family(
        "pouf",
        "stool",
        {
            "body": ("block", "drum"),
            "width": Range(0.4, 0.6),
            "aspect": Range(0.7, 1.0),
            "height": Range(0.36, 0.48),
            "leg_height": Range(0.02, 0.2),
            "legs": ("cone", "tapered", "square", "plinth", "hairpins"),
            "splay": Range(0.0, 0.05),
            "puff": Range(0.0, 0.05),
        },
        FINISH,
        _pouf,
    ),
)
