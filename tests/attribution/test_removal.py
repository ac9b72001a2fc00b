"""Leave-one-out, Shapley values and occlusion against their definitions."""

import numpy as np
import pytest
import torch

from sketchlib.attribution import explain
from sketchlib.errors import InputError
from sketchlib.raster import render
from tests.attribution.oracle import (
    CANVAS,
    CROSSING,
    DISJOINT,
    SIDE,
    LinearGame,
    TableGame,
    linear,
    shapley_by_permutations,
    smooth,
    stroke_inks,
    strokes,
    table,
)  # fmt: skip


def test_leave_one_out_is_a_drawing_without_the_stroke():
    def scored(sketch):
        return float(smooth(torch.from_numpy(render(sketch, SIDE, CANVAS.line_width, CANVAS.softness))[None, None])[0])

    expected = [scored(CROSSING) - scored(CROSSING.without([number])) for number in CROSSING.ids]
    found = explain(CROSSING, smooth, "leave_one_out", canvas=CANVAS)
    assert found.values == pytest.approx(expected, abs=1e-5)
    assert (found.score, found.blank_score) == pytest.approx((scored(CROSSING), scored(CROSSING.keep([]))), abs=1e-5)
    assert found.model_calls == len(CROSSING) + 2


@pytest.mark.parametrize("players", [1, 2, 3, 4, 5])
def test_shapley_is_the_mean_over_all_orders(players):
    scores = table(players, seed=players)
    found = explain(strokes(players), TableGame(scores), "shapley")
    assert found.values == pytest.approx(shapley_by_permutations(scores, players), abs=1e-6)
    assert found.gap == pytest.approx(0, abs=1e-6)
    assert found.model_calls == 2**players
    assert found.standard_error is None


def test_equal_players_share_equally_and_a_dummy_gets_nothing():
    scores = np.zeros(16)
    for number in range(16):
        first, second, third = (number >> i & 1 for i in range(3))
        scores[number] = 3 * first * second - 2 * third * (first + second)
    values = explain(strokes(4), TableGame(scores), "shapley").values
    assert values[0] == pytest.approx(values[1], abs=1e-6)
    assert values[3] == pytest.approx(0, abs=1e-6)
    assert values.sum() == pytest.approx(scores[15] - scores[0], abs=1e-6)
    assert abs(values[0]) > 0.1


def test_sampled_shapley_adds_up_and_lies_within_its_error():
    scores, seeds = table(5, seed=9), 40
    exact = shapley_by_permutations(scores, 5)
    off = []
    for seed in range(seeds):
        generator = torch.Generator().manual_seed(seed)
        found = explain(strokes(5), TableGame(scores), "shapley", permutations=40, generator=generator)
        assert found.gap == pytest.approx(0, abs=1e-5)
        off.append((found.values - exact) / found.standard_error)
    assert 0.7 < np.sqrt(np.mean(np.square(off))) < 1.4
    assert found.model_calls <= 2**5


def test_an_order_and_its_reverse_cancel_what_pairs_of_strokes_share():
    pairs = np.triu(np.random.default_rng(8).normal(size=(5, 5)))
    members = (np.arange(32)[:, None] >> np.arange(5)) & 1
    scores = np.einsum("si,sj,ij->s", members, members, pairs)
    found = explain(strokes(5), TableGame(scores), "shapley", permutations=4)
    assert found.values == pytest.approx(shapley_by_permutations(scores, 5), abs=1e-5)
    assert found.standard_error == pytest.approx(np.zeros(5), abs=1e-5)


def test_many_strokes_are_sampled():
    weights = np.arange(13.0) - 6
    found = explain(strokes(13), LinearGame(weights), "shapley")
    assert found.values == pytest.approx(weights, abs=1e-5)
    assert found.standard_error is not None
    assert found.model_calls < 64 * 13
    assert explain(strokes(4), LinearGame(weights[:4]), "shapley").standard_error is None


def slow_occlusion(sketch, score, window, stride):
    inks = stroke_inks(sketch)
    ink = 1 - np.prod(1 - inks, axis=0)
    scored = lambda image: float(score(torch.from_numpy(image)[None, None])[0])  # noqa: E731
    heat, covered = np.zeros_like(ink), np.zeros_like(ink)
    for top in range(stride - window, SIDE, stride):
        for left in range(stride - window, SIDE, stride):
            inside = np.zeros(ink.shape, dtype=bool)
            inside[max(top, 0) : top + window, max(left, 0) : left + window] = True
            if (ink * inside).sum() > 0:
                drop = scored(ink) - scored(np.where(inside, 0, ink))
                heat += drop * ink * inside / (ink * inside).sum()
                covered += inside
    heat /= np.maximum(covered, 1)
    total = inks.sum(axis=0)
    parts = np.divide(inks, total, out=np.zeros_like(inks), where=total > 0)
    return (parts * heat).sum(axis=(1, 2))


@pytest.mark.parametrize(("window", "stride"), [(6, 3), (6, 4), (1, 1)])
def test_occlusion_is_its_definition(window, stride):
    found = explain(CROSSING, smooth, "occlusion", canvas=CANVAS, window=window / SIDE, stride=stride / SIDE)
    assert found.values == pytest.approx(slow_occlusion(CROSSING, smooth, window, stride), abs=1e-4)


def test_occlusion_by_pixels_of_strokes_apart_is_leave_one_out_of_a_linear_score():
    options = {"window": 1 / SIDE, "stride": 1 / SIDE}
    found = explain(DISJOINT, linear, "occlusion", canvas=CANVAS, **options)
    assert found.values == pytest.approx(explain(DISJOINT, linear, "leave_one_out", canvas=CANVAS).values, abs=1e-4)


@pytest.mark.parametrize(
    ("method", "options"),
    [("occlusion", {"window": 0.1, "stride": 0.2}), ("occlusion", {"stride": 0.0}), ("shapley", {"permutations": 3})],
)
def test_options_that_mean_nothing_are_refused(method, options):
    with pytest.raises(InputError, match=r"at least|at most"):
        explain(CROSSING, smooth, method, canvas=CANVAS, **options)
