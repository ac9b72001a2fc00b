"""timm's weights from a Hub that a local server stands in for: their networks written out by their names, and ours."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import safetensors.torch
import torch
import torch.nn.functional as F
from huggingface_hub import constants
from torch import Tensor, nn

from sketchlib.errors import CheckpointError, DownloadError
from sketchlib.models import cards
from sketchlib.models.cards import WeightFile, Weights
from sketchlib.models.mobilenet import MobileNetV2
from sketchlib.retrieval.networks import SketchyNet, SketchyNetConfig, Teacher, TeacherConfig, vgg16
from sketchlib.retrieval.pretrained import FILE, published_card, start_from_imagenet
from sketchlib.train.retrieval.student import start_from_published
from tests.hub_stand_in import StandIn, point_client_at, serving

REPOSITORY = "timm/stand-in.in1k"
VGG = (0, 2, "pool", 5, 7, "pool", 10, 12, 14, "pool", 17, 19, 21, "pool", 24, 26, 28, "pool")
VGG_WIDTHS = (64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
BLOCKS = ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))
"""Channels, blocks and first stride of timm's stages; the first stage does not widen, the others six times."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    with serving() as stand_in:
        point_client_at(stand_in.url, monkeypatch, tmp_path)
        yield stand_in


def serve(hub: StandIn, tensors: dict[str, Tensor]) -> bytes:
    """The file under the commit and under the newest revision, as the Hub has it."""
    content = safetensors.torch.save(tensors)
    hub.publish(REPOSITORY, FILE, content)
    hub.files[f"/{REPOSITORY}/resolve/main/{FILE}"] = content
    return content


def a_convolution(name: str, norm: str, before: int, width: int, kernel: int) -> dict[str, Tensor]:
    """before: channels that one filter reads."""
    deviation = (2 / (before * kernel**2)) ** 0.5
    return {
        f"{name}.weight": deviation * torch.randn(width, before, kernel, kernel),
        f"{norm}.weight": 1 + 0.2 * torch.rand(width),
        f"{norm}.bias": 0.2 * torch.randn(width),
        f"{norm}.running_mean": 0.2 * torch.randn(width),
        f"{norm}.running_var": 0.5 + torch.rand(width),
        f"{norm}.num_batches_tracked": torch.tensor(1),
    }


@cache
def timm_mobilenet() -> dict[str, Tensor]:
    """Random tensors by the names of timm's mobilenetv2_100."""
    torch.manual_seed(0)
    tensors, before = a_convolution("conv_stem", "bn1", 3, 32, 3), 32
    for stage, (width, count, _) in enumerate(BLOCKS):
        for number in range(count):
            block = f"blocks.{stage}.{number}"
            if stage == 0:
                tensors |= a_convolution(f"{block}.conv_dw", f"{block}.bn1", 1, before, 3)
                tensors |= a_convolution(f"{block}.conv_pw", f"{block}.bn2", before, width, 1)
            else:
                tensors |= a_convolution(f"{block}.conv_pw", f"{block}.bn1", before, 6 * before, 1)
                tensors |= a_convolution(f"{block}.conv_dw", f"{block}.bn2", 1, 6 * before, 3)
                tensors |= a_convolution(f"{block}.conv_pwl", f"{block}.bn3", 6 * before, width, 1)
            before = width
    tensors |= a_convolution("conv_head", "bn2", before, 1280, 1)
    return tensors | {"classifier.weight": torch.ones(5, 1280), "classifier.bias": torch.ones(5)}


def run_timm_mobilenet(tensors: dict[str, Tensor], image: Tensor) -> Tensor:
    """Pooled features, name by name."""

    def apply(x: Tensor, name: str, norm: str, stride: int = 1, linear: bool = False) -> Tensor:
        weight = tensors[f"{name}.weight"]
        groups = x.shape[1] // weight.shape[1]
        x = F.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2, groups=groups)
        statistics = (tensors[f"{norm}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
        x = F.batch_norm(x, *statistics)
        return x if linear else x.clamp(0, 6)

    x = apply(image, "conv_stem", "bn1", 2)
    for stage, (width, count, first) in enumerate(BLOCKS):
        for number in range(count):
            block, given = f"blocks.{stage}.{number}", x
            stride = first if number == 0 else 1
            if stage == 0:
                x = apply(x, f"{block}.conv_dw", f"{block}.bn1", stride)
                x = apply(x, f"{block}.conv_pw", f"{block}.bn2", linear=True)
            else:
                x = apply(x, f"{block}.conv_pw", f"{block}.bn1")
                x = apply(x, f"{block}.conv_dw", f"{block}.bn2", stride)
                x = apply(x, f"{block}.conv_pwl", f"{block}.bn3", linear=True)
            x = x + given if stride == 1 and given.shape[1] == width else x
    return apply(x, "conv_head", "bn2").mean(dim=(2, 3))


def timm_vgg() -> dict[str, Tensor]:
    """Random tensors by the names of timm's vgg16, in float16; of its classifier one tensor."""
    torch.manual_seed(1)
    tensors, before = {"head.fc.bias": torch.ones(5)}, 3
    for number, width in zip([place for place in VGG if place != "pool"], VGG_WIDTHS, strict=True):
        tensors[f"features.{number}.weight"] = ((2 / (9 * before)) ** 0.5 * torch.randn(width, before, 3, 3)).half()
        tensors[f"features.{number}.bias"] = (0.1 * torch.randn(width)).half()
        before = width
    return tensors


def run_timm_vgg(tensors: dict[str, Tensor], image: Tensor) -> Tensor:
    for place in VGG:
        if place == "pool":
            image = F.max_pool2d(image, 2)
        else:
            weight, bias = (tensors[f"features.{place}.{part}"].float() for part in ("weight", "bias"))
            image = F.conv2d(image, weight, bias, padding=1).relu()
    return image


def test_mobilenet_computes_what_timms_does(hub):
    tensors = timm_mobilenet()
    serve(hub, tensors)
    network = MobileNetV2()
    start_from_imagenet(network, REPOSITORY)
    image = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        expected = run_timm_mobilenet(tensors, image)
        assert torch.allclose(network.eval()(image), expected, atol=1e-3 * float(expected.abs().max()))


@pytest.mark.parametrize("side", [32, 64, 256])
def test_a_student_starts_from_it_on_every_canvas(hub, side):
    serve(hub, timm_mobilenet())
    network = SketchyNet(SketchyNetConfig(hidden=4)).eval()
    start_from_published(network, REPOSITORY)
    image = torch.rand(1, 3, side, side)
    with torch.no_grad():
        assert network.features(image).numpy() == pytest.approx(
            run_timm_mobilenet(timm_mobilenet(), image).numpy(), abs=1e-3
        )


def test_a_teachers_vgg16_computes_what_timms_does(hub):
    tensors = timm_vgg()
    serve(hub, tensors)
    teacher = Teacher(TeacherConfig(trunk="vgg16", side=32, grid=1))
    start_from_imagenet(teacher.trunk, REPOSITORY)
    image = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        expected = run_timm_vgg(tensors, image)
        assert torch.allclose(teacher.trunk(image), expected, atol=1e-3 * float(expected.abs().max()))


def test_a_name_is_pinned_and_its_card_starts_the_same_again(hub, tmp_path):
    content = serve(hub, timm_mobilenet())
    network, again = MobileNetV2(), MobileNetV2()
    card = start_from_imagenet(network, REPOSITORY)
    digest = hashlib.sha256(content).hexdigest()
    assert card.weights == Weights((WeightFile(FILE, digest, len(content)),), REPOSITORY, hub.commit)
    cards.write_card(card, tmp_path / "start.toml")
    hub.files.clear()
    start_from_imagenet(again, tmp_path / "start.toml")
    ours = network.state_dict()
    assert all(torch.equal(value, ours[name]) for name, value in again.state_dict().items())


def test_an_interrupted_download_goes_on_where_it_stopped(hub, monkeypatch):
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 100_000)
    tensors = timm_mobilenet()
    hub.cut_after = len(serve(hub, tensors)) // 2
    network = MobileNetV2()
    start_from_imagenet(network, REPOSITORY)
    assert torch.equal(network.stem[0].weight, tensors["conv_stem.weight"])
    whole, rest = hub.downloads()
    assert (whole, rest is not None) == (None, True)


@pytest.fixture
def untouched() -> Iterator[nn.Module]:
    """A network that is as it was when the test ends."""
    network = MobileNetV2()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    yield network
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_other_bytes_than_the_hub_promised_are_refused(hub, untouched):
    content = bytearray(serve(hub, timm_mobilenet()))
    content[-1] ^= 1
    hub.publish(REPOSITORY, FILE, bytes(content))
    with pytest.raises(CheckpointError, match=r"sha256 .* by its card, got"):
        start_from_imagenet(untouched, REPOSITORY)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"conv_head.weight": None}, r"timm's MobileNetV2 has a tensor conv_head\.weight, one of 1 that these .* lack"),
        ({"bn2.bias": None, "bn2.weight": None}, r"a tensor bn2\.weight, one of 2 that"),
        (
            {"conv_stem.weight": torch.zeros(32, 1, 3, 3)},
            r"has conv_stem\.weight of \(32, 3, 3, 3\), got \(32, 1",
        ),
    ],
)
def test_tensors_that_are_missing_or_misshapen_are_named(hub, untouched, change, complaint):
    tensors = timm_mobilenet() | change
    serve(hub, {name: tensor for name, tensor in tensors.items() if tensor is not None})
    with pytest.raises(CheckpointError, match=complaint) as raised:
        start_from_imagenet(untouched, REPOSITORY)
    assert REPOSITORY in str(raised.value)
    assert "\n" not in str(raised.value)


def test_weights_of_the_other_network_are_refused(hub):
    serve(hub, timm_mobilenet())
    with torch.device("meta"):
        network = vgg16()
    with pytest.raises(CheckpointError, match=r"timm's VGG16 has a tensor features\.0\.weight, one of 26 that"):
        start_from_imagenet(network, REPOSITORY)


def test_a_hub_that_cannot_answer_is_one_sentence(hub, untouched, monkeypatch):
    with pytest.raises(DownloadError, match=r"model\.safetensors of timm/stand-in\.in1k could not .* answers 404"):
        start_from_imagenet(untouched, REPOSITORY)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", "http://127.0.0.1:9/{repo_id}/{revision}/{filename}")
    with pytest.raises(DownloadError, match=r"could not be fetched .*: check the network") as raised:
        start_from_imagenet(untouched, REPOSITORY)
    assert "\n" not in str(raised.value)


def test_a_hub_that_states_no_sha256_is_not_believed(hub, monkeypatch):
    serve(hub, timm_mobilenet())
    monkeypatch.setattr(hashlib, "sha256", hashlib.sha1)
    with pytest.raises(CheckpointError, match="sha256 is 64 lower-case hexadecimal digits"):
        published_card(REPOSITORY)


def test_a_card_that_is_nowhere_is_named(untouched):
    with pytest.raises(CheckpointError, match=r"no such file: nowhere/vgg16-v1\.toml"):
        start_from_imagenet(untouched, "nowhere/vgg16-v1.toml")
