"""Inversions against a plain reference, and what they promise: batches, seeds, cancelling, bounds, errors."""

import cmath
import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sketchlib.errors import InputError, ModelError, SketchError, TargetError
from sketchlib.inversion import PRESETS, Run, invert, invert_batch, original_locations
from sketchlib.inversion.layouts import Layouts, Pose
from sketchlib.inversion.optimisers import LARGEST, STRETCH, log_odds, objective_slope
from sketchlib.inversion.runs import JITTER, SCATTER, Inversion
from sketchlib.inversion.scores import SUCCESS
from sketchlib.io import read_sketches
from sketchlib.models import Recogniser, load
from sketchlib.models.inputs import flat
from sketchlib.models.strokes import SPAN, stroke_batch
from sketchlib.sketch import Sketch
from tests.attribution.oracle import CLASSES, recogniser, slope
from tests.inversion.toys import FOUR, TWO, doubled, model, slow_inversion

EXAMPLES = Path(__file__).resolve().parents[2] / "demos" / "examples"
OTHER = next(name for name in CLASSES if name != model().predict(FOUR, 1)[0][0])


def to_network(locations, sketch):
    low, high = sketch.bounds()
    return SPAN * (locations - (low + high) / 2) / (high - low).max()


def visited(steps, sketch):
    return np.stack([to_network(step.locations, sketch) for step in steps])


@pytest.mark.parametrize("config", [{}, {"attend_empty_slots": True}, {"order": False}, {"shape": False}])
def test_the_papers_preset_is_the_plain_loop(config):
    own = doubled(model(**config))
    steps = list(invert(own, FOUR, OTHER, "scattered", seed=3, iterations=20))
    start = torch.from_numpy(visited(steps[:1], FOUR)[0])
    locations, probabilities = slow_inversion(own, FOUR, OTHER, start, 20)
    assert [step.iteration for step in steps] == list(range(21))
    np.testing.assert_allclose(visited(steps, FOUR), locations.numpy(), atol=1e-6)
    np.testing.assert_allclose([step.target for step in steps], probabilities, atol=1e-6)
    assert np.abs(np.diff(visited(steps, FOUR), axis=0)).max() > 0.1


def test_single_precision_stays_with_the_reference():
    steps = list(invert(model(), FOUR, OTHER, "as_drawn", iterations=100))
    drawn = torch.from_numpy(to_network(original_locations(FOUR, FOUR.ids), FOUR))
    locations, _ = slow_inversion(model(), FOUR, OTHER, drawn, 100)
    np.testing.assert_allclose(visited(steps, FOUR), locations.numpy(), atol=1e-3)


def test_recoveries_of_shipped_drawings_succeed_where_the_reference_does():
    """On the shipped network: the same rate, and the same places where the landscape is smooth."""
    shipped, reached, apart = load("sketchxainet66"), [], []
    as_it_is = replace(shipped.card, preprocessing=replace(shipped.card.preprocessing, simplification="none"))
    own = Recogniser(shipped.network, as_it_is)
    for name in ("12-tree", "13-wine-glass", "14-duck"):
        sketch = shipped.prepare(next(iter(read_sketches(EXAMPLES / f"{name}.json"))))
        steps = list(invert(own, sketch, own.predict(sketch, 1)[0][0]))
        (frame,) = Layouts(own, [sketch]).frames
        first, last = ((step.locations - frame.centre) / frame.unit for step in (steps[0], steps[-1]))
        start = torch.from_numpy(first)
        locations, shares = slow_inversion(own, sketch, own.predict(sketch, 1)[0][0], start, 100)
        reached.append((steps[-1].target >= SUCCESS, shares[-1] >= SUCCESS))
        apart.append(np.abs(last - locations[-1].numpy()).max())
    ours, reference = np.mean(reached, axis=0)
    assert ours == reference
    assert np.median(apart) < 1e-3


@pytest.mark.parametrize("objective", ["cross_entropy", "log_odds"])
@pytest.mark.parametrize("columns", [2, 5])
def test_the_gradient_is_the_limit_of_finite_differences(objective, columns):
    layouts, target = Layouts(doubled(model()), [FOUR]), torch.tensor([1])
    order = torch.tensor([[1, 0, 2, 3]])
    at = 0.3 * torch.randn(1, 4, columns, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def loss(variables):
        logits = layouts.logits(Pose(variables, order))[0]
        return -(log_odds(logits, target) if objective == "log_odds" else logits.log_softmax(dim=1)[:, 1])[0]

    logits, seen = layouts.logits(Pose(at, order))
    found = layouts.slope(objective_slope(logits, target, objective), seen)
    np.testing.assert_allclose(found, slope(loss, at), rtol=1e-4, atol=1e-6)


def test_a_step_says_what_the_network_says_of_its_locations():
    own = model()
    for step in invert(own, FOUR, OTHER, "scattered", iterations=3):
        read = stroke_batch(flat([FOUR]))
        with torch.no_grad():
            shape = own.network.shape(read)
            place = torch.from_numpy(to_network(step.locations, FOUR)).float()[None]
            shares = own.network.classify(shape, place, read.present).softmax(dim=1)[0]
        assert step.target == pytest.approx(float(shares[CLASSES.index(OTHER)]), abs=1e-5)
        assert step.origin == pytest.approx(float(shares[CLASSES.index(own.predict(FOUR, 1)[0][0])]), abs=1e-5)
        assert step.top == CLASSES[int(shares.argmax())]
        assert step.top_probability == pytest.approx(float(shares.max()), abs=1e-5)
        for stroke, original, first in zip(step.sketch, FOUR, step.locations, strict=True):
            assert stroke.id == original.id
            np.testing.assert_allclose(stroke.points - first, original.points - original.points[0], atol=1e-12)


@pytest.mark.parametrize("optimiser", PRESETS)
def test_a_run_is_the_same_alone_and_in_a_batch(optimiser):
    runs = [Run(FOUR, OTHER, "scattered", 1), Run(TWO, "cow", "origin"), Run(FOUR, "cow", "subset", 5)]
    together = list(invert_batch(doubled(model()), runs, optimiser, 12))
    for number, run in enumerate(runs):
        alone = invert(doubled(model()), run.sketch, run.target, run.start, run.seed, optimiser, 12)
        for step, batch in zip(alone, together, strict=True):
            np.testing.assert_allclose(batch[number].locations, step.locations, atol=1e-7)
            assert batch[number].target == pytest.approx(step.target, abs=1e-7)


def test_a_seed_gives_the_same_steps_and_another_other_ones():
    first, again, other = (list(invert(model(), FOUR, OTHER, seed=seed, iterations=4)) for seed in (2, 2, 3))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.locations, two.locations)
    assert np.abs(first[0].locations - other[0].locations).max() > 0.01


def test_starts_are_what_they_are_called():
    def starts(name, seeds=(1,)):
        steps = next(invert_batch(model(), [Run(FOUR, OTHER, name, seed) for seed in seeds], "sketchxai", 1))
        return np.stack([to_network(step.locations, FOUR) for step in steps])

    drawn = to_network(original_locations(FOUR, FOUR.ids), FOUR)
    np.testing.assert_allclose(starts("as_drawn", [0])[0], drawn, atol=1e-6)
    np.testing.assert_allclose(starts("origin"), 0, atol=1e-9)
    assert (np.abs(starts("subset")[0] - drawn).max(axis=1) > 1e-3).sum() == len(FOUR) // 2
    many = starts("scattered", range(60))
    assert (many.mean(), many.std()) == (pytest.approx(0, abs=0.02), pytest.approx(SCATTER, rel=0.1))
    near = starts("as_drawn", range(1, 60)) - drawn
    assert near.std() == pytest.approx(JITTER, rel=0.15)


def test_nothing_runs_after_a_generator_is_left(monkeypatch):
    asked = []
    encoded = Layouts.encoded
    monkeypatch.setattr(Layouts, "encoded", lambda *parts: asked.append(1) or encoded(*parts))
    steps = invert(model(), FOUR, OTHER)
    taken = list(itertools.islice(steps, 3))
    steps.close()
    assert [step.iteration for step in taken] == [0, 1, 2]
    assert len(asked) == 1 + 3  # the drawing itself, and one a step
    assert list(steps) == []


def test_shapes_are_embedded_once(monkeypatch):
    own, asked = model(), []
    shape = own.network.shape
    monkeypatch.setattr(own.network, "shape", lambda batch: asked.append(1) or shape(batch))
    list(invert(own, FOUR, OTHER, iterations=5))
    assert len(asked) == 1


def test_free_points_are_stretched_then_turned_and_grown():
    layouts = Layouts(model(), [FOUR])
    variables = torch.randn(1, 4, 5, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    pose = Pose(variables, torch.arange(4)[None])
    low, high = layouts.boxes(variables)
    for number, (stroke, moved) in enumerate(zip(FOUR, layouts.sketch(pose, 0), strict=True)):
        _, _, size, angle, stretch = variables[0, number].tolist()
        expected = []
        for x, y in (stroke.points - stroke.points[0]).tolist():
            wide, high_up = math.exp(stretch) * x, y / math.exp(stretch)
            turned = complex(wide, high_up) * cmath.rect(math.exp(size), angle)
            expected.append([turned.real, turned.imag])
        np.testing.assert_allclose(moved.points - moved.points[0], expected, atol=1e-12)
        unit = layouts.frames[0].unit
        np.testing.assert_allclose(low[0, number] * unit, np.min(expected, axis=0), atol=1e-12)
        np.testing.assert_allclose(high[0, number] * unit, np.max(expected, axis=0), atol=1e-12)


def test_sizes_and_stretches_stay_in_their_bounds(monkeypatch):
    seen, held = [], Inversion._held
    monkeypatch.setattr(Inversion, "_held", lambda *parts: seen.append(held(*parts)) or seen[-1])
    eager = replace(PRESETS["free"], learning_rate=1.0, longest_move=5.0)
    list(invert(model(), FOUR, OTHER, optimiser=eager, iterations=20))
    largest = torch.cat([pose.variables for pose in seen]).abs().amax(dim=(0, 1))
    assert largest[2].item() == pytest.approx(LARGEST)
    assert largest[4].item() == pytest.approx(STRETCH)
    assert [math.exp(bound) for bound in (LARGEST, STRETCH)] == pytest.approx([3, 2])


def test_on_canvas_holds_every_stroke_in_the_square():
    for reshape in (False, True):
        eager = replace(
            PRESETS["on_canvas"], learning_rate=0.5, longest_move=1.0, reshape=reshape, reorder=reshape, leap=reshape
        )
        for step in invert(model(), FOUR, OTHER, "as_drawn", optimiser=eager, iterations=15):
            points = to_network(np.concatenate([stroke.points for stroke in step.sketch]), FOUR)
            assert np.abs(points).max() <= SPAN / 2 + 1e-6


@pytest.mark.parametrize("leap", [True, False])
def test_free_runs_are_drawn_as_they_are_read(leap):
    """Read again from the drawing: same strokes, in the order found, in the frame of the first drawing."""
    own = doubled(model())
    with torch.no_grad():
        own.network.order.weight[:4] = 3 * torch.randn(4, 24, generator=torch.Generator().manual_seed(3))
    free = replace(PRESETS["free"], leap=leap)
    last = list(invert(own, FOUR, OTHER, "as_drawn", optimiser=free, iterations=25))[-1]
    assert leap or last.sketch.ids != FOUR.ids  # with leaps no swap is needed
    assert sorted(last.sketch.ids) == sorted(FOUR.ids)
    low, high = FOUR.bounds()
    side = (high - low).max()
    framed = Sketch.from_points([to_network(stroke.points, FOUR) / SPAN * side for stroke in last.sketch])
    corners = framed.bounds()
    read = stroke_batch(flat([framed]))
    factor = side / (corners[1] - corners[0]).max()  # undoes the box that reading fits
    rows = read.packed.data.double() / torch.tensor([factor, factor, 1, 1])
    packed = torch.nn.utils.rnn.PackedSequence(rows, read.packed.batch_sizes)
    place = torch.tensor(np.array([stroke.points[0] for stroke in framed]) * SPAN / side)[None]
    with torch.no_grad():
        shape = own.network.shape(type(read)(packed, read.slot_of_row, place, read.present))
        share = own.network.classify(shape, place, read.present).softmax(dim=1)[0, CLASSES.index(OTHER)]
    assert last.target == pytest.approx(float(share), abs=1e-5)


def test_a_drawing_beside_the_canvas_is_moved_onto_it():
    flat_one = Sketch.from_points([[(0.0, 0.0), (1.0, 0.1)], [(0.2, 0.3), (0.8, 0.4)]])
    target = next(name for name in CLASSES if name != model().predict(flat_one, 1)[0][0])
    step = next(invert(model(), flat_one, target, "as_drawn"))
    np.testing.assert_allclose(step.sketch.bounds(), ([0.0, 0.3], [1.0, 0.7]), atol=1e-6)


@pytest.mark.parametrize(
    ("sketch", "change", "error", "words"),
    [
        (Sketch(), {}, SketchError, "empty sketch"),
        (FOUR.prefix(1), {}, SketchError, "a single stroke"),
        (Sketch.from_points([[(0.1 * i, 0.2), (0.3, 0.1 * i)] for i in range(7)]), {}, SketchError, "6 strokes, got 7"),
        (FOUR, {"target": "cats"}, TargetError, "got 'cats'"),
        (FOUR, {"start": "random"}, InputError, "got 'random'"),
        (FOUR, {"iterations": 0}, InputError, "got 0"),
        (FOUR, {"optimiser": "best"}, InputError, "got 'best'"),
    ],
)
def test_bad_input_is_one_sentence_before_the_first_step(sketch, change, error, words):
    with pytest.raises(error, match=words):
        invert(model(), sketch, **{"target": OTHER, **change})


def test_a_transfer_to_what_is_seen_already_is_refused():
    seen = model().predict(FOUR, 1)[0][0]
    with pytest.raises(InputError, match="another class"):
        invert(model(), FOUR, seen, "as_drawn")
    next(invert(model(), FOUR, seen, "scattered"))


def test_no_runs_and_networks_without_places_are_refused():
    with pytest.raises(InputError, match="got none"):
        invert_batch(model(), [])
    with pytest.raises(ModelError, match="reads strokes"):
        invert(recogniser("sketchcnn"), FOUR, OTHER)
    with pytest.raises(ModelError, match="reads locations"):
        invert(model(location=False), FOUR, OTHER)
