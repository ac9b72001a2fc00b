"""Clustering stroke shapes: which number is chosen, what is written down, and what the judge counts."""

import json

import numpy as np
import pytest

from sketchlib.cli import main
from sketchlib.errors import InputError
from sketchlib.io import write_sketches
from sketchlib.shapes import Sample, cosines, directions, embed, fingerprint, from_json
from sketchlib.sketch import Sketch
from sketchlib.train.shapes import Judge, Search, cluster_shapes
from tests.shapes.toys import CLASSES, SAMPLES, recogniser

TOY = recogniser()
SEARCH = Search(counts=(2, 3, 4), more_than=2, seeds=2)


def drawing(number):
    """A short line to the right, a long one down, a corner; sizes differ a little from drawing to drawing."""
    long = 1 - number % 7 / 100
    lines = [[(0, 0), (0.2 * long, 0)], [(0, 0), (0, long)], [(0.3, 0.1), (0.9 * long, 0.1), (0.9, 0.9)]]
    return Sketch.from_points(lines, CLASSES[number % 3])


DRAWINGS = [drawing(number) for number in range(12)]
CLUSTERS = cluster_shapes(TOY, DRAWINGS, DRAWINGS[:9], SAMPLES, "12 drawings", SEARCH)


def test_three_kinds_of_strokes_are_found():
    assert [count.clusters for count in CLUSTERS.counts] == [2, 3, 4]
    assert len(CLUSTERS) == 3
    assert CLUSTERS.counts[1].silhouette > 0.8
    assert CLUSTERS.counts[1].agreement == 1
    np.testing.assert_allclose(CLUSTERS.shares, 1 / 3)
    found = [CLUSTERS.nearest(rows).tolist() for rows in embed(TOY, DRAWINGS)]
    assert len({tuple(row) for row in found}) == 1
    assert sorted(found[0]) == [0, 1, 2]


def test_the_best_silhouette_above_the_limit_is_chosen():
    for least in (1, 2, 3):
        found = cluster_shapes(TOY, DRAWINGS, DRAWINGS, SAMPLES, "", Search((2, 3, 4), least, 2))
        best = max((count.silhouette, count.clusters) for count in found.counts if count.clusters > least)
        assert len(found) == best[1]


def test_what_is_written_down_is_what_the_clusters_are():
    vectors = directions(np.concatenate(embed(TOY, DRAWINGS)))
    cosine = cosines(vectors, CLUSTERS.centroids)
    labels = cosine.argmax(axis=1)
    for cluster in range(3):
        own = vectors[labels == cluster]
        mean = own.mean(axis=0)
        np.testing.assert_allclose(CLUSTERS.centroids[cluster], mean / np.linalg.norm(mean), atol=1e-6)
        assert CLUSTERS.tightness[cluster] == pytest.approx(cosine[labels == cluster, cluster].mean())
        near = [float(cosines(row, CLUSTERS.centroids[[cluster]])[0, 0]) for row in _sample_vectors()]
        assert CLUSTERS.representatives[cluster] == int(np.argmax(near))
        assert CLUSTERS.cosine[cluster] == pytest.approx(max(near))
    assert (CLUSTERS.n, CLUSTERS.model, CLUSTERS.sha256) == (36, "toy-v2", fingerprint(TOY.card))
    assert CLUSTERS.order.shape == (16, 16)


def _sample_vectors():
    frame = [(0, 0), (1, 1)]
    return [embed(TOY, [Sketch.from_points([sample.points, frame])])[0][:1] for sample in SAMPLES]


def test_the_judge_counts_drawings_named_right():
    judge = Judge(TOY, DRAWINGS)
    named = TOY.logits(DRAWINGS).argmax(axis=1)
    right = np.mean([TOY.classes[name] == sketch.label for name, sketch in zip(named, DRAWINGS, strict=True)])
    assert judge.top1() == pytest.approx(right)
    own = directions(np.concatenate(embed(TOY, DRAWINGS)))
    assert judge.top1(own) == pytest.approx(right)


def test_the_judge_asks_about_shapes_turned_and_drawings_redrawn():
    judge, asked = Judge(TOY, DRAWINGS[:2]), []
    centroids = CLUSTERS.centroids
    classify, logits = TOY.network.classify, TOY.logits
    TOY.network.classify = lambda *inputs: asked.append(inputs[0].numpy()) or classify(*inputs)
    TOY.logits = lambda sketches: asked.extend(sketches) or logits(sketches)
    try:
        judge.top1(centroids)
        shown = [Sample("dot", np.zeros((1, 2)))] * 3
        judge.top1_redrawn(centroids, shown)
    finally:
        del TOY.network.classify, TOY.logits
    turned, new = asked[0], [each for each in asked if isinstance(each, Sketch)]
    for rows, before in zip(turned, embed(TOY, DRAWINGS[:2]), strict=True):
        for row, vector in zip(rows, before, strict=True):
            nearest = centroids[int(np.argmax(centroids @ vector))]
            np.testing.assert_allclose(row, nearest * np.linalg.norm(vector), rtol=1e-4, atol=1e-5)
    for sketch, before in zip(new, DRAWINGS[:2], strict=True):
        for dot, stroke in zip(sketch, before, strict=True):
            np.testing.assert_allclose(dot.points, [(stroke.points.min(axis=0) + stroke.points.max(axis=0)) / 2])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"counts": (1, 3)}, "numbers of clusters"),
        ({"more_than": 4}, "numbers of clusters"),
        ({"seeds": 1}, "two seeds"),
    ],
)
def test_numbers_that_do_not_do(wrong, said):
    with pytest.raises(InputError, match=said):
        Search(**{"counts": (2, 3, 4), "more_than": 2, "seeds": 2} | wrong)


def test_more_clusters_than_strokes_are_refused():
    with pytest.raises(InputError, match="more strokes than clusters, got 3 for 4"):
        cluster_shapes(TOY, DRAWINGS[:1], DRAWINGS, SAMPLES, "", SEARCH)


@pytest.fixture
def data(tmp_path):
    for split in ("train", "val"):
        (tmp_path / split).mkdir()
        for label in CLASSES:
            own = [sketch for sketch in DRAWINGS if sketch.label == label]
            write_sketches(tmp_path / split / f"{label}.ndjson.gz", own)
    return tmp_path


def test_one_command_writes_the_file_and_the_page(data, monkeypatch, capsys):
    monkeypatch.setattr("sketchlib.models.load", lambda name: TOY)
    (data / "own").mkdir()
    write_sketches(data / "own" / "01-ice-cream.json", [DRAWINGS[0]])
    words = ["train", "shapes", "--data", str(data), "--own", str(data / "own"), "--out", str(data)]
    words += ["--page", str(data / "docs" / "shapes.md"), "--clusters", "2", "3", "--more-than", "2", "--seeds", "2"]
    assert main([*words, "--sketches", "3"]) == 0
    made = from_json((data / "toy-v2-shapes.json").read_text())
    assert [sample.name for sample in made.samples if "°" not in sample.name] == ["ice cream"] * 3
    assert (len(made), made.n) == (3, 27)
    assert made.data == "9 training drawings of 3 categories"
    assert capsys.readouterr().out.splitlines() == [
        str(data / name) for name in ("toy-v2-shapes.json", "docs/shapes.md", "docs/figures/shapes.svg")
    ]
    assert json.loads((data / "toy-v2-shapes.json").read_text())["model"] == "toy-v2"


def test_no_drawings_are_one_sentence(data, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sketchlib.models.load", lambda name: TOY)
    assert main(["train", "shapes", "--data", str(tmp_path / "nowhere"), "--out", str(data)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "got none of the classes" in line
