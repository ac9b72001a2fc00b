"""Stools and benches."""

import numpy as np

from gallery.families.family import Family, Parameters, Range
from gallery.finishes import BARE, METAL, PAINT, SOFT, WOOD
from gallery.seating import back, bucket, leaned, padded_seat, seat, slatted_seat
from gallery.shapes import Part, box, circle, lathe, pair, rectangle, sweep
from gallery.supports import leg_points, stretchers, supports


def _seat(style: str, width: float, depth: float, top: float, thickness: float, boards: int = 5) -> list[Part]:
    if style == "padded":
        return padded_seat(width, depth, top, 1.5 * thickness, 0.9)
    if style == "slatted":
        return slatted_seat(width, depth, top, boards)
    if style == "drum":
        profile = np.array([[0.46, -1.6], [0.5, -1.2], [0.5, -0.4], [0.46, 0]])
        return [lathe(profile * [width, thickness] + [0, top], "seat")]
    return seat(style, width, depth, top, thickness)


def _stool(p: Parameters) -> list[Part]:
    width, top, thick = p["width"], p["height"], p["thickness"]
    parts = _seat(p["seat"], width, width * p["aspect"], top, p["seat_thickness"])
    under, depth = top - p["seat_thickness"], width * p["aspect"]
    inset = 0.72 if p["seat"] in ("round", "drum") else 0.95
    parts += supports(p["legs"], inset * width, inset * depth, under, thick, p["splay"])
    if p["legs"] in ("square", "tapered", "round", "cone", "turned"):
        inner = (inset * width - 1.2 * thick, inset * depth - 1.2 * thick)
        parts += stretchers(*inner, under, p["splay"], p["stretchers"], 0.6 * thick)
    return parts


def _bar_stool(p: Parameters) -> list[Part]:
    width, top = p["width"], p["height"]
    low = {"seat": "round", "width": 0.8 * width} if p["seat"] == "bucket" else {}
    parts = _stool({**p, "aspect": 1.0, **low})
    if p["seat"] == "bucket":
        parts.append(bucket(1.1 * width, 0.9 * width, top, top + 0.3, 0.5, 10))
    elif p["back"] != "none":
        upright = back(p["back"], 0.9 * width, top - 0.03, top + p["back_height"], 0.025, 3)
        parts += leaned(upright, top, 0.4 * width, 8, 0.03, width)
    if p["legs"] in ("disc", "trumpet"):
        t = np.linspace(0, 2 * np.pi, 33)[:-1]
        ring = np.column_stack([0.15 * np.cos(t), 0.15 * np.sin(t) - 0.08, 0 * t + p["rest"]])
        parts.append(sweep(ring, circle(0.018), closed=True))
    return parts


def _drum(p: Parameters) -> list[Part]:
    height, r = p["height"], p["width"] / 2
    t = np.linspace(0, 1, 16)
    bulge = {"barrel": 4 * t * (1 - t), "hourglass": -4 * t * (1 - t), "cone": 1 - 2 * t}
    radii = r * (1 + p["waist"] * bulge[p["profile"]])
    if p["body"] == "solid":
        return [lathe(np.column_stack([radii, height * t]), "seat")]
    bars = []
    for angle in np.arange(int(p["bars"])) * 2 * np.pi / int(p["bars"]):
        path = np.column_stack([radii * np.cos(angle), radii * np.sin(angle), 0.02 + (height - 0.04) * t])
        bars.append(sweep(path, circle(0.012 if p["body"] == "wire" else 0.024), up=[-np.sin(angle), np.cos(angle), 0]))
    top = _seat("drum", 2.1 * radii[-1], 0, height + 0.03, 0.03)
    return [*bars, *top, lathe([[1.02 * radii[0], 0], [1.02 * radii[0], 0.03]])]


def _bench(p: Parameters) -> list[Part]:
    length, depth, thick, top = p["length"], p["depth"], p["thickness"], p["height"]
    parts = _seat(p["seat"], length, depth, top, p["seat_thickness"], int(p["boards"]))
    under = top - p["seat_thickness"]
    parts += supports(p["legs"], 0.92 * length, 0.92 * depth, under, thick, p["splay"])
    if p["shelf"] == "yes":
        parts.append(box((0.86 * length, 0.7 * depth, 0.02), (0, 0, 0.15)))
    if p["back"] != "none":
        upright = back(p["back"], length, under, top + 0.42, 0.05, int(length / 0.12))
        parts += leaned(upright, under, depth / 2, 10)
    return parts


def _steps(p: Parameters) -> list[Part]:
    width, height, thick = p["width"], p["height"], 0.022
    depth, low = 0.24, p["step"] * height
    sides = pair(box((thick, depth, height), (width / 2, 0.5 * depth, height / 2)))
    lower = pair(box((thick, 0.2, low), (width / 2, -0.1, low / 2)))
    treads = [box((width + 0.06, depth + 0.03, thick), (0, 0.5 * depth, height), "seat")]
    treads.append(box((width + 0.06, 0.23, thick), (0, -0.1, low), "seat"))
    if p["sides"] == "legs":
        corners = leg_points(width, 0.42, height, 0.02)
        sides = [sweep(corners[i], rectangle(0.035, 0.035)) for i in (2, 3)]
        sides += pair(sweep([[width / 2, -0.2, 0], [width / 2, 0.02, height]], rectangle(0.035, 0.035), up=[1, 0, 0]))
        lower = pair(sweep([[width / 2, -0.16, low - 0.03], [width / 2, 0.2, low - 0.03]], rectangle(0.03, 0.03)))
        treads[0] = treads[0].moved(y=0.01)
    if p["back"] == "yes":
        treads.append(box((width, thick, 0.06), (0, depth - 0.02, 0.4 * height)))
    return [*treads, *sides, *lower]


SEATS = ("round", "square", "rounded", "padded", "drum")
LEGS = ("square", "tapered", "round", "cone", "turned", "three")
STOOL = {
    "seat": SEATS,
    "width": Range(0.3, 0.42),
    "aspect": Range(0.75, 1.0),
    "height": Range(0.38, 0.5),
    "seat_thickness": Range(0.02, 0.06),
    "legs": (*LEGS, "crossed", "panels", "hairpins", "frames"),
    "thickness": Range(0.025, 0.05),
    "splay": Range(0.0, 0.07),
    "stretchers": ("none", "sides", "aitch", "box", "steps"),
}
STOOLS = (
    Family("stool", "stool", STOOL, {"frame": (*WOOD, *PAINT, *METAL), "seat": (*WOOD, *PAINT, *SOFT)}, _stool),
    Family(
        "bar stool",
        "stool",
        {name: values for name, values in STOOL.items() if name != "aspect"}
        | {
            "seat": (*SEATS, "bucket"),
            "height": Range(0.62, 0.8),
            "legs": (*LEGS, "disc", "trumpet", "sled"),
            "stretchers": ("box", "steps", "aitch"),
            "back": ("none", "none", "plate", "ladder", "open"),
            "back_height": Range(0.14, 0.3),
            "rest": Range(0.22, 0.34),
        },
        {"frame": (*WOOD, *BARE), "seat": (*WOOD, *PAINT, *SOFT)},
        _bar_stool,
    ),
    Family(
        "drum stool",
        "stool",
        {
            "profile": ("barrel", "hourglass", "cone"),
            "waist": Range(0.0, 0.35),
            "width": Range(0.28, 0.4),
            "height": Range(0.38, 0.5),
            "body": ("solid", "wire", "staves"),
            "bars": Range(10, 22, whole=True),
        },
        {"frame": (*WOOD, *METAL, *PAINT), "seat": (*WOOD, *PAINT, *METAL, *SOFT)},
        _drum,
    ),
    Family(
        "bench",
        "stool",
        {
            "seat": ("square", "slatted", "padded", "rounded"),
            "length": Range(0.9, 1.5),
            "depth": Range(0.32, 0.44),
            "height": Range(0.4, 0.48),
            "seat_thickness": Range(0.03, 0.07),
            "boards": Range(3, 5, whole=True),
            "legs": ("square", "tapered", "cone", "panels", "frames", "trestles", "crossed", "hairpins", "sled"),
            "thickness": Range(0.035, 0.07),
            "splay": Range(0.0, 0.06),
            "shelf": ("no", "no", "yes"),
            "back": ("none", "none", "slats", "ladder"),
        },
        {"frame": (*WOOD, *BARE), "seat": (*WOOD, *WOOD, *SOFT)},
        _bench,
    ),
    Family(
        "step stool",
        "stool",
        {
            "sides": ("panels", "legs"),
            "width": Range(0.3, 0.44),
            "height": Range(0.4, 0.6),
            "step": Range(0.4, 0.6),
            "back": ("no", "yes"),
        },
        {"frame": (*WOOD, *PAINT), "seat": (*WOOD, *PAINT)},
        _steps,
    ),
)
