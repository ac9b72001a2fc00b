"""What the retrieval networks promise: shapes, sizes, unit length, and the selector's recurrence written slowly."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from sketchlib.errors import InputError
from sketchlib.models.mobilenet import MobileNetV2
from sketchlib.retrieval.gradients import oriented_gradients
from sketchlib.retrieval.networks import (
    CanvasSelector,
    SketchyNet,
    SketchyNetConfig,
    Teacher,
    TeacherConfig,
    beside,
    distances,
    vgg16,
)

TOY = TeacherConfig(side=32, grid=2, dimension=8)


@pytest.fixture(scope="module")
def student() -> SketchyNet:
    torch.manual_seed(0)
    return SketchyNet(SketchyNetConfig(hidden=6, fixed=0.2)).eval()


def parameters(network: torch.nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


def test_sizes_are_the_papers():
    """But for the norms of three more canvases."""
    student = SketchyNet(SketchyNetConfig())
    assert parameters(MobileNetV2()) == 2_223_872
    assert parameters(vgg16()) == 14_714_688
    assert parameters(CanvasSelector(4, 120)) == 46_204
    assert parameters(CanvasSelector(4, 128)) == 52_356
    norms = sum(weight.numel() for name, weight in student.named_parameters() if ".norms.0." in name)
    assert f"{(parameters(student) - 3 * norms) / 1e6:.2f}" in ("2.27", "2.28")


@pytest.mark.parametrize("side", [32, 64])
def test_a_student_gives_rows_of_length_1_on_every_canvas(student, side):
    lines = torch.rand(2, 1, side, side, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        rows = student(lines)
        features = student.features(lines.repeat(1, 3, 1, 1)).numpy()
    assert rows.shape == (2, student.dimension) == (2, 1280 + 1296)
    for row, learned, fixed in zip(rows.numpy(), features, oriented_gradients(lines).numpy(), strict=True):
        assert row[:1280] == pytest.approx(math.sqrt(0.8) * learned / np.linalg.norm(learned), abs=1e-6)
        assert row[1280:] == pytest.approx(math.sqrt(0.2) * fixed, abs=1e-6)
        assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)


def test_likeness_is_shared_between_what_is_learned_and_what_is_not():
    learned, lines = unit_rows(2, 0).float(), torch.rand(2, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    both, fixed = beside(learned, lines, 0.3), oriented_gradients(lines)
    expected = 0.7 * float(learned[0] @ learned[1]) + 0.3 * float(fixed[0] @ fixed[1])
    assert float(both[0] @ both[1]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("trunk", ["sketchcnn", "vgg16"])
def test_a_teacher_pools_on_a_grid_projects_and_adds_what_is_not_learned(trunk):
    torch.manual_seed(0)
    teacher = Teacher(TeacherConfig(trunk, side=64, grid=2, dimension=8, fixed=0.3)).eval()
    lines = torch.rand(2, 1, 64, 64)
    with torch.no_grad():
        rows = teacher(lines).double().numpy()
        features = teacher.trunk(lines.expand(-1, teacher.channels, -1, -1)).double().numpy()
    half = features.shape[-1] // 2
    for row, image, fixed in zip(rows, features, oriented_gradients(lines).double().numpy(), strict=True):
        halves = slice(0, half), slice(half, None)
        pooled = [image[:, vertical, across].mean(axis=(1, 2)) for vertical in halves for across in halves]
        flat = np.stack(pooled, axis=1).ravel()
        learned = teacher.project.weight.detach().numpy() @ flat + teacher.project.bias.detach().numpy()
        apart = [max(0.0, x) for x in learned] + [max(0.0, -x) for x in learned]
        assert row[:8] == pytest.approx(math.sqrt(0.7) * np.array(apart) / np.linalg.norm(learned), abs=1e-4)
        assert row[8:] == pytest.approx(math.sqrt(0.3) * fixed, abs=1e-6)
        assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)


def test_where_a_part_lies_matters_to_the_teacher():
    torch.manual_seed(0)
    teacher = Teacher(TOY).eval()
    lines = torch.zeros(2, 1, 32, 32)
    lines[0, 0, 4:8, 4:8] = lines[1, 0, 24:28, 24:28] = 1
    with torch.no_grad():
        assert float(distances(*teacher(lines).chunk(2))) > 0.02


@pytest.mark.parametrize(("trunk", "side", "grid"), [("vgg16", 256, 3), ("sketchcnn", 96, 4), ("vgg16", 100, 2)])
def test_a_grid_that_does_not_divide_the_features_is_refused(trunk, side, grid):
    """ONNX Runtime could not run it."""
    with pytest.raises(InputError, match="grid"):
        Teacher(TeacherConfig(trunk, side, grid))


def test_a_dimension_that_has_no_halves_is_refused():
    with pytest.raises(InputError, match="even, one number a sign, got 7"):
        Teacher(TeacherConfig(side=32, grid=2, dimension=7))


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def slow_logits(selector: CanvasSelector, rows: np.ndarray) -> np.ndarray:
    """h' = (1 - z) n + z h with r, z = sigmoid(W x + b + U h + c), n = tanh(W x + b + r (U h + c)), row by row."""
    state = {name: value.double().numpy() for name, value in selector.recurrence.state_dict().items()}
    hidden = selector.recurrence.hidden_size
    h = np.zeros(hidden)
    for row in rows.astype(np.float64):
        given = state["weight_ih_l0"] @ row + state["bias_ih_l0"]
        kept = state["weight_hh_l0"] @ h + state["bias_hh_l0"]
        reset, update = (
            sigmoid(given[gate * hidden : (gate + 1) * hidden] + kept[gate * hidden : (gate + 1) * hidden])
            for gate in (0, 1)
        )
        new = np.tanh(given[2 * hidden :] + reset * kept[2 * hidden :])
        h = (1 - update) * new + update * h
    return selector.head.weight.detach().double().numpy() @ h + selector.head.bias.detach().double().numpy()


def test_a_selector_reads_each_sketch_to_its_own_end():
    torch.manual_seed(1)
    selector = CanvasSelector(4, 6)
    random = np.random.default_rng(0)
    rows = [random.normal(size=(length, 5)).astype(np.float32) for length in (3, 9, 1, 5)]
    points = torch.full((4, 9, 5), math.pi)  # what lies after a sketch's end must not matter
    for number, each in enumerate(rows):
        points[number, : len(each)] = torch.from_numpy(each)
    with torch.no_grad():
        found = selector(points, torch.tensor([3, 9, 1, 5]))
    expected = np.stack([slow_logits(selector, each) for each in rows])
    assert found.numpy() == pytest.approx(expected, abs=1e-5)


def unit_rows(count: int, seed: int) -> Tensor:
    rows = torch.randn(count, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return rows / rows.norm(dim=1, keepdim=True)


def test_distances_are_euclidean():
    one, other = unit_rows(4, 0), unit_rows(3, 1)
    found = distances(one, other)
    for row in range(4):
        for column in range(3):
            assert float(found[row, column]) == pytest.approx(math.dist(one[row], other[column]), abs=1e-6)
    assert float(distances(one[:1], -one[:1])) == pytest.approx(2, abs=1e-6)


def test_a_distance_of_0_has_a_finite_gradient():
    rows = unit_rows(3, 2).requires_grad_()
    found = distances(rows, rows)
    assert float(found.detach().diagonal().max()) < 2e-4
    found.sum().backward()
    assert rows.grad.isfinite().all()


def test_what_is_not_a_number_stays_so():
    rows = unit_rows(2, 3)
    rows[0, 0] = math.nan
    assert distances(rows, rows)[0].isnan().all()
