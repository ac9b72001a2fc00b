"""Fading, by hand: what is drawn, what is gated, and the loss; and that training with it straightens the logits."""

import numpy as np
import pytest
import torch

from sketchlib.models.cards import Preprocessing
from sketchlib.models.inputs import flat, network_inputs, placed
from sketchlib.raster import rasterise
from sketchlib.sketch import Sketch
from sketchlib.train.fading import LARGEST_SHARE, faded, straightness_loss

INK = Preprocessing("none", canvas_side=24, line_width=0.08, softness=0.03, margin=0.05)
STROKES = Preprocessing("none", most_strokes=3, longest_stroke=8)
CROSSING = [[[0.1, 0.1], [0.9, 0.9]], [[0.1, 0.9], [0.9, 0.1]], [[0.5, 0.0], [0.5, 1.0]], [[0.0, 0.5], [1.0, 0.6]]]
SKETCHES = [Sketch.from_points(CROSSING[:count]) for count in (1, 4, 2, 3)]


def generator(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_ink_fades_like_the_opacity_of_one_stroke():
    result = faded(flat(SKETCHES), INK, torch.ones(4), generator())
    whole, between, without = result.inputs[0].chunk(3)
    assert torch.equal(whole, network_inputs(flat(SKETCHES), INK))
    assert torch.equal(between[0], whole[0])
    assert torch.equal(without[0], whole[0])
    for row, sketch in list(enumerate(SKETCHES))[1:]:
        drawn = placed(flat([sketch]), INK)
        candidates = []
        for stroke in range(len(sketch)):
            opacity = torch.ones(len(sketch))
            opacity[stroke] = result.share[row]
            options = {"line_width": INK.line_width, "softness": INK.softness, "stroke_opacity": opacity}
            candidates.append(rasterise(drawn.points, drawn.stroke_ends, drawn.sketch_ends, 24, **options)[0])
        assert min(float((candidate - between[row]).abs().max()) for candidate in candidates) < 1e-5
        assert not torch.equal(without[row], whole[row])


def test_gates_fade_one_stroke_that_is_read_in_the_attention_or_in_its_segments_too():
    seen = set()
    for seed in range(40):
        result = faded(flat(SKETCHES), STROKES, torch.ones(4), generator(seed))
        strokes, gates, scales = result.inputs
        whole, between, without = gates.chunk(3)
        assert torch.equal(whole, strokes.present.float())
        for row, sketch in enumerate(SKETCHES):
            changed = (between[row] != whole[row]).nonzero()[:, 0].tolist()
            assert len(changed) <= (len(sketch) > 1)
            for slot in changed:
                assert between[row, slot] == result.share[row]
                assert without[row, slot] == 0
                in_segments = bool((scales.chunk(3)[1][row] != 1).any())
                seen.add((row, slot, in_segments))
            for version, gate in zip(scales.chunk(3), (whole, between, without), strict=True):
                assert torch.equal(version[row], gate[row]) or bool((version[row] == 1).all())
        assert bool(((result.share >= 0) & (result.share <= LARGEST_SHARE)).all())
    assert {(row, slot) for row, slot, _ in seen} == {(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)}
    assert {how for _, _, how in seen} == {True, False}


def test_loss_is_the_weighted_distance_from_the_chord_and_moves_the_faded_logits_only():
    logits = torch.randn(6, 5, generator=generator(), dtype=torch.double).requires_grad_()
    share = torch.tensor([0.25, 0.8], dtype=torch.double)
    found = straightness_loss(logits, share)
    rows, expected = logits.detach().numpy(), []
    for sketch, left in enumerate(share.tolist()):
        chord = left * rows[sketch] + (1 - left) * rows[4 + sketch]
        expected.append((rows[2 + sketch] - chord) ** 2 / (1 - left))
    assert float(found.detach()) == pytest.approx(np.mean(expected))
    found.backward()
    assert bool((logits.grad[2:4] != 0).all())
    assert bool((logits.grad[[0, 1, 4, 5]] == 0).all())
