"""What to explain of a recogniser: the logit of a class, a margin between two, or any scalar of the logits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from sketchlib.attribution.ink import Canvas, InkGame
from sketchlib.attribution.vector import VectorGame
from sketchlib.errors import TargetError
from sketchlib.models import Recogniser
from sketchlib.models.inputs import thinned_sketch
from sketchlib.models.sketchxainet import SketchXAINet
from sketchlib.sketch import Sketch


@dataclass(frozen=True, eq=False)
class Target:
    """One number per sketch, taken from a recogniser's logits.

    of: logits (n, classes) -> scores (n,), differentiable. description: the same in words.
    """

    recogniser: Recogniser
    of: Callable[[Tensor], Tensor]
    description: str

    def game(self, sketch: Sketch) -> InkGame | VectorGame:
        """The sketch's strokes as players, simplified, fitted and drawn as the recogniser's card says."""
        read = _read(self.recogniser, sketch)
        drawn = read if read is sketch else _where_drawn(read, sketch)
        preprocessing = self.recogniser.card.preprocessing
        if preprocessing.canvas_side is None:
            network = cast(SketchXAINet, self.recogniser.network)
            return VectorGame(network, self.of, read, preprocessing.most_strokes, drawn, self.description)
        canvas = Canvas(preprocessing.canvas_side, preprocessing.line_width, preprocessing.softness)
        return InkGame(self._score, drawn, canvas, read.fitted(preprocessing.margin), self.description)

    def _score(self, ink: Tensor) -> Tensor:
        network = self.recogniser.network
        ink = ink.to(next(network.parameters()))
        return self.of(network(ink) if torch.is_grad_enabled() else self.recogniser.score_ink(ink))


def logit(recogniser: Recogniser, category: str) -> Target:
    """The logit of a class. Raises TargetError for one the recogniser does not know."""
    index = _index(recogniser, category)
    return Target(recogniser, lambda logits: logits[:, index], f"logit of {category}")


def predicted(recogniser: Recogniser, sketch: Sketch) -> Target:
    """The logit of the class that the recogniser sees in the sketch."""
    return logit(recogniser, recogniser.predict(sketch, 1)[0][0])


def margin(recogniser: Recogniser, category: str, other: str | None = None) -> Target:
    """Why one class and not another: logit of `category` less that of `other`, of the strongest other one if None.

    Raises TargetError for a class the recogniser does not know, and for a class against itself.
    """
    index = _index(recogniser, category)
    others = [i for i in range(len(recogniser.classes)) if i != index] if other is None else [_index(recogniser, other)]
    if not others or others == [index]:
        raise TargetError(f"a margin is between two different classes, got {category!r} alone")
    name = other or "the strongest other class"
    return Target(
        recogniser, lambda logits: logits[:, index] - logits[:, others].amax(dim=1), f"logit of {category} less {name}"
    )


def scalar(recogniser: Recogniser, of: Callable[[Tensor], Tensor], description: str) -> Target:
    """Any differentiable number of the logits: `of` (n, classes) -> (n,)."""
    return Target(recogniser, of, description)


def _index(recogniser: Recogniser, category: str) -> int:
    if category not in recogniser.classes:
        known = f"the {len(recogniser.classes)} classes of {recogniser.name}"
        raise TargetError(f"a target is one of {known}, got {category!r}")
    return recogniser.classes.index(category)


def _read(recogniser: Recogniser, sketch: Sketch) -> Sketch:
    """The sketch with the points that the recogniser reads; the sketch itself where nothing changes."""
    return thinned_sketch(recogniser.prepare(sketch), recogniser.card.preprocessing.longest_stroke)


def _where_drawn(read: Sketch, sketch: Sketch) -> Sketch:
    """A simplified sketch, aligned to the top-left corner with a long side of 1, back where it was drawn."""
    low, high = sketch.bounds()
    return read.transformed(float((high - low).max()), low)
