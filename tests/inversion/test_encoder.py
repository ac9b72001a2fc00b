"""The written-out encoder against the network, autograd and finite differences, both ways."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
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


@pytest.mark.parametrize("way", ["_Compiled", "_Torch"])
@pytest.mark.parametrize("name", PRESENT)
def test_encoder_agrees_with_the_network_and_autograd(name, way, monkeypatch):
    monkeypatch.setattr(encoder, "_Compiled", getattr(encoder, way))
    monkeypatch.setattr(encoder, "ROWS", 8)
    own, present = network(), torch.tensor(PRESENT[name], dtype=torch.bool)
    x = tokens(present).requires_grad_()
    expected = encoded(own, x, present)
    weights = torch.randn(expected.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    (gradient,) = torch.autograd.grad((expected * weights).sum(), x)
    written = encoder.Encoder(own)
    logits, read = written.logits(x.detach(), present)
    torch.testing.assert_close(logits, expected.detach(), rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(written.slope(weights, read), gradient, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", PRESENT)
def test_parts_are_the_batch_in_turn(name, threads, monkeypatch):
    monkeypatch.setattr(encoder, "ROWS", 8)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    present = torch.tensor(PRESENT[name], dtype=torch.bool)
    sizes = present.sum(dim=1).tolist()
    parts = encoder._parts(encoder._rows(present))
    assert [i for part in parts for i in range(len(sizes))[part.sketches]] == list(range(len(sizes)))
    assert [i for part in parts for i in range(sum(sizes))[part.rows]] == list(range(sum(sizes)))
    for part in parts:
        ends, first = part.where
        assert (ends - first).tolist() == sizes[part.sketches]
        assert ends[-1] == part.rows.stop - part.rows.start <= 8 + max(sizes)
    assert len(parts) >= min(threads, len(sizes))


def test_a_single_sketch_takes_no_other_thread(monkeypatch):
    asked = []
    monkeypatch.setattr(encoder, "ThreadPoolExecutor", lambda count: asked.append(count) or ThreadPoolExecutor(count))
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    written = encoder.Encoder(model().network)
    for sketches, pools in ((1, []), (4, [2])):
        present = torch.ones(sketches, 6, dtype=torch.bool)
        logits, read = written.logits(tokens(present).float(), present)
        written.slope(logits, read)
        assert asked == pools


@pytest.mark.parametrize(("kind", "near"), [("float32", 1e-6), ("float64", 1e-9)])
def test_gelu_and_its_slope_are_those_of_the_error_function(kind, near):
    at = np.concatenate([np.linspace(-12, 12, 4001), [-1e4, 1e4]])
    share = np.array([(1 + math.erf(x / math.sqrt(2))) / 2 for x in at])
    density = np.exp(-(at**2) / 2) / math.sqrt(2 * math.pi)
    values, slopes = at.astype(kind)[None], np.empty((1, len(at)), kind)
    encoder.compiled.gelu(values, slopes, encoder.compiled.NORMAL[kind])
    np.testing.assert_allclose(values[0], at * share, rtol=near, atol=near)
    np.testing.assert_allclose(slopes[0], share + at * density, rtol=near, atol=near)


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
