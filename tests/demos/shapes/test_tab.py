"""The Shapes tab without a browser: what is nearest, what is redrawn, and what it says without clusters."""

from collections import OrderedDict
from pathlib import Path

import gradio as gr
import numpy as np
import pytest

from demos import shapes
from demos.shapes import charts, pictures, shipped
from demos.ui import examples, first_model, shelf
from sketchlib.errors import CheckpointError
from sketchlib.io import from_pad, read_sketches
from sketchlib.models.cards import find_card
from sketchlib.shapes import as_json, embed, file_name, from_json, primitives, samples_of
from tests.shapes.toys import SAMPLES, clusters, recogniser

TOY = recogniser()
FOUND = clusters(TOY)
EXAMPLES = Path(__file__).resolve().parents[3] / "demos" / "examples"
TEE = {"rev": 1, "strokes": [{"id": 4, "pts": [[0, 0], [64, 0]]}, {"id": 9, "pts": [[32, 0], [32, 256]]}]}


@pytest.fixture
def beside(monkeypatch, tmp_path):
    """A folder of checkpoints where the toy's clusters are."""
    monkeypatch.setattr(shelf, "_load", lambda name: TOY)
    monkeypatch.setattr(shelf, "_loaded", OrderedDict())
    monkeypatch.setattr(shipped, "find_card", lambda name: TOY.card)
    monkeypatch.setattr(shipped, "CHECKPOINTS", tmp_path)
    monkeypatch.setattr(shapes, "first_model", lambda: "toy-v2")
    for call in (shipped.clusters_of, shipped.sample_directions):
        call.cache_clear()
    path = tmp_path / file_name(TOY.card)
    path.write_text(as_json(FOUND))
    yield path
    for call in (shipped.clusters_of, shipped.sample_directions):
        call.cache_clear()


def test_the_last_stroke_is_compared_with_clusters_and_strokes(beside):
    near, _ = shapes.compare(TEE)
    (own, *found), strokes = (group["drawings"] for group in near["groups"])
    vector = embed(TOY, [from_pad(TEE)])[0][1]
    cosine = FOUND.centroids @ vector / np.linalg.norm(vector)
    order = np.argsort(-cosine)
    assert own == {"strokes": [[[128, 0], [128, 255]]], "name": "stroke 2", "detail": "100% of the drawing"}
    assert [each["name"] for each in found] == [f"cluster {place + 1}" for place in order]
    shares = [f"{FOUND.shares[place]:.1%}" for place in order]
    assert [each["detail"].split(", ")[1] for each in found] == [f"{share} of strokes" for share in shares]
    assert [float(each["detail"].split(",")[0]) for each in found] == pytest.approx(1 - cosine[order], abs=1e-3)
    assert sorted(each["name"] for each in strokes) == sorted(sample.name for sample in SAMPLES)
    distances = [float(each["detail"].split(",")[0]) for each in strokes]
    assert distances == sorted(distances)


def test_the_drawing_is_made_of_representatives_and_asked_again(beside):
    _, again = shapes.compare(TEE)
    before, after = again["groups"][0]["drawings"]
    found = FOUND.nearest(embed(TOY, [from_pad(TEE)])[0])
    assert [len(stroke) for stroke in before["strokes"]] == [2, 2]
    assert [len(stroke) for stroke in after["strokes"]] == [len(FOUND.representative(int(one)).points) for one in found]
    name, chance = TOY.predict(from_pad(TEE), 1)[0]
    assert before["detail"] == f"{name} {chance:.1%}"
    assert "one drawing, softmax over 3 classes" in again["finding"]


def test_an_empty_pad_says_what_to_do(beside):
    assert shapes.compare({"rev": 2, "strokes": []}) == (pictures.EMPTY_STROKE, pictures.EMPTY_DRAWING)


@pytest.mark.parametrize(
    ("text", "said"), [(None, "has no shape clusters"), (as_json(clusters(recogniser(digit="1"))), "got other weights")]
)
def test_without_clusters_of_these_weights_the_tab_says_so(beside, text, said):
    beside.unlink()
    if text is not None:
        beside.write_text(text)
    with pytest.raises(gr.Error, match=said):
        shapes.compare(TEE)
    with gr.Blocks() as page:
        shapes.build(page)
    (only,) = [block for block in page.blocks.values() if isinstance(block, shapes.Drawings)]
    assert said in only.value["empty"]


def test_no_model_is_a_sentence():
    with pytest.raises(CheckpointError, match="got none"):
        shipped.clusters_of("")


def test_examples_are_redrawn_side_by_side():
    value = pictures.examples_redrawn(FOUND)
    (boat,) = value["groups"][0]["drawings"]
    assert boat["name"] == "boat"
    assert [len(stroke) for stroke in boat["strokes"]] == [4, 3]
    found = [len(FOUND.representative(int(cluster)).points) for cluster in FOUND.sample_clusters[4:]]
    assert [len(stroke) for stroke in boat["beside"]] == found
    assert "25.0% with every stroke replaced" in value["finding"]


def test_the_atlas_shows_every_cluster_largest_first():
    (group,) = pictures.atlas(FOUND)["groups"]
    assert [(each["name"], each["detail"]) for each in group["drawings"]] == [
        ("2", "50.0%"),
        ("3", "30.0%"),
        ("1", "20.0%"),
    ]


def test_charts_say_their_numbers():
    counts = charts.counts_chart(FOUND)
    assert (list(counts.data[0].x), list(counts.data[0].y)) == (["2", "3"], pytest.approx([0.3, 0.15]))
    pale, strong = counts.data[0].marker.color
    assert (pale, strong) == charts.GREYS
    assert list(counts.data[0].error_y.array) == pytest.approx([0.1, 0.05])
    assert "3: silhouette 0.15, two seeds agree to 0.75" in counts.layout.title.subtitle.text
    paper, ours = charts.ablation_chart().data
    assert (list(paper.y), list(ours.y)) == ([86.10, 31.04, 83.66, 81.41], [60.1, 27.2, 59.4, 56.0])
    order = charts.order_chart(FOUND).data[0]
    assert list(order.x) == ["2", "3", "4", "5"]
    assert np.isnan(np.diag(np.array(order.z, dtype=float))).all()


def test_the_clusters_that_ship_hold_strokes_of_this_project_alone():
    if not first_model() or not (shipped.CHECKPOINTS / file_name(find_card(first_model()))).is_file():
        pytest.skip("needs the shape clusters of the shipped model beside its card")
    text = (shipped.CHECKPOINTS / file_name(find_card(first_model()))).read_text()
    assert len(text) < 300_000
    own = primitives()
    for path in sorted(EXAMPLES.glob("*.json")):
        own += samples_of(path.stem.partition("-")[2].replace("-", " "), next(read_sketches(path)))
    shown = from_json(text).samples
    assert [sample.name for sample in shown] == [sample.name for sample in own]
    for ours, theirs in zip(own, shown, strict=True):
        np.testing.assert_allclose(theirs.points, ours.points, atol=1e-9)
    assert {example["name"] for example in examples()} == {each.name for each in shown if "°" not in each.name}
