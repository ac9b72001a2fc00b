"""PackedBiLSTM is torch.nn.LSTM: outputs, and the gradient of every weight and input."""

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_sequence

from sketchlib.models.recurrence import PackedBiLSTM

INPUTS, HIDDEN = 4, 3


def pair(layers: int) -> tuple[PackedBiLSTM, nn.LSTM]:
    """Ours and PyTorch's with the same random weights, float64."""
    torch.manual_seed(layers)
    ours = PackedBiLSTM(INPUTS, HIDDEN, layers).double()
    theirs = nn.LSTM(INPUTS, HIDDEN, layers, bidirectional=True).double()
    for weight in ours.parameters():
        nn.init.normal_(weight)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def packed(lengths: list[int], requires_grad: bool = True) -> PackedSequence:
    generator = torch.Generator().manual_seed(sum(lengths))
    longest_first = sorted(lengths, reverse=True)
    rows = [torch.randn(length, INPUTS, generator=generator, dtype=torch.float64) for length in longest_first]
    strokes = pack_sequence(rows)
    return strokes._replace(data=strokes.data.requires_grad_(requires_grad))


@settings(max_examples=12)
@example([1], 1)
@example([17] * 20 + [15] * 20, 2)  # more than one block of strokes, and of points
@given(st.lists(st.integers(1, 7), min_size=1, max_size=5), st.integers(1, 3))
def test_outputs_and_gradients_are_those_of_torch(lengths, layers):
    ours, theirs = pair(layers)
    strokes = packed(lengths)
    found, expected = ours.outputs(strokes), theirs(strokes)[0].data
    assert (found - expected).abs().max() < 1e-12
    weights = torch.randn(found.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    gradients = [
        torch.autograd.grad((outputs * weights).sum(), [strokes.data, *network.parameters()])
        for network, outputs in ((ours, found), (theirs, expected))
    ]
    assert max(float((mine - torchs).abs().max()) for mine, torchs in zip(*gradients, strict=True)) < 1e-11


def test_gradients_are_finite_differences():
    ours, _ = pair(2)
    strokes = packed([3, 2])

    def outputs(data: torch.Tensor) -> torch.Tensor:
        return ours.outputs(strokes._replace(data=data))

    assert torch.autograd.gradcheck(outputs, strokes.data)


def test_outputs_without_gradients_are_the_same():
    ours, _ = pair(2)
    strokes = packed([5, 3, 3, 1], requires_grad=False)
    with torch.no_grad():
        without = ours.outputs(strokes)
    assert (without - ours.outputs(strokes)).abs().max() < 1e-12


@pytest.mark.parametrize("layers", [1, 2])
def test_lower_precision_is_close(layers):
    ours, _ = pair(layers)
    ours, strokes = ours.float(), packed([5, 3, 1], requires_grad=False)
    strokes = strokes._replace(data=strokes.data.float())
    with torch.autocast("cpu", torch.bfloat16):
        rough = ours.outputs(strokes)
    assert rough.dtype is torch.bfloat16
    assert 0 < (rough.float() - ours.outputs(strokes)).abs().max() < 0.1
    rough.float().sum().backward()
    assert all(weight.grad.dtype is torch.float32 for weight in ours.parameters())
