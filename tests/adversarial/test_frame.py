"""A flip is one of the drawing that is left, prepared anew: on the shipped networks, drawn again step by step."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sketchlib.adversarial import attack
from sketchlib.attribution import game_for, logit
from sketchlib.io import read_sketches
from sketchlib.models import load
from sketchlib.raster import render
from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch

EXAMPLES = Path(__file__).resolve().parents[2] / "demos" / "examples"


def example(name):
    return next(iter(read_sketches(EXAMPLES / f"{name}.json")))


def slow_logits(model, sketch):
    """Simplified, fitted, drawn and read by the plain network."""
    card = model.card.preprocessing
    fitted = canonical(sketch).fitted(card.margin)
    ink = torch.from_numpy(render(fitted, card.canvas_side, card.line_width, card.softness))
    with torch.no_grad():
        return model.network(ink.reshape(1, 1, card.canvas_side, card.canvas_side))[0].numpy()


@pytest.mark.parametrize("strategy", ["one_shot", "greedy"])
@pytest.mark.parametrize("parts", ["strokes", "segments"])
def test_every_step_is_what_the_network_sees_of_the_rest(strategy, parts):
    model, sketch = load("sketchcnn66"), example("05-house")
    found = attack(model, sketch, strategy=strategy, parts=parts)
    for step in found.steps:
        logits = slow_logits(model, Sketch.from_points([stroke.points for stroke in step.remaining]))
        wanted = np.exp(logits - logits.max())
        np.testing.assert_allclose(step.probabilities, wanted / wanted.sum(), atol=2e-3)
    assert found.flipped == (int(logits.argmax()) != model.classes.index(found.category))
    assert found.flipped


def test_the_frame_is_not_that_of_the_whole_sketch():
    """A far dot holds the frame open: attribution keeps it so, an attack lets the rest fill the canvas."""
    model, house = load("sketchcnn66"), example("05-house")
    small = house.transformed(0.3)
    far = Sketch.from_points([*(stroke.points for stroke in small), [(1.0, 1.0)]])
    held = game_for(far, logit(model, "house"))
    gates = torch.ones(1, len(far))
    gates[0, -1] = 0
    still = float(held.values(gates)[0].detach())
    anew = float(model.logits([far.without({far.ids[-1]})])[0, model.classes.index("house")])
    alone = float(model.logits([house])[0, model.classes.index("house")])
    assert abs(anew - alone) < 0.5 < abs(anew - still)
