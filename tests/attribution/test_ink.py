"""Strokes on a canvas as a game."""

import numpy as np
import pytest
import torch

from sketchlib.attribution import Canvas, InkGame
from sketchlib.errors import InputError
from sketchlib.raster import render
from tests.attribution.oracle import CANVAS, CROSSING, ODD, linear, smooth, stroke_inks


@pytest.mark.parametrize("sketch", [CROSSING, ODD])
@pytest.mark.parametrize("soft", [False, True], ids=["composed", "drawn"])
def test_strokes_compose_to_the_ordinary_raster(sketch, soft):
    gates = torch.ones(1, len(sketch), requires_grad=soft)
    image = InkGame(linear, sketch, CANVAS).image(gates)[0, 0].detach().numpy()
    assert image == pytest.approx(render(sketch, CANVAS.side, CANVAS.line_width, CANVAS.softness), abs=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gates_are_opacities(dtype):
    gates = torch.tensor([[0.0, 0.3, 1.0, 0.7], [1.0, 1.0, 0.0, 0.0]], dtype=dtype)
    inks = stroke_inks(CROSSING)
    expected = 1 - np.prod(1 - gates.numpy()[:, :, None, None] * inks, axis=1)
    game = InkGame(linear, CROSSING, CANVAS)
    assert game.image(gates).dtype == dtype
    assert game.image(gates)[:, 0].numpy() == pytest.approx(expected, abs=1e-5)
    assert game.image(gates[1:])[0, 0].numpy() == pytest.approx(expected[1], abs=1e-5)


def test_a_row_does_not_depend_on_its_batch():
    game = InkGame(smooth, CROSSING, CANVAS)
    for play in (game, game.segments()):
        gates = torch.rand(5, play.players, generator=torch.Generator().manual_seed(1))
        alone = torch.cat([play.values(row[None]) for row in gates])
        assert play.values(gates).numpy() == pytest.approx(alone.numpy(), abs=1e-6)


def test_moving_points_draws_them_elsewhere_by_the_scale_of_the_canvas():
    placed = CROSSING.transformed(0.5, 0.2)
    offsets = np.random.default_rng(0).normal(size=(CROSSING.number_of_points, 2)) / 20
    points = np.split(offsets, np.cumsum([len(stroke) for stroke in CROSSING])[:-1])
    there = CROSSING.with_points([s.points + move for s, move in zip(CROSSING, points, strict=True)])
    expected = InkGame(smooth, there.transformed(0.5, 0.2), CANVAS).values(torch.ones(1, 4))[0]
    found = InkGame(smooth, CROSSING, CANVAS, placed).moved(torch.from_numpy(offsets))
    assert float(found) == pytest.approx(float(expected), abs=1e-5)


@pytest.mark.parametrize("options", [{"side": 0}, {"line_width": 0.0}, {"softness": -1.0}])
def test_a_canvas_without_size_is_refused(options):
    with pytest.raises(InputError, match="above 0"):
        Canvas(**options)
