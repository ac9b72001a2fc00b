"""The written-out encoder against the network, autograd and finite differences, on both of its paths."""

import pytest
import torch

from sketchlib.inversion import encoder
from sketchlib.models.sketchxainet import Layout
from tests.attribution.oracle import slope
from tests.inversion.toys import model

PRESENT = {
    "one sketch": [[1, 1, 1, 1, 1]],
    "ragged": [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0]],
    "many": [[1] * 6] * 7,
}


def network(width=24):
    return model(width=width).network.double()


def tokens(present, width=24):
    return torch.randn(*present.shape, width, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def encoded(network, tokens, present):
    return network.encode(tokens, Layout(*present.shape, None if present.all() else present))


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize("name", PRESENT)
def test_encoder_agrees_with_the_network_and_autograd(name, few, monkeypatch):
    monkeypatch.setattr(encoder, "FEW_TOKENS", few)
    own, present = network(), torch.tensor(PRESENT[name], dtype=torch.bool)
    x = tokens(present).requires_grad_()
    expected = encoded(own, x, present)
    weights = torch.randn(expected.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    (gradient,) = torch.autograd.grad((expected * weights).sum(), x)
    written = encoder.Encoder(own)
    logits, read = written.logits(x.detach(), present)
    torch.testing.assert_close(logits, expected.detach(), rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(written.slope(weights, read), gradient, rtol=1e-8, atol=1e-9)


def test_the_compiled_path_is_taken_for_few_tokens():
    written = encoder.Encoder(model().network)
    few, many = (torch.ones(rows, 6, dtype=torch.bool) for rows in (1, 7))
    assert (
        written.logits(tokens(few).float(), few)[1].blocks is not written.logits(tokens(many).float(), many)[1].blocks
    )


def test_a_width_that_does_not_unroll_takes_torchs_operations():
    present = torch.ones(1, 4, dtype=torch.bool)
    own = network(width=12)
    x = tokens(present, 12)
    torch.testing.assert_close(encoder.Encoder(own).logits(x, present)[0], encoded(own, x, present).detach())


def test_slope_is_the_limit_of_finite_differences():
    own, present = network(), torch.ones(1, 3, dtype=torch.bool)
    written = encoder.Encoder(own)
    x = tokens(present)
    _, read = written.logits(x, present)
    first = torch.zeros(1, 3, dtype=torch.float64)
    first[0, 0] = 1
    numeric = slope(lambda at: written.logits(at, present)[0][0, 0], x)
    torch.testing.assert_close(written.slope(first, read), torch.from_numpy(numeric), rtol=1e-5, atol=1e-6)
