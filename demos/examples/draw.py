"""The example sketches, drawn for this project as points set by hand: python demos/examples/draw.py writes them.

A hand is imitated, not copied: smooth curves through the points, a slow tremor, a pen that takes its time. Nothing here
comes from a data set. The last three are ambiguous on purpose.
"""

import json
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
FOLDER = Path(__file__).parent
SPACING = 4.0
TREMOR = 0.9
SPEED = 0.22
PAUSE_MS = 260


def places(text: str) -> list[tuple[float, float]]:
    """ "20 30, 40 50" -> [(20, 30), (40, 50)]."""
    pairs = (pair.split() for pair in text.split(","))
    return [(float(x), float(y)) for x, y in pairs]


def curve(text: str) -> Points:
    """A smooth line through the places (Catmull-Rom), about one point every SPACING units."""
    knots = places(text)
    p = np.array([knots[0], *knots, knots[-1]], dtype=np.float64)
    pieces = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        t = np.linspace(0, 1, max(2, round(math.dist(b, c) / SPACING)), endpoint=False)[:, None]
        pieces.append(b + t * ((c - a) / 2 + t * (a - 2.5 * b + 2 * c - d / 2 + t * (1.5 * (b - c) + (d - a) / 2))))
    return np.concatenate([*pieces, p[-1:]])


def line(text: str) -> Points:
    """Straight from corner to corner."""
    corners = places(text)
    pieces = [np.linspace(a, b, max(2, round(math.dist(a, b) / SPACING)), endpoint=False) for a, b in pairwise(corners)]
    return np.concatenate([*pieces, np.array(corners[-1:], dtype=np.float64)])


def oval(
    x: float, y: float, width: float, height: float | None = None, start: float = -100, sweep: float = 366
) -> Points:
    """Around a centre, clockwise, from `start` over `sweep` degrees: a hand rarely closes a circle exactly."""
    height = width if height is None else height
    steps = max(8, round(math.pi * (width + height) / 2 * abs(sweep) / 360 / SPACING))
    angles = np.radians(start + np.linspace(0, sweep, steps))
    drift = 1 + np.linspace(-0.015, 0.02, steps)
    return np.stack([x + width / 2 * drift * np.cos(angles), y + height / 2 * drift * np.sin(angles)], axis=1)


def tremor(points: Points, random: np.random.Generator) -> Points:
    """The points shaken by smooth noise of TREMOR units."""
    knots = max(3, len(points) // 7)
    where = np.linspace(0, knots - 1, len(points))
    noise = [np.interp(where, np.arange(knots), random.normal(0, TREMOR, knots)) for _ in range(2)]
    return points + np.stack(noise, axis=1)


def bicycle() -> list[Points]:
    """Two wheels, frame, saddle, handlebar."""
    return [
        oval(68, 160, 86),
        oval(190, 161, 84),
        line("68 160, 98 104, 168 103, 126 160, 68 160"),
        line("126 161, 94 92"),
        line("82 91, 108 91"),
        line("190 160, 163 84"),
        curve("148 80, 164 82, 180 76, 184 86, 177 92"),
    ]


def cat() -> list[Points]:
    """A face with ears and whiskers."""
    return [
        curve("70 92, 58 130, 66 172, 100 204, 142 206, 180 184, 196 146, 190 94"),
        line("70 94, 62 40, 108 72"),
        curve("107 72, 128 67, 154 71"),
        line("153 71, 194 38, 190 97"),
        oval(101, 120, 15, 18),
        oval(158, 119, 15, 18),
        line("121 147, 139 147, 130 157, 121 147"),
        curve("130 158, 127 172, 115 177, 104 171"),
        curve("130 158, 134 172, 146 177, 156 170"),
        line("92 152, 38 142"),
        line("92 160, 36 164"),
        line("168 151, 222 138"),
        line("168 159, 225 161"),
    ]


def sun() -> list[Points]:
    """A disc and rays."""
    rays = []
    for turn, (inner, outer) in enumerate(zip([60, 61, 59, 60, 61] * 2, [100, 92, 102, 90, 101, 93] * 2, strict=False)):
        angle = math.radians(-90 + 36 * turn)
        (x, y) = math.cos(angle), math.sin(angle)
        rays.append(line(f"{128 + inner * x} {128 + inner * y}, {128 + outer * x} {128 + outer * y}"))
    return [oval(128, 128, 90), *rays]


def eyeglasses() -> list[Points]:
    """Two lenses, bridge, temples."""
    return [
        oval(76, 140, 82, 74),
        oval(182, 139, 82, 76),
        curve("116 132, 128 122, 142 131"),
        curve("37 128, 26 104, 44 88"),
        curve("221 128, 234 104, 216 87"),
    ]


def house() -> list[Points]:
    """Walls, roof, door, window, chimney."""
    return [
        line("58 118, 57 216, 199 218, 198 119"),
        line("38 122, 127 42, 218 121, 39 121"),
        line("108 217, 108 162, 142 161, 143 216"),
        line("160 141, 185 141, 184 168, 159 167, 160 141"),
        line("172 141, 172 168"),
        line("160 154, 184 154"),
        oval(134, 190, 5, sweep=420),
    ]


def fish() -> list[Points]:
    """One loop that ends in a tail, eye, gill, fin."""
    return [
        curve("206 92, 176 120, 138 84, 88 84, 44 108, 28 130, 48 156, 92 174, 142 168, 180 136, 212 168"),
        line("206 91, 198 130, 212 168"),
        oval(66, 120, 11),
        curve("96 98, 106 126, 94 158"),
        curve("34 140, 46 142, 56 138"),
        curve("122 120, 142 128, 124 140"),
    ]


def car() -> list[Points]:
    """From the side."""
    return [
        curve(
            "48 168, 24 164, 26 138, 66 126, 70 124, 96 90, 104 87, 158 87, 166 90, 188 123, 192 125, "
            "228 134, 232 160, 220 167"
        ),
        oval(74, 170, 46),
        oval(190, 170, 46),
        line("98 170, 166 169"),
        line("86 122, 104 98, 126 98, 126 122, 86 123"),
        line("136 98, 156 98, 173 122, 136 122, 136 98"),
        oval(74, 170, 16),
        oval(190, 170, 16),
    ]


def airplane() -> list[Points]:
    """From the side and a little above."""
    return [
        curve("34 118, 22 128, 38 142, 120 146, 192 140, 222 124, 196 112, 120 110, 60 110, 34 118"),
        line("104 130, 64 196, 90 196, 146 132"),
        line("112 110, 92 62, 112 62, 150 109"),
        line("42 112, 24 78, 42 78, 66 110"),
        oval(190, 122, 10),
        oval(170, 122, 9),
        oval(150, 122, 9),
    ]


def ice_cream() -> list[Points]:
    """A cone with one scoop and a drip."""
    return [
        line("84 122, 128 232, 172 121"),
        curve("84 124, 66 112, 72 70, 100 44, 136 38, 172 58, 186 96, 172 122"),
        curve("82 123, 96 134, 108 120, 122 134, 136 121, 150 134, 162 120, 174 122"),
        line("98 146, 140 206"),
        line("114 130, 150 180"),
        line("158 148, 116 204"),
        line("142 131, 106 178"),
    ]


def guitar() -> list[Points]:
    """Body, sound hole, neck, head, two strings."""
    return [
        curve(
            "114 128, 90 130, 86 150, 96 164, 74 184, 78 220, 112 240, 150 236, 176 212, 172 180, 152 "
            "162, 164 146, 156 130, 136 127"
        ),
        line("115 150, 117 52"),
        line("135 150, 135 52"),
        line("117 53, 110 18, 142 17, 135 53, 117 53"),
        oval(126, 164, 32),
        line("106 210, 146 209"),
        line("122 209, 123 52"),
        line("130 209, 129 52"),
    ]


def butterfly() -> list[Points]:
    """Body, four wings, two feelers."""
    return [
        oval(128, 134, 14, 106),
        curve("123 122, 96 62, 48 48, 34 84, 58 124, 122 134"),
        curve("134 122, 160 60, 208 48, 222 84, 198 124, 134 134"),
        curve("122 140, 74 140, 52 172, 70 206, 104 196, 124 158"),
        curve("134 140, 184 142, 204 172, 186 207, 152 196, 132 158"),
        curve("125 82, 116 58, 102 48"),
        curve("131 82, 141 58, 155 47"),
    ]


def tree() -> list[Points]:
    """A trunk and a cloud of leaves."""
    return [
        curve("112 156, 114 196, 104 232"),
        curve("146 156, 144 198, 154 232"),
        curve(
            "112 158, 76 168, 50 144, 58 112, 46 78, 80 58, 100 28, 136 36, 172 34, 190 66, 212 92, "
            "198 124, 200 152, 164 164, 144 156, 112 158"
        ),
    ]


def wine_glass() -> list[Points]:
    """Bowl, level, stem, foot."""
    return [
        curve("84 36, 80 84, 96 122, 128 136, 160 122, 176 84, 172 36"),
        oval(128, 36, 88, 20),
        curve("82 84, 106 92, 146 91, 175 83"),
        line("128 136, 127 212"),
        oval(127, 218, 80, 18),
    ]


def duck() -> list[Points]:
    """Swimming to the left."""
    return [
        curve(
            "94 128, 74 112, 76 74, 104 60, 134 72, 138 104, 130 126, 172 136, 206 128, 226 108, 226 "
            "150, 204 186, 150 200, 96 188, 76 160, 94 128"
        ),
        curve("78 90, 50 92, 36 102, 52 110, 78 106"),
        oval(103, 86, 8),
        curve("124 152, 140 176, 176 172, 192 148"),
    ]


def bicycle_half_done() -> list[Points]:
    """Two wheels and a bar: it could still become eyeglasses."""
    return [oval(72, 150, 80), oval(186, 150, 80), line("112 150, 146 150")]


def face_in_a_hurry() -> list[Points]:
    """A face, a cookie, a power outlet?"""
    return [oval(128, 128, 168), oval(100, 108, 5, sweep=420), oval(156, 108, 5, sweep=420), oval(128, 160, 18, 22)]


def waves() -> list[Points]:
    """Water, but neither a zigzag nor a squiggle would disagree."""
    return [curve("24 150, 52 92, 80 158, 112 90, 140 160, 172 92, 202 156, 232 96")]


DRAWINGS: tuple[Callable[[], list[Points]], ...] = (
    bicycle, cat, sun, eyeglasses, house, fish, car, airplane, ice_cream, guitar, butterfly, tree, wine_glass, duck,
    bicycle_half_done, face_in_a_hurry, waves,
)  # fmt: skip


def as_pad(strokes: Sequence[Points], random: np.random.Generator) -> dict[str, object]:
    """Pad JSON with the tremor and the time of a hand."""
    clock, drawn = 0.0, []
    for number, points in enumerate(strokes, 1):
        shaken = np.clip(tremor(points, random), 2, 254)
        steps = np.linalg.norm(np.diff(shaken, axis=0, prepend=shaken[:1]), axis=1)
        times = clock + np.cumsum(steps) / SPEED
        clock = float(times[-1]) + PAUSE_MS
        rows = [[round(x, 1), round(y, 1), round(t)] for (x, y), t in zip(shaken.tolist(), times.tolist(), strict=True)]
        drawn.append({"id": number, "pts": rows})
    return {"v": 1, "size": 256, "rev": 0, "strokes": drawn}


def main() -> None:
    """Write every drawing beside this file."""
    for number, drawing in enumerate(DRAWINGS, 1):
        value = as_pad(drawing(), np.random.default_rng(number))
        path = FOLDER / f"{number:02}-{drawing.__name__.replace('_', '-')}.json"
        path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
