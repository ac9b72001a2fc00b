"""A network with random weights and a few photos: everything the tab needs, made in a second."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from demos.retrieve import own
from demos.ui import photos as engine
from sketchlib.retrieval import Gallery
from sketchlib.retrieval.model import Retriever, load_retriever
from tests.retrieval import cards

CHAIR = {
    "v": 1,
    "size": 256,
    "rev": 5,
    "strokes": [
        {"id": 3, "pts": [[60, 20], [60, 140]]},
        {"id": 7, "pts": [[60, 140], [180, 140]]},
        {"id": 9, "pts": [[180, 140], [185, 240]]},
    ],
}
NAMES = tuple(f"{seed:03}.png" for seed in range(12))


@pytest.fixture(scope="session")
def network(tmp_path_factory) -> Retriever:
    return load_retriever(cards.write_student(tmp_path_factory.mktemp("student")))


@pytest.fixture(scope="session")
def gallery(network, tmp_path_factory) -> Gallery:
    folder = tmp_path_factory.mktemp("photos")
    write_photos(folder, range(12))
    return Gallery.build(folder, network.photos)


@pytest.fixture
def shop(monkeypatch, network, gallery):
    """The tab with that network and that gallery in place of what ships; 000.png and 001.png are twins."""
    monkeypatch.setattr(engine, "_retriever", lambda: network)
    monkeypatch.setattr(engine, "_shipped", lambda: gallery)
    monkeypatch.setattr(own, "_kept", own.OrderedDict())
    twins = {NAMES[0]: ((NAMES[1], "seat width"),), NAMES[1]: ((NAMES[0], "seat width"),)}
    monkeypatch.setattr("demos.retrieve.answers.kin", lambda: twins)
    return gallery


def png(seed: int) -> bytes:
    """A photo of noise: it has edges, as a network that reads lines needs."""
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def write_photos(folder, seeds) -> None:
    """<seed>.png of each."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (folder / f"{seed:03}.png").write_bytes(png(seed))


def image(data: str) -> np.ndarray:
    """The pixels of a picture in base64."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
