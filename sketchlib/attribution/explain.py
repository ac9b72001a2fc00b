"""`explain`: the one verb, and the table of its methods."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import torch

from sketchlib.attribution import controls, gradients, removal
from sketchlib.attribution.games import Counted, DrawnGame, Found, Game
from sketchlib.attribution.ink import Canvas, InkGame, InkScore
from sketchlib.attribution.result import Attribution, Parts
from sketchlib.attribution.targets import Target
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

ONE_STROKE = "a sketch of one stroke has nothing to rank: without the stroke the paper is blank"


@dataclass(frozen=True)
class Method:
    """A row of `METHODS`.

    run: the method, its options as keywords. parts: what it gives values to. signed: whether negative values are
    evidence against. adds_up: whether the values approach score - blank_score together.
    """

    run: Callable[..., Found]
    parts: Parts = "strokes"
    signed: bool = True
    adds_up: bool = True


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "sla": Method(gradients.sla),
        "vanilla_gradient": Method(gradients.vanilla_gradient),
        "p_sla": Method(gradients.p_sla, "segments"),
        "p_sla_move": Method(gradients.p_sla_move, "points", signed=False, adds_up=False),
        "leave_one_out": Method(removal.leave_one_out),
        "shapley": Method(removal.shapley),
        "integrated_gradients": Method(gradients.integrated_gradients),
        "smooth_grad": Method(gradients.smooth_grad),
        "occlusion": Method(removal.occlusion),
        "ink_length": Method(controls.ink_length, signed=False, adds_up=False),
        "random": Method(controls.random, signed=False, adds_up=False),
    }
)
"""Every method by name, with what its values mean."""


def explain(
    sketch: Sketch,
    score: Target | Game | InkScore,
    method: str = "sla",
    *,
    canvas: Canvas | None = None,
    generator: torch.Generator | None = None,
    batch: int = 64,
    **options: Any,
) -> Attribution:
    """How much each part of the sketch counts for a score.

    score: a `Target` of a recogniser, any callable from ink (n, 1, side, side) to scores (n,), drawn on `canvas`, or a
        `Game` already built with `game_for`, which shares its stroke maps between methods.
    method: a name in `METHODS`; options: the keywords of its function.
    generator: of the methods that sample; one seeded with 0 if None. batch: inputs scored at once.
    A sketch of one stroke is explained like any other, and `note` says that there is nothing to rank.

    Raises InputError for an unknown method or a sketch without strokes, TargetError for an unknown class, ModelError
    where the model gives no finite score, or no gradient to a method that needs one.
    """
    game = game_for(sketch, score, canvas)
    ask = Counted(game, game.sketch if isinstance(game, DrawnGame) else sketch, batch)
    return answer(ask, method, generator, getattr(score, "description", "score"), **options)


def answer(
    ask: Counted, method: str, generator: torch.Generator | None = None, target: str = "score", **options: Any
) -> Attribution:
    """`explain` for one who asks a game several questions: the scores of subsets that `ask` knows cost no more calls.

    target: the score in words; the rest as in `explain`, and so the errors.
    """
    if method not in METHODS:
        raise InputError(f"a method is one of {', '.join(METHODS)}, got {method!r}")
    chosen, before = METHODS[method], ask.calls
    found = chosen.run(ask, generator or torch.Generator().manual_seed(0), **options)
    full, blank = ask.full(), ask.blank()
    return Attribution(
        values=found.values,
        parts=chosen.parts,
        sketch=ask.sketch,
        method=method,
        target=target,
        score=full,
        blank_score=blank,
        signed=chosen.signed,
        gap=full - blank - float(found.values.sum()) if chosen.adds_up else None,
        standard_error=found.standard_error,
        model_calls=ask.calls - before,
        note=ONE_STROKE if len(ask.sketch) == 1 else "",
    )


def game_for(sketch: Sketch, score: Target | Game | InkScore, canvas: Canvas | None = None) -> Game:
    """The sketch's strokes as players for a score, both as in `explain`; a game is returned as it is.

    Raises InputError for an empty sketch, a canvas that a score cannot use, and a game of other players.
    """
    if not sketch.strokes:
        raise InputError("an explanation needs at least one stroke, got an empty sketch")
    if canvas is not None and isinstance(score, Target | Game):
        raise InputError("a canvas belongs to a callable that reads ink, got one for a score that brings its own")
    if isinstance(score, Target):
        return score.game(sketch)
    if not isinstance(score, Game):
        return InkGame(score, sketch, canvas or Canvas())
    if score.players != len(sketch):
        raise InputError(f"a game has one player per stroke ({len(sketch)}), got {score.players}")
    return score
