import hashlib
import io
import math
import os
import pickle
import pty
import string
import subprocess
import sys
import termios
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import torch
from huggingface_hub import constants
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchlib.categories import QUICKDRAW30, QUICKDRAW345
from sketchlib.errors import CheckpointError, DownloadError
from sketchlib.models import cards
from sketchlib.models.cards import Card, Data, Preprocessing, Score, WeightFile, Weights
from tests.hub_stand_in import StandIn, point_client_at, published_shapes, published_tensors, serving

HASH = "0123456789abcdef" * 4
REPOSITORY = "someone/sketchxai-stand-in"


def a_card(**changes: object) -> Card:
    card = Card(
        name="toy",
        version=2,
        builder="sketchxainet",
        licence="Apache-2.0",
        trained_on="a desk",
        command="python -m sketchlib train recognise --data DIR",
        classes=("cat", "dog"),
        config={"width": 8, "dropout": 0.1, "order": True},
        preprocessing=Preprocessing("quickdraw", canvas_side=64, line_width=0.02, softness=0.01),
        weights=Weights((WeightFile("toy-v2.safetensors", HASH, 12),)),
        paper="qu2023sketchxai",
        data=(Data("Quick, Draw!", "CC BY 4.0"),),
        scores=(
            Score("macro_top1", 0.91, "python -m sketchlib evaluate", "val", seed=0, n=100, interval=(0.85, 0.95)),
        ),
    )
    return replace(card, **changes)


def hub_card(content: bytes, file: str = "pytorch_model.bin", sha256: str | None = None) -> Card:
    digest = sha256 or hashlib.sha256(content).hexdigest()
    return a_card(weights=Weights((WeightFile(file, digest),), REPOSITORY, "0" * 40))


def torch_file(value: object) -> bytes:
    stream = io.BytesIO()
    torch.save(value, stream)
    return stream.getvalue()


def published_file() -> bytes:
    return torch_file(published_tensors(width=8, layers=1, classes=3))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with serving() as stand_in:
        point_client_at(stand_in.url, monkeypatch, tmp_path)
        yield stand_in


# --- the value and its TOML form


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
scalars = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | texts
configs = st.dictionaries(texts, scalars | st.lists(texts) | st.dictionaries(texts, scalars), max_size=5)


@settings(max_examples=50)
@given(configs, texts, st.lists(texts, max_size=20))
def test_every_card_survives_writing_and_reading(tmp_path_factory, config, notes, classes) -> None:
    path = tmp_path_factory.mktemp("card") / "toy-v2.toml"
    graphs = (cards.Graph("toy-v2-64.onnx", "0" * 64, 3, side=64),)
    card = a_card(config=config, notes=notes, classes=tuple(classes), scores=(), graphs=graphs)
    cards.write_card(card, path)
    read = cards.read_card(path)
    assert read == card
    assert read.folder == path.parent


def test_a_named_class_list_is_written_by_its_name(tmp_path: Path) -> None:
    cards.write_card(a_card(classes=QUICKDRAW30), tmp_path / "toy-v2.toml")
    assert tomllib.loads((tmp_path / "toy-v2.toml").read_text())["classes"] == "quickdraw30"
    assert cards.read_card(tmp_path / "toy-v2.toml").classes == QUICKDRAW30


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('name = "toy"', 'name = "toy"\ncolour = "red"', "the card does not know the key colour"),
        ('licence = "Apache-2.0"', "", "the card misses the key licence"),
        ("version = 2", 'version = "2"', "version is int, got '2'"),
        ("version = 2", "version = true", "version is int, got True"),
        (HASH, HASH[1:], "sha256 is 64 lower-case hexadecimal digits"),
        ("toy-v2.safetensors", "../toy.safetensors", "a weight file is a plain file name"),
        ('"ink 1"', '"ink 0"', 'polarity is "ink 1"'),
        ("line_width = 0.02", 'line_width = "thin"', "preprocessing.line_width is float, got 'thin'"),
        ("bytes = 12", "bytes = 12\nsha1 = 3", "[weights.files] does not know the key sha1"),
        ("[0.85, 0.95]", "[0.85]", "scores.interval is tuple, got [0.85]"),
        ('["cat", "dog"]', '"animals"', "classes is a list of names or one of (quickdraw345, quickdraw30)"),
        ('name = "toy"', "name = toy", "a card is a readable TOML file"),
    ],
)
def test_a_broken_card_is_refused_by_a_sentence_with_its_file(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    path = tmp_path / "toy-v2.toml"
    cards.write_card(a_card(), path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(CheckpointError) as raised:
        cards.read_card(path)
    assert complaint in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_graph_is_a_plain_file_beside_the_card() -> None:
    with pytest.raises(CheckpointError, match=r"plain file name, got '\.\./toy\.onnx'"):
        cards.Graph("../toy.onnx", "0" * 64, 3, side=64)


def test_a_hub_revision_is_a_full_commit_hash() -> None:
    with pytest.raises(CheckpointError, match="full commit hash"):
        Weights((WeightFile("model.safetensors", HASH),), REPOSITORY, "main")


def test_a_card_is_found_by_title_by_name_and_by_path(tmp_path: Path) -> None:
    for version in (9, 10):
        card = a_card(version=version)
        cards.write_card(card, tmp_path / f"{card.title}.toml")
    assert cards.available(tmp_path) == ("toy-v10", "toy-v9")
    assert cards.find_card("toy-v9", tmp_path).version == 9
    assert cards.find_card("toy", tmp_path).version == 10
    assert cards.find_card(tmp_path / "toy-v9.toml").version == 9
    for stranger in ("to", "toy-v1", "../toy-v9", ""):
        with pytest.raises(CheckpointError, match=r"a model is one of \(toy-v10, toy-v9\)"):
            cards.find_card(stranger, tmp_path)
    with pytest.raises(CheckpointError, match="no such file"):
        cards.find_card(tmp_path / "absent.toml")


def test_a_card_without_classes_is_no_recogniser(tmp_path: Path) -> None:
    for name, classes in (("seer", ("cat",)), ("finder", ())):
        card = a_card(name=name, classes=classes)
        cards.write_card(card, tmp_path / f"{card.title}.toml")
    assert len(cards.available(tmp_path)) == 2
    assert [title.partition("-v")[0] for title in cards.recognisers(tmp_path)] == ["seer"]


def test_every_shipped_card_reads_and_bears_the_name_of_its_file() -> None:
    assert cards.available()
    for title in cards.available():
        card = cards.find_card(title)
        assert card.title == title
        if not card.weights.repository:
            assert all((card.folder / file.file).is_file() for file in card.weights.files)


def test_the_published_models_have_the_papers_class_lists_and_pinned_weights() -> None:
    titles = ("sketchxai-tiny-quickdraw345-v1", "sketchxai-base-quickdraw345-v1", "sketchxai-base-quickdraw30-v1")
    published = [cards.find_card(title) for title in titles]
    assert [card.classes for card in published] == [QUICKDRAW345, QUICKDRAW345, QUICKDRAW30]
    assert [card.weights.revision[:7] for card in published] == ["188a5fc", "aa2d659", "5deedb0"]


def test_convention_class_order_ignores_case_and_file_suffixes() -> None:
    assert len(QUICKDRAW345) == len(set(QUICKDRAW345)) == 345
    assert list(QUICKDRAW345) == sorted(QUICKDRAW345, key=str.lower)
    assert QUICKDRAW345.index("The Eiffel Tower") > QUICKDRAW345.index("tent")
    assert QUICKDRAW345.index("baseball") + 1 == QUICKDRAW345.index("baseball bat")
    assert set(QUICKDRAW30) < set(QUICKDRAW345)
    assert list(QUICKDRAW30) == sorted(QUICKDRAW30, key=str.lower)


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "toy-v2.toml"
    cards.write_card(a_card(), path)
    before = path.read_bytes()

    def power_cut(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", power_cut)
    with pytest.raises(KeyboardInterrupt):
        cards.write_card(a_card(notes="new"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# --- tensors


def test_tensors_come_back_as_float16_and_integers_as_they_were(tmp_path: Path) -> None:
    tensors = {"weight": torch.randn(3, 4).T, "steps": torch.tensor(7)}
    (file,) = cards.save_tensors(tensors, tmp_path / "toy.safetensors")
    content = (tmp_path / "toy.safetensors").read_bytes()
    assert file == WeightFile("toy.safetensors", hashlib.sha256(content).hexdigest(), len(content))
    loaded = cards.load_tensors(tmp_path / file.file, file.sha256, file.bytes)
    assert torch.equal(loaded["weight"], tensors["weight"].half())
    assert torch.equal(loaded["steps"], tensors["steps"])


def test_large_weights_are_cut_into_files_under_ten_megabytes(tmp_path: Path) -> None:
    tensors = {letter: torch.randn(1_000_000) for letter in string.ascii_lowercase[:6]}
    files = cards.save_tensors(tensors, tmp_path / "toy-v2.safetensors")
    assert [file.file for file in files] == ["toy-v2-1-of-2.safetensors", "toy-v2-2-of-2.safetensors"]
    assert all((tmp_path / file.file).stat().st_size == file.bytes < 10_000_000 for file in files)
    loaded = cards.card_tensors(a_card(weights=Weights(files), folder=tmp_path))
    assert {key: torch.equal(loaded[key], tensors[key].half()) for key in tensors} == dict.fromkeys(tensors, True)
    with pytest.raises(CheckpointError, match="2 files: name their folder"):
        cards.resolve(a_card(weights=Weights(files)), tmp_path / files[0].file)


@pytest.mark.parametrize("value", [1e6, float("nan"), float("inf")])
def test_what_float16_cannot_hold_is_not_written(tmp_path: Path, value: float) -> None:
    with pytest.raises(CheckpointError, match="float16 holds finite values up to 65504, weight"):
        cards.save_tensors({"weight": torch.tensor([1.0, value])}, tmp_path / "toy.safetensors")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["change", "cut"])
def test_a_changed_file_is_refused_before_it_is_read(tmp_path: Path, damage: str, monkeypatch) -> None:
    (file,) = cards.save_tensors({"weight": torch.ones(4)}, tmp_path / "toy.safetensors")
    path = tmp_path / file.file
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"\xff" if damage == "change" else content[:-1])
    monkeypatch.setattr(safetensors.torch, "load", lambda content: pytest.fail("read before it was verified"))
    with pytest.raises(
        CheckpointError, match=r"sha256 .* by its card, got" if damage == "change" else "bytes by its card"
    ):
        cards.load_tensors(path, file.sha256, file.bytes)


class Hostile:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("wrap", [torch_file, pickle.dumps], ids=["torch zip", "bare pickle"])
def test_a_hostile_pickle_is_refused_and_never_runs(tmp_path: Path, wrap) -> None:
    trace, path = tmp_path / "it ran", tmp_path / "pytorch_model.bin"
    content = wrap({"vit.fc.weight": Hostile(trace)})
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="plain tensors only") as raised:
        cards.load_tensors(path, hashlib.sha256(content).hexdigest())
    assert "\n" not in str(raised.value)
    assert not trace.exists()
    pickle.loads(pickle.dumps(Hostile(trace)))
    assert trace.exists(), "the twin: the same pickle does run where nothing stops it"


@pytest.mark.parametrize("value", [[torch.ones(1)], {"weight": 3}, {3: torch.ones(1)}, {}], ids=str)
def test_a_file_of_anything_but_named_tensors_is_refused(tmp_path: Path, value: object) -> None:
    path, content = tmp_path / "pytorch_model.bin", torch_file(value)
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="tensors by name"):
        cards.load_tensors(path, hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("suffix", [".pt", ".pkl", ".npz", ""])
def test_other_file_types_are_refused_by_their_name(tmp_path: Path, suffix: str) -> None:
    path, content = tmp_path / f"model{suffix}", published_file()
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"weights are \.safetensors or the papers' own \.bin files"):
        cards.load_tensors(path, hashlib.sha256(content).hexdigest())


# --- where weights are looked for


def test_missing_weights_name_the_command_that_makes_them(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"toy-v2\.safetensors is missing: run `python -m sketchlib train"):
        cards.resolve(a_card(folder=tmp_path))
    with pytest.raises(CheckpointError, match="the weights you name exist"):
        cards.resolve(a_card(folder=tmp_path), tmp_path / "mine.safetensors")


def test_a_given_path_wins_over_the_file_beside_the_card_and_that_over_the_hub(tmp_path: Path, hub: StandIn) -> None:
    card = replace(hub_card(published_file()), folder=tmp_path)
    (tmp_path / "pytorch_model.bin").touch()
    (tmp_path / "mine.bin").touch()
    assert cards.resolve(card) == (tmp_path / "pytorch_model.bin",)
    assert cards.resolve(card, tmp_path / "mine.bin") == (tmp_path / "mine.bin",)
    assert cards.resolve(card, tmp_path) == (tmp_path / "pytorch_model.bin",)
    assert hub.requests == []


def test_the_hub_is_asked_once_and_then_never_again(hub: StandIn) -> None:
    content = published_file()
    hub.publish(REPOSITORY, "pytorch_model.bin", content)
    card = hub_card(content)
    first = cards.card_tensors(card, progress=False)
    assert {key: tuple(tensor.shape) for key, tensor in first.items()} == published_shapes(8, layers=1, classes=3)
    asked = len(hub.requests)
    assert torch.equal(cards.card_tensors(card)["vit.fc.weight"], first["vit.fc.weight"])
    assert len(hub.requests) == asked


def test_an_interrupted_download_goes_on_where_it_stopped(hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1000)
    content = published_file()
    hub.publish(REPOSITORY, "pytorch_model.bin", content)
    hub.cut_after = len(content) // 2
    (path,) = cards.resolve(hub_card(content), progress=False)
    assert path.read_bytes() == content
    whole, rest = hub.downloads()
    assert whole is None
    assert rest is not None
    assert int(rest.removeprefix("bytes=").rstrip("-")) >= len(content) // 2 - 1000


def test_weights_other_than_the_cards_are_refused_though_the_hub_serves_them(hub: StandIn) -> None:
    hub.publish(REPOSITORY, "pytorch_model.bin", published_file())
    with pytest.raises(CheckpointError, match=r"sha256 .* by its card, got"):
        cards.card_tensors(hub_card(b"", sha256=HASH), progress=False)


def test_a_hostile_pickle_from_the_hub_is_refused_and_never_runs(hub: StandIn, tmp_path: Path) -> None:
    content = torch_file({"vit.fc.weight": Hostile(tmp_path / "it ran")})
    hub.publish(REPOSITORY, "pytorch_model.bin", content)
    with pytest.raises(CheckpointError, match="plain tensors only"):
        cards.card_tensors(hub_card(content), progress=False)
    assert not (tmp_path / "it ran").exists()


def test_a_file_the_hub_does_not_have_is_one_sentence(hub: StandIn) -> None:
    with pytest.raises(
        DownloadError, match=r"pytorch_model\.bin of .* could not be fetched from .* \(it answers 404\)"
    ) as raised:
        cards.resolve(hub_card(b""))
    assert "\n" not in str(raised.value)


SCRIPT = """
import sys
from sketchlib.errors import SketchlibError
from sketchlib.models.cards import read_card, resolve
try:
    print(resolve(read_card(sys.argv[1]))[0].read_bytes().hex())
except SketchlibError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def start(card: Path, home: Path, endpoint: str) -> tuple[int, str, str]:
    """Exit status, standard output, and what a person at a terminal sees of standard error."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}
    terminal, ours = pty.openpty()
    termios.tcsetwinsize(ours, (24, 120))
    try:
        command = [sys.executable, "-c", SCRIPT, str(card)]
        process = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=ours, text=True)
        os.write(ours, b"\n")
        return process.returncode, process.stdout.strip(), os.read(terminal, 100_000).decode()
    finally:
        os.close(ours)
        os.close(terminal)


def test_a_program_downloads_with_a_bar_then_starts_without_network_or_says_that_it_cannot(tmp_path: Path) -> None:
    path, content = tmp_path / "toy-v2.toml", os.urandom(5000)
    cards.write_card(hub_card(content), path)
    with serving() as hub:
        hub.publish(REPOSITORY, "pytorch_model.bin", content)
        status, output, errors = start(path, tmp_path / "home", hub.url)
    assert (status, output) == (0, content.hex())
    assert "pytorch_model.bin: 100%" in errors
    status, output, errors = start(path, tmp_path / "home", hub.url)
    assert (status, output, errors.strip()) == (0, content.hex(), "")
    status, output, errors = start(path, tmp_path / "empty home", hub.url)
    assert (status, output) == (1, "")
    assert errors.strip().startswith("DownloadError: pytorch_model.bin of someone/sketchxai-stand-in could not be")
    assert "Connection refused): check the network, or put the file beside its card" in errors
    assert len(errors.strip().splitlines()) == 1


def test_the_stand_in_has_the_published_layout() -> None:
    def values(*arguments: int, **options: int) -> int:
        return sum(math.prod(shape) for shape in published_shapes(*arguments, **options).values())

    assert len(published_shapes()) == 221
    assert (values(), values(768), values(768, classes=30)) == (6_123_265, 91_728_961, 91_486_726)
