"""How well sketches find photos, and at what cost: teacher, student on each canvas, adaptive and its controls."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from sketchlib.errors import InputError
from sketchlib.retrieval.canvas import GLANCE, selector_flops, selector_points, student_flops
from sketchlib.retrieval.hog import hog
from sketchlib.retrieval.lines import CANVASES, SIDE, photo_lines, sketch_lines
from sketchlib.retrieval.metrics import Interval, bootstrap, ranks
from sketchlib.retrieval.model import Embedder, Retriever, TeacherModel
from sketchlib.retrieval.search import ExactSearch
from sketchlib.sketch import Sketch

TIMED = 40
"""Sketches whose queries are timed, one by one."""


@dataclass(frozen=True)
class EncoderScores:
    """One way to turn a sketch into a query.

    acc1, acc5, acc10: share of sketches whose photo is among the nearest k. mean_rank: of the photo, 1 the best.
    gflops: mean of a query, in the paper's convention: every look, and the selector's share where it chose. ms: median
    of a query (simplify, choose, draw, embed); None where nothing is run. `*_ci`: 95%, bootstrap over photos.
    """

    acc1: float
    acc5: float
    acc10: float
    mean_rank: float
    gflops: float
    ms: float | None
    acc1_ci: Interval
    acc5_ci: Interval
    acc10_ci: Interval
    mean_rank_ci: Interval
    gflops_ci: Interval
    ms_ci: Interval | None


@dataclass(frozen=True)
class RetrievalScores:
    """encoders: `EncoderScores` by name. glanced: share of sketches for which "adaptive" did with a glance. chosen:
    share for which the selector takes each of CANVASES, where it is asked for all. lead: acc@1 of "adaptive" less that
    of "random", which costs as much; `*_ci`: 95%, bootstrap over photos of the sketches' differences.
    """

    model: str
    n_sketches: int
    n_photos: int
    encoders: Mapping[str, EncoderScores]
    glanced: float
    chosen: Mapping[int, float]
    lead: float
    lead_ci: Interval

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps: one object per encoder, and the counts."""
        scores = {name: asdict(each) for name, each in self.encoders.items()}
        shares = {str(canvas): share for canvas, share in self.chosen.items()}
        return {
            "model": self.model,
            "n_sketches": self.n_sketches,
            "n_photos": self.n_photos,
            "glanced": self.glanced,
            "chosen": shares,
            "lead": self.lead,
            "lead_ci": self.lead_ci,
            **scores,
        }


@dataclass(frozen=True, eq=False)
class _Measured:
    """Ranks of the sketches under each of `weights`' columns, what each costs, and the milliseconds of single queries.

    ranks, flops, weights: (sketches, ways); a sketch's result is the mean over its ways, weighted.
    """

    ranks: Int[np.ndarray, "sketches ways"]
    flops: Float[np.ndarray, "sketches ways"]
    weights: Float[np.ndarray, "sketches ways"]
    ms: Float[np.ndarray, " timed"] | None


@dataclass(frozen=True, eq=False)
class Questions:
    """photos: (height, width, 3) uint8 each. sketches: what is asked. photo_of: index of each sketch's photo."""

    photos: Sequence[NDArray[np.uint8]]
    sketches: Sequence[Sketch]
    photo_of: Sequence[int]


def retrieval(pairs: Questions, student: Retriever, teacher: TeacherModel | None) -> RetrievalScores:
    """Scores of finding the photos among themselves; without a teacher its row is missing."""
    if len(pairs.photos) < 2 or not pairs.sketches:
        got = f"{len(pairs.photos)} and {len(pairs.sketches)}"
        raise InputError(f"retrieval is judged on at least 2 photos and 1 sketch, got {got}")
    measured: dict[str, _Measured] = {"hog": _hog(pairs)}
    if teacher is not None:
        seen = teacher.embed_photos(pairs.photos)
        measured["teacher"] = _fixed(pairs, teacher, seen, teacher.canvas, teacher.flops)
    gallery = student.photos.embed_photos(pairs.photos)
    costs = dict(zip(CANVASES, student_flops(), strict=True))
    fixed = {canvas: _fixed(pairs, student, gallery, canvas, costs[canvas]) for canvas in CANVASES}
    measured |= {f"fixed_{canvas}": each for canvas, each in fixed.items()}
    measured["selector"] = _chosen(pairs, student, gallery, None)
    measured["adaptive"] = adaptive = _chosen(pairs, student, gallery, ExactSearch(gallery))
    measured |= _controls(list(fixed.values()), float(adaptive.flops.mean()))
    groups = np.asarray(pairs.photo_of)
    scores = {name: _scores(each, groups) for name, each in measured.items()}
    choices = student.canvas_probabilities(pairs.sketches).argmax(axis=1)
    taken = np.bincount(choices, minlength=len(CANVASES)) / len(choices)
    glanced = float((adaptive.flops == costs[GLANCE]).mean())
    chosen = dict(zip(CANVASES, taken.tolist(), strict=True))
    ahead = _within(measured["adaptive"], 1) - _within(measured["random"], 1)
    counts = (len(pairs.sketches), len(pairs.photos))
    lead = (float(ahead.mean()), bootstrap(ahead, groups))
    return RetrievalScores(student.card.title, *counts, scores, glanced, chosen, *lead)


def _fixed(pairs: Questions, model: Embedder, gallery: NDArray[np.float32], canvas: int, cost: int) -> _Measured:
    found = ranks(_distances(model.embed_sketches(pairs.sketches, canvas), gallery), pairs.photo_of)[:, None]
    ms = np.array([_timed(lambda s=sketch: model.embed_sketches([s], canvas)) for sketch in pairs.sketches[:TIMED]])
    return _Measured(found, np.full(found.shape, float(cost)), np.ones(found.shape), ms)


def _chosen(
    pairs: Questions, student: Retriever, gallery: NDArray[np.float32], photos: ExactSearch | None
) -> _Measured:
    """V2: as the selector says, and with photos to search as a glance at them says first."""
    reading = student.read(pairs.sketches, photos)
    found = ranks(_distances(reading.vectors, gallery), pairs.photo_of)[:, None]
    costs = dict(zip(CANVASES, student_flops(), strict=True))
    spent = [float(sum(costs[look] for look in looks)) for looks in reading.looks]
    for row in np.flatnonzero(~reading.glanced).tolist():
        spent[row] += selector_flops(student.selector, len(selector_points(pairs.sketches[row])))
    ms = np.array([student.query(sketch, photos=photos).milliseconds for sketch in pairs.sketches[:TIMED]])
    return _Measured(found, np.array(spent)[:, None], np.ones(found.shape), ms)


def _controls(fixed: Sequence[_Measured], cost: float) -> dict[str, _Measured]:
    """Canvases at random, for the same mean cost, in expectation; and the best choice with hindsight.

    At random: two neighbouring canvases, one a little cheaper and one a little dearer, in the shares that cost this.
    """
    found = np.concatenate([each.ranks for each in fixed], axis=1)
    costs = np.concatenate([each.flops for each in fixed], axis=1)
    shares = [np.interp(cost, costs[0], row) for row in np.eye(len(CANVASES))]
    best = np.eye(len(CANVASES))[found.argmin(axis=1)]  # the first of the best ranks: the smallest such canvas
    return {
        "random": _Measured(found, costs, np.broadcast_to(shares, found.shape), None),
        "oracle": _Measured(found, costs, best, None),
    }


def _hog(pairs: Questions) -> _Measured:
    """The baseline without learning, cosine."""
    gallery = np.stack([hog(photo_lines(photo)) for photo in pairs.photos])
    drawn = (255 * sketch_lines(pairs.sketches, SIDE)[:, 0].numpy()).astype(np.uint8)
    found = ranks(_distances(np.stack([hog(each) for each in drawn]), gallery), pairs.photo_of)[:, None]
    return _Measured(found, np.zeros(found.shape), np.ones(found.shape), None)


def _distances(queries: NDArray[np.float32], gallery: NDArray[np.float32]) -> NDArray[np.float32]:
    likeness: NDArray[np.float32] = queries @ gallery.T
    return np.sqrt(np.maximum(2 - 2 * likeness, 0))


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _within(measured: _Measured, k: int) -> Float[np.ndarray, " sketches"]:
    """Whether each sketch's photo is among the nearest k; over its ways, the chance."""
    chance: Float[np.ndarray, " sketches"] = ((measured.ranks <= k) * measured.weights).sum(axis=1)
    return chance


def _scores(measured: _Measured, groups: Int[np.ndarray, " sketches"]) -> EncoderScores:
    each = {f"acc{k}": _within(measured, k) for k in (1, 5, 10)}
    each |= {"mean_rank": (measured.ranks * measured.weights).sum(axis=1)}
    each |= {"gflops": (measured.flops * measured.weights).sum(axis=1) / 1e9}
    values = {name: float(value.mean()) for name, value in each.items()}
    intervals = {f"{name}_ci": bootstrap(value, groups) for name, value in each.items()}
    ms = None if measured.ms is None else float(np.median(measured.ms))
    spread = None if measured.ms is None else bootstrap(measured.ms, np.arange(len(measured.ms)), np.median)
    return EncoderScores(**values, ms=ms, **intervals, ms_ci=spread)  # type: ignore[arg-type]
