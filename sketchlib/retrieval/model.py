"""A retrieval network from its card, ready to embed photos and sketches."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float32, UInt8
from numpy.typing import NDArray
from torch import Tensor, nn

from sketchlib.errors import CheckpointError, InputError, SketchError
from sketchlib.models.cards import Card, card_graphs, card_tensors, find_card
from sketchlib.models.runtime import Exported
from sketchlib.retrieval.canvas import (
    GLANCE,
    GLANCE_AMONG,
    OneSketch,
    certain,
    selector_flops,
    selector_points,
    student_flops,
)
from sketchlib.retrieval.cost import flops
from sketchlib.retrieval.gradients import gradients_flops
from sketchlib.retrieval.lines import CANVASES, photo_lines, sketch_lines
from sketchlib.retrieval.networks import SketchyNet, SketchyNetConfig, Teacher, TeacherConfig
from sketchlib.sketch import Sketch

DEFAULT = "sketchynet-v4"
BUILDERS = ("sketchynet", "retrieval_teacher")
_CHUNK = 16


@dataclass(frozen=True, eq=False)
class Query:
    """A sketch as a vector.

    vector: (dimension,) of length 1. canvas: the one it was read on, pixels. looks: every canvas that was read, in
    turn; a second one where a glance did not do. probabilities: of each of CANVASES, what the selector thinks, whether
    it was asked or not. flops: what it cost, all looks and, where it chose, the selector included. milliseconds: what
    it took.
    """

    vector: Float32[np.ndarray, " dimension"]
    canvas: int
    looks: tuple[int, ...]
    probabilities: tuple[float, ...]
    flops: int
    milliseconds: float


@dataclass(frozen=True, eq=False)
class Reading:
    """Sketches as vectors (sketches, dimension), rows of length 1.

    looks: of each, the canvases that were read, in turn; the last is the vector's. glanced: (sketches,) where a glance
    did and the selector was not asked.
    """

    vectors: Float32[np.ndarray, "sketches dimension"]
    looks: tuple[tuple[int, ...], ...]
    glanced: Bool[np.ndarray, " sketches"]


class Photos(Protocol):
    """What is searched: a `Gallery`, or an `ExactSearch` of its vectors."""

    def __len__(self) -> int:
        """How many there are."""

    def nearest(self, queries: NDArray[np.float32], top: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows and distances (queries, top), nearest first."""


class Embedder:
    """Sketches -> rows of length 1. On a canvas that the card has a graph of in int8, ONNX Runtime runs that."""

    def __init__(self, network: nn.Module, card: Card, dimension: int) -> None:
        self.network, self.card, self.dimension = network.eval(), card, dimension
        self._run = Exported(network, ready={(1, side, side): graph for side, graph in card_graphs(card).items()})

    @property
    def identity(self) -> str:
        """Title of the card and the start of its weights' SHA-256."""
        return f"{self.card.title} {self.card.weights.files[0].sha256[:12]}"

    def embed_sketches(self, sketches: Sequence[Sketch], canvas: int) -> NDArray[np.float32]:
        """Sketches drawn on a canvas of so many pixels -> (sketches, dimension), rows of length 1."""
        check_drawn(sketches)
        return self.embed_lines(sketch_lines(sketches, canvas) if len(sketches) else torch.empty(0))

    def embed_lines(self, lines: Float32[Tensor, "batch 1 side side"]) -> NDArray[np.float32]:
        """Lines, ink 1, on any canvas."""
        if not len(lines):
            return self._empty(0)
        rows = [self._run(part).numpy() for part in lines.split(_CHUNK)]
        return np.concatenate(rows)

    def _empty(self, count: int) -> NDArray[np.float32]:
        return np.empty((count, self.dimension), np.float32)


def check_drawn(sketches: Sequence[Sketch]) -> None:
    """Raises SketchError for a sketch without strokes."""
    for number, sketch in enumerate(sketches, 1):
        if not sketch.strokes:
            raise SketchError(f"a photo is found by at least one stroke, got an empty sketch (number {number})")


class TeacherModel(Embedder):
    """The teacher: one canvas, of sketches and of photos."""

    def __init__(self, network: Teacher, card: Card) -> None:
        super().__init__(network, card, network.dimension)
        self.canvas = network.config.side
        self._kept_at = network.config.photos_at or self.canvas

    def embed_photos(self, photos: Sequence[UInt8[np.ndarray, "height width 3"]]) -> NDArray[np.float32]:
        """Photos of any size -> (photos, dimension), rows of length 1."""
        return self.embed_lines(torch.cat([self.lines(photo) for photo in photos]) if len(photos) else torch.empty(0))

    def lines(self, photo: UInt8[np.ndarray, "height width 3"]) -> Float32[Tensor, "1 1 side side"]:
        """What the network sees of a photo, reduced on the way as its training's photos were."""
        kept = cv2.resize(photo_lines(photo), (self._kept_at, self._kept_at), interpolation=cv2.INTER_AREA)
        return F.interpolate(torch.from_numpy(kept.astype(np.float32) / 255)[None, None], self.canvas, mode="area")

    @cached_property
    def flops(self) -> int:
        """Of one query, its oriented gradients included."""
        return flops(self.network, (1, 1, self.canvas, self.canvas)) + gradients_flops(self.canvas)


class Retriever(Embedder):
    """SketchyNet: `query` with a canvas is V1, without one V2, whose selector chooses it (its most probable one).

    With few photos to search, V2 first glances: where the smallest canvas tells the nearest photo well enough from the
    second, see `certain`, nothing larger is read and the selector is not asked.
    photos: its teacher, which a gallery is built with.
    """

    def __init__(self, network: SketchyNet, card: Card, photos: TeacherModel) -> None:
        super().__init__(network, card, network.dimension)
        if photos.dimension != self.dimension:
            got = f"{photos.dimension} and {self.dimension}: {photos.card.title}, {card.title}"
            raise CheckpointError(f"a teacher and its student give rows of one dimension, got {got}")
        self.selector, self.photos = network.selector, photos
        self._choose = Exported(OneSketch(network.selector).eval(), free=2)

    def canvas_probabilities(self, sketches: Sequence[Sketch]) -> Float32[np.ndarray, "sketches canvases"]:
        """The selector's probability of each of CANVASES."""
        check_drawn(sketches)
        rows = [self._probabilities(selector_points(sketch)) for sketch in sketches]
        return np.stack(rows) if rows else np.empty((0, len(CANVASES)), np.float32)

    def _probabilities(self, points: Float32[np.ndarray, "points 5"]) -> Float32[np.ndarray, " canvases"]:
        probabilities: NDArray[np.float32] = self._choose(torch.from_numpy(points)[None])[0].softmax(dim=0).numpy()
        return probabilities

    def read(self, sketches: Sequence[Sketch], photos: Photos | None = None) -> Reading:
        """The sketches as V2 reads them: each at a glance where that does to find photos, else as the selector says."""
        return self._read(sketches, self.canvas_probabilities(sketches), photos)

    def query(self, sketch: Sketch, canvas: int | None = None, photos: Photos | None = None) -> Query:
        """The sketch as a vector: on `canvas`, or as `read` for a search of `photos`."""
        if canvas is not None and canvas not in CANVASES:
            raise InputError(f"a canvas is one of {', '.join(map(str, CANVASES))} pixels, got {canvas}")
        check_drawn([sketch])
        clock = [time.perf_counter()]
        points = selector_points(sketch)
        probabilities = self._probabilities(points)
        clock.append(time.perf_counter())
        reading = self._read([sketch], probabilities[None], photos) if canvas is None else self._read_on(sketch, canvas)
        clock.append(time.perf_counter())
        asked, (looks,) = canvas is None and not reading.glanced[0], reading.looks
        cost = sum(student_flops()[CANVASES.index(look)] for look in looks)
        cost += selector_flops(self.selector, len(points)) if asked else 0
        spent = 1000 * (clock[2] - clock[0 if asked else 1])
        return Query(reading.vectors[0], looks[-1], looks, tuple(probabilities.tolist()), cost, spent)

    def _read(
        self, sketches: Sequence[Sketch], probabilities: Float32[np.ndarray, "sketches canvases"], photos: Photos | None
    ) -> Reading:
        glances = (GLANCE,) if photos is not None and len(photos) <= GLANCE_AMONG else ()
        vectors, sure = self._empty(len(sketches)), np.zeros(len(sketches), dtype=bool)
        if photos is not None and glances and len(sketches):
            vectors = self.embed_sketches(sketches, GLANCE)
            sure = certain(photos.nearest(vectors, 2)[1])
        looks, chosen = [glances] * len(sketches), [CANVASES[index] for index in probabilities.argmax(axis=1)]
        for canvas in set(chosen) - set(glances):
            rows = [row for row, each in enumerate(chosen) if each == canvas and not sure[row]]
            vectors[rows] = self.embed_sketches([sketches[row] for row in rows], canvas)
            for row in rows:
                looks[row] = (*glances, canvas)
        return Reading(vectors, tuple(looks), sure)

    def _read_on(self, sketch: Sketch, canvas: int) -> Reading:
        return Reading(self.embed_sketches([sketch], canvas), ((canvas,),), np.zeros(1, dtype=bool))


def build(builder: str, config: dict[str, Any]) -> SketchyNet | Teacher:
    """A retrieval network with random weights by its builder's name; CheckpointError for settings it lacks."""
    if builder not in BUILDERS:
        raise CheckpointError(f"a builder of retrieval networks is {' or '.join(BUILDERS)}, got {builder!r}")
    try:
        student = builder == "sketchynet"
        network = SketchyNet(SketchyNetConfig(**config)) if student else Teacher(TeacherConfig(**config))
    except TypeError as error:
        raise CheckpointError(f"the settings of a card are those of its builder {builder}, got {error}") from None
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def load_embedder(name: str | Path, weights: str | Path | None = None, progress: bool = True) -> Embedder:
    """A `Retriever` or a `TeacherModel` by the title of a shipped card, or by the path of a card of one's own."""
    card = find_card(name)
    network = build(card.builder, dict(card.config))
    try:
        network.load_state_dict(card_tensors(card, weights, progress))
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise CheckpointError(f"the weights of {card.title} fit its network, got {reason}") from None
    return Retriever(network, card, _teacher(card)) if isinstance(network, SketchyNet) else TeacherModel(network, card)


def _teacher(card: Card) -> TeacherModel:
    """The teacher of a student's card: beside it, or among those that ship."""
    title = str(card.config.get("teacher", ""))
    here = card.folder is not None and (card.folder / f"{title}.toml").is_file()
    model = load_embedder(card.folder / f"{title}.toml" if card.folder and here else title)
    if not isinstance(model, TeacherModel):
        raise CheckpointError(f"a teacher is of the builder retrieval_teacher, got {model.card.builder}: {title}")
    return model


def load_retriever(name: str | Path = DEFAULT, weights: str | Path | None = None, progress: bool = True) -> Retriever:
    """SketchyNet by the title of a shipped card, or by the path of a card of one's own."""
    model = load_embedder(name, weights, progress)
    if not isinstance(model, Retriever):
        raise CheckpointError(f"a query needs a card of the builder sketchynet, got {model.card.builder}: {name}")
    return model
