"""Adversarial deletion: which strokes to take away so that a model sees something else.

    from sketchlib.adversarial import attack
    found = attack(load("sketchcnn66"), sketch)                          # greedy, any other class
    found = attack(model, sketch, "dog", strategy="exhaustive", budget=0.1)
    print(found.flipped, found.minimal, found.ink, found.final.top)

A model is anything with `classes` and `logits` of sketches. What is left of a sketch is asked for as a drawing of its
own, prepared anew, so that a flip is one that the model would show to anybody. docs/equations.md has the rules.
"""

from sketchlib.adversarial.attack import attack
from sketchlib.adversarial.explained import explained
from sketchlib.adversarial.result import Attack, Step
from sketchlib.adversarial.search import Model
from sketchlib.adversarial.strategies import MOST_EXHAUSTIVE, STRATEGIES

__all__ = ["MOST_EXHAUSTIVE", "STRATEGIES", "Attack", "Model", "Step", "attack", "explained"]
