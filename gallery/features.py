"""Lines on a solid that a person would draw from where the camera stands: outlines, creases and seams, as chains."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gallery.camera import View
from gallery.shapes import Array, Part

SHARP = {False: 0.5, True: 0.8}
"""Radians between two faces that make their edge a crease, on a flat-sided and on a smooth part."""

THIN = 4.5 / 256
"""Canvas units: what looks narrower is drawn as one line."""

Node = Hashable


@dataclass(frozen=True, eq=False)
class Chain:
    """points: (n, 3) metres. outline: whether the surface turns away there (a crease or a seam otherwise)."""

    points: Array
    outline: bool


def feature_chains(part: Part, view: View) -> list[Chain]:
    """Every line of one part, hidden ones included."""
    if part.spine is not None and _width_seen(part, view) < THIN:
        return [Chain(part.spine, True)]
    places, outline, crease = _outline_of_smooth(part, view) if part.smooth else _edges_of_flat(part, view)
    chains = [Chain(np.array([places[node] for node in chain]), True) for chain in _chains(outline)]
    chains += [Chain(np.array([places[node] for node in chain]), False) for chain in _chains(crease)]
    return chains + [Chain(curve, False) for curve in part.curves]


def _width_seen(part: Part, view: View) -> float:
    if part.spine is None:
        return np.inf
    _, ahead = view.project(part.spine)
    return part.thickness / float(ahead.min()) / (2 * view.half)


@dataclass(frozen=True, eq=False)
class _Edges:
    """ends: (n, 2) vertices. faces: (n, 2) the faces on both sides. normals: (faces, 3) unit. facing: (faces,)."""

    ends: NDArray[np.intp]
    faces: NDArray[np.intp]
    normals: Array
    facing: NDArray[np.bool_]

    @property
    def angle(self) -> Array:
        """(n,) radians between the two faces."""
        cosine = (self.normals[self.faces[:, 0]] * self.normals[self.faces[:, 1]]).sum(axis=1)
        return np.arccos(np.clip(cosine, -1, 1))


def _edges(part: Part, view: View) -> _Edges:
    sizes = np.array([len(face) for face in part.faces])
    starts = np.cumsum(sizes) - sizes
    here = np.concatenate([np.array(face) for face in part.faces])
    following = np.concatenate([np.array(face[1:] + face[:1]) for face in part.faces])
    about = part.vertices - part.vertices.mean(axis=0)
    normals = np.add.reduceat(np.cross(about[here], about[following]), starts)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-15)
    facing = (normals * (view.position - part.vertices[here[starts]])).sum(axis=1) > 0
    owner = np.repeat(np.arange(len(sizes)), sizes)
    ends = np.sort(np.column_stack([here, following]), axis=1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, owner = ends[order], owner[order]
    twice = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=1))
    return _Edges(ends[twice], np.column_stack([owner[twice], owner[twice + 1]]), normals, facing)


Segments = list[tuple[Node, Node]]


def _edges_of_flat(part: Part, view: View) -> tuple[dict[Node, Array], Segments, Segments]:
    edges = _edges(part, view)
    front = edges.facing[edges.faces]
    outline = front.any(axis=1) & ~front.all(axis=1)
    crease = front.all(axis=1) & (edges.angle > SHARP[False])
    places: dict[Node, Array] = dict(enumerate(part.vertices))
    return places, _pairs(edges.ends[outline]), _pairs(edges.ends[crease])


def _outline_of_smooth(part: Part, view: View) -> tuple[dict[Node, Array], Segments, Segments]:
    """The outline where the interpolated normal is square to the line of sight, and the sharp edges of the part."""
    edges = _edges(part, view)
    front = edges.facing[edges.faces]
    # The outline crosses a quad nearly straight; across a flat cap it would be a chord.
    caps = np.array([len(face) > 4 for face in part.faces])
    sharp = (edges.angle > SHARP[True]) | caps[edges.faces].any(axis=1)
    rim = sharp & front.any(axis=1) & ~front.all(axis=1)
    crease = sharp & front.all(axis=1)
    # Faces that meet in a sharp edge do not share a normal: each smooth patch has its own.
    patches = _patches(edges.faces[~sharp], len(part.faces))
    sight = _towards_camera(part, patches, edges.normals, view)
    places: dict[Node, Array] = dict(enumerate(part.vertices))
    outline = _pairs(edges.ends[rim])
    for face, patch in zip(part.faces, patches, strict=True):
        crossings = []
        for a, b in zip(face, face[1:] + face[:1], strict=True):
            low, high = min(a, b), max(a, b)
            before, after = sight[low, patch], sight[high, patch]
            if (before > 0) != (after > 0):
                share = before / (before - after)
                crossings.append((low, high, patch))
                places[low, high, patch] = (1 - share) * part.vertices[low] + share * part.vertices[high]
        outline += list(zip(crossings[::2], crossings[1::2], strict=True))
    return places, outline, _pairs(edges.ends[crease])


def _towards_camera(part: Part, patches: list[int], normals: Array, view: View) -> dict[tuple[int, int], float]:
    """(vertex, patch) -> how far the patch's normal at the vertex points towards the camera; 0 where it turns away."""
    sums: dict[tuple[int, int], Array] = defaultdict(lambda: np.zeros(3))
    for face, patch, normal in zip(part.faces, patches, normals, strict=True):
        for vertex in face:
            sums[vertex, patch] = sums[vertex, patch] + normal
    return {key: float(normal @ (view.position - part.vertices[key[0]])) for key, normal in sums.items()}


def _pairs(ends: NDArray[np.intp]) -> Segments:
    return [(a, b) for a, b in ends.tolist()]


def _patches(links: NDArray[np.intp], count: int) -> list[int]:
    """Connected components: the number of the patch of each of `count` faces joined by `links`."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in links.tolist():
        parent[root(a)] = root(b)
    return [root(i) for i in range(count)]


def _chains(segments: Segments) -> list[list[Node]]:
    """Segments joined end to end wherever exactly two meet; a ring comes back to its first node."""
    around: dict[Node, list[Node]] = defaultdict(list)
    for a, b in segments:
        around[a].append(b)
        around[b].append(a)
    left = {frozenset(segment) for segment in segments}
    ends = [node for node in around if len(around[node]) != 2]
    chains = []
    for start in [*ends, *around]:
        for following in around[start]:
            if frozenset((start, following)) in left:
                chains.append(_follow(start, following, around, left))
    return chains


def _follow(start: Node, following: Node, around: dict[Node, list[Node]], left: set[frozenset[Node]]) -> list[Node]:
    chain = [start, following]
    left.discard(frozenset(chain))
    while len(around[chain[-1]]) == 2 and chain[-1] != start:
        onward = [node for node in around[chain[-1]] if frozenset((chain[-1], node)) in left]
        if not onward:
            break
        left.discard(frozenset((chain[-1], onward[0])))
        chain.append(onward[0])
    return chain
