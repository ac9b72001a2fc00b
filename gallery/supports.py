"""What furniture stands on: legs, sleds, pedestals, star bases, crossed and solid sides, and the bars between legs."""

from collections.abc import Callable

import numpy as np

from gallery.shapes import Array, Part, box, circle, lathe, pair, prism, rectangle, rounded, superellipse, sweep

FOUR = [(1, -1), (-1, -1), (-1, 1), (1, 1)]
"""Signs of the corners: front right, front left, back left, back right."""

OBLIQUE = np.array([0.62, 0.22, 0.75])
"""A direction that no bar of a bent frame runs along."""


def leg_points(width: float, depth: float, top: float, splay: float) -> Array:
    """(4, 2, 3) foot and head of each leg; splay: how far a foot stands outside its head, metres along x and y."""
    heads = np.array([[x * width / 2, y * depth / 2, top] for x, y in FOUR])
    feet = np.array([[x * (width / 2 + splay), y * (depth / 2 + splay), 0.0] for x, y in FOUR])
    return np.stack([feet, heads], axis=1)


def leg(foot: Array, head: Array, style: str, thickness: float) -> Part:
    """One straight leg; style: square, round, tapered (square), cone or turned."""
    t = {"turned": [0, 0.04, 0.3, 0.34, 0.38, 0.75, 0.8, 0.84, 1]}.get(style, [0, 1])
    scale = {"tapered": [0.55, 1], "cone": [0.5, 1], "turned": [0.5, 0.55, 0.95, 0.7, 1, 1, 0.7, 1, 0.9]}
    path = np.array(foot) + np.array(t)[:, None] * (np.array(head) - np.array(foot))
    square = style in ("square", "tapered")
    section = rectangle(thickness, thickness) if square else circle(thickness)
    return sweep(path, section, scale=scale.get(style, 1.0), up=np.array([0.0, 1.0, 0.0]))


def four_legs(width: float, depth: float, top: float, style: str, thickness: float, splay: float) -> list[Part]:
    """A leg at each corner of (width, depth) about the origin."""
    return [leg(foot, head, style, thickness) for foot, head in leg_points(width, depth, top, splay)]


def three_legs(width: float, depth: float, top: float, style: str, thickness: float, splay: float) -> list[Part]:
    """One leg in front and two behind, on an ellipse."""
    parts = []
    for degrees in (-90, 30, 150):
        ray = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees)), 0.0])
        head = ray * np.array([width, depth, 0]) / 2 + np.array([0, 0, top])
        foot = head * np.array([1.0, 1.0, 0.0]) + ray * splay
        parts.append(leg(foot, head, style, thickness))
    return parts


def stretchers(width: float, depth: float, top: float, splay: float, style: str, thickness: float) -> list[Part]:
    """Bars between four legs; style: none, sides, aitch (sides, a bar across), box or steps (sides low, ends high)."""
    legs = leg_points(width, depth, top, splay)
    heights = {"none": [], "sides": [0.3, 0.3], "aitch": [0.3, 0.3], "box": [0.3, 0.3, 0.3, 0.3]}
    levels = heights.get(style, [0.22, 0.22, 0.34, 0.42])
    ends = [(0, 3), (1, 2), (0, 1), (2, 3)]
    bars = [[_along(legs[i], level) for i in pair_of] for level, pair_of in zip(levels, ends, strict=False)]
    if style == "aitch":
        bars.append([np.mean(bar, axis=0) for bar in bars])
    return [sweep(bar, rectangle(thickness, thickness)) for bar in bars]


def _along(ends: Array, share: float) -> Array:
    return np.asarray(ends[0] + share * (ends[1] - ends[0]))


def sled(width: float, depth: float, top: float, thickness: float, splay: float) -> list[Part]:
    """A bent tube on each side that stands on the floor with its whole length."""
    x, y, low = width / 2, depth / 2, thickness / 2
    path = [[x, -y, top], [x + splay, -y - splay, low], [x + splay, y + splay, low], [x, y, top]]
    return pair(sweep(rounded(path, 0.06), circle(thickness)))


def cantilever(width: float, depth: float, top: float, thickness: float) -> list[Part]:
    """One tube: under the seat, down in front, back along the floor and across behind."""
    x, y, low = width / 2, depth / 2, thickness / 2
    right = [[x, y, top], [x, -y, top], [x, -y, low], [x, y, low]]
    left = [[-a, b, c] for a, b, c in right[::-1]]
    return [sweep(rounded([*right, *left], 0.07), circle(thickness), up=OBLIQUE)]


def pedestal(width: float, top: float, thickness: float, foot: str) -> list[Part]:
    """A column on a disc, a trumpet or crossed feet, `width` metres wide at the floor."""
    r, base = thickness / 2, width / 2
    if foot == "trumpet":
        t = np.linspace(0, 1, 14)
        flare = r + (base - r) * (1 - t) ** 4 + (base * 0.35 - r) * np.maximum(t - 0.7, 0) / 0.3
        return [lathe(np.column_stack([flare, 0.008 + t * (top - 0.008)]))]
    column = lathe([[r, 0.01], [r, top]])
    if foot == "disc":
        return [column, lathe([[base, 0.0], [base, 0.012], [base * 0.92, 0.02], [r, 0.03]])]
    height = 0.05
    bars = [box((width, 1.2 * thickness, height), (0, 0, height / 2)).turned(angle) for angle in (45, 135)]
    return [column, *bars]


def star_base(reach: float, top: float, spokes: int, casters: bool) -> list[Part]:
    """An office chair's base: sloping spokes, a gas spring, and a caster or a glide under each spoke."""
    lift = 0.06 if casters else 0.02
    parts = [lathe([[0.03, lift + 0.02], [0.032, lift + 0.1], [0.026, lift + 0.11], [0.026, top]], "accent")]
    for spoke in range(spokes):
        path = [[0, 0, lift + 0.07], [reach, 0, lift + 0.012]]
        turn = -90 + 360 * (spoke + 0.35) / spokes
        parts.append(sweep(path, rectangle(0.045, 0.03), scale=[1.0, 0.7]).turned(turn))
        if casters:
            wheel = lathe([[0.012, -0.022], [0.028, -0.018], [0.028, 0.018], [0.012, 0.022]], "accent")
            upright = wheel.mapped(lambda p: np.column_stack([p[:, 0], -p[:, 2], p[:, 1]]))
            parts.append(upright.moved(reach - 0.01, 0, 0.028).turned(turn))
    return parts


def crossed(width: float, depth: float, top: float, thickness: float) -> list[Part]:
    """An X on each side, and a bar between their middles."""
    x, y = width / 2, depth / 2
    section = rectangle(thickness * 0.6, thickness)
    bars = [sweep([[x, sign * y, 0], [x - 0.003 * sign, -sign * y, top]], section, up=[1, 0, 0]) for sign in (1, -1)]
    across = sweep([[-x, 0, top / 2], [x, 0, top / 2]], circle(thickness * 0.6))
    return [*pair(bars[0]), *pair(bars[1]), across]


def frames(width: float, depth: float, top: float, thickness: float) -> list[Part]:
    """A closed rectangular loop of flat bar on each side."""
    x, y, r = width / 2 - thickness / 2, depth / 2 - thickness / 2, thickness / 2
    path = [[x, -y, r], [x, y, r], [x, y, top - r], [x, -y, top - r]]
    return pair(sweep(rounded(path, 0.01, closed=True), rectangle(thickness, thickness), closed=True, up=[1, 0, 0]))


def panels(width: float, depth: float, top: float, thickness: float) -> list[Part]:
    """A solid board on each side."""
    return pair(box((thickness, depth, top), (width / 2 - thickness / 2, 0, top / 2)))


def trestles(width: float, depth: float, top: float, thickness: float) -> list[Part]:
    """An A of two bars on each side, and a long bar between them."""
    x, y = width / 2, depth / 2
    section = rectangle(thickness, thickness * 0.7)
    bars = [sweep([[x, sign * y, 0], [x, sign * 0.12 * y, top]], section, up=[1, 0, 0]) for sign in (1, -1)]
    across = sweep([[-x, 0, 0.6 * top], [x, 0, 0.6 * top]], rectangle(thickness * 0.5, thickness))
    return [*pair(bars[0]), *pair(bars[1]), across]


def hairpins(width: float, depth: float, top: float, splay: float) -> list[Part]:
    """A bent rod at each corner."""
    parts = []
    for foot, head in leg_points(width, depth, top, splay):
        along = np.array([0.07, 0.0, 0.0]) * -np.sign(head[0])
        inward = np.array([0.0, 0.07, 0.0]) * -np.sign(head[1])
        path = [head + along, foot + np.array([0, 0, 0.006]), head + inward]
        parts.append(sweep(rounded(path, 0.03), circle(0.012)))
    return parts


def plinth(width: float, depth: float, top: float) -> list[Part]:
    """A dark board set back from the edges."""
    return [prism(superellipse(width, depth, 12), 0.0, top, "accent")]


def supports(style: str, width: float, depth: float, top: float, thickness: float, splay: float) -> list[Part]:
    """Whatever `style` names, under a rectangle of (width, depth) whose underside is at `top`."""
    inner = (width - 1.2 * thickness, depth - 1.2 * thickness)
    builders: dict[str, Callable[[], list[Part]]] = {
        "three": lambda: three_legs(0.8 * width, 0.8 * depth, top, "cone", thickness, splay),
        "sled": lambda: sled(*inner, top, 0.5 * thickness, splay),
        "cantilever": lambda: cantilever(*inner, top, 0.6 * thickness),
        "disc": lambda: pedestal(0.8 * min(width, depth), top, 1.3 * thickness, "disc"),
        "trumpet": lambda: pedestal(0.75 * min(width, depth), top, 1.2 * thickness, "trumpet"),
        "cross": lambda: pedestal(min(width, depth), top, 1.6 * thickness, "cross"),
        "star4": lambda: star_base(0.45 * min(width, depth) + 0.08, top, 4, casters=False),
        "star5": lambda: star_base(0.45 * min(width, depth) + 0.08, top, 5, casters=True),
        "crossed": lambda: crossed(*inner, top, thickness),
        "frames": lambda: frames(width, depth, top, thickness),
        "panels": lambda: panels(width, depth, top, 0.8 * thickness),
        "trestles": lambda: trestles(*inner, top, thickness),
        "hairpins": lambda: hairpins(*inner, top, splay),
        "plinth": lambda: plinth(*inner, top),
    }
    if style in builders:
        return builders[style]()
    return four_legs(*inner, top, style, thickness, splay)
