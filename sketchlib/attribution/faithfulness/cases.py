"""What is asked, and of which sketch: `Question` and `Case`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from sketchlib.attribution.explain import METHODS, answer
from sketchlib.attribution.faithfulness.curves import BATCH
from sketchlib.attribution.games import Counted
from sketchlib.attribution.result import Array
from sketchlib.attribution.targets import Target, logit, margin, scalar
from sketchlib.errors import InputError
from sketchlib.models import Recogniser
from sketchlib.sketch import Sketch, Stroke

Explained = Literal["predicted", "label", "margin"]
EXPLAINED: tuple[Explained, ...] = get_args(Explained)


@dataclass(frozen=True, eq=False)
class Case:
    """A sketch to be judged.

    place: its number, which fixes what is drawn by lot for it. category: the explained class. other: a class that is
    not. correct: whether the model sees the label. stranger: a stroke of a sketch of another label, or None.
    """

    place: int
    sketch: Sketch
    category: str
    other: str
    correct: bool
    stranger: Stroke | None


@dataclass(frozen=True, eq=False)
class Question:
    """Methods on a recogniser, and the score they explain.

    methods: names in `METHODS`. random_labels: a recogniser of the same classes trained on shuffled labels, or None.
    """

    recogniser: Recogniser
    methods: tuple[str, ...]
    explained: Explained = "predicted"
    seed: int = 0
    random_labels: Recogniser | None = None

    def target(self, category: str, recogniser: Recogniser | None = None) -> Target:
        """The explained score of a class."""
        return (margin if self.explained == "margin" else logit)(recogniser or self.recogniser, category)

    def probability(self, category: str) -> Target:
        """The softmax probability of a class, for curves that are averaged over sketches."""
        index = self.recogniser.classes.index(category)
        return scalar(self.recogniser, lambda logits: torch.softmax(logits, dim=1)[:, index], "probability")

    def maps(
        self, category: str, sketch: Sketch, place: int, purpose: int, recogniser: Recogniser | None = None
    ) -> dict[str, Array]:
        """Values (strokes,) of every method for a class, all from one game; place and purpose fix the lots."""
        ask = asked(self.target(category, recogniser), sketch)
        return {method: answer(ask, method, lot(self.seed, place, purpose)).per_stroke() for method in self.methods}


class Remembered:
    """A game without fractions of players, which asks only for the subsets that it has not met."""

    def __init__(self, ask: Counted) -> None:
        self.ask, self.players = ask, ask.players

    def values(self, gates: Tensor) -> Tensor:
        """Scores (n,) of gates (n, players), 0 or 1."""
        return torch.from_numpy(self.ask.subsets((gates > 0).numpy()))


def asked(target: Target, sketch: Sketch) -> Counted:
    """One who asks for a target of a sketch."""
    game = target.game(sketch)
    return Counted(game, game.sketch, BATCH)


def lot(*key: int) -> torch.Generator:
    """A generator of its own for every key, the same in every run."""
    return torch.Generator().manual_seed(hash(key) % 2**63)


def methods_of(recogniser: Recogniser, method: str) -> tuple[str, ...]:
    """The method, or for "all" each that the recogniser allows: occlusion wants ink. InputError for another name."""
    if method != "all" and method not in METHODS:
        raise InputError(f"a method is all or one of {', '.join(METHODS)}, got {method!r}")
    without = () if recogniser.card.preprocessing.canvas_side else ("occlusion",)
    return tuple(name for name in METHODS if name not in without) if method == "all" else (method,)


def cases_of(question: Question, sketches: Sequence[Sketch]) -> list[Case]:
    """A case of each labelled, simplified sketch."""
    classes = question.recogniser.classes
    seen = np.argmax(question.recogniser.logits(sketches), axis=1)
    return [_case(question, sketches, place, classes[best]) for place, best in enumerate(seen.tolist())]


def _case(question: Question, sketches: Sequence[Sketch], place: int, seen: str) -> Case:
    sketch, generator = sketches[place], lot(question.seed, place, -2)
    category = sketch.label if question.explained == "label" else seen
    others = [name for name in question.recogniser.classes if name != category]
    strangers = [stroke for one in sketches if one.label != sketch.label for stroke in one]
    stranger = strangers[_draw(len(strangers), generator)] if strangers else None
    return Case(place, sketch, category, others[_draw(len(others), generator)], seen == sketch.label, stranger)


def _draw(count: int, generator: torch.Generator) -> int:
    return int(torch.randint(count, (1,), generator=generator))
