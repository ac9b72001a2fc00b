"""SketchCNN against loops over pixels."""

import numpy as np
import pytest
import torch

from sketchlib.models.sketchcnn import SketchCNN, SketchCNNConfig

CONFIG = SketchCNNConfig(classes=3, widths=(2, 3, 4), blocks=(2, 1))
State = dict[str, np.ndarray]


def network() -> SketchCNN:
    """Random everywhere, batch-norm statistics included; in eval mode."""
    model = SketchCNN(CONFIG)
    generator = torch.Generator().manual_seed(3)
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            drawn = torch.randn(value.shape, generator=generator) * 0.5
            value.copy_(drawn.abs() + 0.5 if name.endswith("running_var") else drawn)
    return model.eval()


def convolution(image: np.ndarray, kernel: np.ndarray, stride: int, padding: int) -> np.ndarray:
    size = kernel.shape[-1]
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    height, width = ((side + 2 * padding - size) // stride + 1 for side in image.shape[1:])
    result = np.zeros((len(kernel), height, width))
    for row in range(height):
        for column in range(width):
            top, left = row * stride, column * stride
            window = padded[:, top : top + size, left : left + size]
            result[:, row, column] = (kernel * window).sum(axis=(1, 2, 3))
    return result


def batch_norm(state: State, name: str, image: np.ndarray) -> np.ndarray:
    columns = {
        part: state[f"{name}.{part}"][:, None, None] for part in ("weight", "bias", "running_mean", "running_var")
    }
    scaled = (image - columns["running_mean"]) / np.sqrt(columns["running_var"] + 1e-5)
    return scaled * columns["weight"] + columns["bias"]


def halved(image: np.ndarray) -> np.ndarray:
    """Mean of each 2x2 square, of what lies inside at an odd edge."""
    height, width = (-(-side // 2) for side in image.shape[1:])
    squares = [
        [image[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2].mean(axis=(1, 2)) for column in range(width)]
        for row in range(height)
    ]
    return np.array(squares).transpose(2, 0, 1)


def residual(state: State, name: str, image: np.ndarray, stride: int) -> np.ndarray:
    change = np.maximum(
        batch_norm(state, f"{name}.norm1", convolution(image, state[f"{name}.conv1.weight"], stride, 1)), 0
    )
    change = batch_norm(state, f"{name}.norm2", convolution(change, state[f"{name}.conv2.weight"], 1, 1))
    if stride > 1:
        image = convolution(halved(image), state[f"{name}.shortcut.1.weight"], 1, 0)
        image = batch_norm(state, f"{name}.shortcut.2", image)
    return np.maximum(change + image, 0)


def slow_logits(state: State, ink: np.ndarray) -> np.ndarray:
    image = np.maximum(batch_norm(state, "stem.1", convolution(ink, state["stem.0.weight"], 2, 2)), 0)
    for stage, blocks in enumerate(CONFIG.blocks):
        for block in range(blocks):
            image = residual(state, f"stages.{stage}.{block}", image, stride=1 if block else 2)
    return state["head.weight"] @ image.mean(axis=(1, 2)) + state["head.bias"]


@pytest.mark.parametrize("side", [16, 13])
def test_logits_are_those_of_loops_over_pixels(side):
    model = network()
    state = {name: value.double().numpy() for name, value in model.state_dict().items()}
    ink = torch.rand(2, 1, side, side, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found = model(ink).numpy()
    expected = np.stack([slow_logits(state, image.double().numpy()) for image in ink])
    assert np.abs(expected).max() > 0.1
    assert np.abs(found - expected).max() < 1e-4


def test_features_are_what_the_head_reads():
    model = network()
    ink = torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        features = model.features(ink)
        assert features.shape == (3, 4)
        assert torch.equal(model.head(features), model(ink))


def test_an_image_does_not_depend_on_its_batch():
    model = network()
    ink = torch.rand(4, 1, 16, 16, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        alone = torch.cat([model(image[None]) for image in ink])
        assert (model(ink) - alone).abs().max() < 1e-5


def test_only_training_drops_out():
    model = network()
    ink = torch.ones(8, 1, 16, 16)
    with torch.no_grad():
        assert torch.equal(model(ink), model(ink))
        model.dropout.train()
        assert not torch.equal(model(ink), model(ink))


def test_the_loss_reaches_every_parameter():
    model = network().train()
    ink = torch.rand(4, 1, 16, 16, generator=torch.Generator().manual_seed(4))
    torch.nn.functional.cross_entropy(model(ink), torch.tensor([0, 1, 2, 0])).backward()
    assert [name for name, weight in model.named_parameters() if not weight.grad.abs().sum() > 0] == []
