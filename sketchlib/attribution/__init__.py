"""Which strokes speak for a score: one verb, `explain`, and one result, `Attribution`.

Your own model, any callable from ink (batch, 1, side, side), ink 1 and paper 0, to scores (batch,):

    from sketchlib.attribution import Canvas, explain
    score = lambda ink: model(1 - ink.expand(-1, 3, -1, -1))[:, CAT]
    print(explain(sketch, score, "sla", canvas=Canvas(side=224)).values)

Ours, on ink or on strokes, each with the preprocessing of its card:

    explain(sketch, logit(recogniser, "cat"), "leave_one_out")
    explain(sketch, margin(recogniser, "cat", "dog"), "shapley")

Methods (`METHODS`) ask a `Game`: players, and a score for each row of their gates (1 drawn, 0 absent). Two come with
the library: the strokes of a sketch on a canvas, and the stroke tokens of SketchXAINet. A `Game` of one's own works
with every method that neither draws nor moves anything. The equations and choices are in docs/equations.md.
"""

from sketchlib.attribution.explain import METHODS, Method, explain, game_for
from sketchlib.attribution.games import DrawnGame, Game
from sketchlib.attribution.ink import Canvas, InkGame
from sketchlib.attribution.result import Attribution
from sketchlib.attribution.targets import Target, logit, margin, predicted, scalar
from sketchlib.attribution.vector import VectorGame

__all__ = [
    "METHODS",
    "Attribution",
    "Canvas",
    "DrawnGame",
    "Game",
    "InkGame",
    "Method",
    "Target",
    "VectorGame",
    "explain",
    "game_for",
    "logit",
    "margin",
    "predicted",
    "scalar",
]
