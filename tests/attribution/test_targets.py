"""Targets of both recognisers: the numbers of the recogniser itself, and strokes where they were drawn."""

import numpy as np
import pytest
import torch

from sketchlib.attribution import explain, logit, margin, predicted, scalar
from sketchlib.errors import SketchError, TargetError
from sketchlib.sketch import Sketch
from tests.attribution.oracle import CLASSES, recogniser

BUILDERS = ("sketchxainet", "sketchcnn")
TURN = np.linspace(0, 5, 60)
SKETCH = Sketch.from_points(
    [
        np.stack([0.4 + 0.2 * np.cos(TURN), 0.5 + 0.1 * np.sin(TURN)], axis=1),
        np.linspace([0.3, 0.45], [0.7, 0.62], 40),
        [[0.5, 0.5]],
    ]
)


@pytest.mark.parametrize("builder", BUILDERS)
def test_scores_are_the_recognisers_own_logits(builder):
    model = recogniser(builder)
    (logits,) = model.logits([SKETCH])
    named = dict(zip(CLASSES, logits.tolist(), strict=True))
    best = max(named, key=named.get)
    for target, expected, words in (
        (logit(model, "dog"), named["dog"], "logit of dog"),
        (margin(model, "cat", "dog"), named["cat"] - named["dog"], "logit of cat less dog"),
        (margin(model, "cat"), named["cat"] - max(named["cow"], named["dog"]), "less the strongest other class"),
        (predicted(model, SKETCH), named[best], f"logit of {best}"),
        (scalar(model, lambda rows: rows.square().sum(dim=1), "energy"), sum(v**2 for v in named.values()), "energy"),
    ):
        found = explain(SKETCH, target, "leave_one_out")
        assert found.score == pytest.approx(expected, abs=1e-5)
        assert words in found.target


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_margin_is_the_difference_of_two_explanations(builder):
    model = recogniser(builder)
    cat, dog = (explain(SKETCH, logit(model, name)).values for name in ("cat", "dog"))
    assert explain(SKETCH, margin(model, "cat", "dog")).values == pytest.approx(cat - dog, abs=1e-5)


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_result_lies_where_the_sketch_was_drawn(builder):
    found = explain(SKETCH, logit(recogniser(builder), "cat"), "p_sla_move")
    assert found.sketch.ids == SKETCH.ids
    assert found.values.shape == (found.sketch.number_of_points,)
    assert found.sketch.number_of_points < SKETCH.number_of_points
    for read, drawn in zip(found.sketch, SKETCH, strict=True):
        distances = np.linalg.norm(read.points[:, None] - drawn.points[None], axis=2)
        assert distances.min(axis=1).max() < 0.01
    assert np.abs(np.subtract(found.sketch.bounds(), SKETCH.bounds())).max() < 0.01


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_sketch_may_be_drawn_anywhere_at_any_size(builder):
    target = logit(recogniser(builder), "cat")
    expected = explain(SKETCH, target).values
    assert explain(SKETCH.transformed(0.5, 0.3), target).values == pytest.approx(expected, rel=0.05, abs=1e-4)


@pytest.mark.parametrize("builder", BUILDERS)
def test_explaining_leaves_the_network_as_it_was(builder):
    model = recogniser(builder)
    before = {name: tensor.clone() for name, tensor in model.network.state_dict().items()}
    state = torch.random.get_rng_state()
    for method in ("sla", "p_sla", "smooth_grad", "random"):
        explain(SKETCH, logit(model, "cat"), method)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.network.state_dict().items())
    assert all(parameter.grad is None for parameter in model.network.parameters())
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_class_the_model_does_not_know_is_refused():
    model = recogniser("sketchcnn")
    for mistake in (lambda: logit(model, "unicorn"), lambda: margin(model, "cat", "unicorn")):
        with pytest.raises(TargetError, match="one of the 3 classes of toy-v1, got 'unicorn'"):
            mistake()
    with pytest.raises(TargetError, match="two different classes"):
        margin(model, "cat", "cat")


@pytest.mark.parametrize("builder", BUILDERS)
def test_an_empty_sketch_has_no_prediction_to_explain(builder):
    with pytest.raises(SketchError, match="at least one stroke"):
        predicted(recogniser(builder), Sketch())
