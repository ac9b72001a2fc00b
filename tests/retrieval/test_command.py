"""`gallery build` and `retrieve`, with a network that reads the label of a sketch."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from sketchlib.cli import main
from sketchlib.io import write_sketches
from sketchlib.retrieval import Gallery
from sketchlib.sketch import Sketch
from tests.retrieval.toys import ToyEncoder, colours, photo, png, write_photos


class ToyRetriever:
    """A sketch labelled n stands for photo n; its canvas is the one asked for, or 32."""

    def __init__(self, name):
        self.photos = ToyEncoder(f"{name} 000000000000")

    def query(self, sketch, canvas=None, photos=None):
        vector = colours(photo(int(sketch.label))).astype(np.float32)
        return SimpleNamespace(vector=vector, canvas=canvas or 32, probabilities=None, milliseconds=1.25)


@pytest.fixture(autouse=True)
def models(monkeypatch):
    monkeypatch.setattr("sketchlib.retrieval.model.load_retriever", ToyRetriever)


@pytest.fixture
def photos(tmp_path):
    write_photos(tmp_path / "photos", range(12))
    return tmp_path / "photos"


@pytest.fixture
def drawings(tmp_path):
    path = tmp_path / "drawings.ndjson"
    write_sketches(path, [Sketch.from_points([[(0.1, 0.1), (0.9, 0.9)]], label) for label in ("3", "7")])
    return path


def test_build_says_what_is_in_the_gallery_and_what_is_not(photos, capsys):
    (photos / "bad.png").write_text("words")
    (photos / "copy.png").write_bytes(png(4))
    assert main(["gallery", "build", str(photos)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"12 photos in {photos}-gallery, by sketchynet-v4 000000000000",
        "left out: bad.png: a photo is a PNG, JPEG, WebP, GIF or BMP file, got another or a damaged one",
        "the same as 004.png: copy.png",
    ]
    assert len(Gallery.load(f"{photos}-gallery", ToyRetriever("sketchynet-v4").photos)) == 12


def test_build_takes_a_folder_to_write_to_and_a_model(photos, tmp_path, capsys):
    assert main(["gallery", "build", str(photos), "--out", str(tmp_path / "out"), "--model", "other"]) == 0
    assert "by other" in capsys.readouterr().out
    assert len(Gallery.load(tmp_path / "out", ToyRetriever("other").photos)) == 12


def test_retrieve_prints_the_nearest_photos_of_each_sketch(photos, drawings, capsys):
    main(["gallery", "build", str(photos)])
    capsys.readouterr()
    command = ["retrieve", str(drawings), "--gallery", f"{photos}-gallery", "--top", "3"]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [lines[0].split(), lines[4].split()] == [
        [n, label, "32", "px,", "1.2", "ms"] for n, label in (("1", "3"), ("2", "7"))
    ]
    assert [lines[1].split(), lines[5].split()] == [["0.000", "003.png"], ["0.000", "007.png"]]
    assert main([*command, "--json", "--canvas", "128"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for answer, label in zip(answers, ("3", "7"), strict=True):
        distances = [np.linalg.norm(colours(photo(seed)) - colours(photo(int(label)))) for seed in range(12)]
        order = np.argsort(distances)[:3]
        assert (answer["label"], answer["canvas"]) == (label, 128)
        assert [match["name"] for match in answer["matches"]] == [f"{index:03}.png" for index in order]
        assert [match["distance"] for match in answer["matches"]] == pytest.approx(
            [distances[index] for index in order], abs=2e-6
        )


MISTAKES = {
    "no photos": (["gallery", "build", "{tmp}/nowhere"], "nowhere"),
    "an empty folder": (["gallery", "build", "{tmp}/empty"], "at least one photo"),
    "no gallery": (["retrieve", "{tmp}/drawings.ndjson", "--gallery", "{tmp}/empty"], "gallery.json"),
    "another model": (["retrieve", "{tmp}/drawings.ndjson", "--gallery", "{gallery}", "--model", "b"], "'b 0000"),
    "no matches": (["retrieve", "{tmp}/drawings.ndjson", "--gallery", "{gallery}", "--top", "0"], "top=0"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_and_status_2(mistake, photos, drawings, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    main(["gallery", "build", str(photos)])
    capsys.readouterr()
    words, named = MISTAKES[mistake]
    assert main([word.format(tmp=tmp_path, gallery=f"{photos}-gallery") for word in words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert named in line


def test_a_canvas_is_a_number_or_auto(photos, drawings, capsys):
    main(["gallery", "build", str(photos)])
    command = ["retrieve", str(drawings), "--gallery", f"{photos}-gallery", "--json", "--canvas"]
    assert main([*command, "auto"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["canvas"] == 32
    with pytest.raises(SystemExit):
        main([*command, "large"])
