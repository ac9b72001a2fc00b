"""What ships: embedded once into the cache, in memory where there is none, and a sentence where it is missing."""

import numpy as np
import pytest

from demos.ui import photos as engine
from sketchlib.errors import CheckpointError
from sketchlib.models.cards import Score
from tests.demos.retrieve.furniture import write_photos


@pytest.fixture
def fresh(monkeypatch, network, tmp_path):
    """Nothing loaded yet, three photos, and a cache of its own."""
    monkeypatch.setattr(engine, "_retriever", lambda: network)
    write_photos(tmp_path / "photo", range(3))
    monkeypatch.setattr(engine, "PHOTOS", tmp_path / "photo")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    engine._shipped.cache_clear()
    yield tmp_path
    engine._shipped.cache_clear()


def test_the_gallery_is_embedded_once_a_machine(fresh, network, monkeypatch):
    first = engine.shipped()
    assert len(first) == 3
    assert engine.shipped() is first
    (folder,) = (fresh / "cache" / "strokescope").iterdir()
    assert network.photos.card.weights.files[0].sha256.startswith(folder.name.removeprefix("gallery-"))
    engine._shipped.cache_clear()
    monkeypatch.setattr(engine.InLanes, "embed_photos", None)
    assert engine.shipped().vectors.tolist() == first.vectors.tolist()


def test_without_a_place_to_write_it_stays_in_memory(fresh, monkeypatch):
    (fresh / "cache").write_text("not a folder")
    assert len(engine.shipped()) == 3
    assert (fresh / "cache").read_text() == "not a folder"


def test_a_home_is_not_needed(monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert engine.cache_folder().name == "strokescope"


def test_what_is_missing_is_said(fresh, monkeypatch):
    monkeypatch.setattr(engine, "find_card", lambda name: None)
    monkeypatch.setattr(engine, "is_here", lambda card: True)
    assert engine.why_not() == ""
    monkeypatch.setattr(engine, "PHOTOS", fresh / "elsewhere")
    assert "folder gallery" in engine.why_not()
    monkeypatch.setattr(engine, "is_here", lambda card: False)
    assert "no weights beside its card" in engine.why_not()

    def none(name):
        raise CheckpointError("a card is there, got none")

    monkeypatch.setattr(engine, "find_card", none)
    assert engine.why_not() == "a card is there, got none"


def test_a_photo_without_edges_is_compared_by_what_is_learned(network):
    class Half:
        identity, dimension = "half", 2

        def embed_photos(self, photos):
            return np.array([[0.6, 0.8], [0.0, 0.5], [0.0, 0.0]], np.float32)[: len(photos)]

    rows = engine.InLanes(Half()).embed_photos([None] * 3)
    assert rows == pytest.approx(np.array([[0.6, 0.8], [0.0, 1.0], [0.0, 0.0]]))


def test_readiness_reaches_every_canvas(shop, network, monkeypatch):
    asked = []
    monkeypatch.setattr(network, "query", lambda sketch, canvas: asked.append(canvas))
    engine.make_ready()
    assert asked == [None, 32, 64, 128, 256]


def test_a_score_is_told_with_its_doubt():
    score = Score("acc1", 0.651, "a command", "60 photos", n=300, interval=(0.6, 0.7))
    assert engine.describe([score], "net-v1").endswith("Its acc@1 is 65.1% [60.0%, 70.0%] on 60 photos, n = 300.")
    assert "no score" in engine.describe([], "net-v1")
