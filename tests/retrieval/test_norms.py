"""Filters shared by all canvases, batch norms that are not."""

import copy

import pytest
import torch
from torch import nn

from sketchlib.models.mobilenet import MobileNetV2
from sketchlib.retrieval.lines import CANVASES
from sketchlib.retrieval.norms import CanvasNorm, spread_over_canvases, with_canvas_norms


def toy() -> nn.Sequential:
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 2, 3, 2, 1), nn.BatchNorm2d(2), nn.ReLU(), nn.Conv2d(2, 3, 3, 4, 1), nn.BatchNorm2d(3)]
    return nn.Sequential(*layers).eval()


def test_at_first_nothing_changes():
    torch.manual_seed(0)
    plain = MobileNetV2(channels=1).eval()
    network = with_canvas_norms(copy.deepcopy(plain))
    for side in (32, 64, 96):
        image = torch.rand(2, 1, side, side)
        with torch.no_grad():
            assert torch.equal(network(image), plain(image))


@pytest.mark.parametrize(("side", "index"), [(32, 0), (64, 1), (128, 2), (256, 3), (40, 0), (96, 2), (300, 3)])
def test_every_layer_uses_the_norm_of_its_canvas(side, index):
    """Each norm adds its own constant."""
    network = with_canvas_norms(toy())
    norms = [module for module in network.modules() if isinstance(module, CanvasNorm)]
    assert [norm.stride for norm in norms] == [2, 8]
    image = torch.rand(1, 1, side, side)
    with torch.no_grad():
        before = network(image)
        for number, each in enumerate(norms[1].norms):
            each.bias += number
        assert torch.allclose(network(image) - before, torch.tensor(float(index)), atol=1e-5)
        middle = norms[0].norms[index].bias
        middle += 1
        assert not torch.allclose(network(image) - before, torch.tensor(float(index)), atol=1e-2)


def test_reading_a_canvas_leaves_the_statistics_of_others():
    network = with_canvas_norms(toy()).train()
    network(torch.rand(4, 1, 64, 64))
    counts = [int(each.num_batches_tracked) for each in network[1].norms]
    assert counts == [int(canvas == 64) for canvas in CANVASES]


def test_a_state_without_canvases_is_spread_over_them():
    plain = toy()
    plain[1].weight.data += 3
    network = with_canvas_norms(toy())
    network.load_state_dict(spread_over_canvases(plain.state_dict(), network))
    image = torch.rand(1, 1, 128, 128)
    with torch.no_grad():
        assert torch.equal(network(image), plain(image))


def test_a_state_with_canvases_stays():
    network = with_canvas_norms(toy())
    network[1].norms[2].weight.data += 3
    state = network.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in spread_over_canvases(state, network).items())
