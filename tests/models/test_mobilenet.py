"""MobileNetV2 and its classifier: the published table, and one block by loops over pixels."""

import numpy as np
import pytest
import torch

from sketchlib.models.mobilenet import Inverted, MobileNetClassifier, MobileNetConfig, MobileNetV2
from tests.models.test_sketchcnn import batch_norm, convolution

# Side of a 224-pixel image after each row of [sandler2018mobilenetv2, Table 2], and its channels.
TABLE = ((112, 16), (56, 24), (28, 32), (14, 64), (14, 96), (7, 160), (7, 320))
REPEATS = (1, 2, 3, 4, 3, 3, 1)


def random_statistics(network: torch.nn.Module) -> None:
    """Batch norm that does something."""
    generator = torch.Generator().manual_seed(3)
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            drawn = torch.randn(value.shape, generator=generator) * 0.5
            value.copy_(drawn.abs() + 0.5 if name.endswith("running_var") else drawn)


@pytest.fixture(scope="module")
def classifier() -> MobileNetClassifier:
    torch.manual_seed(0)
    return MobileNetClassifier(MobileNetConfig(classes=3)).eval()


def test_the_blocks_are_the_published_table():
    with torch.device("meta"):
        network, image = MobileNetV2(), torch.empty(1, 3, 224, 224)
        image = network.stem(image)
        assert image.shape == (1, 32, 112, 112)
        blocks = iter(network.blocks)
        for (side, channels), count in zip(TABLE, REPEATS, strict=True):
            for _ in range(count):
                image = next(blocks)(image)
            assert image.shape == (1, channels, side, side)
        assert next(blocks, None) is None
        assert network.head(image).shape == (1, 1280, 7, 7)


def depthwise(image: np.ndarray, kernels: np.ndarray, stride: int) -> np.ndarray:
    return np.concatenate([convolution(image[[i]], kernels[[i]], stride, 1) for i in range(len(image))])


@pytest.mark.parametrize(
    ("before", "width", "stride", "expansion"), [(3, 3, 1, 6), (3, 5, 1, 2), (4, 4, 2, 2), (3, 3, 1, 1)]
)
def test_a_block_widens_filters_narrows_and_keeps_what_fits(before, width, stride, expansion):
    block = Inverted(before, width, stride, expansion).eval()
    random_statistics(block)
    state = {name: value.double().numpy() for name, value in block.state_dict().items()}
    image = torch.randn(1, before, 6, 6, generator=torch.Generator().manual_seed(0))
    wide, place = image[0].double().numpy(), 0
    if expansion > 1:
        wide = batch_norm(state, "layers.0.1", convolution(wide, state["layers.0.0.weight"], 1, 0)).clip(0, 6)
        place = 1
    wide = depthwise(wide, state[f"layers.{place}.0.weight"], stride)
    wide = batch_norm(state, f"layers.{place}.1", wide).clip(0, 6)
    narrow = convolution(wide, state[f"layers.{place + 1}.weight"], 1, 0)
    expected = batch_norm(state, f"layers.{place + 2}", narrow)
    if stride == 1 and before == width:
        expected = expected + image[0].double().numpy()
    with torch.no_grad():
        assert block(image)[0].numpy() == pytest.approx(expected, abs=1e-4)


def test_the_classifier_reads_ink_in_all_three_channels(classifier):
    ink = torch.rand(2, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        features = classifier.features(torch.cat([ink, ink, ink], dim=1))
        expected = features @ classifier.head.weight.T + classifier.head.bias
        assert features.shape == (2, 1280)
        assert (classifier(ink) - expected).abs().max() < 1e-5


def test_an_image_does_not_depend_on_its_batch(classifier):
    ink = torch.rand(3, 1, 32, 32, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        alone = torch.cat([classifier(image[None]) for image in ink])
        assert (classifier(ink) - alone).abs().max() < 1e-5


def test_only_training_drops_out(classifier):
    ink = torch.rand(2, 1, 32, 32)
    with torch.no_grad():
        assert torch.equal(classifier(ink), classifier(ink))
        classifier.dropout.train()
        assert not torch.equal(classifier(ink), classifier(ink))
        classifier.dropout.eval()


def test_the_loss_reaches_every_parameter():
    torch.manual_seed(0)
    model = MobileNetClassifier(MobileNetConfig(classes=3))
    ink = torch.rand(4, 1, 64, 64, generator=torch.Generator().manual_seed(4))
    torch.nn.functional.cross_entropy(model(ink), torch.tensor([0, 1, 2, 0])).backward()
    assert [name for name, weight in model.named_parameters() if not weight.grad.abs().sum() > 0] == []
