"""Meshes the furniture is made of, in metres: x to the right, y away from the viewer, z up, the floor at 0."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Face = tuple[int, ...]

ROUND = 14
"""Sides of a round section."""

ARC, FLAT = 5, 6
"""Vertices of a cushion along each rounded edge, and between two of them."""


@dataclass(frozen=True, eq=False)
class Part:
    """One closed solid.

    vertices: (n, 3) metres.
    faces: convex polygons as indices of vertices, counter-clockwise from outside.
    material: the slot of the finish: "frame", "seat" or "accent".
    smooth: whether the facets stand for a curved surface.
    curves: (k, 3) lines on the surface that a person would draw though nothing ends there: seams, soft edges.
    spine: (k, 3) centre line of something thin, drawn in place of its outline when the outline is too narrow, or None.
    thickness: of what has a spine, metres.
    """

    vertices: Array
    faces: tuple[Face, ...]
    material: str = "frame"
    smooth: bool = False
    curves: tuple[Array, ...] = ()
    spine: Array | None = None
    thickness: float = 0.0

    def mapped(self, function: Callable[[Array], Array]) -> "Part":
        """Every point p becomes function(p); `function` maps (n, 3) to (n, 3) and keeps the handedness."""
        spine = None if self.spine is None else function(self.spine)
        curves = tuple(function(curve) for curve in self.curves)
        return replace(self, vertices=function(self.vertices), curves=curves, spine=spine)

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> "Part":
        """Shifted by metres."""
        return self.mapped(lambda points: points + np.array([x, y, z]))

    def turned(self, degrees: float) -> "Part":
        """Rotated about the vertical axis, counter-clockwise from above."""
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return self.mapped(lambda points: points @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]))

    def mirrored(self) -> "Part":
        """The other one of a left-right pair: x becomes -x."""
        flipped = self.mapped(lambda points: points * np.array([-1.0, 1.0, 1.0]))
        return replace(flipped, faces=tuple(face[::-1] for face in self.faces))


def pair(part: Part) -> list[Part]:
    """The part and its mirror image."""
    return [part, part.mirrored()]


def box(size: Sequence[float], centre: Sequence[float], material: str = "frame") -> Part:
    """A cuboid of (width, depth, height) about its centre."""
    half = np.array(size) / 2
    signs = np.array([[x, y, z] for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)], dtype=np.float64)
    faces = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))
    return Part(signs * half + np.array(centre), faces, material)


def prism(outline: ArrayLike, bottom: float, top: float, material: str = "frame") -> Part:
    """A flat board: the convex outline, (n, 2) counter-clockwise, from one height to another."""
    flat = np.asarray(outline, dtype=np.float64)
    count = len(flat)
    vertices = np.concatenate([np.column_stack([flat, np.full(count, height)]) for height in (bottom, top)])
    sides = [(i, (i + 1) % count, (i + 1) % count + count, i + count) for i in range(count)]
    caps = [tuple(range(count))[::-1], tuple(range(count, 2 * count))]
    return Part(vertices, (*sides, *caps), material)


def lathe(profile: ArrayLike, material: str = "frame", smooth: bool = True) -> Part:
    """A turned solid about the vertical axis; profile: (k, 2) radius and height, from bottom to top."""
    rows = np.asarray(profile, dtype=np.float64)
    sides = 2 * ROUND
    angles = np.arange(sides) * 2 * np.pi / sides
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    vertices = np.concatenate([np.column_stack([ring * radius, np.full(sides, z)]) for radius, z in rows])
    return Part(vertices, tube_faces(len(rows), sides, closed=False), material, smooth)


def sweep(
    path: ArrayLike,
    section: ArrayLike,
    material: str = "frame",
    scale: ArrayLike = 1.0,
    closed: bool = False,
    up: ArrayLike | None = None,
) -> Part:
    """A section, (m, 2) counter-clockwise, carried along a path, (k, 3); more than four points make it smooth.

    scale: of the section, one number or one a path point. up: where the section's second axis points,
    by default away from the plane of the path. closed: the path returns to its start.
    """
    spine, flat = np.asarray(path, dtype=np.float64), np.asarray(section, dtype=np.float64)
    side, over = _frames(spine, closed, None if up is None else np.asarray(up, dtype=np.float64))
    factor = np.broadcast_to(np.asarray(scale, dtype=np.float64), len(spine))[:, None, None]
    rings = spine[:, None] + factor * (flat[None, :, :1] * side[:, None] + flat[None, :, 1:] * over[:, None])
    faces = tube_faces(len(spine), len(flat), closed)
    drawn = np.concatenate([spine, spine[:1]]) if closed else spine
    thickness = float(np.ptp(flat, axis=0).max())
    return Part(rings.reshape(-1, 3), faces, material, len(flat) > 4, spine=drawn, thickness=thickness)


def circle(diameter: float) -> Array:
    """Section of a round bar, (m, 2)."""
    angles = np.arange(ROUND) * 2 * np.pi / ROUND
    return diameter / 2 * np.column_stack([np.cos(angles), np.sin(angles)])


def rectangle(width: float, height: float) -> Array:
    """Section of a bar, (4, 2): width across the path's plane normal, height along it."""
    return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([width, height]) / 2


def rounded(path: ArrayLike, radius: float, closed: bool = False, steps: int = 6) -> Array:
    """A path, (k, 2 or 3), with its corners replaced by arcs of about this radius."""
    points = np.asarray(path, dtype=np.float64)
    pieces = []
    for i, corner in enumerate(points):
        before, after = points[i - 1], points[(i + 1) % len(points)]
        if not closed and i in (0, len(points) - 1):
            pieces.append(corner[None])
            continue
        reach = min(radius, 0.49 * np.linalg.norm(before - corner), 0.49 * np.linalg.norm(after - corner))
        start = corner + reach * (before - corner) / np.linalg.norm(before - corner)
        end = corner + reach * (after - corner) / np.linalg.norm(after - corner)
        t = np.linspace(0, 1, steps)[:, None]
        pieces.append((1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end)
    return np.concatenate(pieces)


def cushion(
    size: Sequence[float], centre: Sequence[float], radius: float, puff: float = 0.0, material: str = "seat"
) -> Part:
    """A soft block of (width, depth, height): edges rounded by `radius`, every side bulging by `puff` in its middle."""
    half = np.array(size, dtype=np.float64) / 2
    radius = min(radius, 0.98 * float(half.min()))
    inner = half - radius

    def soften(points: Array) -> Array:
        core = np.clip(points, -inner, inner)
        away = points - core
        length = np.linalg.norm(away, axis=1, keepdims=True)
        shell = core + radius * away / np.maximum(length, 1e-9)
        relative = shell / half
        bulge = 1 - np.clip(np.abs(relative), 0, 1) ** 2
        weight = np.stack([bulge[:, 1] * bulge[:, 2], bulge[:, 0] * bulge[:, 2], bulge[:, 0] * bulge[:, 1]], axis=1)
        moved: Array = shell + puff * weight * np.sign(relative) * np.abs(relative) + np.array(centre)
        return moved

    vertices, faces = _cube(half, inner)
    curves = _rims(half) if radius < 0.4 * half.min() else []
    return Part(soften(vertices), faces, material, True, tuple(soften(curve) for curve in curves))


def shell(grid: ArrayLike, thickness: float, material: str = "seat") -> Part:
    """A bent sheet about the grid, (rows, columns, 3); its front is where columns x rows points."""
    middle = np.asarray(grid, dtype=np.float64)
    rows, columns = middle.shape[:2]
    normal = np.cross(np.gradient(middle, axis=1), np.gradient(middle, axis=0))
    normal /= np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-9)
    count = rows * columns
    vertices = np.concatenate([(middle + sign * thickness / 2 * normal).reshape(-1, 3) for sign in (1, -1)])
    faces = []
    for row in range(rows - 1):
        for column in range(columns - 1):
            a = row * columns + column
            face = (a, a + 1, a + columns + 1, a + columns)
            faces += [face, tuple(i + count for i in face[::-1])]
    rim = [*range(columns), *range(2 * columns - 1, count, columns)]
    rim += [*range(count - 2, count - columns - 1, -1), *range(count - 2 * columns, 0, -columns)]
    faces += [(a + count, b + count, b, a) for a, b in zip(rim, rim[1:] + rim[:1], strict=True)]
    return Part(vertices, tuple(faces), material, True)


def superellipse(width: float, depth: float, power: float, count: int = 36) -> Array:
    """An outline, (count, 2) counter-clockwise: an ellipse at power 2, nearly a rectangle at 8."""
    angles = (np.arange(count) + 0.5) * 2 * np.pi / count
    cos, sin = np.cos(angles), np.sin(angles)
    x, y = np.sign(cos) * np.abs(cos) ** (2 / power), np.sign(sin) * np.abs(sin) ** (2 / power)
    return np.column_stack([x * width / 2, y * depth / 2])


def tube_faces(rings: int, sides: int, closed: bool) -> tuple[Face, ...]:
    """Faces of a skin through rings of `sides` vertices each, counter-clockwise from the last; capped unless closed."""
    faces: list[Face] = []
    for ring in range(rings if closed else rings - 1):
        here, there = ring * sides, (ring + 1) % rings * sides
        faces += [(here + i, here + (i + 1) % sides, there + (i + 1) % sides, there + i) for i in range(sides)]
    if not closed:
        faces += [tuple(range(sides))[::-1], tuple(range((rings - 1) * sides, rings * sides))]
    return tuple(faces)


def _frames(spine: Array, closed: bool, up: Array | None) -> tuple[Array, Array]:
    """Two unit vectors across the path at each of its points, (k, 3) each; side x over points along the path."""
    before, after = (spine[-1:], spine[:1]) if closed else (spine[:1], spine[-1:])
    padded = np.concatenate([before, spine, after])
    tangent = padded[2:] - padded[:-2]
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    if up is None:
        _, spread, axes = np.linalg.svd(spine - spine.mean(axis=0))
        straight = spread[1] < 1e-6 * spread[0]
        upright = abs(tangent[0, 2]) > 0.7
        up = axes[2] if not straight else np.array([0.0, 1.0, 0.0]) if upright else np.array([0.0, 0.0, 1.0])
    side = np.cross(up, tangent)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    return side, np.cross(tangent, side)


def _cube(half: Array, inner: Array) -> tuple[Array, tuple[Face, ...]]:
    """Surface of a cuboid, finer where its edges will be rounded: welded vertices and quads."""
    arc = 1 - np.tan(np.linspace(np.pi / 4, 0, ARC))
    axes = []
    for h, i in zip(half, inner, strict=True):
        edge = i + (h - i) * arc
        axes.append(np.concatenate([-edge[::-1], np.linspace(-i, i, FLAT + 2)[1:-1], edge]))
    places, faces = _lattice(2 * ARC + FLAT)
    return np.stack([axis[place] for axis, place in zip(axes, places.T, strict=True)], axis=1), faces


@cache
def _lattice(count: int) -> tuple[NDArray[np.intp], tuple[Face, ...]]:
    """Surface of a cube of count^3 points: where each vertex stands along the axes, (n, 3), and the quads."""
    found: dict[Face, int] = {}
    faces: list[Face] = []
    for axis, end, a, b in product(range(3), (0, count - 1), range(count - 1), range(count - 1)):
        corners = []
        for da, db in ((0, 0), (1, 0), (1, 1), (0, 1)):
            place = (end, a + da, b + db)
            corners.append(
                found.setdefault((place[-axis % 3], place[(1 - axis) % 3], place[(2 - axis) % 3]), len(found))
            )
        faces.append(tuple(corners if end else corners[::-1]))
    return np.array(list(found)), tuple(faces)


def _rims(half: Array, count: int = 12) -> list[Array]:
    """The twelve edges of a cuboid as loops round the top, the bottom and the four upright edges."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    t = np.linspace(0, 1, count)[:, None]
    loop = np.concatenate([(1 - t) * a + t * b for a, b in pairwise(corners)])
    rims = [np.column_stack([loop, np.full(len(loop), z)]) * half for z in (1.0, -1.0)]
    for x, y in corners[:-1]:
        rims.append(np.column_stack([np.full(count, x), np.full(count, y), np.linspace(-1, 1, count)]) * half)
    return rims
