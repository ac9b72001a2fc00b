"""Which line width and softness should the strokes be drawn with to be explained: a grid, a choice, and its test.

The paper sets its thresholds by hand. Here a map is made on strokes drawn with other settings than those of the model's
training, and compared with what the model does on strokes drawn with its own: leave-one-out, and the deletion curve.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from tqdm import tqdm

from sketchlib.attribution.explain import answer
from sketchlib.attribution.faithfulness.agreement import spearman
from sketchlib.attribution.faithfulness.cases import Case, Question, Remembered, asked
from sketchlib.attribution.faithfulness.curves import area, deletion_curve
from sketchlib.attribution.faithfulness.scores import Estimate, estimate
from sketchlib.attribution.games import Game
from sketchlib.attribution.result import Array
from sketchlib.errors import InputError
from sketchlib.models import Recogniser

FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Of the card's line width and of its softness: the grid is their product."""
METHODS = ("sla", "p_sla", "p_sla_move")
"""Those that differentiate the raster."""


@dataclass(frozen=True)
class Setting:
    """Line width and softness in canvas units, and what came of them.

    recognised: share of sketches that the model sees the same class in. spearman_leave_one_out, deletion_auc: by
        method, against the model on its own raster.
    """

    line_width: float
    softness: float
    recognised: Estimate
    spearman_leave_one_out: dict[str, Estimate]
    deletion_auc: dict[str, Estimate]


@dataclass(frozen=True)
class Choice:
    """One method's best setting by Spearman on half of the sketches, and on the other half: its score, the card's own.

    gain: of the best over the card's, sketch by sketch, on that other half.
    """

    line_width: float
    softness: float
    chosen: Estimate
    own: Estimate
    gain: Estimate


@dataclass(frozen=True)
class Sweep:
    """settings: over all sketches, line width by line width. choices: by method. own: the card's width and softness."""

    model: str
    n: int
    own: tuple[float, float]
    settings: tuple[Setting, ...]
    choices: dict[str, Choice]


def sweep(question: Question, cases: Sequence[Case], progress: bool = True) -> Sweep:
    """The grid of `FACTORS` over a recogniser that reads ink; InputError for one that reads strokes.

    Cost: 25 settings x 3 gradients a sketch.
    """
    preprocessing = question.recogniser.card.preprocessing
    if preprocessing.canvas_side is None or len(cases) < 2:
        raise InputError(f"a sweep needs a model that reads ink and 2 sketches, got {len(cases)} of {preprocessing}")
    own = preprocessing.line_width, preprocessing.softness
    grid = [(own[0] * width, own[1] * softness) for width, softness in product(FACTORS, FACTORS)]
    drawn = [_drawn_with(question.recogniser, *setting) for setting in grid]
    bar = tqdm(cases, desc=f"{question.recogniser.name}, lines", unit="sketch", disable=None if progress else True)
    # (cases, settings, 1 + 2 * methods): the class stays; Spearman and area of each method
    numbers = np.array([_row(question, case, drawn) for case in bar])
    settings = tuple(_setting(setting, numbers[:, place]) for place, setting in enumerate(grid))
    ranks = numbers[..., 1 : 1 + len(METHODS)]
    choices = {method: _choice(grid, own, ranks[..., place]) for place, method in enumerate(METHODS)}
    return Sweep(question.recogniser.name, len(cases), own, settings, choices)


def _drawn_with(recogniser: Recogniser, line_width: float, softness: float) -> Recogniser:
    preprocessing = replace(recogniser.card.preprocessing, line_width=line_width, softness=softness)
    return Recogniser(recogniser.network, replace(recogniser.card, preprocessing=preprocessing))


def _row(question: Question, case: Case, drawn: Sequence[Recogniser]) -> list[list[float]]:
    truth = answer(asked(question.target(case.category), case.sketch), "leave_one_out").values
    probability = Remembered(asked(question.probability(case.category), case.sketch))
    return [_numbers(question, case, recogniser, truth, probability) for recogniser in drawn]


def _numbers(question: Question, case: Case, recogniser: Recogniser, truth: Array, probability: Game) -> list[float]:
    ask = asked(question.target(case.category, recogniser), case.sketch)
    maps = [answer(ask, method).per_stroke() for method in METHODS]
    stays = recogniser.predict(case.sketch, 1)[0][0] == case.category
    areas = [area(deletion_curve(probability, values)) for values in maps]
    return [float(stays), *(spearman(values, truth) for values in maps), *areas]


def _setting(setting: tuple[float, float], numbers: "np.ndarray[Any, Any]") -> Setting:
    columns = [estimate(column) for column in numbers.T]
    ranks, areas = columns[1 : 1 + len(METHODS)], columns[1 + len(METHODS) :]
    by_rank, by_area = (dict(zip(METHODS, part, strict=True)) for part in (ranks, areas))
    return Setting(*setting, columns[0], by_rank, by_area)


def _choice(grid: list[tuple[float, float]], own: tuple[float, float], ranks: "np.ndarray[Any, Any]") -> Choice:
    """From Spearman (cases, settings): chosen on every other case, tested on those between."""
    best, card = int(ranks[::2].mean(axis=0).argmax()), grid.index(own)
    tested = ranks[1::2]
    return Choice(
        *grid[best], estimate(tested[:, best]), estimate(tested[:, card]), estimate(tested[:, best] - tested[:, card])
    )
