"""Galleries of photos that are painted here, with an encoder that can be checked by hand."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sketchlib.errors import FormatError, InputError, ModelError
from sketchlib.io.photos import read_photo
from sketchlib.retrieval import Gallery, collection, store
from tests.retrieval.toys import ToyEncoder, colours, photo, png, write_photos

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def encoder():
    return ToyEncoder()


@pytest.fixture
def photos(tmp_path):
    write_photos(tmp_path / "photos", range(5))
    return tmp_path / "photos"


def vectors_of(seeds) -> np.ndarray:
    return np.array([colours(photo(seed)) for seed in seeds])


def test_a_folder_becomes_vectors_names_and_thumbnails(photos, encoder, tmp_path):
    write_photos(photos / "more" / "deep", [7])
    (photos / "notes.txt").write_text("no photo")
    (photos / ".hidden.png").write_bytes(png(8))
    gallery = Gallery.build(photos, encoder, tmp_path / "gallery")
    assert gallery.names == ("000.png", "001.png", "002.png", "003.png", "004.png", "more/deep/007.png")
    assert np.allclose(gallery.vectors, vectors_of([0, 1, 2, 3, 4, 7]), atol=1e-6)
    assert (gallery.problems, gallery.duplicates) == ((), {})
    shown = np.asarray(Image.open(io.BytesIO(gallery.thumbnail("003.png"))))
    assert shown.shape == (12, 16, 3)
    assert np.abs(shown.astype(float) - photo(3)).mean() < 30
    assert np.abs(shown.astype(float) - photo(2)).mean() > 30


def test_a_loaded_gallery_is_the_one_that_was_built(photos, encoder, tmp_path):
    built = Gallery.build(photos, encoder, tmp_path / "gallery")
    loaded = Gallery.load(tmp_path / "gallery", encoder)
    in_memory = Gallery.build(photos, encoder)
    for other in (loaded, in_memory):
        assert other.manifest == built.manifest
        assert np.array_equal(other.vectors, built.vectors)
        assert [other.thumbnail(name) for name in other.names] == [built.thumbnail(name) for name in built.names]
    assert not loaded.vectors.flags.writeable


def test_search_gives_names_and_distances_nearest_first(photos, encoder):
    gallery = Gallery.build(photos, encoder)
    query = colours(photo(3))
    matches = gallery.search(query, top=3)
    distances = np.linalg.norm(vectors_of(range(5)) - query, axis=1)
    order = np.argsort(distances)[:3]
    assert matches.indices.tolist() == [order.tolist()]
    assert matches.names == (tuple(f"{index:03}.png" for index in order),)
    assert matches.names[0][0] == "003.png"
    assert matches.distances[0] == pytest.approx(distances[order], abs=1e-6)
    assert gallery.search(vectors_of([1, 2])).indices.shape == (2, 5)


def test_convention_rank_counts_the_photos_no_farther(photos, encoder):
    gallery = Gallery.build(photos, encoder)
    query = colours(photo(9))
    distances = np.linalg.norm(gallery.vectors - query, axis=1)
    for index, name in enumerate(gallery.names):
        assert gallery.rank(query, name) == np.count_nonzero(distances <= distances[index])
    assert gallery.rank(colours(photo(2)), "002.png") == 1


def test_convention_distance_is_euclidean_between_unit_vectors(encoder):
    gallery = Gallery.build({"a": photo(1), "b": photo(2)}, encoder)
    assert np.linalg.norm(gallery.vectors, axis=1) == pytest.approx([1, 1], abs=1e-6)
    between = gallery.search(gallery.vectors[0]).distances[0, 1]
    assert between == pytest.approx(np.sqrt(2 - 2 * gallery.vectors[0] @ gallery.vectors[1]), abs=1e-5)


@pytest.mark.parametrize("mistake", ["top", "name", "dimension", "length"])
def test_a_question_that_makes_no_sense_is_refused(mistake, photos, encoder):
    gallery = Gallery.build(photos, encoder)
    query = colours(photo(0))
    ask = {
        "top": lambda: gallery.search(query, top=0),
        "name": lambda: gallery.rank(query, "nobody.png"),
        "dimension": lambda: gallery.search(query[:4]),
        "length": lambda: gallery.search(2 * query),
    }
    with pytest.raises(InputError):
        ask[mistake]()


def test_a_rebuild_embeds_only_what_is_new(photos, encoder, tmp_path):
    Gallery.build(photos, encoder, tmp_path / "gallery")
    assert len(encoder.seen) == 5
    assert Gallery.build(photos, encoder, tmp_path / "gallery").names == tuple(f"{n:03}.png" for n in range(5))
    assert len(encoder.seen) == 5
    write_photos(photos, [6])
    (photos / "001.png").unlink()
    (photos / "000.png").rename(photos / "zero.png")
    (photos / "002.png").write_bytes(png(12))
    again = Gallery.build(photos, encoder, tmp_path / "gallery")
    assert again.names == ("002.png", "003.png", "004.png", "006.png", "zero.png")
    assert np.allclose(again.vectors, vectors_of([12, 3, 4, 6, 0]), atol=1e-6)
    assert [seen.tolist() for seen in encoder.seen[5:]] == [photo(12).tolist(), photo(6).tolist()]
    assert len(list((tmp_path / "gallery").glob("vectors-*"))) == 1
    assert not list((tmp_path / "gallery").glob("*journal*"))


def test_equal_photos_are_embedded_once_and_named(photos, encoder):
    (photos / "again.png").write_bytes(png(1))
    (photos / "zzz.png").write_bytes(png(1))
    gallery = Gallery.build(photos, encoder)
    assert len(encoder.seen) == len(gallery) == 5
    assert gallery.duplicates == {"again.png": "001.png", "zzz.png": "001.png"}
    assert gallery.rank(colours(photo(1)), "zzz.png") == 1
    assert gallery.thumbnail("zzz.png") == gallery.thumbnail("001.png")


def test_bad_photos_are_named_and_the_rest_kept(photos, encoder, tmp_path):
    (photos / "broken.png").write_bytes(png(8)[:60])
    (photos / "text.jpg").write_text("not a photo")
    os.mkfifo(photos / "pipe.png")
    (photos / "line\nbreak.png").write_bytes(png(9))
    gallery = Gallery.build(photos, encoder, tmp_path / "gallery")
    assert len(gallery) == 5
    told = {problem.name: problem.sentence for problem in Gallery.load(tmp_path / "gallery", encoder).problems}
    assert sorted(told) == ["'line\\nbreak.png'", "broken.png", "text.jpg"]
    assert all("\n" not in sentence for sentence in told.values())


def test_a_zip_a_list_and_arrays_are_sources(photos, encoder, tmp_path):
    file = tmp_path / "photos.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for seed in (0, 1):
            archive.writestr(f"in/{seed}.png", png(seed))
        archive.writestr("../out.png", png(2))
    for source in (file, file.read_bytes(), [file], str(file)):
        gallery = Gallery.build(source, encoder)
        assert gallery.names == ("in/0.png", "in/1.png")
        assert [problem.name for problem in gallery.problems] == ["../out.png"]
    assert Gallery.build([photos / "003.png", photos / "001.png", file], encoder).names == (
        *("003.png", "001.png"),
        "in/0.png",
    )
    pixels = Gallery.build({"a": photo(1), "b": photo(2), "c": photo(1)}, encoder)
    assert (pixels.names, pixels.duplicates) == (("a", "b"), {"c": "a"})
    assert [problem.name for problem in Gallery.build({"a": photo(1), "b": photo(2) / 255}, encoder).problems] == ["b"]


def test_a_folder_with_a_photo_folder_means_that_one(photos, encoder):
    write_photos(photos / "photo", [20, 21])
    assert Gallery.build(photos, encoder).names == ("020.png", "021.png")


def test_photos_of_one_name_from_two_places_are_numbered(tmp_path, encoder):
    write_photos(tmp_path / "one", [1])
    write_photos(tmp_path / "two", [2])
    (tmp_path / "two" / "002.png").rename(tmp_path / "two" / "001.png")
    gallery = Gallery.build([tmp_path / "one", tmp_path / "two"], encoder)
    assert gallery.names == ("001.png", "001.png (2)")
    assert np.allclose(gallery.vectors, vectors_of([1, 2]), atol=1e-6)


def test_at_most_so_many_photos(photos, encoder):
    gallery = Gallery.build(photos, encoder, at_most=3)
    assert gallery.names == ("000.png", "001.png", "002.png")
    (problem,) = gallery.problems
    assert problem.name == "003.png"
    assert "at most 3" in problem.sentence


@pytest.mark.parametrize("content", [{}, {"a.png": b""}, {"a.txt": b"words"}])
def test_an_empty_gallery_is_a_sentence(content, tmp_path, encoder):
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match="at least one photo") as caught:
        Gallery.build(tmp_path, encoder)
    assert ("a.png" in str(caught.value)) == ("a.png" in content)


def test_a_source_that_is_not_there_is_a_sentence(tmp_path, encoder):
    (tmp_path / "a.txt").write_text("words")
    for source in (tmp_path / "nowhere", tmp_path / "a.txt", [tmp_path / "nobody.png"]):
        with pytest.raises(InputError):
            Gallery.build(source, encoder)


def test_a_build_that_fails_leaves_the_gallery_as_it_was(photos, encoder, tmp_path):
    before = Gallery.build(photos, encoder, tmp_path / "gallery")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        Gallery.build(tmp_path / "empty", encoder, tmp_path / "gallery")
    assert Gallery.load(tmp_path / "gallery", encoder).manifest == before.manifest


def test_a_gallery_of_another_model_is_refused_and_built_anew(photos, encoder, tmp_path):
    Gallery.build(photos, encoder, tmp_path / "gallery")
    other = ToyEncoder("toy-v2 111111111111")
    with pytest.raises(ModelError, match=r"'toy-v1 0+', got 'toy-v2 1+'"):
        Gallery.load(tmp_path / "gallery", other)
    Gallery.build(photos, other, tmp_path / "gallery")
    assert len(other.seen) == 5
    assert len(Gallery.load(tmp_path / "gallery", other)) == 5


def test_vectors_that_are_none_are_the_encoders_fault(photos, encoder):
    for wrong in (np.full((5, 13), np.nan), np.ones((5, 13)), np.ones((4, 13)), np.ones((5, 3))):
        encoder.embed_photos = lambda photos, wrong=wrong: wrong
        with pytest.raises(ModelError):
            Gallery.build(photos, encoder)


def test_batches_are_bounded_in_number_and_in_pixels(photos, encoder, monkeypatch):
    sizes = []
    embed = encoder.embed_photos
    monkeypatch.setattr(
        encoder, "embed_photos", lambda photos: sizes.append(len(photos)) or embed(photos), raising=False
    )
    monkeypatch.setattr(collection, "PHOTOS_TOGETHER", 2)
    told = []
    Gallery.build(photos, encoder, progress=lambda done, total: told.append((done, total)))
    monkeypatch.setattr(collection, "PIXELS_TOGETHER", 1)
    Gallery.build(photos, encoder)
    assert sizes == [2, 2, 1, 1, 1, 1, 1, 1]
    assert told == [(done, 5) for done in range(1, 6)]


SLOW_BUILD = """
import sys, time
from pathlib import Path
from sketchlib.retrieval import Gallery, collection, store
from tests.retrieval.toys import ToyEncoder

class Slow(ToyEncoder):
    def embed_photos(self, photos):
        time.sleep(0.05)
        return super().embed_photos(photos)

collection.PHOTOS_TOGETHER = 2
Gallery.build(Path(sys.argv[1]), Slow(), Path(sys.argv[2]), progress=lambda done, total: print(done, flush=True))
"""


def slow_build(photos, folder, **options):
    command = [sys.executable, "-c", SLOW_BUILD, str(photos), str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def test_a_killed_build_goes_on_where_it_stopped(tmp_path, encoder):
    write_photos(tmp_path / "photos", range(60))
    for stop in (11, 31):
        process = slow_build(tmp_path / "photos", tmp_path / "gallery")
        for line in process.stdout:
            if int(line) == stop:
                process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        with pytest.raises(FormatError):
            Gallery.load(tmp_path / "gallery", encoder)
    gallery = Gallery.build(tmp_path / "photos", encoder, tmp_path / "gallery")
    assert len(encoder.seen) <= 60 - 30
    assert len(encoder.seen) >= 60 - 40
    assert gallery.names == tuple(f"{seed:03}.png" for seed in range(60))
    assert np.allclose(gallery.vectors, vectors_of(range(60)), atol=1e-6)


def test_a_cut_off_journal_loses_only_its_end(photos, encoder, tmp_path):
    folder = tmp_path / "gallery"

    class Stopped(ToyEncoder):
        def embed_photos(self, photos):
            if len(self.seen) == 4:
                raise KeyboardInterrupt
            return super().embed_photos(photos)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collection, "PHOTOS_TOGETHER", 1)
        with pytest.raises(KeyboardInterrupt):
            Gallery.build(photos, Stopped(), folder)
    journal = (folder / "journal").read_bytes()
    (folder / "journal").write_bytes(journal[:-5])
    gallery = Gallery.build(photos, encoder, folder)
    assert [seen.tolist() for seen in encoder.seen] == [photo(3).tolist(), photo(4).tolist()]
    assert np.allclose(gallery.vectors, vectors_of(range(5)), atol=1e-6)
    damaged = bytearray(journal)
    damaged[-3] ^= 1
    (folder / "gallery.json").unlink()
    (folder / "journal").write_bytes(damaged)
    Gallery.build(photos, encoder, folder)
    assert len(encoder.seen) == 4


def test_two_processes_do_not_build_one_gallery(tmp_path, encoder):
    write_photos(tmp_path / "photos", range(60))
    process = slow_build(tmp_path / "photos", tmp_path / "gallery")
    assert process.stdout.readline() == "1\n"
    with pytest.raises(InputError, match="one process at a time"):
        Gallery.build(tmp_path / "photos", encoder, tmp_path / "gallery")
    process.kill()
    process.wait()
    assert len(Gallery.build(tmp_path / "photos", encoder, tmp_path / "gallery")) == 60


def test_a_reader_meets_whole_galleries_while_they_are_replaced(tmp_path, encoder):
    write_photos(tmp_path / "photos", range(4))
    Gallery.build(tmp_path / "photos", encoder, tmp_path / "gallery")
    stop, found = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            gallery = Gallery.load(tmp_path / "gallery", ToyEncoder())
            found.append(all(len(gallery.thumbnail(name)) > 100 for name in gallery.names))

    reader = threading.Thread(target=read)
    reader.start()
    for seed in range(4, 24):
        write_photos(tmp_path / "photos", [seed])
        Gallery.build(tmp_path / "photos", encoder, tmp_path / "gallery")
    stop.set()
    reader.join()
    assert found
    assert all(found)


def test_a_gallery_that_is_replaced_while_it_is_opened_is_opened_anew(photos, encoder, tmp_path, monkeypatch):
    Gallery.build(photos, encoder, tmp_path / "gallery")
    read, seeds = store._read_contents, iter([20, 21])

    def replaced_before(folder, manifest, ends):
        for seed in seeds:
            write_photos(photos, [seed])
            with monkeypatch.context() as patch:
                patch.setattr(store, "_read_contents", read)
                Gallery.build(photos, encoder, folder)
            break
        return read(folder, manifest, ends)

    monkeypatch.setattr(store, "_read_contents", replaced_before)
    assert Gallery.load(tmp_path / "gallery", encoder).names[-2:] == ("020.png", "021.png")


@pytest.mark.parametrize("place", ["file", "below a file", "something else"])
def test_a_folder_that_cannot_be_written_is_a_sentence(place, photos, encoder, tmp_path):
    (tmp_path / "file").write_text("words")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    folder = {"file": "file", "below a file": "file/gallery", "something else": "full"}[place]
    with pytest.raises(InputError, match="a gallery is written to"):
        Gallery.build(photos, encoder, tmp_path / folder)
    assert (tmp_path / "full" / "letter.txt").read_text() == "dear"


FULL_DISK = """
import resource, sys
from pathlib import Path
from sketchlib.errors import InputError
from sketchlib.retrieval import Gallery
from tests.retrieval.toys import ToyEncoder

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), -1))
try:
    Gallery.build(Path(sys.argv[1]), ToyEncoder(), Path(sys.argv[2]))
except InputError as error:
    print(error)
"""


@pytest.mark.parametrize("room", [50, 2000])
def test_a_full_disk_is_a_sentence_and_can_be_gone_on_from(room, photos, encoder, tmp_path):
    """A limit on the size of files stands in for the disk's."""
    folder = tmp_path / "gallery"
    command = [sys.executable, "-c", FULL_DISK, str(photos), str(folder), str(room)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("a gallery is written to a folder with room in it, got File too large")
    assert done.stderr == ""
    assert len(Gallery.build(photos, encoder, folder)) == 5


def damage(folder: Path, how: str) -> None:
    manifest = json.loads((folder / "gallery.json").read_text())
    (vectors,), (thumbnails,) = folder.glob("vectors-*"), folder.glob("thumbnails-*")
    if how == "no manifest":
        (folder / "gallery.json").unlink()
    elif how == "no JSON":
        (folder / "gallery.json").write_text("{")
    elif how == "another format":
        (folder / "gallery.json").write_text(json.dumps(manifest | {"format": "strokescope gallery 999"}))
    elif how == "no names":
        (folder / "gallery.json").write_text(json.dumps({key: manifest[key] for key in manifest if key != "names"}))
    elif how == "a name too few":
        (folder / "gallery.json").write_text(json.dumps(manifest | {"names": manifest["names"][1:]}))
    elif how == "no vectors":
        vectors.unlink()
    elif how == "cut vectors":
        vectors.write_bytes(vectors.read_bytes()[:-40])
    elif how == "a pickle":
        np.save(vectors, np.array([{}], dtype=object))
    elif how == "other vectors":
        np.save(vectors, np.zeros((5, 12), np.float32))
    elif how == "cut thumbnails":
        thumbnails.write_bytes(thumbnails.read_bytes()[:-1])
    elif how == "empty thumbnails":
        thumbnails.write_bytes(b"")


DAMAGES = (
    *("no manifest", "no JSON", "another format", "no names", "a name too few", "no vectors", "cut vectors"),
    *("a pickle", "other vectors", "cut thumbnails", "empty thumbnails"),
)


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_gallery_is_a_sentence_and_is_built_anew(how, photos, encoder, tmp_path):
    Gallery.build(photos, encoder, tmp_path / "gallery")
    damage(tmp_path / "gallery", how)
    with pytest.raises(FormatError) as caught:
        Gallery.load(tmp_path / "gallery", encoder)
    assert "\n" not in str(caught.value)
    Gallery.build(photos, encoder, tmp_path / "gallery")
    assert len(Gallery.load(tmp_path / "gallery", encoder)) == 5
    assert len(encoder.seen) == 10


def test_convention_a_gallerys_photos_differ_in_content(photos, encoder):
    (photos / "copy.png").write_bytes(png(1))
    Image.fromarray(photo(1)).save(photos / "other.bmp")
    gallery = Gallery.build(photos, encoder)
    assert "copy.png" not in gallery.names
    assert "other.bmp" in gallery.names
    assert np.array_equal(read_photo(photos / "other.bmp"), read_photo(photos / "copy.png"))
