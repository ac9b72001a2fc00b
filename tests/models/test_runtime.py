"""ONNX Runtime gives torch's numbers, for any batch, from any thread, and torch stands in where it is missing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from sketchlib.models import runtime
from sketchlib.models.mobilenet import MobileNetV2
from sketchlib.models.runtime import Exported
from sketchlib.models.sketchcnn import SketchCNN, SketchCNNConfig


@pytest.fixture(scope="module")
def network() -> nn.Module:
    torch.manual_seed(0)
    return SketchCNN(SketchCNNConfig(classes=4, widths=(4, 8), blocks=(1,))).eval()


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_numbers_are_torchs(network, batch):
    ink = torch.rand(batch, 1, 20, 20)
    with torch.no_grad():
        assert torch.allclose(Exported(network)(ink), network(ink), atol=1e-5)


def test_one_session_serves_all_batches_and_another_side_gets_its_own(network, monkeypatch):
    made = []
    build = runtime.session_of
    monkeypatch.setattr(runtime, "session_of", lambda *given: made.append(1) or build(*given))
    run = Exported(network)
    for side, batch in ((20, 1), (20, 3), (24, 2), (20, 2)):
        run(torch.rand(batch, 1, side, side))
    assert len(made) == 2


def test_a_graph_that_is_ready_takes_the_modules_place_for_its_shape_alone(network):
    with torch.no_grad():
        other = SketchCNN(SketchCNNConfig(classes=4, widths=(4, 8), blocks=(1,))).eval()
        run = Exported(network, ready={(1, 20, 20): runtime.onnx_bytes(other, (torch.rand(1, 1, 20, 20),))})
        small, large = torch.rand(3, 1, 20, 20), torch.rand(3, 1, 24, 24)
        assert torch.allclose(run(small), other(small), atol=1e-5)
        assert not torch.allclose(run(small), network(small), atol=1e-3)
        assert torch.allclose(run(large), network(large), atol=1e-5)


class LastState(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.recurrence = nn.GRU(3, 6, batch_first=True)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return self.recurrence(points)[1][0]


def test_sequences_of_any_length_share_a_session_where_their_axis_is_free(monkeypatch):
    made = []
    build = runtime.session_of
    monkeypatch.setattr(runtime, "session_of", lambda *given: made.append(1) or build(*given))
    torch.manual_seed(0)
    module = LastState().eval()
    run = Exported(module, free=2)
    for batch, length in ((1, 7), (1, 1), (3, 40)):
        points = torch.rand(batch, length, 3)
        with torch.no_grad():
            assert torch.allclose(run(points), module(points), atol=1e-5)
    assert len(made) == 1


def test_threads_share_a_session(network):
    run, inks = Exported(network), torch.rand(8, 2, 1, 20, 20)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run, inks))
    with torch.no_grad():
        for ink, logits in zip(inks, found, strict=True):
            assert torch.allclose(logits, network(ink), atol=1e-5)


def test_torch_runs_it_where_the_runtime_is_missing(network, monkeypatch):
    monkeypatch.setattr(runtime, "available", lambda: False)
    monkeypatch.setattr(runtime, "session_of", None)
    ink = torch.rand(3, 1, 20, 20)
    with torch.no_grad():
        assert torch.equal(Exported(network)(ink), network(ink))


def test_mobilenet_has_the_papers_size_and_is_exported():
    torch.manual_seed(0)
    network = MobileNetV2().eval()
    assert sum(parameter.numel() for parameter in network.parameters()) == 2_223_872  # 3.5 M less the 1000-way head
    image = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        features = network(image)
    assert features.shape == (2, 1280)
    assert torch.allclose(Exported(network)(image), features, atol=1e-4)
