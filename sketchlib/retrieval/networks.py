"""The networks: a teacher, SketchyNetV1 (the student) and the canvas selector that makes it SketchyNetV2.

All read lines (batch, 1, side, side), ink 1, and give rows of length 1. The teacher reads sketches and photos alike;
the student reads sketches only and lays them among its teacher's photos, so that one index serves both.
"""

from collections import OrderedDict
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from sketchlib.errors import InputError
from sketchlib.models.mobilenet import FEATURES, MobileNetV2
from sketchlib.models.sketchcnn import SketchCNN, SketchCNNConfig
from sketchlib.retrieval.gradients import DIMENSION, oriented_gradients
from sketchlib.retrieval.lines import CANVASES
from sketchlib.retrieval.norms import with_canvas_norms


@dataclass(frozen=True)
class TeacherConfig:
    """trunk: "sketchcnn" or "vgg16", its convolutions. side: canvas it reads. grid: places a side where features are
    pooled. dimension: of what is learned, even. fixed: share of the likeness that oriented gradients say, 0 to 1.
    photos_at: side to which the lines of a photo are reduced before they are reduced to `side`, as in training; 0 for
    at once.
    """

    trunk: str = "sketchcnn"
    side: int = 96
    grid: int = 3
    dimension: int = FEATURES
    dropout: float = 0.5
    fixed: float = 0.7
    photos_at: int = 0

    def __post_init__(self) -> None:
        places = (32 if self.trunk == "vgg16" else 16) * self.grid
        if self.side % places:
            raise InputError(f"a side pooled on a grid of {self.grid} is some times {places} pixels, got {self.side}")
        if self.dimension % 2:
            raise InputError(f"a dimension is even, one number a sign, got {self.dimension}")


class Teacher(nn.Module):
    """Convolutions pooled on a coarse grid and projected, beside oriented gradients that are not learned.

    Both say where a part lies, which tells chairs apart; few photos teach the first, and the second cannot overfit.
    """

    def __init__(self, config: TeacherConfig) -> None:
        super().__init__()
        self.config = config
        self.channels = 3 if config.trunk == "vgg16" else 1
        self.trunk = vgg16() if config.trunk == "vgg16" else _sketchcnn()
        features = (512 if config.trunk == "vgg16" else SketchCNNConfig(classes=1).widths[-1]) * config.grid**2
        self.dropout = nn.Dropout(config.dropout)
        self.project = nn.Linear(features, config.dimension // 2)

    @property
    def dimension(self) -> int:
        """Of what it gives, the part that is not learned included."""
        return self.config.dimension + DIMENSION

    def forward(self, lines: Float[Tensor, "batch 1 side side"]) -> Float[Tensor, "batch dimension"]:
        pooled = F.adaptive_avg_pool2d(self.trunk(lines.expand(-1, self.channels, -1, -1)), self.config.grid)
        learned = F.normalize(self.project(self.dropout(pooled.flatten(1))).float(), dim=1)
        return beside(signs_apart(learned), lines, self.config.fixed)


def signs_apart(rows: Float[Tensor, "batch half"]) -> Float[Tensor, "batch dimension"]:
    """max(0, x), then max(0, -x): of the same length, and nothing negative, as pooled activations of a student are."""
    return torch.cat([rows.relu(), (-rows).relu()], dim=1)


def _sketchcnn() -> nn.Sequential:
    network = SketchCNN(SketchCNNConfig(classes=1))
    return nn.Sequential(OrderedDict(stem=network.stem, stages=network.stages))


def vgg16() -> nn.Sequential:
    """The 13 convolutions of VGG16 with their pools, (batch, 3, height, width) -> 512 channels [simonyan2015vgg]."""
    layers: list[nn.Module] = []
    before = 3
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU(inplace=True)]
            before = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)


@dataclass(frozen=True)
class SketchyNetConfig:
    """teacher: title of the card whose network reads the photos. hidden: states of the selector. fixed: as of it."""

    teacher: str = ""
    hidden: int = 128
    fixed: float = 0.7


class SketchyNet(nn.Module):
    """SketchyNetV2: MobileNetV2's pooled features, (batch, 1280), no projection, and the selector of the canvas.

    With a canvas chosen by hand it is SketchyNetV1. `forward` embeds lines of a sketch on any canvas from 32 pixels on.
    Differs from [maity2025sketch]: oriented gradients, (batch, 1296), stand beside the features, as they do in the
    teacher; photos stay where the teacher puts them (asymmetric, as in [budnik2021asymmetric]); and each canvas has
    batch norms of its own.
    """

    dimension = FEATURES + DIMENSION

    def __init__(self, config: SketchyNetConfig) -> None:
        super().__init__()
        self.config = config
        self.features = with_canvas_norms(MobileNetV2(channels=3))
        self.selector = CanvasSelector(len(CANVASES), config.hidden)

    def forward(self, lines: Float[Tensor, "batch 1 side side"]) -> Float[Tensor, "batch 2576"]:
        learned = F.normalize(self.features(lines.expand(-1, 3, -1, -1)).float(), dim=1)
        return beside(learned, lines, self.config.fixed)


def beside(
    learned: Float[Tensor, "batch learned"], lines: Float[Tensor, "batch 1 side side"], share: float
) -> Float[Tensor, "batch dimension"]:
    """Rows of length 1 whose likeness is the learned one and that of oriented gradients, `share` of it theirs."""
    return torch.cat([(1 - share) ** 0.5 * learned, share**0.5 * oriented_gradients(lines)], dim=1)


class CanvasSelector(nn.Module):
    """Logits (batch, canvases) from points (x, y, q1, q2, q3): one GRU layer, its last state, one linear layer."""

    def __init__(self, canvases: int, hidden: int = 128) -> None:
        super().__init__()
        self.recurrence = nn.GRU(5, hidden, batch_first=True)
        self.head = nn.Linear(hidden, canvases)

    def forward(self, points: Float[Tensor, "batch longest 5"], lengths: Tensor) -> Float[Tensor, "batch canvases"]:
        packed = nn.utils.rnn.pack_padded_sequence(points, lengths.cpu(), batch_first=True, enforce_sorted=False)
        _, last = self.recurrence(packed)
        logits: Tensor = self.head(last[0])
        return logits


def distances(
    one: Float[Tensor, "rows dimension"], other: Float[Tensor, "columns dimension"]
) -> Float[Tensor, "rows columns"]:
    """d = |a - b| of rows of length 1, in [0, 2]; its gradient is finite where a = b."""
    return torch.sqrt((2 - 2 * one @ other.T).clamp_min(0) + 1e-8)
