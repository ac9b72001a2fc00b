"""Gates on stroke tokens: real deletion at 0 and 1, a smooth way between, and what is held fixed."""

import itertools

import numpy as np
import pytest
import torch

from sketchlib.attribution import VectorGame, explain, logit
from sketchlib.models.cards import Preprocessing
from sketchlib.models.inputs import flat
from sketchlib.models.sketchxainet import Layout
from sketchlib.models.strokes import stroke_batch
from sketchlib.sketch import Sketch
from tests.attribution.oracle import recogniser, slope

# The first two strokes span the box, so that it stays when others go.
SKETCH = Sketch.from_points(
    [
        [(0.1, 0.1), (0.5, 0.3), (0.9, 0.1)],
        [(0.9, 0.9), (0.1, 0.8)],
        [(0.4, 0.5)],
        [(0.3, 0.6), (0.3, 0.6), (0.5, 0.7), (0.6, 0.5)],
    ]
)
AS_DRAWN = Preprocessing("none")
SUBSETS = torch.tensor(list(itertools.product((0.0, 1.0), repeat=len(SKETCH))))


def first_logit(logits):
    return logits[:, 0]


def model(attend_empty_slots=False, preprocessing=AS_DRAWN):
    return recogniser("sketchxainet", preprocessing=preprocessing, slots=6, attend_empty_slots=attend_empty_slots)


def game(attend_empty_slots=False, double=False):
    network = model(attend_empty_slots).network
    return VectorGame(network.double() if double else network, first_logit, SKETCH, 6)


def deleted(network, keep):
    """The logit with only the kept strokes' tokens in the sequence, each with its old place and location."""
    batch = stroke_batch(flat([SKETCH]))
    with torch.no_grad():
        tokens = network.tokens(network.shape(batch), batch.location)[:, keep]
        tokens = torch.cat([network.cls, tokens], dim=1)
        return float(network.encode(tokens, Layout(1, tokens.shape[1], None))[0, 0])


@pytest.mark.parametrize("soft", [False, True], ids=["mask", "log gates"])
def test_gates_of_0_and_1_are_deletion_with_order_and_box_held_fixed(soft):
    play = game()
    found = play.values(SUBSETS.clone().requires_grad_(soft)).detach().numpy()
    expected = [deleted(play.network, row.bool()) for row in SUBSETS]
    assert np.ptp(expected) > 1e-3
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("attend_empty_slots", [False, True])
def test_without_the_last_stroke_is_the_sketch_without_it(attend_empty_slots):
    reader = model(attend_empty_slots)
    found = explain(SKETCH, logit(reader, "cat"), "leave_one_out")
    full, less = reader.logits([SKETCH, SKETCH.without([3])])[:, 0]
    assert found.score == pytest.approx(full, abs=1e-5)
    assert found.values[3] == pytest.approx(full - less, abs=1e-5)
    assert abs(full - less) > 1e-4


@pytest.mark.parametrize("attend_empty_slots", [False, True])
def test_slopes_are_finite_differences(attend_empty_slots):
    play = game(attend_empty_slots, double=True)
    for players in (play, play.segments()):
        gates = torch.linspace(0.3, 1.0, players.players, dtype=torch.float64)[None].requires_grad_()
        (found,) = torch.autograd.grad(players.values(gates).sum(), gates)
        expected = slope(lambda at, players=players: players.values(at)[0], gates)
        assert found.numpy() == pytest.approx(expected, rel=1e-5, abs=1e-8)
        assert found.abs().max() > 1e-3
    still = torch.zeros(SKETCH.number_of_points, 2, dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(play.moved(still), still)
    assert found.numpy() == pytest.approx(slope(play.moved, still), rel=1e-5, abs=1e-8)
    assert found.abs().max() > 1e-3


def test_the_slope_at_an_absent_stroke_is_what_a_little_of_it_would_add():
    play = game()
    gates = torch.tensor([[1.0, 0.0, 1.0, 1.0]], requires_grad=True)
    (found,) = torch.autograd.grad(play.values(gates).sum(), gates)
    little = torch.tensor([[1.0, 1e-2, 1.0, 1.0], [1.0, 0.0, 1.0, 1.0]], requires_grad=True)
    more, none = play.values(little).tolist()
    assert torch.isfinite(found).all()
    assert float(found[0, 1]) == pytest.approx((more - none) / 1e-2, rel=0.1, abs=1e-3)


@pytest.mark.parametrize("attend_empty_slots", [False, True])
def test_a_stroke_without_its_segments_is_absent(attend_empty_slots):
    play = game(attend_empty_slots)
    counts = torch.tensor([max(len(stroke) - 1, 1) for stroke in SKETCH])
    assert play.segments().players == int(counts.sum())
    found = play.segments().values(SUBSETS.repeat_interleave(counts, dim=1))
    assert found.detach().numpy() == pytest.approx(play.values(SUBSETS).detach().numpy(), abs=1e-5)


def test_a_segment_stands_for_its_end_point_and_its_share_of_the_length():
    play = game()
    rows = stroke_batch(flat([SKETCH]))
    with torch.no_grad():
        outputs = play.network.recurrence.outputs(rows.packed)
        said = [outputs[(rows.slot_of_row == k).nonzero()[:, 0]] for k in range(4)]
        shape = torch.stack([part.sum(dim=0) for part in said])
        shape[0] = said[0][2]
        rest = np.linalg.norm(SKETCH[0].points[2] - SKETCH[0].points[1]) / SKETCH[0].length
        gates = torch.tensor([[rest, 1.0, 1.0, 1.0]]).float()
        expected = play.classified(shape[None], rows.location, gates)
        found = play.segments().values(torch.tensor([[0.0, 1, 1, 1, 1, 1, 1]]))
    assert found.item() == pytest.approx(expected.item(), abs=1e-5)


@pytest.mark.parametrize("attend_empty_slots", [False, True])
def test_moved_points_are_read_where_they_went(attend_empty_slots):
    play = game(attend_empty_slots)
    offsets = np.zeros((SKETCH.number_of_points, 2))
    offsets[[1, 5, 6, 8]] = [(0.02, 0.05), (-0.1, 0.0), (0.05, -0.02), (0.0, 0.1)]
    points = np.split(offsets, np.cumsum([len(stroke) for stroke in SKETCH])[:-1])
    there = SKETCH.with_points([s.points + move for s, move in zip(SKETCH, points, strict=True)])
    expected, before = model(attend_empty_slots).logits([there, SKETCH])[:, 0]
    found = play.moved(torch.from_numpy(offsets).float()).item()
    assert found == pytest.approx(expected, abs=1e-5)
    assert abs(expected - before) > 1e-4


def test_movement_is_measured_where_the_sketch_was_drawn():
    values = explain(SKETCH, logit(model(), "cat"), "p_sla_move").values
    half = explain(SKETCH.transformed(0.5, 0.1), logit(model(), "cat"), "p_sla_move").values
    assert values.max() > 1e-3
    assert half == pytest.approx(2 * values, rel=1e-2, abs=1e-5)


def test_strokes_and_points_that_are_not_read_count_for_nothing():
    reader = model(preprocessing=Preprocessing("none", most_strokes=2, longest_stroke=2))
    for method in ("sla", "p_sla", "p_sla_move", "leave_one_out", "shapley"):
        found = explain(SKETCH, logit(reader, "cat"), method)
        assert found.per_stroke()[2:] == pytest.approx([0, 0], abs=1e-7)
        assert np.abs(found.per_stroke()[:2]).min() > 1e-5
        assert [len(stroke) for stroke in found.sketch] == [2, 2, 1, 2]
        assert found.score == pytest.approx(reader.logits([SKETCH])[0, 0], abs=1e-5)
