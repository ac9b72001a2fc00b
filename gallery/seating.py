"""What one sits on and leans against: seats, backs and arms, placed on the axes of the furniture."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gallery.shapes import (
    Array,
    Part,
    box,
    circle,
    cushion,
    pair,
    prism,
    rectangle,
    rounded,
    shell,
    superellipse,
    sweep,
    tube_faces,
)


def seat_outline(shape: str, width: float, depth: float) -> Array:
    """(n, 2) outline of a seat or a table top: square, rounded, round, trapezoid (wide in front) or dee."""
    if shape == "square":
        return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([width, depth]) / 2
    if shape == "trapezoid":
        corners = np.array([[-1, -1], [1, -1], [0.8, 1], [-0.8, 1]]) * np.array([width, depth]) / 2
        return rounded(corners, 0.03, closed=True, steps=4)
    if shape == "dee":
        back = superellipse(width, 1.2 * depth, 2)
        back = back[back[:, 1] > 0] + np.array([0, -0.1 * depth])
        return np.concatenate([back, [[-width / 2, -depth / 2], [width / 2, -depth / 2]]])
    return superellipse(width, depth, {"round": 2, "rounded": 5}[shape])


def seat(shape: str, width: float, depth: float, top: float, thickness: float, material: str = "seat") -> list[Part]:
    """A flat board whose upper side is at `top`."""
    return [prism(seat_outline(shape, width, depth), top - thickness, top, material)]


def padded_seat(width: float, depth: float, top: float, thickness: float, softness: float) -> list[Part]:
    """An upholstered seat, its upper side about at `top`."""
    radius = softness * thickness / 2
    return [cushion((width, depth, thickness), (0, 0, top - thickness / 2), radius, 0.15 * thickness)]


def slatted_seat(width: float, depth: float, top: float, count: int, along: str = "x") -> list[Part]:
    """Boards side by side with gaps, running along x or y."""
    across = depth if along == "x" else width
    pitch = across / count
    board = 0.78 * pitch
    places = (np.arange(count) + 0.5) * pitch - across / 2
    if along == "x":
        return [box((width, board, 0.02), (0, y, top - 0.01), "seat") for y in places]
    return [box((board, depth, 0.02), (x, 0, top - 0.01), "seat") for x in places]


def leaned(
    parts: list[Part], bottom: float, y: float, rake: float, curve: float = 0.0, width: float = 1.0
) -> list[Part]:
    """A back made upright at y = 0: tilted by `rake` degrees above `bottom`, bowed back in its middle, moved to y."""

    def lean(points: Array) -> Array:
        x, depth, z = points.T
        bow = curve * (1 - np.clip(2 * x / width, -1, 1) ** 2)
        return np.column_stack([x, depth + y + bow + np.maximum(z - bottom, 0) * np.tan(np.radians(rake)), z])

    return [part.mapped(lean) for part in parts]


def bar(start: tuple[float, float], end: tuple[float, float], section: Array, material: str = "frame") -> Part:
    """A straight member of an upright back between two (x, z), made of pieces, so that it can be bowed."""
    t = np.linspace(0, 1, 9)[:, None]
    flat = (1 - t) * np.array(start) + t * np.array(end)
    return sweep(np.column_stack([flat[:, 0], 0 * t, flat[:, 1]]), section, material, up=[0, 1, 0])


def back(style: str, width: float, bottom: float, top: float, thickness: float, count: int) -> list[Part]:
    """An upright back at y = 0 from one height to the other: two posts, a top rail and what `style` names between.

    style: slats, spindles, ladder, panel, splat, cross, open, plate (a board that floats between the posts) or bow.
    """
    if style == "bow":
        return _bow(width, bottom, top, thickness, count)
    x, rail = width / 2 - thickness / 2, 0.07
    posts = pair(bar((x, bottom - 0.02), (x, top), rectangle(thickness, thickness)))
    head = bar((-x, top - rail / 2), (x, top - rail / 2), rectangle(rail, 0.8 * thickness))
    inside = _infill(style, x - thickness / 2, bottom, top - rail, thickness, count)
    return [*posts, *([] if style in ("ladder", "plate") else [head]), *inside]


def _infill(style: str, reach: float, bottom: float, top: float, thickness: float, count: int) -> list[Part]:
    low, thin = bottom + 0.1, rectangle(0.07, 0.016)
    rail = bar((-reach, low), (reach, low), rectangle(0.04, 0.02))
    places = (np.arange(count) + 0.5) / count * 2 * reach - reach
    board = rectangle(min(0.06, 1.1 * reach / count), 0.014)
    builders: dict[str, Callable[[], list[Part]]] = {
        "slats": lambda: [rail, *(bar((x, low), (x, top), board) for x in places)],
        "spindles": lambda: [bar((x, bottom), (x, top), circle(0.016)) for x in places],
        "ladder": lambda: [bar((-reach, z), (reach, z), thin) for z in np.linspace(low + 0.03, top + 0.03, count)],
        "panel": lambda: [bar((0, low), (0, top), rectangle(2 * reach, 0.012))],
        "splat": lambda: [rail, bar((0, low), (0, top), rectangle(0.55 * reach, 0.014))],
        "cross": lambda: [rail, bar((-reach, low), (reach, top), board), bar((reach, low), (-reach, top), board)],
        "open": list,
        "plate": lambda: [bar((0, 0.55 * top + 0.45 * low), (0, top + 0.06), rectangle(2 * reach + 0.02, 0.02))],
    }
    return builders[style]()


def _bow(width: float, bottom: float, top: float, thickness: float, count: int) -> list[Part]:
    """A hoop with spindles inside."""
    r = width / 2 - thickness / 2
    height = top - bottom
    angles = np.linspace(0, np.pi, 25)
    hoop = np.column_stack([r * np.cos(angles), 0 * angles, bottom + height * np.sin(angles) ** 0.6])
    parts = [sweep(hoop, circle(0.75 * thickness), up=[0, 1, 0])]
    for x in (np.arange(count) + 0.5) / count * 1.8 * r - 0.9 * r:
        reach = bottom + height * (1 - min(1.0, abs(1.03 * x / r)) ** 2) ** 0.3
        parts.append(bar((0.85 * x, bottom), (x, reach), circle(0.014)))
    return parts


def arms(style: str, width: float, depth: float, top: float, height: float, thickness: float) -> list[Part]:
    """A pair of armrests `height` above the seat, whose sides they stand on; style: none, posts, loops or curved."""
    x, z = width / 2, top + height
    y = depth / 2
    if style == "none":
        return []
    if style == "loops":
        path = [[x, y, z], [x, -0.55 * y, z], [x, -0.55 * y, top - 0.01]]
        return pair(sweep(rounded(path, 0.08), circle(0.7 * thickness)))
    post = box((thickness, thickness, height + 0.02), (x, -0.75 * y, top + height / 2 - 0.01))
    if style == "posts":
        return [*pair(post), *pair(box((1.5 * thickness, 1.95 * y, 0.025), (x, 0.0, z), "frame"))]
    t = np.linspace(0, 1, 10)
    path = np.column_stack([x + 0.05 * np.sin(np.pi * t), y - 1.9 * y * t, z + 0.05 * (1 - t) ** 2])
    return [*pair(post), *pair(sweep(path, rectangle(1.3 * thickness, 0.03), up=[0, 0, 1]))]


def bucket(width: float, depth: float, seat_top: float, top: float, wrap: float, rake: float) -> Part:
    """A moulded seat and back in one; wrap: how far its sides rise into arms, 0 to 1."""
    v = np.linspace(0, 1, 22)
    y = np.interp(v, [0, 0.08, 0.45, 0.6, 1], [-0.52, -0.5, 0.3, 0.44, 0.44 + np.tan(np.radians(rake)) * 0.9]) * depth
    rise = np.interp(v, [0, 0.08, 0.45, 0.6, 1], [-0.06, 0.0, -0.02, 0.12, 1.0])
    z = seat_top + rise * np.where(rise > 0, top - seat_top, 0.5)
    padded = (np.pad(values, 2, mode="reflect", reflect_type="odd") for values in (y, z))
    y, z = (np.convolve(values, np.ones(5) / 5, "valid") for values in padded)
    across = np.interp(v, [0, 0.4, 0.75, 1], [0.46, 0.5, 0.48, 0.36]) * width
    u = np.linspace(-1, 1, 19)
    side = np.abs(u[None]) ** 3
    arm = wrap * np.exp(-(((v - 0.5) / 0.22) ** 2))[:, None] * (top - seat_top)
    x = across[:, None] * u[None] * (1 - 0.12 * side)
    height = z[:, None] + side * (0.02 + 0.75 * arm)
    forward = y[:, None] - 0.12 * depth * side * np.clip((v - 0.5) / 0.3, 0, 1)[:, None]
    middle = np.stack([x, forward, height], axis=2)
    fold = middle[11, 2:-2] + np.array([0.0, -0.007, 0.007])
    return replace(shell(middle, 0.012), curves=(fold,))


def barrel(width: float, depth: float, bottom: float, top: float, drop: float, thickness: float) -> Part:
    """An upholstered wall round three sides of a seat; drop: how much lower its front ends are, metres."""
    angles = np.linspace(-0.12 * np.pi, 1.12 * np.pi, 27)
    outline = np.column_stack([width / 2 * np.cos(angles), depth / 2 * np.sin(angles)])
    outline[:, 1] = np.where(outline[:, 1] < 0, 1.7 * outline[:, 1], outline[:, 1])
    lean = (np.clip(np.sin(angles), 0, 1)) ** 1.5
    crown = top - drop * (1 - lean)
    sections = []
    for (x, y), height in zip(outline, crown, strict=True):
        outward = np.array([x / width, y / depth]) / np.hypot(x / width, y / depth)
        profile = superellipse(thickness, height - bottom, 4, 16)
        flat = np.array([x, y]) + outward * profile[:, :1]
        sections.append(np.column_stack([flat, profile[:, 1] + (height + bottom) / 2]))
    rings = np.array(sections[::-1])
    return Part(rings.reshape(-1, 3), tube_faces(*rings.shape[:2], closed=False), "seat", True)
