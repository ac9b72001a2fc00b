"""`Sketch`: immutable strokes in canvas units.

(0, 0) is the top-left corner of the canvas, (1, 1) the bottom-right one; x points right, y down.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchlib.errors import SketchError

__all__ = ["Sketch", "Stroke"]

Array = NDArray[np.float64]


def _frozen(values: ArrayLike) -> Array:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class Stroke:
    """One pen-down to pen-up movement.

    points: (n, 2) x, y in canvas units, n >= 1; read-only.
    id: kept from the pad to the result, unique in a sketch.
    seconds: (n,) time of each point since the sketch began, or None.
    pressure: (n,) pen pressure in [0, 1], or None.
    """

    points: Array
    id: int = 0
    seconds: Array | None = None
    pressure: Array | None = None

    def __post_init__(self) -> None:
        points = _frozen(self.points)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
            raise SketchError(f"a stroke is (n, 2) points with n >= 1, got shape {points.shape} (stroke id {self.id})")
        if not np.isfinite(points).all():
            raise SketchError(f"coordinates are finite numbers, got NaN or infinity (stroke id {self.id})")
        object.__setattr__(self, "points", points)
        for name in ("seconds", "pressure"):
            channel = getattr(self, name)
            if channel is None:
                continue
            channel = _frozen(channel)
            if channel.shape != (len(points),):
                raise SketchError(
                    f"{name} has one value per point ({len(points)}), got shape {channel.shape} (stroke id {self.id})"
                )
            object.__setattr__(self, name, channel)

    def __len__(self) -> int:
        return len(self.points)

    @property
    def length(self) -> float:
        """Arc length in canvas units; 0 for a dot."""
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())

    def with_points(self, points: ArrayLike) -> "Stroke":
        """The same stroke with other points; time and pressure stay only if their number still fits."""
        moved = _frozen(points)
        fits = len(moved) == len(self.points)
        return Stroke(moved, self.id, self.seconds if fits else None, self.pressure if fits else None)


@dataclass(frozen=True, eq=False)
class Sketch:
    """A sketch: strokes in drawing order.

    strokes: possibly none; their ids are unique.
    label: the category it was drawn for, or "".
    """

    strokes: tuple[Stroke, ...] = ()
    label: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "strokes", tuple(self.strokes))
        if len(set(self.ids)) != len(self.strokes):
            identity, times = Counter(self.ids).most_common(1)[0]
            raise SketchError(f"stroke ids are unique in a sketch, got {identity} {times} times")

    @classmethod
    def from_points(cls, strokes: Iterable[ArrayLike], label: str = "") -> "Sketch":
        """Strokes given as (n, 2) points each; ids are their positions."""
        return cls(tuple(Stroke(np.asarray(points), i) for i, points in enumerate(strokes)), label)

    def __len__(self) -> int:
        return len(self.strokes)

    def __iter__(self) -> Iterator[Stroke]:
        return iter(self.strokes)

    def __getitem__(self, index: int) -> Stroke:
        return self.strokes[index]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(stroke.id for stroke in self.strokes)

    @property
    def number_of_points(self) -> int:
        return sum(len(stroke) for stroke in self.strokes)

    @property
    def ink(self) -> float:
        """Total arc length in canvas units."""
        return sum(stroke.length for stroke in self.strokes)

    def bounds(self) -> tuple[Array, Array]:
        """Top-left and bottom-right corner of the box around all points, each (2,); an empty sketch has none."""
        if not self.strokes:
            raise SketchError("an empty sketch has no bounds: draw at least one stroke")
        points = np.concatenate([stroke.points for stroke in self.strokes])
        return points.min(axis=0), points.max(axis=0)

    def keep(self, ids: Collection[int]) -> "Sketch":
        """Only the strokes with these ids, in drawing order."""
        return replace(self, strokes=tuple(stroke for stroke in self.strokes if stroke.id in ids))

    def without(self, ids: Collection[int]) -> "Sketch":
        """All strokes but those with these ids."""
        return replace(self, strokes=tuple(stroke for stroke in self.strokes if stroke.id not in ids))

    def prefix(self, count: int) -> "Sketch":
        """The first `count` strokes."""
        return replace(self, strokes=self.strokes[:count])

    def with_points(self, points: Sequence[ArrayLike]) -> "Sketch":
        """The same strokes (ids kept) with other points, one (n, 2) array per stroke."""
        if len(points) != len(self.strokes):
            raise SketchError(f"one array of points per stroke ({len(self.strokes)}), got {len(points)}")
        pairs = zip(self.strokes, points, strict=True)
        return replace(self, strokes=tuple(stroke.with_points(moved) for stroke, moved in pairs))

    def transformed(self, scale: ArrayLike = 1.0, shift: ArrayLike = 0.0) -> "Sketch":
        """Every point p becomes scale * p + shift (numbers, or (2,) for x and y)."""
        factor, offset = np.asarray(scale, dtype=np.float64), np.asarray(shift, dtype=np.float64)
        return self.with_points([stroke.points * factor + offset for stroke in self.strokes])

    def fitted(self, margin: float = 0.0) -> "Sketch":
        """Centred, aspect kept, its long side spanning [margin, 1 - margin]; a single point goes to the centre."""
        low, high = self.bounds()
        side = float((high - low).max())
        scale = (1.0 - 2.0 * margin) / side if side > 0 else 1.0
        return self.transformed(scale, 0.5 - scale * (low + high) / 2.0)

    def equals(self, other: "Sketch", tolerance: float = 0.0) -> bool:
        """Same ids and point counts, and every coordinate within `tolerance` canvas units."""
        if self.ids != other.ids or [len(s) for s in self] != [len(s) for s in other]:
            return False
        return all(np.abs(a.points - b.points).max() <= tolerance for a, b in zip(self, other, strict=True))
