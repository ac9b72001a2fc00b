"""`assist` on the command line: with and without a gallery, files out, and its sentences."""

import json

import pytest

from sketchlib.cli import main
from sketchlib.retrieval import Gallery
from sketchlib.retrieval.model import load_embedder
from tests.demos.retrieve.furniture import CHAIR, png, write_photos
from tests.retrieval import cards


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a card, a gallery of five photos, another photo and a drawing."""
    folder = tmp_path_factory.mktemp("assist")
    card = cards.write(folder, "retrieval_teacher", cards.TEACHER, "toy-teacher")
    write_photos(folder / "photos", range(5))
    Gallery.build(folder / "photos", load_embedder(card), folder / "gallery")
    (folder / "other.png").write_bytes(png(9))
    (folder / "chair.json").write_text(json.dumps(CHAIR))
    (folder / "lone.json").write_text(json.dumps(CHAIR | {"strokes": CHAIR["strokes"][:1]}))
    return folder


def run(place, *options, drawing="chair.json"):
    return main(["assist", str(place / drawing), "--encoder", str(place / "toy-teacher-v1.toml"), *map(str, options)])


def test_a_photo_of_the_gallery_and_a_file_beside_it(place, capsys):
    assert run(place, "--photo", "002.png", "--gallery", place / "gallery", "--json") == 0
    inside = json.loads(capsys.readouterr().out)
    assert (inside["photos"], [stroke["id"] for stroke in inside["strokes"]]) == (5, [3, 7, 9])
    assert run(place, "--photo", place / "other.png", "--gallery", place / "gallery", "--json") == 0
    assert json.loads(capsys.readouterr().out)["photos"] == 6
    assert run(place, "--photo", place / "other.png", "--method", "gates", "--out", place / "out") == 0
    assert "rank" not in capsys.readouterr().out
    assert {path.name for path in (place / "out").iterdir()} == {"before.svg", "after.svg"}


@pytest.mark.parametrize(
    ("drawing", "photo", "said"),
    [
        ("lone.json", "002.png", "one stroke: draw another one"),
        ("chair.json", "none.png", "one of the 5 of the gallery, got 'none.png'"),
    ],
)
def test_trouble_is_a_sentence(place, capsys, drawing, photo, said):
    assert run(place, "--photo", photo, "--gallery", place / "gallery", drawing=drawing) == 2
    assert said in capsys.readouterr().err


def test_without_a_gallery_a_photo_is_a_file(place, capsys):
    assert run(place, "--photo", "002.png") == 2
    assert "a photo is a file" in capsys.readouterr().err
