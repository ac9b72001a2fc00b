"""The paper's figures to the printed digit, and MACs counted one layer at a time."""

import pytest
import torch
from torch import nn

from sketchlib.models.mobilenet import MobileNetV2
from sketchlib.retrieval.cost import flops, recurrent_flops
from sketchlib.retrieval.networks import vgg16


def giga(count: int) -> float:
    return count / 1e9


@pytest.mark.parametrize(("side", "printed"), [(32, "0.0130"), (64, "0.0521"), (128, "0.2083"), (256, "0.8332")])
def test_the_students_cost_is_the_papers(side, printed):
    assert f"{giga(flops(MobileNetV2(), (1, 3, side, side))):.4f}" == printed


def test_the_paper_s_teacher_costs_what_it_says_and_has_its_size():
    with torch.device("meta"):
        network = vgg16()
        assert f"{giga(flops(network, (1, 3, 256, 256))):.2f}" == "40.18"
    assert f"{sum(weight.numel() for weight in network.parameters()) / 1e6:.2f}" == "14.71"


def test_headlines_of_the_paper_follow():
    """Parameters and FLOPs saved by the student, per cent: 84.89 and 97.93."""
    student, teacher = MobileNetV2(), vgg16()
    weights = [sum(weight.numel() for weight in network.parameters()) for network in (student, teacher)]
    assert round(100 * (1 - weights[0] / weights[1]), 2) == 84.89
    with torch.device("meta"):
        costs = [flops(network.to("meta"), (1, 3, 256, 256)) for network in (student, teacher)]
    assert round(100 * (1 - costs[0] / costs[1]), 2) == 97.93


def test_each_kind_of_layer_counts_as_ptflops_counts_it():
    """Sides 8 -> 4 with stride 2; per output number of a convolution in_channels / groups x 9 products."""
    network = nn.Sequential(
        nn.Conv2d(2, 6, 3, stride=2, padding=1, bias=True),
        nn.BatchNorm2d(6),
        nn.ReLU6(),
        nn.Conv2d(6, 6, 3, padding=1, groups=3, bias=False),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(),
        nn.Linear(24, 5),
    )
    outputs = 6 * 4 * 4
    convolution = outputs * 2 * 9 + outputs
    norm, activation = 2 * outputs, outputs
    grouped, pool, linear = outputs * 2 * 9, outputs, 24 * 5 + 5
    expected = 2 * (convolution + norm + activation + grouped + pool + linear)
    assert flops(network, (1, 2, 8, 8)) == expected
    assert flops(network, (3, 2, 8, 8)) == 3 * expected


def test_counting_leaves_the_network_as_it_was():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    first = flops(network, (4, 1, 8, 8))
    assert network.training
    assert network[1].training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert flops(network, (4, 1, 8, 8)) == first
    assert not network[0]._forward_hooks


def test_hooks_go_even_where_the_network_fails():
    network = nn.Sequential(nn.Conv2d(1, 2, 3))
    with pytest.raises(RuntimeError):
        flops(network, (1, 5, 8, 8))
    assert not network[0]._forward_hooks
    assert network.training


@pytest.mark.parametrize(("hidden", "steps"), [(128, 1), (128, 100), (3, 7)])
def test_a_recurrence_costs_its_matrices_at_each_step(hidden, steps):
    """Three gates, each from 5 inputs and `hidden` states; then the head, once."""
    recurrence, head = nn.GRU(5, hidden), nn.Linear(hidden, 4)
    macs = hidden * 4
    for _ in range(steps):
        for _gate in ("reset", "update", "new"):
            macs += hidden * 5 + hidden * hidden
    assert recurrent_flops(recurrence, head, steps) == 2 * macs


def test_a_step_of_the_selector_costs_what_the_reference_measured():
    one, two = (recurrent_flops(nn.GRU(5, 128), nn.Linear(128, 4), steps) for steps in (1, 2))
    assert f"{(two - one) / 1e6:.3f}" == "0.102"
