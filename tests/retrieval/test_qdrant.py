"""Qdrant, embedded and behind a stand-in of its server: the answers are those of the gallery itself."""

import sys

import numpy as np
import pytest
from qdrant_client.models import VectorParams

from sketchlib.errors import DownloadError, InputError, ModelError
from sketchlib.retrieval import Gallery, qdrant
from sketchlib.retrieval.qdrant import QdrantGallery
from tests.retrieval.qdrant_stand_in import StandIn, serving
from tests.retrieval.toys import ToyEncoder, colours, photo

pytestmark = pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
QUERIES = np.array([colours(photo(seed)) for seed in (3, 50, 51)])


@pytest.fixture
def encoder():
    return ToyEncoder()


@pytest.fixture
def gallery(encoder):
    return Gallery.build({f"{seed}.png": photo(seed) for seed in range(40)}, encoder)


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture(params=["memory", "folder", "server"])
def where(request, tmp_path):
    if request.param == "server":
        return request.getfixturevalue("server").url
    return {"memory": ":memory:", "folder": str(tmp_path / "database")}[request.param]


def same(one, other) -> bool:
    return one.names == other.names and np.array_equal(one.indices, other.indices)


def test_answers_are_those_of_the_gallery(where, gallery, encoder, monkeypatch):
    monkeypatch.setattr(qdrant, "POINTS_TOGETHER", 16)
    monkeypatch.setattr(qdrant, "QUERIES_TOGETHER", 2)
    with QdrantGallery(where, encoder) as far:
        told = []
        far.put(gallery, lambda done, total: told.append((done, total)))
        assert told == [(16, 40), (32, 40), (40, 40)]
        assert len(far) == 40
        for top in (1, 10, 100):
            expected, found = gallery.search(QUERIES, top), far.search(QUERIES, top)
            assert same(found, expected)
            assert np.allclose(found.distances, expected.distances, atol=1e-12)
        assert far.search(QUERIES[0], 2).indices.shape == (1, 2)


def test_equal_distances_keep_the_order_of_the_gallery(encoder):
    vectors = np.repeat(np.array([colours(photo(1)), colours(photo(2))], np.float32), 5, axis=0)
    encoder.embed_photos = lambda photos: vectors
    gallery = Gallery.build({str(seed): photo(seed) for seed in range(10)}, encoder)
    with QdrantGallery(":memory:", encoder) as far:
        far.put(gallery)
        assert same(far.search(QUERIES, 7), gallery.search(QUERIES, 7))


def test_only_what_changed_is_sent(server, gallery, encoder, monkeypatch):
    sent = []
    upsert = server.database.upsert
    monkeypatch.setattr(server.database, "upsert", lambda name, points: sent.extend(points) or upsert(name, points))
    with QdrantGallery(server.url, encoder) as far:
        far.put(gallery)
        assert len(sent) == 40
        far.put(gallery)
        assert len(sent) == 40
        pixels = {f"{seed}.png": photo(seed) for seed in range(38)} | {"new.png": photo(60), "moved.png": photo(38)}
        changed = Gallery.build(pixels, encoder)
        far.put(changed)
        assert [point.payload["name"] for point in sent[40:]] == ["new.png", "moved.png"]
        assert len(far) == 40
        assert same(far.search(QUERIES, 40), changed.search(QUERIES, 40))


def test_an_interrupted_upload_goes_on(server, gallery, encoder, monkeypatch):
    monkeypatch.setattr(qdrant, "POINTS_TOGETHER", 8)
    upsert, sent = server.database.upsert, []

    def failing(name, points):
        sent.append(len(points))
        if len(sent) == 3:
            raise ConnectionError
        return upsert(name, points)

    monkeypatch.setattr(server.database, "upsert", failing)
    monkeypatch.setattr(StandIn, "handle_error", lambda *_: None)
    with QdrantGallery(server.url, encoder) as far:
        with pytest.raises(DownloadError):
            far.put(gallery)
        far.put(gallery)
        assert sent == [8, 8, 8, 8, 8, 8]
        assert same(far.search(QUERIES), gallery.search(QUERIES))


def test_a_folder_keeps_its_photos(tmp_path, gallery, encoder):
    with QdrantGallery(str(tmp_path), encoder) as far:
        far.put(gallery)
        with pytest.raises(InputError, match="already accessed"):
            QdrantGallery(str(tmp_path), encoder)
    with QdrantGallery(str(tmp_path), encoder) as far:
        assert same(far.search(QUERIES), gallery.search(QUERIES))


def test_a_collection_of_another_model_is_refused(server, gallery, encoder):
    other = ToyEncoder("toy-v2 111111111111")
    with QdrantGallery(server.url, encoder) as far:
        far.put(gallery)
        with pytest.raises(ModelError, match=r"'toy-v1 0+', got 'toy-v2 1+'"):
            QdrantGallery(server.url, other)
        with QdrantGallery(server.url, other, "another") as away:
            with pytest.raises(ModelError):
                away.put(gallery)
            assert len(away) == 0


def test_the_key_comes_from_the_environment(server, gallery, encoder, monkeypatch):
    server.key = "a secret"
    monkeypatch.setenv("QDRANT_API_KEY", "a guess")
    with pytest.raises(DownloadError, match="403") as caught:
        QdrantGallery(server.url, encoder)
    assert "guess" not in str(caught.value)
    monkeypatch.setenv("QDRANT_API_KEY", "a secret")
    with QdrantGallery(server.url, encoder) as far:
        far.put(gallery)
        assert len(far) == 40


def test_a_server_that_does_not_answer_is_a_sentence(encoder):
    with serving() as stopped:
        url = stopped.url
    with pytest.raises(DownloadError, match=url) as caught:
        QdrantGallery(url, encoder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mistake", ["top", "dimension", "no collection"])
def test_a_question_that_makes_no_sense_is_a_sentence(mistake, gallery, encoder):
    with QdrantGallery(":memory:", encoder) as far:
        if mistake != "no collection":
            far.put(gallery)
        with pytest.raises(InputError):
            far.search(QUERIES[0, :4] if mistake == "dimension" else QUERIES[0], 0 if mistake == "top" else 3)


def test_an_empty_collection_has_no_matches(server, encoder):
    server.database.create_collection("strokescope", VectorParams(size=13, distance="Euclid"))
    with QdrantGallery(server.url, encoder) as far:
        assert far.search(QUERIES).names == ((), (), ())


def test_without_the_package_a_sentence_says_what_to_install(encoder, monkeypatch):
    monkeypatch.setitem(sys.modules, "qdrant_client.http.exceptions", None)
    with pytest.raises(InputError, match="pip install qdrant-client"):
        QdrantGallery(":memory:", encoder)
