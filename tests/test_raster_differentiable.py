"""The differentiable raster: three paths, one image and one gradient, the ones of the equation."""

import numpy as np
import pytest
import torch

from sketchlib import raster
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch
from tests.raster_oracle import DRAWINGS, oracle

SIDE = 20
PATHS = ("kernel", "numpy", "torch")
WIDE = {"line_width": 0.12, "softness": 0.05}
STROKES = [
    [(0.15, 0.2), (0.7, 0.65), (0.35, 0.85)],
    [(0.2, 0.75), (0.85, 0.15)],
    [(0.5, 0.4)],
    [(0.6, 0.2), (0.75, 0.3)],
]
POINTS = torch.tensor([point for stroke in STROKES for point in stroke], dtype=torch.float64)
STROKE_ENDS, SEGMENTS = np.cumsum([len(stroke) for stroke in STROKES]), 5


def opacities(low=0.2, high=0.9):
    generator = torch.Generator().manual_seed(3)
    drawn = torch.rand(len(STROKES) + SEGMENTS, generator=generator, dtype=torch.float64) * (high - low) + low
    return drawn[: len(STROKES)], drawn[len(STROKES) :]


def leaves(dtype=torch.float64):
    inputs = (POINTS, *opacities(), torch.tensor(WIDE["line_width"], dtype=dtype))
    return [tensor.detach().to(dtype).clone().requires_grad_() for tensor in inputs]


def draw(points, stroke, segment, width, path, side=SIDE):
    return raster.rasterise(
        points, STROKE_ENDS, [len(STROKES)], side, path=path, softness=WIDE["softness"],
        stroke_opacity=stroke, segment_opacity=segment, line_width=width,
    )  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_ink_with_opacities_is_the_equation(path):
    stroke, segment = opacities()
    expected = oracle(STROKES, SIDE, **WIDE, opacities=(stroke.tolist(), segment.tolist()))
    image = draw(POINTS, stroke, segment, WIDE["line_width"], path)
    assert image.shape == (1, 1, SIDE, SIDE)
    assert image.dtype == torch.float64
    assert np.abs(image[0, 0].numpy() - expected).max() < 1e-12


@pytest.mark.parametrize("path", PATHS)
def test_the_gradient_is_the_slope_of_the_equation(path):
    tensors, target = leaves(), np.random.default_rng(1).random((SIDE, SIDE))
    (draw(*tensors, path) * torch.from_numpy(target)).sum().backward()

    def loss(points, stroke, segment, width):
        split = np.split(points.numpy(), STROKE_ENDS[:-1])
        ink = oracle(split, SIDE, float(width), WIDE["softness"], (stroke.tolist(), segment.tolist()))
        return (ink * target).sum()

    for which, index in [(0, (1, 0)), (0, (5, 1)), (0, (3, 0)), (0, (7, 1)), (1, (1,)), (2, (0,)), (2, (4,)), (3, ())]:
        sides = []
        for step in (1e-5, -1e-5):
            shifted = [tensor.detach().clone() for tensor in tensors]
            shifted[which][index] += step
            sides.append(loss(*shifted))
        slope = (sides[0] - sides[1]) / 2e-5
        assert tensors[which].grad[index].item() == pytest.approx(slope, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("path", PATHS)
def test_gradcheck(path):
    tensors = leaves()
    assert torch.autograd.gradcheck(lambda *given: draw(*given, path, side=10), tensors, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("path", PATHS)
def test_every_path_agrees_with_the_double_reference(path, dtype):
    results = []
    for kind, which in ((torch.float64, "torch"), (dtype, path)):
        tensors = leaves(kind)
        image = draw(*tensors, which, side=33)
        image.square().sum().backward()
        results.append([image.detach(), *(tensor.grad for tensor in tensors)])
    for expected, got in zip(*results, strict=True):
        assert (got.double() - expected).abs().max() < 1e-4 * max(1.0, float(expected.abs().max()))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", DRAWINGS)
def test_gradients_of_odd_sketches_are_finite_and_alike(name, path):
    points, stroke_ends, sketch_ends = raster.flatten([Sketch(), Sketch.from_points(DRAWINGS[name]), Sketch()])
    gradients = []
    for which in ("torch", path):
        leaf = torch.from_numpy(points).double().requires_grad_()
        raster.rasterise(leaf, stroke_ends, sketch_ends, 32, path=which).square().sum().backward()
        gradients.append(leaf.grad)
    assert torch.isfinite(gradients[1]).all()
    assert torch.allclose(*gradients, atol=1e-9)


@pytest.mark.parametrize("path", PATHS)
def test_a_batch_is_its_sketches_one_by_one(path):
    sketches = [Sketch.from_points(DRAWINGS[name]) for name in ("crossing", "empty", "duplicates")]
    widths = torch.tensor([0.02, 0.05, 0.08])
    points, stroke_ends, sketch_ends = raster.flatten(sketches)
    leaf = torch.from_numpy(points).requires_grad_()
    batch = raster.rasterise(leaf, stroke_ends, sketch_ends, 24, line_width=widths, path=path)
    batch.square().sum().backward()
    begin = 0
    for image, sketch, width in zip(batch, sketches, widths, strict=True):
        own = torch.from_numpy(raster.flatten([sketch])[0]).requires_grad_()
        alone = raster.rasterise(own, *raster.flatten([sketch])[1:], 24, line_width=width, path=path)
        alone.square().sum().backward()
        assert torch.equal(alone[0], image)
        assert torch.equal(leaf.grad[begin : begin + len(own)], own.grad if len(own) else own.detach())
        begin += len(own)


@pytest.mark.parametrize("path", PATHS)
def test_opacity_zero_is_a_deleted_stroke(path):
    keep = torch.tensor([1.0, 0.0, 1.0, 1.0], dtype=torch.float64)
    shorter = np.delete(POINTS.numpy(), slice(3, 5), axis=0)
    deleted = raster.rasterise(torch.from_numpy(shorter), STROKE_ENDS[[0, 2, 3]] - [0, 2, 2], [3], SIDE, path=path)
    assert torch.allclose(raster.rasterise(POINTS, STROKE_ENDS, [4], SIDE, stroke_opacity=keep, path=path), deleted)


@pytest.mark.parametrize("path", PATHS)
def test_where_a_segment_goes_the_next_one_shows(path):
    bend = torch.tensor([[0.2, 0.5], [0.5, 0.5], [0.5, 0.8]], dtype=torch.float64)
    gates = torch.tensor([0.0, 1.0], dtype=torch.float64)
    without = raster.rasterise(bend, [3], [1], SIDE, segment_opacity=gates, path=path)
    assert torch.allclose(without, raster.rasterise(bend[1:], [2], [1], SIDE, path=path))


@pytest.mark.parametrize("path", PATHS)
def test_an_absent_segment_knows_what_it_would_add(path):
    line = torch.tensor([[0.2, 0.5], [0.8, 0.5]], dtype=torch.float64)
    gate = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    raster.rasterise(line, [2], [1], SIDE, segment_opacity=gate, path=path).sum().backward()
    assert gate.grad.item() == pytest.approx(raster.rasterise(line, [2], [1], SIDE).sum().item())


@pytest.mark.parametrize("path", PATHS)
def test_full_ink_of_another_stroke_hides_the_gradient(path):
    twice = torch.tensor([[0.2, 0.5], [0.8, 0.5]] * 2, dtype=torch.float64)
    gates = torch.ones(2, dtype=torch.float64, requires_grad=True)
    image = raster.rasterise(twice, [2, 4], [2], 40, line_width=0.1, stroke_opacity=gates, path=path)
    full = (image == 1).to(image.dtype)
    assert full.sum() > 0
    (image * full).sum().backward()
    assert gates.grad.abs().max() == 0


@pytest.mark.parametrize("path", PATHS)
def test_maps_are_the_strokes_alone(path):
    stroke, segment = opacities()
    maps = raster.stroke_maps(POINTS, STROKE_ENDS, SIDE, stroke_opacity=stroke, segment_opacity=segment, path=path)
    for k, (points, begin) in enumerate(zip(STROKES, (0, 2, 3, 4), strict=True)):
        own = segment[begin : begin + max(1, len(points) - 1)].tolist()
        expected = oracle([points], SIDE, opacities=([stroke[k].item()], own))
        assert np.abs(maps[k, 0].numpy() - expected).max() < 1e-12


def test_composing_maps_is_drawing_the_subset():
    maps = raster.stroke_maps(POINTS.float(), STROKE_ENDS, SIDE)
    keep = torch.tensor([[1, 1, 1, 1], [1, 0, 1, 0], [0, 0, 0, 0]])
    images = raster.compose(maps, keep)
    assert images.shape == (3, 1, SIDE, SIDE)
    for image, row in zip(images, keep, strict=True):
        drawn = raster.rasterise(POINTS.float(), STROKE_ENDS, [4], SIDE, stroke_opacity=row.float())
        assert (image - drawn[0]).abs().max() < 1e-5


def test_a_gradient_may_be_asked_for_twice_but_not_after_an_edit():
    leaf = POINTS.clone().requires_grad_()
    image = raster.rasterise(leaf, STROKE_ENDS, [4], SIDE)
    first, second = (torch.autograd.grad(image.square().sum(), leaf, retain_graph=True)[0] for _ in range(2))
    assert torch.equal(first, second)
    with torch.no_grad():
        leaf += 0.1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        image.sum().backward()


def test_a_broken_rule_is_named():
    with pytest.raises(InputError, match="path is one of"):
        raster.rasterise(POINTS, STROKE_ENDS, [4], SIDE, path="gpu")
    with pytest.raises(InputError, match="stroke opacity"):
        raster.rasterise(POINTS, STROKE_ENDS, [4], SIDE, stroke_opacity=torch.ones(3))
    with pytest.raises(InputError, match="segment opacity"):
        raster.rasterise(POINTS, STROKE_ENDS, [4], SIDE, segment_opacity=torch.ones(3))
    with pytest.raises(InputError, match="float32 or float64"):
        raster.rasterise(POINTS.half(), STROKE_ENDS, [4], SIDE)
    with pytest.raises(InputError, match="keep is"):
        raster.compose(torch.zeros(2, 1, 4, 4), torch.ones(1, 3))
